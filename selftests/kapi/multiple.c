// SPDX-License-Identifier: GPL-2.0
/* E3: waits for several objects, with and without an array of wait blocks. */
#include "test.h"

#define NOTIFY(state)	event(t, NotificationEvent, state)
#define SYNC(state)	event(t, SynchronizationEvent, state)

/* Stores two objects under the names that the vectors use. */
static void pair(struct test *t, KEVENT *first, KEVENT *second)
{
	t->objects[0] = first;
	t->objects[1] = second;
}

static NTSTATUS any(struct test *t)
{
	return test_many(t->objects, 2, WaitAny, NULL);
}

static NTSTATUS all(struct test *t)
{
	return test_many(t->objects, 2, WaitAll, NULL);
}

void V054_any_takes_the_first_alone(struct test *t)
{
	pair(t, NOTIFY(TRUE), SYNC(TRUE));
	EQ(STATUS_WAIT_0, any(t));
	EQ(STATUS_SUCCESS, test_event(t->objects[1]));
}

void V055_any_takes_what_is_signaled(struct test *t)
{
	pair(t, NOTIFY(FALSE), SYNC(TRUE));
	EQ(STATUS_WAIT_0 + 1, any(t));
	EQ(STATUS_TIMEOUT, any(t));
}

void V056_any_times_out(struct test *t)
{
	pair(t, NOTIFY(FALSE), SYNC(FALSE));
	EQ(STATUS_TIMEOUT, any(t));
}

void V057_all_takes_all(struct test *t)
{
	pair(t, NOTIFY(TRUE), SYNC(TRUE));
	EQ(STATUS_SUCCESS, all(t));
	EQ(STATUS_TIMEOUT, all(t));
	EQ(1, KeReadStateEvent(t->objects[0]));
	EQ(0, KeReadStateEvent(t->objects[1]));
}

void V058_V073_incomplete_all_takes_nothing(struct test *t)
{
	pair(t, NOTIFY(FALSE), SYNC(TRUE));
	EQ(STATUS_TIMEOUT, all(t));
	EQ(STATUS_SUCCESS, test_event(t->objects[1]));
}

void V059_any_goes_on_to_the_next(struct test *t)
{
	pair(t, SYNC(TRUE), NOTIFY(TRUE));
	EQ(STATUS_WAIT_0, any(t));
	EQ(STATUS_WAIT_0 + 1, any(t));
	EQ(STATUS_WAIT_0 + 1, any(t));
}

static void sixty_four(struct test *t, EVENT_TYPE first, BOOLEAN state)
{
	int i;

	for (i = 0; i < MAXIMUM_WAIT_OBJECTS; i++)
		t->objects[i] = event(t, i ? SynchronizationEvent : first, state);
}

void V060_any_of_64(struct test *t)
{
	int i;

	sixty_four(t, NotificationEvent, TRUE);
	EQ(STATUS_WAIT_0, test_many(t->objects, 64, WaitAny, t->blocks));
	EQ(STATUS_WAIT_0, test_many(t->objects, 64, WaitAny, t->blocks));
	EQ(1, KeResetEvent(t->objects[0]));
	for (i = 1; i < 64; i++)
		EQ(STATUS_WAIT_0 + i, test_many(t->objects, 64, WaitAny, t->blocks));
	EQ(STATUS_TIMEOUT, test_many(t->objects, 64, WaitAny, t->blocks));
}

void any_of_64_blocked(struct test *t)
{
	int i;

	sixty_four(t, SynchronizationEvent, FALSE);
	for (i = 63; i >= 0; i -= 21) {
		struct waiter *w;

		DO(w = start_many(t, WaitAny, t->objects, 64));
		EQ(0, KeSetEvent(t->objects[i], 0, FALSE));
		EQ(STATUS_WAIT_0 + i, outcome(w));
		EQ(0, KeReadStateEvent(t->objects[i]));
	}
	/* The wait has left all queues, so the blocks are free and it takes no signal. */
	memset(t->blocks, 0x5a, sizeof(t->blocks));
	for (i = 0; i < 64; i++) {
		EQ(0, KeSetEvent(t->objects[i], 0, FALSE));
		EQ(1, KeReadStateEvent(t->objects[i]));
	}
}

void all_of_64_blocked(struct test *t)
{
	struct waiter *w;
	int i;

	sixty_four(t, NotificationEvent, FALSE);
	DO(w = start_many(t, WaitAll, t->objects, 64));
	for (i = 0; i < 63; i++) {
		EQ(0, KeSetEvent(t->objects[i], 0, FALSE));
		EQ(1, KeReadStateEvent(t->objects[i]));
	}
	OK(is_blocked(w));
	EQ(0, KeSetEvent(t->objects[63], 0, FALSE));
	EQ(STATUS_SUCCESS, outcome(w));
	EQ(1, KeReadStateEvent(t->objects[0]));
	for (i = 1; i < 64; i++)
		EQ(0, KeReadStateEvent(t->objects[i]));
	memset(t->blocks, 0x5a, sizeof(t->blocks));
	EQ(STATUS_TIMEOUT, test_many(t->objects, 64, WaitAll, t->blocks));
	for (i = 1; i < 64; i++)
		EQ(0, KeSetEvent(t->objects[i], 0, FALSE));
	EQ(STATUS_SUCCESS, test_many(t->objects, 64, WaitAll, t->blocks));
}

/* Up to three objects need no array of wait blocks, but may have one. */
void A4_wait_blocks_are_needed_above_three(struct test *t)
{
	static const WAIT_TYPE types[] = { WaitAll, WaitAny };
	ULONG count;
	int i, k;

	for (count = 1; count <= 5; count++)
		for (i = 0; i < ARRAY_SIZE(types); i++)
			for (k = 0; k < 2; k++) {
				PKWAIT_BLOCK blocks = k ? t->blocks : NULL;
				NTSTATUS want = blocks || count <= THREAD_WAIT_OBJECTS ? STATUS_SUCCESS :
					STATUS_INVALID_PARAMETER_8;
				ULONG j;

				t->event_count = 0;
				for (j = 0; j < count; j++)
					t->objects[j] = NOTIFY(TRUE);
				EQ(want, test_many(t->objects, count, types[i], blocks));
			}
}

void V061_V062_V086_bad_counts(struct test *t)
{
	static const ULONG counts[] = { 0, 65, 66, 0x80000000, 0xffffffff };
	int i;

	sixty_four(t, SynchronizationEvent, TRUE);
	t->objects[64] = event(t, SynchronizationEvent, TRUE);
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		EQ(STATUS_INVALID_PARAMETER_1, test_many(t->objects, counts[i], WaitAny, t->blocks));
		EQ(STATUS_INVALID_PARAMETER_1, test_many(t->objects, counts[i], WaitAll, t->blocks));
		/* The count is checked first. */
		EQ(STATUS_INVALID_PARAMETER_1, test_many(NULL, counts[i], 2, NULL));
	}
	EQ(STATUS_INVALID_PARAMETER_8, test_many(t->objects, 4, WaitAny, NULL));
	EQ(STATUS_INVALID_PARAMETER_8, test_many(t->objects, 64, WaitAll, NULL));
	for (i = 0; i < 65; i++)
		EQ(1, KeReadStateEvent(t->objects[i]));
}

void V063_bad_wait_type(struct test *t)
{
	pair(t, SYNC(TRUE), SYNC(TRUE));
	EQ(STATUS_INVALID_PARAMETER_3, test_many(t->objects, 2, 2, NULL));
	EQ(STATUS_INVALID_PARAMETER_3, test_many(t->objects, 2, -1, NULL));
	EQ(STATUS_INVALID_PARAMETER_3, test_many(t->objects, 1, 2, NULL));
	/* The type is checked before the blocks, and the blocks before the array. */
	EQ(STATUS_INVALID_PARAMETER_3, test_many(NULL, 4, 2, NULL));
	EQ(STATUS_INVALID_PARAMETER_8, test_many(NULL, 4, WaitAll, NULL));
	EQ(1, KeReadStateEvent(t->objects[0]));
	EQ(1, KeReadStateEvent(t->objects[1]));
}

void V064_V065_bad_arrays(struct test *t)
{
	KEVENT *none;
	int i;

	for (i = 0; i < 2; i++) {
		WAIT_TYPE type = i ? WaitAny : WaitAll;

		EQ(STATUS_INVALID_PARAMETER_2, test_many(NULL, 2, type, NULL));
		EQ(STATUS_INVALID_PARAMETER_2, test_many(NULL, 1, type, NULL));
		EQ(STATUS_INVALID_PARAMETER_1, test_many(NULL, 65, type, NULL));
		t->event_count = 0;
		pair(t, SYNC(TRUE), NULL);
		EQ(STATUS_INVALID_PARAMETER_2, test_many(t->objects, 2, type, NULL));
		EQ(1, KeReadStateEvent(t->objects[0]));
		none = &t->events[t->event_count++];
		memset(none, 0, sizeof(*none));
		t->objects[1] = none;
		EQ(STATUS_OBJECT_TYPE_MISMATCH, test_many(t->objects, 2, type, NULL));
		EQ(1, KeReadStateEvent(t->objects[0]));
		/* The first bad object decides the error. */
		t->objects[2] = NULL;
		EQ(STATUS_OBJECT_TYPE_MISMATCH, test_many(t->objects, 3, type, NULL));
		t->objects[1] = NULL;
		t->objects[2] = none;
		EQ(STATUS_INVALID_PARAMETER_2, test_many(t->objects, 3, type, NULL));
		EQ(1, KeReadStateEvent(t->objects[0]));
	}
	/* Objects are checked before duplicates. */
	t->objects[1] = t->objects[0];
	t->objects[2] = NULL;
	EQ(STATUS_INVALID_PARAMETER_2, test_many(t->objects, 3, WaitAll, NULL));
}

void V066_duplicates_in_any(struct test *t)
{
	KEVENT *e = SYNC(TRUE);
	struct waiter *w;

	pair(t, e, e);
	EQ(STATUS_WAIT_0, any(t));
	EQ(STATUS_TIMEOUT, any(t));
	DO(w = start_many(t, WaitAny, t->objects, 2));
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(STATUS_WAIT_0, outcome(w));
	EQ(0, KeReadStateEvent(e));
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(1, KeReadStateEvent(e));
}

void V067_duplicates_in_all(struct test *t)
{
	KEVENT *e = SYNC(TRUE);

	pair(t, e, e);
	EQ(STATUS_INVALID_PARAMETER_MIX, all(t));
	t->objects[1] = NOTIFY(TRUE);
	t->objects[2] = e;
	EQ(STATUS_INVALID_PARAMETER_MIX, test_many(t->objects, 3, WaitAll, NULL));
	EQ(1, KeReadStateEvent(e));
}

void V069_to_V072_blocked_all(struct test *t)
{
	KEVENT *a = SYNC(FALSE), *b = SYNC(TRUE), *n = NOTIFY(TRUE);
	struct waiter *w;

	pair(t, a, b);
	t->objects[2] = n;
	DO(w = start_many(t, WaitAll, t->objects, 3));
	EQ(1, KeReadStateEvent(b));
	EQ(STATUS_SUCCESS, test_event(b));
	OK(is_blocked(w));
	EQ(1, KeResetEvent(n));
	EQ(0, KeSetEvent(b, 0, FALSE));
	EQ(0, KeSetEvent(a, 0, FALSE));
	OK(is_blocked(w));
	EQ(1, KeReadStateEvent(a));
	EQ(0, KeSetEvent(n, 0, FALSE));
	EQ(STATUS_SUCCESS, outcome(w));
	EQ(0, KeReadStateEvent(a));
	EQ(0, KeReadStateEvent(b));
	EQ(1, KeReadStateEvent(n));
}

void V074_V077_V078_incomplete_all_is_passed_by(struct test *t)
{
	KEVENT *e = SYNC(FALSE), *f = SYNC(FALSE);
	struct waiter *first, *second;

	pair(t, e, f);
	DO(first = start_many(t, WaitAll, t->objects, 2));
	DO(second = start_waiter(t, e));
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(STATUS_SUCCESS, outcome(second));
	EQ(0, KeReadStateEvent(e));
	OK(is_blocked(first));
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(1, KeSetEvent(e, 0, FALSE));
	OK(is_blocked(first));
	EQ(0, KeSetEvent(f, 0, FALSE));
	EQ(STATUS_SUCCESS, outcome(first));
	EQ(0, KeReadStateEvent(e));
	EQ(0, KeReadStateEvent(f));
}

void V075_V076_first_come_first_served(struct test *t)
{
	int all_first;

	for (all_first = 0; all_first < 2; all_first++) {
		KEVENT *e = SYNC(FALSE), *f = NOTIFY(TRUE);
		struct waiter *first, *second;

		pair(t, e, f);
		if (all_first)
			DO(first = start_many(t, WaitAll, t->objects, 2));
		else
			DO(first = start_waiter(t, e));
		if (all_first)
			DO(second = start_waiter(t, e));
		else
			DO(second = start_many(t, WaitAll, t->objects, 2));
		EQ(0, KeSetEvent(e, 0, FALSE));
		EQ(STATUS_SUCCESS, outcome(first));
		OK(is_blocked(second));
		EQ(0, KeReadStateEvent(e));
		EQ(0, KeSetEvent(e, 0, FALSE));
		EQ(STATUS_SUCCESS, outcome(second));
	}
}

void V079_V080_pulse_and_all(struct test *t)
{
	KEVENT *e = SYNC(FALSE), *f = NOTIFY(FALSE);
	struct waiter *w;

	pair(t, e, f);
	DO(w = start_many(t, WaitAll, t->objects, 2));
	EQ(0, KePulseEvent(e, 0, FALSE));
	EQ(0, KeReadStateEvent(e));
	OK(is_blocked(w));
	EQ(0, KeSetEvent(f, 0, FALSE));
	OK(is_blocked(w));
	EQ(0, KePulseEvent(e, 0, FALSE));
	EQ(STATUS_SUCCESS, outcome(w));
	EQ(0, KeReadStateEvent(e));
	EQ(1, KeReadStateEvent(f));
}

/* One wait for an event in storage and one of a handle. */
void storage_and_objects_mix(struct test *t)
{
	struct waiter *w;
	PVOID pointer;
	HANDLE handle;

	EQ(STATUS_SUCCESS, create_kernel(&handle, SynchronizationEvent, FALSE));
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &pointer, NULL));
	pair(t, SYNC(FALSE), pointer);
	DO(w = start_many(t, WaitAll, t->objects, 2));
	EQ(STATUS_SUCCESS, ZwSetEvent(handle, NULL));
	OK(is_blocked(w));
	EQ(0, KeSetEvent(t->objects[0], 0, FALSE));
	EQ(STATUS_SUCCESS, outcome(w));
	EQ(0, KeReadStateEvent(pointer));
	DO(w = start_many(t, WaitAny, t->objects, 2));
	EQ(STATUS_SUCCESS, ZwSetEvent(handle, NULL));
	EQ(STATUS_WAIT_0 + 1, outcome(w));
	OK(release_waiters(t));
	ObDereferenceObject(pointer);
	EQ(STATUS_SUCCESS, ZwClose(handle));
}
