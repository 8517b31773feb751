// SPDX-License-Identifier: GPL-2.0
/*
 * Makes every allocation of module init fail once, in brief every eighth one, and every
 * 256th of the kernel's module loader before it. Either loading fails and leaves nothing, or the
 * module works and can be unloaded. Needs a kernel with fault injection and the path of the .ko in
 * NTEVENT_MODULE, otherwise skips.
 */
#include "fail_nth.h"
#include "ntevent_test.h"
#include "kmsg.h"

static int load(int file)
{
	return result_of(syscall(SYS_finit_module, file, "ntsync=1", 0));
}

static int unload(void)
{
	return result_of(syscall(SYS_delete_module, "ntevent", O_NONBLOCK));
}

/* KUnit runs the suites of a module that is loaded. Their allocations are not under test. */
static void run_suites(const char *pattern)
{
	put("/sys/module/kunit/parameters/filter_glob", pattern);
}

static bool mentions(const char *path, const char *text)
{
	FILE *file = fopen(path, "re");
	char line[512];
	bool found = !file;

	while (file && fgets(line, sizeof(line), file))
		found |= !!strstr(line, text);
	if (file)
		fclose(file);
	return found;
}

static bool is_anything_left(void)
{
	return !access("/dev/ntevent", F_OK) || !access("/sys/class/misc/ntevent", F_OK) ||
	       !access("/dev/ntsync", F_OK) || !access("/sys/class/misc/ntsync", F_OK) ||
	       !access("/sys/module/ntevent", F_OK) || mentions("/proc/misc", " ntevent\n") ||
	       mentions("/proc/misc", " ntsync\n") || mentions("/proc/modules", "ntevent ");
}

static bool does_device_work(void)
{
	int dev = open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
	int fd = create(dev, SYNCHRONIZATION, 0);
	bool good = set(fd) == 0 && wait_one(fd, 0) == 0 && state(fd) == 0;

	close(fd);
	close(dev);
	return good;
}

/* Loads the module with fault N. If that succeeds, checks the module and unloads it. */
static int load_with_fault(int module, int n, bool *injected)
{
	int result;

	arm(n);
	result = load(module);
	*injected = disarm();
	if (result)
		return result;
	if (!does_device_work())
		return -ENODEV;
	return unload() ? -EBUSY : 0;
}

/*
 * Whether fault N hits module init or does not occur. The kernel reports where a fault hits, except
 * for an allocation with __GFP_NOWARN. In that case the next fault counts.
 */
static bool comes_in_init(int module, int kmsg, int n)
{
	bool injected = true, told = false, found = false;
	char line[8192];

	tell_faults("2");
	for (; injected && !told; n++) {
		load_with_fault(module, n, &injected);
		while (next_line(kmsg, line, sizeof(line))) {
			told |= !!strstr(line, "FAULT_INJECTION");
			found |= !!strstr(line, "do_init_module");
		}
	}
	tell_faults("0");
	return !injected || found;
}

/* The number of the first fault in module init, after those of the loader. */
static int first_of_init(int module, int kmsg)
{
	int low = 1, high = 4096;

	while (low < high) {
		int middle = (low + high) / 2;

		if (comes_in_init(module, kmsg, middle))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Returns how many faults made loading fail, or -1. Takes every 256th fault before FIRST. */
static int walk(int module, int kmsg, int first)
{
	bool injected = true, left, bad;
	int n, failures = 0;

	for (n = 1; injected; n += n + 256 <= first ? 256 : full_or_brief(1, 8)) {
		int result = load_with_fault(module, n, &injected);

		left = is_anything_left();
		bad = is_log_bad(kmsg);
		if ((result && result != -ENOMEM && result != -EFAULT) || (result && !injected) || left || bad) {
			fprintf(stderr, "# fault %d: %s%s%s\n", n, strerror(-result), left ? ", something is left" : "",
				bad ? ", the kernel complains" : "");
			return -1;
		}
		failures += !!result;
	}
	fprintf(stderr, "# %d faults, from %d on those of init; %d ended loading\n", n - 2, first, failures);
	return failures;
}

/* The module is loaded again at the end, as other tests follow. */
TEST_F_TIMEOUT(nt, every_fault_of_loading, 600)
{
	const char *path = getenv("NTEVENT_MODULE");
	int module = path ? open(path, O_RDONLY | O_CLOEXEC) : -1, level = console_level(), kmsg, failures;

	if (module < 0)
		SKIP(return, "the path of the module's .ko is not in NTEVENT_MODULE");
	if (!can_inject())
		SKIP(return, "this kernel injects no faults");
	close(self->dev);
	self->dev = -1;
	if (unload())
		SKIP(return, "the module cannot be unloaded");
	kmsg = quieten_console();
	run_suites("none");
	failures = walk(module, kmsg, first_of_init(module, kmsg));
	run_suites("*.*");
	set_console_level(level);
	load(module);
	ASSERT_LE(full_or_brief(25, 12), failures);
	ASSERT_TRUE(does_device_work());
	ASSERT_EQ(0, access("/dev/ntsync", F_OK));
}

TEST_HARNESS_MAIN
