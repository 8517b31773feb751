/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The driver to measure: /dev/ntevent with its own ABI, or /dev/ntsync with its ABI and whatever
 * driver serves it. The programs of this folder share this header.
 */
#ifndef BENCH_DRIVER_H
#define BENCH_DRIVER_H

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
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

struct driver {
	int dev;
	bool native;
};

static inline void fail(const char *what)
{
	perror(what);
	exit(1);
}

static inline long check(long ret, const char *what)
{
	if (ret < 0)
		fail(what);
	return ret;
}

/* NAME is "ntevent" or "ntsync". */
static inline struct driver open_driver(const char *name)
{
	struct driver it = { .native = !strcmp(name, "ntevent") };

	it.dev = check(open(it.native ? "/dev/ntevent" : "/dev/ntsync", O_RDONLY | O_CLOEXEC), name);
	return it;
}

static inline int create(struct driver it, bool manual, bool signaled)
{
	struct ntevent_create_event_args args = {
		.object.root = -1,
		.desired_access = NTEVENT_EVENT_ALL_ACCESS,
		.event_type = manual ? NTEVENT_NOTIFICATION_EVENT : NTEVENT_SYNCHRONIZATION_EVENT,
		.initial_state = signaled,
	};
	struct ntsync_event_args sync = { .manual = manual, .signaled = signaled };

	if (it.native)
		return check(ioctl(it.dev, NTEVENT_IOC_CREATE_EVENT, &args), "create");
	return check(ioctl(it.dev, NTSYNC_IOC_CREATE_EVENT, &sync), "create");
}

static inline void set(struct driver it, int fd)
{
	uint32_t before;

	check(it.native ? ioctl(fd, NTEVENT_IOC_SET) : ioctl(fd, NTSYNC_IOC_EVENT_SET, &before), "set");
}

static inline void reset(struct driver it, int fd)
{
	uint32_t before;

	check(it.native ? ioctl(fd, NTEVENT_IOC_RESET) : ioctl(fd, NTSYNC_IOC_EVENT_RESET, &before), "reset");
}

/* Waits without a timeout, or with a zero timeout. Returns whether the wait was satisfied. */
static inline bool wait_many(struct driver it, const int *fds, uint32_t count, bool all, bool try)
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

	if (it.native)
		return check(ioctl(it.dev, NTEVENT_IOC_WAIT, &args), "wait") != NTEVENT_STATUS_TIMEOUT;
	return !ioctl(it.dev, all ? NTSYNC_IOC_WAIT_ALL : NTSYNC_IOC_WAIT_ANY, &sync);
}

static inline void satisfied(struct driver it, const int *fds, uint32_t count, bool all)
{
	if (!wait_many(it, fds, count, all, false))
		fail("a wait that is satisfied");
}

static inline void wait_for(struct driver it, int fd)
{
	satisfied(it, &fd, 1, false);
}

/* Sets one event and waits for another, in one call. */
static inline void signal_and_wait(struct driver it, int signal, int wait)
{
	struct ntevent_signal_and_wait_args args = { .signal = signal, .wait = wait };

	check(ioctl(it.dev, NTEVENT_IOC_SIGNAL_AND_WAIT, &args), "signal and wait");
}

static inline int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static inline int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static inline int64_t median(int64_t *samples, int count)
{
	qsort(samples, count, sizeof(samples[0]), compare);
	return samples[count / 2];
}

static inline pthread_t start(void *(*run)(void *), void *argument)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 65536);
	if (pthread_create(&thread, &attributes, run, argument))
		fail("a thread");
	pthread_attr_destroy(&attributes);
	return thread;
}

/* Whether thread TID of the process sleeps or has exited. */
static inline bool sleeps(const char *tid)
{
	char path[300], line[256], *state = NULL;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%s/stat", tid);
	file = fopen(path, "r");
	if (!file)
		return true;
	if (fgets(line, sizeof(line), file))
		state = strrchr(line, ')');
	fclose(file);
	return !state || state[2] == 'S';
}

/* Returns when all other threads of the process sleep. */
static inline void others_sleep(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *task;
	char me[16];

	if (!tasks)
		fail("/proc/self/task");
	snprintf(me, sizeof(me), "%ld", syscall(SYS_gettid));
	while ((task = readdir(tasks)))
		if (task->d_name[0] != '.' && strcmp(task->d_name, me))
			while (!sleeps(task->d_name))
				usleep(1000);
	closedir(tasks);
}

#endif
