// SPDX-License-Identifier: GPL-2.0
/* Which waits are released: group E2, and the waits for any of group E3. */
#include "ntevent_test.h"

#define WAITERS 5

/* Starts WAITERS waiters on FD, one after the other. */
static void start_row(struct __test_metadata *_metadata, struct waiter *w, int dev, int fd)
{
	int i;

	for (i = 0; i < WAITERS; i++) {
		w[i] = waiter_on(dev, fd);
		ASSERT_TRUE(start(&w[i], i + 1));
	}
}

TEST_F(nt, V33_notification_set_releases_all)
{
	int fd = create(self->dev, NOTIFICATION, 0), i;
	struct waiter w[WAITERS];

	start_row(_metadata, w, self->dev, fd);
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, fdinfo(fd, "waiters"));
	for (i = 0; i < WAITERS; i++)
		ASSERT_EQ(0, finish(&w[i]));
	ASSERT_EQ(1, state(fd));
}

TEST_F(nt, V34_sync_set_releases_oldest)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), i;
	struct waiter w[WAITERS];

	start_row(_metadata, w, self->dev, fd);
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, finish(&w[0]));
	ASSERT_EQ(0, state(fd));
	ASSERT_EQ(WAITERS - 1, fdinfo(fd, "waiters"));
	for (i = 1; i < WAITERS; i++)
		ASSERT_FALSE(atomic_load(&w[i].done));
	for (i = 1; i < WAITERS; i++)
		set(fd);
	for (i = 1; i < WAITERS; i++)
		ASSERT_EQ(0, finish(&w[i]));
}

TEST_F(nt, V35_sync_sets_release_in_order)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), i, j;
	struct waiter w[WAITERS];

	start_row(_metadata, w, self->dev, fd);
	for (i = 0; i < WAITERS; i++) {
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(0, finish(&w[i]));
		for (j = i + 1; j < WAITERS; j++)
			ASSERT_FALSE(atomic_load(&w[j].done));
	}
	ASSERT_EQ(0, state(fd));
}

TEST_F(nt, V36_notification_pulse_releases_all)
{
	int fd = create(self->dev, NOTIFICATION, 0), i;
	struct waiter w[WAITERS];

	start_row(_metadata, w, self->dev, fd);
	ASSERT_EQ(0, pulse(fd));
	ASSERT_EQ(0, state(fd));
	for (i = 0; i < WAITERS; i++)
		ASSERT_EQ(0, finish(&w[i]));
}

TEST_F(nt, V37_sync_pulse_releases_oldest)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), i;
	struct waiter w[WAITERS];

	start_row(_metadata, w, self->dev, fd);
	ASSERT_EQ(0, pulse(fd));
	ASSERT_EQ(0, state(fd));
	ASSERT_EQ(0, finish(&w[0]));
	ASSERT_EQ(WAITERS - 1, fdinfo(fd, "waiters"));
	for (i = 1; i < WAITERS; i++) {
		ASSERT_FALSE(atomic_load(&w[i].done));
		ASSERT_EQ(0, pulse(fd));
		ASSERT_EQ(0, finish(&w[i]));
	}
}

TEST_F(nt, V38_V39_hand_off_cannot_be_stolen)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), i;

	for (i = 0; i < 200; i++) {
		struct waiter w = waiter_on(self->dev, fd);

		ASSERT_TRUE(start(&w, 1));
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(0, state(fd));
		ASSERT_EQ(TIMEOUT, wait_one(fd, 0));
		ASSERT_EQ(0, finish(&w));
	}
}

TEST_F(nt, V40_notification_set_stays_with_a_waiter)
{
	int fd = create(self->dev, NOTIFICATION, 0);
	struct waiter w = waiter_on(self->dev, fd);

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, state(fd));
	ASSERT_EQ(0, finish(&w));
}

TEST_F(nt, V41_V42_pulse_releases_one_waiter)
{
	int type;

	for (type = NOTIFICATION; type <= SYNCHRONIZATION; type++) {
		int fd = create(self->dev, type, 0);
		struct waiter w = waiter_on(self->dev, fd);

		ASSERT_TRUE(start(&w, 1));
		ASSERT_EQ(0, pulse(fd));
		ASSERT_EQ(0, finish(&w));
		ASSERT_EQ(0, state(fd));
	}
}

TEST_F(nt, V43_pulse_does_nothing_for_later_waiters)
{
	int type;

	for (type = NOTIFICATION; type <= SYNCHRONIZATION; type++) {
		int fd = create(self->dev, type, 0);

		ASSERT_EQ(0, pulse(fd));
		ASSERT_EQ(TIMEOUT, wait_one(fd, MILLISECONDS(20)));
	}
}

TEST_F(nt, V44_set_after_a_timeout_is_kept)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);

	ASSERT_EQ(TIMEOUT, wait_one(fd, MILLISECONDS(10)));
	ASSERT_EQ(0, fdinfo(fd, "waiters"));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, state(fd));
}

/* SetBoostPriority is Set, and its increment is ignored, so the same waiters are released. */
TEST_F(nt, V45_V46_sync_set_releases_a_wait_any)
{
	int fds[] = { create(self->dev, SYNCHRONIZATION, 0), create(self->dev, SYNCHRONIZATION, 0) };
	struct waiter w = waiter_on(self->dev, fds[0]);

	w.fds[1] = fds[1];
	w.count = 2;
	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, set(fds[0]));
	ASSERT_EQ(0, finish(&w));
	ASSERT_EQ(0, state(fds[0]));
	ASSERT_EQ(0, state(fds[1]));
	ASSERT_EQ(0, fdinfo(fds[1], "waiters"));
}

TEST_F(nt, V49_released_waiter_leaves_its_other_queues)
{
	int a = create(self->dev, SYNCHRONIZATION, 0), b = create(self->dev, SYNCHRONIZATION, 0), i;

	for (i = 0; i < 200; i++) {
		struct waiter w = waiter_on(self->dev, a);

		w.fds[1] = b;
		w.count = 2;
		ASSERT_TRUE(start(&w, 1));
		ASSERT_TRUE(await_waiters(b, 1));
		ASSERT_EQ(0, set(a));
		ASSERT_EQ(0, set(b));
		ASSERT_EQ(0, state(a));
		ASSERT_EQ(1, state(b));
		ASSERT_EQ(0, finish(&w));
		ASSERT_EQ(1, reset(b));
	}
}

TEST_F(nt, V50_wait_any_keeps_its_place_in_every_queue)
{
	int a = create(self->dev, SYNCHRONIZATION, 0), b = create(self->dev, SYNCHRONIZATION, 0);
	struct waiter w1 = waiter_on(self->dev, a), w2 = waiter_on(self->dev, b);

	w1.fds[1] = b;
	w1.count = 2;
	ASSERT_TRUE(start(&w1, 1));
	ASSERT_TRUE(start(&w2, 2));
	ASSERT_EQ(0, set(b));
	ASSERT_EQ(1, finish(&w1));
	ASSERT_EQ(0, state(b));
	ASSERT_FALSE(atomic_load(&w2.done));
	ASSERT_EQ(0, set(b));
	ASSERT_EQ(0, finish(&w2));
}

TEST_F(nt, V51_signal_is_not_lost_to_a_killed_waiter)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		wait_one(fd, FOREVER);
		_exit(0);
	}
	ASSERT_TRUE(await_waiters(fd, 1));
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	ASSERT_EQ(0, fdinfo(fd, "waiters"));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, state(fd));
}

/* The set comes earlier after each timeout and later after each success, to meet the timeout. */
TEST_F(nt, V52_timeout_against_set_has_one_outcome)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), delay = 2000, outcomes[2] = {}, i;

	for_rounds(i, 300) {
		struct waiter w = waiter_on(self->dev, fd);
		int waited;

		w.timeout = -20000;	/* 2 ms */
		atomic_store(&w.done, false);
		ASSERT_EQ(0, pthread_create(&w.thread, NULL, waiter_main, &w));
		usleep(delay);
		ASSERT_EQ(0, set(fd));
		waited = finish(&w);
		ASSERT_TRUE(waited == 0 || waited == TIMEOUT);
		ASSERT_EQ(waited == 0 ? 0 : 1, state(fd));
		reset(fd);
		outcomes[waited == TIMEOUT]++;
		delay += waited == 0 ? 10 : delay > 10 ? -10 : 0;
	}
	TH_LOG("%d satisfied, %d timed out", outcomes[0], outcomes[1]);
}

TEST_F(nt, V53_closed_handle_does_not_end_the_wait)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), other = duplicate(fd, ALL_ACCESS, 0);
	struct waiter w = waiter_on(self->dev, fd);

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(1, fdinfo(other, "waiters"));
	ASSERT_EQ(0, set(other));
	ASSERT_EQ(0, finish(&w));
}

TEST_F(nt, V54_any_takes_the_first_and_no_more)
{
	int fds[] = { create(self->dev, NOTIFICATION, 1), create(self->dev, SYNCHRONIZATION, 1) };

	ASSERT_EQ(0, wait_any(self->dev, fds, 2, 0));
	ASSERT_EQ(0, wait_one(fds[1], 0));
}

TEST_F(nt, V55_any_takes_the_second)
{
	int fds[] = { create(self->dev, NOTIFICATION, 0), create(self->dev, SYNCHRONIZATION, 1) };

	ASSERT_EQ(1, wait_any(self->dev, fds, 2, 0));
	ASSERT_EQ(TIMEOUT, wait_any(self->dev, fds, 2, 0));
}

TEST_F(nt, V56_any_of_none)
{
	int fds[] = { create(self->dev, NOTIFICATION, 0), create(self->dev, SYNCHRONIZATION, 0) };

	ASSERT_EQ(TIMEOUT, wait_any(self->dev, fds, 2, 0));
}

TEST_F(nt, V59_any_in_array_order)
{
	int fds[] = { create(self->dev, SYNCHRONIZATION, 1), create(self->dev, NOTIFICATION, 1) };

	ASSERT_EQ(0, wait_any(self->dev, fds, 2, 0));
	ASSERT_EQ(1, wait_any(self->dev, fds, 2, 0));
	ASSERT_EQ(1, wait_any(self->dev, fds, 2, 0));
}

TEST_F(nt, V60_any_of_64_in_order)
{
	int fds[64], i;

	for (i = 0; i < 64; i++)
		fds[i] = create(self->dev, i ? SYNCHRONIZATION : NOTIFICATION, 1);
	ASSERT_EQ(0, wait_any(self->dev, fds, 64, 0));
	ASSERT_EQ(0, wait_any(self->dev, fds, 64, 0));
	ASSERT_EQ(1, reset(fds[0]));
	for (i = 1; i < 64; i++)
		ASSERT_EQ(i, wait_any(self->dev, fds, 64, 0));
	ASSERT_EQ(TIMEOUT, wait_any(self->dev, fds, 64, 0));
}

TEST_F(nt, V66_any_takes_a_duplicate_once)
{
	int fd = create(self->dev, SYNCHRONIZATION, 1);
	int fds[] = { fd, fd };
	struct waiter w = waiter_on(self->dev, fd);

	ASSERT_EQ(0, wait_any(self->dev, fds, 2, 0));
	ASSERT_EQ(TIMEOUT, wait_any(self->dev, fds, 2, 0));
	w.fds[1] = fd;
	w.count = 2;
	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, finish(&w));
	ASSERT_EQ(0, state(fd));
	ASSERT_EQ(0, fdinfo(fd, "waiters"));
}

/* A signaler walks the queue with interrupts off, so one thread must not fill it. */
TEST_F(nt, F10_thread_has_one_block_in_a_queue)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), other = create(self->dev, SYNCHRONIZATION, 0), i;
	struct waiter w = waiter_on(self->dev, fd);

	w.count = 64;
	for (i = 1; i < 64; i++)
		w.fds[i] = i == 40 ? other : fd;
	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(1, fdinfo(other, "waiters"));
	ASSERT_EQ(0, set(other));
	ASSERT_EQ(40, finish(&w));
	ASSERT_EQ(0, fdinfo(fd, "waiters"));
}

TEST_F(nt, V82_any_leaves_the_others)
{
	int fds[] = { create(self->dev, SYNCHRONIZATION, 1), create(self->dev, SYNCHRONIZATION, 1) };

	ASSERT_EQ(0, wait_any(self->dev, fds, 2, 0));
	ASSERT_EQ(0, state(fds[0]));
	ASSERT_EQ(1, state(fds[1]));
}

TEST_F(nt, blocked_any_of_64_and_alert)
{
	int fds[64], alert = create(self->dev, SYNCHRONIZATION, 0), i, round;
	struct waiter w = { .dev = self->dev, .count = 64, .timeout = LOST };

	for (i = 0; i < 64; i++)
		w.fds[i] = fds[i] = create(self->dev, SYNCHRONIZATION, 0);
	w.flags = NTEVENT_WAIT_ALERT;
	w.alert = alert;
	for (round = 63; round >= 0; round -= 21) {
		ASSERT_TRUE(start(&w, 1));
		ASSERT_TRUE(await_waiters(alert, 1));
		ASSERT_EQ(0, set(fds[round]));
		ASSERT_EQ(round, finish(&w));
		for (i = 0; i < 64; i++) {
			ASSERT_EQ(0, state(fds[i]));
			ASSERT_EQ(0, fdinfo(fds[i], "waiters"));
		}
	}
	ASSERT_EQ(0, fdinfo(alert, "waiters"));
}

/* F9 and the array order: if A is set before B, no wait for both takes B. */
static int order_fds[2];
static atomic_bool order_stop;
static atomic_int order_turn;

static void *order_setter(void *arg)
{
	int turn;

	for (;;) {
		spin_until((turn = atomic_load(&order_turn)) & 1 || atomic_load(&order_stop));
		if (!(turn & 1))
			return NULL;
		set(order_fds[0]);
		set(order_fds[1]);
		atomic_store(&order_turn, turn + 1);
	}
}

TEST_F(nt, any_prefers_what_was_signaled_first_in_order)
{
	pthread_t thread;
	int i, turn;

	order_fds[0] = create(self->dev, SYNCHRONIZATION, 0);
	order_fds[1] = create(self->dev, SYNCHRONIZATION, 0);
	ASSERT_EQ(0, pthread_create(&thread, NULL, order_setter, NULL));
	for_rounds(i, 3000) {
		turn = atomic_fetch_add(&order_turn, 1) + 1;
		ASSERT_EQ(0, wait_any(self->dev, order_fds, 2, LOST));
		spin_until(atomic_load(&order_turn) != turn);
		ASSERT_EQ(1, reset(order_fds[1]));
	}
	atomic_store(&order_stop, true);
	pthread_join(thread, NULL);
}

TEST_HARNESS_MAIN
