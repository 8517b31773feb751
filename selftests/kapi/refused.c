// SPDX-License-Identifier: GPL-2.0
/*
 * V235, V236: waits in contexts that must not sleep. kapi_test.c checks the kernel log for the
 * warnings of V236.
 */
#include "test.h"

struct attempt {
	PVOID object;
	PVOID *objects;
	ULONG count;
	KWAIT_BLOCK *blocks;
	HANDLE handle;
	bool stor;
	bool delay;
	LARGE_INTEGER *timeout;
	NTSTATUS status;
};

static void attempt(void *argument)
{
	struct attempt *a = argument;

	if (a->stor)
		a->status = StorPortWaitForSingleObject(a, a->object, FALSE, a->timeout);
	else if (a->delay)
		a->status = KeDelayExecutionThread(KernelMode, FALSE, a->timeout);
	else if (a->handle)
		a->status = ZwWaitForSingleObject(a->handle, FALSE, a->timeout);
	else if (a->count)
		a->status = KeWaitForMultipleObjects(a->count, a->objects, WaitAny, Executive, KernelMode, FALSE,
						     a->timeout, a->blocks);
	else
		a->status = KeWaitForSingleObject(a->object, Executive, KernelMode, FALSE, a->timeout);
}

void V235_zero_timeout_in_every_context(struct test *t)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };
	enum context context;
	PVOID pointer;
	HANDLE handle;

	EQ(STATUS_SUCCESS, create_kernel(&handle, SynchronizationEvent, FALSE));
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &pointer, NULL));
	for (context = PROCESS; context < CONTEXTS; context++) {
		KEVENT *e = event(t, SynchronizationEvent, TRUE);
		struct attempt a = { .object = e, .timeout = &zero };

		if (!is_available(context))
			continue;
		in_context(context, attempt, &a);
		EQ(STATUS_SUCCESS, a.status);
		EQ(0, KeReadStateEvent(e));
		in_context(context, attempt, &a);
		EQ(STATUS_TIMEOUT, a.status);

		t->objects[0] = event(t, SynchronizationEvent, FALSE);
		t->objects[1] = t->objects[2] = t->objects[3] = e;
		KeSetEvent(e, 0, FALSE);
		a.objects = t->objects;
		a.count = 4;
		a.blocks = t->blocks;
		in_context(context, attempt, &a);
		EQ(STATUS_WAIT_0 + 1, a.status);
		in_context(context, attempt, &a);
		EQ(STATUS_TIMEOUT, a.status);

		KeSetEvent(e, 0, FALSE);
		a = (struct attempt){ .object = e, .stor = true, .timeout = &zero };
		in_context(context, attempt, &a);
		EQ(STOR_STATUS_SUCCESS, a.status);
		in_context(context, attempt, &a);
		EQ((NTSTATUS)STOR_STATUS_UNSUCCESSFUL, a.status);

		/* A kernel handle can be polled in each of these contexts too. */
		a = (struct attempt){ .handle = handle, .timeout = &zero };
		KeSetEvent(pointer, 0, FALSE);
		in_context(context, attempt, &a);
		EQ(STATUS_SUCCESS, a.status);
		in_context(context, attempt, &a);
		EQ(STATUS_TIMEOUT, a.status);
	}
	ObDereferenceObject(pointer);
	EQ(STATUS_SUCCESS, ZwClose(handle));
}

/*
 * On PREEMPT_RT a thread may sleep with bottom halves off, and a handle's lookup takes such a lock.
 */
static bool may_be_refused(enum context context, HANDLE handle)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		return true;
	if (context == PREEMPTION_OFF || context == IRQS_OFF)
		return !handle;
	return context != BH_OFF && is_available(context);
}

/* Tries each nonzero timeout with a signaled and an unsignaled event. */
static void refused(struct test *t, struct attempt *a, NTSTATUS want)
{
	LARGE_INTEGER timeouts[] = { { .QuadPart = -1 }, { .QuadPart = 1 }, { .QuadPart = S64_MAX }, { .QuadPart = S64_MIN } };
	enum context context;
	int state, i;

	for (context = RCU_READER; context < CONTEXTS; context++)
		for (state = 0; state < 2; state++)
			for (i = 0; i <= ARRAY_SIZE(timeouts); i++) {
				if (!may_be_refused(context, a->handle))
					continue;
				if (state)
					KeSetEvent(a->object, 0, FALSE);
				else
					KeResetEvent(a->object);
				a->timeout = i < ARRAY_SIZE(timeouts) ? &timeouts[i] : NULL;
				a->status = STATUS_PENDING;
				in_context(context, attempt, a);
				EQ(want, a->status);
				EQ(state, KeReadStateEvent(a->object));
			}
}

void V236_wait_that_may_sleep_is_refused(struct test *t)
{
	struct attempt a = { .object = event(t, SynchronizationEvent, FALSE) };

	DO(refused(t, &a, STATUS_CANT_WAIT));
}

void V236_wait_for_many_is_refused(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE);
	struct attempt a = { .object = e, .objects = t->objects, .count = 5, .blocks = t->blocks };
	int i;

	for (i = 0; i < 5; i++)
		t->objects[i] = i == 2 ? e : event(t, SynchronizationEvent, FALSE);
	DO(refused(t, &a, STATUS_CANT_WAIT));
}

void V236_wait_by_handle_is_refused(struct test *t)
{
	struct attempt a = {};

	EQ(STATUS_SUCCESS, create_kernel(&a.handle, SynchronizationEvent, FALSE));
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(a.handle, 0, NULL, KernelMode, &a.object, NULL));
	DO(refused(t, &a, STATUS_CANT_WAIT));
	ObDereferenceObject(a.object);
	EQ(STATUS_SUCCESS, ZwClose(a.handle));
}

void V236_wait_of_storport_is_refused(struct test *t)
{
	struct attempt a = { .object = event(t, SynchronizationEvent, FALSE), .stor = true };

	DO(refused(t, &a, STOR_STATUS_UNSUCCESSFUL));
}

void F21_delay_is_refused(struct test *t)
{
	LARGE_INTEGER intervals[] = { { .QuadPart = -1 }, { .QuadPart = 0 }, { .QuadPart = 1 }, { .QuadPart = S64_MAX } };
	struct attempt a = { .delay = true };
	enum context context;
	int i;

	for (context = RCU_READER; context < CONTEXTS; context++)
		for (i = 0; i < ARRAY_SIZE(intervals); i++) {
			if (!may_be_refused(context, NULL))
				continue;
			a.timeout = &intervals[i];
			a.status = STATUS_PENDING;
			in_context(context, attempt, &a);
			EQ(STATUS_CANT_WAIT, a.status);
		}
}
