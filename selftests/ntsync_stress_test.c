// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/ntsync under load. No signal may be lost or taken twice. NTEVENT_STRESS_SECONDS is the
 * duration of each test.
 */
#include "ntsync_test.h"
#include "budget.h"

#define THREADS 8

static int stress_dev;
static atomic_bool stop;
static atomic_int ended, unexpected;
static atomic_long timeouts, interrupted, alls, anys, alerted;

static void on_signal(int signal)
{
}

static void fail_with(int result)
{
	atomic_store(&unexpected, result ? result : -EPROTO);
}

static uint64_t some_deadline(void)
{
	switch (random_below(4)) {
	case 0:
		return TRY;
	case 1:
		return FOREVER;
	default:
		return in_ms(1);
	}
}

/* Writes COUNT different numbers below N in random order. */
static void shuffle(int *order, int n, int count)
{
	int i;

	for (i = 0; i < n; i++)
		order[i] = i;
	for (i = 0; i < count; i++) {
		int other = i + random_below(n - i), swap = order[i];

		order[i] = order[other];
		order[other] = swap;
	}
}

/* Runs THREADS threads and interrupts them until they end, as some wait without a deadline. */
static void run(struct __test_metadata *_metadata, void *(*taker)(void *), void *(*giver)(void *), int givers)
{
	struct sigaction action = { .sa_handler = on_signal };
	pthread_t takers[THREADS], others[4];
	int64_t end = budget_end();
	int i;

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&takers[i], NULL, taker, (void *)(intptr_t)i));
	for (i = 0; i < givers; i++)
		ASSERT_EQ(0, pthread_create(&others[i], NULL, giver, NULL));
	while (atomic_load(&ended) < THREADS) {
		pthread_kill(takers[random_below(THREADS)], SIGUSR1);
		dither(1000);
		if (now_ms() > end || atomic_load(&unexpected))
			atomic_store(&stop, true);
		ASSERT_GT(end + 4 * SOON, now_ms());
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(takers[i], NULL);
	for (i = 0; i < givers; i++)
		pthread_join(others[i], NULL);
	ASSERT_EQ(0, atomic_load(&unexpected));
}

/*
 * Mutual exclusion by a semaphore of 3, two auto-reset events and two mutexes. Each lets in as many
 * threads as it has room for. A holder gives back the object or dies, and the next holder must
 * learn of the death.
 */
#define PLACES 5

static struct {
	int fd, room;
	atomic_int inside;
	atomic_bool abandoned;
} places[PLACES];
static atomic_long deaths;

static void enter(int i, bool *was_abandoned)
{
	if (atomic_fetch_add(&places[i].inside, 1) >= places[i].room)
		fail_with(-EBUSY);
	if (atomic_exchange(&places[i].abandoned, false))
		*was_abandoned = true;
}

static void leave(int i, uint32_t owner)
{
	bool dies = i >= 3 && random_below(8) == 0;

	atomic_store(&places[i].abandoned, dies);
	atomic_fetch_sub(&places[i].inside, 1);
	if (i == 0 && release(places[i].fd, 1) > 2)
		fail_with(-EOVERFLOW);
	if ((i == 1 || i == 2) && set(places[i].fd) != 0)
		fail_with(-EEXIST);
	if (i >= 3 && dies ? kill_owner(places[i].fd, owner) != 0 : i >= 3 && unlock(places[i].fd, owner) != 1)
		fail_with(-EPERM);
	if (dies)
		atomic_fetch_add(&deaths, 1);
}

static void hold_some(uint32_t owner)
{
	int order[PLACES], fds[PLACES], count = 1 + random_below(PLACES), i, from, to, result;
	struct ntsync_wait_args args = wait_args(fds, count, some_deadline());
	bool all = random_below(2), was_abandoned = false;

	shuffle(order, PLACES, count);
	for (i = 0; i < count; i++)
		fds[i] = places[order[i]].fd;
	args.owner = owner;
	result = wait_with(stress_dev, all ? NTSYNC_IOC_WAIT_ALL : NTSYNC_IOC_WAIT_ANY, &args);
	if (result == -ETIMEDOUT && args.timeout != FOREVER) {
		atomic_fetch_add(&timeouts, 1);
		return;
	}
	if (result == -EINTR) {
		atomic_fetch_add(&interrupted, 1);
		return;
	}
	if ((result < 0 && result != -EOWNERDEAD) || last_index >= count || (all && last_index)) {
		fail_with(result);
		return;
	}
	from = all ? 0 : last_index;
	to = all ? count : last_index + 1;
	for (i = from; i < to; i++)
		enter(order[i], &was_abandoned);
	if (was_abandoned != (result == -EOWNERDEAD))
		fail_with(-EOWNERDEAD);
	dither(200);
	for (i = from; i < to; i++)
		leave(order[i], owner);
	atomic_fetch_add(all && count > 1 ? &alls : &anys, 1);
}

static void *holder(void *arg)
{
	for_rounds_until(stop)
		hold_some(1 + (intptr_t)arg);
	atomic_fetch_add(&ended, 1);
	return NULL;
}

STRESS_F(ntsync, holders_keep_others_out)
{
	int i;

	stress_dev = self->dev;
	for (i = 0; i < PLACES; i++) {
		places[i].fd = i == 0 ? semaphore(self->dev, 3, 3) : i < 3 ? event(self->dev, AUTO, 1) :
			       mutex(self->dev, 0, 0);
		places[i].room = i ? 1 : 3;
		ASSERT_LE(0, places[i].fd);
	}
	run(_metadata, holder, NULL, 0);
	ASSERT_TRUE(sem_is(places[0].fd, 3, 3));
	for (i = 1; i < 3; i++)
		ASSERT_TRUE(event_is(places[i].fd, AUTO, 1));
	for (i = 3; i < PLACES; i++)
		ASSERT_TRUE(atomic_load(&places[i].abandoned) ? is_abandoned(places[i].fd) : mutex_is(places[i].fd, 0, 0));
	TH_LOG("%ld waits for any, %ld for all, %ld timeouts, %ld interrupted, %ld deaths", atomic_load(&anys),
	       atomic_load(&alls), atomic_load(&timeouts), atomic_load(&interrupted), atomic_load(&deaths));
}

/* Signals given equal those taken by waits and resets, plus those left. 0 and 1 are semaphores. */
#define TOKENS 5
#define ALERT (TOKENS - 1)

static struct {
	int fd;
	atomic_long made, taken;
} tokens[TOKENS];

static void *token_giver(void *arg)
{
	while (!atomic_load(&stop)) {
		int i = random_below(TOKENS), dice = random_below(32), ret;

		if (i < 2) {
			ret = release(tokens[i].fd, 1 + dice % 3);
			if (ret >= 0)
				atomic_fetch_add(&tokens[i].made, 1 + dice % 3);
			if (ret == -EOVERFLOW)
				ret = 0;
		} else {
			ret = dice ? set(tokens[i].fd) : reset(tokens[i].fd);
			if (dice && ret == 0)
				atomic_fetch_add(&tokens[i].made, 1);
			if (!dice && ret == 1)
				atomic_fetch_add(&tokens[i].taken, 1);
		}
		if (ret < 0)
			fail_with(ret);
		dither(dice * 8 + 1);
	}
	return NULL;
}

static void take_some(void)
{
	int order[ALERT], fds[ALERT], count = 1 + random_below(ALERT), i, result;
	struct ntsync_wait_args args = wait_args(fds, count, some_deadline());
	bool all = random_below(2);

	shuffle(order, ALERT, count);
	for (i = 0; i < count; i++)
		fds[i] = tokens[order[i]].fd;
	if (random_below(3) == 0)
		args.alert = tokens[ALERT].fd;
	result = wait_with(stress_dev, all ? NTSYNC_IOC_WAIT_ALL : NTSYNC_IOC_WAIT_ANY, &args);
	if (result == -ETIMEDOUT && args.timeout != FOREVER) {
		atomic_fetch_add(&timeouts, 1);
	} else if (result == -EINTR) {
		atomic_fetch_add(&interrupted, 1);
	} else if (result == count && args.alert) {
		atomic_fetch_add(&tokens[ALERT].taken, 1);
		atomic_fetch_add(&alerted, 1);
	} else if (result == 0 && all) {
		for (i = 0; i < count; i++)
			atomic_fetch_add(&tokens[order[i]].taken, 1);
		atomic_fetch_add(count > 1 ? &alls : &anys, 1);
	} else if (result >= 0 && result < count && !all) {
		atomic_fetch_add(&tokens[order[result]].taken, 1);
		atomic_fetch_add(&anys, 1);
	} else {
		fail_with(result);
	}
}

static void *token_taker(void *arg)
{
	for_rounds_until(stop)
		take_some();
	atomic_fetch_add(&ended, 1);
	return NULL;
}

STRESS_F(ntsync, tokens_are_conserved)
{
	struct ntsync_sem_args args;
	int i;

	stress_dev = self->dev;
	for (i = 0; i < TOKENS; i++)
		tokens[i].fd = i < 2 ? semaphore(self->dev, 0, 5) : event(self->dev, AUTO, 0);
	run(_metadata, token_taker, token_giver, 3);
	for (i = 0; i < TOKENS; i++) {
		long left;

		if (i < 2)
			ASSERT_EQ(0, ioctl(tokens[i].fd, NTSYNC_IOC_SEM_READ, &args));
		left = i < 2 ? (long)args.count : state(tokens[i].fd);
		ASSERT_EQ(atomic_load(&tokens[i].made), atomic_load(&tokens[i].taken) + left);
	}
	TH_LOG("%ld waits for any, %ld for all, %ld alerts, %ld timeouts, %ld interrupted", atomic_load(&anys),
	       atomic_load(&alls), atomic_load(&alerted), atomic_load(&timeouts), atomic_load(&interrupted));
}

/*
 * Objects are closed and replaced while threads wait for them. The module must drop all references.
 */
#define SLOTS 4

static atomic_int slots[SLOTS];

static void *closer(void *arg)
{
	while (!atomic_load(&stop)) {
		int i = random_below(SLOTS), fd = event(stress_dev, random_below(2), random_below(2)), old;

		if (fd < 0) {
			fail_with(fd);
			break;
		}
		old = atomic_exchange(&slots[i], fd);
		if (random_below(2))
			ioctl(old, NTSYNC_IOC_EVENT_SET, &(uint32_t){ 0 });
		close(old);
		dither(100);
	}
	return NULL;
}

static void *wait_for_slots(void *arg)
{
	for_rounds_until(stop) {
		int fds[SLOTS], count = 1 + random_below(SLOTS), i, result;
		struct ntsync_wait_args args = wait_args(fds, count, in_ms(random_below(3)));
		bool all = random_below(2);

		for (i = 0; i < count; i++)
			fds[i] = atomic_load(&slots[i]);
		args.alert = random_below(2) ? atomic_load(&slots[SLOTS - 1]) : NO_ALERT;
		result = wait_with(stress_dev, all ? NTSYNC_IOC_WAIT_ALL : NTSYNC_IOC_WAIT_ANY, &args);
		if (result == -ETIMEDOUT)
			atomic_fetch_add(&timeouts, 1);
		else if (result == -EINTR)
			atomic_fetch_add(&interrupted, 1);
		else if (result >= 0 && result <= count)
			atomic_fetch_add(all ? &alls : &anys, 1);
		else if (result != -EINVAL)
			fail_with(result);
	}
	atomic_fetch_add(&ended, 1);
	return NULL;
}

static atomic_bool turning_ends;

/* Sets and resets the event all the time. */
static void *turn(void *event)
{
	int fd = *(int *)event;

	while (!turning_ends) {
		set(fd);
		reset(fd);
	}
	return NULL;
}

/* Events that are set and reset all the time must not hide a later one that stays signaled. */
STRESS_F(ntsync, try_finds_what_stays_signaled)
{
	int fds[3] = { event(self->dev, MANUAL, 0), event(self->dev, MANUAL, 0), event(self->dev, MANUAL, 1) }, result;
	int64_t end = budget_end();
	pthread_t threads[2];
	long seen[3] = {};

	turning_ends = false;
	ASSERT_EQ(0, pthread_create(&threads[0], NULL, turn, &fds[0]));
	ASSERT_EQ(0, pthread_create(&threads[1], NULL, turn, &fds[1]));
	while (now_ms() < end) {
		result = wait_any(self->dev, fds, 3, TRY);
		ASSERT_TRUE(result >= 0 && result < 3);
		seen[result]++;
	}
	turning_ends = true;
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	TH_LOG("%ld, %ld, %ld times", seen[0], seen[1], seen[2]);
}

STRESS_F(ntsync, objects_closed_while_waited_for)
{
	long references;
	int i;

	stress_dev = self->dev;
	references = driver_references();
	for (i = 0; i < SLOTS; i++)
		atomic_store(&slots[i], event(self->dev, AUTO, 0));
	run(_metadata, wait_for_slots, closer, 3);
	for (i = 0; i < SLOTS; i++)
		close(atomic_load(&slots[i]));
	if (references >= 0)
		ASSERT_EQ(references, driver_references());
	TH_LOG("%ld waits for any, %ld for all, %ld timeouts", atomic_load(&anys), atomic_load(&alls),
	       atomic_load(&timeouts));
}

TEST_HARNESS_MAIN
