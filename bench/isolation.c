// SPDX-License-Identifier: GPL-2.0
/*
 * Measures how much one user's waits for all cost another user. Threads of the attacker wait for
 * all of 64 objects, and the attacker sets and resets one of these in a loop. The victim has an IPC
 * namespace and an open file of its own. It tries a wait for all of two events. A real-time timer
 * runs on the attacker's processor.
 *
 * Usage: isolation DRIVER THREADS. Prints the mean times of the victim and of the timer in
 * nanoseconds, idle and under attack.
 */
#include "driver.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define OBJECTS	64
#define SPAN	3000000000LL	/* ns for each phase */

enum phase { IDLE, PAUSE, ATTACK, END };

struct mean {
	int64_t sum, count;
};

static struct shared {
	enum phase phase;
	struct mean victim[END], timer[END];
} *shared;

static struct driver attacker;
static int objects[OBJECTS];

static enum phase phase(void)
{
	return __atomic_load_n(&shared->phase, __ATOMIC_RELAXED);
}

static void be_real_time(int cpu, int priority)
{
	struct sched_param param = { .sched_priority = priority };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	check(sched_setaffinity(0, sizeof(set), &set), "affinity");
	check(sched_setscheduler(0, SCHED_FIFO, &param), "scheduler");
}

static void add(struct mean *means, enum phase from, int64_t sample)
{
	if (phase() != from)
		return;
	means[from].sum += sample;
	means[from].count++;
}

static void be_victim(const char *name)
{
	struct driver it;
	int fds[2];

	check(unshare(CLONE_NEWIPC), "unshare");
	it = open_driver(name);
	fds[0] = create(it, true, true);
	fds[1] = create(it, true, true);
	be_real_time(0, 50);
	while (phase() != END) {
		enum phase now_in = phase();
		int64_t begin = now();

		wait_many(it, fds, 2, true, true);
		add(shared->victim, now_in, now() - begin);
		usleep(500);
	}
	exit(0);
}

static void be_timer(void)
{
	be_real_time(1, 80);
	while (phase() != END) {
		enum phase now_in = phase();
		struct timespec due;
		int64_t at = now() + 1000000;

		due.tv_sec = at / 1000000000;
		due.tv_nsec = at % 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
		add(shared->timer, now_in, now() - at);
	}
	exit(0);
}

static void *wait_for_all(void *unused)
{
	(void)unused;
	wait_many(attacker, objects, OBJECTS, true, false);
	return NULL;
}

static void report(const char *what, const struct mean *means)
{
	printf("%s\t%lld\t%lld\n", what, (long long)(means[IDLE].sum / means[IDLE].count),
	       (long long)(means[ATTACK].sum / means[ATTACK].count));
}

int main(int argc, char **argv)
{
	struct rlimit limit = { 65536, 65536 };
	int64_t end;
	cpu_set_t cpus;
	int i;

	if (argc != 3)
		return 1;
	setrlimit(RLIMIT_NOFILE, &limit);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		fail("mmap");
	if (!fork())
		be_victim(argv[1]);
	if (!fork())
		be_timer();
	usleep(SPAN / 1000);
	shared->phase = PAUSE;
	attacker = open_driver(argv[1]);
	/* The first and the last object are not signaled, so the waits do not end. */
	for (i = 0; i < OBJECTS; i++)
		objects[i] = create(attacker, true, i && i < OBJECTS - 1);
	for (i = atoi(argv[2]); i; i--)
		start(wait_for_all, NULL);
	others_sleep();
	CPU_ZERO(&cpus);
	CPU_SET(1, &cpus);
	check(sched_setaffinity(0, sizeof(cpus), &cpus), "affinity");
	shared->phase = ATTACK;
	for (end = now() + SPAN; now() < end;) {
		set(attacker, objects[0]);
		reset(attacker, objects[0]);
	}
	shared->phase = END;
	wait(NULL);
	wait(NULL);
	report("victim", shared->victim);
	report("timer", shared->timer);
	fflush(stdout);
	_exit(0);
}
