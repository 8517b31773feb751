// SPDX-License-Identifier: GPL-2.0
/* Events of /dev/ntsync: set, reset and pulse, and which waiters they wake. */
#include "ntsync_test.h"

#define WAITERS 4

static void start_row(struct __test_metadata *_metadata, struct waiter *w, int dev, int fd)
{
	int i;

	for (i = 0; i < WAITERS; i++) {
		w[i] = one(dev, fd);
		ASSERT_TRUE(start(&w[i]));
	}
}

TEST_F(ntsync, commands_tell_the_state_before)
{
	int kind;

	for (kind = AUTO; kind <= MANUAL; kind++) {
		int fd = event(self->dev, kind, 0);

		ASSERT_EQ(0, reset(fd));
		ASSERT_TRUE(event_is(fd, kind, 0));
		ASSERT_EQ(0, set(fd));
		ASSERT_TRUE(event_is(fd, kind, 1));
		ASSERT_EQ(1, set(fd));
		ASSERT_TRUE(event_is(fd, kind, 1));
		ASSERT_EQ(1, reset(fd));
		ASSERT_TRUE(event_is(fd, kind, 0));
	}
}

/* A pulse leaves the event unsignaled, even if it was signaled before. */
TEST_F(ntsync, pulse_without_waiters)
{
	int kind;

	for (kind = AUTO; kind <= MANUAL; kind++) {
		int fd = event(self->dev, kind, 0);

		ASSERT_EQ(0, pulse(fd));
		ASSERT_TRUE(event_is(fd, kind, 0));
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(1, pulse(fd));
		ASSERT_TRUE(event_is(fd, kind, 0));
		ASSERT_EQ(-ETIMEDOUT, try_one(self->dev, fd));
	}
}

TEST_F(ntsync, wait_resets_an_auto_event)
{
	int fd = event(self->dev, AUTO, 1), other = event(self->dev, MANUAL, 1), i;

	ASSERT_EQ(0, try_one(self->dev, fd));
	ASSERT_TRUE(event_is(fd, AUTO, 0));
	ASSERT_EQ(-ETIMEDOUT, try_one(self->dev, fd));
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, try_one(self->dev, other));
	ASSERT_TRUE(event_is(other, MANUAL, 1));
}

TEST_F(ntsync, set_of_an_auto_event_wakes_in_order)
{
	int fd = event(self->dev, AUTO, 0), i, j;
	struct waiter w[WAITERS];

	start_row(_metadata, w, self->dev, fd);
	for (i = 0; i < WAITERS; i++) {
		ASSERT_EQ(0, set(fd));
		ASSERT_TRUE(event_is(fd, AUTO, 0));
		ASSERT_EQ(0, finish(&w[i]));
		for (j = i + 1; j < WAITERS; j++)
			ASSERT_TRUE(is_waiting(&w[j]));
	}
	/* No waiter is left for the next set. */
	ASSERT_EQ(0, set(fd));
	ASSERT_TRUE(event_is(fd, AUTO, 1));
}

TEST_F(ntsync, pulse_of_an_auto_event_wakes_in_order)
{
	int fd = event(self->dev, AUTO, 0), i, j;
	struct waiter w[WAITERS];

	start_row(_metadata, w, self->dev, fd);
	for (i = 0; i < WAITERS; i++) {
		ASSERT_EQ(0, pulse(fd));
		ASSERT_EQ(0, finish(&w[i]));
		for (j = i + 1; j < WAITERS; j++)
			ASSERT_TRUE(is_waiting(&w[j]));
	}
	ASSERT_TRUE(event_is(fd, AUTO, 0));
}

TEST_F(ntsync, set_of_a_manual_event_wakes_all)
{
	int fd = event(self->dev, MANUAL, 0), i;
	struct waiter w[WAITERS];

	start_row(_metadata, w, self->dev, fd);
	ASSERT_EQ(0, set(fd));
	for (i = 0; i < WAITERS; i++)
		ASSERT_EQ(0, finish(&w[i]));
	ASSERT_TRUE(event_is(fd, MANUAL, 1));
}

TEST_F(ntsync, pulse_of_a_manual_event_wakes_all)
{
	int fd = event(self->dev, MANUAL, 0), i;
	struct waiter w[WAITERS];

	start_row(_metadata, w, self->dev, fd);
	ASSERT_EQ(0, pulse(fd));
	ASSERT_TRUE(event_is(fd, MANUAL, 0));
	for (i = 0; i < WAITERS; i++)
		ASSERT_EQ(0, finish(&w[i]));
}

TEST_F(ntsync, reset_wakes_nobody)
{
	int fds[2] = { event(self->dev, AUTO, 0), event(self->dev, MANUAL, 0) };
	struct waiter w[2] = { any_of(self->dev, fds, 2), all_of(self->dev, fds, 2) };

	ASSERT_TRUE(start(&w[0]));
	ASSERT_TRUE(start(&w[1]));
	ASSERT_EQ(0, reset(fds[0]));
	ASSERT_EQ(0, reset(fds[1]));
	ASSERT_TRUE(is_waiting(&w[0]));
	ASSERT_TRUE(is_waiting(&w[1]));
	ASSERT_EQ(0, set(fds[1]));
	ASSERT_EQ(1, finish(&w[0]));
	ASSERT_EQ(0, set(fds[0]));
	ASSERT_EQ(0, finish(&w[1]));
}

/* A pulse completes a wait for all only if its other objects are signaled. */
TEST_F(ntsync, pulse_and_waits_for_all)
{
	int kind;

	for (kind = AUTO; kind <= MANUAL; kind++) {
		int fds[2] = { event(self->dev, kind, 0), event(self->dev, AUTO, 0) };
		struct waiter w = all_of(self->dev, fds, 2);

		ASSERT_TRUE(start(&w));
		ASSERT_EQ(0, pulse(fds[0]));
		ASSERT_EQ(0, pulse(fds[1]));
		ASSERT_TRUE(is_waiting(&w));
		ASSERT_EQ(0, set(fds[1]));
		ASSERT_TRUE(is_waiting(&w));
		ASSERT_EQ(0, pulse(fds[0]));
		ASSERT_EQ(0, finish(&w));
		ASSERT_TRUE(event_is(fds[0], kind, 0));
		ASSERT_TRUE(event_is(fds[1], AUTO, 0));
	}
}

/* A pulse of an auto-reset event is one signal, for a wait for all or a wait for any. */
TEST_F(ntsync, pulse_serves_one_for_all_or_one_for_any)
{
	int fds[2] = { event(self->dev, AUTO, 0), event(self->dev, MANUAL, 1) };
	struct waiter any = one(self->dev, fds[0]), all = all_of(self->dev, fds, 2);

	ASSERT_TRUE(start(&any));
	ASSERT_TRUE(start(&all));
	ASSERT_EQ(0, pulse(fds[0]));
	ASSERT_EQ(0, finish(&all));
	ASSERT_TRUE(is_waiting(&any));
	ASSERT_EQ(0, pulse(fds[0]));
	ASSERT_EQ(0, finish(&any));
}

TEST_F(ntsync, hand_off_cannot_be_stolen)
{
	int fd = event(self->dev, AUTO, 0), i;

	for (i = 0; i < 100; i++) {
		struct waiter w = one(self->dev, fd);

		ASSERT_TRUE(start(&w));
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(0, state(fd));
		ASSERT_EQ(-ETIMEDOUT, try_one(self->dev, fd));
		ASSERT_EQ(0, finish(&w));
	}
}

/* A waiter that one object released takes nothing from its other objects. */
TEST_F(ntsync, released_waiter_takes_no_second)
{
	int a = event(self->dev, AUTO, 0), b = event(self->dev, AUTO, 0), i;

	for (i = 0; i < 100; i++) {
		struct waiter w = any_of(self->dev, (int[]){ a, b }, 2);

		ASSERT_TRUE(start(&w));
		ASSERT_EQ(0, set(a));
		ASSERT_EQ(0, set(b));
		ASSERT_EQ(0, state(a));
		ASSERT_EQ(1, state(b));
		ASSERT_EQ(0, finish(&w));
		ASSERT_EQ(1, reset(b));
	}
}

TEST_HARNESS_MAIN
