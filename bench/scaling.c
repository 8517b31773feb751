// SPDX-License-Identifier: GPL-2.0
/*
 * Measures how costs scale with the number of objects in a wait, of waiters, and of live events,
 * and how much kernel memory an event takes. The machine's clock counts instructions (tools/vm run
 * --icount).
 *
 * Usage: scaling ntevent|ntsync. Prints a line "row<TAB>number<TAB>instructions" (or bytes) for
 * each point.
 */
#include "driver.h"

#include <semaphore.h>
#include <sys/resource.h>
#include <uchar.h>

#define MANY		64
#define MOST_WAITERS	4096
#define MOST_EVENTS	100000

static struct driver it;

static void point(const char *row, int number, int64_t value)
{
	printf("%s\t%d\t%lld\n", row, number, (long long)value);
}

/* The median cost of waits for COUNT events. */
static int64_t cost_of_wait(const int *fds, int count, bool all)
{
	enum { BATCHES = 21, CALLS = 20 };
	int64_t samples[BATCHES];
	int i, j;

	for (i = 0; i < BATCHES; i++) {
		int64_t begin = now();

		for (j = 0; j < CALLS; j++)
			satisfied(it, fds, count, all);
		samples[i] = (now() - begin) / CALLS;
	}
	return median(samples, BATCHES);
}

static void objects(void)
{
	int open[MANY], last[MANY], count, i;

	for (i = 0; i < MANY; i++)
		open[i] = create(it, true, true);
	for (count = 1; count <= MANY; count *= 2) {
		for (i = 0; i < count; i++)
			last[i] = create(it, true, i == count - 1);
		point("any of n, first signaled", count, cost_of_wait(open, count, false));
		point("any of n, last signaled", count, cost_of_wait(last, count, false));
		point("all of n", count, cost_of_wait(open, count, true));
		for (i = 0; i < count; i++)
			close(last[i]);
	}
	for (i = 0; i < MANY; i++)
		close(open[i]);
}

/* Threads that wait for two notification events by turns, and report when they are back. */
static struct {
	int events[2];
	int waiting, back;
	sem_t all_back;
} crowd;

static void *waiter(void *unused)
{
	int turn;

	for (turn = 0;; turn = !turn) {
		wait_for(it, crowd.events[turn]);
		if (__atomic_add_fetch(&crowd.back, 1, __ATOMIC_RELAXED) == crowd.waiting)
			sem_post(&crowd.all_back);
	}
	return unused;
}

/*
 * Each set releases all waiters. The number of rounds is even, so that the next round is for the
 * first event. The woken threads do not preempt the setter, so the time of the set is its own.
 */
static void release(int waiters)
{
	enum { ROUNDS = 8 };
	const struct sched_param first = { .sched_priority = 1 }, as_others = { .sched_priority = 0 };
	int64_t returns[ROUNDS], back[ROUNDS];
	int i;

	for (; crowd.waiting < waiters; crowd.waiting++)
		start(waiter, NULL);
	for (i = 0; i < ROUNDS; i++) {
		int64_t begin;
		int event = crowd.events[i % 2];

		others_sleep();
		crowd.back = 0;
		check(sched_setscheduler(0, SCHED_FIFO, &first), "the setter's priority");
		begin = now();
		set(it, event);
		returns[i] = now() - begin;
		reset(it, event);
		sem_wait(&crowd.all_back);
		back[i] = now() - begin;
		check(sched_setscheduler(0, SCHED_OTHER, &as_others), "the setter's priority");
	}
	point("set that releases n waiters, until it returns", waiters, median(returns, ROUNDS));
	point("set that releases n waiters, until the last is back", waiters, median(back, ROUNDS));
}

static void waiters(void)
{
	static const int numbers[] = { 1, 4, 16, 64, 256, 1000, MOST_WAITERS };
	unsigned int i;

	crowd.events[0] = create(it, true, false);
	crowd.events[1] = create(it, true, false);
	sem_init(&crowd.all_back, 0, 0);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		release(numbers[i]);
}

/* The bytes that the kernel has allocated from slabs. */
static int64_t slab(void)
{
	long long kilobytes = 0;
	char line[128];
	FILE *file = fopen("/proc/meminfo", "r");

	if (!file)
		fail("/proc/meminfo");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "Slab: %lld", &kilobytes) == 1)
			break;
	fclose(file);
	return kilobytes * 1024;
}

/* Makes room for the fds before anything is counted. Returns the first free fd. */
static int room_for_fds(void)
{
	struct rlimit limit = { MOST_EVENTS + 1000, MOST_EVENTS + 1000 };
	int first = check(dup(it.dev), "an fd");

	check(setrlimit(RLIMIT_NOFILE, &limit), "the limit of fds");
	check(fcntl(first, F_DUPFD, MOST_EVENTS + 900), "the last fd");
	close(first);
	return first;
}

static int64_t cost_of_create(void)
{
	enum { SAMPLES = 201 };
	int64_t samples[SAMPLES];
	int i;

	for (i = 0; i < SAMPLES; i++) {
		int64_t begin = now();

		close(create(it, false, false));
		samples[i] = now() - begin;
	}
	return median(samples, SAMPLES);
}

static void events(void)
{
	int event = create(it, true, true), first = room_for_fds(), count, made = 0;
	int64_t before = slab();

	for (count = 100; count <= MOST_EVENTS; count *= 10) {
		for (; made < count; made++)
			create(it, false, false);
		point("create + close, of n live events", count, cost_of_create());
		point("wait for 1, of n live events", count, cost_of_wait(&event, 1, false));
	}
	point("bytes of slab for each of n live events", MOST_EVENTS, (slab() - before) / MOST_EVENTS);
	check(syscall(SYS_close_range, first, ~0U, 0), "close");
}

/*
 * Writes a name of eight digits. The names are not in the order of their numbers, as 7919 is prime.
 */
static struct ntevent_object_attributes name_of(char16_t name[8], int number, int root)
{
	uint64_t spread = number * 7919ULL % 100000007;
	int digit;

	for (digit = 7; digit >= 0; digit--, spread /= 10)
		name[digit] = u'0' + spread % 10;
	return (struct ntevent_object_attributes){ .name = (uintptr_t)name, .name_length = 16, .root = root };
}

/* The median cost of opening COUNT names from the FROMth on. */
static int64_t cost_of_open(int dev, int folder, int from, int count, uint32_t attributes)
{
	enum { SAMPLES = 501 };
	int64_t samples[SAMPLES];
	char16_t name[8];
	int i, fd;

	for (i = 0; i < SAMPLES; i++) {
		struct ntevent_open_args args = {
			.object = name_of(name, from + rand() % count, folder),
			.desired_access = NTEVENT_EVENT_ALL_ACCESS,
		};
		int64_t begin;

		args.object.attributes = attributes;
		begin = now();
		fd = ioctl(dev, NTEVENT_IOC_OPEN_EVENT, &args);
		samples[i] = now() - begin;
		close(fd);
	}
	return median(samples, SAMPLES);
}

static void names(void)
{
	static char16_t path[] = u"\\BaseNamedObjects\\bench";
	struct ntevent_open_args args = {
		.object = { .name = (uintptr_t)path, .name_length = sizeof(path) - 2, .root = -1 },
		.desired_access = NTEVENT_DIRECTORY_ALL_ACCESS,
	};
	int dev = open_driver("ntevent").dev, folder, first, count, made = 0;
	char16_t name[8];

	check(ioctl(dev, NTEVENT_IOC_NEW_NAMESPACE), "a namespace");
	folder = check(ioctl(dev, NTEVENT_IOC_CREATE_DIRECTORY, &args), "a directory");
	first = room_for_fds();
	for (count = 100; count <= MOST_EVENTS; count *= 10) {
		for (; made < count; made++) {
			struct ntevent_create_event_args event = {
				.object = name_of(name, made, folder),
				.desired_access = NTEVENT_EVENT_ALL_ACCESS,
			};

			check(ioctl(dev, NTEVENT_IOC_CREATE_EVENT, &event), "a name");
		}
		point("open by name, of n names", count, cost_of_open(dev, folder, 0, made, 0));
		point("open by name, case-insensitive, of n names", count,
		      cost_of_open(dev, folder, 0, made, NTEVENT_OBJ_CASE_INSENSITIVE));
		point("open by a name that is not there, of n names", count, cost_of_open(dev, folder, made, made, 0));
	}
	check(syscall(SYS_close_range, first, ~0U, 0), "close");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	it = open_driver(argv[1]);
	objects();
	events();
	if (it.native)
		names();
	waiters();
	return 0;
}
