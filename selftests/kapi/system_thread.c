// SPDX-License-Identifier: GPL-2.0
/* Issue 17, number 21: threads that a driver starts, ends and waits for. */
#include <linux/delay.h>
#include "test.h"

/* What the thread does. The tests run one after another, so one struct is enough. */
static struct {
	KEVENT go;		/* notification: the thread may go on */
	bool terminates;	/* by PsTerminateSystemThread */
	bool started, did, returned;
	KIRQL irql;
	pid_t pid;
	NTSTATUS nested;	/* what PsTerminateSystemThread returned in a softirq */
} work;

static void terminate(void *argument)
{
	NTSTATUS *status = argument;

	*status = PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID start_routine(PVOID context)
{
	WRITE_ONCE(work.started, true);
	work.pid = current->pid;
	work.irql = KeGetCurrentIrql();
	KeWaitForSingleObject(&work.go, Executive, KernelMode, FALSE, NULL);
	/* A softirq does not end the thread that it interrupted. */
	in_context(SOFTIRQ, terminate, &work.nested);
	in_context(SPINLOCK, terminate, &work.nested);
	/* The test waits for the thread. The wait must not end before this sleep. */
	msleep(20);
	work.did = context == &work;
	if (work.terminates) {
		PsTerminateSystemThread(STATUS_UNSUCCESSFUL);
		work.returned = true;
	}
}

static NTSTATUS begin_system_thread(HANDLE *handle, bool terminates)
{
	memset(&work, 0, sizeof(work));
	KeInitializeEvent(&work.go, NotificationEvent, FALSE);
	work.terminates = terminates;
	return PsCreateSystemThread(handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, start_routine, &work);
}

static NTSTATUS reference(HANDLE handle, PVOID *pointer)
{
	return ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, pointer, NULL);
}

/* Makes the thread end. The thread must not use data of a test after the test has returned. */
static NTSTATUS finish(PVOID pointer)
{
	LARGE_INTEGER lost = LOST;

	KeSetEvent(&work.go, 0, FALSE);
	return KeWaitForSingleObject(pointer, Executive, KernelMode, FALSE, &lost);
}

static void ends(struct test *t, bool terminates)
{
	LARGE_INTEGER zero = { .QuadPart = 0 }, soon = milliseconds(10), lost = LOST;
	NTSTATUS created, referenced, by_handle, by_pointer, finished;
	HANDLE handle;
	PVOID pointer;

	created = begin_system_thread(&handle, terminates);
	EQ(STATUS_SUCCESS, created);
	OK(is_kernel_handle(handle));
	referenced = reference(handle, &pointer);
	by_handle = ZwWaitForSingleObject(handle, FALSE, &zero);
	by_pointer = KeWaitForSingleObject(pointer, Executive, KernelMode, FALSE, &soon);
	KeSetEvent(&work.go, 0, FALSE);
	finished = ZwWaitForSingleObject(handle, FALSE, &lost);
	EQ(STATUS_SUCCESS, referenced);
	EQ(STATUS_TIMEOUT, by_handle);
	EQ(STATUS_TIMEOUT, by_pointer);
	EQ(STATUS_SUCCESS, finished);
	OK(work.started);
	OK(work.did);
	OK(!work.returned);
	EQ(PASSIVE_LEVEL, work.irql);
	EQ(STATUS_INVALID_PARAMETER, work.nested);
	/* The thread stays signaled. */
	EQ(STATUS_SUCCESS, ZwWaitForSingleObject(handle, FALSE, &zero));
	EQ(STATUS_SUCCESS, KeWaitForSingleObject(pointer, Executive, KernelMode, FALSE, &zero));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_INVALID_HANDLE, ZwWaitForSingleObject(handle, FALSE, &zero));
	EQ(STATUS_SUCCESS, KeWaitForSingleObject(pointer, Executive, KernelMode, FALSE, &zero));
	ObDereferenceObject(pointer);
}

void F21_thread_is_waited_for(struct test *t) { ends(t, false); }
void F21_thread_terminates_itself(struct test *t) { ends(t, true); }

/* The end of the thread wakes a wait for the thread alone, and a wait for the thread and events. */
void F21_thread_wakes_its_waiters(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, FALSE), *unset = event(t, SynchronizationEvent, FALSE);
	struct waiter *one, *any, *all;
	HANDLE handle;
	PVOID pointer;
	int i;

	EQ(STATUS_SUCCESS, begin_system_thread(&handle, true));
	EQ(STATUS_SUCCESS, reference(handle, &pointer));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	one = start_waiter(t, pointer);
	t->objects[0] = unset;
	t->objects[1] = pointer;
	any = start_many(t, WaitAny, t->objects, 2);
	t->objects[0] = e;
	all = start_many(t, WaitAll, t->objects, 2);
	i = finish(pointer);
	EQ(STATUS_SUCCESS, i);
	EQ(STATUS_SUCCESS, outcome(one));
	EQ(STATUS_WAIT_1, outcome(any));
	OK(is_blocked(all));
	EQ(0, KeSetEvent(e, 0, FALSE));
	EQ(STATUS_SUCCESS, outcome(all));
	OK(release_waiters(t));
	ObDereferenceObject(pointer);
}

/* Waits by handle can mix threads and events too. */
void F21_thread_among_handles(struct test *t)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };
	NTSTATUS before, any, all, finished;
	HANDLE handles[2];
	PVOID pointer;

	EQ(STATUS_SUCCESS, create_kernel(&handles[0], SynchronizationEvent, FALSE));
	EQ(STATUS_SUCCESS, begin_system_thread(&handles[1], false));
	EQ(STATUS_SUCCESS, reference(handles[1], &pointer));
	before = ZwWaitForMultipleObjects(2, handles, WaitAny, FALSE, &zero);
	finished = finish(pointer);
	any = ZwWaitForMultipleObjects(2, handles, WaitAny, FALSE, &zero);
	all = ZwWaitForMultipleObjects(2, handles, WaitAll, FALSE, &zero);
	EQ(STATUS_TIMEOUT, before);
	EQ(STATUS_SUCCESS, finished);
	EQ(STATUS_WAIT_1, any);
	EQ(STATUS_TIMEOUT, all);
	EQ(STATUS_SUCCESS, ZwSetEvent(handles[0], NULL));
	EQ(STATUS_SUCCESS, ZwWaitForMultipleObjects(2, handles, WaitAll, FALSE, &zero));
	EQ(STATUS_TIMEOUT, ZwWaitForSingleObject(handles[0], FALSE, &zero));
	ObDereferenceObject(pointer);
	EQ(STATUS_SUCCESS, ZwClose(handles[0]));
	EQ(STATUS_SUCCESS, ZwClose(handles[1]));
}

/* A thread is not taken for an event. */
static void no_event(struct test *t, HANDLE handle, PVOID pointer)
{
	UNICODE_STRING name = STRING(L"kapi_F21");
	OBJECT_ATTRIBUTES a = attributes(&name, OBJ_KERNEL_HANDLE, handle);
	EVENT_BASIC_INFORMATION information;
	OBJECT_HANDLE_INFORMATION told;
	LARGE_INTEGER zero = { .QuadPart = 0 };
	HANDLE other;
	PVOID object;

	EQ(STATUS_OBJECT_TYPE_MISMATCH, ZwSetEvent(handle, NULL));
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ZwResetEvent(handle, NULL));
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ZwClearEvent(handle));
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ZwPulseEvent(handle, NULL));
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ZwQueryEvent(handle, EventBasicInformation, &information, sizeof(information), NULL));
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ZwOpenEvent(&other, EVENT_ALL_ACCESS, &a));
	EQ(STATUS_SUCCESS, ZwMakeTemporaryObject(handle));
	EQ(0, KeSetEvent(pointer, 0, FALSE));
	EQ(0, KePulseEvent(pointer, 0, FALSE));
	EQ(0, KeReadStateEvent(pointer));
	EQ(0, KeResetEvent(pointer));
	KeClearEvent(pointer);
	EQ(STOR_STATUS_INVALID_PARAMETER, StorPortSetEvent(t, pointer));
	EQ(STATUS_TIMEOUT, KeWaitForSingleObject(pointer, Executive, KernelMode, FALSE, &zero));
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ObReferenceObjectByHandle(handle, 0, *ExEventObjectType, KernelMode, &object, NULL));
	SAME(NULL, object);
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, &object, NULL));
	/* The handle is a kernel handle. */
	EQ(STATUS_INVALID_HANDLE, ObReferenceObjectByHandle(handle, 0, *PsThreadType, UserMode, &object, NULL));
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &object, &told));
	SAME(pointer, object);
	EQ(THREAD_ALL_ACCESS, told.GrantedAccess);
	ObDereferenceObject(object);
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ObReferenceObjectByHandle(user_fd(t, KAPI_EVENT), 0, *PsThreadType, UserMode, &object,
								  NULL));
}

void F21_thread_is_no_event(struct test *t)
{
	NTSTATUS finished;
	HANDLE handle;
	PVOID pointer;

	EQ(STATUS_SUCCESS, begin_system_thread(&handle, false));
	EQ(STATUS_SUCCESS, reference(handle, &pointer));
	no_event(t, handle, pointer);
	finished = finish(pointer);
	ObDereferenceObject(pointer);
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_SUCCESS, finished);
}

static VOID never(PVOID context)
{
	WRITE_ONCE(work.started, true);
}

void F21_bad_arguments_start_no_thread(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_F21");
	OBJECT_ATTRIBUTES named = attributes(&name, OBJ_KERNEL_HANDLE, NULL), flags = attributes(NULL, 1U << 31, NULL);
	void *wild = (void *)8L;
	HANDLE handle = (HANDLE)0x5aL;

	memset(&work, 0, sizeof(work));
	EQ(STATUS_ACCESS_VIOLATION, PsCreateSystemThread(NULL, THREAD_ALL_ACCESS, NULL, NULL, NULL, never, NULL));
	EQ(STATUS_ACCESS_VIOLATION, PsCreateSystemThread(wild, THREAD_ALL_ACCESS, NULL, NULL, NULL, never, NULL));
	EQ(STATUS_ACCESS_VIOLATION, PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, wild, never, NULL));
	SAME(NULL, handle);
	EQ(STATUS_ACCESS_VIOLATION, PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, wild, NULL, NULL, never, NULL));
	EQ(STATUS_INVALID_PARAMETER, PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, NULL, NULL));
	EQ(STATUS_INVALID_PARAMETER, PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &named, NULL, NULL, never, NULL));
	EQ(STATUS_INVALID_PARAMETER, PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &flags, NULL, NULL, never, NULL));
	EQ(STATUS_INVALID_HANDLE, PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, (HANDLE)-1L, NULL, never, NULL));
	EQ(STATUS_ACCESS_DENIED, PsCreateSystemThread(&handle, 0x00e00000, NULL, NULL, NULL, never, NULL));
	SAME(NULL, handle);
	msleep(50);
	OK(!READ_ONCE(work.started));
}

void F21_thread_ids_and_rights(struct test *t)
{
	OBJECT_ATTRIBUTES a = attributes(NULL, OBJ_KERNEL_HANDLE, NULL);
	OBJECT_HANDLE_INFORMATION told;
	NTSTATUS created, finished;
	CLIENT_ID ids;
	HANDLE handle;
	PVOID pointer;

	memset(&work, 0, sizeof(work));
	KeInitializeEvent(&work.go, NotificationEvent, FALSE);
	created = PsCreateSystemThread(&handle, SYNCHRONIZE, &a, NULL, &ids, start_routine, &work);
	EQ(STATUS_SUCCESS, created);
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &pointer, &told));
	finished = finish(pointer);
	ObDereferenceObject(pointer);
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_SUCCESS, finished);
	EQ(SYNCHRONIZE, told.GrantedAccess);
	EQ(work.pid, (long)ids.UniqueThread);
	EQ(work.pid, (long)ids.UniqueProcess);
}

/* A thread that PsCreateSystemThread did not start cannot be ended. */
static void terminate_other(struct test *t)
{
	EQ(STATUS_INVALID_PARAMETER, PsTerminateSystemThread(STATUS_SUCCESS));
}

void F21_other_threads_go_on(struct test *t)
{
	DO(terminate_other(t));
	DO(in_thread(t, terminate_other));
}

/* Many threads run at once. They end before, during and after the wait for them. */
#define THREADS 100

static atomic_t ran;

static VOID brief(PVOID context)
{
	long n = (long)context;

	if (n % 3 == 0)
		msleep(n % 7);
	atomic_inc(&ran);
	if (n % 2)
		PsTerminateSystemThread(STATUS_SUCCESS);
}

void F21_hundred_threads(struct test *t)
{
	LARGE_INTEGER lost = LOST;
	HANDLE handles[THREADS];
	NTSTATUS status = STATUS_SUCCESS;
	long i, n;

	atomic_set(&ran, 0);
	for (n = 0; n < THREADS && status == STATUS_SUCCESS; n++)
		status = PsCreateSystemThread(&handles[n], THREAD_ALL_ACCESS, NULL, NULL, NULL, brief, (void *)n);
	EQ(STATUS_SUCCESS, status);
	for (i = 0; i < n; i++)
		status |= ZwWaitForSingleObject(handles[i], FALSE, &lost);
	EQ(STATUS_SUCCESS, status);
	EQ(THREADS, atomic_read(&ran));
	for (i = 0; i < n; i++)
		EQ(STATUS_SUCCESS, ZwClose(handles[i]));
}

/* ObReferenceObjectByPointer checks the type only for a user, as NT does. */
static void by_pointer(struct test *t, PVOID pointer, POBJECT_TYPE type, POBJECT_TYPE other)
{
	EQ(STATUS_SUCCESS, ObReferenceObjectByPointer(pointer, 0, type, KernelMode));
	EQ(STATUS_SUCCESS, ObReferenceObjectByPointer(pointer, 0, NULL, KernelMode));
	EQ(STATUS_SUCCESS, ObReferenceObjectByPointer(pointer, 0, other, KernelMode));
	EQ(STATUS_SUCCESS, ObReferenceObjectByPointer(pointer, 0, type, UserMode));
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ObReferenceObjectByPointer(pointer, 0, other, UserMode));
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ObReferenceObjectByPointer(pointer, 0, NULL, UserMode));
	EQ(STATUS_INVALID_PARAMETER_4, ObReferenceObjectByPointer(pointer, 0, type, 2));
}

void F21_reference_by_pointer(struct test *t)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };
	KEVENT *storage = event(t, NotificationEvent, TRUE);
	PVOID thread, object;
	NTSTATUS finished;
	HANDLE handle;
	int i;

	EQ(STATUS_INVALID_PARAMETER_1, ObReferenceObjectByPointer(NULL, 0, *ExEventObjectType, KernelMode));
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ObReferenceObjectByPointer(storage, 0, *ExEventObjectType, KernelMode));
	EQ(STATUS_SUCCESS, create_kernel(&handle, NotificationEvent, TRUE));
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &object, NULL));
	DO(by_pointer(t, object, *ExEventObjectType, *PsThreadType));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	/* The calls above took four references. Each keeps the event. */
	for (i = 0; i < 4; i++) {
		ObDereferenceObject(object);
		EQ(1, KeReadStateEvent(object));
	}
	ObDereferenceObject(object);

	EQ(STATUS_SUCCESS, begin_system_thread(&handle, false));
	EQ(STATUS_SUCCESS, reference(handle, &thread));
	by_pointer(t, thread, *PsThreadType, *ExEventObjectType);
	finished = finish(thread);
	EQ(STATUS_SUCCESS, finished);
	EQ(STATUS_SUCCESS, ZwClose(handle));
	for (i = 0; i < 4; i++) {
		ObDereferenceObject(thread);
		EQ(STATUS_SUCCESS, KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, &zero));
	}
	ObReferenceObject(thread);
	ObDereferenceObject(thread);
	ObDereferenceObject(thread);
}
