// SPDX-License-Identifier: GPL-2.0
/* V238, V48: the same calls, and the last dereference, in every context that allows them. */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include "test.h"

struct detour {
	void (*function)(void *argument);
	void *argument;
	bool there;		/* ran in the expected context */
	struct completion done;
	struct hrtimer timer;
	struct tasklet_struct tasklet;
};

static DEFINE_SPINLOCK(held);

/* On PREEMPT_RT a spinlock_t may sleep. NT allows these calls at DISPATCH_LEVEL at most, too. */
bool is_available(enum context context)
{
	return !IS_ENABLED(CONFIG_PREEMPT_RT) ||
	       (context != HARD_IRQ && context != IRQS_OFF && context != PREEMPTION_OFF);
}

static void on_tasklet(struct tasklet_struct *tasklet)
{
	struct detour *d = container_of(tasklet, struct detour, tasklet);

	d->there = in_serving_softirq();
	d->function(d->argument);
	complete(&d->done);
}

static enum hrtimer_restart on_timer(struct hrtimer *timer)
{
	struct detour *d = container_of(timer, struct detour, timer);

	d->there = in_hardirq();
	d->function(d->argument);
	complete(&d->done);
	return HRTIMER_NORESTART;
}

/* Calls FUNCTION in CONTEXT. Returns after it has returned. */
void in_context(enum context context, void (*function)(void *argument), void *argument)
{
	struct detour d = { .function = function, .argument = argument, .there = true };
	unsigned long flags;

	init_completion(&d.done);
	switch (context) {
	case RCU_READER:
		rcu_read_lock();
		function(argument);
		rcu_read_unlock();
		break;
	case SPINLOCK:
		spin_lock(&held);
		function(argument);
		spin_unlock(&held);
		break;
	case PREEMPTION_OFF:
		preempt_disable();
		function(argument);
		preempt_enable();
		break;
	case BH_OFF:
		local_bh_disable();
		function(argument);
		local_bh_enable();
		break;
	case IRQS_OFF:
		local_irq_save(flags);
		function(argument);
		local_irq_restore(flags);
		break;
	case SOFTIRQ:
		tasklet_setup(&d.tasklet, on_tasklet);
		tasklet_schedule(&d.tasklet);
		wait_for_completion(&d.done);
		tasklet_kill(&d.tasklet);
		break;
	case HARD_IRQ:
		/*
		 * Not a _HARD mode, in which lockdep forbids a spinlock_t. Without RT it is in
		 * hard-irq context anyway.
		 */
		hrtimer_setup_on_stack(&d.timer, on_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
		hrtimer_start(&d.timer, us_to_ktime(10), HRTIMER_MODE_REL);
		wait_for_completion(&d.done);
		hrtimer_cancel(&d.timer);
		destroy_hrtimer_on_stack(&d.timer);
		break;
	default:
		function(argument);
	}
	WARN_ON(!d.there);
}

/* The results of a sequence of every operation that any context allows. */
struct sequence {
	KEVENT *e;
	EVENT_TYPE type;
	LONG results[16];
	NTSTATUS statuses[4];
};

static void run_sequence(void *argument)
{
	struct sequence *s = argument;
	LONG *r = s->results;

	KeInitializeEvent(s->e, s->type, FALSE);
	*r++ = KeReadStateEvent(s->e);
	*r++ = KeSetEvent(s->e, 0, FALSE);
	*r++ = KeReadStateEvent(s->e);
	*r++ = KeSetEvent(s->e, 3, FALSE);
	*r++ = KeResetEvent(s->e);
	*r++ = KeReadStateEvent(s->e);
	*r++ = KeResetEvent(s->e);
	KeSetEvent(s->e, 0, FALSE);
	KeClearEvent(s->e);
	*r++ = KeReadStateEvent(s->e);
	*r++ = KePulseEvent(s->e, 0, FALSE);
	KeSetEvent(s->e, 0, FALSE);
	*r++ = KePulseEvent(s->e, 1, FALSE);
	*r++ = KeReadStateEvent(s->e);
	KeInitializeEvent(s->e, s->type, TRUE);
	*r++ = KeReadStateEvent(s->e);
	s->statuses[0] = test_event(s->e);
	s->statuses[1] = test_event(s->e);
	*r++ = KeReadStateEvent(s->e);
	*r++ = KeSetEvent(NULL, 0, FALSE);
}

void V238_same_results_in_every_context(struct test *t)
{
	static const LONG want[] = { 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1 };
	enum context context;
	int type, i;

	for (type = NotificationEvent; type <= SynchronizationEvent; type++)
		for (context = PROCESS; context < CONTEXTS; context++) {
			struct sequence s = { .e = &t->events[0], .type = type };

			if (!is_available(context))
				continue;
			memset(s.results, 0x5a, sizeof(s.results));
			in_context(context, run_sequence, &s);
			for (i = 0; i < ARRAY_SIZE(want); i++)
				EQ(want[i], s.results[i]);
			EQ(type == NotificationEvent, s.results[i]);
			EQ(0, s.results[i + 1]);
			EQ(STATUS_SUCCESS, s.statuses[0]);
			EQ(type == NotificationEvent ? STATUS_SUCCESS : STATUS_TIMEOUT, s.statuses[1]);
		}
}

struct release {
	KEVENT *e;
	LONG (*operation)(PRKEVENT, KPRIORITY, BOOLEAN);
	LONG previous;
};

static void do_release(void *argument)
{
	struct release *r = argument;

	r->previous = r->operation(r->e, EVENT_INCREMENT, FALSE);
}

void V048_waiters_are_released_from_every_context(struct test *t)
{
	static LONG (*const operations[])(PRKEVENT, KPRIORITY, BOOLEAN) = { KeSetEvent, KePulseEvent };
	enum context context;
	int type, i;

	for (context = PROCESS; context < CONTEXTS; context++)
		for (type = NotificationEvent; type <= SynchronizationEvent; type++)
			for (i = 0; i < ARRAY_SIZE(operations); i++) {
				struct release r = { &t->events[0], operations[i], -1 };
				struct waiter *one, *all;
				bool rest = type == NotificationEvent;

				if (!is_available(context))
					continue;
				t->event_count = 0;
				t->objects[0] = event(t, type, FALSE);
				t->objects[1] = event(t, NotificationEvent, TRUE);
				DO(one = start_waiter(t, r.e));
				DO(all = start_many(t, WaitAll, t->objects, 2));
				in_context(context, do_release, &r);
				EQ(0, r.previous);
				EQ(STATUS_SUCCESS, outcome(one));
				if (rest) {
					EQ(STATUS_SUCCESS, outcome(all));
				} else {
					OK(is_blocked(all));
					in_context(context, do_release, &r);
					EQ(STATUS_SUCCESS, outcome(all));
				}
				EQ(rest && operations[i] == KeSetEvent, KeReadStateEvent(r.e));
				OK(release_waiters(t));
			}
}

static void dereference(void *pointer)
{
	ObDereferenceObject(pointer);
}

static void reference_and_dereference(void *pointer)
{
	ObReferenceObject(pointer);
	ObDereferenceObject(pointer);
}

/* kmemleak and the module's references show whether the object and what it held are freed. */
void last_dereference_in_every_context(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_last_dereference");
	enum context context;
	int named;

	for (context = PROCESS; context < CONTEXTS; context++)
		for (named = 0; named < 2; named++) {
			PVOID pointer;
			HANDLE handle;

			if (!is_available(context))
				continue;
			if (named)
				EQ(STATUS_SUCCESS, create_named(&handle, &name, 0));
			else
				EQ(STATUS_SUCCESS, create_kernel(&handle, NotificationEvent, TRUE));
			EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &pointer, NULL));
			in_context(context, reference_and_dereference, pointer);
			EQ(STATUS_SUCCESS, ZwClose(handle));
			EQ(named ? 0 : 1, KeReadStateEvent(pointer));
			in_context(context, dereference, pointer);
		}
}

/* A thread works when a "DPC" tells it to, as in S2, with a notification event for each request. */
struct work {
	KEVENT *request, *done;
	int served;
	bool stop;
	NTSTATUS status;
};

static int worker_main(void *argument)
{
	struct work *w = argument;

	for (;;) {
		w->status = KeWaitForSingleObject(w->request, Executive, KernelMode, FALSE, NULL);
		if (READ_ONCE(w->stop) || w->status)
			break;
		w->served++;
		KeSetEvent(w->done, EVENT_INCREMENT, FALSE);
	}
	return 0;
}

static void dpc(void *argument)
{
	struct work *w = argument;

	KeSetEvent(w->request, EVENT_INCREMENT, FALSE);
}

void S2_dpc_wakes_the_worker(struct test *t)
{
	struct work w = { event(t, SynchronizationEvent, FALSE), event(t, NotificationEvent, FALSE) };
	LARGE_INTEGER lost = LOST;
	struct task_struct *task = begin_thread(worker_main, &w);
	NTSTATUS status = 0;
	int i;

	OK(task);
	for (i = 0; i < 100 && !status; i++) {
		KeClearEvent(w.done);
		in_context(IS_ENABLED(CONFIG_PREEMPT_RT) || i % 2 ? SOFTIRQ : HARD_IRQ, dpc, &w);
		status = KeWaitForSingleObject(w.done, Executive, KernelMode, FALSE, &lost);
	}
	WRITE_ONCE(w.stop, true);
	KeSetEvent(w.request, 0, FALSE);
	kthread_stop_put(task);
	EQ(STATUS_SUCCESS, status);
	EQ(STATUS_SUCCESS, w.status);
	EQ(100, w.served);
}

/* A kernel handle belongs to no process, so it works wherever a pointer to its event does. */
struct handle_sequence {
	HANDLE handle;
	LONG previous[4];
	EVENT_BASIC_INFORMATION information;
	NTSTATUS statuses[9];
};

static void run_handle_sequence(void *argument)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };
	struct handle_sequence *s = argument;
	NTSTATUS *status = s->statuses;
	PVOID pointer;

	*status++ = ZwSetEvent(s->handle, &s->previous[0]);
	*status++ = ZwResetEvent(s->handle, &s->previous[1]);
	*status++ = ZwSetEvent(s->handle, &s->previous[2]);
	*status++ = ZwQueryEvent(s->handle, 0, &s->information, sizeof(s->information), NULL);
	*status++ = ZwPulseEvent(s->handle, &s->previous[3]);
	*status++ = ZwSetEvent(s->handle, NULL);
	*status++ = ZwClearEvent(s->handle);
	*status = ObReferenceObjectByHandle(s->handle, 0, *ExEventObjectType, KernelMode, &pointer, NULL);
	if (*status++ == STATUS_SUCCESS)
		ObDereferenceObject(pointer);
	*status = ZwWaitForSingleObject(s->handle, FALSE, &zero);
}

void V238_kernel_handle_in_every_context(struct test *t)
{
	static const LONG want[] = { 0, 1, 0, 1 };
	struct handle_sequence s = {};
	enum context context;
	int i;

	EQ(STATUS_SUCCESS, create_kernel(&s.handle, NotificationEvent, FALSE));
	for (context = PROCESS; context < CONTEXTS; context++) {
		if (!is_available(context))
			continue;
		memset(s.previous, 0x5a, sizeof(s.previous));
		in_context(context, run_handle_sequence, &s);
		for (i = 0; i < ARRAY_SIZE(want); i++)
			EQ(want[i], s.previous[i]);
		for (i = 0; i < 8; i++)
			EQ(STATUS_SUCCESS, s.statuses[i]);
		EQ(STATUS_TIMEOUT, s.statuses[8]);
		EQ(1, s.information.EventState);
	}
	EQ(STATUS_SUCCESS, ZwClose(s.handle));
}
