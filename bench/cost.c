// SPDX-License-Identifier: GPL-2.0
/*
 * Measures the cost of each operation, which is a system call with all its work in user space and
 * the kernel. The clock of the machine counts instructions (tools/vm run --icount).
 *
 * Usage: cost ntevent|ntsync [ROW [PROCESSORS]]. Uses the native ABI, or the ABI of /dev/ntsync
 * with whatever driver serves it. Prints a line "row<TAB>instructions" for each row that the ABI
 * has, or runs one row for tools/profile. It runs the row in PROCESSORS processes, each on its own
 * processor.
 */
#include "driver.h"

#include <linux/futex.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define MANY	64

static struct driver it;
static int signaled, closed, automatic, semaphore, mutex, signals[MANY];

static void row_nothing(void) { syscall(SYS_getppid); }

static void row_eventfd(void)
{
	static int fd = -1;
	uint64_t one = 1;

	if (fd < 0)
		fd = check(eventfd(0, EFD_CLOEXEC), "eventfd");
	check(write(fd, &one, sizeof(one)), "write");
	check(read(fd, &one, sizeof(one)), "read");
}

static void row_futex(void)
{
	static uint32_t word;

	syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void row_null(void) { ioctl(signaled, 0); }
static void row_set(void) { set(it, signaled); }
static void row_reset(void) { reset(it, closed); }
static void row_clear(void) { ioctl(closed, NTEVENT_IOC_CLEAR); }

static void row_pulse(void)
{
	uint32_t before;

	check(it.native ? ioctl(closed, NTEVENT_IOC_PULSE) : ioctl(closed, NTSYNC_IOC_EVENT_PULSE, &before), "pulse");
}

static void row_set_reset(void)
{
	set(it, closed);
	reset(it, closed);
}

static void row_read(void)
{
	struct ntevent_event_info info;
	struct ntsync_event_args args;

	check(it.native ? ioctl(signaled, NTEVENT_IOC_QUERY, &info) : ioctl(signaled, NTSYNC_IOC_EVENT_READ, &args), "read");
}

static void row_wait_one(void) { check(ioctl(signaled, NTEVENT_IOC_WAIT_ONE, NULL), "wait one"); }
static void row_any_1(void) { wait_for(it, signaled); }
static void row_try(void) { wait_many(it, &closed, 1, false, true); }

static void row_try_one(void)
{
	struct ntevent_wait_one_args args = { .flags = NTEVENT_WAIT_TIMEOUT };

	check(ioctl(closed, NTEVENT_IOC_WAIT_ONE, &args), "try one");
}

static void row_set_wait(void)
{
	set(it, automatic);
	wait_for(it, automatic);
}

static void row_any_8(void) { satisfied(it, signals, 8, false); }
static void row_any_64(void) { satisfied(it, signals, MANY, false); }

static void row_any_64_last(void)
{
	static int fds[MANY];
	int i;

	if (!fds[0]) {
		for (i = 0; i < MANY - 1; i++)
			fds[i] = create(it, true, false);
		fds[MANY - 1] = signaled;
	}
	satisfied(it, fds, MANY, false);
}

static void row_all_2(void) { satisfied(it, signals, 2, true); }
static void row_all_8(void) { satisfied(it, signals, 8, true); }
static void row_all_64(void) { satisfied(it, signals, MANY, true); }
static void row_create(void) { close(create(it, false, false)); }

/* Opens an event of the process by name. The process keeps the event open. */
static void row_open(void)
{
	static const char prefix[] = "\\BaseNamedObjects\\";
	static uint16_t name[64];
	static struct ntevent_open_args args;
	char text[64];
	int i;

	if (!args.object.name) {
		struct ntevent_create_event_args create = { .desired_access = NTEVENT_EVENT_ALL_ACCESS };

		snprintf(text, sizeof(text), "%scost%d", prefix, getpid());
		for (i = 0; text[i]; i++)
			name[i] = text[i];
		args.object.root = -1;
		args.object.name = (uintptr_t)name;
		args.object.name_length = 2 * i;
		args.desired_access = NTEVENT_SYNCHRONIZE;
		create.object = args.object;
		check(ioctl(it.dev, NTEVENT_IOC_CREATE_EVENT, &create), "create by name");
	}
	close(check(ioctl(it.dev, NTEVENT_IOC_OPEN_EVENT, &args), "open by name"));
}

static void row_release_wait(void)
{
	uint32_t count = 1;

	check(ioctl(semaphore, NTSYNC_IOC_SEM_RELEASE, &count), "release");
	wait_for(it, semaphore);
}

static void row_sem_read(void)
{
	struct ntsync_sem_args args;

	check(ioctl(semaphore, NTSYNC_IOC_SEM_READ, &args), "read a semaphore");
}

static void row_lock_unlock(void)
{
	struct ntsync_mutex_args args = { .owner = OWNER };

	wait_for(it, mutex);
	check(ioctl(mutex, NTSYNC_IOC_MUTEX_UNLOCK, &args), "unlock");
}

static void row_mutex_read(void)
{
	struct ntsync_mutex_args args;

	check(ioctl(mutex, NTSYNC_IOC_MUTEX_READ, &args), "read a mutex");
}

static void row_kill_others(void)
{
	uint32_t owner = OWNER + 1;

	ioctl(mutex, NTSYNC_IOC_MUTEX_KILL, &owner);
}

static int there, back;

static void *partner(void *unused)
{
	for (;;) {
		wait_for(it, there);
		set(it, back);
	}
	return unused;
}

static void row_ping_pong(void)
{
	if (!there) {
		there = create(it, false, false);
		back = create(it, false, false);
		start(partner, NULL);
	}
	set(it, there);
	wait_for(it, back);
}

static int ping, pong;

static void *partner_in_one(void *unused)
{
	wait_for(it, ping);
	for (;;)
		signal_and_wait(it, pong, ping);
	return unused;
}

static void row_ping_pong_in_one(void)
{
	if (!ping) {
		ping = create(it, false, false);
		pong = create(it, false, false);
		start(partner_in_one, NULL);
	}
	signal_and_wait(it, ping, pong);
}

enum { BOTH, NATIVE, SYNC };

static const struct {
	const char *name;
	void (*run)(void);
	int of;
} rows[] = {
	{ "getppid", row_nothing, BOTH },
	{ "futex: wake, nobody waits", row_futex, BOTH },
	{ "eventfd: write + read", row_eventfd, BOTH },
	{ "unknown ioctl on an object", row_null, BOTH },
	{ "SET", row_set, BOTH },
	{ "RESET", row_reset, BOTH },
	{ "CLEAR", row_clear, NATIVE },
	{ "PULSE", row_pulse, BOTH },
	{ "SET + RESET", row_set_reset, BOTH },
	{ "read the state of an event", row_read, BOTH },
	{ "WAIT_ONE, signaled", row_wait_one, NATIVE },
	{ "wait for 1, signaled", row_any_1, BOTH },
	{ "try WAIT_ONE, unsignaled", row_try_one, NATIVE },
	{ "try 1, unsignaled", row_try, BOTH },
	{ "SET + wait, synchronization event", row_set_wait, BOTH },
	{ "any of 8, first signaled", row_any_8, BOTH },
	{ "any of 64, first signaled", row_any_64, BOTH },
	{ "any of 64, last signaled", row_any_64_last, BOTH },
	{ "all of 2", row_all_2, BOTH },
	{ "all of 8", row_all_8, BOTH },
	{ "all of 64", row_all_64, BOTH },
	{ "create + close", row_create, BOTH },
	{ "open by name + close", row_open, NATIVE },
	{ "semaphore: release + wait", row_release_wait, SYNC },
	{ "semaphore: read", row_sem_read, SYNC },
	{ "mutex: wait + unlock", row_lock_unlock, SYNC },
	{ "mutex: read", row_mutex_read, SYNC },
	{ "mutex: kill, of another owner", row_kill_others, SYNC },
	/* From here on the process has several threads. */
	{ "ping-pong of two threads, by set and wait", row_ping_pong, BOTH },
	{ "ping-pong of two threads, by SIGNAL_AND_WAIT", row_ping_pong_in_one, NATIVE },
};

/* The median of batches, as timer ticks hit some of them. */
static int64_t cost(void (*run)(void))
{
	enum { BATCHES = 41, CALLS = 50 };
	int64_t samples[BATCHES];
	int i, j;

	for (i = 0; i < BATCHES; i++) {
		int64_t start = now();

		for (j = 0; j < CALLS; j++)
			run();
		samples[i] = (now() - start) / CALLS;
	}
	return median(samples, BATCHES);
}

/* An instruction without effect that the plugins of QEMU recognise. */
#define MARK	asm volatile(".byte 0x0f, 0x1f, 0x84, 0x00, 0x4e, 0x54, 0x37, 0x13" ::: "memory")

/* The number of processes that are not ready to be profiled. All processes share it. */
static int *unready;

/*
 * Continues in COUNT processes, each on its own processor. At the end the first process waits for
 * the others.
 */
static void split(int count)
{
	cpu_set_t set;
	int i;

	unready = mmap(NULL, sizeof(*unready), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (unready == MAP_FAILED)
		fail("mmap");
	*unready = count;
	for (i = count - 1; i && check(fork(), "fork"); i--)
		;
	CPU_ZERO(&set);
	CPU_SET(i, &set);
	check(sched_setaffinity(0, sizeof(set), &set), "affinity");
}

static void profile(void (*run)(void))
{
	int i;

	for (i = 0; i < 300; i++)
		run();
	/* All processors begin together. */
	__atomic_sub_fetch(unready, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(unready, __ATOMIC_SEQ_CST))
		;
	MARK;
	for (i = 0; i < 1000; i++)
		run();
	MARK;
}

int main(int argc, char **argv)
{
	struct ntsync_sem_args sem = { .count = 0, .max = 2 };
	struct ntsync_mutex_args mut = { 0 };
	unsigned int i;

	if (argc < 2)
		return 2;
	split(argc > 3 ? atoi(argv[3]) : 1);
	it = open_driver(argv[1]);
	signaled = create(it, true, true);
	closed = create(it, true, false);
	automatic = create(it, false, false);
	for (i = 0; i < MANY; i++)
		signals[i] = create(it, true, true);
	if (!it.native) {
		semaphore = check(ioctl(it.dev, NTSYNC_IOC_CREATE_SEM, &sem), "create a semaphore");
		mutex = check(ioctl(it.dev, NTSYNC_IOC_CREATE_MUTEX, &mut), "create a mutex");
	}
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].of == (it.native ? SYNC : NATIVE))
			continue;
		if (argc == 2)
			printf("%s\t%lld\n", rows[i].name, (long long)cost(rows[i].run));
		else if (!strcmp(argv[2], rows[i].name))
			profile(rows[i].run);
	}
	while (wait(NULL) >= 0)
		;
	return 0;
}
