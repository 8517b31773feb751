// SPDX-License-Identifier: GPL-2.0
/* Pointers to objects of handles: V226 to V230, references and lifetimes. */
#include "test.h"

static NTSTATUS by_handle(HANDLE handle, PVOID *pointer)
{
	return ObReferenceObjectByHandle(handle, 0, *ExEventObjectType, KernelMode, pointer, NULL);
}

void V226_null_handle(struct test *t)
{
	PVOID pointer = t;

	EQ(STATUS_INVALID_HANDLE, ObReferenceObjectByHandle(NULL, 0, *ExEventObjectType, KernelMode, &pointer, NULL));
	SAME(NULL, pointer);
	pointer = t;
	EQ(STATUS_INVALID_HANDLE, ObReferenceObjectByHandle(NULL, 0, NULL, UserMode, &pointer, NULL));
	SAME(NULL, pointer);
}

IN_EACH_FORM(V227_other_type)
{
	PVOID pointer = t;
	HANDLE handle;

	DO(create(t, &handle, EVENT_ALL_ACCESS, NotificationEvent, FALSE));
	EQ(STATUS_OBJECT_TYPE_MISMATCH,
	   ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, &pointer, NULL));
	SAME(NULL, pointer);
	OK(*ExEventObjectType);
	OK(*IoFileObjectType);
	OK(*ExEventObjectType != *IoFileObjectType);
	/* An invalid type. */
	pointer = t;
	EQ(STATUS_OBJECT_TYPE_MISMATCH,
	   ObReferenceObjectByHandle(handle, 0, (POBJECT_TYPE)t, KernelMode, &pointer, NULL));
	SAME(NULL, pointer);
	EQ(STATUS_SUCCESS, close_handle(t, handle));
}

IN_EACH_FORM(V228_equal_pointers)
{
	OBJECT_HANDLE_INFORMATION information = { 0x5a5a5a5a, 0x5a5a5a5a };
	PVOID first, second;
	HANDLE handle;

	DO(create(t, &handle, EVENT_ALL_ACCESS, NotificationEvent, FALSE));
	EQ(STATUS_SUCCESS, by_handle(handle, &first));
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, EVENT_ALL_ACCESS, NULL, KernelMode, &second, &information));
	OK(first);
	SAME(first, second);
	EQ(EVENT_ALL_ACCESS, information.GrantedAccess);
	EQ(0, information.HandleAttributes & OBJ_INHERIT);
	ObDereferenceObject(first);
	ObDereferenceObject(second);
	EQ(STATUS_SUCCESS, close_handle(t, handle));
}

void V229_right_is_missing(struct test *t)
{
	static const struct {
		enum kapi_fd fd;
		ACCESS_MASK granted;
	} handles[] = {
		{ KAPI_EVENT, EVENT_ALL_ACCESS },
		{ KAPI_WAIT_ONLY, SYNCHRONIZE },
		{ KAPI_MODIFY_ONLY, EVENT_MODIFY_STATE },
		{ KAPI_QUERY_ONLY, EVENT_QUERY_STATE },
	};
	static const ACCESS_MASK rights[] = { SYNCHRONIZE, EVENT_MODIFY_STATE, EVENT_QUERY_STATE, DELETE,
					      SYNCHRONIZE | EVENT_MODIFY_STATE, EVENT_ALL_ACCESS };
	PVOID pointer;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		HANDLE handle = user_fd(t, handles[i].fd);

		for (j = 0; j < ARRAY_SIZE(rights); j++) {
			bool has = (rights[j] & ~handles[i].granted) == 0;

			pointer = t;
			EQ(has ? STATUS_SUCCESS : STATUS_ACCESS_DENIED,
			   ObReferenceObjectByHandle(handle, rights[j], *ExEventObjectType, UserMode, &pointer, NULL));
			EQ(has, pointer != NULL);
			ObDereferenceObject(pointer);
			/* The kernel has every right. */
			EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, rights[j], NULL, KernelMode, &pointer, NULL));
			ObDereferenceObject(pointer);
		}
		EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, 0, NULL, UserMode, &pointer, NULL));
		ObDereferenceObject(pointer);
	}
	/* The type is checked before the rights. */
	EQ(STATUS_OBJECT_TYPE_MISMATCH,
	   ObReferenceObjectByHandle(user_fd(t, KAPI_WAIT_ONLY), EVENT_MODIFY_STATE, *IoFileObjectType, UserMode, &pointer,
				     NULL));
}

/* Rights belong to handles, not to pointers. */
IN_EACH_FORM(V230_pointer_has_no_rights)
{
	PVOID pointer;
	HANDLE handle;

	DO(create(t, &handle, SYNCHRONIZE, SynchronizationEvent, FALSE));
	EQ(STATUS_SUCCESS, by_handle(handle, &pointer));
	EQ(0, KeSetEvent(pointer, 0, FALSE));
	EQ(STATUS_SUCCESS, wait_handle(t, handle, 0));
	EQ(STATUS_TIMEOUT, wait_handle(t, handle, 0));
	ObDereferenceObject(pointer);
	EQ(STATUS_SUCCESS, close_handle(t, handle));
}

void kernel_handle_is_not_for_users(struct test *t)
{
	PVOID pointer = t;
	HANDLE handle;

	EQ(STATUS_SUCCESS, create_kernel(&handle, NotificationEvent, TRUE));
	EQ(STATUS_INVALID_HANDLE,
	   ObReferenceObjectByHandle(handle, 0, *ExEventObjectType, UserMode, &pointer, NULL));
	SAME(NULL, pointer);
	EQ(STATUS_SUCCESS, ZwClose(handle));
}

void directory_is_no_event(struct test *t)
{
	static const enum kapi_fd others[] = { KAPI_DIRECTORY, KAPI_LINK };
	int i, mode;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		for (mode = KernelMode; mode <= UserMode; mode++) {
			PVOID pointer = t;

			EQ(STATUS_OBJECT_TYPE_MISMATCH,
			   ObReferenceObjectByHandle(user_fd(t, others[i]), 0, *ExEventObjectType, mode, &pointer, NULL));
			SAME(NULL, pointer);
			EQ(STATUS_OBJECT_TYPE_MISMATCH,
			   ObReferenceObjectByHandle(user_fd(t, others[i]), 0, NULL, mode, &pointer, NULL));
		}
}

void null_out_pointer_of_reference(struct test *t)
{
	EQ(STATUS_ACCESS_VIOLATION,
	   ObReferenceObjectByHandle(user_fd(t, KAPI_EVENT), 0, *ExEventObjectType, KernelMode, NULL, NULL));
	EQ(STATUS_ACCESS_VIOLATION,
	   ObReferenceObjectByHandle(user_fd(t, KAPI_EVENT), 0, *ExEventObjectType, UserMode, NULL, NULL));
}

/* The pointer keeps the object, but not its name. */
void C6_object_outlives_its_handles(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_outlives");
	PVOID pointer, other;
	struct waiter *w;
	HANDLE handle;

	EQ(STATUS_SUCCESS, create_named(&handle, &name, 0));
	EQ(STATUS_SUCCESS, by_handle(handle, &pointer));
	DO(w = start_waiter(t, pointer));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &name, 0));
	/* V211: a new object of that name. The waiter waits for the old one. */
	EQ(STATUS_SUCCESS, create_named(&handle, &name, 0));
	EQ(STATUS_SUCCESS, by_handle(handle, &other));
	OK(other != pointer);
	EQ(STATUS_SUCCESS, ZwSetEvent(handle, NULL));
	OK(is_blocked(w));
	EQ(1, KeReadStateEvent(other));
	EQ(0, KeSetEvent(pointer, 0, FALSE));
	EQ(STATUS_SUCCESS, outcome(w));
	EQ(0, KeReadStateEvent(pointer));
	OK(release_waiters(t));
	ObDereferenceObject(other);
	ObDereferenceObject(pointer);
	EQ(STATUS_SUCCESS, ZwClose(handle));
}

/* The waiter holds the only reference to the object. */
void waiter_holds_the_object_of_its_handle(struct test *t)
{
	struct waiter *w;
	PVOID pointer;
	HANDLE handle;

	EQ(STATUS_SUCCESS, create_kernel(&handle, NotificationEvent, FALSE));
	EQ(STATUS_SUCCESS, by_handle(handle, &pointer));
	DO(w = new_waiter(t, NULL));
	w->handle = handle;
	w->timed = true;
	w->timeout = milliseconds(2000);
	DO(start(t, w));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	ObDereferenceObject(pointer);
	EQ(STATUS_TIMEOUT, outcome(w));
}

void references_are_counted(struct test *t)
{
	PVOID pointer;
	HANDLE handle;
	int i;

	EQ(STATUS_SUCCESS, create_kernel(&handle, NotificationEvent, TRUE));
	EQ(STATUS_SUCCESS, by_handle(handle, &pointer));
	for (i = 0; i < 100; i++)
		ObReferenceObject(pointer);
	EQ(STATUS_SUCCESS, ZwClose(handle));
	for (i = 0; i < 100; i++)
		ObDereferenceObject(pointer);
	EQ(1, KeReadStateEvent(pointer));
	ObDereferenceObject(pointer);
}

/* Storage has no reference count, so referencing it does nothing. */
void references_of_storage_do_nothing(struct test *t)
{
	KEVENT *e = event(t, SynchronizationEvent, TRUE), copy = *e;
	int i;

	for (i = 0; i < 3; i++) {
		ObDereferenceObject(e);
		ObDereferenceObject(NULL);
	}
	ObReferenceObject(e);
	ObReferenceObject(NULL);
	EQ(0, memcmp(&copy, e, sizeof(copy)));
	EQ(STATUS_SUCCESS, test_event(e));
}

void RtlInitUnicodeString_counts(struct test *t)
{
	UNICODE_STRING s;

	memset(&s, 0x5a, sizeof(s));
	RtlInitUnicodeString(&s, L"abc");
	EQ(6, s.Length);
	EQ(8, s.MaximumLength);
	EQ('c', s.Buffer[2]);
	RtlInitUnicodeString(&s, L"");
	EQ(0, s.Length);
	EQ(2, s.MaximumLength);
	memset(&s, 0x5a, sizeof(s));
	RtlInitUnicodeString(&s, NULL);
	EQ(0, s.Length);
	EQ(0, s.MaximumLength);
	SAME(NULL, s.Buffer);
}

/* The longest string, and one that is too long. */
void RtlInitUnicodeString_ends(struct test *t)
{
	static const u32 units[] = { 32765, 32766, 32767, 40000 };
	WCHAR *text = kvcalloc(40001, sizeof(*text), GFP_KERNEL);
	UNICODE_STRING s[ARRAY_SIZE(units)];
	int i;

	OK(text);
	memset(s, 0x5a, sizeof(s));
	RtlInitUnicodeString(NULL, L"abc");
	RtlInitUnicodeString(NULL, NULL);
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		memset16(text, 'x', units[i]);
		RtlInitUnicodeString(&s[i], text);
	}
	kvfree(text);
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		EQ(i ? 65532 : 65530, s[i].Length);
		EQ(i ? 65534 : 65532, s[i].MaximumLength);
		SAME(text, s[i].Buffer);
	}
}

/* A directory has no kernel handle. */
void kernel_handle_is_no_root(struct test *t)
{
	UNICODE_STRING name = STRING(L"kapi_root");
	HANDLE root, handle = t;
	OBJECT_ATTRIBUTES a;

	EQ(STATUS_SUCCESS, create_kernel(&root, NotificationEvent, FALSE));
	a = attributes(&name, OBJ_KERNEL_HANDLE, root);
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	SAME(NULL, handle);
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ZwOpenEvent(&handle, EVENT_ALL_ACCESS, &a));
	EQ(STATUS_SUCCESS, ZwClose(root));
	EQ(STATUS_INVALID_HANDLE, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	EQ(STATUS_INVALID_HANDLE, ZwOpenEvent(&handle, EVENT_ALL_ACCESS, &a));
	SAME(NULL, handle);
}

void InitializeObjectAttributes_fills_all(struct test *t)
{
	UNICODE_STRING name = STRING(L"x");
	SECURITY_DESCRIPTOR descriptor;
	OBJECT_ATTRIBUTES a;

	memset(&a, 0x5a, sizeof(a));
	InitializeObjectAttributes(&a, &name, OBJ_OPENIF, (HANDLE)5L, &descriptor);
	EQ(sizeof(a), a.Length);
	SAME(&name, a.ObjectName);
	EQ(OBJ_OPENIF, a.Attributes);
	SAME((HANDLE)5L, a.RootDirectory);
	SAME(&descriptor, a.SecurityDescriptor);
	SAME(NULL, a.SecurityQualityOfService);
}
