// SPDX-License-Identifier: GPL-2.0
/*
 * The routines that take a handle, in each form: Zw with a kernel handle, Zw with an fd, Nt with an
 * fd and user pointers, Nt in a kernel thread. A test body that runs in each form calls them
 * through these functions.
 */
#include "test.h"

const struct form forms[] = {
	{ .name = "Zw, kernel handle", .kernel_handle = true },
	{ .name = "Zw, fd" },
	{ .name = "Nt, fd", .nt = true },
	{ .name = "Nt, thread", .nt = true, .kernel_handle = true, .thread = true },
	{ .name = "Zw, thread", .kernel_handle = true, .thread = true },
	{ },
};

void in_each_form(struct test *t, test_function *function)
{
	const struct form *form;

	for (form = forms; form->name && !t->run.failed; form++) {
		t->form = form;
		if (form->thread)
			in_thread(t, function);
		else
			function(t);
		release_waiters(t);
		t->event_count = 0;
	}
	if (!t->run.failed)
		t->form = NULL;
}

static bool of_user(struct test *t)
{
	return t->form->nt && !t->form->thread;
}

/* The value that a routine stored in the user's page. */
static LONG stored(struct test *t)
{
	LONG value;

	return get_user(value, (LONG __user *)user_page(t)) ? NO_STATE : value;
}

/* Passes no attributes, unless the form needs OBJ_KERNEL_HANDLE. */
void create(struct test *t, HANDLE *handle, ACCESS_MASK access, EVENT_TYPE type, BOOLEAN state)
{
	OBJECT_ATTRIBUTES a = attributes(NULL, OBJ_KERNEL_HANDLE, NULL);
	POBJECT_ATTRIBUTES pointer = t->form->kernel_handle && !t->form->thread ? &a : NULL;

	*handle = NULL;
	if (of_user(t)) {
		HANDLE __user *user = user_page(t);

		EQ(STATUS_SUCCESS, NtCreateEvent((PHANDLE)(uintptr_t)user, access, pointer, type, state));
		EQ(0, copy_from_user(handle, user, sizeof(*handle)));
	} else if (t->form->nt) {
		EQ(STATUS_SUCCESS, NtCreateEvent(handle, access, pointer, type, state));
	} else {
		EQ(STATUS_SUCCESS, ZwCreateEvent(handle, access, pointer, type, state));
	}
	EQ(t->form->kernel_handle, is_kernel_handle(*handle));
}

static NTSTATUS call(struct test *t, HANDLE handle, LONG *previous, NTSTATUS (*nt)(HANDLE, PLONG),
		     NTSTATUS (*zw)(HANDLE, PLONG))
{
	PLONG pointer = previous;
	NTSTATUS status;

	if (previous)
		*previous = NO_STATE;
	if (previous && of_user(t)) {
		if (put_user(NO_STATE, (LONG __user *)user_page(t)))
			return STATUS_UNSUCCESSFUL;
		pointer = (PLONG)(uintptr_t)t->run.memory;
	}
	status = (t->form->nt ? nt : zw)(handle, pointer);
	if (pointer != previous)
		*previous = stored(t);
	return status;
}

NTSTATUS set(struct test *t, HANDLE handle, LONG *previous)
{
	return call(t, handle, previous, NtSetEvent, ZwSetEvent);
}

NTSTATUS reset(struct test *t, HANDLE handle, LONG *previous)
{
	return call(t, handle, previous, NtResetEvent, ZwResetEvent);
}

NTSTATUS pulse(struct test *t, HANDLE handle, LONG *previous)
{
	return call(t, handle, previous, NtPulseEvent, ZwPulseEvent);
}

NTSTATUS clear(struct test *t, HANDLE handle)
{
	return t->form->nt ? NtClearEvent(handle) : ZwClearEvent(handle);
}

NTSTATUS query(struct test *t, HANDLE handle, EVENT_BASIC_INFORMATION *information)
{
	ULONG length = 0;
	NTSTATUS status;

	memset(information, 0x5a, sizeof(*information));
	if (of_user(t)) {
		EVENT_BASIC_INFORMATION __user *user = user_page(t);
		ULONG __user *returned = user_page(t) + 64;

		status = NtQueryEvent(handle, EventBasicInformation, (PVOID)(uintptr_t)user, sizeof(*information),
				      (PULONG)(uintptr_t)returned);
		if (copy_from_user(information, user, sizeof(*information)) || get_user(length, returned))
			return STATUS_UNSUCCESSFUL;
	} else {
		status = (t->form->nt ? NtQueryEvent : ZwQueryEvent)(handle, EventBasicInformation, information,
								     sizeof(*information), &length);
	}
	if (NT_SUCCESS(status) && length != sizeof(*information))
		return STATUS_UNSUCCESSFUL;
	return status;
}

NTSTATUS wait_handle(struct test *t, HANDLE handle, s64 timeout)
{
	LARGE_INTEGER value = { .QuadPart = timeout };

	if (of_user(t)) {
		if (copy_to_user(user_page(t), &value, sizeof(value)))
			return STATUS_UNSUCCESSFUL;
		return NtWaitForSingleObject(handle, FALSE, (PLARGE_INTEGER)(uintptr_t)t->run.memory);
	}
	return (t->form->nt ? NtWaitForSingleObject : ZwWaitForSingleObject)(handle, FALSE, &value);
}

NTSTATUS close_handle(struct test *t, HANDLE handle)
{
	return t->form->nt ? NtClose(handle) : ZwClose(handle);
}

LONG state_of(struct test *t, HANDLE handle)
{
	EVENT_BASIC_INFORMATION information;

	return query(t, handle, &information) ? NO_STATE : information.EventState;
}

NTSTATUS create_kernel(HANDLE *handle, EVENT_TYPE type, BOOLEAN state)
{
	OBJECT_ATTRIBUTES a = attributes(NULL, OBJ_KERNEL_HANDLE, NULL);

	return ZwCreateEvent(handle, EVENT_ALL_ACCESS, &a, type, state);
}
