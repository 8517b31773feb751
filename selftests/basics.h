/* SPDX-License-Identifier: GPL-2.0 */
/* What every test has, of whichever device: the C library, the harness, and how it tells results and time. */
#ifndef BASICS_H
#define BASICS_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
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

/* Whether less is enough: as NTEVENT_BRIEF says, y or n, or because this is a debug kernel, which is a hundred times as slow. */
static inline bool is_brief(void)
{
	const char *brief = getenv("NTEVENT_BRIEF");

	return brief ? *brief == 'y' : !access("/proc/lockdep_stats", F_OK);
}

/* How much of WHOLE is enough here, where PART is if little is. */
static inline int portion(int whole, int part)
{
	return is_brief() ? part : whole;
}

/* The number that the file PATH holds, or -1. */
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
 * Whether thread TID of process PID sleeps in an ioctl. The drivers go to sleep in state S only when the wait stands
 * in every queue: until then they run, or wait for a lock in state D.
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
	/* Of a thread that still runs it tells no number. */
	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", pid, tid);
	return read_number(path) == SYS_ioctl;
}

static inline bool await_asleep(pid_t pid, pid_t tid)
{
	int64_t end = now_ms() + 20000;

	while (!is_asleep(pid, tid)) {
		if (now_ms() > end)
			return false;
		usleep(200);
	}
	return true;
}

#endif
