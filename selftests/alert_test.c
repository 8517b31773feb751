// SPDX-License-Identifier: GPL-2.0
/* Alertable waits: group E4, vectors 105 to 113, and the rules of the ABI. */
#include "ntevent_test.h"

#define ALERT NTEVENT_WAIT_ALERT

TEST_F(nt, V105_alert_ends_the_wait)
{
	int e = create(self->dev, SYNCHRONIZATION, 0), alert = create(self->dev, NOTIFICATION, 1);

	ASSERT_EQ(USER_APC, wait_one_alert(e, LOST, ALERT, alert));
	ASSERT_EQ(USER_APC, wait_on(self->dev, &e, 1, ALERT, FOREVER, alert));
	ASSERT_EQ(1, state(alert));
}

TEST_F(nt, V105_alert_ends_a_blocked_wait)
{
	int fds[] = { create(self->dev, SYNCHRONIZATION, 0), create(self->dev, NOTIFICATION, 0) };
	int all, type;

	for (all = 0; all < 2; all++) {
		for (type = NOTIFICATION; type <= SYNCHRONIZATION; type++) {
			int alert = create(self->dev, type, 0);
			struct waiter w = waiter_on(self->dev, fds[0]);

			w.fds[1] = fds[1];
			w.count = 2;
			w.flags = ALERT | (all ? NTEVENT_WAIT_ALL : 0);
			w.alert = alert;
			ASSERT_TRUE(start(&w, 1));
			ASSERT_TRUE(await_waiters(alert, 1));
			ASSERT_EQ(0, set(alert));
			ASSERT_EQ(USER_APC, finish(&w));
			/* A wait consumes a synchronization alert but not a notification alert. */
			ASSERT_EQ(type == NOTIFICATION, state(alert));
			ASSERT_EQ(0, fdinfo(fds[0], "waiters"));
			ASSERT_EQ(0, fdinfo(fds[1], "waiters"));
			ASSERT_EQ(0, fdinfo(alert, "waiters"));
		}
	}
}

TEST_F(nt, V107_object_wins_over_alert)
{
	int e = create(self->dev, SYNCHRONIZATION, 1), alert = create(self->dev, SYNCHRONIZATION, 1);

	ASSERT_EQ(0, wait_one_alert(e, FOREVER, ALERT, alert));
	ASSERT_EQ(1, state(alert));
	ASSERT_EQ(USER_APC, wait_one_alert(e, 0, ALERT, alert));
	ASSERT_EQ(0, state(alert));
	ASSERT_EQ(TIMEOUT, wait_one_alert(e, 0, ALERT, alert));
}

TEST_F(nt, V107_objects_win_over_alert_in_all)
{
	int fds[] = { create(self->dev, SYNCHRONIZATION, 1), create(self->dev, SYNCHRONIZATION, 1) };
	int alert = create(self->dev, SYNCHRONIZATION, 1);

	ASSERT_EQ(0, wait_on(self->dev, fds, 2, ALERT | NTEVENT_WAIT_ALL, FOREVER, alert));
	ASSERT_EQ(1, state(alert));
	/* With one object unsignaled the alert ends the wait. The other stays signaled. */
	ASSERT_EQ(0, set(fds[0]));
	ASSERT_EQ(USER_APC, wait_on(self->dev, fds, 2, ALERT | NTEVENT_WAIT_ALL, FOREVER, alert));
	ASSERT_EQ(1, state(fds[0]));
	ASSERT_EQ(0, state(alert));
}

TEST_F(nt, V108_alert_wins_over_timeout)
{
	int e = create(self->dev, NOTIFICATION, 0), alert = create(self->dev, NOTIFICATION, 1);

	ASSERT_EQ(USER_APC, wait_one_alert(e, 0, ALERT, alert));
	ASSERT_EQ(USER_APC, wait_on(self->dev, &e, 1, ALERT, 1 /* 1601 */, alert));
}

TEST_F(nt, V109_wait_without_alert_is_deaf)
{
	int e = create(self->dev, NOTIFICATION, 0), alert = create(self->dev, SYNCHRONIZATION, 1);

	ASSERT_EQ(TIMEOUT, wait_one_alert(e, MILLISECONDS(20), 0, alert));
	ASSERT_EQ(1, state(alert));
	ASSERT_EQ(USER_APC, wait_one_alert(e, MILLISECONDS(20), ALERT, alert));
}

TEST_F(nt, V110_thread_that_dies_leaves_its_wait)
{
	int e = create(self->dev, NOTIFICATION, 0), alert = create(self->dev, NOTIFICATION, 0);
	int status;
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		wait_one_alert(e, FOREVER, ALERT, alert);
		_exit(0);
	}
	ASSERT_TRUE(await_waiters(alert, 1));
	ASSERT_EQ(0, kill(child, SIGTERM));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(0, fdinfo(e, "waiters"));
	ASSERT_EQ(0, fdinfo(alert, "waiters"));
}

TEST_F(nt, V113_alert_then_the_object)
{
	int e = create(self->dev, SYNCHRONIZATION, 0), alert = create(self->dev, SYNCHRONIZATION, 0);
	struct waiter w = waiter_on(self->dev, e);

	w.flags = ALERT;
	w.alert = alert;
	ASSERT_TRUE(start(&w, 1));
	ASSERT_TRUE(await_waiters(alert, 1));
	ASSERT_EQ(0, set(alert));
	ASSERT_EQ(0, set(e));
	ASSERT_EQ(USER_APC, finish(&w));
	ASSERT_EQ(0, wait_one_alert(e, 0, ALERT, alert));
}

TEST_F(nt, alert_that_is_also_waited_for)
{
	int e = create(self->dev, SYNCHRONIZATION, 1);
	struct waiter w = waiter_on(self->dev, e);

	ASSERT_EQ(0, wait_one_alert(e, 0, ALERT, e));
	ASSERT_EQ(0, state(e));
	w.flags = ALERT;
	w.alert = e;
	ASSERT_TRUE(start(&w, 2));
	ASSERT_EQ(0, set(e));
	ASSERT_EQ(0, finish(&w));
	ASSERT_EQ(0, state(e));
}

TEST_F(nt, alert_in_signal_and_wait)
{
	int a = create(self->dev, SYNCHRONIZATION, 0), b = create(self->dev, SYNCHRONIZATION, 0);
	int alert = create(self->dev, SYNCHRONIZATION, 1);

	ASSERT_EQ(USER_APC, signal_and_wait(self->dev, a, b, LOST, ALERT, alert));
	ASSERT_EQ(1, state(a));
	ASSERT_EQ(0, state(alert));
	ASSERT_EQ(TIMEOUT, signal_and_wait(self->dev, a, b, 0, ALERT, alert));
	ASSERT_EQ(0, set(alert));
	ASSERT_EQ(USER_APC, signal_and_wait(self->dev, a, b, 0, ALERT, alert));
	ASSERT_EQ(0, set(alert));
	ASSERT_EQ(0, set(b));
	ASSERT_EQ(0, signal_and_wait(self->dev, a, b, FOREVER, ALERT, alert));
	ASSERT_EQ(1, state(alert));
}

/* The alert, the object and the timeout each end a blocked signal-and-wait. Each signals once. */
TEST_F(nt, what_ends_a_blocked_signal_and_wait)
{
	const int expected[] = { 0, USER_APC };
	int fds[2], signal, which, status;
	pid_t child;

	signal = create(self->dev, SYNCHRONIZATION, 0);
	for (which = 0; which < 2; which++)
		fds[which] = create(self->dev, SYNCHRONIZATION, 0);
	for (which = 0; which < 2; which++) {
		child = fork();
		ASSERT_LE(0, child);
		if (!child)
			_exit(signal_and_wait(self->dev, signal, fds[0], FOREVER, ALERT, fds[1]) != expected[which]);
		ASSERT_TRUE(await_waiters(fds[1], 1));
		ASSERT_EQ(1, reset(signal));
		ASSERT_EQ(0, set(fds[which]));
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
		ASSERT_EQ(0, state(signal));
		ASSERT_EQ(0, state(fds[which]));
	}
	ASSERT_EQ(TIMEOUT, signal_and_wait(self->dev, signal, fds[0], MILLISECONDS(1), ALERT, fds[1]));
	ASSERT_EQ(1, reset(signal));
	for (which = 0; which < 2; which++)
		ASSERT_EQ(0, fdinfo(fds[which], "waiters"));
}

TEST_F(nt, alert_needs_synchronize)
{
	int e = create(self->dev, SYNCHRONIZATION, 1);
	int alert = create_access(self->dev, SYNCHRONIZATION, 0, NTEVENT_MODIFY_STATE);

	ASSERT_EQ(-EACCES, wait_one_alert(e, 0, ALERT, alert));
	ASSERT_EQ(NTEVENT_STATUS_ACCESS_DENIED, last_status);
	ASSERT_EQ(-EACCES, wait_on(self->dev, &e, 1, ALERT, 0, alert));
	ASSERT_EQ(-EACCES, signal_and_wait(self->dev, e, e, 0, ALERT, alert));
	ASSERT_EQ(-EBADF, wait_one_alert(e, 0, ALERT, -1));
	ASSERT_EQ(NTEVENT_STATUS_INVALID_HANDLE, last_status);
	ASSERT_EQ(1, state(e));
}

/*
 * One thread always keeps at least one of two events signaled. A wait with a zero timeout that
 * looks at both, as an alert and an object or as two objects of a wait for any, must succeed.
 */
static int wander_fds[2];
static atomic_bool wander_stop;

static void *wander(void *arg)
{
	while (!atomic_load(&wander_stop)) {
		set(wander_fds[0]);
		reset(wander_fds[1]);
		set(wander_fds[1]);
		reset(wander_fds[0]);
	}
	return NULL;
}

TEST_F(nt, test_of_many_is_of_one_instant)
{
	int any[32], all[32], rounds = full_or_brief(50000, 2000), i, result;
	pthread_t thread;

	/* The two events are far apart in the array, so that they change in between. */
	for (i = 0; i < 32; i++) {
		any[i] = create(self->dev, NOTIFICATION, i == 31);
		all[i] = create(self->dev, NOTIFICATION, 1);
	}
	close(all[31]);
	all[31] = any[0];
	wander_fds[0] = any[0];
	wander_fds[1] = any[31];
	ASSERT_EQ(0, pthread_create(&thread, NULL, wander, NULL));
	for_rounds(i, rounds) {
		result = wait_on(self->dev, all, 32, ALERT | NTEVENT_WAIT_ALL, 0, wander_fds[1]);
		ASSERT_TRUE(result == 0 || result == USER_APC);
		result = wait_any(self->dev, any, 32, 0);
		ASSERT_TRUE(result == 0 || result == 31);
		result = wait_any(self->dev, wander_fds, 2, 0);
		ASSERT_TRUE(result == 0 || result == 1);
	}
	atomic_store(&wander_stop, true);
	pthread_join(thread, NULL);
}

/*
 * Two events are set and reset all the time, and a token comes after them in the array. A wait with
 * a zero timeout must take exactly one signal and report the lowest index, although each event is
 * in the array many times.
 */
static int turning_fds[2];
static atomic_bool turning_stop;

static void *turn(void *arg)
{
	unsigned int n = 0;

	while (!atomic_load(&turning_stop)) {
		int fd = turning_fds[n++ & 1];

		set(fd);
		reset(fd);
		/* Keep the events unsignaled most of the time, so that the token is found too. */
		getppid();
		getppid();
	}
	return NULL;
}

TEST_F(nt, test_of_many_that_turn_takes_one)
{
	int fds[64], token = create(self->dev, SYNCHRONIZATION, 0), i, taken = 0;
	int64_t end = now_ms() + 2000;
	pthread_t thread;

	for (i = 0; i < 2; i++)
		turning_fds[i] = create(self->dev, NOTIFICATION, 0);
	for (i = 0; i < 63; i++)
		fds[i] = turning_fds[i & 1];
	fds[63] = token;
	ASSERT_EQ(0, pthread_create(&thread, NULL, turn, NULL));
	while (now_ms() < end) {
		int result;

		ASSERT_LE(0, set(token));
		result = wait_any(self->dev, fds, 64, 0);
		ASSERT_TRUE(result == 0 || result == 1 || result == 63);
		if (result == 63) {
			ASSERT_EQ(0, state(token));
			taken++;
		}
	}
	atomic_store(&turning_stop, true);
	pthread_join(thread, NULL);
	/* No other event is signaled now. */
	ASSERT_LE(0, set(token));
	ASSERT_EQ(63, wait_any(self->dev, fds, 64, 0));
	ASSERT_EQ(0, state(token));
	TH_LOG("%d tokens taken beside others", taken);
}

TEST_HARNESS_MAIN
