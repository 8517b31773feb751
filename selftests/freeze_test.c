// SPDX-License-Identifier: GPL-2.0
/* Freezing or tracing a process ends no wait. */
#include <sys/ptrace.h>
#include <sys/stat.h>
#include "stress.h"
#include "freezer.h"

#define ROUNDS 100
#define HOUR MILLISECONDS(3600 * 1000)
#define GROUP "/sys/fs/cgroup/ntevent_freeze"

/* Waits in a child. One set must release each kind of wait. */
static int wait_in_child(int dev, int fd, int kind)
{
	int64_t hour = nt_now() + 3600 * 10000000LL;
	int fds[2] = { fd, create(dev, NOTIFICATION, 1) };

	switch (kind) {
	case 0:
		return wait_one(fd, FOREVER);
	case 1:
		return wait_one(fd, hour);
	case 2:
		return wait_any(dev, fds, 1, hour);
	default:
		return wait_all(dev, fds, 2, FOREVER);
	}
}
#define KINDS 4

/* The same with relative timeouts. The last kind sets fds[1] first. */
static int relative_wait_in_child(int dev, int fd, int kind)
{
	int fds[2] = { fd, create(dev, NOTIFICATION, 1) };

	switch (kind) {
	case 0:
		return wait_one(fd, HOUR);
	case 1:
		return wait_any(dev, fds, 1, HOUR);
	case 2:
		return wait_all(dev, fds, 2, HOUR);
	default:
		return signal_and_wait(dev, fds[1], fd, HOUR, 0, 0);
	}
}

static bool is_frozen(void)
{
	char line[64];
	bool frozen = false;
	FILE *file = fopen(GROUP "/cgroup.events", "re");

	while (file && fgets(line, sizeof(line), file))
		frozen |= !strcmp(line, "frozen 1\n");
	if (file)
		fclose(file);
	return frozen;
}

static bool freeze(bool on)
{
	return write_text(GROUP "/cgroup.freeze", on ? "1" : "0") && await(is_frozen() == on);
}

typedef int wait_function(int dev, int fd, int kind);

static void freeze_and_thaw(struct __test_metadata *_metadata, int dev, wait_function *wait)
{
	int fd = create(dev, SYNCHRONIZATION, 0), i, status;
	pid_t children[KINDS];

	rmdir(GROUP);
	if (mkdir(GROUP, 0755) || access(GROUP "/cgroup.freeze", W_OK)) {
		rmdir(GROUP);
		SKIP(return, "no cgroup with a freezer can be made here");
	}
	for (i = 0; i < KINDS; i++) {
		children[i] = fork();
		ASSERT_LE(0, children[i]);
		if (!children[i]) {
			if (!write_text(GROUP "/cgroup.procs", "0"))
				_exit(2);
			_exit(wait(dev, fd, i) ? 1 : 0);
		}
	}
	for (i = 0; i < ROUNDS; i++) {
		/* The other rounds may freeze a child on its way back into the wait. */
		if (i % 4 == 0)
			ASSERT_TRUE(await_waiters(fd, KINDS));
		ASSERT_TRUE(freeze(true));
		ASSERT_EQ(0, waitpid(-1, &status, WNOHANG));
		ASSERT_TRUE(freeze(false));
	}
	ASSERT_TRUE(await_waiters(fd, KINDS));
	for (i = 0; i < KINDS; i++)
		ASSERT_EQ(0, set(fd));
	for (i = 0; i < KINDS; i++) {
		ASSERT_EQ(children[i], waitpid(children[i], &status, 0));
		ASSERT_EQ(0, status);
	}
	ASSERT_EQ(0, fdinfo(fd, "waiters"));
	ASSERT_EQ(0, state(fd));
	ASSERT_EQ(0, rmdir(GROUP));
}

STRESS_F(nt, freeze_and_thaw_are_not_seen)
{
	freeze_and_thaw(_metadata, self->dev, wait_in_child);
}

STRESS_F(nt, F06_freeze_and_thaw_end_no_relative_wait)
{
	if (!IS_RESTARTED)
		SKIP(return, "not for this processor");
	freeze_and_thaw(_metadata, self->dev, relative_wait_in_child);
}

/* An event that is set while its waiters are frozen releases them when they thaw. */
STRESS_F(nt, set_while_frozen)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), i, status;
	pid_t child;

	rmdir(GROUP);
	if (mkdir(GROUP, 0755) || access(GROUP "/cgroup.freeze", W_OK)) {
		rmdir(GROUP);
		SKIP(return, "no cgroup with a freezer can be made here");
	}
	for (i = 0; i < 20; i++) {
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			if (!write_text(GROUP "/cgroup.procs", "0"))
				_exit(2);
			_exit(wait_in_child(self->dev, fd, i % KINDS) ? 1 : 0);
		}
		ASSERT_TRUE(await_waiters(fd, 1));
		ASSERT_TRUE(freeze(true));
		ASSERT_EQ(0, set(fd));
		ASSERT_TRUE(freeze(false));
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
		ASSERT_EQ(0, state(fd));
	}
	ASSERT_EQ(0, rmdir(GROUP));
}

static void trace(struct __test_metadata *_metadata, int dev, wait_function *wait)
{
	int fd = create(dev, SYNCHRONIZATION, 0), kind, i, status;

	for (kind = 0; kind < KINDS; kind++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child)
			_exit(wait(dev, fd, kind) ? 1 : 0);
		ASSERT_TRUE(await_waiters(fd, 1));
		if (ptrace(PTRACE_SEIZE, child, NULL, NULL)) {
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			SKIP(return, "no tracing here");
		}
		for (i = 0; i < ROUNDS; i++) {
			if (i % 4 == 0)
				ASSERT_TRUE(await_waiters(fd, 1));
			ASSERT_EQ(0, ptrace(PTRACE_INTERRUPT, child, NULL, NULL));
			ASSERT_EQ(child, waitpid(child, &status, 0));
			ASSERT_TRUE(WIFSTOPPED(status));
			ASSERT_EQ(PTRACE_EVENT_STOP, status >> 16);
			ASSERT_EQ(0, ptrace(PTRACE_CONT, child, NULL, NULL));
		}
		ASSERT_TRUE(await_waiters(fd, 1));
		ASSERT_EQ(0, waitpid(child, &status, WNOHANG));
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
		ASSERT_EQ(0, state(fd));
	}
}

STRESS_F(nt, tracing_is_not_seen)
{
	trace(_metadata, self->dev, wait_in_child);
}

STRESS_F(nt, F06_tracing_ends_no_relative_wait)
{
	if (!IS_RESTARTED)
		SKIP(return, "not for this processor");
	trace(_metadata, self->dev, relative_wait_in_child);
}

/* System suspend freezes a waiter where it sleeps, so it keeps its place in the queue. */
STRESS_F(nt, system_freezer_is_not_seen)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), i, status;
	int left = 0;
	bool frozen;

	if (!mount_freezer())
		SKIP(return, "no freezer can be mounted here");
	for (i = 0; i < 2 * KINDS; i++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child) {
			if (!write_text(OLD_GROUP "/cgroup.procs", "0"))
				_exit(2);
			_exit(relative_wait_in_child(self->dev, fd, i % KINDS) ? 1 : 0);
		}
		ASSERT_TRUE(await_waiters(fd, 1));
		/* A waiter that is queued but still runs would be frozen outside of the wait. */
		ASSERT_TRUE(await_asleep(child, child));
		frozen = old_freeze("FROZEN");
		/* A set in the meantime releases the waiter when it thaws. */
		if (i < KINDS) {
			ASSERT_EQ(0, set(fd));
			left = state(fd);
		}
		ASSERT_TRUE(old_freeze("THAWED"));
		ASSERT_TRUE(frozen);
		/* The waiter was still in the queue, and took the signal. */
		ASSERT_EQ(0, left);
		if (i >= KINDS)
			ASSERT_EQ(0, set(fd));
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
		ASSERT_EQ(0, state(fd));
	}
	ASSERT_TRUE(unmount_freezer());
}

TEST_HARNESS_MAIN
