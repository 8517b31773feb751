// SPDX-License-Identifier: GPL-2.0
/* Another thread interferes with an operation at each of its steps. */
#include "ntevent_test.h"

/* Both events are set at a random moment while a wait for all begins. It must miss neither. */
#define RACE_MS full_or_brief(3000, 1000)
static int race_fds[2], race_count;
static atomic_int race_begun;

static void *race_setter(void *arg)
{
	int round, begun, i;

	for (round = 1;; round++) {
		while ((begun = atomic_load(&race_begun)) != round) {
			if (begun < 0)
				return NULL;
			sched_yield();
		}
		for (i = round * 7 % 1001; i; i--)
			__asm__ volatile("" ::: "memory");
		for (i = 0; i < race_count; i++)
			set(race_fds[i]);
	}
}

TEST_F(nt, no_set_is_missed_as_all_queues)
{
	int64_t end = now_ms() + RACE_MS;
	pthread_t thread;
	int round;

	for (race_count = 0; race_count < 2; race_count++)
		race_fds[race_count] = create(self->dev, SYNCHRONIZATION, 0);
	ASSERT_EQ(0, pthread_create(&thread, NULL, race_setter, NULL));
	for (round = 1; now_ms() < end; round++) {
		atomic_store(&race_begun, round);
		ASSERT_EQ(0, wait_all(self->dev, race_fds, 2, LOST));
	}
	atomic_store(&race_begun, -1);
	pthread_join(thread, NULL);
	TH_LOG("%d rounds", round);
}

/* A wait that an object ends while it queues must leave the queues that it has joined. */
TEST_F(nt, wait_that_ends_as_it_queues_leaves)
{
	const uint32_t flags[] = { 0, NTEVENT_WAIT_ALERT, NTEVENT_WAIT_ALERT | NTEVENT_WAIT_ALL };
	int64_t end = now_ms() + RACE_MS;
	int fds[3], round, i;
	pthread_t thread;

	for (i = 0; i < 3; i++)
		fds[i] = create(self->dev, SYNCHRONIZATION, 0);
	race_fds[0] = fds[2];
	race_count = 1;
	ASSERT_EQ(0, pthread_create(&thread, NULL, race_setter, NULL));
	for (round = 1; now_ms() < end; round++) {
		uint32_t flag = flags[round % 3];

		atomic_store(&race_begun, round);
		ASSERT_EQ(flag ? USER_APC : 2, wait_on(self->dev, fds, flag ? 2 : 3, flag, FOREVER, fds[2]));
		for (i = 0; i < 3; i++)
			ASSERT_EQ(0, fdinfo(fds[i], "waiters"));
	}
	atomic_store(&race_begun, -1);
	pthread_join(thread, NULL);
	TH_LOG("%d rounds", round);
}

/*
 * One thread sets an event that could complete a wait for all, while another takes the second
 * event. Either the wait gets both or that thread gets one.
 */
static int pair[2], quit_fd, pair_dev;
static atomic_bool pair_stop;
static atomic_long pair_alls, pair_taken;

static void *pair_waiter(void *arg)
{
	while (wait_on(pair_dev, pair, 2, NTEVENT_WAIT_ALL | NTEVENT_WAIT_ALERT, FOREVER, quit_fd) == 0)
		atomic_fetch_add(&pair_alls, 1);
	return NULL;
}

static void *pair_taker(void *arg)
{
	while (!atomic_load(&pair_stop))
		if (wait_one(pair[1], 0) == 0)
			atomic_fetch_add(&pair_taken, 1);
	return NULL;
}

TEST_F(nt, all_or_the_taker_has_the_signal)
{
	int64_t end = now_ms() + RACE_MS;
	pthread_t waiter, taker;
	long made[2] = {};
	int i;

	pair_dev = self->dev;
	quit_fd = create(self->dev, NOTIFICATION, 0);
	for (i = 0; i < 2; i++)
		pair[i] = create(self->dev, SYNCHRONIZATION, 0);
	ASSERT_EQ(0, pthread_create(&waiter, NULL, pair_waiter, NULL));
	ASSERT_EQ(0, pthread_create(&taker, NULL, pair_taker, NULL));
	while (now_ms() < end) {
		for (i = 1; i >= 0; i--)
			made[i] += !set(pair[i]);
		/* The next set must find the event unsignaled and the waiter queued. */
		made[0] -= reset(pair[0]);
	}
	atomic_store(&pair_stop, true);
	pthread_join(taker, NULL);
	ASSERT_EQ(0, set(quit_fd));
	pthread_join(waiter, NULL);
	ASSERT_EQ(made[0], atomic_load(&pair_alls) + state(pair[0]));
	ASSERT_EQ(made[1], atomic_load(&pair_alls) + atomic_load(&pair_taken) + state(pair[1]));
	TH_LOG("%ld for all, %ld taken", atomic_load(&pair_alls), atomic_load(&pair_taken));
}

TEST_HARNESS_MAIN
