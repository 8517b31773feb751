// SPDX-License-Identifier: GPL-2.0
/*
 * Exhausted resources: fds, and the memory of a cgroup. Events use up the memory until an
 * allocation fails or the OOM killer kills the process. Either way all memory must come back.
 */
#define GROUP "/sys/fs/cgroup/ntevent_memory"
#include "memory_group.h"

static struct {
	int dev;
	atomic_bool stop;
	atomic_int unexpected;
} limits;

/* Several threads at the limit of fds. */
static atomic_long refusals;

static void *fd_user(void *arg)
{
	do {
		int fds[64], count = 0;

		while (count < 64) {
			int fd = count & 1 ? duplicate(fds[count - 1], 0, NTEVENT_DUPLICATE_SAME_ACCESS)
					   : create(limits.dev, SYNCHRONIZATION, 0);

			if (fd < 0) {
				if (fd != -EMFILE || last_status != NTEVENT_STATUS_TOO_MANY_OPENED_FILES)
					atomic_store(&limits.unexpected, fd);
				atomic_fetch_add(&refusals, 1);
				break;
			}
			fds[count++] = fd;
		}
		while (count)
			close(fds[--count]);
	} while (!atomic_load(&limits.stop));
	return NULL;
}

STRESS_F(nt, fds_run_out)
{
	struct rlimit limit = { 64, 64 };
	long references_before = module_references();
	int fds_before = count_fds(), i;
	pthread_t threads[4];

	limits.dev = self->dev;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, fd_user, NULL));
	spend_budget();
	atomic_store(&limits.stop, true);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ASSERT_EQ(0, atomic_load(&limits.unexpected));
	ASSERT_LT(0, atomic_load(&refusals));
	ASSERT_EQ(fds_before, count_fds());
	ASSERT_TRUE(await_references(references_before));
	TH_LOG("%ld refusals", atomic_load(&refusals));
}

static void use_memory_up(int dev)
{
	struct rlimit limit = { 1 << 20, 1 << 20 };
	int fd;

	if (!write_text(GROUP "/cgroup.procs", "0") || setrlimit(RLIMIT_NOFILE, &limit))
		_exit(1);
	do {
		fd = create(dev, SYNCHRONIZATION, 0);
	} while (fd >= 0);
	_exit(fd == -ENOMEM || fd == -EMFILE || fd == -ENFILE ? 0 : 2);
}

STRESS_F(nt, memory_of_a_cgroup_runs_out)
{
	long references_before = module_references(), before, peak = 0;
	int kmsg, level, status, kills = 0, rounds = 0;
	int64_t end = budget_end();

	if (!group_with_memory())
		SKIP(return, "no cgroup with a limit of memory can be made here");
	level = console_level();
	kmsg = quieten_console();
	ASSERT_LE(0, kmsg);
	before = read_number(GROUP "/memory.current");
	do {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child)
			use_memory_up(self->dev);
		ASSERT_EQ(child, waitpid(child, &status, 0));
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			kills++;
		else
			ASSERT_EQ(0, status);
		ASSERT_TRUE(await_references(references_before));
		rounds++;
	} while (now_ms() < end);
	/* Wait until the console driver has handled the messages. */
	usleep(patience(500) * 1000);
	set_console_level(level);
	ASSERT_FALSE(is_log_bad(kmsg));
	peak = read_number(GROUP "/memory.peak");
	/* The cgroup reached its limit, so events are charged to the process that creates them. */
	ASSERT_LT(LIMIT / 2, peak);
	ASSERT_TRUE(await_memory(before + MARGIN));
	TH_LOG("%d rounds, %d kills, at most %ld bytes, then %ld", rounds, kills, peak,
	       read_number(GROUP "/memory.current"));
	ASSERT_EQ(0, rmdir(GROUP));
}

/*
 * Only unprivileged processes are bound by file-max. The limit is 0 because the kernel compares
 * other values with a per-CPU counter that can lag behind.
 */
TEST_F(nt, files_of_the_system_run_out)
{
	const char *path = "/proc/sys/fs/file-max";
	int fd = create(self->dev, SYNCHRONIZATION, 0), status;
	char text[32];
	pid_t child;

	snprintf(text, sizeof(text), "%ld", read_number(path));
	if (geteuid() || !write_text(path, "0"))
		SKIP(return, "needs root");
	child = fork();
	if (!child) {
		const uint32_t full = NTEVENT_STATUS_TOO_MANY_OPENED_FILES;

		if (setresuid(1000, 1000, 1000))
			_exit(2);
		if (create(self->dev, SYNCHRONIZATION, 0) != -ENFILE || last_status != full)
			_exit(3);
		_exit(duplicate(fd, ALL_ACCESS, 0) != -ENFILE || last_status != full ? 4 : 0);
	}
	waitpid(child, &status, 0);
	ASSERT_TRUE(write_text(path, text));
	ASSERT_EQ(0, status);
}

/*
 * The event, the handle and the wait blocks are charged to the caller's cgroup. So are the files.
 * The test measures as many files of /dev/null to tell them apart.
 */
#define CHARGE_GROUP "/sys/fs/cgroup/ntevent_charge"
#define CHARGE_THREADS 64

static struct waiter charge_waiters[CHARGE_THREADS];
static int charge_start, charge_files;

static long charged(void)
{
	char line[128];
	long bytes = -1;
	FILE *file;

	/* The kernel flushes its per-CPU memory counters every two seconds. */
	usleep(2500000);
	file = fopen(CHARGE_GROUP "/memory.stat", "re");
	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "slab_unreclaimable %ld", &bytes);
	if (file)
		fclose(file);
	return bytes;
}

static void *charge_main(void *arg)
{
	struct waiter *w = arg;

	w->result = wait_one(charge_start, FOREVER);
	return w->result ? NULL : waiter_main(w);
}

/* Returns 0, or a number that says which step failed. */
static int charge_in_child(int dev)
{
	int null = open("/dev/null", O_RDONLY), source = create(dev, SYNCHRONIZATION, 0), others[63], i, j;
	long at[5];
	bool enough;

	charge_start = create(dev, NOTIFICATION, 0);
	charge_files = full_or_brief(8000, 2000);
	for (j = 0; j < 63; j++)
		others[j] = create(dev, SYNCHRONIZATION, 0);
	for (i = 0; i < CHARGE_THREADS; i++) {
		charge_waiters[i] = waiter_on(dev, source);
		charge_waiters[i].count = 64;
		for (j = 0; j < 63; j++)
			charge_waiters[i].fds[j] = others[j];
		charge_waiters[i].fds[63] = source;
		if (small_thread(&charge_waiters[i].thread, charge_main, &charge_waiters[i]))
			return 10;
	}
	if (!await_many(charge_start, CHARGE_THREADS) || !raise_fd_limit(3 * charge_files + 100) ||
	    dup2(null, 3 * charge_files + 90) < 0)
		return 11;
	at[0] = charged();
	for (i = 0; i < charge_files; i++)
		if (open("/dev/null", O_RDONLY) < 0)
			return 12;
	at[1] = charged();
	for (i = 0; i < charge_files; i++)
		if (duplicate(source, ALL_ACCESS, 0) < 0)
			return 13;
	at[2] = charged();
	for (i = 0; i < charge_files; i++)
		if (create(dev, SYNCHRONIZATION, 0) < 0)
			return 14;
	at[3] = charged();
	set(charge_start);
	/* The queue of the last event is the last that a thread joins. */
	if (!await_many(source, CHARGE_THREADS))
		return 15;
	/*
	 * The wait blocks are too few to trigger an early flush, and a busy machine flushes late.
	 */
	enough = await((at[4] = charged()) - at[3] >= CHARGE_THREADS * 64 * 32);
	fprintf(stderr, "# %d files %ld, handles %ld, events %ld; blocks of %d waits %ld\n", charge_files,
		at[1] - at[0], at[2] - at[1], at[3] - at[2], CHARGE_THREADS, at[4] - at[3]);
	if (at[2] - at[1] < at[1] - at[0] + charge_files * 12)
		return 16;
	if (at[3] - at[2] < at[2] - at[1] + charge_files * 64)
		return 17;
	return enough ? 0 : 18;
}

STRESS_F(nt, events_and_waits_are_charged)
{
	int status;
	pid_t child;

	write_text("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	rmdir(CHARGE_GROUP);
	if (mkdir(CHARGE_GROUP, 0755) || access(CHARGE_GROUP "/memory.stat", R_OK)) {
		rmdir(CHARGE_GROUP);
		SKIP(return, "no cgroup that counts memory can be made here");
	}
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (!write_text(CHARGE_GROUP "/cgroup.procs", "0"))
			_exit(2);
		_exit(charge_in_child(self->dev));
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	ASSERT_EQ(0, rmdir(CHARGE_GROUP));
}

TEST_HARNESS_MAIN
