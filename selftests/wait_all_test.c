// SPDX-License-Identifier: GPL-2.0
/* Waits for all: the rest of group E3. */
#include "ntevent_test.h"

/* A thread that waits for all of A and B. */
static struct waiter all_of(int dev, int a, int b)
{
	struct waiter w = waiter_on(dev, a);

	w.fds[1] = b;
	w.count = 2;
	w.flags = NTEVENT_WAIT_ALL;
	return w;
}

TEST_F(nt, V57_all_takes_all)
{
	int fds[] = { create(self->dev, NOTIFICATION, 1), create(self->dev, SYNCHRONIZATION, 1) };

	ASSERT_EQ(0, wait_all(self->dev, fds, 2, 0));
	ASSERT_EQ(TIMEOUT, wait_all(self->dev, fds, 2, 0));
	ASSERT_EQ(1, state(fds[0]));
	ASSERT_EQ(0, state(fds[1]));
}

TEST_F(nt, V58_V73_all_takes_nothing_when_incomplete)
{
	int fds[] = { create(self->dev, NOTIFICATION, 0), create(self->dev, SYNCHRONIZATION, 1) };

	ASSERT_EQ(TIMEOUT, wait_all(self->dev, fds, 2, 0));
	ASSERT_EQ(TIMEOUT, wait_all(self->dev, fds, 2, MILLISECONDS(10)));
	ASSERT_EQ(0, state(fds[0]));
	ASSERT_EQ(0, wait_one(fds[1], 0));
}

TEST_F(nt, V67_V68_all_refuses_duplicates)
{
	int a = create(self->dev, SYNCHRONIZATION, 1), b = duplicate(a, ALL_ACCESS, 0);
	int same[] = { a, a }, twins[] = { a, b };

	ASSERT_EQ(-EINVAL, wait_all(self->dev, same, 2, 0));
	ASSERT_EQ(NTEVENT_STATUS_INVALID_PARAMETER_MIX, last_status);
	ASSERT_EQ(-EINVAL, wait_all(self->dev, twins, 2, 0));
	ASSERT_EQ(NTEVENT_STATUS_INVALID_PARAMETER_MIX, last_status);
	ASSERT_EQ(1, state(a));
}

/* Uses as many objects as a wait can have, out of more, so that their addresses vary. */
TEST_F(nt, V67_all_finds_each_duplicate)
{
	const int many = NTEVENT_MAX_WAIT_OBJECTS;
	int from[512], fds[many], set, i, kept, twin;

	for (i = 0; i < 512; i++)
		from[i] = create(self->dev, NOTIFICATION, 1);
	ASSERT_LE(0, from[511]);
	for (set = 0; set < 20; set++) {
		/* With an odd step no object comes twice. */
		for (i = 0; i < many; i++)
			fds[i] = from[(set + i * (2 * set + 1)) % 512];
		ASSERT_EQ(0, wait_all(self->dev, fds, many, 0));
		for (i = 0; i < many; i++) {
			twin = (i + 1 + set) % many;
			kept = fds[twin];
			fds[twin] = fds[i];
			ASSERT_EQ(-EINVAL, wait_all(self->dev, fds, many, 0));
			ASSERT_EQ(NTEVENT_STATUS_INVALID_PARAMETER_MIX, last_status);
			fds[twin] = kept;
		}
	}
}

TEST_F(nt, V69_V70_V71_V72_blocked_all)
{
	int s = create(self->dev, SYNCHRONIZATION, 0), a = create(self->dev, SYNCHRONIZATION, 1);
	int m = create(self->dev, NOTIFICATION, 1);
	struct waiter w = all_of(self->dev, s, a);

	w.fds[2] = m;
	w.count = 3;
	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(1, state(a));			/* V69 */
	ASSERT_EQ(0, wait_one(a, 0));		/* V70 */
	ASSERT_EQ(1, reset(m));			/* V71 */
	ASSERT_EQ(0, set(s));
	ASSERT_EQ(0, set(a));
	ASSERT_EQ(1, fdinfo(s, "waiters"));
	ASSERT_FALSE(atomic_load(&w.done));
	ASSERT_EQ(1, state(s));
	ASSERT_EQ(0, set(m));			/* V72 */
	ASSERT_EQ(0, state(s));
	ASSERT_EQ(0, state(a));
	ASSERT_EQ(1, state(m));
	ASSERT_EQ(0, fdinfo(s, "waiters"));
	ASSERT_EQ(0, finish(&w));
}

TEST_F(nt, V74_incomplete_all_is_passed_over)
{
	int e = create(self->dev, SYNCHRONIZATION, 0), f = create(self->dev, SYNCHRONIZATION, 0);
	struct waiter w1 = all_of(self->dev, e, f), w2 = waiter_on(self->dev, e);

	ASSERT_TRUE(start(&w1, 1));
	ASSERT_TRUE(start(&w2, 2));
	ASSERT_EQ(0, set(e));
	ASSERT_EQ(0, finish(&w2));
	ASSERT_EQ(0, state(e));
	ASSERT_EQ(1, fdinfo(e, "waiters"));
	ASSERT_EQ(0, set(e));
	ASSERT_EQ(0, set(f));
	ASSERT_EQ(0, finish(&w1));
}

TEST_F(nt, V75_completable_all_before_single)
{
	int e = create(self->dev, SYNCHRONIZATION, 0), f = create(self->dev, SYNCHRONIZATION, 1);
	struct waiter w1 = all_of(self->dev, e, f), w2 = waiter_on(self->dev, e);

	ASSERT_TRUE(start(&w1, 1));
	ASSERT_TRUE(start(&w2, 2));
	ASSERT_EQ(0, set(e));
	ASSERT_EQ(0, finish(&w1));
	ASSERT_FALSE(atomic_load(&w2.done));
	ASSERT_EQ(0, state(f));
	ASSERT_EQ(0, set(e));
	ASSERT_EQ(0, finish(&w2));
}

TEST_F(nt, V76_single_before_completable_all)
{
	int e = create(self->dev, SYNCHRONIZATION, 0), f = create(self->dev, SYNCHRONIZATION, 1);
	struct waiter w1 = waiter_on(self->dev, e), w2 = all_of(self->dev, e, f);

	ASSERT_TRUE(start(&w1, 1));
	ASSERT_TRUE(start(&w2, 2));
	ASSERT_EQ(0, set(e));
	ASSERT_EQ(0, finish(&w1));
	ASSERT_FALSE(atomic_load(&w2.done));
	ASSERT_EQ(1, state(f));
	ASSERT_EQ(0, set(e));
	ASSERT_EQ(0, finish(&w2));
	ASSERT_EQ(0, state(f));
}

TEST_F(nt, V77_V78_incomplete_all_leaves_the_signal)
{
	int e = create(self->dev, SYNCHRONIZATION, 0), f = create(self->dev, NOTIFICATION, 0);
	struct waiter w = all_of(self->dev, e, f);

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, set(e));
	ASSERT_EQ(1, state(e));
	ASSERT_EQ(1, set(e));
	ASSERT_EQ(0, set(f));
	ASSERT_EQ(0, finish(&w));
	ASSERT_EQ(0, state(e));
	ASSERT_EQ(1, state(f));
}

TEST_F(nt, V79_pulse_completes_all)
{
	int e = create(self->dev, SYNCHRONIZATION, 0), f = create(self->dev, SYNCHRONIZATION, 1);
	struct waiter w = all_of(self->dev, e, f);

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, pulse(e));
	ASSERT_EQ(0, finish(&w));
	ASSERT_EQ(0, state(e));
	ASSERT_EQ(0, state(f));
}

/* The member is signaled already, so the pulse releases no wait. */
TEST_F(nt, V19_pulse_of_a_signaled_member)
{
	int e = create(self->dev, NOTIFICATION, 1), other = create(self->dev, NOTIFICATION, 0);
	struct waiter w = all_of(self->dev, e, other);

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(1, pulse(e));
	ASSERT_EQ(0, state(e));
	ASSERT_EQ(0, set(other));
	ASSERT_EQ(1, fdinfo(e, "waiters"));
	ASSERT_EQ(0, set(e));
	ASSERT_EQ(0, finish(&w));
}

TEST_F(nt, V80_pulse_does_not_complete_part)
{
	int e = create(self->dev, SYNCHRONIZATION, 0), f = create(self->dev, SYNCHRONIZATION, 0);
	struct waiter w = all_of(self->dev, e, f);

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, pulse(e));
	ASSERT_EQ(0, state(e));
	ASSERT_EQ(0, set(f));
	ASSERT_EQ(1, fdinfo(e, "waiters"));
	ASSERT_FALSE(atomic_load(&w.done));
	ASSERT_EQ(0, set(e));
	ASSERT_EQ(0, finish(&w));
}

TEST_F(nt, V81_notification_releases_singles_not_all)
{
	int e = create(self->dev, NOTIFICATION, 0), f = create(self->dev, NOTIFICATION, 0), i;
	struct waiter w[3], all = all_of(self->dev, e, f);

	for (i = 0; i < 3; i++) {
		w[i] = waiter_on(self->dev, e);
		ASSERT_TRUE(start(&w[i], i + 1));
	}
	ASSERT_TRUE(start(&all, 4));
	ASSERT_EQ(0, set(e));
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, finish(&w[i]));
	ASSERT_EQ(1, state(e));
	ASSERT_EQ(1, fdinfo(e, "waiters"));
	ASSERT_EQ(0, set(f));
	ASSERT_EQ(0, finish(&all));
}

TEST_F(nt, all_of_one_is_any_of_one)
{
	int fd = create(self->dev, SYNCHRONIZATION, 1);
	struct waiter w = waiter_on(self->dev, fd);

	ASSERT_EQ(0, wait_all(self->dev, &fd, 1, 0));
	ASSERT_EQ(TIMEOUT, wait_all(self->dev, &fd, 1, 0));
	w.flags = NTEVENT_WAIT_ALL;
	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, finish(&w));
}

TEST_F(nt, all_of_64)
{
	int fds[64], i;
	struct waiter w = { .dev = self->dev, .count = 64, .flags = NTEVENT_WAIT_ALL,
			    .timeout = LOST };

	for (i = 0; i < 64; i++)
		w.fds[i] = fds[i] = create(self->dev, i & 1, 0);
	ASSERT_TRUE(start(&w, 1));
	for (i = 63; i > 0; i--)
		ASSERT_EQ(0, set(fds[i]));
	ASSERT_EQ(1, fdinfo(fds[0], "waiters"));
	ASSERT_EQ(0, set(fds[0]));
	ASSERT_EQ(0, finish(&w));
	for (i = 0; i < 64; i++)
		ASSERT_EQ(!(i & 1), state(fds[i]));
	ASSERT_EQ(TIMEOUT, wait_all(self->dev, fds, 64, 0));
	for (i = 0; i < 64; i++)
		set(fds[i]);
	ASSERT_EQ(0, wait_all(self->dev, fds, 64, 0));
	for (i = 0; i < 64; i++)
		ASSERT_EQ(!(i & 1), state(fds[i]));
}

/* Several waits for all share an object. One set completes each older one that is complete. */
TEST_F(nt, one_set_completes_several_over_notification_events)
{
	int n = create(self->dev, NOTIFICATION, 0);
	int a = create(self->dev, SYNCHRONIZATION, 1), b = create(self->dev, SYNCHRONIZATION, 1);
	struct waiter w1 = all_of(self->dev, n, a), w2 = all_of(self->dev, n, b), w3 = all_of(self->dev, n, a);

	ASSERT_TRUE(start(&w1, 1));
	ASSERT_TRUE(start(&w2, 2));
	ASSERT_TRUE(start(&w3, 3));
	ASSERT_EQ(0, set(n));
	ASSERT_EQ(0, finish(&w1));
	ASSERT_EQ(0, finish(&w2));
	ASSERT_EQ(1, fdinfo(n, "waiters"));
	ASSERT_EQ(0, state(a));
	ASSERT_EQ(0, set(a));
	ASSERT_EQ(0, finish(&w3));
}

/*
 * Two synchronization events, setters of each, waits for one or both. No signal is lost or doubled.
 */
static int token_fds[2], token_dev;
static atomic_int tokens_taken[2];
static atomic_bool token_stop;

static void *token_setter(void *arg)
{
	int which = (intptr_t)arg, made;

	for_rounds(made, 3000)
		spin_until(set(token_fds[which]) == 0);
	return (void *)(intptr_t)made;
}

static void *token_taker(void *arg)
{
	int kind = (intptr_t)arg;

	while (!atomic_load(&token_stop)) {
		int got;

		if (kind < 2) {
			got = wait_any(token_dev, &token_fds[kind], 1, MILLISECONDS(1));
			if (got == 0)
				atomic_fetch_add(&tokens_taken[kind], 1);
		} else if (kind == 2) {
			got = wait_any(token_dev, token_fds, 2, MILLISECONDS(1));
			if (got == 0 || got == 1)
				atomic_fetch_add(&tokens_taken[got], 1);
		} else {
			got = wait_all(token_dev, token_fds, 2, MILLISECONDS(1));
			if (got == 0) {
				atomic_fetch_add(&tokens_taken[0], 1);
				atomic_fetch_add(&tokens_taken[1], 1);
			}
		}
	}
	return NULL;
}

TEST_F(nt, G1_tokens_are_conserved)
{
	pthread_t setters[2], takers[6];
	void *made[2];
	int i;

	token_dev = self->dev;
	for (i = 0; i < 2; i++)
		token_fds[i] = create(self->dev, SYNCHRONIZATION, 0);
	for (i = 0; i < 6; i++)
		ASSERT_EQ(0, pthread_create(&takers[i], NULL, token_taker, (void *)(intptr_t)(i % 4)));
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&setters[i], NULL, token_setter, (void *)(intptr_t)i));
	for (i = 0; i < 2; i++)
		pthread_join(setters[i], &made[i]);
	atomic_store(&token_stop, true);
	for (i = 0; i < 6; i++)
		pthread_join(takers[i], NULL);
	for (i = 0; i < 2; i++)
		ASSERT_EQ((intptr_t)made[i], atomic_load(&tokens_taken[i]) + state(token_fds[i]));
}

/*
 * A completed wait for all has left every queue, so the next set stays or goes to the next waiter.
 */
TEST_F(nt, completed_all_has_left_every_queue)
{
	int fds[3], i, round;

	for (i = 0; i < 3; i++)
		fds[i] = create(self->dev, SYNCHRONIZATION, 0);
	for (round = 0; round < 3; round++) {
		struct waiter w = all_of(self->dev, fds[0], fds[1]);

		w.fds[2] = fds[2];
		w.count = 3;
		ASSERT_TRUE(start(&w, 1));
		for (i = 0; i < 3; i++) {
			ASSERT_EQ(1, fdinfo(fds[i], "waiters"));
			ASSERT_EQ(0, set(fds[(i + round) % 3]));
		}
		for (i = 0; i < 3; i++) {
			ASSERT_EQ(0, fdinfo(fds[i], "waiters"));
			ASSERT_EQ(0, state(fds[i]));
		}
		ASSERT_EQ(0, finish(&w));
	}
}

/* Wait blocks for many objects are on the heap. A wait that times out must leave all queues. */
TEST_F(nt, set_after_a_timeout_of_many_is_kept)
{
	int fds[64], i, all;

	for (i = 0; i < 64; i++)
		fds[i] = create(self->dev, SYNCHRONIZATION, 0);
	for (all = 0; all < 2; all++) {
		ASSERT_EQ(TIMEOUT, wait_on(self->dev, fds, 64, all ? NTEVENT_WAIT_ALL : 0, -1000, 0));
		for (i = 0; i < 64; i++) {
			ASSERT_EQ(0, set(fds[i]));
			ASSERT_EQ(1, reset(fds[i]));
		}
	}
}

TEST_HARNESS_MAIN
