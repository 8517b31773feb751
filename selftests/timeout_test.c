// SPDX-License-Identifier: GPL-2.0
/* When a wait gives up: group E4, vectors 87 to 103 and 114, signals, and clocks that are set. */
#include <sys/timerfd.h>
#include <sys/time.h>
#include "ntevent_test.h"

#define HOUR 3600

static int64_t elapsed_of(int fd, int64_t timeout, int *result)
{
	int64_t from = now_ms();

	*result = wait_one(fd, timeout);
	return now_ms() - from;
}

/* From before the wall clock is read, for the thread may lose the processor behind that. */
static int64_t elapsed_until(int fd, int64_t from_now, int *result)
{
	int64_t from = now_ms();

	*result = wait_one(fd, nt_now() + from_now);
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
	int64_t elapsed = elapsed_of(fd, MILLISECONDS(100), &result);

	ASSERT_EQ(TIMEOUT, result);
	ASSERT_LE(100, elapsed);
	ASSERT_GE(900, elapsed);
	elapsed = elapsed_until(fd, 1000000, &result);
	ASSERT_EQ(TIMEOUT, result);
	ASSERT_LE(90, elapsed);
	ASSERT_GE(900, elapsed);
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
	int64_t from = now_ms();

	if (geteuid())
		SKIP(return, "setting the clock needs root");
	w.timeout = nt_now() + 10 * 10000000LL;
	ASSERT_TRUE(start(&w, 1));
	step_clock(_metadata, HOUR);
	ASSERT_EQ(TIMEOUT, finish(&w));
	step_clock(_metadata, -HOUR);
	ASSERT_GE(9000, now_ms() - from);
}

TEST_F(nt, V97_clock_steps_leave_relative_wait)
{
	int fd = create(self->dev, NOTIFICATION, 0), step;
	int64_t from, elapsed;

	if (geteuid())
		SKIP(return, "setting the clock needs root");
	for (step = -HOUR; step <= HOUR; step += 2 * HOUR) {
		struct waiter w = waiter_on(self->dev, fd);

		w.timeout = MILLISECONDS(1000);
		from = now_ms();
		ASSERT_TRUE(start(&w, 1));
		step_clock(_metadata, step);
		ASSERT_EQ(0, pthread_join(w.thread, NULL));
		ASSERT_EQ(TIMEOUT, w.result);
		elapsed = now_ms() - from;
		step_clock(_metadata, -step);
		ASSERT_LE(1000, elapsed);
		ASSERT_GE(3000, elapsed);
	}
}

TEST_F(nt, V98_clock_back_prolongs_absolute_wait)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);
	struct waiter w = waiter_on(self->dev, fd);
	bool done;

	if (geteuid())
		SKIP(return, "setting the clock needs root");
	w.timeout = nt_now() + 10000000LL;
	ASSERT_TRUE(start(&w, 1));
	step_clock(_metadata, -HOUR);
	usleep(2000000);
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
	ASSERT_GE(900, elapsed);
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

static volatile int alarms;

static void on_alarm(int signal)
{
	alarms++;
}

static void every_ms(struct __test_metadata *_metadata, int flags, int ms)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = flags };
	struct itimerval timer = { { 0, ms * 1000 }, { 0, ms * 1000 } };

	alarms = 0;
	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &timer, NULL));
}

/* A signal every millisecond does not stretch a wait: it goes on to its deadline, or says EINTR at once. */
TEST_F(nt, V114_signals_do_not_stretch_a_wait)
{
	int fd = create(self->dev, NOTIFICATION, 0), result;
	int64_t elapsed, end;

	every_ms(_metadata, SA_RESTART, 1);
	elapsed = elapsed_until(fd, 1000000, &result);
	ASSERT_EQ(TIMEOUT, result);
	ASSERT_LE(90, elapsed);
	ASSERT_GE(900, elapsed);
	ASSERT_LE(2, alarms);
	/* A relative wait is interrupted, and its caller knows how much of it is left. */
	end = now_ms() + 100;
	do {
		int64_t left = end - now_ms();

		result = wait_one(fd, MILLISECONDS(left > 0 ? left : 0));
	} while (result == -EINTR);
	ASSERT_EQ(TIMEOUT, result);
	ASSERT_LE(-1, now_ms() - end);
	ASSERT_GE(300, now_ms() - end);
}

TEST_F(nt, signal_without_restart_consumes_nothing)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), i;

	every_ms(_metadata, 0, 5);
	for (i = 0; i < 20; i++) {
		ASSERT_EQ(-EINTR, wait_one(fd, FOREVER));
		ASSERT_EQ(UNSTORED, last_status);
		ASSERT_EQ(0, fdinfo(fd, "waiters"));
	}
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, state(fd));
}

static int restart_fd;

static void set_on_alarm(int signal)
{
	if (++alarms == 5)
		ioctl(restart_fd, NTEVENT_IOC_SET);
}

TEST_F(nt, signal_with_restart_goes_on)
{
	struct sigaction action = { .sa_handler = set_on_alarm, .sa_flags = SA_RESTART };

	restart_fd = create(self->dev, SYNCHRONIZATION, 0);
	every_ms(_metadata, SA_RESTART, 5);
	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, wait_one(restart_fd, FOREVER));
	ASSERT_LE(5, alarms);
	ASSERT_EQ(0, state(restart_fd));
}

/* Each set is taken by exactly one wait, whatever signals come between. */
static int storm_fd;
static atomic_int storm_made;

static void *storm_setter(void *arg)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	while (atomic_load(&storm_made) < 2000) {
		/* Long enough for the waiter to fall asleep, and for a signal to find it there. */
		usleep(atomic_load(&storm_made) % 8 * 100);
		if (set(storm_fd) == 0)
			atomic_fetch_add(&storm_made, 1);
	}
	return NULL;
}

TEST_F(nt, signals_lose_no_grant)
{
	pthread_t thread;
	int taken = 0, interrupted = 0, result;

	storm_fd = create(self->dev, SYNCHRONIZATION, 0);
	every_ms(_metadata, 0, 1);
	ASSERT_EQ(0, pthread_create(&thread, NULL, storm_setter, NULL));
	while (taken < 2000) {
		result = wait_one(storm_fd, MILLISECONDS(10000));
		ASSERT_TRUE(result == 0 || result == -EINTR);
		if (result)
			interrupted++;
		else
			taken++;
	}
	pthread_join(thread, NULL);
	ASSERT_EQ(2000, atomic_load(&storm_made));
	ASSERT_EQ(0, state(storm_fd));
	/* Or the test has shown nothing. */
	ASSERT_LT(10, interrupted);
}

/* Stopping and continuing a process ends no wait that has no end or ends at a time of the wall clock. */
TEST_F(nt, stop_and_continue_are_not_seen)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), status, i;
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child)
		_exit(wait_one(fd, nt_now() + 20 * 10000000LL) == 0 ? 0 : 1);
	for (i = 0; i < 10; i++) {
		ASSERT_TRUE(await_waiters(fd, 1));
		ASSERT_EQ(0, kill(child, SIGSTOP));
		ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
		ASSERT_EQ(0, kill(child, SIGCONT));
	}
	ASSERT_TRUE(await_waiters(fd, 1));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* In a time namespace a relative wait lasts as long as anywhere. */
TEST_F(nt, relative_wait_in_a_time_namespace)
{
	int fd = create(self->dev, NOTIFICATION, 0), file, status;
	pid_t child;

	if (unshare(CLONE_NEWTIME))
		SKIP(return, "no time namespaces here");
	file = open("/proc/self/timens_offsets", O_WRONLY);
	ASSERT_LE(0, file);
	ASSERT_LT(0, dprintf(file, "monotonic 100000 0"));
	close(file);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		int result;
		int64_t elapsed = elapsed_of(fd, MILLISECONDS(100), &result);

		_exit(result == TIMEOUT && elapsed >= 100 && elapsed < 900 ? 0 : 1);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
}

/* A test does not go to sleep, so no Unix signal can end it. */
TEST_F(nt, V88_zero_never_sleeps)
{
	int fds[] = { create(self->dev, SYNCHRONIZATION, 0), create(self->dev, SYNCHRONIZATION, 0) };
	int other = create(self->dev, NOTIFICATION, 0), i;
	const int64_t past[] = { 0, 1, nt_now() - 1 };

	every_ms(_metadata, 0, 1);
	while (alarms < 300) {
		for (i = 0; i < (int)ARRAY_SIZE(past); i++) {
			ASSERT_EQ(TIMEOUT, wait_one(fds[0], past[i]));
			ASSERT_EQ(TIMEOUT, wait_any(self->dev, fds, 2, past[i]));
			ASSERT_EQ(TIMEOUT, wait_all(self->dev, fds, 2, past[i]));
			ASSERT_EQ(TIMEOUT, signal_and_wait(self->dev, other, fds[0], past[i], 0, 0));
		}
	}
}

TEST_HARNESS_MAIN
