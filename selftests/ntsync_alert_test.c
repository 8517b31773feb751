// SPDX-License-Identifier: GPL-2.0
/* The alert of a wait on /dev/ntsync: an object of any type, checked last, that ends the wait. */
#include "ntsync_test.h"

static int (*const waits[2])(int, const int *, uint32_t, uint64_t, uint32_t) = { wait_any_alert, wait_all_alert };
static const unsigned long commands[2] = { NTSYNC_IOC_WAIT_ANY, NTSYNC_IOC_WAIT_ALL };

TEST_F(ntsync, alert_of_each_type)
{
	int none = event(self->dev, AUTO, 0), i;

	for (i = 0; i < 2; i++) {
		int sem = semaphore(self->dev, 1, 2), mtx = mutex(self->dev, 0, 0);
		int autos = event(self->dev, AUTO, 1), manual = event(self->dev, MANUAL, 1);

		ASSERT_EQ(1, waits[i](self->dev, &none, 1, TRY, sem));
		ASSERT_TRUE(sem_is(sem, 0, 2));
		ASSERT_EQ(1, waits[i](self->dev, &none, 1, TRY, mtx));
		ASSERT_TRUE(mutex_is(mtx, OWNER, 1));
		ASSERT_EQ(1, waits[i](self->dev, &none, 1, TRY, autos));
		ASSERT_TRUE(event_is(autos, AUTO, 0));
		ASSERT_EQ(1, waits[i](self->dev, &none, 1, TRY, manual));
		ASSERT_TRUE(event_is(manual, MANUAL, 1));
		ASSERT_EQ(-ETIMEDOUT, waits[i](self->dev, &none, 1, TRY, sem));
		ASSERT_EQ(-ETIMEDOUT, waits[i](self->dev, &none, 1, TRY, autos));
	}
}

TEST_F(ntsync, alert_of_each_type_asleep)
{
	int none = event(self->dev, AUTO, 0), i, kind;

	for (i = 0; i < 2; i++) {
		int fds[4] = { semaphore(self->dev, 0, 2), mutex(self->dev, 99, 1), event(self->dev, AUTO, 0),
			       event(self->dev, MANUAL, 0) };

		for (kind = 0; kind < 4; kind++) {
			struct waiter w = waiter_on(self->dev, commands[i], &none, 1);

			w.args.alert = fds[kind];
			ASSERT_TRUE(start(&w));
			ASSERT_EQ(kind == 1, kind > 1 ? set(fds[kind]) : kind ? unlock(fds[1], 99) : release(fds[0], 1));
			ASSERT_EQ(1, finish(&w));
		}
		ASSERT_TRUE(sem_is(fds[0], 0, 2));
		ASSERT_TRUE(mutex_is(fds[1], OWNER, 1));
		ASSERT_TRUE(event_is(fds[2], AUTO, 0));
		ASSERT_TRUE(event_is(fds[3], MANUAL, 1));
	}
}

TEST_F(ntsync, abandoned_alert)
{
	int none = event(self->dev, AUTO, 0), i;

	for (i = 0; i < 2; i++) {
		int fd = mutex(self->dev, 99, 1);
		struct waiter w = waiter_on(self->dev, commands[i], &none, 1);

		ASSERT_EQ(0, kill_owner(fd, 99));
		ASSERT_EQ(-EOWNERDEAD, waits[i](self->dev, &none, 1, TRY, fd));
		ASSERT_EQ(1, last_index);
		ASSERT_TRUE(mutex_is(fd, OWNER, 1));
		/* Again with a sleeping waiter. */
		w.args.owner = OTHER_OWNER;
		w.args.alert = fd;
		ASSERT_TRUE(start(&w));
		ASSERT_EQ(0, kill_owner(fd, OWNER));
		ASSERT_EQ(-EOWNERDEAD, finish(&w));
		ASSERT_EQ(1, w.index);
	}
}

/* Objects are checked before the alert, which then keeps its signal. */
TEST_F(ntsync, objects_go_before_the_alert)
{
	int fds[2] = { event(self->dev, MANUAL, 1), semaphore(self->dev, 9, 9) }, alert = event(self->dev, AUTO, 1);

	ASSERT_EQ(0, wait_any_alert(self->dev, fds, 2, TRY, alert));
	ASSERT_EQ(0, wait_all_alert(self->dev, fds, 2, TRY, alert));
	ASSERT_EQ(1, reset(fds[0]));
	ASSERT_EQ(1, wait_any_alert(self->dev, fds, 2, TRY, alert));
	ASSERT_TRUE(event_is(alert, AUTO, 1));
	ASSERT_TRUE(sem_is(fds[1], 7, 9));
}

/* An alert that ends an incomplete wait for all leaves the objects alone. */
TEST_F(ntsync, alert_ends_an_incomplete_all)
{
	int fds[2] = { event(self->dev, AUTO, 0), semaphore(self->dev, 9, 9) }, alert = event(self->dev, AUTO, 1);

	ASSERT_EQ(2, wait_all_alert(self->dev, fds, 2, TRY, alert));
	ASSERT_TRUE(event_is(alert, AUTO, 0));
	ASSERT_TRUE(sem_is(fds[1], 9, 9));
	ASSERT_EQ(-ETIMEDOUT, wait_all_alert(self->dev, fds, 2, TRY, alert));
}

TEST_F(ntsync, alert_stands_behind_64)
{
	int fds[MAX_WAIT], alert = event(self->dev, AUTO, 1), i, j;

	for (i = 0; i < MAX_WAIT; i++)
		fds[i] = event(self->dev, AUTO, 0);
	for (i = 0; i < 2; i++) {
		struct waiter w = waiter_on(self->dev, commands[i], fds, MAX_WAIT);

		ASSERT_EQ(64, waits[i](self->dev, fds, MAX_WAIT, TRY, alert));
		ASSERT_TRUE(event_is(alert, AUTO, 0));
		w.args.alert = alert;
		ASSERT_TRUE(start(&w));
		ASSERT_EQ(0, set(alert));
		ASSERT_EQ(64, finish(&w));
		/* The wait has left the queues of the other objects. */
		for (j = 0; j < MAX_WAIT; j++) {
			ASSERT_EQ(0, set(fds[j]));
			ASSERT_EQ(1, reset(fds[j]));
		}
		ASSERT_EQ(0, set(alert));
	}
}

/* A wait for any of no objects waits for the alert. A wait for all of none succeeds at once. */
TEST_F(ntsync, alert_alone)
{
	int alert = event(self->dev, AUTO, 1);
	struct waiter w = any_of(self->dev, NULL, 0);

	ASSERT_EQ(0, wait_all_alert(self->dev, NULL, 0, FOREVER, alert));
	ASSERT_TRUE(event_is(alert, AUTO, 1));
	ASSERT_EQ(0, wait_any_alert(self->dev, NULL, 0, FOREVER, alert));
	ASSERT_TRUE(event_is(alert, AUTO, 0));
	ASSERT_EQ(-ETIMEDOUT, wait_any_alert(self->dev, NULL, 0, TRY, alert));
	w.args.alert = alert;
	ASSERT_TRUE(start(&w));
	ASSERT_EQ(0, set(alert));
	ASSERT_EQ(0, finish(&w));
	ASSERT_TRUE(event_is(alert, AUTO, 0));
}

/* In a wait for any the alert may also be an object. The wait then reports the object's index. */
TEST_F(ntsync, alert_that_is_also_an_object)
{
	int fds[2] = { event(self->dev, AUTO, 0), semaphore(self->dev, 2, 9) };
	struct waiter w = any_of(self->dev, fds, 2);

	ASSERT_EQ(1, wait_any_alert(self->dev, fds, 2, TRY, fds[1]));
	ASSERT_TRUE(sem_is(fds[1], 1, 9));
	ASSERT_EQ(0, try_one(self->dev, fds[1]));
	w.args.alert = fds[1];
	ASSERT_TRUE(start(&w));
	ASSERT_EQ(0, release(fds[1], 2));
	ASSERT_EQ(1, finish(&w));
	ASSERT_TRUE(sem_is(fds[1], 1, 9));
}

/* Waits for an object and waits with it as the alert are in one queue. */
TEST_F(ntsync, alerts_in_order)
{
	int none = event(self->dev, AUTO, 0), fd = event(self->dev, AUTO, 0), i, j;
	struct waiter w[4] = {
		one(self->dev, none), one(self->dev, fd), all_of(self->dev, &none, 1), one(self->dev, fd),
	};

	w[0].args.alert = w[2].args.alert = fd;
	for (i = 0; i < 4; i++)
		ASSERT_TRUE(start(&w[i]));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(i & 1 ? 0 : 1, finish(&w[i]));
		for (j = i + 1; j < 4; j++)
			ASSERT_TRUE(is_waiting(&w[j]));
	}
	ASSERT_TRUE(event_is(fd, AUTO, 0));
}

/* Waits for all with the object are served before waits with it as the alert. */
TEST_F(ntsync, all_goes_before_alerts)
{
	int none = event(self->dev, AUTO, 0), fds[2] = { event(self->dev, AUTO, 0), event(self->dev, MANUAL, 1) };
	struct waiter alerted = one(self->dev, none), all = all_of(self->dev, fds, 2);

	alerted.args.alert = fds[0];
	ASSERT_TRUE(start(&alerted));
	ASSERT_TRUE(start(&all));
	ASSERT_EQ(0, set(fds[0]));
	ASSERT_EQ(0, finish(&all));
	ASSERT_TRUE(is_waiting(&alerted));
	ASSERT_EQ(0, set(fds[0]));
	ASSERT_EQ(1, finish(&alerted));
}

/* A wait that an object ended has not consumed the alert, and the other way round. */
TEST_F(ntsync, one_thing_ends_a_wait)
{
	int i;

	for (i = 0; i < 2; i++) {
		int fd = event(self->dev, AUTO, 0), alert = event(self->dev, AUTO, 0);
		struct waiter w = waiter_on(self->dev, commands[i], &fd, 1);

		w.args.alert = alert;
		ASSERT_TRUE(start(&w));
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(0, set(alert));
		ASSERT_EQ(0, finish(&w));
		ASSERT_TRUE(event_is(alert, AUTO, 1));
		ASSERT_EQ(1, reset(alert));
		ASSERT_TRUE(start(&w));
		ASSERT_EQ(0, set(alert));
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(1, finish(&w));
		ASSERT_TRUE(event_is(fd, AUTO, 1));
	}
}

TEST_F(ntsync, pulse_of_an_alert)
{
	int none = event(self->dev, AUTO, 0), i, kind;

	for (kind = AUTO; kind <= MANUAL; kind++) {
		for (i = 0; i < 2; i++) {
			int alert = event(self->dev, kind, 0);
			struct waiter w = waiter_on(self->dev, commands[i], &none, 1);

			w.args.alert = alert;
			ASSERT_TRUE(start(&w));
			ASSERT_EQ(0, pulse(alert));
			ASSERT_EQ(1, finish(&w));
			ASSERT_TRUE(event_is(alert, kind, 0));
		}
	}
}

TEST_HARNESS_MAIN
