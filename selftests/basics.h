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

/* How much of WHOLE is enough here: a debug kernel takes a hundred times as long for the same answers, so there PART is. */
static inline int portion(int whole, int part)
{
	return access("/proc/lockdep_stats", F_OK) ? whole : part;
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

#endif
