// SPDX-License-Identifier: GPL-2.0
/* Timeouts, and what ends a wait in which mode. UserMode waits are in the program's process. */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include "test.h"

/* 1601 to 1970 in units of 100 ns. */
#define EPOCH 116444736000000000LL

/* In milliseconds. A wait that takes longer had the wrong timeout, even on a slow machine. */
#define LATE 60000

static NTSTATUS wait_for(PVOID object, s64 timeout, s64 *elapsed_ms)
{
	LARGE_INTEGER value = { .QuadPart = timeout };
	ktime_t start = ktime_get();
	NTSTATUS status = KeWaitForSingleObject(object, UserRequest, KernelMode, FALSE, &value);

	*elapsed_ms = ktime_ms_delta(ktime_get(), start);
	return status;
}

void V087_no_timeout(struct test *t)
{
	KEVENT *e = event(t, NotificationEvent, FALSE);
	struct waiter *w;

	DO(w = start_waiter(t, e));
	msleep(300);
	OK(is_blocked(w));
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(STATUS_SUCCESS, outcome(w));
}

void V088_V089_zero_timeout(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, TRUE);
	unsigned long switches = current->nvcsw;

	EQ(STATUS_SUCCESS, test_event(e));
	EQ(STATUS_TIMEOUT, test_event(e));
	EQ(switches, current->nvcsw);
	EQ(0, KeReadStateEvent(e));
}

void V090_V091_relative_timeout(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);
	s64 ms;

	EQ(STATUS_TIMEOUT, wait_for(e, -1, &ms));
	EQ(STATUS_TIMEOUT, wait_for(e, -1000000, &ms));
	OK(ms >= 90);
	OK(ms < LATE);
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(STATUS_SUCCESS, wait_for(e, -1000000, &ms));
	EQ(0, KeReadStateEvent(e));
}

static s64 nt_now(void)
{
	return EPOCH + div_s64(ktime_get_real_ns(), 100);
}

void V092_V093_V094_absolute_timeout(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);
	s64 ms;

	EQ(STATUS_TIMEOUT, wait_for(e, nt_now() + 1000000, &ms));
	OK(ms >= 90);
	OK(ms < LATE);
	EQ(STATUS_TIMEOUT, wait_for(e, 1, &ms));
	OK(ms < LATE);
	EQ(STATUS_TIMEOUT, wait_for(e, nt_now() - 1, &ms));
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(STATUS_SUCCESS, wait_for(e, 1, &ms));
	EQ(0, KeReadStateEvent(e));
}

void V095_extreme_timeouts(struct test *t)
{
	static const s64 extremes[] = { S64_MAX, S64_MIN, S64_MAX - 1, S64_MIN + 1 };
	int i;

	for (i = 0; i < ARRAY_SIZE(extremes); i++) {
		KEVENT *e = event(t, NotificationEvent, FALSE);
		struct waiter *w = new_waiter(t, e);

		w->timed = true;
		w->timeout.QuadPart = extremes[i];
		DO(start(t, w));
		msleep(50);
		OK(is_blocked(w));
		EQ(0, KeSetEvent(e, 0, FALSE));
		EQ(STATUS_SUCCESS, outcome(w));
	}
}

void V114_stray_wake_ups_end_no_wait(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);
	struct waiter *w, *timed = new_waiter(t, e);
	ktime_t began = ktime_get();
	s64 ms;
	int i;

	timed->timed = true;
	timed->timeout = milliseconds(2000);
	DO(start(t, timed));
	DO(w = start_waiter(t, e));
	for (i = 0; i < 20; i++) {
		wake_up_process(timed->task);
		wake_up_process(w->task);
		OK(is_blocked(w));
		msleep(20);
	}
	EQ(STATUS_TIMEOUT, outcome(timed));
	ms = ktime_ms_delta(ktime_get(), began);
	OK(ms >= 1950);
	OK(ms < LATE);
	OK(is_blocked(w));
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(STATUS_SUCCESS, outcome(w));
	EQ(0, KeReadStateEvent(e));
}

/* The reason has no effect on a wait. In a kernel thread, neither do the mode and alertability. */
void reasons_have_no_effect(struct test *t)
{
	LARGE_INTEGER zero = { .QuadPart = 0 }, soon = milliseconds(1);
	int reason, mode, alertable;

	for (reason = Executive; reason <= UserRequest; reason++)
		for (mode = KernelMode; mode <= UserMode; mode++)
			for (alertable = FALSE; alertable <= TRUE; alertable++) {
				KEVENT *e = event(t, SynchronizationEvent, TRUE);

				t->event_count = 0;
				EQ(STATUS_SUCCESS, KeWaitForSingleObject(e, reason, mode, alertable, &soon));
				EQ(STATUS_TIMEOUT, KeWaitForSingleObject(e, reason, mode, alertable, &zero));
				EQ(STATUS_TIMEOUT, KeWaitForSingleObject(e, reason, mode, alertable, &soon));
				EQ(0, KeSetEvent(e, 0, FALSE));
				EQ(STATUS_SUCCESS, KeWaitForSingleObject(e, reason, mode, alertable, NULL));
			}
}

void S1_mutex_wait_is_the_same_routine(struct test *t)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };
	KEVENT *e = event(t, SynchronizationEvent, TRUE);

	EQ(STATUS_SUCCESS, KeWaitForMutexObject(e, Executive, KernelMode, FALSE, &zero));
	EQ(STATUS_TIMEOUT, KeWaitForMutexObject(e, Executive, KernelMode, FALSE, &zero));
	EQ(STATUS_INVALID_PARAMETER_1, KeWaitForMutexObject(NULL, Executive, KernelMode, FALSE, &zero));
}

/* A thread that signals its sleeping caller, and sets an event later if the caller still sleeps. */
struct signaller {
	struct test *test;
	int signal;
	KEVENT *e;
	bool ends;
	bool idle;
	bool asleep, still_asleep;
	struct task_struct *task;
};

static int signal_main(void *argument)
{
	unsigned long end;
	struct signaller *s = argument;
	struct task_struct *caller = s->test->caller;

	s->asleep = await_asleep(caller, s->idle);
	send_sig(s->signal, caller, 1);
	if (!s->ends) {
		/* Nothing tells that it goes on sleeping, so give it time. */
		msleep(200);
		s->still_asleep = is_asleep(caller, s->idle);
		KeSetEvent(s->e, 0, FALSE);
	}
	end = jiffies + SOON;
	while (!kthread_should_stop()) {
		schedule_timeout_interruptible(1);
		/* If the wait ignores the signal, the test must not hang. */
		if (s->ends && time_after(jiffies, end))
			KeSetEvent(s->e, 0, FALSE);
	}
	return 0;
}

static void signal_caller(struct test *t, struct signaller *s)
{
	s->test = t;
	s->task = begin_thread(signal_main, s);
	OK(s->task);
}

/*
 * One wait in this process with a mode, alertability and signal. ENDS says if the signal ends it.
 */
static void signalled(struct test *t, KPROCESSOR_MODE mode, BOOLEAN alertable, int signal, bool ends, ULONG count)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);
	struct signaller s = { .signal = signal, .e = e, .ends = ends, .idle = mode == KernelMode };
	NTSTATUS status;
	ULONG i;

	for (i = 0; i < count; i++)
		t->objects[i] = i ? event(t, SynchronizationEvent, FALSE) : e;
	DO(signal_caller(t, &s));
	if (count)
		status = KeWaitForMultipleObjects(count, t->objects, WaitAny, UserRequest, mode, alertable, NULL,
						  t->blocks);
	else
		status = KeWaitForSingleObject(e, UserRequest, mode, alertable, NULL);
	kthread_stop_put(s.task);
	OK(s.asleep);
	EQ(ends ? STATUS_USER_APC : STATUS_SUCCESS, status);
	if (!ends)
		OK(s.still_asleep);
	OK(signal_pending(current));
	/* The wait has left the queue and consumed nothing. */
	EQ(0, KeReadStateEvent(e));
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(1, KeReadStateEvent(e));
	/* A signaled object is checked before a pending signal. The signal ends the next wait. */
	if (ends) {
		EQ(STATUS_SUCCESS, KeWaitForSingleObject(e, UserRequest, mode, alertable, NULL));
		EQ(STATUS_USER_APC, KeWaitForSingleObject(e, UserRequest, mode, alertable, NULL));
	}
}

void B4_user_alertable_ends_by_any_signal(struct test *t) { signalled(t, UserMode, TRUE, SIGUSR1, true, 0); }
void B4_user_alertable_many_end_by_any_signal(struct test *t) { signalled(t, UserMode, TRUE, SIGUSR1, true, 5); }
void V109_user_wait_is_deaf_to_a_signal(struct test *t) { signalled(t, UserMode, FALSE, SIGUSR1, false, 0); }
void V110_user_wait_ends_by_death(struct test *t) { signalled(t, UserMode, FALSE, SIGKILL, true, 0); }
void V110_user_wait_for_many_ends_by_death(struct test *t) { signalled(t, UserMode, FALSE, SIGKILL, true, 64); }
void V111_kernel_wait_goes_on_after_death(struct test *t) { signalled(t, KernelMode, FALSE, SIGKILL, false, 0); }
void V111_kernel_wait_for_many_goes_on(struct test *t) { signalled(t, KernelMode, FALSE, SIGKILL, false, 64); }
void V112_kernel_alertable_is_deaf(struct test *t) { signalled(t, KernelMode, TRUE, SIGUSR1, false, 0); }
void V112_kernel_alertable_goes_on_after_death(struct test *t) { signalled(t, KernelMode, TRUE, SIGKILL, false, 0); }

/* V108: a pending signal is checked before a zero timeout. V107: objects are checked first. */
void V107_V108_pending_signal(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, TRUE);
	LARGE_INTEGER zero = { .QuadPart = 0 };

	send_sig(SIGUSR1, current, 1);
	OK(signal_pending(current));
	EQ(STATUS_SUCCESS, KeWaitForSingleObject(e, UserRequest, UserMode, TRUE, &zero));
	EQ(STATUS_USER_APC, KeWaitForSingleObject(e, UserRequest, UserMode, TRUE, &zero));
	EQ(STATUS_TIMEOUT, KeWaitForSingleObject(e, UserRequest, KernelMode, TRUE, &zero));
	EQ(STATUS_TIMEOUT, KeWaitForSingleObject(e, UserRequest, UserMode, FALSE, &zero));
}

/* V237 is allowed here, as kernel stacks are not paged. */
void V237_event_on_the_stack(struct test *t)
{
	LARGE_INTEGER soon = milliseconds(1);
	KEVENT e;

	KeInitializeEvent(&e, SynchronizationEvent, TRUE);
	EQ(STATUS_SUCCESS, KeWaitForSingleObject(&e, UserRequest, UserMode, FALSE, NULL));
	EQ(STATUS_TIMEOUT, KeWaitForSingleObject(&e, UserRequest, UserMode, FALSE, &soon));
	EQ(0, KeSetEvent(&e, 0, FALSE));
	EQ(STATUS_SUCCESS, KeWaitForSingleObject(&e, UserRequest, KernelMode, FALSE, NULL));
	EQ(0, KeReadStateEvent(&e));
}

void bad_modes_are_refused(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, TRUE);
	LARGE_INTEGER zero = { .QuadPart = 0 };
	static const CHAR modes[] = { 2, 3, -1 };
	int i;

	t->objects[0] = e;
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		PVOID pointer = t;

		EQ(STATUS_INVALID_PARAMETER_3, KeWaitForSingleObject(e, Executive, modes[i], FALSE, &zero));
		OK(!NT_SUCCESS(KeWaitForMultipleObjects(1, t->objects, WaitAny, Executive, modes[i], FALSE, &zero, NULL)));
		EQ(STATUS_INVALID_PARAMETER_3,
		   ObReferenceObjectByHandle(user_fd(t, KAPI_EVENT), 0, NULL, modes[i], &pointer, NULL));
	}
	EQ(1, KeReadStateEvent(e));
}
