// SPDX-License-Identifier: GPL-2.0
/* Access checks: rights and privileges of drivers and users, security descriptors. */
#include <linux/cred.h>
#include "test.h"

/* Creates or opens NAME in the Zw form as a user without privileges. */
static NTSTATUS as_nobody(UNICODE_STRING *name, bool create, ULONG flags, ACCESS_MASK access, PSECURITY_DESCRIPTOR sd)
{
	OBJECT_ATTRIBUTES a = attributes(name, flags | OBJ_KERNEL_HANDLE, NULL);
	const struct cred *old = become_nobody();
	NTSTATUS status;
	HANDLE handle;

	if (!old)
		return STATUS_UNSUCCESSFUL;
	a.SecurityDescriptor = sd;
	if (create)
		status = ZwCreateEvent(&handle, access, &a, NotificationEvent, FALSE);
	else
		status = ZwOpenEvent(&handle, access, &a);
	become_again(old);
	if (NT_SUCCESS(status) && ZwClose(handle))
		return STATUS_UNSUCCESSFUL;
	return status;
}

/* The same for a user: in the Nt form, with all arguments in the user's page. */
static NTSTATUS as_user(struct test *t, UNICODE_STRING *name, bool create, ULONG flags, ACCESS_MASK access,
			PSECURITY_DESCRIPTOR sd)
{
	struct {
		HANDLE handle;
		OBJECT_ATTRIBUTES attributes;
		UNICODE_STRING name;
		SECURITY_DESCRIPTOR sd;
		WCHAR units[64];
	} l = { .name = *name }, __user *user = user_page(t);
	const struct cred *old;
	NTSTATUS status;

	memcpy(l.units, name->Buffer, name->Length);
	l.name.Buffer = (PWSTR)(uintptr_t)user->units;
	l.attributes = attributes((PUNICODE_STRING)(uintptr_t)&user->name, flags, NULL);
	if (sd) {
		l.sd = *sd;
		l.attributes.SecurityDescriptor = (PVOID)(uintptr_t)&user->sd;
	}
	if (copy_to_user(user, &l, sizeof(l)))
		return STATUS_UNSUCCESSFUL;
	old = become_nobody();
	if (!old)
		return STATUS_UNSUCCESSFUL;
	if (create)
		status = NtCreateEvent((PHANDLE)(uintptr_t)user, access,
				       (POBJECT_ATTRIBUTES)(uintptr_t)&user->attributes, NotificationEvent, FALSE);
	else
		status = NtOpenEvent((PHANDLE)(uintptr_t)user, access, (POBJECT_ATTRIBUTES)(uintptr_t)&user->attributes);
	become_again(old);
	if (get_user(l.handle, &user->handle))
		return STATUS_UNSUCCESSFUL;
	if (NT_SUCCESS(status) ? NtClose(l.handle) : l.handle != NULL)
		return STATUS_UNSUCCESSFUL;
	return status;
}

static NTSTATUS create_with(HANDLE *handle, UNICODE_STRING *name, PSECURITY_DESCRIPTOR sd)
{
	OBJECT_ATTRIBUTES a = attributes(name, OBJ_KERNEL_HANDLE, NULL);

	a.SecurityDescriptor = sd;
	return ZwCreateEvent(handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE);
}

void V239_forced_access_check(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V239");
	HANDLE handle;

	EQ(STATUS_SUCCESS, create_with(&handle, &name, NULL));
	EQ(STATUS_SUCCESS, as_nobody(&name, false, 0, EVENT_ALL_ACCESS, NULL));
	EQ(STATUS_ACCESS_DENIED, as_nobody(&name, false, OBJ_FORCE_ACCESS_CHECK, EVENT_ALL_ACCESS, NULL));
	EQ(STATUS_ACCESS_DENIED, as_nobody(&name, false, OBJ_FORCE_ACCESS_CHECK, SYNCHRONIZE, NULL));
	EQ(STATUS_ACCESS_DENIED, as_user(t, &name, false, 0, SYNCHRONIZE, NULL));
	/* OPENIF opens the existing event. */
	EQ(STATUS_OBJECT_NAME_EXISTS, as_nobody(&name, true, OBJ_OPENIF, EVENT_ALL_ACCESS, NULL));
	EQ(STATUS_ACCESS_DENIED, as_nobody(&name, true, OBJ_OPENIF | OBJ_FORCE_ACCESS_CHECK, EVENT_ALL_ACCESS, NULL));
	EQ(STATUS_ACCESS_DENIED, as_user(t, &name, true, OBJ_OPENIF, EVENT_ALL_ACCESS, NULL));
	EQ(STATUS_SUCCESS, ZwClose(handle));
}

/* S3: the descriptor of a driver's event decides who may open it. */
void S4_descriptor_decides_who_opens(struct test *t)
{
	SECURITY_DESCRIPTOR sd = { .Revision = SECURITY_DESCRIPTOR_REVISION, .Control = SE_DACL_PRESENT };
	UNICODE_STRING name = STRING(BASE "kapi_descriptor");
	HANDLE handle;

	/* A NULL DACL that is present grants everybody access. */
	EQ(STATUS_SUCCESS, create_with(&handle, &name, &sd));
	EQ(STATUS_SUCCESS, as_nobody(&name, false, OBJ_FORCE_ACCESS_CHECK, SYNCHRONIZE | EVENT_MODIFY_STATE, NULL));
	EQ(STATUS_SUCCESS, as_user(t, &name, false, 0, SYNCHRONIZE | EVENT_MODIFY_STATE | EVENT_QUERY_STATE, NULL));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	/* Without a DACL the default applies. */
	sd.Control = 0;
	EQ(STATUS_SUCCESS, create_with(&handle, &name, &sd));
	EQ(STATUS_ACCESS_DENIED, as_user(t, &name, false, 0, SYNCHRONIZE, NULL));
	/* Opening ignores the descriptor. */
	sd.Revision = 9;
	EQ(STATUS_SUCCESS, as_nobody(&name, false, 0, SYNCHRONIZE, &sd));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	/* A user owns the events that it creates. */
	sd.Revision = SECURITY_DESCRIPTOR_REVISION;
	EQ(STATUS_SUCCESS, as_user(t, &name, true, 0, EVENT_ALL_ACCESS, &sd));
}

void V176_malformed_descriptors(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V176"), nowhere = STRING(L"\\NoSuchDirectory\\x");
	SECURITY_DESCRIPTOR sd = { .Revision = SECURITY_DESCRIPTOR_REVISION };
	static const UCHAR revisions[] = { 0, 2, 0xff };
	HANDLE handle;
	int i;

	for (i = 0; i < ARRAY_SIZE(revisions); i++) {
		sd.Revision = revisions[i];
		EQ(STATUS_UNKNOWN_REVISION, create_with(&handle, &name, &sd));
		SAME(NULL, handle);
		EQ(STATUS_UNKNOWN_REVISION, create_with(&handle, NULL, &sd));
		EQ(STATUS_UNKNOWN_REVISION, as_user(t, &name, true, 0, EVENT_ALL_ACCESS, &sd));
		/* The descriptor is captured before the path is looked up. */
		EQ(STATUS_UNKNOWN_REVISION, create_with(&handle, &nowhere, &sd));
	}
	sd = (SECURITY_DESCRIPTOR){ .Revision = 1, .Control = SE_DACL_PRESENT, .Dacl = &sd };
	EQ(STATUS_INVALID_SECURITY_DESCR, create_with(&handle, &name, &sd));
	SAME(NULL, handle);
	EQ(STATUS_INVALID_SECURITY_DESCR, as_user(t, &name, true, 0, EVENT_ALL_ACCESS, &sd));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &name, 0));
}

void V203_V215_privileges(struct test *t)
{
	SECURITY_DESCRIPTOR sacl = { .Revision = SECURITY_DESCRIPTOR_REVISION, .Control = SE_SACL_PRESENT };
	const ACCESS_MASK system = SYNCHRONIZE | ACCESS_SYSTEM_SECURITY;
	UNICODE_STRING name = STRING(BASE "kapi_V215");
	HANDLE handle;

	/* A driver needs no privilege. */
	EQ(STATUS_SUCCESS, as_nobody(&name, true, 0, system, NULL));
	EQ(STATUS_SUCCESS, as_nobody(&name, true, 0, EVENT_ALL_ACCESS, &sacl));
	EQ(STATUS_PRIVILEGE_NOT_HELD, as_nobody(&name, true, OBJ_FORCE_ACCESS_CHECK, system, NULL));
	EQ(STATUS_PRIVILEGE_NOT_HELD, as_user(t, &name, true, 0, system, NULL));
	EQ(STATUS_PRIVILEGE_NOT_HELD, as_nobody(&name, true, OBJ_FORCE_ACCESS_CHECK, EVENT_ALL_ACCESS, &sacl));
	EQ(STATUS_PRIVILEGE_NOT_HELD, as_user(t, &name, true, 0, EVENT_ALL_ACCESS, &sacl));
	/* OBJ_PERMANENT */
	EQ(STATUS_PRIVILEGE_NOT_HELD, as_user(t, &name, true, OBJ_PERMANENT, EVENT_ALL_ACCESS, NULL));
	EQ(STATUS_PRIVILEGE_NOT_HELD,
	   as_nobody(&name, true, OBJ_PERMANENT | OBJ_FORCE_ACCESS_CHECK, EVENT_ALL_ACCESS, NULL));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &name, 0));
	EQ(STATUS_SUCCESS, as_nobody(&name, true, OBJ_PERMANENT, EVENT_ALL_ACCESS, NULL));
	EQ(STATUS_SUCCESS, open_named(&handle, &name, 0));
	EQ(STATUS_SUCCESS, ZwMakeTemporaryObject(handle));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &name, 0));
}

/* V193, V194: only drivers can open with no rights. */
void V192_V193_V194_no_access(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V194");
	OBJECT_ATTRIBUTES a = attributes(&name, OBJ_KERNEL_HANDLE, NULL);
	OBJECT_HANDLE_INFORMATION information;
	HANDLE handle, first;
	PVOID pointer;

	EQ(STATUS_SUCCESS, create_named(&first, &name, 0));
	EQ(STATUS_SUCCESS, ZwOpenEvent(&handle, 0, &a));
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, EVENT_ALL_ACCESS, NULL, KernelMode, &pointer, &information));
	EQ(0, information.GrantedAccess);
	ObDereferenceObject(pointer);
	EQ(STATUS_SUCCESS, ZwSetEvent(handle, NULL));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	a.Attributes |= OBJ_FORCE_ACCESS_CHECK;
	EQ(STATUS_ACCESS_DENIED, ZwOpenEvent(&handle, 0, &a));
	SAME(NULL, handle);
	EQ(STATUS_ACCESS_DENIED, as_user(t, &name, false, 0, 0, NULL));
	EQ(STATUS_SUCCESS, ZwClose(first));
}

void V202_S4_desired_access(struct test *t)
{
	static const struct {
		ACCESS_MASK asked, granted;
	} rights[] = {
		{ EVENT_QUERY_STATE, EVENT_QUERY_STATE },
		{ EVENT_MODIFY_STATE, EVENT_MODIFY_STATE },
		{ EVENT_ALL_ACCESS, EVENT_ALL_ACCESS },
		{ SYNCHRONIZE, SYNCHRONIZE },
		{ DELETE | READ_CONTROL, DELETE | READ_CONTROL },
		{ WRITE_DAC | WRITE_OWNER, WRITE_DAC | WRITE_OWNER },
		{ STANDARD_RIGHTS_REQUIRED, STANDARD_RIGHTS_REQUIRED },
		{ GENERIC_READ, 0x20001 },
		{ GENERIC_WRITE, 0x20002 },
		{ GENERIC_EXECUTE, 0x120000 },
		{ GENERIC_ALL, EVENT_ALL_ACCESS },
		{ MAXIMUM_ALLOWED, EVENT_ALL_ACCESS },
		{ 0, 0 },
	};
	OBJECT_ATTRIBUTES a = attributes(NULL, OBJ_KERNEL_HANDLE, NULL);
	OBJECT_HANDLE_INFORMATION information;
	PVOID pointer;
	HANDLE handle;
	int i, fd;

	for (i = 0; i < ARRAY_SIZE(rights); i++)
		for (fd = 0; fd < 2; fd++) {
			EQ(STATUS_SUCCESS,
			   ZwCreateEvent(&handle, rights[i].asked, fd ? NULL : &a, NotificationEvent, FALSE));
			EQ(STATUS_SUCCESS,
			   ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &pointer, &information));
			EQ(rights[i].granted, information.GrantedAccess);
			ObDereferenceObject(pointer);
			EQ(STATUS_SUCCESS, ZwClose(handle));
		}
}

/* V200: undefined rights. Creating an event ignores them. Opening an event refuses them. */
void V200_unknown_rights(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V200");
	OBJECT_ATTRIBUTES a = attributes(&name, OBJ_KERNEL_HANDLE, NULL);
	HANDLE handle, other = t;

	EQ(STATUS_SUCCESS, ZwCreateEvent(&handle, 0xffffffff, &a, NotificationEvent, FALSE));
	EQ(STATUS_ACCESS_DENIED, ZwOpenEvent(&other, 0xffffffff, &a));
	SAME(NULL, other);
	EQ(STATUS_ACCESS_DENIED, ZwOpenEvent(&other, SYNCHRONIZE | 4, &a));
	a.Attributes |= OBJ_OPENIF;
	EQ(STATUS_ACCESS_DENIED, ZwCreateEvent(&other, SYNCHRONIZE | 4, &a, NotificationEvent, FALSE));
	SAME(NULL, other);
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &name, 0));
}

void V212_exclusive(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V212");
	HANDLE handle, other;

	EQ(STATUS_SUCCESS, create_named(&handle, &name, OBJ_EXCLUSIVE));
	EQ(STATUS_ACCESS_DENIED, open_named(&other, &name, 0));
	SAME(NULL, other);
	EQ(STATUS_SUCCESS, open_named(&other, &name, OBJ_EXCLUSIVE));
	EQ(STATUS_SUCCESS, ZwClose(other));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	/* V213 */
	EQ(STATUS_SUCCESS, create_named(&handle, &name, 0));
	EQ(STATUS_INVALID_PARAMETER, open_named(&other, &name, OBJ_EXCLUSIVE));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_INVALID_PARAMETER, create_named(&handle, &name, OBJ_EXCLUSIVE | OBJ_INHERIT));
}
