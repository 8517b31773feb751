// SPDX-License-Identifier: GPL-2.0
/* /dev/ntsync at scale: sleeping threads, processes killed in waits, and 10^5 live objects. */
#include "ntsync_test.h"
#include "budget.h"

#define MANY_THREADS 400
#define MANY_OBJECTS 100000

static struct waiter crowd[MANY_THREADS];

/* All threads sleep on one object, for any or for all, in the order in which they were started. */
static void start_crowd(struct __test_metadata *_metadata, int dev, int fd, int other)
{
	int i;

	for (i = 0; i < MANY_THREADS; i++) {
		crowd[i] = i % 4 ? one(dev, fd) : all_of(dev, (int[]){ other, fd }, 2);
		crowd[i].args.objs = (uintptr_t)crowd[i].fds;
		ASSERT_EQ(0, small_thread(&crowd[i].thread, waiter_main, &crowd[i]));
		while (!atomic_load(&crowd[i].tid))
			sched_yield();
	}
	for (i = 0; i < MANY_THREADS; i++)
		ASSERT_TRUE(await_asleep(getpid(), atomic_load(&crowd[i].tid)));
}

STRESS_F(ntsync, release_for_a_crowd)
{
	int fd = semaphore(self->dev, 0, MANY_THREADS), other = event(self->dev, MANUAL, 1), i, rounds = 0;
	int64_t end = budget_end();

	do {
		start_crowd(_metadata, self->dev, fd, other);
		ASSERT_EQ(0, release(fd, MANY_THREADS / 4));
		/* The waits for all are served, and no others. */
		for (i = 0; i < MANY_THREADS; i += 4)
			ASSERT_EQ(0, finish(&crowd[i]));
		for (i = 0; i < MANY_THREADS; i++)
			if (i % 4)
				ASSERT_TRUE(is_waiting(&crowd[i]));
		ASSERT_EQ(0, release(fd, MANY_THREADS));
		ASSERT_TRUE(sem_is(fd, MANY_THREADS / 4, MANY_THREADS));
		for (i = 0; i < MANY_THREADS; i++)
			if (i % 4)
				ASSERT_EQ(0, finish(&crowd[i]));
		for (i = 0; i < MANY_THREADS / 4; i++)
			ASSERT_EQ(0, try_one(self->dev, fd));
		rounds++;
	} while (now_ms() < end);
	TH_LOG("%d threads, %d rounds", MANY_THREADS, rounds);
}

STRESS_F(ntsync, set_for_a_crowd)
{
	int fd = event(self->dev, MANUAL, 0), other = event(self->dev, MANUAL, 1), i;
	int64_t end = budget_end();

	do {
		start_crowd(_metadata, self->dev, fd, other);
		ASSERT_EQ(0, pulse(fd));
		for (i = 0; i < MANY_THREADS; i++)
			ASSERT_EQ(0, finish(&crowd[i]));
	} while (now_ms() < end);
}

/* Processes whose threads sleep in every kind of wait are killed at random times. */
#define EVENTS 4

static int victim_dev, victim_fds[EVENTS];

static void *victim(void *arg)
{
	for (;;) {
		int from = random_below(EVENTS - 1), count = 1 + random_below(EVENTS - from);
		struct ntsync_wait_args args = wait_args(victim_fds + from, count, random_below(2) ? FOREVER : in_ms(1));

		if (random_below(2)) {
			args.alert = from ? victim_fds[0] : NO_ALERT;
			ioctl(victim_dev, NTSYNC_IOC_WAIT_ALL, &args);
		} else {
			args.alert = random_below(2) ? victim_fds[0] : NO_ALERT;
			ioctl(victim_dev, NTSYNC_IOC_WAIT_ANY, &args);
		}
	}
	return NULL;
}

static pid_t fork_victims(int threads, bool signaler)
{
	pid_t child = fork();
	pthread_t thread;

	if (child)
		return child;
	random_state = 0;
	while (signaler) {
		event_command(victim_fds[random_below(EVENTS)], random_below(8) ? NTSYNC_IOC_EVENT_SET :
			      random_below(2) ? NTSYNC_IOC_EVENT_RESET : NTSYNC_IOC_EVENT_PULSE);
		dither(200);
	}
	while (--threads)
		if (small_thread(&thread, victim, NULL))
			_exit(1);
	victim(NULL);
	_exit(1);
}

STRESS_F(ntsync, killed_waiters_leave_nothing)
{
	int64_t end = budget_end();
	int i, status, kills = 0;
	pid_t children[5];

	victim_dev = self->dev;
	for (i = 0; i < EVENTS; i++)
		victim_fds[i] = event(self->dev, AUTO, 0);
	do {
		for (i = 0; i < 5; i++) {
			children[i] = fork_victims(4, i == 0);
			ASSERT_LT(0, children[i]);
		}
		dither(20000);
		for (i = 4; i >= 0; i--) {
			ASSERT_EQ(0, kill(children[i], SIGKILL));
			ASSERT_EQ(children[i], waitpid(children[i], &status, 0));
			ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		}
		kills += 5;
		/* A waiter that was still in a queue would take this signal. */
		for (i = 0; i < EVENTS; i++) {
			reset(victim_fds[i]);
			ASSERT_EQ(0, set(victim_fds[i]));
			ASSERT_EQ(1, reset(victim_fds[i]));
		}
	} while (now_ms() < end);
	TH_LOG("%d processes killed", kills);
}

/* A process with COUNT objects of its own device. Reports when they exist, and ends with STOP. */
static void hold_objects(int count, int ready, int stop)
{
	int dev = open("/dev/ntsync", O_RDONLY | O_CLOEXEC), i, fd = -1;
	char byte = 'y';

	for (i = 0; i < count; i++) {
		fd = i % 3 == 0 ? semaphore(dev, 1, 2) : i % 3 == 1 ? mutex(dev, OWNER, 1) : event(dev, AUTO, 1);
		if (fd < 0)
			byte = 'n';
	}
	/* The last object works as well as the first. */
	if (try_one(dev, fd) != 0)
		byte = 'n';
	if (write(ready, &byte, 1) != 1)
		_exit(1);
	while (read(stop, &byte, 1) > 0)
		;
	_exit(0);
}

/* Uses as many processes as the limit of fds requires, each with its own device. */
TEST_F_TIMEOUT(ntsync, hundred_thousand_objects, 600)
{
	int ready[2], stop[2], processes = 0, objects = full_or_brief(MANY_OBJECTS, MANY_OBJECTS / 50), per, i, status;
	int left = objects;
	long references = driver_references();
	struct rlimit limit;
	pid_t children[200];
	char byte;

	raise_fd_limit(objects / 2 + 100);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	if (limit.rlim_cur < limit.rlim_max && limit.rlim_cur < objects / 2) {
		limit.rlim_cur = limit.rlim_max;
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	}
	per = limit.rlim_cur - 64 < objects / 2 ? limit.rlim_cur - 64 : objects / 2;
	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pipe(stop));
	for (; left > 0 && processes < 200; left -= per, processes++) {
		children[processes] = fork();
		ASSERT_LE(0, children[processes]);
		if (!children[processes]) {
			close(stop[1]);
			hold_objects(left < per ? left : per, ready[1], stop[0]);
		}
	}
	ASSERT_GE(0, left);
	for (i = 0; i < processes; i++) {
		ASSERT_EQ(1, read(ready[0], &byte, 1));
		ASSERT_EQ('y', byte);
	}
	if (references >= 0)
		ASSERT_EQ(references + objects + processes, driver_references());
	close(stop[1]);
	for (i = 0; i < processes; i++) {
		ASSERT_EQ(children[i], waitpid(children[i], &status, 0));
		ASSERT_EQ(0, status);
	}
	if (references >= 0)
		ASSERT_TRUE(await_references(references));
	TH_LOG("%d objects in %d processes", objects, processes);
}

TEST_HARNESS_MAIN
