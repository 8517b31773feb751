// SPDX-License-Identifier: GPL-2.0
/* V231 to V234: the StorPort names. */
#include <linux/sched/signal.h>
#include "test.h"

#define EXTENSION ((PVOID)t)

static STOR_EVENT *stor_event(struct test *t)
{
	return (STOR_EVENT *)&t->events[t->event_count++];
}

static ULONG test_stor(struct test *t, STOR_EVENT *e)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };

	return StorPortWaitForSingleObject(EXTENSION, e, FALSE, &zero);
}

void V231_initialize(struct test *t)
{
	int type, state;

	for (type = StorNotificationEvent; type <= StorSynchronizationEvent; type++)
		for (state = 0; state < 3; state++) {
			STOR_EVENT *e = stor_event(t);

			EQ(STOR_STATUS_SUCCESS, StorPortInitializeEvent(EXTENSION, e, type, state));
			EQ(state != 0, KeReadStateEvent(&e->Header));
			if (!state)
				EQ(STOR_STATUS_SUCCESS, StorPortSetEvent(EXTENSION, e));
			EQ(STOR_STATUS_SUCCESS, test_stor(t, e));
			EQ(type == StorNotificationEvent ? STOR_STATUS_SUCCESS : STOR_STATUS_UNSUCCESSFUL, test_stor(t, e));
			EQ(type == StorNotificationEvent, KeReadStateEvent(&e->Header));
		}
}

void V232_bad_parameters_of_initialize(struct test *t)
{
	STOR_EVENT *e = stor_event(t), copy;

	memset(e, 0x5a, sizeof(*e));
	copy = *e;
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortInitializeEvent(NULL, e, StorNotificationEvent, TRUE));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortInitializeEvent(EXTENSION, NULL, StorNotificationEvent, TRUE));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortInitializeEvent(NULL, NULL, StorNotificationEvent, TRUE));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortInitializeEvent(EXTENSION, e, 2, TRUE));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortInitializeEvent(EXTENSION, e, -1, TRUE));
	EQ(0, memcmp(&copy, e, sizeof(copy)));
	/* The event keeps its state. */
	EQ(STOR_STATUS_SUCCESS, StorPortInitializeEvent(EXTENSION, e, StorSynchronizationEvent, TRUE));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortInitializeEvent(EXTENSION, e, 2, FALSE));
	EQ(STOR_STATUS_SUCCESS, test_stor(t, e));
	EQ(STOR_STATUS_UNSUCCESSFUL, test_stor(t, e));
}

struct setting {
	PVOID extension;
	STOR_EVENT *e;
	ULONG status;
};

static void do_set(void *argument)
{
	struct setting *s = argument;

	s->status = StorPortSetEvent(s->extension, s->e);
}

void V233_set(struct test *t)
{
	STOR_EVENT *e = stor_event(t);
	struct setting s = { EXTENSION, e };
	enum context context;

	memset(e, 0, sizeof(*e));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortSetEvent(EXTENSION, e));
	EQ(STOR_STATUS_SUCCESS, StorPortInitializeEvent(EXTENSION, e, StorSynchronizationEvent, FALSE));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortSetEvent(NULL, e));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortSetEvent(EXTENSION, NULL));
	EQ(0, KeReadStateEvent(&e->Header));
	for (context = PROCESS; context < CONTEXTS; context++) {
		bool refused = context == HARD_IRQ;

		if (!is_available(context))
			continue;
		KeClearEvent(&e->Header);
		in_context(context, do_set, &s);
		EQ(refused ? STOR_STATUS_INVALID_IRQL : STOR_STATUS_SUCCESS, s.status);
		EQ(!refused, KeReadStateEvent(&e->Header));
	}
	EQ(STOR_STATUS_SUCCESS, StorPortSetEvent(EXTENSION, e));
	EQ(STOR_STATUS_SUCCESS, StorPortSetEvent(EXTENSION, e));
	EQ(1, KeReadStateEvent(&e->Header));
}

void V234_wait(struct test *t)
{
	LARGE_INTEGER zero = { .QuadPart = 0 }, soon = milliseconds(10);
	STOR_EVENT *e = stor_event(t), *none = stor_event(t);

	EQ(STOR_STATUS_SUCCESS, StorPortInitializeEvent(EXTENSION, e, StorSynchronizationEvent, FALSE));
	EQ(STOR_STATUS_UNSUCCESSFUL, StorPortWaitForSingleObject(EXTENSION, e, FALSE, &zero));
	EQ(STOR_STATUS_UNSUCCESSFUL, StorPortWaitForSingleObject(EXTENSION, e, TRUE, &zero));
	EQ(STOR_STATUS_UNSUCCESSFUL, StorPortWaitForSingleObject(EXTENSION, e, FALSE, &soon));
	EQ(STOR_STATUS_SUCCESS, StorPortSetEvent(EXTENSION, e));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortWaitForSingleObject(NULL, e, FALSE, &zero));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortWaitForSingleObject(NULL, e, FALSE, NULL));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortWaitForSingleObject(EXTENSION, NULL, FALSE, &zero));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortWaitForSingleObject(EXTENSION, NULL, FALSE, NULL));
	memset(none, 0, sizeof(*none));
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortWaitForSingleObject(EXTENSION, none, FALSE, &zero));
	EQ(1, KeReadStateEvent(&e->Header));
	EQ(STOR_STATUS_SUCCESS, StorPortWaitForSingleObject(EXTENSION, e, FALSE, NULL));
	EQ(0, KeReadStateEvent(&e->Header));
	/* A wait can be for a KEVENT too. */
	EQ(STOR_STATUS_SUCCESS, StorPortWaitForSingleObject(EXTENSION, event(t, NotificationEvent, TRUE), FALSE, NULL));
}

void S0_set_releases_waiters(struct test *t)
{
	STOR_EVENT *n = stor_event(t), *s = stor_event(t);
	struct waiter *w[4];
	int i;

	EQ(STOR_STATUS_SUCCESS, StorPortInitializeEvent(EXTENSION, n, StorNotificationEvent, FALSE));
	EQ(STOR_STATUS_SUCCESS, StorPortInitializeEvent(EXTENSION, s, StorSynchronizationEvent, FALSE));
	for (i = 0; i < 4; i++)
		DO(w[i] = start_waiter(t, i < 2 ? n : s));
	EQ(STOR_STATUS_SUCCESS, StorPortSetEvent(EXTENSION, n));
	EQ(STATUS_SUCCESS, outcome(w[0]));
	EQ(STATUS_SUCCESS, outcome(w[1]));
	EQ(1, KeReadStateEvent(&n->Header));
	EQ(STOR_STATUS_SUCCESS, StorPortSetEvent(EXTENSION, s));
	EQ(STATUS_SUCCESS, outcome(w[2]));
	OK(is_blocked(w[3]));
	EQ(0, KeReadStateEvent(&s->Header));
}

struct late_set {
	struct test *test;
	STOR_EVENT *e;
	int signal;
	bool asleep;
};

static int late_main(void *argument)
{
	unsigned long end;
	struct late_set *l = argument;

	l->asleep = await_asleep(l->test->caller, false);
	if (l->signal)
		send_sig(l->signal, l->test->caller, 1);
	else
		StorPortSetEvent(l->test, l->e);
	end = jiffies + SOON;
	while (!kthread_should_stop()) {
		schedule_timeout_interruptible(1);
		/* If the wait ignores the signal, the test must not hang. */
		if (l->signal && time_after(jiffies, end))
			StorPortSetEvent(l->test, l->e);
	}
	return 0;
}

static void wait_for_late(struct test *t, int signal, ULONG want)
{
	struct late_set l = { t, stor_event(t), signal };
	struct task_struct *task;
	ULONG status;

	EQ(STOR_STATUS_SUCCESS, StorPortInitializeEvent(EXTENSION, l.e, StorSynchronizationEvent, FALSE));
	task = begin_thread(late_main, &l);
	OK(task);
	status = StorPortWaitForSingleObject(EXTENSION, l.e, TRUE, NULL);
	kthread_stop_put(task);
	OK(l.asleep);
	EQ(want, status);
	EQ(0, KeReadStateEvent(&l.e->Header));
}

void S0_wait_without_timeout(struct test *t)
{
	DO(wait_for_late(t, 0, STOR_STATUS_SUCCESS));
}

void S0_wait_ends_by_a_signal(struct test *t)
{
	DO(wait_for_late(t, SIGUSR1, STOR_STATUS_UNSUCCESSFUL));
}
