// SPDX-License-Identifier: GPL-2.0
/* Waits on several objects of /dev/ntsync: any, all, duplicates, mixed types, order of service. */
#include "ntsync_test.h"

TEST_F(ntsync, any_takes_the_lowest_and_no_more)
{
	int fds[3] = { semaphore(self->dev, 0, 1), semaphore(self->dev, 1, 1), semaphore(self->dev, 1, 1) };

	ASSERT_EQ(1, wait_any(self->dev, fds, 3, TRY));
	ASSERT_TRUE(sem_is(fds[1], 0, 1));
	ASSERT_TRUE(sem_is(fds[2], 1, 1));
	ASSERT_EQ(2, wait_any(self->dev, fds, 3, TRY));
	ASSERT_EQ(-ETIMEDOUT, wait_any(self->dev, fds, 3, TRY));
	ASSERT_EQ(UNWRITTEN, last_index);
}

TEST_F(ntsync, any_of_64_in_order)
{
	int fds[MAX_WAIT], i;

	for (i = 0; i < MAX_WAIT; i++)
		fds[i] = event(self->dev, AUTO, 1);
	for (i = 0; i < MAX_WAIT; i++)
		ASSERT_EQ(i, wait_any(self->dev, fds, MAX_WAIT, TRY));
	ASSERT_EQ(-ETIMEDOUT, wait_any(self->dev, fds, MAX_WAIT, TRY));
}

/* A wait for 64 objects reports the one that woke it, and leaves all queues. */
TEST_F(ntsync, any_of_64_asleep)
{
	int fds[MAX_WAIT], i, woken;

	for (i = 0; i < MAX_WAIT; i++)
		fds[i] = event(self->dev, AUTO, 0);
	for (woken = 0; woken < MAX_WAIT; woken += 21) {
		struct waiter w = any_of(self->dev, fds, MAX_WAIT);

		ASSERT_TRUE(start(&w));
		ASSERT_EQ(0, set(fds[woken]));
		ASSERT_EQ(woken, finish(&w));
		for (i = 0; i < MAX_WAIT; i++) {
			ASSERT_EQ(0, set(fds[i]));
			ASSERT_EQ(1, reset(fds[i]));
		}
	}
}

TEST_F(ntsync, any_of_mixed_types)
{
	int fds[4] = { semaphore(self->dev, 0, 1), mutex(self->dev, 99, 1), event(self->dev, AUTO, 0),
		       event(self->dev, MANUAL, 0) }, i;

	for (i = 3; i >= 0; i--) {
		struct waiter w = any_of(self->dev, fds, 4);

		ASSERT_TRUE(start(&w));
		ASSERT_EQ(i == 1, i > 1 ? set(fds[i]) : i ? unlock(fds[1], 99) : release(fds[0], 1));
		ASSERT_EQ(i, finish(&w));
		if (i == 3)
			ASSERT_EQ(1, reset(fds[3]));
		if (i == 1)
			ASSERT_EQ(0, kill_owner(fds[1], OWNER));
		if (i == 1)
			ASSERT_EQ(-EOWNERDEAD, try_as(self->dev, fds[1], 99));
	}
	ASSERT_TRUE(sem_is(fds[0], 0, 1));
	ASSERT_TRUE(mutex_is(fds[1], 99, 1));
	ASSERT_TRUE(event_is(fds[2], AUTO, 0));
}

/* If an object is in the array twice, the wait takes it once and reports the lower index. */
TEST_F(ntsync, any_of_duplicates)
{
	int fd = semaphore(self->dev, 2, 9), copy = dup(fd), none = event(self->dev, AUTO, 0);
	int fds[4] = { none, copy, fd, copy };
	struct waiter w = any_of(self->dev, fds, 4);

	ASSERT_EQ(1, wait_any(self->dev, fds, 4, TRY));
	ASSERT_TRUE(sem_is(fd, 1, 9));
	ASSERT_EQ(0, try_one(self->dev, fd));
	ASSERT_TRUE(start(&w));
	ASSERT_EQ(0, release(fd, 2));
	ASSERT_EQ(1, finish(&w));
	ASSERT_TRUE(sem_is(fd, 1, 9));
}

TEST_F(ntsync, all_takes_everything_at_once)
{
	int fds[4] = { semaphore(self->dev, 2, 2), mutex(self->dev, 0, 0), event(self->dev, AUTO, 1),
		       event(self->dev, MANUAL, 1) };

	ASSERT_EQ(0, wait_all(self->dev, fds, 4, TRY));
	ASSERT_TRUE(sem_is(fds[0], 1, 2));
	ASSERT_TRUE(mutex_is(fds[1], OWNER, 1));
	ASSERT_TRUE(event_is(fds[2], AUTO, 0));
	ASSERT_TRUE(event_is(fds[3], MANUAL, 1));
}

/* Each of the four objects in turn is the missing one. */
TEST_F(ntsync, incomplete_all_takes_nothing)
{
	int missing;

	for (missing = 0; missing < 4; missing++) {
		int fds[4] = { semaphore(self->dev, missing != 0, 2), mutex(self->dev, missing == 1 ? 99 : 0, missing == 1),
			       event(self->dev, AUTO, missing != 2), event(self->dev, MANUAL, missing != 3) };

		ASSERT_EQ(-ETIMEDOUT, wait_all(self->dev, fds, 4, TRY));
		ASSERT_EQ(-ETIMEDOUT, wait_all(self->dev, fds, 4, in_ms(20)));
		ASSERT_TRUE(sem_is(fds[0], missing != 0, 2));
		ASSERT_TRUE(missing == 1 ? mutex_is(fds[1], 99, 1) : mutex_is(fds[1], 0, 0));
		ASSERT_TRUE(event_is(fds[2], AUTO, missing != 2));
		ASSERT_TRUE(event_is(fds[3], MANUAL, missing != 3));
	}
}

/* A sleeping wait for all reserves nothing. Others may take objects that are signaled early. */
TEST_F(ntsync, all_is_atomic)
{
	int fds[2] = { event(self->dev, AUTO, 0), semaphore(self->dev, 0, 1) };
	struct waiter w = all_of(self->dev, fds, 2);

	ASSERT_TRUE(start(&w));
	ASSERT_EQ(0, set(fds[0]));
	ASSERT_TRUE(event_is(fds[0], AUTO, 1));
	ASSERT_EQ(0, try_one(self->dev, fds[0]));
	ASSERT_EQ(0, release(fds[1], 1));
	ASSERT_TRUE(is_waiting(&w));
	ASSERT_TRUE(sem_is(fds[1], 1, 1));
	ASSERT_EQ(0, set(fds[0]));
	ASSERT_EQ(0, finish(&w));
	ASSERT_TRUE(event_is(fds[0], AUTO, 0));
	ASSERT_TRUE(sem_is(fds[1], 0, 1));
}

/* Any of 64 objects can be the last to be signaled. */
TEST_F(ntsync, all_of_64)
{
	int fds[MAX_WAIT], i, last;

	for (i = 0; i < MAX_WAIT; i++)
		fds[i] = event(self->dev, AUTO, 0);
	for (last = 0; last < MAX_WAIT; last += 21) {
		struct waiter w = all_of(self->dev, fds, MAX_WAIT);

		ASSERT_TRUE(start(&w));
		for (i = 0; i < MAX_WAIT; i++)
			if (i != last)
				ASSERT_EQ(0, set(fds[i]));
		ASSERT_TRUE(is_waiting(&w));
		ASSERT_EQ(0, set(fds[last]));
		ASSERT_EQ(0, finish(&w));
		for (i = 0; i < MAX_WAIT; i++)
			ASSERT_TRUE(event_is(fds[i], AUTO, 0));
	}
}

/* Two fds of one object are duplicates. The alert must not be one of the objects either. */
TEST_F(ntsync, all_refuses_duplicates)
{
	int sem = semaphore(self->dev, 9, 9), copy = dup(sem), fd = event(self->dev, MANUAL, 1);

	ASSERT_EQ(-EINVAL, wait_all(self->dev, (int[]){ sem, sem }, 2, TRY));
	ASSERT_EQ(-EINVAL, wait_all(self->dev, (int[]){ sem, copy }, 2, TRY));
	ASSERT_EQ(-EINVAL, wait_all(self->dev, (int[]){ sem, fd, copy }, 3, TRY));
	ASSERT_EQ(-EINVAL, wait_all(self->dev, (int[]){ fd, copy, sem }, 3, TRY));
	ASSERT_EQ(-EINVAL, wait_all_alert(self->dev, (int[]){ sem, fd }, 2, TRY, sem));
	ASSERT_EQ(-EINVAL, wait_all_alert(self->dev, (int[]){ sem, fd }, 2, TRY, copy));
	ASSERT_EQ(-EINVAL, wait_all_alert(self->dev, (int[]){ fd }, 1, TRY, fd));
	ASSERT_TRUE(sem_is(sem, 9, 9));
	ASSERT_EQ(0, wait_all(self->dev, (int[]){ sem, fd }, 2, TRY));
	ASSERT_EQ(0, wait_all_alert(self->dev, (int[]){ copy }, 1, TRY, fd));
}

TEST_F(ntsync, none_of_none)
{
	ASSERT_EQ(-ETIMEDOUT, wait_any(self->dev, NULL, 0, TRY));
	ASSERT_EQ(-ETIMEDOUT, wait_any(self->dev, NULL, 0, in_ms(20)));
	/* A wait for all of no objects succeeds. */
	ASSERT_EQ(0, wait_all(self->dev, NULL, 0, TRY));
	ASSERT_EQ(0, wait_all(self->dev, NULL, 0, FOREVER));
}

/* Waits are served in order of arrival, and keep their place in the queue of each object. */
TEST_F(ntsync, any_waits_in_order)
{
	int a = event(self->dev, AUTO, 0), b = event(self->dev, AUTO, 0);
	struct waiter w[3] = { any_of(self->dev, (int[]){ a, b }, 2), one(self->dev, b), any_of(self->dev, (int[]){ b, a }, 2) };
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_TRUE(start(&w[i]));
	ASSERT_EQ(0, set(b));
	ASSERT_EQ(1, finish(&w[0]));
	ASSERT_TRUE(is_waiting(&w[1]));
	ASSERT_TRUE(is_waiting(&w[2]));
	ASSERT_EQ(0, set(a));
	ASSERT_EQ(1, finish(&w[2]));
	ASSERT_EQ(0, set(b));
	ASSERT_EQ(0, finish(&w[1]));
}

TEST_F(ntsync, all_waits_in_order)
{
	int fds[2] = { event(self->dev, AUTO, 0), event(self->dev, AUTO, 0) }, i, j;
	struct waiter w[3];

	for (i = 0; i < 3; i++) {
		w[i] = all_of(self->dev, i & 1 ? (int[]){ fds[1], fds[0] } : fds, 2);
		ASSERT_TRUE(start(&w[i]));
	}
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, set(fds[i & 1]));
		ASSERT_TRUE(is_waiting(&w[i]));
		ASSERT_EQ(0, set(fds[!(i & 1)]));
		ASSERT_EQ(0, finish(&w[i]));
		for (j = i + 1; j < 3; j++)
			ASSERT_TRUE(is_waiting(&w[j]));
	}
}

/* A complete wait for all is served even if an incomplete one is before it. */
TEST_F(ntsync, incomplete_all_is_passed_over)
{
	int a = semaphore(self->dev, 0, 1), b = event(self->dev, AUTO, 0), c = event(self->dev, AUTO, 1);
	struct waiter first = all_of(self->dev, (int[]){ a, b }, 2), second = all_of(self->dev, (int[]){ a, c }, 2);

	ASSERT_TRUE(start(&first));
	ASSERT_TRUE(start(&second));
	ASSERT_EQ(0, release(a, 1));
	ASSERT_EQ(0, finish(&second));
	ASSERT_TRUE(is_waiting(&first));
	ASSERT_EQ(0, set(b));
	ASSERT_EQ(0, release(a, 1));
	ASSERT_EQ(0, finish(&first));
	ASSERT_TRUE(event_is(c, AUTO, 0));
}

/* Waits for all, even for a single object, are served before waits for any that came earlier. */
TEST_F(ntsync, all_goes_before_any)
{
	int kind, count;

	for (kind = 0; kind < 3; kind++) {
		for (count = 1; count <= 2; count++) {
			int fd = kind == 0 ? semaphore(self->dev, 0, 1) : kind == 1 ? mutex(self->dev, 99, 1) :
				 event(self->dev, AUTO, 0);
			int fds[2] = { fd, event(self->dev, AUTO, 1) };
			struct waiter any = one(self->dev, fd), all = all_of(self->dev, fds, count);

			any.args.owner = OTHER_OWNER;
			ASSERT_TRUE(start(&any));
			ASSERT_TRUE(start(&all));
			ASSERT_EQ(kind == 1, kind == 0 ? release(fd, 1) : kind == 1 ? unlock(fd, 99) : set(fd));
			ASSERT_EQ(0, finish(&all));
			ASSERT_TRUE(is_waiting(&any));
			ASSERT_EQ(kind == 1, kind == 0 ? release(fd, 1) : kind == 1 ? unlock(fd, OWNER) : set(fd));
			ASSERT_EQ(0, finish(&any));
		}
	}
}

/* A signal that an incomplete wait for all cannot use goes to waits for any. */
TEST_F(ntsync, any_is_served_past_an_incomplete_all)
{
	int fds[2] = { semaphore(self->dev, 0, 9), event(self->dev, AUTO, 0) };
	struct waiter all = all_of(self->dev, fds, 2), any = one(self->dev, fds[0]);

	ASSERT_TRUE(start(&all));
	ASSERT_TRUE(start(&any));
	ASSERT_EQ(0, release(fds[0], 1));
	ASSERT_EQ(0, finish(&any));
	ASSERT_TRUE(is_waiting(&all));
	ASSERT_EQ(0, release(fds[0], 2));
	ASSERT_EQ(0, set(fds[1]));
	ASSERT_EQ(0, finish(&all));
	ASSERT_TRUE(sem_is(fds[0], 1, 9));
}

/* A mutex that its owner takes again in a wait for all stays closed to other owners. */
TEST_F(ntsync, all_of_a_mutex_that_the_owner_has)
{
	int fds[2] = { mutex(self->dev, OWNER, 1), event(self->dev, AUTO, 0) };
	struct waiter other = all_of(self->dev, fds, 2), own = all_of(self->dev, fds, 2);

	other.args.owner = OTHER_OWNER;
	ASSERT_TRUE(start(&other));
	ASSERT_TRUE(start(&own));
	ASSERT_EQ(0, set(fds[1]));
	ASSERT_EQ(0, finish(&own));
	ASSERT_TRUE(mutex_is(fds[0], OWNER, 2));
	ASSERT_TRUE(is_waiting(&other));
	ASSERT_EQ(0, set(fds[1]));
	ASSERT_EQ(2, unlock(fds[0], OWNER));
	ASSERT_TRUE(is_waiting(&other));
	ASSERT_EQ(1, unlock(fds[0], OWNER));
	ASSERT_EQ(0, finish(&other));
	ASSERT_TRUE(mutex_is(fds[0], OTHER_OWNER, 1));
}

/*
 * The first event is signaled before the wait begins, and the second while it begins. The wait must
 * take the first. The kernel's driver does not guarantee that. It queues on every object before it
 * checks any, so setting the second wakes a wait that is already in its queue. The other 62 objects
 * make that take longer.
 */
static int order_fds[MAX_WAIT];
static atomic_bool order_stop;
static atomic_int order_turn;

static void *order_setter(void *arg)
{
	volatile int delay;
	int turn;

	for (;;) {
		spin_until((turn = atomic_load(&order_turn)) & 1 || atomic_load(&order_stop));
		if (!(turn & 1))
			return NULL;
		for (delay = turn % 1000; delay; delay--)
			;
		set(order_fds[1]);
		atomic_store(&order_turn, turn + 1);
	}
}

TEST_F(ntsync, any_takes_what_was_signaled_before)
{
	int i, turn, result = 0, left = 1;
	pthread_t thread;

	if (!served_by_ntevent())
		SKIP(return, "a promise of ntevent, which the kernel's driver does not keep");
	for (i = 0; i < MAX_WAIT; i++)
		order_fds[i] = event(self->dev, AUTO, 0);
	ASSERT_EQ(0, pthread_create(&thread, NULL, order_setter, NULL));
	for_rounds(i, 5000) {
		set(order_fds[0]);
		turn = atomic_fetch_add(&order_turn, 1) + 1;
		result = wait_any(self->dev, order_fds, MAX_WAIT, LOST);
		spin_until(atomic_load(&order_turn) != turn);
		left = reset(order_fds[1]);
		if (result || left != 1)
			break;
	}
	atomic_store(&order_stop, true);
	pthread_join(thread, NULL);
	ASSERT_EQ(0, result) TH_LOG("in round %d", i);
	ASSERT_EQ(1, left);
}

TEST_HARNESS_MAIN
