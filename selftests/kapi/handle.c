// SPDX-License-Identifier: GPL-2.0
/* Kernel handles and fds as handles: values, closing, and who may use which. */
#include <linux/bitops.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include "test.h"

#define MANY 1000

void handle_is_a_kernel_handle(struct test *t)
{
	HANDLE handle;
	uintptr_t value;

	EQ(STATUS_SUCCESS, create_kernel(&handle, NotificationEvent, FALSE));
	value = (uintptr_t)handle;
	OK(is_kernel_handle(handle));
	EQ(0, value & 3);
	OK(value > 0xffffffff80000000UL);
	/* As a 32-bit number it is negative, so it is not an fd. */
	OK((int)value < 0);
	EQ(STATUS_SUCCESS, ZwClose(handle));
}

/* V102: the low two bits are free for the caller. */
void V102_low_bits_are_ignored(struct test *t)
{
	EVENT_BASIC_INFORMATION information;
	LARGE_INTEGER zero = { .QuadPart = 0 };
	PVOID pointer, other;
	HANDLE handle;
	int bits;

	EQ(STATUS_SUCCESS, create_kernel(&handle, NotificationEvent, FALSE));
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &pointer, NULL));
	for (bits = 1; bits < 4; bits++) {
		HANDLE tagged = handle + bits;
		LONG previous = NO_STATE;

		EQ(STATUS_SUCCESS, ZwSetEvent(tagged, &previous));
		EQ(0, previous);
		EQ(STATUS_SUCCESS, ZwWaitForSingleObject(tagged, FALSE, &zero));
		EQ(STATUS_SUCCESS, ZwQueryEvent(tagged, EventBasicInformation, &information, sizeof(information), NULL));
		EQ(1, information.EventState);
		EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(tagged, 0, NULL, KernelMode, &other, NULL));
		SAME(pointer, other);
		ObDereferenceObject(other);
		EQ(STATUS_SUCCESS, ZwResetEvent(tagged, &previous));
		EQ(1, previous);
	}
	ObDereferenceObject(pointer);
	EQ(STATUS_SUCCESS, ZwClose(handle + 3));
	EQ(STATUS_INVALID_HANDLE, ZwClose(handle));
}

/* Every call with a handle. Each must return STATUS. */
static void all_give(struct test *t, HANDLE handle, NTSTATUS status)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };
	EVENT_BASIC_INFORMATION information;
	PVOID pointer = t;
	LONG previous = NO_STATE;
	ULONG length = 77;

	EQ(status, ZwSetEvent(handle, &previous));
	EQ(status, ZwResetEvent(handle, &previous));
	EQ(status, ZwClearEvent(handle));
	EQ(status, ZwPulseEvent(handle, &previous));
	EQ(NO_STATE, previous);
	EQ(status, ZwQueryEvent(handle, EventBasicInformation, &information, sizeof(information), &length));
	EQ(77, length);
	EQ(status, ZwWaitForSingleObject(handle, FALSE, &zero));
	EQ(status, ZwWaitForSingleObject(handle, FALSE, NULL));
	EQ(status, ZwWaitForMultipleObjects(1, &handle, WaitAny, FALSE, &zero));
	EQ(status, ZwWaitForMultipleObjects(1, &handle, WaitAll, FALSE, NULL));
	EQ(status, ObReferenceObjectByHandle(handle, 0, *ExEventObjectType, KernelMode, &pointer, NULL));
	SAME(NULL, pointer);
}

static const HANDLE no_handles[] = {
	NULL,
	(HANDLE)1,		/* the stdout of this program */
	(HANDLE)2,
	(HANDLE)-1L,
	(HANDLE)-2L,
	(HANDLE)-4L,
	(HANDLE)0x80000000UL,
	(HANDLE)0xffffffffUL,
	(HANDLE)0xdeadbee0UL,
	(HANDLE)0x100000000UL,
	(HANDLE)0xffffffff00000000UL,
	(HANDLE)0xffffffff80000000UL,
	(HANDLE)0xffffffff80000003UL,
	(HANDLE)0xfffffffffffffffcUL,
	(HANDLE)0x7fffffffffffffffUL,
	(HANDLE)0x8000000000000000UL,
};

void V101_V127_V135_V136_what_is_no_handle(struct test *t)
{
	HANDLE handle;
	int i;

	for (i = 0; i < ARRAY_SIZE(no_handles); i++) {
		/* Small numbers are fds of this program that are not handles. */
		DO(all_give(t, no_handles[i], STATUS_INVALID_HANDLE));
		EQ(STATUS_INVALID_HANDLE, ZwClose(no_handles[i]));
		EQ(STATUS_INVALID_HANDLE, ZwMakeTemporaryObject(no_handles[i]));
	}
	EQ(STATUS_SUCCESS, create_kernel(&handle, NotificationEvent, TRUE));
	/* The next handle values are not in use. */
	DO(all_give(t, handle + 4 * 100000, STATUS_INVALID_HANDLE));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	DO(all_give(t, handle, STATUS_INVALID_HANDLE));
	EQ(STATUS_INVALID_HANDLE, ZwClose(handle));
	EQ(STATUS_INVALID_HANDLE, ZwMakeTemporaryObject(handle));
}

static void thread_has_no_fds(struct test *t)
{
	int i;

	DO(all_give(t, user_fd(t, KAPI_EVENT), STATUS_INVALID_HANDLE));
	EQ(STATUS_INVALID_HANDLE, ZwClose(user_fd(t, KAPI_EVENT)));
	for (i = 0; i < ARRAY_SIZE(no_handles); i++) {
		DO(all_give(t, no_handles[i], STATUS_INVALID_HANDLE));
		EQ(STATUS_INVALID_HANDLE, NtClose(no_handles[i]));
	}
}

void thread_uses_no_fd(struct test *t)
{
	DO(in_thread(t, thread_has_no_fds));
	EQ(STATUS_SUCCESS, ZwResetEvent(user_fd(t, KAPI_EVENT), NULL));
}

/* A kernel handle works in every process and thread, even after its creator has exited. */
static void make_handle_of_thread(struct test *t)
{
	HANDLE handle;

	EQ(STATUS_SUCCESS, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, NULL, SynchronizationEvent, TRUE));
	OK(is_kernel_handle(handle));
	t->objects[0] = handle;
}

void kernel_handle_is_for_every_thread(struct test *t)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };

	DO(in_thread(t, make_handle_of_thread));
	EQ(STATUS_SUCCESS, ZwWaitForSingleObject(t->objects[0], FALSE, &zero));
	EQ(STATUS_TIMEOUT, ZwWaitForSingleObject(t->objects[0], FALSE, &zero));
	EQ(STATUS_SUCCESS, ZwClose(t->objects[0]));
	EQ(STATUS_INVALID_HANDLE, ZwClose(t->objects[0]));
}

static bool is_closed_by_exec(unsigned int fd)
{
	bool closed;

	rcu_read_lock();
	closed = test_bit(fd, files_fdtable(current->files)->close_on_exec);
	rcu_read_unlock();
	return closed;
}

/* Without OBJ_KERNEL_HANDLE a process gets an fd. exec closes it unless it is inherited. */
void handle_of_a_process_is_an_fd(struct test *t)
{
	OBJECT_ATTRIBUTES a = attributes(NULL, OBJ_INHERIT, NULL);
	HANDLE handle, inherited;
	struct file *file;

	EQ(STATUS_SUCCESS, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, NULL, SynchronizationEvent, TRUE));
	EQ(STATUS_SUCCESS, ZwCreateEvent(&inherited, EVENT_ALL_ACCESS, &a, SynchronizationEvent, TRUE));
	OK(!is_kernel_handle(handle));
	OK((uintptr_t)handle < 0x80000000UL);
	file = fget((uintptr_t)handle);
	OK(file);
	fput(file);
	OK(is_closed_by_exec((uintptr_t)handle));
	OK(!is_closed_by_exec((uintptr_t)inherited));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	file = fget((uintptr_t)handle);
	OK(!file);
	EQ(STATUS_SUCCESS, ZwClose(inherited));
	EQ(STATUS_INVALID_HANDLE, ZwClose(inherited));
}

/* ZwClose does not close an fd that is not a handle. */
void foreign_fd_is_left_open(struct test *t)
{
	static const enum kapi_fd foreign[] = { KAPI_FOREIGN, KAPI_DEVICE };
	int i;

	for (i = 0; i < ARRAY_SIZE(foreign); i++) {
		HANDLE handle = user_fd(t, foreign[i]);
		struct file *file;

		EQ(STATUS_INVALID_HANDLE, ZwClose(handle));
		EQ(STATUS_INVALID_HANDLE, NtClose(handle));
		DO(all_give(t, handle, STATUS_INVALID_HANDLE));
		file = fget(t->run.fds[foreign[i]]);
		OK(file);
		fput(file);
	}
}

void V104_directories_and_links_are_no_events(struct test *t)
{
	DO(all_give(t, user_fd(t, KAPI_DIRECTORY), STATUS_OBJECT_TYPE_MISMATCH));
	DO(all_give(t, user_fd(t, KAPI_LINK), STATUS_OBJECT_TYPE_MISMATCH));
	/* It does close handles. */
	EQ(STATUS_SUCCESS, ZwClose(user_fd(t, KAPI_DIRECTORY)));
	EQ(STATUS_INVALID_HANDLE, ZwClose(user_fd(t, KAPI_DIRECTORY)));
}

void thousand_handles(struct test *t)
{
	HANDLE *handles = kvcalloc(2 * MANY, sizeof(*handles), GFP_KERNEL), *again = handles + MANY;
	int made = 0, remade = 0, closed = 0, invalid = 0, same = 0, distinct = 0, events = 0, i, j;
	LONG previous;

	OK(handles);
	for (i = 0; i < MANY; i++)
		made += create_kernel(&handles[i], NotificationEvent, i % 2) == STATUS_SUCCESS;
	for (i = 0; i < MANY; i++) {
		for (j = 0; j < i && handles[j] != handles[i]; j++)
			;
		distinct += j == i;
		events += ZwResetEvent(handles[i], &previous) == STATUS_SUCCESS && previous == i % 2;
	}
	for (i = 0; i < MANY; i++)
		closed += ZwClose(handles[i]) == STATUS_SUCCESS;
	for (i = 0; i < MANY; i++)
		invalid += ZwSetEvent(handles[i], NULL) == STATUS_INVALID_HANDLE;
	/* New handles reuse the old values. A table that only grows would be exhausted. */
	for (i = 0; i < MANY; i++)
		remade += create_kernel(&again[i], SynchronizationEvent, FALSE) == STATUS_SUCCESS;
	for (i = 0; i < MANY; i++)
		for (j = 0; j < MANY; j++)
			same += handles[i] == again[j];
	for (i = 0; i < MANY; i++)
		closed += ZwClose(again[i]) == STATUS_SUCCESS;
	kvfree(handles);
	EQ(MANY, made);
	EQ(MANY, distinct);
	EQ(MANY, events);
	EQ(2 * MANY, closed);
	EQ(MANY, invalid);
	EQ(MANY, remade);
	EQ(MANY, same);
}

/* Waits for handles, in the Zw form. */
void V061_to_V068_V083_waits_for_handles(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V68");
	LARGE_INTEGER zero = { .QuadPart = 0 };
	HANDLE h[66];
	int i;

	EQ(STATUS_SUCCESS, create_named(&h[0], &name, 0));
	for (i = 1; i < 66; i++)
		EQ(STATUS_SUCCESS, create_kernel(&h[i], SynchronizationEvent, TRUE));
	EQ(STATUS_SUCCESS, ZwSetEvent(h[0], NULL));
	EQ(STATUS_INVALID_PARAMETER_1, ZwWaitForMultipleObjects(65, h, WaitAny, FALSE, &zero));
	EQ(STATUS_INVALID_PARAMETER_1, ZwWaitForMultipleObjects(0, h, WaitAny, FALSE, &zero));
	EQ(STATUS_INVALID_PARAMETER_1, ZwWaitForMultipleObjects(65, NULL, WaitAll, FALSE, &zero));
	EQ(STATUS_INVALID_PARAMETER_1, ZwWaitForMultipleObjects(0, NULL, WaitAll, FALSE, NULL));
	EQ(STATUS_INVALID_PARAMETER_3, ZwWaitForMultipleObjects(2, h, 2, FALSE, &zero));
	EQ(STATUS_ACCESS_VIOLATION, ZwWaitForMultipleObjects(2, NULL, WaitAny, FALSE, &zero));
	EQ(STATUS_SUCCESS, ZwWaitForMultipleObjects(64, h, WaitAll, FALSE, NULL));
	EQ(STATUS_TIMEOUT, ZwWaitForMultipleObjects(64, h, WaitAll, FALSE, &zero));
	EQ(STATUS_TIMEOUT, ZwWaitForMultipleObjects(64, h, WaitAny, FALSE, &zero));
	EQ(STATUS_SUCCESS, ZwSetEvent(h[63], NULL));
	EQ(STATUS_WAIT_0 + 63, ZwWaitForMultipleObjects(64, h, WaitAny, FALSE, NULL));

	/* Once with one handle twice, once with two handles of one event. */
	EQ(STATUS_SUCCESS, ZwClose(h[1]));
	EQ(STATUS_SUCCESS, open_named(&h[1], &name, 0));
	for (i = 0; i < 2; i++) {
		HANDLE both[] = { h[0], h[i] };

		EQ(STATUS_SUCCESS, ZwSetEvent(h[0], NULL));
		EQ(STATUS_INVALID_PARAMETER_MIX, ZwWaitForMultipleObjects(2, both, WaitAll, FALSE, &zero));
		EQ(STATUS_WAIT_0, ZwWaitForMultipleObjects(2, both, WaitAny, FALSE, &zero));
		EQ(STATUS_TIMEOUT, ZwWaitForMultipleObjects(2, both, WaitAny, FALSE, &zero));
	}

	/*
	 * A bad handle fails the wait, which takes nothing. The first bad handle decides the error.
	 */
	EQ(STATUS_SUCCESS, ZwSetEvent(h[0], NULL));
	for (i = 0; i < 3; i++) {
		HANDLE three[] = { h[0], h[2], h[3] };
		LONG previous;

		three[i] = NULL;
		EQ(STATUS_INVALID_HANDLE, ZwWaitForMultipleObjects(3, three, WaitAny, FALSE, &zero));
		EQ(STATUS_INVALID_HANDLE, ZwWaitForMultipleObjects(3, three, WaitAll, FALSE, &zero));
		EQ(STATUS_SUCCESS, ZwSetEvent(h[0], &previous));
		EQ(1, previous);
		if (i == 2)
			continue;
		three[2] = user_fd(t, KAPI_DIRECTORY);
		EQ(STATUS_INVALID_HANDLE, ZwWaitForMultipleObjects(3, three, WaitAny, FALSE, &zero));
		three[i] = user_fd(t, KAPI_DIRECTORY);
		three[2] = NULL;
		EQ(STATUS_OBJECT_TYPE_MISMATCH, ZwWaitForMultipleObjects(3, three, WaitAll, FALSE, &zero));
	}
	for (i = 0; i < 66; i++)
		EQ(STATUS_SUCCESS, ZwClose(h[i]));
}

void V131_V132_V133_query(struct test *t)
{
	static const ULONG lengths[] = { 0, 4, 7, 9, 16, 0xffffffff };
	EVENT_BASIC_INFORMATION information;
	ULONG returned = 77;
	HANDLE handle;
	int i;

	EQ(STATUS_SUCCESS, create_kernel(&handle, SynchronizationEvent, TRUE));
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		EQ(STATUS_INFO_LENGTH_MISMATCH, ZwQueryEvent(handle, 0, &information, lengths[i], &returned));
		/* The length is checked before the handle and the pointer. */
		EQ(STATUS_INFO_LENGTH_MISMATCH, ZwQueryEvent(NULL, 0, NULL, lengths[i], NULL));
	}
	EQ(STATUS_INVALID_INFO_CLASS, ZwQueryEvent(handle, 1, &information, sizeof(information), &returned));
	EQ(STATUS_INVALID_INFO_CLASS, ZwQueryEvent(NULL, -1, NULL, 0, NULL));
	EQ(77, returned);
	EQ(STATUS_ACCESS_VIOLATION, ZwQueryEvent(handle, 0, NULL, sizeof(information), &returned));
	EQ(STATUS_SUCCESS, ZwQueryEvent(handle, 0, &information, sizeof(information), NULL));
	EQ(STATUS_SUCCESS, ZwQueryEvent(handle, 0, &information, sizeof(information), &returned));
	EQ(8, returned);
	EQ(SynchronizationEvent, information.EventType);
	EQ(1, information.EventState);
	EQ(STATUS_SUCCESS, ZwClose(handle));
}

/* The program has lowered its limit, so that no fd is free. */
void no_fd_is_left(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_no_fd");
	OBJECT_ATTRIBUTES a = attributes(&name, 0, NULL);
	HANDLE handle = t, kernel;

	EQ(STATUS_TOO_MANY_OPENED_FILES, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE));
	SAME(NULL, handle);
	handle = t;
	EQ(STATUS_TOO_MANY_OPENED_FILES, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	SAME(NULL, handle);
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &name, 0));
	/* A kernel handle needs no fd. */
	EQ(STATUS_SUCCESS, create_named(&kernel, &name, 0));
	EQ(STATUS_TOO_MANY_OPENED_FILES, ZwOpenEvent(&handle, EVENT_ALL_ACCESS, &a));
	SAME(NULL, handle);
	EQ(STATUS_SUCCESS, ZwClose(kernel));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &name, 0));
}
