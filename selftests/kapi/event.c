// SPDX-License-Identifier: GPL-2.0
/* E1: states and operations, by pointer and by handle. */
#include "test.h"

static void read_is(struct test *t, EVENT_TYPE type, BOOLEAN state)
{
	KEVENT *e = event(t, type, state);

	EQ(state ? 1 : 0, KeReadStateEvent(e));
	/* Reading does not consume the signal. */
	EQ(state ? 1 : 0, KeReadStateEvent(e));
	EQ(state ? STATUS_SUCCESS : STATUS_TIMEOUT, test_event(e));
	EQ(type == NotificationEvent && state, KeReadStateEvent(e));
}

void V001_notification_not_signaled(struct test *t) { read_is(t, NotificationEvent, FALSE); }
void V002_notification_signaled(struct test *t) { read_is(t, NotificationEvent, TRUE); }
void V003_synchronization_not_signaled(struct test *t) { read_is(t, SynchronizationEvent, FALSE); }
void V004_synchronization_signaled(struct test *t) { read_is(t, SynchronizationEvent, TRUE); }

static void query_is(struct test *t, EVENT_TYPE type, BOOLEAN state)
{
	EVENT_BASIC_INFORMATION information;
	HANDLE handle;

	DO(create(t, &handle, EVENT_ALL_ACCESS, type, state));
	EQ(STATUS_SUCCESS, query(t, handle, &information));
	EQ(type, information.EventType);
	EQ(state ? 1 : 0, information.EventState);
	EQ(STATUS_SUCCESS, close_handle(t, handle));
}

IN_EACH_FORM(V005_query_notification)
{
	DO(query_is(t, NotificationEvent, FALSE));
	DO(query_is(t, NotificationEvent, TRUE));
}

IN_EACH_FORM(V006_query_synchronization)
{
	DO(query_is(t, SynchronizationEvent, FALSE));
	DO(query_is(t, SynchronizationEvent, TRUE));
}

IN_EACH_FORM(V007_notification_stays_signaled)
{
	HANDLE handle;

	DO(create(t, &handle, EVENT_ALL_ACCESS, NotificationEvent, TRUE));
	EQ(STATUS_SUCCESS, wait_handle(t, handle, 0));
	EQ(1, state_of(t, handle));
	EQ(STATUS_SUCCESS, close_handle(t, handle));
}

void V008_synchronization_is_taken(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, TRUE);

	EQ(STATUS_SUCCESS, test_event(e));
	EQ(STATUS_TIMEOUT, test_event(e));
}

void V009_notification_times_out(struct test *t)
{
	KEVENT *e = event(t, NotificationEvent, FALSE);

	EQ(STATUS_TIMEOUT, test_event(e));
	EQ(STATUS_TIMEOUT, test_event(e));
}

void V010_notification_set(struct test *t)
{
	KEVENT *e = event(t, NotificationEvent, FALSE);

	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(STATUS_SUCCESS, test_event(e));
	EQ(STATUS_SUCCESS, test_event(e));
	EQ(1, KeReadStateEvent(e));
}

void V011_notification_reset(struct test *t)
{
	KEVENT *e = event(t, NotificationEvent, FALSE);

	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(1, KeResetEvent(e));
	EQ(STATUS_TIMEOUT, test_event(e));
}

void V012_synchronization_set(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);

	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(STATUS_SUCCESS, test_event(e));
	EQ(STATUS_TIMEOUT, test_event(e));
}

IN_EACH_FORM(V013_V014_V015_V016_previous_states)
{
	HANDLE handle;
	LONG previous;

	DO(create(t, &handle, EVENT_ALL_ACCESS, SynchronizationEvent, FALSE));
	EQ(STATUS_SUCCESS, set(t, handle, &previous));
	EQ(0, previous);
	EQ(1, state_of(t, handle));
	EQ(STATUS_SUCCESS, set(t, handle, &previous));
	EQ(1, previous);
	EQ(1, state_of(t, handle));
	EQ(STATUS_SUCCESS, reset(t, handle, &previous));
	EQ(1, previous);
	EQ(0, state_of(t, handle));
	EQ(STATUS_SUCCESS, reset(t, handle, &previous));
	EQ(0, previous);
	EQ(0, state_of(t, handle));
	EQ(STATUS_SUCCESS, close_handle(t, handle));
}

IN_EACH_FORM(V017_V018_V019_pulse_without_waiter)
{
	int type, state;

	for (type = NotificationEvent; type <= SynchronizationEvent; type++)
		for (state = 0; state < 2; state++) {
			KEVENT *e = event(t, type, state);
			HANDLE handle;
			LONG previous;

			DO(create(t, &handle, EVENT_ALL_ACCESS, type, state));
			EQ(STATUS_SUCCESS, pulse(t, handle, &previous));
			EQ(state, previous);
			EQ(0, state_of(t, handle));
			EQ(STATUS_SUCCESS, close_handle(t, handle));
			EQ(state, KePulseEvent(e, 0, FALSE));
			EQ(0, KeReadStateEvent(e));
		}
}

void V020_set_set_reset_reset(struct test *t)
{
	KEVENT *e = event(t, NotificationEvent, FALSE);

	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(1, KeSetEvent(e, 0, FALSE));
	EQ(1, KeResetEvent(e));
	EQ(0, KeResetEvent(e));
}

void V021_clear(struct test *t)
{
	int type;

	for (type = NotificationEvent; type <= SynchronizationEvent; type++) {
		KEVENT *e = event(t, type, TRUE);

		KeClearEvent(e);
		EQ(0, KeReadStateEvent(e));
		KeClearEvent(e);
		EQ(0, KeReadStateEvent(e));
	}
}

void V022_sets_are_not_counted(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);

	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(1, KeSetEvent(e, 0, FALSE));
	EQ(1, KeSetEvent(e, 0, FALSE));
	EQ(STATUS_SUCCESS, test_event(e));
	EQ(STATUS_TIMEOUT, test_event(e));
}

IN_EACH_FORM(V023_previous_state_is_optional)
{
	HANDLE handle;

	DO(create(t, &handle, EVENT_ALL_ACCESS, SynchronizationEvent, FALSE));
	EQ(STATUS_SUCCESS, set(t, handle, NULL));
	EQ(1, state_of(t, handle));
	EQ(STATUS_SUCCESS, reset(t, handle, NULL));
	EQ(0, state_of(t, handle));
	EQ(STATUS_SUCCESS, set(t, handle, NULL));
	EQ(STATUS_SUCCESS, pulse(t, handle, NULL));
	EQ(0, state_of(t, handle));
	EQ(STATUS_SUCCESS, close_handle(t, handle));
}

IN_EACH_FORM(V025_clear_by_handle)
{
	int type;

	for (type = NotificationEvent; type <= SynchronizationEvent; type++) {
		HANDLE handle;

		DO(create(t, &handle, EVENT_ALL_ACCESS, type, TRUE));
		EQ(STATUS_SUCCESS, clear(t, handle));
		EQ(0, state_of(t, handle));
		EQ(STATUS_SUCCESS, close_handle(t, handle));
	}
}

IN_EACH_FORM(V026_query_never_consumes)
{
	HANDLE handle;

	DO(create(t, &handle, EVENT_ALL_ACCESS, SynchronizationEvent, TRUE));
	EQ(1, state_of(t, handle));
	EQ(1, state_of(t, handle));
	EQ(STATUS_SUCCESS, wait_handle(t, handle, 0));
	EQ(0, state_of(t, handle));
	EQ(STATUS_SUCCESS, close_handle(t, handle));
}

void V027_two_handles_by_name(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V27");
	EVENT_BASIC_INFORMATION information;
	HANDLE a, b;

	EQ(STATUS_SUCCESS, create_named(&a, &name, 0));
	EQ(STATUS_SUCCESS, open_named(&b, &name, 0));
	OK(a != b);
	EQ(STATUS_SUCCESS, ZwSetEvent(a, NULL));
	EQ(STATUS_SUCCESS, ZwQueryEvent(b, EventBasicInformation, &information, sizeof(information), NULL));
	EQ(1, information.EventState);
	EQ(STATUS_SUCCESS, ZwClose(a));
	EQ(STATUS_SUCCESS, ZwQueryEvent(b, EventBasicInformation, &information, sizeof(information), NULL));
	EQ(1, information.EventState);
	EQ(STATUS_SUCCESS, ZwClose(b));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&b, &name, 0));
	SAME(NULL, b);
}

static void reference(struct test *t, HANDLE handle, PVOID *pointer)
{
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, SYNCHRONIZE, *ExEventObjectType, KernelMode, pointer, NULL));
	OK(*pointer);
}

IN_EACH_FORM(V028_pointer_resets_and_sets_the_handle)
{
	PVOID pointer;
	HANDLE handle;

	DO(create(t, &handle, SYNCHRONIZE, NotificationEvent, TRUE));
	DO(reference(t, handle, &pointer));
	EQ(STATUS_SUCCESS, wait_handle(t, handle, 0));
	EQ(1, KeResetEvent(pointer));
	EQ(STATUS_TIMEOUT, wait_handle(t, handle, 0));
	EQ(0, KeSetEvent(pointer, 0, FALSE));
	EQ(STATUS_SUCCESS, wait_handle(t, handle, 0));
	ObDereferenceObject(pointer);
	EQ(STATUS_SUCCESS, close_handle(t, handle));
}

IN_EACH_FORM(V029_V030_pointer_and_handle_are_one_event)
{
	PVOID pointer;
	HANDLE handle;

	DO(create(t, &handle, EVENT_ALL_ACCESS, SynchronizationEvent, FALSE));
	DO(reference(t, handle, &pointer));
	EQ(STATUS_SUCCESS, set(t, handle, NULL));
	EQ(STATUS_SUCCESS, test_event(pointer));
	EQ(STATUS_TIMEOUT, wait_handle(t, handle, 0));
	EQ(0, KeSetEvent(pointer, 0, FALSE));
	EQ(STATUS_SUCCESS, wait_handle(t, handle, 0));
	EQ(STATUS_TIMEOUT, test_event(pointer));
	ObDereferenceObject(pointer);
	EQ(STATUS_SUCCESS, close_handle(t, handle));
}

void V031_reset_leaves_waiters_blocked(struct test *t)
{
	int type;

	for (type = NotificationEvent; type <= SynchronizationEvent; type++) {
		KEVENT *e = event(t, type, FALSE);
		struct waiter *w;

		DO(w = start_waiter(t, e));
		EQ(0, KeResetEvent(e));
		OK(is_blocked(w));
		KeClearEvent(e);
		OK(is_blocked(w));
		EQ(0, KeSetEvent(e, 0, FALSE));
		EQ(STATUS_SUCCESS, outcome(w));
	}
}

IN_EACH_FORM(V032_any_state_but_FALSE_is_signaled)
{
	static const BOOLEAN states[] = { 1, 2, 0x80, 0xff };
	int i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		KEVENT *e = event(t, SynchronizationEvent, states[i]);
		HANDLE handle;

		EQ(1, KeReadStateEvent(e));
		EQ(1, KeResetEvent(e));
		DO(create(t, &handle, EVENT_ALL_ACCESS, NotificationEvent, states[i]));
		EQ(1, state_of(t, handle));
		EQ(STATUS_SUCCESS, close_handle(t, handle));
	}
}

/* Storage that was never initialised, and null pointers, must not fault. */
void bad_pointers_do_nothing(struct test *t)
{
	static const u8 fills[] = { 0x00, 0x5a, 0xff };
	LARGE_INTEGER later = milliseconds(1000);
	KEVENT *e = &t->events[t->event_count++], copy;
	int i;

	for (i = 0; i < ARRAY_SIZE(fills); i++) {
		memset(e, fills[i], sizeof(*e));
		copy = *e;
		EQ(0, KeSetEvent(e, 0, FALSE));
		EQ(0, KeResetEvent(e));
		KeClearEvent(e);
		EQ(0, KePulseEvent(e, 0, FALSE));
		EQ(0, KeReadStateEvent(e));
		EQ(STATUS_OBJECT_TYPE_MISMATCH, test_event(e));
		EQ(STATUS_OBJECT_TYPE_MISMATCH, KeWaitForSingleObject(e, Executive, KernelMode, FALSE, &later));
		EQ(STATUS_OBJECT_TYPE_MISMATCH, KeWaitForSingleObject(e, Executive, KernelMode, FALSE, NULL));
		EQ(0, memcmp(&copy, e, sizeof(copy)));
	}
	/* An invalid type initialises nothing. */
	KeInitializeEvent(e, 2, TRUE);
	EQ(0, memcmp(&copy, e, sizeof(copy)));
	KeInitializeEvent(e, -1, TRUE);
	EQ(0, memcmp(&copy, e, sizeof(copy)));
	EQ(STATUS_OBJECT_TYPE_MISMATCH, test_event(e));
	KeInitializeEvent(NULL, NotificationEvent, TRUE);
	EQ(0, KeSetEvent(NULL, 0, FALSE));
	EQ(0, KeResetEvent(NULL));
	KeClearEvent(NULL);
	EQ(0, KePulseEvent(NULL, 0, FALSE));
	EQ(0, KeReadStateEvent(NULL));
	EQ(STATUS_INVALID_PARAMETER_1, test_event(NULL));
	EQ(STATUS_INVALID_PARAMETER_1, KeWaitForSingleObject(NULL, Executive, KernelMode, FALSE, NULL));
	/* An invalid type leaves an existing event as it was. */
	KeInitializeEvent(e, SynchronizationEvent, TRUE);
	KeInitializeEvent(e, 2, FALSE);
	EQ(1, KeReadStateEvent(e));
	EQ(STATUS_SUCCESS, test_event(e));
	EQ(STATUS_TIMEOUT, test_event(e));
}

/* An event can be initialised again with another type and state while no thread waits. */
void initialised_anew(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, TRUE);

	KeInitializeEvent(e, NotificationEvent, FALSE);
	EQ(STATUS_TIMEOUT, test_event(e));
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(STATUS_SUCCESS, test_event(e));
	EQ(STATUS_SUCCESS, test_event(e));
	KeInitializeEvent(e, SynchronizationEvent, TRUE);
	EQ(STATUS_SUCCESS, test_event(e));
	EQ(STATUS_TIMEOUT, test_event(e));
}
