/* SPDX-License-Identifier: GPL-2.0 */
/* What every test needs, for either device: the C library, the harness, results, and time. */
#ifndef BASICS_H
#define BASICS_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"

static inline int result_of(int ret)
{
	return ret < 0 ? -errno : ret;
}

static inline int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/*
 * How many times slower this machine is than the one that the limits were made for:
 * NTEVENT_SLOWNESS, which tools/guest-init measures, or 1.
 */
static inline int slowness(void)
{
	const char *text = getenv("NTEVENT_SLOWNESS");
	int times = text ? atoi(text) : 1;

	return times < 1 ? 1 : times > 1000 ? 1000 : times;
}

/* Scales a limit in milliseconds for this machine. Limits only end tests that hang. */
static inline int64_t patience(int64_t milliseconds)
{
	return milliseconds * slowness();
}

/* The limit, in milliseconds, for events that must happen without further action. */
#define SOON patience(30000)

/* Whether CONDITION becomes true. */
#define await(condition)					\
({								\
	int64_t end_ = now_ms() + SOON;				\
	bool came_;						\
								\
	while (!(came_ = (condition)) && now_ms() < end_)	\
		usleep(200);					\
	came_;							\
})

/*
 * Returns when CONDITION is true. Spins so that two threads meet closely, but yields the CPU now
 * and then, as the other thread may need it.
 */
#define spin_until(condition)						\
	do {								\
		for (unsigned int spins_ = 1; !(condition); spins_++)	\
			if (!(spins_ % 256))				\
				sched_yield();				\
	} while (0)

/*
 * Runs ROUNDS rounds, or as many as a slow machine can do in ten seconds. Tests must not depend on
 * the number of rounds.
 */
#define for_rounds(i, rounds) \
	for (int64_t end_ = ((i) = 0, now_ms() + 10000); (i) < (rounds) && now_ms() < end_; (i)++)

/*
 * Whether to do less: as NTEVENT_BRIEF says, y or n, or else on a debug kernel, which is very slow.
 */
static inline bool is_brief(void)
{
	const char *brief = getenv("NTEVENT_BRIEF");

	return brief ? *brief == 'y' : !access("/proc/lockdep_stats", F_OK);
}

/* WHOLE, or PART if the tests are to be brief. */
static inline int full_or_brief(int whole, int part)
{
	return is_brief() ? part : whole;
}

/* The number in the file PATH, or -1. */
static inline long read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	long number = -1;

	if (file) {
		if (fscanf(file, "%ld", &number) != 1)
			number = -1;
		fclose(file);
	}
	return number;
}

/*
 * Whether thread TID of process PID sleeps in an ioctl. A wait sleeps in state S only after it has
 * joined every queue. Before that it runs, or sleeps in state D for a lock.
 */
static inline bool is_asleep(pid_t pid, pid_t tid)
{
	char path[64], text[512] = "", *end;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	file = fopen(path, "re");
	if (!file)
		return false;
	end = fgets(text, sizeof(text), file) ? strrchr(text, ')') : NULL;
	fclose(file);
	if (!end || strncmp(end, ") S", 3))
		return false;
	/* The kernel reports no system call number for a running thread. */
	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", pid, tid);
	return read_number(path) == SYS_ioctl;
}

static inline bool await_asleep(pid_t pid, pid_t tid)
{
	return await(is_asleep(pid, tid));
}

/* Whether THREAD ends without further action. */
static inline bool ends(pthread_t thread)
{
	int64_t end = now_ms() + SOON;
	struct timespec ts = { .tv_sec = end / 1000 };

	return !pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &ts);
}

/*
 * Puts the children of this process into a time namespace whose monotonic clock is 100000 s ahead.
 * Returns -EPERM if there are none or this process may not.
 */
static inline int set_children_ahead(void)
{
	int file, written;

	if (unshare(CLONE_NEWTIME))
		return -EPERM;
	file = open("/proc/self/timens_offsets", O_WRONLY);
	written = file < 0 ? -1 : dprintf(file, "monotonic 100000 0");
	close(file);
	return written > 0 ? 0 : -EIO;
}

/*
 * Scales the limits of the harness. Constructors without a priority run after those of the tests.
 */
static void __attribute__((constructor)) stretch_limits(void)
{
	struct __fixture_metadata *f;
	struct __test_metadata *t;

	for (f = __fixture_list; f; f = f->next) {
		for (t = f->tests; t; t = t->next) {
			int64_t limit = patience(2 * t->timeout);

			/* The harness counts milliseconds in an int. */
			t->timeout = limit < INT_MAX / 1000 ? limit : INT_MAX / 1000;
		}
	}
}

#endif
