// SPDX-License-Identifier: GPL-2.0
/* The wait engine under load. NTEVENT_STRESS_SECONDS is the time of each test. */
#include "stress.h"

/* G1: effective sets equal satisfied waits plus effective resets plus what is left. */
#define EVENTS 4
#define ALERT EVENTS
#define TAKERS 8
#define SETTERS 3

static struct {
	int dev;
	int fds[EVENTS + 1];	/* the last is the alert */
	atomic_long made[EVENTS + 1], taken[EVENTS + 1], timeouts, interrupted, alls;
	atomic_int unexpected, ended;
	atomic_bool stop;
} tokens;

static void on_signal(int signal)
{
}

static void *token_setter(void *arg)
{
	while (!atomic_load(&tokens.stop)) {
		int which = random_below(EVENTS + 1), dice = random_below(32), ret;

		if (dice == 0) {
			ret = reset(tokens.fds[which]);
			if (ret == 1)
				atomic_fetch_add(&tokens.taken[which], 1);
		} else {
			ret = set(tokens.fds[which]);
			if (ret == 0)
				atomic_fetch_add(&tokens.made[which], 1);
		}
		if (ret < 0)
			atomic_store(&tokens.unexpected, ret);
		dither(dice * 8 + 1);
	}
	return NULL;
}

static void token_wait(void)
{
	int order[EVENTS] = { 0, 1, 2, 3 }, fds[EVENTS], count = 1 + random_below(EVENTS), i, result;
	uint32_t flags = random_below(2) ? NTEVENT_WAIT_ALL : 0;
	int64_t timeouts[] = { 0, MILLISECONDS(1), MILLISECONDS(1), -1, FOREVER };
	int64_t timeout = timeouts[random_below(ARRAY_SIZE(timeouts))];

	for (i = 0; i < count; i++) {
		int other = i + random_below(EVENTS - i), swap = order[i];

		order[i] = order[other];
		order[other] = swap;
		fds[i] = tokens.fds[order[i]];
	}
	if (random_below(3) == 0)
		flags |= NTEVENT_WAIT_ALERT;
	if (count == 1 && (flags & NTEVENT_WAIT_ALL))
		result = wait_one_alert(fds[0], timeout, flags & ~NTEVENT_WAIT_ALL, tokens.fds[ALERT]);
	else
		result = wait_on(tokens.dev, fds, count, flags, timeout, tokens.fds[ALERT]);
	if (result == TIMEOUT && timeout != FOREVER) {
		atomic_fetch_add(&tokens.timeouts, 1);
	} else if (result == -EINTR) {
		atomic_fetch_add(&tokens.interrupted, 1);
	} else if (result == USER_APC && (flags & NTEVENT_WAIT_ALERT)) {
		atomic_fetch_add(&tokens.taken[ALERT], 1);
	} else if (result == 0 && (flags & NTEVENT_WAIT_ALL)) {
		for (i = 0; i < count; i++)
			atomic_fetch_add(&tokens.taken[order[i]], 1);
		atomic_fetch_add(&tokens.alls, count > 1);
	} else if (result >= 0 && result < count && !(flags & NTEVENT_WAIT_ALL)) {
		atomic_fetch_add(&tokens.taken[order[result]], 1);
	} else {
		atomic_store(&tokens.unexpected, result ? result : -EPROTO);
	}
}

static void *token_taker(void *arg)
{
	for_rounds_until(tokens.stop)
		token_wait();
	atomic_fetch_add(&tokens.ended, 1);
	return NULL;
}

STRESS_F(nt, G1_tokens_are_conserved_under_everything)
{
	struct sigaction action = { .sa_handler = on_signal };
	pthread_t takers[TAKERS], setters[SETTERS];
	int64_t end = budget_end();
	long total = 0;
	int i;

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	tokens.dev = self->dev;
	for (i = 0; i <= EVENTS; i++)
		tokens.fds[i] = create(self->dev, SYNCHRONIZATION, 0);
	for (i = 0; i < TAKERS; i++)
		ASSERT_EQ(0, pthread_create(&takers[i], NULL, token_taker, NULL));
	for (i = 0; i < SETTERS; i++)
		ASSERT_EQ(0, pthread_create(&setters[i], NULL, token_setter, NULL));
	/* Some waits have no timeout, so interrupt them until all have ended. */
	while (atomic_load(&tokens.ended) < TAKERS) {
		pthread_kill(takers[random_below(TAKERS)], SIGUSR1);
		dither(1000);
		if (now_ms() > end)
			atomic_store(&tokens.stop, true);
		ASSERT_GT(end + 4 * SOON, now_ms());
	}
	for (i = 0; i < TAKERS; i++)
		pthread_join(takers[i], NULL);
	for (i = 0; i < SETTERS; i++)
		pthread_join(setters[i], NULL);
	ASSERT_EQ(0, atomic_load(&tokens.unexpected));
	for (i = 0; i <= EVENTS; i++) {
		ASSERT_EQ(0, fdinfo(tokens.fds[i], "waiters"));
		ASSERT_EQ(atomic_load(&tokens.made[i]), atomic_load(&tokens.taken[i]) + state(tokens.fds[i]));
		total += atomic_load(&tokens.made[i]);
	}
	TH_LOG("%ld tokens, %ld waits for all, %ld timeouts, %ld interrupted", total,
	       atomic_load(&tokens.alls), atomic_load(&tokens.timeouts), atomic_load(&tokens.interrupted));
}

/* Threads wait on two events by turns. A round begins when all of them are queued. */
static struct {
	int fds[2];
	int64_t timeout;
	atomic_int bad;
	atomic_bool stop;
} hand_off;

static void *hand_off_waiter(void *arg)
{
	unsigned int turn;

	for (turn = 0; !atomic_load(&hand_off.stop); turn++) {
		int result = prompt_wait(hand_off.fds[turn & 1], hand_off.timeout);

		if (result)
			atomic_store(&hand_off.bad, result);
	}
	return NULL;
}

static void hand_off_rounds(struct __test_metadata *_metadata, int dev, uint32_t type, int count)
{
	pthread_t *threads = calloc(count, sizeof(*threads));
	int64_t end = budget_end();
	unsigned int round;
	long sets = 0;
	int i;

	/* The first waits until the last is queued, minutes for thousands on a debug kernel. */
	hand_off.timeout = count > 64 ? 20 * LOST : LOST;
	for (i = 0; i < 2; i++)
		hand_off.fds[i] = create(dev, type, 0);
	for (i = 0; i < count; i++)
		if (small_thread(&threads[i], hand_off_waiter, NULL))
			SKIP(_exit(KSFT_SKIP), "no room for so many threads");
	for (round = 0; !atomic_load(&hand_off.stop); round++) {
		int fd = hand_off.fds[round & 1], n = type == NOTIFICATION ? 1 : count;

		ASSERT_TRUE(await_many(fd, count));
		if (now_ms() > end && round)
			atomic_store(&hand_off.stop, true);
		/* Each set finds a waiter, so no event stays signaled. */
		for (i = 0; i < n; i++)
			ASSERT_EQ(0, set(fd));
		sets += n;
		ASSERT_EQ(type == NOTIFICATION, reset(fd));
		ASSERT_EQ(0, fdinfo(fd, "waiters"));
	}
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	ASSERT_EQ(0, atomic_load(&hand_off.bad));
	TH_LOG("%d waiters: %u rounds, %ld hand-offs", count, round, (long)round * count);
	free(threads);
}

#define HAND_OFF(count)										\
STRESS_F(nt, no_wakeup_is_lost_by_notification_to_##count)					\
{												\
	hand_off_rounds(_metadata, self->dev, NOTIFICATION, count);				\
}												\
STRESS_F(nt, no_wakeup_is_lost_by_synchronization_to_##count)					\
{												\
	hand_off_rounds(_metadata, self->dev, SYNCHRONIZATION, count);				\
}

HAND_OFF(1)
HAND_OFF(64)
HAND_OFF(1024)
HAND_OFF(4096)

/* A ring of threads that pass on one token. If it is lost, all of them stop. */
static struct {
	int *fds;
	int count;
	atomic_long hops;
	atomic_int bad;
	atomic_bool stop;
} ring;

static void *ring_member(void *arg)
{
	int i = (intptr_t)arg, result;

	for (;;) {
		/* The first waits until the last has come. */
		result = prompt_wait(ring.fds[i], 4 * LOST);
		if (result)
			break;
		/* Read this before passing on the token, so that the next thread reads the same. */
		bool stop = atomic_load(&ring.stop);

		atomic_fetch_add(&ring.hops, 1);
		result = set(ring.fds[(i + 1) % ring.count]);
		if (result || stop)
			break;
	}
	if (result)
		atomic_store(&ring.bad, result);
	return NULL;
}

static void run_ring(struct __test_metadata *_metadata, int dev, int count)
{
	pthread_t *threads = calloc(count, sizeof(*threads));
	int left = 0, i;

	if (!raise_fd_limit(count + 64))
		SKIP(_exit(KSFT_SKIP), "not so many fds here");
	ring.fds = calloc(count, sizeof(*ring.fds));
	ring.count = count;
	for (i = 0; i < count; i++) {
		ring.fds[i] = create(dev, SYNCHRONIZATION, 0);
		ASSERT_LE(0, ring.fds[i]);
	}
	for (i = 0; i < count; i++)
		ASSERT_EQ(0, small_thread(&threads[i], ring_member, (void *)(intptr_t)i));
	ASSERT_TRUE(await_many(ring.fds[count - 1], 1));
	ASSERT_EQ(0, set(ring.fds[0]));
	spend_budget();
	atomic_store(&ring.stop, true);
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	ASSERT_EQ(0, atomic_load(&ring.bad));
	for (i = 0; i < count; i++)
		left += state(ring.fds[i]);
	ASSERT_EQ(1, left);
	TH_LOG("%d threads: %ld hand-offs", count, atomic_load(&ring.hops));
}

STRESS_F(nt, ring_of_2)
{
	run_ring(_metadata, self->dev, 2);
}

STRESS_F(nt, ring_of_64)
{
	run_ring(_metadata, self->dev, 64);
}

STRESS_F(nt, ring_of_1024)
{
	run_ring(_metadata, self->dev, 1024);
}

/* Processes with threads in every kind of wait, and those that signal, are killed at any moment. */
static int victim_dev, victim_fds[EVENTS];

static void *victim(void *arg)
{
	for (;;) {
		int from = random_below(EVENTS - 1), count = 1 + random_below(EVENTS - from);
		uint32_t flags = random_below(2) ? NTEVENT_WAIT_ALL : 0;

		flags |= random_below(2) ? NTEVENT_WAIT_ALERT : 0;
		if (random_below(8) == 0)
			signal_and_wait(victim_dev, victim_fds[from], victim_fds[from + 1], FOREVER, 0, 0);
		else
			wait_on(victim_dev, victim_fds + from, count, flags,
				random_below(2) ? FOREVER : MILLISECONDS(1), victim_fds[0]);
	}
	return NULL;
}

static pid_t fork_victims(int threads)
{
	pid_t child = fork();
	pthread_t thread;

	if (child)
		return child;
	random_state = 0;
	while (--threads)
		if (small_thread(&thread, victim, NULL))
			_exit(1);
	victim(NULL);
	_exit(1);
}

static pid_t fork_signaler(void)
{
	pid_t child = fork();

	if (child)
		return child;
	random_state = 0;
	for (;;) {
		int fd = victim_fds[random_below(EVENTS)], dice = random_below(16);

		if (dice == 0)
			pulse(fd);
		else if (dice == 1)
			reset(fd);
		else
			set(fd);
		dither(dice * 16 + 1);
	}
}

STRESS_F(nt, killed_waiters_leave_nothing)
{
	int64_t end = budget_end();
	pid_t children[5];
	int i, status, kills = 0;

	victim_dev = self->dev;
	for (i = 0; i < EVENTS; i++)
		victim_fds[i] = create(self->dev, SYNCHRONIZATION, 0);
	do {
		for (i = 0; i < 5; i++) {
			children[i] = i ? fork_victims(4) : fork_signaler();
			ASSERT_LT(0, children[i]);
		}
		dither(20000);
		for (i = 0; i < 5; i++) {
			dither(2000);
			ASSERT_EQ(0, kill(children[4 - i], SIGKILL));
			ASSERT_EQ(children[4 - i], waitpid(children[4 - i], &status, 0));
			ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		}
		kills += 5;
		for (i = 0; i < EVENTS; i++)
			ASSERT_EQ(0, fdinfo(victim_fds[i], "waiters"));
	} while (now_ms() < end);
	for (i = 0; i < EVENTS; i++)
		ASSERT_TRUE(is_sound(self->dev, victim_fds[i]));
	TH_LOG("%d processes killed", kills);
}

TEST_HARNESS_MAIN
