// SPDX-License-Identifier: GPL-2.0
/* Which user pointers and handles are accepted: alignment, type and rights. */
#include "test.h"

#define AT(offset)	((void *)(page + (offset)))

/* Creates an event with everything in the user's page, and with one misaligned address. */
static NTSTATUS create_misaligned(struct test *t, int handle, int at, int name, int descriptor)
{
	uintptr_t page = t->run.memory;
	SECURITY_DESCRIPTOR sd = { .Revision = SECURITY_DESCRIPTOR_REVISION };
	UNICODE_STRING string = { 0, 0, NULL };
	OBJECT_ATTRIBUTES a = attributes(AT(256 + name), 0, NULL);

	a.SecurityDescriptor = AT(512 + descriptor);
	if (copy_to_user((void __user *)AT(256 + name), &string, sizeof(string)) ||
	    copy_to_user((void __user *)AT(512 + descriptor), &sd, sizeof(sd)) ||
	    copy_to_user((void __user *)AT(128 + at), &a, sizeof(a)))
		return STATUS_UNSUCCESSFUL;
	return NtCreateEvent(AT(handle), EVENT_ALL_ACCESS, AT(128 + at), NotificationEvent, TRUE);
}

void misaligned_attributes(struct test *t)
{
	uintptr_t page = t->run.memory;
	HANDLE handle;

	EQ(STATUS_DATATYPE_MISALIGNMENT, create_misaligned(t, 4, 0, 0, 0));
	EQ(STATUS_DATATYPE_MISALIGNMENT, create_misaligned(t, 0, 4, 0, 0));
	EQ(STATUS_DATATYPE_MISALIGNMENT, create_misaligned(t, 0, 0, 4, 0));
	EQ(STATUS_DATATYPE_MISALIGNMENT, create_misaligned(t, 0, 0, 0, 4));
	EQ(STATUS_DATATYPE_MISALIGNMENT, NtOpenEvent(AT(1), EVENT_ALL_ACCESS, AT(128)));
	EQ(STATUS_SUCCESS, create_misaligned(t, 0, 0, 0, 0));
	EQ(0, get_user(handle, (HANDLE __user *)AT(0)));
	EQ(STATUS_SUCCESS, NtClose(handle));
}

void misaligned_results(struct test *t)
{
	HANDLE event = user_fd(t, KAPI_EVENT);
	uintptr_t page = t->run.memory;
	LONG state;

	EQ(STATUS_DATATYPE_MISALIGNMENT, NtSetEvent(event, AT(2)));
	EQ(STATUS_DATATYPE_MISALIGNMENT, NtQueryEvent(event, EventBasicInformation, AT(2), 8, NULL));
	EQ(STATUS_DATATYPE_MISALIGNMENT, NtQueryEvent(event, EventBasicInformation, AT(0), 8, AT(18)));
	/* None of the calls changed the event. */
	EQ(STATUS_SUCCESS, NtQueryEvent(event, EventBasicInformation, AT(0), 8, NULL));
	EQ(0, get_user(state, (LONG __user *)AT(4)));
	EQ(0, state);
}

void B2_misaligned_waits(struct test *t)
{
	HANDLE event = user_fd(t, KAPI_EVENT);
	uintptr_t page = t->run.memory;

	EQ(STATUS_DATATYPE_MISALIGNMENT, NtWaitForSingleObject(event, FALSE, AT(4)));
	EQ(STATUS_DATATYPE_MISALIGNMENT, NtWaitForMultipleObjects(1, AT(4), WaitAny, FALSE, NULL));
	EQ(STATUS_DATATYPE_MISALIGNMENT, NtWaitForMultipleObjects(1, AT(0), WaitAny, FALSE, AT(4)));
}

/* V206, V207: any object of an fd, with the right, or without it if the kernel calls. */
void V206_V207_temporary_of_every_kind(struct test *t)
{
	static const struct {
		enum kapi_fd all, some;
	} kinds[] = {
		{ KAPI_EVENT, KAPI_MODIFY_ONLY },
		{ KAPI_OWN_DIRECTORY, KAPI_QUERIED_DIRECTORY },
		{ KAPI_OWN_LINK, KAPI_QUERIED_LINK },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		EQ(STATUS_ACCESS_DENIED, NtMakeTemporaryObject(user_fd(t, kinds[i].some)));
		EQ(STATUS_SUCCESS, ZwMakeTemporaryObject(user_fd(t, kinds[i].some)));
		EQ(STATUS_SUCCESS, NtMakeTemporaryObject(user_fd(t, kinds[i].all)));
	}
	EQ(STATUS_INVALID_HANDLE, NtMakeTemporaryObject(user_fd(t, KAPI_FOREIGN)));
	EQ(STATUS_INVALID_HANDLE, ZwMakeTemporaryObject(user_fd(t, KAPI_DEVICE)));
}

/* C1: the accesses with which a user can reference an object. */
void C1_rights_of_a_reference(struct test *t)
{
	static const struct {
		enum kapi_fd fd;
		ACCESS_MASK asked;
		NTSTATUS status;
	} cases[] = {
		{ KAPI_EVENT, GENERIC_READ, STATUS_SUCCESS },
		{ KAPI_EVENT, GENERIC_WRITE | GENERIC_EXECUTE, STATUS_SUCCESS },
		{ KAPI_EVENT, GENERIC_ALL, STATUS_SUCCESS },
		{ KAPI_EVENT, MAXIMUM_ALLOWED, STATUS_SUCCESS },
		{ KAPI_EVENT, ACCESS_SYSTEM_SECURITY, STATUS_ACCESS_DENIED },
		{ KAPI_EVENT, 4, STATUS_ACCESS_DENIED },
		{ KAPI_WAIT_ONLY, MAXIMUM_ALLOWED, STATUS_SUCCESS },
		{ KAPI_WAIT_ONLY, GENERIC_EXECUTE, STATUS_ACCESS_DENIED },
		{ KAPI_QUERY_ONLY, GENERIC_READ, STATUS_ACCESS_DENIED },
	};
	PVOID pointer;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EQ(cases[i].status, ObReferenceObjectByHandle(user_fd(t, cases[i].fd), cases[i].asked, *ExEventObjectType,
							      UserMode, &pointer, NULL));
		EQ(NT_SUCCESS(cases[i].status), pointer != NULL);
		ObDereferenceObject(pointer);
	}
}
