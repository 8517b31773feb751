// SPDX-License-Identifier: GPL-2.0
/*
 * Issue 17, number 19: a driver calls the Zw routines and similar routines with invalid pointers.
 * The calls are refused, and nothing changes.
 */
#include <linux/vmalloc.h>
#include "test.h"

/* A kernel handle of an unsignaled event, and addresses that are not mapped. */
struct wild {
	HANDLE handle;
	char *page;		/* its end is the end of the mapped memory */
	uintptr_t unreadable[8];
	int count;
};

static const u64 read_only[8] = { 1, 2, 3 };

static bool begin_wild(struct test *t, struct wild *w)
{
	w->page = vmalloc(PAGE_SIZE);
	if (!w->page)
		return false;
	memset(w->page, 0x5a, PAGE_SIZE);
	w->count = 0;
	w->unreadable[w->count++] = (uintptr_t)w->page + PAGE_SIZE;
	w->unreadable[w->count++] = (uintptr_t)w->page + PAGE_SIZE - 2;
	w->unreadable[w->count++] = 8;
	w->unreadable[w->count++] = t->run.memory;
	w->unreadable[w->count++] = t->run.memory + 2 * KAPI_PAGE;
	w->unreadable[w->count++] = 0x8000000000000000UL;
	w->unreadable[w->count++] = (uintptr_t)-8L;
	w->unreadable[w->count++] = (uintptr_t)-1L;
	return create_kernel(&w->handle, SynchronizationEvent, FALSE) == STATUS_SUCCESS;
}

static void end_wild(struct wild *w)
{
	ZwClose(w->handle);
	vfree(w->page);
}

static LONG state_by_zw(HANDLE handle)
{
	EVENT_BASIC_INFORMATION information;

	return ZwQueryEvent(handle, EventBasicInformation, &information, sizeof(information), NULL) ?
		NO_STATE : information.EventState;
}

static void waits(struct test *t, struct wild *w)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };
	HANDLE handles[2] = { w->handle, w->handle };
	HANDLE *last = (HANDLE *)(w->page + PAGE_SIZE) - 1;
	int i;

	EQ(STATUS_SUCCESS, ZwSetEvent(w->handle, NULL));
	for (i = 0; i < w->count; i++) {
		void *wild = (void *)w->unreadable[i];

		EQ(STATUS_ACCESS_VIOLATION, ZwWaitForMultipleObjects(1, wild, WaitAny, FALSE, &zero));
		EQ(STATUS_ACCESS_VIOLATION, ZwWaitForMultipleObjects(64, wild, WaitAll, FALSE, NULL));
		EQ(STATUS_ACCESS_VIOLATION, ZwWaitForMultipleObjects(2, handles, WaitAny, FALSE, wild));
		EQ(STATUS_ACCESS_VIOLATION, ZwWaitForSingleObject(w->handle, FALSE, wild));
		EQ(1, state_by_zw(w->handle));
	}
	/* The first handle can be read. The second cannot. */
	*last = w->handle;
	EQ(STATUS_ACCESS_VIOLATION, ZwWaitForMultipleObjects(2, last, WaitAny, FALSE, &zero));
	EQ(1, state_by_zw(w->handle));
	EQ(STATUS_SUCCESS, ZwWaitForMultipleObjects(1, last, WaitAny, FALSE, &zero));
}

void F19_waits_of_wild_pointers(struct test *t)
{
	struct wild w;

	OK(begin_wild(t, &w));
	waits(t, &w);
	end_wild(&w);
}

static void results(struct test *t, struct wild *w, void *wild)
{
	static NTSTATUS (*const operations[])(HANDLE, PLONG) = { ZwSetEvent, ZwResetEvent, ZwPulseEvent };
	EVENT_BASIC_INFORMATION information = { .EventState = NO_STATE };
	HANDLE handle = w->handle;
	PVOID pointer = t;
	int i, state;

	for (state = 0; state < 2; state++) {
		EQ(STATUS_SUCCESS, state ? ZwSetEvent(handle, NULL) : ZwResetEvent(handle, NULL));
		for (i = 0; i < ARRAY_SIZE(operations); i++) {
			EQ(STATUS_ACCESS_VIOLATION, operations[i](handle, wild));
			EQ(state, state_by_zw(handle));
		}
	}
	/* The pointer is checked before the handle. */
	EQ(STATUS_ACCESS_VIOLATION, ZwSetEvent(NULL, wild));
	EQ(STATUS_ACCESS_VIOLATION, ZwQueryEvent(handle, EventBasicInformation, wild, sizeof(information), NULL));
	EQ(STATUS_ACCESS_VIOLATION, ZwQueryEvent(handle, EventBasicInformation, &information, sizeof(information), wild));
	EQ(NO_STATE, information.EventState);
	EQ(STATUS_ACCESS_VIOLATION, ZwCreateEvent(wild, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE));
	EQ(STATUS_ACCESS_VIOLATION, ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, wild, NULL));
	EQ(STATUS_ACCESS_VIOLATION, ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &pointer, wild));
	SAME(NULL, pointer);
}

static void named_results(struct test *t, void *wild)
{
	UNICODE_STRING name = STRING(BASE "kapi_F19");
	OBJECT_ATTRIBUTES a = attributes(&name, OBJ_KERNEL_HANDLE, NULL);
	HANDLE handle;

	EQ(STATUS_ACCESS_VIOLATION, ZwCreateEvent(wild, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	EQ(STATUS_ACCESS_VIOLATION, ZwOpenEvent(wild, EVENT_ALL_ACCESS, &a));
	SAME(NULL, IoCreateNotificationEvent(&name, wild));
	SAME(NULL, IoCreateSynchronizationEvent(&name, wild));
	/* No event was made. */
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &name, 0));
}

void F19_results_at_wild_pointers_change_nothing(struct test *t)
{
	struct wild w;
	int i;

	OK(begin_wild(t, &w));
	for (i = 0; i < w.count && !t->run.failed; i++) {
		results(t, &w, (void *)w.unreadable[i]);
		if (!t->run.failed)
			named_results(t, (void *)w.unreadable[i]);
	}
	/* This memory can be read but not written. */
	if (!t->run.failed)
		results(t, &w, (void *)read_only);
	if (!t->run.failed)
		named_results(t, (void *)read_only);
	end_wild(&w);
	EQ(1, read_only[0]);
}

/* Both creating and opening with the attributes is refused. */
static void refused(struct test *t, OBJECT_ATTRIBUTES *a)
{
	HANDLE handle = (HANDLE)0x5aL;

	EQ(STATUS_ACCESS_VIOLATION, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, a, NotificationEvent, FALSE));
	SAME(NULL, handle);
	handle = (HANDLE)0x5aL;
	EQ(STATUS_ACCESS_VIOLATION, ZwOpenEvent(&handle, EVENT_ALL_ACCESS, a));
	SAME(NULL, handle);
}

static void arguments_at(struct test *t, void *wild)
{
	UNICODE_STRING string = { 8, 8, wild }, name = STRING(BASE "kapi_F19");
	OBJECT_ATTRIBUTES a = attributes(wild, OBJ_KERNEL_HANDLE, NULL);
	HANDLE handle = (HANDLE)0x5aL;

	DO(refused(t, wild));
	DO(refused(t, &a));
	SAME(NULL, IoCreateNotificationEvent(wild, &handle));
	a = attributes(&name, OBJ_KERNEL_HANDLE, NULL);
	a.SecurityDescriptor = wild;
	EQ(STATUS_ACCESS_VIOLATION, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	SAME(NULL, handle);
	/* An odd address is refused because it is odd. */
	if ((uintptr_t)wild & 1)
		return;
	a = attributes(&string, OBJ_KERNEL_HANDLE, NULL);
	DO(refused(t, &a));
	handle = (HANDLE)0x5aL;
	SAME(NULL, IoCreateSynchronizationEvent(&string, &handle));
	SAME((HANDLE)0x5aL, handle);
}

void F19_names_and_attributes_at_wild_pointers(struct test *t)
{
	struct wild w;
	int i;

	OK(begin_wild(t, &w));
	for (i = 0; i < w.count && !t->run.failed; i++)
		arguments_at(t, (void *)w.unreadable[i]);
	end_wild(&w);
}
