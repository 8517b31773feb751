// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation of our init fails once, and a part of those of the kernel's loader before it: loading fails and leaves
 * nothing, or the module is whole and can be unloaded. Needs a kernel with fault injection, and the path of the .ko in
 * NTEVENT_MODULE; skips elsewhere.
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

/* KUnit runs the suites of a module once it is loaded; PATTERN chooses them. Its allocations are not our subject. */
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

/* Loads with fault N. A fault that the kernel can do without leaves a whole module, which is unloaded again. */
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
 * Whether fault N comes when the module's init has been called, or not at all. The kernel tells where it is, but for an
 * allocation of which it is not to warn: then the next one counts.
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

/* The first fault of our init, above the loader's. */
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

/* Returns how many faults ended loading, or -1 and says why. Of the FIRST - 1 of the loader it takes every eighth. */
static int walk(int module, int kmsg, int first)
{
	bool injected = true, left, bad;
	int n, failures = 0;

	for (n = 1; injected; n += n + 8 <= first ? 8 : 1) {
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

/* The module is loaded again in the end, however it went: other tests follow. */
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
	ASSERT_LE(50, failures);
	ASSERT_TRUE(does_device_work());
	ASSERT_EQ(0, access("/dev/ntsync", F_OK));
}

TEST_HARNESS_MAIN
