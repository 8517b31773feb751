// SPDX-License-Identifier: GPL-2.0
/*
 * Unix signals and waits, vector 114: waits that end, waits that go on, and waits with a zero
 * timeout, which do neither.
 */
#include <sys/time.h>
#include "ntevent_test.h"

static volatile int alarms;

static void on_alarm(int signal)
{
	alarms++;
}

static void every_ms(struct __test_metadata *_metadata, int flags, int ms)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = flags };
	/* A slow machine needs time to make progress between two signals. */
	const int64_t period = patience(ms);
	struct timeval tv = { period / 1000, period % 1000 * 1000 };
	struct itimerval timer = { tv, tv };

	alarms = 0;
	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &timer, NULL));
}

/*
 * A signal every millisecond does not delay a wait. Either it goes on to its deadline, or it
 * returns EINTR at once.
 */
TEST_F(nt, V114_signals_do_not_stretch_a_wait)
{
	int fd = create(self->dev, NOTIFICATION, 0), result;
	const int64_t length = patience(100);
	int64_t from, end;

	every_ms(_metadata, SA_RESTART, 1);
	do {
		/* Take this time first, as the thread may be preempted after it reads the clock. */
		from = now_ms();
		ASSERT_EQ(TIMEOUT, wait_one(fd, nt_now() + length * 10000));
		ASSERT_LE(length - 10, now_ms() - from);
		ASSERT_GE(length + SOON, now_ms() - from);
	} while (alarms < 2);
	/* A relative wait is interrupted. The caller knows how much time is left. */
	end = now_ms() + length;
	do {
		int64_t left = end - now_ms();

		result = wait_one(fd, MILLISECONDS(left > 0 ? left : 0));
	} while (result == -EINTR);
	ASSERT_EQ(TIMEOUT, result);
	ASSERT_LE(-1, now_ms() - end);
	ASSERT_GE(SOON, now_ms() - end);
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

/*
 * Exactly one wait takes each set, even if a signal arrives just before, at any moment from the
 * wake-up by the signal until the waiter has left the queue.
 */
static int stress_fd, stress_taken, stress_interrupted;
static atomic_bool stress_over;

static void *stress_waiter(void *arg)
{
	while (!atomic_load(&stress_over)) {
		int result = wait_one(stress_fd, LOST);

		if (result && result != -EINTR)
			return (void *)(intptr_t)result;
		if (result)
			stress_interrupted++;
		else
			stress_taken++;
	}
	return NULL;
}

TEST_F(nt, signals_lose_no_grant)
{
	struct sigaction action = { .sa_handler = on_alarm };
	pthread_t thread;
	int made = 0, i;
	void *result;

	stress_fd = create(self->dev, SYNCHRONIZATION, 0);
	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, pthread_create(&thread, NULL, stress_waiter, NULL));
	for_rounds(i, 3000) {
		volatile int moment = i % 100 * 20;

		ASSERT_TRUE(await_waiters(stress_fd, 1));
		ASSERT_EQ(0, pthread_kill(thread, SIGALRM));
		while (moment)
			moment--;
		made += set(stress_fd) == 0;
	}
	atomic_store(&stress_over, true);
	/* The waiter may have seen the end before it took the last set. */
	made += set(stress_fd) == 0;
	ASSERT_EQ(0, pthread_join(thread, &result));
	ASSERT_EQ(NULL, result);
	ASSERT_EQ(made, stress_taken + state(stress_fd));
	TH_LOG("%d sets, %d interrupted", made, stress_interrupted);
}

/* Stopping and continuing a process ends no wait without a timeout or with an absolute timeout. */
TEST_F(nt, stop_and_continue_are_not_seen)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), status, i;
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child)
		_exit(wait_one(fd, nt_now() + 3600 * 10000000LL) == 0 ? 0 : 1);
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

/* A wait with a zero timeout does not sleep, so no Unix signal can end it. */
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
