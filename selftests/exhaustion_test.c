// SPDX-License-Identifier: GPL-2.0
/* Resources that run out: fds, and the memory of a cgroup. */
#include <sys/stat.h>
#include "kmsg.h"
#include "stress.h"

static struct {
	int dev;
	atomic_bool stop;
	atomic_int unexpected;
} limits;

/* Several threads at the limit of fds. */
static atomic_long refusals;

static void *fd_user(void *arg)
{
	while (!atomic_load(&limits.stop)) {
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
	}
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
	usleep((budget_end() - now_ms()) * 1000);
	atomic_store(&limits.stop, true);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ASSERT_EQ(0, atomic_load(&limits.unexpected));
	ASSERT_LT(0, atomic_load(&refusals));
	ASSERT_EQ(fds_before, count_fds());
	ASSERT_TRUE(await_references(references_before));
	TH_LOG("%ld refusals", atomic_load(&refusals));
}

/*
 * A cgroup whose memory is used up by events. The kernel kills in it, or the allocation fails; either way all
 * comes back. The killer's report has a backtrace, so it is kept off the console.
 */
#define GROUP "/sys/fs/cgroup/ntevent_memory"
#define LIMIT (16 << 20)
#define MARGIN (2 << 20)	/* what each CPU may keep in stock */

static bool group_with_memory(void)
{
	write_text("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	rmdir(GROUP);
	if (mkdir(GROUP, 0755))
		return false;
	write_text(GROUP "/memory.swap.max", "0");
	if (write_text(GROUP "/memory.max", "16777216"))
		return true;
	rmdir(GROUP);
	return false;
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
	int64_t end = budget_end(), patience;

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
	/* The console has it too by now, or has left it out. */
	usleep(500000);
	set_console_level(level);
	ASSERT_FALSE(is_log_bad(kmsg));
	peak = read_number(GROUP "/memory.peak");
	/* It was this memory that ran out, so events are charged to who makes them. */
	ASSERT_LT(LIMIT / 2, peak);
	patience = now_ms() + 20000;
	while (read_number(GROUP "/memory.current") > before + MARGIN) {
		ASSERT_GT(patience, now_ms());
		usleep(1000);
	}
	TH_LOG("%d rounds, %d kills, at most %ld bytes, then %ld", rounds, kills, peak,
	       read_number(GROUP "/memory.current"));
	ASSERT_EQ(0, rmdir(GROUP));
}

TEST_HARNESS_MAIN
