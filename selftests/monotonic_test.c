// SPDX-License-Identifier: GPL-2.0
/* Waits until a time of CLOCK_MONOTONIC: NTEVENT_WAIT_MONOTONIC. */
#include <sys/time.h>
#include "ntevent_test.h"

#define MONOTONIC NTEVENT_WAIT_MONOTONIC

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int64_t in_ms(int64_t milliseconds)
{
	return now_ns() + milliseconds * 1000000;
}

static int wait_until(int fd, int64_t time)
{
	return wait_one_alert(fd, time, MONOTONIC, 0);
}

/* Every command that waits. The last one sets fds[1] first. */
#define KINDS 4
static int wait_of_kind(int dev, const int fds[2], int kind, int64_t time)
{
	switch (kind) {
	case 0:
		return wait_until(fds[0], time);
	case 1:
		return wait_on(dev, fds, 1, MONOTONIC, time, 0);
	case 2:
		return wait_on(dev, fds, 2, MONOTONIC | NTEVENT_WAIT_ALL, time, 0);
	default:
		return signal_and_wait(dev, fds[1], fds[0], time, MONOTONIC, 0);
	}
}

TEST_F(nt, F06_monotonic_wait_ends_at_its_time)
{
	const int fds[] = { create(self->dev, SYNCHRONIZATION, 0), create(self->dev, NOTIFICATION, 1) };
	int kind;

	for (kind = 0; kind < KINDS; kind++) {
		int64_t end = in_ms(100);

		ASSERT_EQ(TIMEOUT, wait_of_kind(self->dev, fds, kind, end));
		ASSERT_LE(end, now_ns());
		ASSERT_GE(end + SOON * 1000000, now_ns());
		/* A time in the past only tests. Objects come before the timeout. */
		ASSERT_EQ(TIMEOUT, wait_of_kind(self->dev, fds, kind, end));
		ASSERT_EQ(TIMEOUT, wait_of_kind(self->dev, fds, kind, 0));
		ASSERT_EQ(TIMEOUT, wait_of_kind(self->dev, fds, kind, 1));
		ASSERT_EQ(0, set(fds[0]));
		ASSERT_EQ(0, wait_of_kind(self->dev, fds, kind, 0));
		ASSERT_EQ(0, state(fds[0]));
	}
}

TEST_F(nt, F06_monotonic_wait_is_satisfied)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);
	const int64_t times[] = { in_ms(1000 * SOON), INT64_MAX - 1 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		struct waiter w = waiter_on(self->dev, fd);

		w.flags = MONOTONIC;
		w.timeout = times[i];
		ASSERT_TRUE(start(&w, 1));
		usleep(20000);
		ASSERT_FALSE(atomic_load(&w.done));
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(0, finish(&w));
	}
}

TEST_F(nt, F06_monotonic_that_means_nothing)
{
	const int fds[] = { create(self->dev, SYNCHRONIZATION, 1), create(self->dev, NOTIFICATION, 1) };
	const int64_t bad[] = { -1, -10000000, INT64_MIN, INT64_MIN + 1 };
	unsigned int i, kind;

	for (kind = 0; kind < KINDS; kind++) {
		for (i = 0; i < ARRAY_SIZE(bad); i++)
			REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, wait_of_kind(self->dev, fds, kind, bad[i]));
		/* FOREVER is without NTEVENT_WAIT_TIMEOUT. */
		REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, wait_of_kind(self->dev, fds, kind, FOREVER));
	}
	ASSERT_EQ(1, state(fds[0]));
	ASSERT_EQ(1, state(fds[1]));
}

static volatile int alarms;

static void on_alarm(int signal)
{
	alarms++;
}

/* The wait goes on after a handler with SA_RESTART, as a wait without a timeout does. */
TEST_F(nt, F06_monotonic_wait_is_restarted)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	const int64_t period = patience(10);
	struct timeval tv = { period / 1000, period % 1000 * 1000 };
	struct itimerval timer = { tv, tv }, off = { };
	const int fds[] = { create(self->dev, SYNCHRONIZATION, 0), create(self->dev, NOTIFICATION, 1) };
	int64_t end;
	int kind;

	/* The last kind is left out, because a handler ends it. */
	for (kind = 0; kind < KINDS - 1; kind++) {
		alarms = 0;
		ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
		end = in_ms(10 * period);
		ASSERT_EQ(0, setitimer(ITIMER_REAL, &timer, NULL));
		ASSERT_EQ(TIMEOUT, wait_of_kind(self->dev, fds, kind, end));
		ASSERT_LE(end, now_ns());
		ASSERT_EQ(0, setitimer(ITIMER_REAL, &off, NULL));
		ASSERT_LT(0, alarms);
	}
	action.sa_flags = 0;
	for (kind = 0; kind < KINDS; kind++) {
		ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
		ASSERT_EQ(0, setitimer(ITIMER_REAL, &timer, NULL));
		ASSERT_EQ(-EINTR, wait_of_kind(self->dev, fds, kind, in_ms(SOON)));
		ASSERT_EQ(0, setitimer(ITIMER_REAL, &off, NULL));
	}
}

TEST_F(nt, F06_stop_and_continue_end_no_monotonic_wait)
{
	const int fds[] = { create(self->dev, SYNCHRONIZATION, 0), create(self->dev, NOTIFICATION, 1) };
	int kind, i, status;

	/* The last kind is left out. See F06_stop_and_continue_end_no_relative_wait. */
	for (kind = 0; kind < KINDS - 1; kind++) {
		int64_t end = in_ms(patience(500));
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child)
			_exit(wait_of_kind(self->dev, fds, kind, end) == TIMEOUT && now_ns() >= end ? 0 : 1);
		ASSERT_TRUE(await_waiters(fds[0], 1));
		for (i = 0; i < 5; i++) {
			ASSERT_EQ(0, kill(child, SIGSTOP));
			ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
			ASSERT_TRUE(WIFSTOPPED(status));
			ASSERT_EQ(0, kill(child, SIGCONT));
		}
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
	}
}

/* The time is that of the caller's time namespace. */
TEST_F(nt, F06_monotonic_wait_in_a_time_namespace)
{
	const int fds[] = { create(self->dev, SYNCHRONIZATION, 0), create(self->dev, NOTIFICATION, 1) };
	int ahead, status, kind;
	pid_t child;

	ahead = set_children_ahead();
	if (ahead == -EPERM)
		SKIP(return, "no time namespaces here");
	ASSERT_EQ(0, ahead);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		for (kind = 0; kind < KINDS; kind++) {
			int64_t end = in_ms(100);

			if (wait_of_kind(self->dev, fds, kind, end) != TIMEOUT)
				_exit(1);
			if (now_ns() < end || now_ns() > end + SOON * 1000000)
				_exit(2);
			/* A time in the past of the namespace may be in the future outside. */
			if (wait_of_kind(self->dev, fds, kind, end - 1000000) != TIMEOUT || now_ns() > end + SOON * 1000000)
				_exit(3);
			/* This time is before the start of the namespace's clock. */
			if (wait_of_kind(self->dev, fds, kind, 1) != TIMEOUT)
				_exit(4);
		}
		_exit(0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
}

TEST_HARNESS_MAIN
