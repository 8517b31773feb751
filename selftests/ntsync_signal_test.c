// SPDX-License-Identifier: GPL-2.0
/* Unix signals and waits on /dev/ntsync: a wait that is interrupted or killed takes nothing. */
#include "ntsync_test.h"
#include <sys/time.h>

static atomic_int handled;

static void on_signal(int signal)
{
	atomic_fetch_add(&handled, 1);
}

static void handle(struct __test_metadata *_metadata, int signal, int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };

	atomic_store(&handled, 0);
	ASSERT_EQ(0, sigaction(signal, &action, NULL));
}

/* A slow machine needs time to make progress between two signals. */
static void every_ms(struct __test_metadata *_metadata, int flags)
{
	struct timeval tv = { slowness() / 1000, slowness() % 1000 * 1000 };
	struct itimerval timer = { tv, tv };

	handle(_metadata, SIGALRM, flags);
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &timer, NULL));
}

/* Sends a signal to W. Its handler has run when this returns. */
static bool interrupt(struct waiter *w)
{
	int before = atomic_load(&handled);

	return !pthread_kill(w->thread, SIGUSR1) && await(atomic_load(&handled) != before);
}

TEST_F(ntsync, signal_interrupts)
{
	int fds[2] = { event(self->dev, AUTO, 0), semaphore(self->dev, 0, 1) }, alert = event(self->dev, AUTO, 0), i;

	handle(_metadata, SIGUSR1, 0);
	for (i = 0; i < 8; i++) {
		struct waiter w = i & 1 ? all_of(self->dev, fds, 2) : any_of(self->dev, fds, 2);

		w.args.alert = i & 2 ? alert : NO_ALERT;
		w.args.timeout = i & 4 ? LOST : FOREVER;
		ASSERT_TRUE(start(&w));
		ASSERT_TRUE(interrupt(&w));
		/* finish() checks that no index was written. */
		ASSERT_EQ(-EINTR, finish(&w));
		/* The wait has left all queues. */
		ASSERT_EQ(0, set(fds[0]));
		ASSERT_EQ(0, release(fds[1], 1));
		ASSERT_EQ(0, set(alert));
		ASSERT_EQ(1, reset(fds[0]));
		ASSERT_EQ(0, try_one(self->dev, fds[1]));
		ASSERT_EQ(1, reset(alert));
	}
}

/* An interrupted wait for all leaves the signaled objects alone. */
TEST_F(ntsync, interrupted_all_takes_nothing)
{
	int fds[2] = { semaphore(self->dev, 1, 1), event(self->dev, AUTO, 0) };
	struct waiter w = all_of(self->dev, fds, 2);

	handle(_metadata, SIGUSR1, 0);
	ASSERT_TRUE(start(&w));
	ASSERT_TRUE(interrupt(&w));
	ASSERT_EQ(-EINTR, finish(&w));
	ASSERT_TRUE(sem_is(fds[0], 1, 1));
	ASSERT_EQ(0, set(fds[1]));
	ASSERT_TRUE(event_is(fds[1], AUTO, 1));
}

TEST_F(ntsync, restarted_wait_goes_on)
{
	int fds[2] = { event(self->dev, AUTO, 0), semaphore(self->dev, 1, 1) }, all, i;

	handle(_metadata, SIGUSR1, SA_RESTART);
	for (all = 0; all < 2; all++) {
		struct waiter w = all ? all_of(self->dev, fds, 2) : any_of(self->dev, fds, 1);

		ASSERT_TRUE(start(&w));
		for (i = 0; i < 20; i++) {
			ASSERT_TRUE(interrupt(&w));
			ASSERT_TRUE(await_asleep(getpid(), w.tid));
		}
		ASSERT_EQ(0, set(fds[0]));
		ASSERT_EQ(0, finish(&w));
		ASSERT_TRUE(event_is(fds[0], AUTO, 0));
	}
}

/* The deadline is absolute, so a restart does not move it. */
TEST_F(ntsync, restarted_wait_keeps_its_deadline)
{
	int fd = event(self->dev, AUTO, 0), realtime;

	for (realtime = 0; realtime < 2; realtime++) {
		clockid_t clock = realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC;

		every_ms(_metadata, SA_RESTART);
		do {
			struct ntsync_wait_args args = wait_args(&fd, 1, clock_ns(clock) + patience(200) * 1000000);

			args.flags = realtime ? NTSYNC_WAIT_REALTIME : 0;
			ASSERT_EQ(-ETIMEDOUT, wait_with(self->dev, NTSYNC_IOC_WAIT_ANY, &args));
			ASSERT_LE(args.timeout, clock_ns(clock));
			ASSERT_GE(args.timeout + SOON * 1000000, clock_ns(clock));
		} while (atomic_load(&handled) < 2);
	}
}

/* A restarted wait goes to the end of the queue. */
TEST_F(ntsync, restarted_wait_loses_its_place)
{
	int fd = event(self->dev, AUTO, 0);
	struct waiter w[2] = { one(self->dev, fd), one(self->dev, fd) };

	handle(_metadata, SIGUSR1, SA_RESTART);
	ASSERT_TRUE(start(&w[0]));
	ASSERT_TRUE(start(&w[1]));
	ASSERT_TRUE(interrupt(&w[0]));
	ASSERT_TRUE(await_asleep(getpid(), w[0].tid));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, finish(&w[1]));
	ASSERT_TRUE(is_waiting(&w[0]));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, finish(&w[0]));
}

/* Blocked and ignored signals do not interrupt. */
TEST_F(ntsync, signals_that_are_not_seen)
{
	int fd = event(self->dev, AUTO, 0);
	struct waiter w = one(self->dev, fd);
	sigset_t blocked, before;

	handle(_metadata, SIGUSR1, 0);
	signal(SIGUSR2, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	ASSERT_EQ(0, pthread_sigmask(SIG_BLOCK, &blocked, &before));
	ASSERT_TRUE(start(&w));
	ASSERT_EQ(0, pthread_kill(w.thread, SIGUSR1));
	ASSERT_EQ(0, pthread_kill(w.thread, SIGUSR2));
	ASSERT_TRUE(is_waiting(&w));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, finish(&w));
	ASSERT_EQ(0, atomic_load(&handled));
}

/* A wait that can succeed does so, even with a signal pending. */
TEST_F(ntsync, success_is_told_under_signals)
{
	int fds[2] = { event(self->dev, AUTO, 0), semaphore(self->dev, 0, 1) };

	every_ms(_metadata, 0);
	while (atomic_load(&handled) < 200) {
		ASSERT_EQ(0, set(fds[0]));
		ASSERT_EQ(0, wait_any(self->dev, fds, 2, FOREVER));
		ASSERT_EQ(0, set(fds[0]));
		ASSERT_EQ(0, release(fds[1], 1));
		ASSERT_EQ(0, wait_all(self->dev, fds, 2, FOREVER));
	}
}

/* Exactly one wait takes each set, whatever signals come in between. */
static int grant_fd;
static atomic_bool grants_end;

static void *granter(void *arg)
{
	int grants = 0, i;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	for_rounds(i, 1000) {
		/* Long enough for the waiter to fall asleep and for a signal to interrupt it. */
		usleep(i % 8 * 100);
		grants += set(grant_fd) == 0;
	}
	atomic_store(&grants_end, true);
	/* The waiter has either seen the end or waits for one more set. */
	grants += set(grant_fd) == 0;
	return (void *)(intptr_t)grants;
}

TEST_F(ntsync, signals_lose_no_grant)
{
	int taken = 0, interrupted = 0, result;
	pthread_t thread;
	void *grants;

	grant_fd = event(self->dev, AUTO, 0);
	every_ms(_metadata, 0);
	ASSERT_EQ(0, pthread_create(&thread, NULL, granter, NULL));
	while (!atomic_load(&grants_end)) {
		result = wait_any(self->dev, &grant_fd, 1, LOST);
		ASSERT_TRUE(result == 0 || result == -EINTR);
		interrupted += result != 0;
		taken += result == 0;
	}
	pthread_join(thread, &grants);
	ASSERT_EQ((intptr_t)grants, taken + state(grant_fd));
	TH_LOG("%d taken, %d interrupted", taken, interrupted);
}

TEST_F(ntsync, stop_and_continue)
{
	int fd = event(self->dev, AUTO, 0), status, i;
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child)
		_exit(wait_any(self->dev, &fd, 1, LOST) == 0 ? 0 : 1);
	for (i = 0; i < 5; i++) {
		ASSERT_TRUE(await_asleep(child, child));
		ASSERT_EQ(0, kill(child, SIGSTOP));
		ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
		ASSERT_TRUE(WIFSTOPPED(status));
		ASSERT_EQ(0, kill(child, SIGCONT));
	}
	ASSERT_TRUE(await_asleep(child, child));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
}

/* A killed waiter leaves at once and takes nothing. */
TEST_F(ntsync, kill_in_a_wait)
{
	int fds[2] = { event(self->dev, AUTO, 0), semaphore(self->dev, 1, 1) }, alert = event(self->dev, AUTO, 0);
	int all, status;

	for (all = 0; all < 2; all++) {
		struct waiter behind = one(self->dev, fds[0]);
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child) {
			if (all)
				wait_all_alert(self->dev, fds, 2, FOREVER, alert);
			else
				wait_any_alert(self->dev, fds, 1, FOREVER, alert);
			_exit(0);
		}
		ASSERT_TRUE(await_asleep(child, child));
		ASSERT_TRUE(start(&behind));
		ASSERT_EQ(0, kill(child, SIGKILL));
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		ASSERT_TRUE(sem_is(fds[1], 1, 1));
		ASSERT_EQ(0, set(fds[0]));
		ASSERT_EQ(0, finish(&behind));
		ASSERT_EQ(0, set(alert));
		ASSERT_EQ(1, reset(alert));
	}
}

/* Only KILL abandons a mutex. The death of a process does not. */
TEST_F(ntsync, death_abandons_nothing)
{
	int fd = mutex(self->dev, 0, 0), status;
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		try_one(self->dev, fd);
		kill(getpid(), SIGKILL);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status));
	ASSERT_TRUE(mutex_is(fd, OWNER, 1));
	ASSERT_EQ(1, unlock(fd, OWNER));
}

TEST_HARNESS_MAIN
