// SPDX-License-Identifier: GPL-2.0
/* Signal-and-wait: group E5, and vector 47. */
#include <poll.h>
#include "ntevent_test.h"

TEST_F(nt, V115_signals_and_takes)
{
	int a = create(self->dev, SYNCHRONIZATION, 0), b = create(self->dev, NOTIFICATION, 1);

	ASSERT_EQ(0, signal_and_wait(self->dev, a, b, 0, 0, 0));
	ASSERT_EQ(1, state(a));
	ASSERT_EQ(1, state(b));
}

TEST_F(nt, V116_same_event_satisfies_itself)
{
	int a = create(self->dev, SYNCHRONIZATION, 0), other = duplicate(a, ALL_ACCESS, 0), i;

	for (i = 0; i < 10000; i++)
		ASSERT_EQ(0, signal_and_wait(self->dev, a, i & 1 ? other : a, i & 2 ? FOREVER : 0, 0, 0));
	ASSERT_EQ(0, state(a));
	ASSERT_EQ(0, set(a));
	ASSERT_EQ(0, signal_and_wait(self->dev, a, a, 0, 0, 0));
	ASSERT_EQ(0, state(a));
}

TEST_F(nt, V116_an_older_waiter_comes_before_itself)
{
	int a = create(self->dev, SYNCHRONIZATION, 0);
	struct waiter w = waiter_on(self->dev, a);

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(TIMEOUT, signal_and_wait(self->dev, a, a, 0, 0, 0));
	ASSERT_EQ(0, finish(&w));
	ASSERT_EQ(0, state(a));
}

TEST_F(nt, V117_signal_stays_after_timeout)
{
	int a = create(self->dev, SYNCHRONIZATION, 0), b = create(self->dev, NOTIFICATION, 0);

	ASSERT_EQ(TIMEOUT, signal_and_wait(self->dev, a, b, 0, 0, 0));
	ASSERT_EQ(1, state(a));
	ASSERT_EQ(1, reset(a));
	ASSERT_EQ(TIMEOUT, signal_and_wait(self->dev, a, b, MILLISECONDS(10), 0, 0));
	ASSERT_EQ(1, state(a));
	ASSERT_EQ(0, fdinfo(b, "waiters"));
}

TEST_F(nt, V118_V119_bad_handles)
{
	int a = create(self->dev, SYNCHRONIZATION, 0);

	ASSERT_EQ(-EBADF, signal_and_wait(self->dev, -1, a, 0, 0, 0));
	ASSERT_EQ(NTEVENT_STATUS_INVALID_HANDLE, last_status);
	ASSERT_EQ(-EBADF, signal_and_wait(self->dev, a, -1, 0, 0, 0));
	ASSERT_EQ(NTEVENT_STATUS_INVALID_HANDLE, last_status);
	ASSERT_EQ(0, state(a));
}

/* On Linux other files are not handles. */
TEST_F(nt, V120_other_files_are_no_handles)
{
	int a = create(self->dev, SYNCHRONIZATION, 0), null = open("/dev/null", O_RDWR);

	ASSERT_EQ(-EBADF, signal_and_wait(self->dev, null, a, 0, 0, 0));
	ASSERT_EQ(-EBADF, signal_and_wait(self->dev, a, null, 0, 0, 0));
	ASSERT_EQ(-EBADF, signal_and_wait(self->dev, self->dev, a, 0, 0, 0));
	ASSERT_EQ(NTEVENT_STATUS_INVALID_HANDLE, last_status);
	ASSERT_EQ(0, state(a));
}

TEST_F(nt, V121_V122_missing_rights)
{
	int a = create(self->dev, SYNCHRONIZATION, 0), b = create(self->dev, SYNCHRONIZATION, 1);
	int no_modify = duplicate(a, NTEVENT_SYNCHRONIZE | NTEVENT_QUERY_STATE, 0);
	int no_wait = duplicate(b, NTEVENT_MODIFY_STATE | NTEVENT_QUERY_STATE, 0);

	ASSERT_EQ(-EACCES, signal_and_wait(self->dev, no_modify, b, 0, 0, 0));
	ASSERT_EQ(NTEVENT_STATUS_ACCESS_DENIED, last_status);
	ASSERT_EQ(-EACCES, signal_and_wait(self->dev, a, no_wait, 0, 0, 0));
	ASSERT_EQ(NTEVENT_STATUS_ACCESS_DENIED, last_status);
	ASSERT_EQ(0, state(a));
	ASSERT_EQ(1, state(b));
}

TEST_F(nt, V124_signal_releases_a_waiter)
{
	int a = create(self->dev, SYNCHRONIZATION, 0), b = create(self->dev, NOTIFICATION, 1);
	struct waiter w = waiter_on(self->dev, a);

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, signal_and_wait(self->dev, a, b, 0, 0, 0));
	ASSERT_EQ(0, state(a));
	ASSERT_EQ(0, finish(&w));
}

TEST_F(nt, same_event_with_a_waiter_goes_to_the_waiter)
{
	int a = create(self->dev, SYNCHRONIZATION, 0);
	struct waiter w = waiter_on(self->dev, a);

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(TIMEOUT, signal_and_wait(self->dev, a, a, MILLISECONDS(10), 0, 0));
	ASSERT_EQ(0, finish(&w));
	ASSERT_EQ(0, state(a));
}

/* The waiter is queued before the signal is visible, so the pulse in response finds it. */
static int ping_fds[2], ping_dev;
static atomic_bool ping_stop;

static void *ping_pulser(void *arg)
{
	for (;;) {
		if (wait_one(ping_fds[0], LOST))
			return (void *)1;
		if (atomic_load(&ping_stop))
			return NULL;
		pulse(ping_fds[1]);
	}
}

TEST_F(nt, F10_signal_and_wait_is_one_step)
{
	pthread_t thread;
	void *result;
	int i;

	ping_fds[0] = create(self->dev, SYNCHRONIZATION, 0);
	ping_fds[1] = create(self->dev, SYNCHRONIZATION, 0);
	ASSERT_EQ(0, pthread_create(&thread, NULL, ping_pulser, NULL));
	for_rounds(i, 2000)
		ASSERT_EQ(0, signal_and_wait(self->dev, ping_fds[0], ping_fds[1], LOST, 0, 0));
	atomic_store(&ping_stop, true);
	ASSERT_EQ(0, set(ping_fds[0]));
	ASSERT_EQ(0, pthread_join(thread, &result));
	ASSERT_EQ(NULL, result);
}

static void *ping_partner(void *arg)
{
	if (wait_one(ping_fds[0], LOST))
		return (void *)1;
	while (!atomic_load(&ping_stop))
		if (signal_and_wait(ping_dev, ping_fds[1], ping_fds[0], LOST, 0, 0))
			return (void *)2;
	set(ping_fds[1]);
	return NULL;
}

TEST_F(nt, V47_ping_pong)
{
	pthread_t thread;
	void *result;
	int i;

	ping_dev = self->dev;
	ping_fds[0] = create(self->dev, SYNCHRONIZATION, 0);
	ping_fds[1] = create(self->dev, SYNCHRONIZATION, 0);
	ASSERT_EQ(0, pthread_create(&thread, NULL, ping_partner, NULL));
	for_rounds(i, 999)
		ASSERT_EQ(0, signal_and_wait(self->dev, ping_fds[0], ping_fds[1], LOST, 0, 0));
	atomic_store(&ping_stop, true);
	ASSERT_EQ(0, signal_and_wait(self->dev, ping_fds[0], ping_fds[1], LOST, 0, 0));
	ASSERT_EQ(0, pthread_join(thread, &result));
	ASSERT_EQ(NULL, result);
	ASSERT_EQ(0, state(ping_fds[0]));
	ASSERT_EQ(0, state(ping_fds[1]));
}

/* With waits for all in both queues, signal-and-wait takes wait_all_lock. */
TEST_F(nt, signal_and_wait_completes_all)
{
	int a = create(self->dev, SYNCHRONIZATION, 0), b = create(self->dev, SYNCHRONIZATION, 1);
	int c = create(self->dev, SYNCHRONIZATION, 1);
	struct waiter over_wait = waiter_on(self->dev, a), beside = waiter_on(self->dev, a);

	over_wait.flags = beside.flags = NTEVENT_WAIT_ALL;
	over_wait.count = beside.count = 2;
	over_wait.fds[1] = b;
	beside.fds[1] = c;
	ASSERT_TRUE(start(&over_wait, 1));
	/* The wait for all is older and takes the signal that the caller waits for. */
	ASSERT_EQ(TIMEOUT, signal_and_wait(self->dev, a, b, 0, 0, 0));
	ASSERT_EQ(0, finish(&over_wait));
	ASSERT_EQ(0, state(a));
	ASSERT_EQ(0, state(b));
	ASSERT_TRUE(start(&beside, 1));
	ASSERT_EQ(0, set(b));
	ASSERT_EQ(0, signal_and_wait(self->dev, a, b, FOREVER, 0, 0));
	ASSERT_EQ(0, finish(&beside));
	ASSERT_EQ(0, state(c));
}

static atomic_bool setter_stop;

static void *set_and_reset(void *arg)
{
	while (!atomic_load(&setter_stop)) {
		set((intptr_t)arg);
		reset((intptr_t)arg);
	}
	return NULL;
}

/*
 * The wait for all never completes, but makes the command take wait_all_lock. The signal stays
 * until it is taken.
 */
TEST_F(nt, V117_signal_beside_a_wait_for_all_stays)
{
	int a = create(self->dev, SYNCHRONIZATION, 0), b = create(self->dev, SYNCHRONIZATION, 0), i, result;
	int quit = create(self->dev, NOTIFICATION, 0);
	struct waiter all = waiter_on(self->dev, a);
	const int64_t times[] = { 0, -1 };
	pthread_t setter;

	all.flags = NTEVENT_WAIT_ALL | NTEVENT_WAIT_ALERT;
	all.count = 2;
	all.fds[1] = create(self->dev, SYNCHRONIZATION, 0);
	all.alert = quit;
	ASSERT_TRUE(start(&all, 1));
	for (i = 0; i < 4; i++) {
		/* The event is signaled before in every other round. */
		ASSERT_EQ(TIMEOUT, signal_and_wait(self->dev, a, b, times[i & 1], 0, 0));
		ASSERT_EQ(1, i & 2 ? state(a) : reset(a));
		ASSERT_EQ(0, signal_and_wait(self->dev, a, a, times[i & 1], 0, 0));
		ASSERT_EQ(0, state(a));
	}
	/* The same while another thread sets and resets the event. */
	ASSERT_EQ(0, pthread_create(&setter, NULL, set_and_reset, (void *)(intptr_t)a));
	for_rounds(i, 4000) {
		ASSERT_EQ(TIMEOUT, signal_and_wait(self->dev, a, b, times[i & 1], 0, 0));
		result = signal_and_wait(self->dev, a, a, times[i & 1], 0, 0);
		ASSERT_EQ(0, result);
	}
	atomic_store(&setter_stop, true);
	pthread_join(setter, NULL);
	ASSERT_EQ(0, set(quit));
	ASSERT_EQ(USER_APC, finish(&all));
	ASSERT_EQ(0, fdinfo(a, "waiters"));
}

TEST_F(nt, interrupted_signal_is_not_repeated)
{
	struct sigaction action = { .sa_handler = SIG_IGN };
	int a = create(self->dev, SYNCHRONIZATION, 0), b = create(self->dev, SYNCHRONIZATION, 0), status;
	pid_t child;

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(signal_and_wait(self->dev, a, b, FOREVER, 0, 0) == (IS_RESTARTED ? 0 : -EINTR) ? 0 : 1);
	ASSERT_TRUE(await_waiters(b, 1));
	ASSERT_EQ(1, reset(a));
	ASSERT_EQ(0, kill(child, SIGSTOP));
	ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
	ASSERT_EQ(0, kill(child, SIGCONT));
	if (IS_RESTARTED) {
		ASSERT_TRUE(await_waiters(b, 1));
		ASSERT_EQ(0, state(a));
		ASSERT_EQ(0, set(b));
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	ASSERT_EQ(0, state(a));
	ASSERT_EQ(0, state(b));
}

static int held_fd;
static atomic_bool held_stop;

static void *poll_often(void *arg)
{
	static struct pollfd polls[1000];
	int i;

	for (i = 0; i < 1000; i++)
		polls[i] = (struct pollfd) { .fd = held_fd, .events = POLLIN };
	return (void *)(intptr_t)poll(polls, 1000, -1);
}

static void *pulse_much(void *arg)
{
	while (!atomic_load(&held_stop))
		pulse(held_fd);
	return NULL;
}

/* Pulses that walk a thousand pollers hold the lock of the target for a long time. */
TEST_F(nt, V117_signal_stays_where_the_target_is_busy)
{
	int a = create(self->dev, SYNCHRONIZATION, 0), i, result;
	pthread_t poller, pulser;
	void *woken;

	held_fd = create(self->dev, NOTIFICATION, 0);
	ASSERT_EQ(0, pthread_create(&poller, NULL, poll_often, NULL));
	ASSERT_EQ(0, pthread_create(&pulser, NULL, pulse_much, NULL));
	for_rounds(i, 2000) {
		ASSERT_EQ(TIMEOUT, signal_and_wait(self->dev, a, held_fd, 0, 0, 0));
		/* The event is signaled before in every other round. */
		ASSERT_EQ(1, i & 1 ? reset(a) : state(a));
		result = signal_and_wait(self->dev, a, held_fd, -1, 0, 0);
		ASSERT_TRUE(result == 0 || result == TIMEOUT);
		ASSERT_EQ(1, i & 2 ? reset(a) : state(a));
	}
	atomic_store(&held_stop, true);
	ASSERT_EQ(0, pthread_join(pulser, NULL));
	ASSERT_EQ(0, set(held_fd));
	ASSERT_EQ(0, pthread_join(poller, &woken));
	ASSERT_EQ(1000, (intptr_t)woken);
	ASSERT_EQ(0, fdinfo(held_fd, "waiters"));
}

TEST_HARNESS_MAIN
