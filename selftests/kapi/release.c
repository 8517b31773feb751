// SPDX-License-Identifier: GPL-2.0
/* E2: which waiters are released, with kernel threads as waiters. */
#include <linux/sched/signal.h>
#include "test.h"

#define WAITERS 5

static void start_five(struct test *t, KEVENT *e, struct waiter **w)
{
	int i;

	for (i = 0; i < WAITERS; i++)
		DO(w[i] = start_waiter(t, e));
}

/* Checks that of five waiters exactly the first COUNT have been released. */
static void released_are(struct test *t, struct waiter **w, int count)
{
	int i;

	for (i = 0; i < WAITERS; i++)
		if (i < count)
			EQ(STATUS_SUCCESS, outcome(w[i]));
		else
			OK(is_blocked(w[i]));
}

void V033_notification_set_releases_all(struct test *t)
{
	KEVENT *e = event(t, NotificationEvent, FALSE);
	struct waiter *w[WAITERS];

	DO(start_five(t, e, w));
	EQ(0, KeSetEvent(e, 0, FALSE));
	DO(released_are(t, w, WAITERS));
	EQ(1, KeReadStateEvent(e));
	EQ(1, KeResetEvent(e));
	/* The queue is empty, so the event stays signaled. */
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(1, KeReadStateEvent(e));
}

void V034_sync_set_releases_oldest(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);
	struct waiter *w[WAITERS];

	DO(start_five(t, e, w));
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(0, KeReadStateEvent(e));
	DO(released_are(t, w, 1));
	EQ(0, KeReadStateEvent(e));
}

void V035_sync_sets_release_in_order(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);
	struct waiter *w[WAITERS];
	int i;

	DO(start_five(t, e, w));
	for (i = 1; i <= WAITERS; i++) {
		EQ(0, KeSetEvent(e, 0, FALSE));
		DO(released_are(t, w, i));
	}
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(1, KeReadStateEvent(e));
}

void V036_notification_pulse_releases_all(struct test *t)
{
	KEVENT *e = event(t, NotificationEvent, FALSE);
	struct waiter *w[WAITERS];

	DO(start_five(t, e, w));
	EQ(0, KePulseEvent(e, 0, FALSE));
	EQ(0, KeReadStateEvent(e));
	DO(released_are(t, w, WAITERS));
	EQ(0, KeReadStateEvent(e));
}

void V037_sync_pulse_releases_oldest(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);
	struct waiter *w[WAITERS];

	DO(start_five(t, e, w));
	EQ(0, KePulseEvent(e, 0, FALSE));
	EQ(0, KeReadStateEvent(e));
	DO(released_are(t, w, 1));
	EQ(0, KeReadStateEvent(e));
}

void V038_V039_signal_is_handed_over(struct test *t)
{
	int i;

	/* Repeat, so that the signal meets the waiter at each point of its wake-up. */
	for (i = 0; i < 50; i++) {
		KEVENT *e = event(t, SynchronizationEvent, FALSE);
		struct waiter *w;

		DO(w = start_waiter(t, e));
		EQ(0, KeSetEvent(e, 0, FALSE));
		EQ(0, KeReadStateEvent(e));
		EQ(STATUS_TIMEOUT, test_event(e));
		EQ(STATUS_SUCCESS, outcome(w));
		OK(release_waiters(t));
	}
}

static void release_one(struct test *t, EVENT_TYPE type, LONG (*operation)(PRKEVENT, KPRIORITY, BOOLEAN), LONG state)
{
	KEVENT *e = event(t, type, FALSE);
	struct waiter *w;

	DO(w = start_waiter(t, e));
	EQ(0, operation(e, 0, FALSE));
	EQ(state, KeReadStateEvent(e));
	EQ(STATUS_SUCCESS, outcome(w));
	EQ(state, KeReadStateEvent(e));
}

void V040_notification_set_releases_one(struct test *t) { release_one(t, NotificationEvent, KeSetEvent, 1); }
void V041_sync_pulse_releases_one(struct test *t) { release_one(t, SynchronizationEvent, KePulseEvent, 0); }
void V042_notification_pulse_releases_one(struct test *t) { release_one(t, NotificationEvent, KePulseEvent, 0); }

void V043_pulse_is_not_kept(struct test *t)
{
	int type;

	for (type = NotificationEvent; type <= SynchronizationEvent; type++) {
		KEVENT *e = event(t, type, TRUE);
		struct waiter *w;

		EQ(1, KePulseEvent(e, 0, FALSE));
		DO(w = start_waiter(t, e));
		OK(is_blocked(w));
		EQ(0, KePulseEvent(e, 0, FALSE));
		EQ(STATUS_SUCCESS, outcome(w));
	}
}

void V044_set_after_a_timeout_is_kept(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);
	LARGE_INTEGER soon = milliseconds(10);

	EQ(STATUS_TIMEOUT, KeWaitForSingleObject(e, Executive, KernelMode, FALSE, &soon));
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(1, KeReadStateEvent(e));
}

/* NT's boosting set has no routine here. It is a set with an increment. */
void V045_set_with_boost_releases_wait_any(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);
	struct waiter *w;

	t->objects[0] = event(t, SynchronizationEvent, FALSE);
	t->objects[1] = e;
	DO(w = start_many(t, WaitAny, t->objects, 2));
	EQ(0, KeSetEvent(e, EVENT_INCREMENT, FALSE));
	EQ(0, KeReadStateEvent(e));
	EQ(STATUS_WAIT_0 + 1, outcome(w));
}

void V046_increment_has_no_effect(struct test *t)
{
	KPRIORITY increment;

	for (increment = -1; increment <= 8; increment++) {
		KEVENT *e = event(t, SynchronizationEvent, FALSE), *n = event(t, NotificationEvent, FALSE);
		struct waiter *first, *second, *third;

		DO(first = start_waiter(t, e));
		DO(second = start_waiter(t, e));
		DO(third = start_waiter(t, n));
		EQ(0, KeSetEvent(e, increment, FALSE));
		EQ(STATUS_SUCCESS, outcome(first));
		OK(is_blocked(second));
		EQ(0, KePulseEvent(e, increment, FALSE));
		EQ(STATUS_SUCCESS, outcome(second));
		EQ(0, KeSetEvent(n, increment, FALSE));
		EQ(1, KeSetEvent(n, increment, FALSE));
		EQ(STATUS_SUCCESS, outcome(third));
		OK(release_waiters(t));
	}
}

#define ROUNDS 1000

struct peer {
	KEVENT *w, *e;
	int nonzero;
	bool stop;
	NTSTATUS status;
};

static int peer_main(void *argument)
{
	struct peer *p = argument;
	int i;

	for (i = 0; i < ROUNDS && !p->status; i++) {
		p->status = KeWaitForSingleObject(p->w, Executive, KernelMode, FALSE, NULL);
		if (READ_ONCE(p->stop))
			break;
		/* The peer waits or is about to wait, so the event must be unsignaled. */
		if (KeSetEvent(p->e, 0, FALSE))
			p->nonzero++;
	}
	return 0;
}

void V047_set_and_wait_in_turn(struct test *t)
{
	struct peer peer = { .w = event(t, SynchronizationEvent, FALSE), .e = event(t, SynchronizationEvent, FALSE) };
	LARGE_INTEGER lost = LOST;
	struct task_struct *task;
	NTSTATUS status = 0;
	int i, nonzero = 0;

	task = begin_thread(peer_main, &peer);
	OK(task);
	for (i = 0; i < ROUNDS && !status; i++) {
		nonzero += KeSetEvent(peer.w, 0, TRUE) != 0;
		status = KeWaitForSingleObject(peer.e, Executive, KernelMode, FALSE, &lost);
	}
	/* Release a peer whose wait this side gave up on. */
	if (status) {
		WRITE_ONCE(peer.stop, true);
		KeSetEvent(peer.w, 0, FALSE);
	}
	kthread_stop_put(task);
	EQ(STATUS_SUCCESS, status);
	EQ(STATUS_SUCCESS, peer.status);
	EQ(0, nonzero);
	EQ(0, peer.nonzero);
}

/* Wait=TRUE has no effect. It releases the same waiters and holds no lock. */
void S2_wait_flag_has_no_effect(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);
	struct waiter *w;

	EQ(0, KeSetEvent(e, 0, TRUE));
	OK(!in_atomic() && !irqs_disabled());
	EQ(1, KeSetEvent(e, 0, TRUE));
	EQ(1, KePulseEvent(e, 0, TRUE));
	OK(!in_atomic() && !irqs_disabled());
	EQ(0, KeReadStateEvent(e));
	DO(w = start_waiter(t, e));
	EQ(0, KeSetEvent(e, 0, TRUE));
	EQ(STATUS_SUCCESS, outcome(w));
	EQ(0, KeReadStateEvent(e));
	DO(w = start_waiter(t, e));
	EQ(0, KePulseEvent(e, 0, TRUE));
	EQ(STATUS_SUCCESS, outcome(w));
	/* Any byte but 0 is TRUE. */
	EQ(0, KeSetEvent(e, 0, 0xff));
	EQ(1, KeReadStateEvent(e));
}

void V049_wait_any_leaves_the_other_queues(struct test *t)
{
	KEVENT *a = event(t, SynchronizationEvent, FALSE), *b = event(t, SynchronizationEvent, FALSE);
	struct waiter *w;

	t->objects[0] = a;
	t->objects[1] = b;
	DO(w = start_many(t, WaitAny, t->objects, 2));
	EQ(0, KeSetEvent(a, 0, FALSE));
	EQ(0, KeSetEvent(b, 0, FALSE));
	EQ(1, KeReadStateEvent(b));
	EQ(STATUS_WAIT_0, outcome(w));
	EQ(0, KeReadStateEvent(a));
	EQ(1, KeReadStateEvent(b));
}

void V050_wait_any_keeps_its_place(struct test *t)
{
	KEVENT *a = event(t, SynchronizationEvent, FALSE), *b = event(t, SynchronizationEvent, FALSE);
	struct waiter *first, *second;

	t->objects[0] = a;
	t->objects[1] = b;
	DO(first = start_many(t, WaitAny, t->objects, 2));
	DO(second = start_waiter(t, b));
	EQ(0, KeSetEvent(b, 0, FALSE));
	EQ(STATUS_WAIT_0 + 1, outcome(first));
	OK(is_blocked(second));
	EQ(0, KeReadStateEvent(b));
}

/* Runs in a process that is killed while it waits. No signal reaches it after that. */
struct killing {
	struct test *test;
	KEVENT *e;
	bool asleep;
};

static int kill_main(void *argument)
{
	unsigned long end;
	struct killing *k = argument;

	k->asleep = await_asleep(k->test->caller, false);
	send_sig(SIGKILL, k->test->caller, 1);
	end = jiffies + SOON;
	while (!kthread_should_stop()) {
		schedule_timeout_interruptible(1);
		/* If the wait ignores the signal, the test must not hang. */
		if (time_after(jiffies, end))
			KeSetEvent(k->e, 0, FALSE);
	}
	return 0;
}

void V051_signal_is_not_lost_to_a_killed_waiter(struct test *t)
{
	struct killing k = { t, event(t, SynchronizationEvent, FALSE) };
	struct task_struct *task;
	NTSTATUS status;

	task = begin_thread(kill_main, &k);
	OK(task);
	status = KeWaitForSingleObject(k.e, Executive, UserMode, FALSE, NULL);
	kthread_stop_put(task);
	EQ(STATUS_USER_APC, status);
	OK(k.asleep);
	OK(fatal_signal_pending(current));
	EQ(0, KeReadStateEvent(k.e));
	EQ(0, KeSetEvent(k.e, 0, FALSE));
	EQ(1, KeReadStateEvent(k.e));
}

/* The first waiter's timeout meets a set. It gets either the signal or the timeout. */
void V052_timeout_meets_a_set(struct test *t)
{
	int i, taken = 0, late = 0;

	for (i = 0; i < 200; i++) {
		KEVENT *e = &t->events[0];
		struct waiter *first, *second;
		NTSTATUS status;
		LONG state;

		KeInitializeEvent(e, SynchronizationEvent, FALSE);
		first = new_waiter(t, e);
		first->timed = true;
		/*
		 * Some surely time out and some surely do not. Starting the second takes a while.
		 */
		first->timeout.QuadPart = i % 8 == 0 ? -1 : i % 8 == 1 ? -200000000LL : -10000LL - 500LL * i;
		DO(begin(t, first));
		DO(second = start_waiter(t, e));
		EQ(0, KeSetEvent(e, 0, FALSE));
		state = KeReadStateEvent(e);
		status = outcome(first);
		EQ(0, state);
		if (status == STATUS_SUCCESS) {
			taken++;
			OK(is_blocked(second));
			EQ(0, KeSetEvent(e, 0, FALSE));
		} else {
			late++;
			EQ(STATUS_TIMEOUT, status);
		}
		EQ(STATUS_SUCCESS, outcome(second));
		EQ(0, KeReadStateEvent(e));
		OK(release_waiters(t));
	}
	OK(taken >= 20);
	OK(late >= 20);
}

void V053_handle_closed_while_waited_for(struct test *t)
{
	struct waiter *w;
	PVOID pointer;
	HANDLE handle;

	EQ(STATUS_SUCCESS, create_kernel(&handle, SynchronizationEvent, FALSE));
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, 0, *ExEventObjectType, KernelMode, &pointer, NULL));
	DO(w = new_waiter(t, NULL));
	w->handle = handle;
	DO(start(t, w));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	OK(is_blocked(w));
	EQ(STATUS_INVALID_HANDLE, ZwSetEvent(handle, NULL));
	EQ(0, KeSetEvent(pointer, 0, FALSE));
	EQ(STATUS_SUCCESS, outcome(w));
	ObDereferenceObject(pointer);
}
