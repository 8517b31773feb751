/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the stress tests share: how long each goes on, random numbers, many threads. What they demand never
 * depends on how long it took.
 */
#ifndef NTEVENT_STRESS_H
#define NTEVENT_STRESS_H

#include "ntevent_test.h"
#include <dirent.h>
#include <sys/resource.h>

/* The budget can be long, so the harness is not the one to end a test. */
#define STRESS_F(fixture, name) TEST_F_TIMEOUT(fixture, name, 86400)

/* Ends a wait whose wake-up was lost: nothing may ever see it. */
#define LOST MILLISECONDS(60000)

/* For how long each test goes on: NTEVENT_STRESS_SECONDS, 2 by default. */
static inline int64_t budget_end(void)
{
	const char *text = getenv("NTEVENT_STRESS_SECONDS");
	int seconds = text ? atoi(text) : 2;

	return now_ms() + (seconds > 0 ? seconds : 1) * 1000LL;
}

static _Thread_local uint32_t random_state;

static inline uint32_t random_below(uint32_t bound)
{
	if (!random_state)
		random_state = (uint32_t)syscall(SYS_gettid) * 2654435761u | 1;
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % bound;
}

/* As await_waiters, for thousands: it gives up when no more have come for two minutes. */
static inline bool await_many(int fd, long count)
{
	long last = -1, now;
	int64_t end = 0;

	while ((now = fdinfo(fd, "waiters")) != count) {
		if (now != last)
			end = now_ms() + 120000;
		if (now_ms() > end) {
			fprintf(stderr, "# %ld waiters of %ld\n", now, count);
			return false;
		}
		last = now;
		usleep(count > 64 ? 2000 : 100);
	}
	return true;
}

/* A thread with a stack that thousands can have. */
static inline int small_thread(pthread_t *thread, void *(*run)(void *), void *arg)
{
	pthread_attr_t attr;
	int ret;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 32768);
	ret = pthread_create(thread, &attr, run, arg);
	pthread_attr_destroy(&attr);
	return ret;
}

static inline bool raise_fd_limit(rlim_t wanted)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return false;
	if (limit.rlim_cur >= wanted)
		return true;
	limit.rlim_cur = wanted;
	if (limit.rlim_max < wanted)
		limit.rlim_max = wanted;
	return !setrlimit(RLIMIT_NOFILE, &limit);
}

/* Whether the number of references to the module comes to COUNT: the kernel lets go of some files a little later. */
static inline bool await_references(long count)
{
	int64_t end = now_ms() + 20000;

	while (module_references() != count) {
		if (now_ms() > end)
			return false;
		usleep(1000);
	}
	return true;
}

static inline int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = -1;	/* that of the folder */

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

static inline bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), length = strlen(text);
	bool good;

	if (fd < 0)
		return false;
	good = write(fd, text, length) == length;
	close(fd);
	return good;
}

/* Waits; a success that comes only when the time is up was one without a wake-up. */
static inline int prompt_wait(int fd, int64_t timeout)
{
	int64_t from = now_ms();
	int result = wait_one(fd, timeout);

	return result == 0 && now_ms() - from >= timeout / MILLISECONDS(1) ? -ETIME : result;
}

/* A short time of random length, that gives others the CPU. */
static inline void dither(uint32_t microseconds)
{
	uint32_t n = random_below(microseconds);

	if (n & 1)
		usleep(n);
	else
		sched_yield();
}

/* A wait status that says that object 0 .. COUNT-1 or all ended the wait, or that nothing did in time. */
static inline bool is_documented(int result, int count)
{
	return (result >= 0 && result < count) || result == TIMEOUT || result == -EBADF;
}

/* Nobody stands in the queue of FD, and one set satisfies exactly one waiter. */
static inline bool is_sound(int dev, int fd)
{
	struct waiter w[2] = { waiter_on(dev, fd), waiter_on(dev, fd) };

	if (fdinfo(fd, "waiters") != 0 || reset(fd) < 0)
		return false;
	if (!start(&w[0], 1) || !start(&w[1], 2))
		return false;
	if (set(fd) != 0 || state(fd) != 0 || finish(&w[0]) != 0)
		return false;
	return fdinfo(fd, "waiters") == 1 && set(fd) == 0 && finish(&w[1]) == 0 && state(fd) == 0;
}

#endif
