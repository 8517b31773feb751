// SPDX-License-Identifier: GPL-2.0
/* Timeouts: group E4, vectors 87 to 103, clock changes, and time namespaces. */
#include "ntevent_test.h"

#define HOUR 3600
#define IN_HALF_AN_HOUR (nt_now() + HOUR / 2 * 10000000LL)

static int64_t elapsed_of(int fd, int64_t timeout, int *result)
{
	int64_t from = now_ms();

	*result = wait_one(fd, timeout);
	return now_ms() - from;
}

TEST_F(nt, V87_wait_for_ever)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);
	struct waiter w = waiter_on(self->dev, fd);

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, finish(&w));
}

static void *wait_without_argument(void *arg)
{
	return (void *)(intptr_t)result_of(ioctl((intptr_t)arg, NTEVENT_IOC_WAIT_ONE, NULL));
}

TEST_F(nt, V87_wait_one_without_argument)
{
	int fd = create(self->dev, SYNCHRONIZATION, 1);
	pthread_t thread;
	void *result;

	ASSERT_EQ(0, ioctl(fd, NTEVENT_IOC_WAIT_ONE, NULL));
	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_without_argument, (void *)(intptr_t)fd));
	ASSERT_TRUE(await_waiters(fd, 1));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, pthread_join(thread, &result));
	ASSERT_EQ(NULL, result);
}

TEST_F(nt, V88_V89_zero_tests)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);

	ASSERT_EQ(TIMEOUT, wait_one(fd, 0));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, wait_one(fd, 0));
	ASSERT_EQ(0, state(fd));
}

TEST_F(nt, V90_shortest_timeout)
{
	int fd = create(self->dev, NOTIFICATION, 0);

	ASSERT_EQ(TIMEOUT, wait_one(fd, -1));
}

TEST_F(nt, V91_V92_100_ms)
{
	int fd = create(self->dev, NOTIFICATION, 0), result;
	int64_t elapsed = elapsed_of(fd, MILLISECONDS(100), &result), from;

	ASSERT_EQ(TIMEOUT, result);
	ASSERT_LE(100, elapsed);
	ASSERT_GE(SOON, elapsed);
	/*
	 * Take the start time first, as the thread may be preempted after it reads the wall clock.
	 */
	from = now_ms();
	ASSERT_EQ(TIMEOUT, wait_one(fd, nt_now() + 1000000));
	elapsed = now_ms() - from;
	ASSERT_LE(90, elapsed);
	ASSERT_GE(SOON, elapsed);
}

TEST_F(nt, V93_V94_past_time)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);
	const int64_t past[] = { 1, 116444735999999999LL, 116444736000000000LL, nt_now() - 1 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(past); i++) {
		ASSERT_EQ(TIMEOUT, wait_one(fd, past[i]));
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(0, wait_one(fd, past[i]));
	}
}

TEST_F(nt, V95_extreme_timeouts)
{
	const int64_t extremes[] = { INT64_MAX, INT64_MAX - 1, INT64_MIN, INT64_MIN + 1,
				     INT64_MIN / 100, 0x7000000000000000LL };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(extremes); i++) {
		int fd = create(self->dev, SYNCHRONIZATION, 0);
		struct waiter w = waiter_on(self->dev, fd);

		w.flags = NTEVENT_WAIT_TIMEOUT;
		w.timeout = extremes[i];
		ASSERT_TRUE(start(&w, 1));
		usleep(20000);
		ASSERT_FALSE(atomic_load(&w.done));
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(0, finish(&w));
		close(fd);
	}
}

static void step_clock(struct __test_metadata *_metadata, int seconds)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += seconds;
	ASSERT_EQ(0, clock_settime(CLOCK_REALTIME, &ts));
}

TEST_F(nt, V96_clock_forward_ends_absolute_wait)
{
	int fd = create(self->dev, NOTIFICATION, 0);
	struct waiter w = waiter_on(self->dev, fd);
	int result;

	if (geteuid())
		SKIP(return, "setting the clock needs root");
	w.timeout = IN_HALF_AN_HOUR;
	ASSERT_TRUE(start(&w, 1));
	step_clock(_metadata, HOUR);
	result = finish(&w);
	step_clock(_metadata, -HOUR);
	ASSERT_EQ(TIMEOUT, result);
}

TEST_F(nt, V97_clock_steps_leave_relative_wait)
{
	int fd = create(self->dev, NOTIFICATION, 0), step, result;
	int64_t from;

	if (geteuid())
		SKIP(return, "setting the clock needs root");
	for (step = -HOUR; step <= HOUR; step += 2 * HOUR) {
		struct waiter w = waiter_on(self->dev, fd);

		/* Leaves enough time to set the clock before the end. */
		w.timeout = MILLISECONDS(patience(1000));
		from = now_ms();
		ASSERT_TRUE(start(&w, 1));
		step_clock(_metadata, step);
		result = finish(&w);
		step_clock(_metadata, -step);
		ASSERT_EQ(TIMEOUT, result);
		ASSERT_LE(patience(1000), now_ms() - from);
	}
}

TEST_F(nt, V98_clock_back_prolongs_absolute_wait)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);
	struct waiter w = waiter_on(self->dev, fd);
	bool done;

	if (geteuid())
		SKIP(return, "setting the clock needs root");
	/* Leaves enough time to set the clock before the end. */
	w.timeout = nt_now() - MILLISECONDS(patience(1000));
	ASSERT_TRUE(start(&w, 1));
	step_clock(_metadata, -HOUR);
	usleep(patience(1500) * 1000);
	done = atomic_load(&w.done);
	step_clock(_metadata, HOUR);
	ASSERT_FALSE(done);
	ASSERT_EQ(TIMEOUT, finish(&w));
}

TEST_F(nt, V99_unreadable_timeout)
{
	int fd = create(self->dev, SYNCHRONIZATION, 1);

	ASSERT_EQ(-1, ioctl(fd, NTEVENT_IOC_WAIT_ONE, (void *)8L));
	ASSERT_EQ(EFAULT, errno);
	ASSERT_EQ(1, state(fd));
}

/* Win32's 10 ms is -100000. */
TEST_F(nt, V100_win32_timeouts)
{
	int fd = create(self->dev, NOTIFICATION, 0), result;
	int64_t elapsed = elapsed_of(fd, -100000, &result);

	ASSERT_EQ(TIMEOUT, result);
	ASSERT_LE(10, elapsed);
	ASSERT_GE(SOON, elapsed);
}

TEST_F(nt, V101_wait_on_no_handle)
{
	const int bad[] = { 0xdeadbee0, 0xdeadbee1, 0xdeadbee2, 0xdeadbee3, -1, 1000000 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		ASSERT_EQ(-EBADF, wait_any(self->dev, &bad[i], 1, 0));
		ASSERT_EQ(NTEVENT_STATUS_INVALID_HANDLE, last_status);
	}
}

TEST_F(nt, V103_wait_without_synchronize)
{
	int fd = create_access(self->dev, SYNCHRONIZATION, 1, NTEVENT_MODIFY_STATE | NTEVENT_QUERY_STATE);

	ASSERT_EQ(-EACCES, wait_any(self->dev, &fd, 1, 0));
	ASSERT_EQ(NTEVENT_STATUS_ACCESS_DENIED, last_status);
	ASSERT_EQ(-EACCES, wait_one(fd, 0));
	ASSERT_EQ(NTEVENT_STATUS_ACCESS_DENIED, last_status);
	ASSERT_EQ(1, state(fd));
}

/* A relative timeout lasts as long in a time namespace as elsewhere. */
TEST_F(nt, relative_wait_in_a_time_namespace)
{
	int fd = create(self->dev, NOTIFICATION, 0), ahead, status;
	pid_t child;

	ahead = set_children_ahead();
	if (ahead == -EPERM)
		SKIP(return, "no time namespaces here");
	ASSERT_EQ(0, ahead);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		int result;
		int64_t elapsed = elapsed_of(fd, MILLISECONDS(100), &result);

		_exit(result == TIMEOUT && elapsed >= 100 && elapsed < SOON ? 0 : 1);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
}

TEST_HARNESS_MAIN
