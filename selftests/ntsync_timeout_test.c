// SPDX-License-Identifier: GPL-2.0
/* Timeouts of /dev/ntsync: deadlines of both clocks, clock changes, and time namespaces. */
#include "ntsync_test.h"

#define HOUR 3600

static const struct {
	clockid_t clock;
	uint32_t flags;
} clocks[2] = { { CLOCK_MONOTONIC, 0 }, { CLOCK_REALTIME, NTSYNC_WAIT_REALTIME } };

static int wait_until(int dev, int fd, uint32_t flags, uint64_t deadline, bool all)
{
	struct ntsync_wait_args args = wait_args(&fd, 1, deadline);

	args.flags = flags;
	return wait_with(dev, all ? NTSYNC_IOC_WAIT_ALL : NTSYNC_IOC_WAIT_ANY, &args);
}

/* A wait ends not before its deadline, and not much later. */
TEST_F(ntsync, deadline_of_both_clocks)
{
	int fd = event(self->dev, AUTO, 0), i, all;

	for (i = 0; i < 2; i++) {
		for (all = 0; all < 2; all++) {
			uint64_t deadline = clock_ns(clocks[i].clock) + 100000000;

			ASSERT_EQ(-ETIMEDOUT, wait_until(self->dev, fd, clocks[i].flags, deadline, all));
			ASSERT_LE(deadline, clock_ns(clocks[i].clock));
			ASSERT_GE(deadline + SOON * 1000000, clock_ns(clocks[i].clock));
		}
	}
}

TEST_F(ntsync, short_deadlines_are_never_early)
{
	int fd = event(self->dev, AUTO, 0), i, round;

	for (round = 1; round <= 50; round++) {
		for (i = 0; i < 2; i++) {
			uint64_t deadline = clock_ns(clocks[i].clock) + round * 30000;

			ASSERT_EQ(-ETIMEDOUT, wait_until(self->dev, fd, clocks[i].flags, deadline, round & 1));
			ASSERT_LE(deadline, clock_ns(clocks[i].clock));
		}
	}
}

/* Objects are checked before the deadline. */
TEST_F(ntsync, past_deadline_is_a_try)
{
	int fd = event(self->dev, AUTO, 0), i, j, all;

	for (i = 0; i < 2; i++) {
		const uint64_t past[] = { 0, 1, clock_ns(clocks[i].clock) };

		for (j = 0; j < (int)ARRAY_SIZE(past); j++) {
			for (all = 0; all < 2; all++) {
				int64_t from = now_ms();

				ASSERT_EQ(-ETIMEDOUT, wait_until(self->dev, fd, clocks[i].flags, past[j], all));
				ASSERT_GE(from + SOON, now_ms());
				ASSERT_EQ(0, set(fd));
				ASSERT_EQ(0, wait_until(self->dev, fd, clocks[i].flags, past[j], all));
				ASSERT_TRUE(event_is(fd, AUTO, 0));
			}
		}
	}
}

/*
 * As signed 64-bit times these are negative and so in the past, except the largest, which is
 * infinite. With the kernel's driver the wait may never end: ktime_add_safe() takes these times for
 * an overflow and puts the timer at the end of its queue, where it does not expire as long as
 * others are before it. On the monotonic clock there always are others.
 */
TEST_F(ntsync, deadlines_of_64_bits)
{
	const uint64_t past[] = { 1ULL << 63, (1ULL << 63) + 1, 3ULL << 62, UINT64_MAX - 1 };
	int fd = event(self->dev, AUTO, 1), i, j;

	for (i = 0; i < 2; i++) {
		for (j = 0; j < (int)ARRAY_SIZE(past); j++) {
			ASSERT_EQ(0, wait_until(self->dev, fd, clocks[i].flags, past[j], i));
			ASSERT_TRUE(event_is(fd, AUTO, 0));
			if (served_by_ntevent()) {
				int64_t from = now_ms();

				ASSERT_EQ(-ETIMEDOUT, wait_until(self->dev, fd, clocks[i].flags, past[j], i));
				ASSERT_GE(from + SOON, now_ms());
			}
			ASSERT_EQ(0, set(fd));
		}
	}
}

TEST_F(ntsync, far_deadlines)
{
	const uint64_t far[] = { UINT64_MAX, INT64_MAX, INT64_MAX - 1, INT64_MAX / 2 };
	int fd = event(self->dev, AUTO, 0), i, j;

	for (i = 0; i < 2; i++) {
		for (j = 0; j < (int)ARRAY_SIZE(far); j++) {
			struct waiter w = one(self->dev, fd);

			w.args.flags = clocks[i].flags;
			w.args.timeout = far[j];
			ASSERT_TRUE(start(&w));
			ASSERT_EQ(0, set(fd));
			ASSERT_EQ(0, finish(&w));
		}
	}
}

/* A signal at the deadline has one outcome. It is taken, or it is still there. */
TEST_F(ntsync, deadline_against_signal)
{
	int fd = event(self->dev, AUTO, 0), i, taken = 0;

	for (i = 0; i < 300; i++) {
		struct waiter w = any_of(self->dev, (int[]){ fd }, 1);
		int result;

		w.args.objs = (uintptr_t)w.fds;
		w.args.timeout = in_ms(2);
		ASSERT_EQ(0, pthread_create(&w.thread, NULL, waiter_main, &w));
		while (clock_ns(CLOCK_MONOTONIC) < w.args.timeout - 200000 + i * 1000)
			;
		ASSERT_EQ(0, set(fd));
		result = finish(&w);
		ASSERT_TRUE(result == 0 || result == -ETIMEDOUT);
		ASSERT_EQ(result != 0, reset(fd));
		taken += !result;
	}
	TH_LOG("%d of 300 signals came in time", taken);
}

static bool step_clock(int seconds)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += seconds;
	return !clock_settime(CLOCK_REALTIME, &ts);
}

TEST_F(ntsync, clock_forward_ends_a_realtime_wait)
{
	int fd = event(self->dev, AUTO, 0), result;
	struct waiter w = one(self->dev, fd);

	if (geteuid())
		SKIP(return, "setting the clock needs root");
	w.args.flags = NTSYNC_WAIT_REALTIME;
	w.args.timeout = clock_ns(CLOCK_REALTIME) + HOUR / 2 * 1000000000ULL;
	ASSERT_TRUE(start(&w));
	ASSERT_TRUE(step_clock(HOUR));
	result = finish(&w);
	ASSERT_TRUE(step_clock(-HOUR));
	ASSERT_EQ(-ETIMEDOUT, result);
}

TEST_F(ntsync, clock_back_prolongs_a_realtime_wait)
{
	int fd = event(self->dev, AUTO, 0);
	struct waiter w = one(self->dev, fd);
	bool waiting;

	if (geteuid())
		SKIP(return, "setting the clock needs root");
	w.args.flags = NTSYNC_WAIT_REALTIME;
	/* Leaves enough time to set the clock before the deadline. */
	w.args.timeout = clock_ns(CLOCK_REALTIME) + patience(1000) * 1000000;
	ASSERT_TRUE(start(&w));
	ASSERT_TRUE(step_clock(-HOUR));
	usleep(patience(1500) * 1000);
	waiting = is_waiting(&w);
	ASSERT_TRUE(step_clock(HOUR));
	ASSERT_TRUE(waiting);
	ASSERT_EQ(-ETIMEDOUT, finish(&w));
}

TEST_F(ntsync, clock_steps_leave_a_monotonic_wait)
{
	int fd = event(self->dev, AUTO, 0), step, result;

	if (geteuid())
		SKIP(return, "setting the clock needs root");
	for (step = -HOUR; step <= HOUR; step += 2 * HOUR) {
		struct waiter w = one(self->dev, fd);

		w.args.timeout = in_ms(patience(500));
		ASSERT_TRUE(start(&w));
		ASSERT_TRUE(step_clock(step));
		result = finish(&w);
		ASSERT_TRUE(step_clock(-step));
		ASSERT_EQ(-ETIMEDOUT, result);
		ASSERT_LE(w.args.timeout, clock_ns(CLOCK_MONOTONIC));
	}
}

/*
 * Runs in a child in the namespace. Waits 100 ms on either clock, and until deadlines in the past.
 */
static int in_namespace(int dev, int fd)
{
	int i;

	for (i = 0; i < 2; i++) {
		uint64_t deadline = clock_ns(clocks[i].clock) + 100000000;
		int64_t from = now_ms();

		if (wait_until(dev, fd, clocks[i].flags, deadline, i) != -ETIMEDOUT)
			return 1;
		if (clock_ns(clocks[i].clock) < deadline || now_ms() - from < 99 || now_ms() - from > SOON)
			return 2 + i;
		if (wait_until(dev, fd, clocks[i].flags, 1, i) != -ETIMEDOUT)
			return 4;
	}
	return 0;
}

/*
 * Deadlines of the monotonic clock are in the time of the caller's namespace. The wall clock is the
 * same everywhere. A deadline taken in the time of another namespace would be days off.
 */
TEST_F(ntsync, deadline_in_a_time_namespace)
{
	int fd = event(self->dev, AUTO, 0), ahead, status;
	uint64_t outside;
	pid_t child;

	ahead = set_children_ahead();
	if (ahead == -EPERM)
		SKIP(return, "no time namespaces here");
	ASSERT_EQ(0, ahead);
	outside = clock_ns(CLOCK_MONOTONIC);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		alarm(SOON / 1000);
		_exit(clock_ns(CLOCK_MONOTONIC) < outside + 100000000000000ULL ? 9 : in_namespace(self->dev, fd));
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
}

TEST_HARNESS_MAIN
