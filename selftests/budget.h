/* SPDX-License-Identifier: GPL-2.0 */
/* What tests under load share, for either device: time, random numbers, many threads and fds. */
#ifndef BUDGET_H
#define BUDGET_H

#include "basics.h"
#include <sys/resource.h>

/* The duration can be long, so the harness must not end the test. */
#define STRESS_F(fixture, name) TEST_F_TIMEOUT(fixture, name, 86400)

/* When the test ends. NTEVENT_STRESS_SECONDS is its time, maybe a fraction, and 2 by default. */
static inline int64_t budget_end(void)
{
	const char *text = getenv("NTEVENT_STRESS_SECONDS");
	double seconds = text ? atof(text) : 2;

	return now_ms() + (int64_t)(1000 * (seconds > 0 ? seconds : 1));
}

static inline void spend_budget(void)
{
	int64_t end = budget_end();

	while (now_ms() < end)
		usleep(1000);
}

/* Repeats until STOP, but 20 times at least, however slow the machine is. */
#define for_rounds_until(stop) for (int round_ = 0; round_ < 20 || !atomic_load(&(stop)); round_++)

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

/* Creates a thread with a small stack, so that thousands fit. */
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

/* Sleeps for a short random time, so that others get the CPU. */
static inline void dither(uint32_t microseconds)
{
	uint32_t n = random_below(microseconds);

	if (n & 1)
		usleep(n);
	else
		sched_yield();
}

#endif
