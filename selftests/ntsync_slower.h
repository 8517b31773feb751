/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stretches the 100 ms limits and the deadlines of the kernel tree's own ntsync test on a machine
 * that is NTEVENT_SLOWNESS times slower. It is included before the unchanged test.
 */
#ifndef NTSYNC_SLOWER_H
#define NTSYNC_SLOWER_H

#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <linux/ntsync.h>

static inline int64_t slower(int64_t time)
{
	const char *text = getenv("NTEVENT_SLOWNESS");
	int slowness = text ? atoi(text) : 1;

	return slowness > 1 ? slowness * time : time;
}

static inline int64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* Stretches DEADLINE, unless it has passed or is infinite. */
static inline uint64_t later(clockid_t clock, uint64_t deadline)
{
	int64_t now = clock_ns(clock);

	if (deadline > INT64_MAX || (int64_t)deadline < now)
		return deadline;
	return now + slower(deadline - now);
}

static inline int slower_join(pthread_t thread, void **result, const struct timespec *limit)
{
	int64_t end = later(CLOCK_REALTIME, limit->tv_sec * 1000000000LL + limit->tv_nsec);
	struct timespec ts = { end / 1000000000, end % 1000000000 };

	return pthread_timedjoin_np(thread, result, &ts);
}

static inline int slower_ioctl(int fd, unsigned long command, void *argument)
{
	struct ntsync_wait_args *args = argument;
	uint64_t deadline;
	int ret;

	if (command != NTSYNC_IOC_WAIT_ANY && command != NTSYNC_IOC_WAIT_ALL)
		return ioctl(fd, command, argument);
	deadline = args->timeout;
	args->timeout = later(args->flags & NTSYNC_WAIT_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC, deadline);
	ret = ioctl(fd, command, argument);
	args->timeout = deadline;
	return ret;
}

/* The harness waits for a test in poll(). */
static inline int slower_poll(struct pollfd *fds, nfds_t count, int milliseconds)
{
	return poll(fds, count, slower(milliseconds));
}

#define pthread_timedjoin_np slower_join
#define ioctl slower_ioctl
#define poll slower_poll

#endif
