// SPDX-License-Identifier: GPL-2.0
/*
 * What each operation costs, on a machine whose clock counts instructions (tools/vm run --icount): the system call
 * with all that it does, in user space and in the kernel. Usage: cost ntevent|ntsync, by the native ABI or by that of
 * /dev/ntsync, whoever serves it. Prints a line "row<TAB>instructions" for each row that the ABI has.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/ntevent.h>
#include <linux/ntsync.h>

#define OWNER	7
#define MANY	64

static int dev, signaled, closed, automatic, semaphore, mutex, signals[MANY];
static bool native;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static long check(long ret, const char *what)
{
	if (ret < 0)
		fail(what);
	return ret;
}

static int create(bool manual, bool state)
{
	struct ntevent_create_event_args args = {
		.object.root = -1,
		.desired_access = NTEVENT_EVENT_ALL_ACCESS,
		.event_type = manual ? NTEVENT_NOTIFICATION_EVENT : NTEVENT_SYNCHRONIZATION_EVENT,
		.initial_state = state,
	};
	struct ntsync_event_args sync = { .manual = manual, .signaled = state };

	if (native)
		return check(ioctl(dev, NTEVENT_IOC_CREATE_EVENT, &args), "create");
	return check(ioctl(dev, NTSYNC_IOC_CREATE_EVENT, &sync), "create");
}

static void set(int fd)
{
	uint32_t before;

	check(native ? ioctl(fd, NTEVENT_IOC_SET) : ioctl(fd, NTSYNC_IOC_EVENT_SET, &before), "set");
}

static void reset(int fd)
{
	uint32_t before;

	check(native ? ioctl(fd, NTEVENT_IOC_RESET) : ioctl(fd, NTSYNC_IOC_EVENT_RESET, &before), "reset");
}

/* Waits without end, or only tries; true if it was satisfied. */
static bool wait_many(const int *fds, uint32_t count, bool all, bool try)
{
	struct ntevent_wait_args args = {
		.handles = (uintptr_t)fds,
		.count = count,
		.flags = (all ? NTEVENT_WAIT_ALL : 0) | (try ? NTEVENT_WAIT_TIMEOUT : 0),
	};
	struct ntsync_wait_args sync = {
		.timeout = try ? 0 : UINT64_MAX,
		.objs = (uintptr_t)fds,
		.count = count,
		.owner = OWNER,
	};

	if (native)
		return check(ioctl(dev, NTEVENT_IOC_WAIT, &args), "wait") != NTEVENT_STATUS_TIMEOUT;
	return !ioctl(dev, all ? NTSYNC_IOC_WAIT_ALL : NTSYNC_IOC_WAIT_ANY, &sync);
}

static void satisfied(const int *fds, uint32_t count, bool all)
{
	if (!wait_many(fds, count, all, false))
		fail("a wait that is satisfied");
}

static void row_nothing(void) { syscall(SYS_getppid); }
static void row_null(void) { ioctl(signaled, 0); }
static void row_set(void) { set(signaled); }
static void row_reset(void) { reset(closed); }
static void row_clear(void) { ioctl(closed, NTEVENT_IOC_CLEAR); }

static void row_pulse(void)
{
	uint32_t before;

	check(native ? ioctl(closed, NTEVENT_IOC_PULSE) : ioctl(closed, NTSYNC_IOC_EVENT_PULSE, &before), "pulse");
}

static void row_set_reset(void)
{
	set(closed);
	reset(closed);
}

static void row_read(void)
{
	struct ntevent_event_info info;
	struct ntsync_event_args args;

	check(native ? ioctl(signaled, NTEVENT_IOC_QUERY, &info) : ioctl(signaled, NTSYNC_IOC_EVENT_READ, &args), "read");
}

static void row_wait_one(void) { check(ioctl(signaled, NTEVENT_IOC_WAIT_ONE, NULL), "wait one"); }
static void row_any_1(void) { satisfied(&signaled, 1, false); }
static void row_try(void) { wait_many(&closed, 1, false, true); }

static void row_try_one(void)
{
	struct ntevent_wait_one_args args = { .flags = NTEVENT_WAIT_TIMEOUT };

	check(ioctl(closed, NTEVENT_IOC_WAIT_ONE, &args), "try one");
}

static void row_set_wait(void)
{
	set(automatic);
	satisfied(&automatic, 1, false);
}

static void row_any_8(void) { satisfied(signals, 8, false); }
static void row_any_64(void) { satisfied(signals, MANY, false); }

static void row_any_64_last(void)
{
	static int fds[MANY];
	int i;

	if (!fds[0]) {
		for (i = 0; i < MANY - 1; i++)
			fds[i] = create(true, false);
		fds[MANY - 1] = signaled;
	}
	satisfied(fds, MANY, false);
}

static void row_all_2(void) { satisfied(signals, 2, true); }
static void row_all_8(void) { satisfied(signals, 8, true); }
static void row_all_64(void) { satisfied(signals, MANY, true); }
static void row_create(void) { close(create(false, false)); }

static void row_release_wait(void)
{
	uint32_t count = 1;

	check(ioctl(semaphore, NTSYNC_IOC_SEM_RELEASE, &count), "release");
	satisfied(&semaphore, 1, false);
}

static void row_sem_read(void)
{
	struct ntsync_sem_args args;

	check(ioctl(semaphore, NTSYNC_IOC_SEM_READ, &args), "read a semaphore");
}

static void row_lock_unlock(void)
{
	struct ntsync_mutex_args args = { .owner = OWNER };

	satisfied(&mutex, 1, false);
	check(ioctl(mutex, NTSYNC_IOC_MUTEX_UNLOCK, &args), "unlock");
}

static void row_mutex_read(void)
{
	struct ntsync_mutex_args args;

	check(ioctl(mutex, NTSYNC_IOC_MUTEX_READ, &args), "read a mutex");
}

static void row_kill_others(void)
{
	uint32_t owner = OWNER + 1;

	ioctl(mutex, NTSYNC_IOC_MUTEX_KILL, &owner);
}

enum { BOTH, NATIVE, SYNC };

static const struct {
	const char *name;
	void (*run)(void);
	int of;
} rows[] = {
	{ "getppid", row_nothing, BOTH },
	{ "unknown ioctl on an object", row_null, BOTH },
	{ "SET", row_set, BOTH },
	{ "RESET", row_reset, BOTH },
	{ "CLEAR", row_clear, NATIVE },
	{ "PULSE", row_pulse, BOTH },
	{ "SET + RESET", row_set_reset, BOTH },
	{ "read the state of an event", row_read, BOTH },
	{ "WAIT_ONE, signaled", row_wait_one, NATIVE },
	{ "wait for 1, signaled", row_any_1, BOTH },
	{ "try WAIT_ONE, unsignaled", row_try_one, NATIVE },
	{ "try 1, unsignaled", row_try, BOTH },
	{ "SET + wait, synchronization event", row_set_wait, BOTH },
	{ "any of 8, first signaled", row_any_8, BOTH },
	{ "any of 64, first signaled", row_any_64, BOTH },
	{ "any of 64, last signaled", row_any_64_last, BOTH },
	{ "all of 2", row_all_2, BOTH },
	{ "all of 8", row_all_8, BOTH },
	{ "all of 64", row_all_64, BOTH },
	{ "create + close", row_create, BOTH },
	{ "semaphore: release + wait", row_release_wait, SYNC },
	{ "semaphore: read", row_sem_read, SYNC },
	{ "mutex: wait + unlock", row_lock_unlock, SYNC },
	{ "mutex: read", row_mutex_read, SYNC },
	{ "mutex: kill, of another owner", row_kill_others, SYNC },
};

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The median of batches: a tick falls into some. */
static int64_t cost(void (*run)(void))
{
	enum { BATCHES = 41, CALLS = 50 };
	int64_t samples[BATCHES];
	int i, j;

	for (i = 0; i < BATCHES; i++) {
		int64_t start = now();

		for (j = 0; j < CALLS; j++)
			run();
		samples[i] = (now() - start) / CALLS;
	}
	qsort(samples, BATCHES, sizeof(samples[0]), compare);
	return samples[BATCHES / 2];
}

int main(int argc, char **argv)
{
	struct ntsync_sem_args sem = { .count = 0, .max = 2 };
	struct ntsync_mutex_args mut = { 0 };
	unsigned int i;

	native = argc == 2 && !strcmp(argv[1], "ntevent");
	dev = check(open(native ? "/dev/ntevent" : "/dev/ntsync", O_RDONLY | O_CLOEXEC), "open");
	signaled = create(true, true);
	closed = create(true, false);
	automatic = create(false, false);
	for (i = 0; i < MANY; i++)
		signals[i] = create(true, true);
	if (!native) {
		semaphore = check(ioctl(dev, NTSYNC_IOC_CREATE_SEM, &sem), "create a semaphore");
		mutex = check(ioctl(dev, NTSYNC_IOC_CREATE_MUTEX, &mut), "create a mutex");
	}
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].of != (native ? SYNC : NATIVE))
			printf("%s\t%lld\n", rows[i].name, (long long)cost(rows[i].run));
	return 0;
}
