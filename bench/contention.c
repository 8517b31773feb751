// SPDX-License-Identifier: GPL-2.0
/*
 * Measures the throughput of concurrent threads with both drivers by turns, in one boot:
 * /dev/ntevent with its own ABI, and the kernel's /dev/ntsync. Times on an emulator mean nothing,
 * so only the ratio of two measurements counts.
 *
 * Usage: contention ROUNDS. Prints "row<TAB>whose<TAB>round<TAB>nanoseconds" for each measurement.
 */
#include "driver.h"

#include <semaphore.h>
#include <sys/sysinfo.h>

#define MOST_THREADS	8
#define CROWD		1000
#define SPAN		100000000LL	/* ns for each measurement */

/* The work that each thread repeats. THREAD is its number. */
typedef void (*work)(struct driver it, int thread);

static struct {
	struct driver it;
	int own[MOST_THREADS], pair[MOST_THREADS][2], one, there, back;
} fixtures[2];

static bool stop;

struct task {
	struct driver it;
	work work;
	int thread;
	int64_t done;
};

static void *repeat(void *argument)
{
	struct task *task = argument;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		task->work(task->it, task->thread);
		task->done++;
	}
	return NULL;
}

/* Nanoseconds of one round of the first thread's work, while COUNT - 1 others do theirs. */
static int64_t together(struct driver it, const work *works, int count)
{
	struct task tasks[MOST_THREADS];
	pthread_t threads[MOST_THREADS];
	int64_t begin, done;
	int i;

	stop = false;
	for (i = 0; i < count; i++) {
		tasks[i] = (struct task){ it, works[i], i, 0 };
		threads[i] = start(repeat, &tasks[i]);
	}
	begin = now();
	while (now() - begin < SPAN)
		usleep(1000);
	done = tasks[0].done;
	begin = now() - begin;
	stop = true;
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	return begin / (done ? done : 1);
}

#define FIXTURE(it) (&fixtures[(it).native])

static void on_one(struct driver it, int thread)
{
	(void)thread;
	set(it, FIXTURE(it)->one);
	wait_many(it, &FIXTURE(it)->one, 1, false, true);
}

static void on_own(struct driver it, int thread)
{
	set(it, FIXTURE(it)->own[thread]);
	wait_for(it, FIXTURE(it)->own[thread]);
}

static void any_of_own(struct driver it, int thread)
{
	satisfied(it, FIXTURE(it)->pair[thread], 2, false);
}

static void all_of_own(struct driver it, int thread)
{
	satisfied(it, FIXTURE(it)->pair[thread], 2, true);
}

/* Uses CPU time without the driver. */
static void nothing(struct driver it, int thread)
{
	(void)it, (void)thread;
	syscall(SYS_getppid);
}

static int64_t all_do(struct driver it, work each)
{
	work works[MOST_THREADS];
	int i, count = get_nprocs();

	if (count > MOST_THREADS)
		count = MOST_THREADS;
	for (i = 0; i < count; i++)
		works[i] = each;
	return together(it, works, count);
}

static int64_t row_one(struct driver it)
{
	const work two[] = { on_one, on_one };

	return together(it, two, 2);
}

static int64_t row_own(struct driver it) { return all_do(it, on_own); }
static int64_t row_all(struct driver it) { return all_do(it, all_of_own); }

static int64_t row_any_beside_nothing(struct driver it)
{
	const work two[] = { any_of_own, nothing };

	return together(it, two, 2);
}

static int64_t row_any_beside_all(struct driver it)
{
	const work two[] = { any_of_own, all_of_own };

	return together(it, two, 2);
}

/* Two threads that take turns, with two calls each, or with one call of the native ABI. */
static bool in_one;

static void hand_over(struct driver it, int signal, int wait)
{
	if (in_one) {
		signal_and_wait(it, signal, wait);
	} else {
		set(it, signal);
		wait_for(it, wait);
	}
}

static void *partner(void *argument)
{
	struct driver it = *(struct driver *)argument;

	wait_for(it, FIXTURE(it)->there);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		hand_over(it, FIXTURE(it)->back, FIXTURE(it)->there);
	set(it, FIXTURE(it)->back);
	return NULL;
}

static int64_t ping_pong(struct driver it)
{
	int64_t begin, done = 0;
	pthread_t other;

	stop = false;
	reset(it, FIXTURE(it)->there);
	reset(it, FIXTURE(it)->back);
	other = start(partner, &it);
	for (begin = now(); now() - begin < SPAN; done++)
		hand_over(it, FIXTURE(it)->there, FIXTURE(it)->back);
	begin = now() - begin;
	stop = true;
	set(it, FIXTURE(it)->there);
	pthread_join(other, NULL);
	return begin / done;
}

static int64_t row_ping_pong(struct driver it)
{
	in_one = false;
	return ping_pong(it);
}

static int64_t row_ping_pong_in_one(struct driver it)
{
	in_one = it.native;
	return ping_pong(it);
}

static struct {
	struct driver it;
	int event, waiting, back;
	sem_t all_back;
} crowd;

static void *of_crowd(void *unused)
{
	wait_for(crowd.it, crowd.event);
	if (__atomic_add_fetch(&crowd.back, 1, __ATOMIC_RELAXED) == CROWD)
		sem_post(&crowd.all_back);
	return unused;
}

static int64_t set_returned[2];

static int64_t row_crowd(struct driver it)
{
	static pthread_t threads[CROWD];
	int64_t begin, end;
	int i;

	crowd.it = it;
	crowd.event = create(it, true, false);
	crowd.back = 0;
	sem_init(&crowd.all_back, 0, 0);
	for (i = 0; i < CROWD; i++)
		threads[i] = start(of_crowd, NULL);
	others_sleep();
	begin = now();
	set(it, crowd.event);
	set_returned[it.native] = now() - begin;
	sem_wait(&crowd.all_back);
	end = now() - begin;
	for (i = 0; i < CROWD; i++)
		pthread_join(threads[i], NULL);
	close(crowd.event);
	return end;
}

/* The measurement belongs to the set of the row before. */
static int64_t row_crowd_returned(struct driver it)
{
	return set_returned[it.native];
}

static const struct {
	const char *name;
	int64_t (*measure)(struct driver it);
} rows[] = {
	{ "ping-pong of two threads, by set and wait", row_ping_pong },
	{ "ping-pong of two threads, natively by SIGNAL_AND_WAIT", row_ping_pong_in_one },
	{ "two threads on one event: set, test", row_one },
	{ "a thread on each processor: set, wait on its own event", row_own },
	{ "a thread on each processor: wait for all of its own two", row_all },
	{ "wait for any, beside a thread without events", row_any_beside_nothing },
	{ "wait for any, beside waits for all of other objects", row_any_beside_all },
	{ "1000 waiters released by one set, until the last is back", row_crowd },
	{ "1000 waiters released by one set, until it returns", row_crowd_returned },
};

int main(int argc, char **argv)
{
	static const char *const names[] = { "ntsync", "ntevent" };
	int round, rounds = argc == 2 ? atoi(argv[1]) : 0, i, j;
	unsigned int row;

	for (i = 0; i < 2; i++) {
		struct driver it = open_driver(names[i]);

		fixtures[i].it = it;
		fixtures[i].one = create(it, false, false);
		fixtures[i].there = create(it, false, false);
		fixtures[i].back = create(it, false, false);
		for (j = 0; j < MOST_THREADS; j++) {
			fixtures[i].own[j] = create(it, false, false);
			fixtures[i].pair[j][0] = create(it, true, true);
			fixtures[i].pair[j][1] = create(it, true, true);
		}
	}
	for (round = 0; round < rounds; round++)
		for (row = 0; row < sizeof(rows) / sizeof(rows[0]); row++)
			for (i = 0; i < 2; i++)
				printf("%s\t%s\t%d\t%lld\n", rows[row].name, names[i], round,
				       (long long)rows[row].measure(fixtures[i].it));
	return 0;
}
