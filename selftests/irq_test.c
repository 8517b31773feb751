// SPDX-License-Identifier: GPL-2.0
/*
 * Sets events in hard interrupts, softirqs and under spinlocks against waiters of every kind. Needs
 * irq.ko, the test module in irq/, otherwise skips.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include "stress.h"
#include "irq/irq.h"

#define EVENTS 4

FIXTURE(irq) {
	int dev;
	int driver;
};

FIXTURE_VARIANT(irq) {
	int context;
};

FIXTURE_VARIANT_ADD(irq, hard) { .context = IRQ_HARD };
FIXTURE_VARIANT_ADD(irq, soft) { .context = IRQ_SOFT };
FIXTURE_VARIANT_ADD(irq, tasklet) { .context = IRQ_TASKLET };
FIXTURE_VARIANT_ADD(irq, spin) { .context = IRQ_SPIN };

static struct {
	int dev, driver, context;
	int fds[EVENTS];
	int quit;	/* a notification event that ends all waits */
	atomic_long taken[EVENTS];
	atomic_int unexpected;
	atomic_bool stop;
	pthread_t thread;
	struct irq_start start;
	struct irq_result result;
} run;

FIXTURE_SETUP(irq)
{
	self->dev = open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
	if (self->dev < 0 && errno == ENOENT)
		SKIP(return, "/dev/ntevent is not there: load the module");
	self->driver = open("/dev/ntevent_irq", O_RDWR | O_CLOEXEC);
	if (self->driver < 0)
		SKIP(return, "/dev/ntevent_irq is not there: load the test module irq.ko");
	run.dev = self->dev;
	run.driver = self->driver;
	run.context = variant->context;
	run.quit = create(self->dev, NOTIFICATION, 0);
}

FIXTURE_TEARDOWN(irq)
{
	close(self->driver);
	close(self->dev);
}

/* The spinlock context runs in a thread of this program, a thousand commands at a time. */
static struct irq_result spin_result;

static void *spin_main(void *arg)
{
	while (!atomic_load(&run.stop)) {
		const __u64 *from;
		__u64 *to = (__u64 *)&spin_result;
		struct irq_result part;

		if (ioctl(run.driver, IRQ_IOC_START, &run.start) || ioctl(run.driver, IRQ_IOC_STOP, &part)) {
			atomic_store(&run.unexpected, -errno);
			break;
		}
		/* All fields but the last are counters. */
		for (from = (__u64 *)&part; from < (__u64 *)&part.rt; )
			*to++ += *from++;
		spin_result.rt = part.rt;
	}
	return NULL;
}

/* Makes the module run COMMANDS (letters of "SRCP") on COUNT events in turn, one per PERIOD us. */
static bool start_driver(const char *commands, int count, int period)
{
	static const char letters[] = "SRCP";
	int i;

	/* A slow machine needs time for other threads. */
	run.start = (struct irq_start){ .count = count, .context = run.context, .period_us = period * slowness() };
	for (i = 0; i < count; i++)
		run.start.fds[i] = run.fds[i];
	for (i = 0; commands[i]; i++)
		run.start.commands[i] = strchr(letters, commands[i]) - letters;
	run.start.command_count = i;
	if (run.context == IRQ_SPIN) {
		run.start.shots = 1000;
		return !pthread_create(&run.thread, NULL, spin_main, NULL);
	}
	return !ioctl(run.driver, IRQ_IOC_START, &run.start);
}

/* Runs for the budget, then stops the module and ends all remaining waits. */
static bool stop_driver(void)
{
	spend_budget();
	if (run.context == IRQ_SPIN) {
		atomic_store(&run.stop, true);
		pthread_join(run.thread, NULL);
		run.result = spin_result;
	} else if (ioctl(run.driver, IRQ_IOC_STOP, &run.result)) {
		return false;
	}
	atomic_store(&run.stop, true);
	return set(run.quit) == 0;
}

/* Checks that the module ran in the expected context and that no command failed. */
static void check_driver(struct __test_metadata *_metadata)
{
	struct irq_result *r = &run.result;

	TH_LOG("%llu shots", (unsigned long long)r->shots);
	ASSERT_EQ(0, atomic_load(&run.unexpected));
	ASSERT_LT(0, r->shots);
	ASSERT_EQ(0, r->errors);
	if (r->rt)
		return;
	ASSERT_EQ(run.context == IRQ_HARD ? r->shots : 0, r->in_hardirq);
	if (run.context == IRQ_SOFT || run.context == IRQ_TASKLET)
		ASSERT_EQ(r->shots, r->in_softirq);
	if (run.context == IRQ_HARD || run.context == IRQ_SPIN)
		ASSERT_EQ(r->shots, r->irqs_off);
}

static void check_tokens(struct __test_metadata *_metadata)
{
	long total = 0;
	int i;

	for (i = 0; i < EVENTS; i++) {
		ASSERT_EQ(0, fdinfo(run.fds[i], "waiters"));
		ASSERT_EQ(run.result.set_0[i],
			  atomic_load(&run.taken[i]) + run.result.reset_1[i] + state(run.fds[i]));
		total += atomic_load(&run.taken[i]);
	}
	TH_LOG("%ld tokens taken", total);
}

static void took(int result, int count)
{
	if (result >= 0 && result < count)
		atomic_fetch_add(&run.taken[result], 1);
	else if (result != TIMEOUT)
		atomic_store(&run.unexpected, result ? result : -EPROTO);
}

/* Waits of every kind with short timeouts. */
static void *impatient(void *arg)
{
	const int64_t timeouts[] = { 0, -1, -500, MILLISECONDS(1) };
	int kind = (intptr_t)arg, i;

	while (!atomic_load(&run.stop)) {
		int64_t timeout = timeouts[random_below(ARRAY_SIZE(timeouts))];
		int first = random_below(EVENTS - 1), result;

		if (kind == 0) {
			took(wait_any(run.dev, run.fds, EVENTS, timeout), EVENTS);
		} else if (kind == 1) {
			result = wait_one(run.fds[first], timeout);
			if (result == 0)
				atomic_fetch_add(&run.taken[first], 1);
			else
				took(result, 0);
		} else {
			result = wait_all(run.dev, run.fds + first, 2, timeout);
			for (i = 0; result == 0 && i < 2; i++)
				atomic_fetch_add(&run.taken[first + i], 1);
			if (result)
				took(result, 0);
		}
	}
	return NULL;
}

static void create_events(uint32_t type)
{
	int i;

	for (i = 0; i < EVENTS; i++)
		run.fds[i] = create(run.dev, type, 0);
}

/* Runs COMMANDS on synchronization events against six threads that run TAKER, in KINDS variants. */
static void take_tokens(struct __test_metadata *_metadata, const char *commands, void *(*taker)(void *),
			int kinds)
{
	pthread_t threads[6];
	int i;

	create_events(SYNCHRONIZATION);
	for (i = 0; i < 6; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, taker, (void *)(intptr_t)(i % kinds)));
	ASSERT_TRUE(start_driver(commands, EVENTS, 50));
	ASSERT_TRUE(stop_driver());
	for (i = 0; i < 6; i++)
		pthread_join(threads[i], NULL);
	check_driver(_metadata);
	check_tokens(_metadata);
}

STRESS_F(irq, tokens_are_conserved)
{
	take_tokens(_metadata, "SSSR", impatient, 3);
}

/* Takes signals until none is left and QUIT is set. */
static void *patient(void *arg)
{
	int fds[EVENTS + 1], i, result;

	for (i = 0; i < EVENTS; i++)
		fds[i] = run.fds[i];
	fds[EVENTS] = run.quit;
	for (;;) {
		result = wait_any(run.dev, fds, EVENTS + 1, LOST);
		if (result == EVENTS)
			return NULL;
		if (result == TIMEOUT)
			break;
		took(result, EVENTS);
	}
	atomic_store(&run.unexpected, result);
	return NULL;
}

STRESS_F(irq, no_wakeup_is_lost)
{
	int i;

	take_tokens(_metadata, "S", patient, 1);
	for (i = 0; i < EVENTS; i++)
		ASSERT_EQ(0, state(run.fds[i]));
}

/* Waits for pairs until the alert is set. The waits for all make the module take wait_all_lock. */
static void *patient_for_pairs(void *arg)
{
	const int first = (intptr_t)arg;
	const uint32_t flags = NTEVENT_WAIT_ALL | NTEVENT_WAIT_ALERT;

	for (;;) {
		int result = wait_on(run.dev, run.fds + first, 2, flags, LOST, run.quit);

		if (result == USER_APC)
			return NULL;
		if (result) {
			atomic_store(&run.unexpected, result);
			return NULL;
		}
		atomic_fetch_add(&run.taken[first], 1);
		atomic_fetch_add(&run.taken[first + 1], 1);
	}
}

STRESS_F(irq, waits_for_all_are_completed)
{
	int i;

	take_tokens(_metadata, "S", patient_for_pairs, EVENTS - 1);
	/* No pair stayed signaled that a thread waited for. */
	for (i = 0; i < EVENTS - 1; i++)
		ASSERT_FALSE(state(run.fds[i]) && state(run.fds[i + 1]));
}

/* Waits again and again until the event stays signaled. */
static void *released(void *arg)
{
	while (!atomic_load(&run.stop)) {
		int result = wait_one(run.fds[0], LOST);

		if (result)
			atomic_store(&run.unexpected, result);
		else
			atomic_fetch_add(&run.taken[0], 1);
	}
	return NULL;
}

static void release_all(struct __test_metadata *_metadata, const char *commands)
{
	pthread_t threads[6];
	int i;

	create_events(NOTIFICATION);
	for (i = 0; i < 6; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, released, NULL));
	ASSERT_TRUE(await_waiters(run.fds[0], 6));
	ASSERT_TRUE(start_driver(commands, 1, 100));
	ASSERT_TRUE(stop_driver());
	ASSERT_LE(0, set(run.fds[0]));
	for (i = 0; i < 6; i++)
		pthread_join(threads[i], NULL);
	check_driver(_metadata);
	ASSERT_EQ(0, fdinfo(run.fds[0], "waiters"));
	TH_LOG("%ld releases", atomic_load(&run.taken[0]));
}

STRESS_F(irq, notification_events_release_all) { release_all(_metadata, "SRSC"); }
STRESS_F(irq, pulses_release_all) { release_all(_metadata, "P"); }

/* Takes only what epoll reports. */
static void *epoll_main(void *arg)
{
	struct epoll_event events[EVENTS + 1];
	int epoll = (intptr_t)arg, count, i;
	bool quit = false;

	while (!quit) {
		count = epoll_wait(epoll, events, EVENTS + 1, SOON);
		if (count <= 0) {
			atomic_store(&run.unexpected, -ETIMEDOUT);
			break;
		}
		for (i = 0; i < count; i++) {
			int which = events[i].data.u32;

			if (which == EVENTS)
				quit = true;
			else
				while (wait_one(run.fds[which], 0) == 0)
					atomic_fetch_add(&run.taken[which], 1);
		}
	}
	return NULL;
}

static void take_by_epoll(struct __test_metadata *_metadata, uint32_t mode)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), quit = eventfd(0, EFD_CLOEXEC), i;
	struct epoll_event event = { .events = EPOLLIN };
	uint64_t one = 1;
	pthread_t thread;

	create_events(SYNCHRONIZATION);
	for (i = 0; i <= EVENTS; i++) {
		event.events = EPOLLIN | (i < EVENTS ? mode : 0);
		event.data.u32 = i;
		ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, i < EVENTS ? run.fds[i] : quit, &event));
	}
	ASSERT_EQ(0, pthread_create(&thread, NULL, epoll_main, (void *)(intptr_t)epoll));
	ASSERT_TRUE(start_driver("S", EVENTS, 100));
	ASSERT_TRUE(stop_driver());
	ASSERT_EQ(sizeof(one), write(quit, &one, sizeof(one)));
	pthread_join(thread, NULL);
	check_driver(_metadata);
	check_tokens(_metadata);
	/* epoll reported each set before the quit event. */
	for (i = 0; i < EVENTS; i++)
		ASSERT_EQ(0, state(run.fds[i]));
}

STRESS_F(irq, epoll_by_level) { take_by_epoll(_metadata, 0); }
STRESS_F(irq, epoll_by_edge) { take_by_epoll(_metadata, EPOLLET); }

/* The test module holds references to the events while it uses them, and drops them afterwards. */
STRESS_F(irq, events_are_held_and_let_go)
{
	long before = module_references();
	int i;

	if (run.context == IRQ_SPIN)
		SKIP(return, "it is not there between its commands");
	create_events(SYNCHRONIZATION);
	ASSERT_TRUE(start_driver("SRCP", EVENTS, 50));
	for (i = 0; i < EVENTS; i++)
		close(run.fds[i]);
	ASSERT_TRUE(stop_driver());
	check_driver(_metadata);
	ASSERT_TRUE(await_references(before));
}

TEST_F(nt, test_module_takes_events_alone)
{
	run.driver = open("/dev/ntevent_irq", O_RDWR | O_CLOEXEC);
	if (run.driver < 0)
		SKIP(return, "/dev/ntevent_irq is not there");
	run.fds[0] = open("/dev/null", O_RDONLY);
	ASSERT_FALSE(start_driver("S", 1, 50));
	ASSERT_EQ(EBADF, errno);
}

TEST_HARNESS_MAIN
