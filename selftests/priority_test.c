// SPDX-License-Identifier: GPL-2.0
/*
 * A waiter with a deadline is not held up by a thread of lower priority. All threads share one
 * processor. HIGH waits for at most 1 ms, again and again. LOW sets the event. MIDDLE preempts LOW
 * at any moment and spins until HIGH is back from a wait. On PREEMPT_RT the moment may be one at
 * which LOW has claimed HIGH's wait and not published its outcome. HIGH must lend LOW its priority
 * then. Otherwise MIDDLE spins to its limit.
 */
#include "ntevent_test.h"
#include <linux/ntsync.h>

#define HIGH	80
#define MIDDLE	50
#define ROUNDS	400
/* Takes longer than a wait of HIGH on any machine, and less than what RT throttling allows. */
#define SPINS	15000000

static atomic_int waits, stop;
static int ntsync_dev, event;

static void *high(void *unused)
{
	while (!atomic_load(&stop)) {
		struct timespec now;
		struct ntsync_wait_args args = { .objs = (uintptr_t)&event, .count = 1, .owner = 1 };

		if (!ntsync_dev) {
			wait_one(event, MILLISECONDS(1));
		} else {
			clock_gettime(CLOCK_MONOTONIC, &now);
			args.timeout = now.tv_sec * 1000000000ULL + now.tv_nsec + 1000000;
			ioctl(ntsync_dev, NTSYNC_IOC_WAIT_ANY, &args);
		}
		atomic_fetch_add(&waits, 1);
	}
	return NULL;
}

static void *low(void *unused)
{
	uint32_t before;

	while (!atomic_load(&stop))
		ioctl(event, ntsync_dev ? NTSYNC_IOC_EVENT_SET : NTEVENT_IOC_SET, &before);
	return NULL;
}

/* The rounds in which HIGH did not come back. */
static int held_up(void)
{
	unsigned int seed = 1;
	int round, held = 0, i;

	for (round = 0; round < ROUNDS; round++) {
		int before;

		usleep(rand_r(&seed) % 1000 + 100);
		before = atomic_load(&waits);
		for (i = 0; i < SPINS && atomic_load(&waits) == before; i++)
			;
		held += i == SPINS;
	}
	return held;
}

/* -EPERM for a user who must not have a priority. */
static int run(void)
{
	struct sched_param param = { .sched_priority = HIGH };
	pthread_t waiter, setter;
	cpu_set_t set;
	int held;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return -errno;
	param.sched_priority = MIDDLE;
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		return -errno;
	atomic_store(&stop, 0);
	if (pthread_create(&setter, NULL, low, NULL) || pthread_create(&waiter, NULL, high, NULL))
		return -EAGAIN;
	param.sched_priority = HIGH;
	pthread_setschedparam(waiter, SCHED_FIFO, &param);
	param.sched_priority = 0;
	pthread_setschedparam(setter, SCHED_OTHER, &param);
	held = held_up();
	atomic_store(&stop, 1);
	pthread_join(waiter, NULL);
	pthread_join(setter, NULL);
	return held;
}

TEST_F(nt, F09_late_waiter_lends_its_priority)
{
	int ret;

	ntsync_dev = 0;
	event = create(self->dev, SYNCHRONIZATION, 0);
	ASSERT_LE(0, event);
	ret = run();
	if (ret == -EPERM)
		SKIP(return, "needs CAP_SYS_NICE");
	ASSERT_EQ(0, ret);
}

TEST_F(nt, F09_late_waiter_of_ntsync_lends_its_priority)
{
	struct ntsync_event_args args = { .manual = 0 };
	int ret;

	ntsync_dev = open("/dev/ntsync", O_RDONLY | O_CLOEXEC);
	if (ntsync_dev < 0)
		SKIP(return, "/dev/ntsync is not there");
	event = ioctl(ntsync_dev, NTSYNC_IOC_CREATE_EVENT, &args);
	ASSERT_LE(0, event);
	ret = run();
	if (ret == -EPERM)
		SKIP(return, "needs CAP_SYS_NICE");
	ASSERT_EQ(0, ret);
}

TEST_HARNESS_MAIN
