// SPDX-License-Identifier: GPL-2.0
/* IoCreate...Event (V217 to V225), and names in ZwCreateEvent and ZwOpenEvent (E7, E8). */
#include "test.h"

#define GARBAGE ((HANDLE)0xdeadbee0UL)
#define UNTOUCHED ((HANDLE)0x5a5aL)

/*
 * Names with an invalid length need as much memory, which may be read before the length is checked.
 */
static WCHAR units[65536 / sizeof(WCHAR)] = BASE "kapi_units";

void V217_new_notification_event(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V217");
	OBJECT_HANDLE_INFORMATION information;
	HANDLE handle = UNTOUCHED;
	PVOID other;
	PKEVENT e;

	e = IoCreateNotificationEvent(&name, &handle);
	OK(e);
	OK(is_kernel_handle(handle));
	EQ(1, KeReadStateEvent(e));
	EQ(STATUS_SUCCESS, test_event(e));
	EQ(STATUS_SUCCESS, test_event(e));
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, 0, *ExEventObjectType, KernelMode, &other, &information));
	SAME(e, other);
	EQ(EVENT_ALL_ACCESS, information.GrantedAccess);
	ObDereferenceObject(other);
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &name, 0));
}

void V218_unnamed_event(struct test *t)
{
	EVENT_BASIC_INFORMATION information;
	HANDLE first, second;
	PKEVENT e, n;

	e = IoCreateSynchronizationEvent(NULL, &first);
	OK(e);
	n = IoCreateNotificationEvent(NULL, &second);
	OK(n);
	OK(e != n);
	OK(is_kernel_handle(first));
	EQ(STATUS_SUCCESS, test_event(e));
	EQ(STATUS_TIMEOUT, test_event(e));
	EQ(STATUS_SUCCESS, test_event(n));
	EQ(STATUS_SUCCESS, ZwQueryEvent(first, 0, &information, sizeof(information), NULL));
	EQ(SynchronizationEvent, information.EventType);
	EQ(STATUS_SUCCESS, ZwQueryEvent(second, 0, &information, sizeof(information), NULL));
	EQ(NotificationEvent, information.EventType);
	EQ(STATUS_SUCCESS, ZwClose(first));
	EQ(STATUS_SUCCESS, ZwClose(second));
}

void V219_new_synchronization_event(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V219");
	HANDLE handle;
	PKEVENT e = IoCreateSynchronizationEvent(&name, &handle);

	OK(e);
	EQ(STATUS_SUCCESS, test_event(e));
	EQ(STATUS_TIMEOUT, test_event(e));
	EQ(STATUS_SUCCESS, ZwClose(handle));
}

void V220_existing_event_keeps_its_state(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V220");
	HANDLE first, second;
	PKEVENT e = IoCreateSynchronizationEvent(&name, &first), other;

	OK(e);
	EQ(STATUS_SUCCESS, test_event(e));
	other = IoCreateSynchronizationEvent(&name, &second);
	SAME(e, other);
	OK(first != second);
	EQ(0, KeReadStateEvent(other));
	/* The second driver keeps the name and the event. */
	EQ(STATUS_SUCCESS, ZwClose(first));
	EQ(0, KeSetEvent(other, 0, FALSE));
	EQ(STATUS_SUCCESS, test_event(other));
	EQ(STATUS_SUCCESS, ZwClose(second));
}

void V221_existing_event_keeps_its_type(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V221");
	EVENT_BASIC_INFORMATION information;
	HANDLE first, second;
	PKEVENT e = IoCreateNotificationEvent(&name, &first), other;

	OK(e);
	other = IoCreateSynchronizationEvent(&name, &second);
	SAME(e, other);
	EQ(STATUS_SUCCESS, test_event(other));
	EQ(STATUS_SUCCESS, test_event(other));
	EQ(STATUS_SUCCESS, ZwQueryEvent(second, 0, &information, sizeof(information), NULL));
	EQ(NotificationEvent, information.EventType);
	EQ(STATUS_SUCCESS, ZwClose(first));
	EQ(STATUS_SUCCESS, ZwClose(second));
}

/* Links that a user has planted for a driver. No link belongs to the kernel. */
void F04_planted_link(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_planted"), target = STRING(L"\\KernelObjects\\kapi_planted");
	UNICODE_STRING empty = STRING(L""), global = STRING(BASE "Global\\kapi_F04");
	OBJECT_ATTRIBUTES a = attributes(&name, OBJ_OPENIF | OBJ_KERNEL_HANDLE, NULL);
	HANDLE handle = UNTOUCHED;

	SAME(NULL, IoCreateNotificationEvent(&name, &handle));
	SAME(UNTOUCHED, handle);
	EQ(STATUS_ACCESS_DENIED, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	EQ(STATUS_ACCESS_DENIED, ZwOpenEvent(&handle, EVENT_ALL_ACCESS, &a));
	a = attributes(&empty, OBJ_KERNEL_HANDLE, user_fd(t, KAPI_PLANTED_LINK));
	EQ(STATUS_ACCESS_DENIED, ZwOpenEvent(&handle, EVENT_ALL_ACCESS, &a));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &target, 0));
	/* The start-up links are followed, unless the driver sets OBJ_DONT_REPARSE. */
	a = attributes(&global, OBJ_KERNEL_HANDLE | OBJ_DONT_REPARSE, NULL);
	EQ(STATUS_REPARSE_POINT_ENCOUNTERED, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	a.Attributes = OBJ_KERNEL_HANDLE;
	EQ(STATUS_SUCCESS, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	EQ(STATUS_SUCCESS, ZwClose(handle));
}

/*
 * The standard events exist. So a driver that asks for one does not create a signaled event and
 * think that memory is short.
 */
void F18_standard_events(struct test *t)
{
	struct {
		UNICODE_STRING name;
		LONG state;
	} events[] = {
		{ STRING(L"\\KernelObjects\\LowMemoryCondition"), 0 },
		{ STRING(L"\\KernelObjects\\HighMemoryCondition"), 1 },
		{ STRING(L"\\KernelObjects\\LowNonPagedPoolCondition"), 0 },
		{ STRING(L"\\KernelObjects\\HighCommitCondition"), 0 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		HANDLE handle;
		PKEVENT e = IoCreateNotificationEvent(&events[i].name, &handle);

		OK(e);
		EQ(events[i].state, KeReadStateEvent(e));
		EQ(STATUS_SUCCESS, ZwClose(handle));
	}
}

/* In place of V222's mutant a directory, and in place of V225's directory a missing one. */
void V222_V223_V225_no_event(struct test *t)
{
	UNICODE_STRING names[] = {
		STRING(L"\\BaseNamedObjects"),
		STRING(BASE "Global"),
		STRING(L"\\"),
		STRING(L"kapi_relative"),
		STRING(L"\\\\BaseNamedObjects\\kapi_x"),
		STRING(BASE "\\kapi_x"),
		STRING(BASE "kapi_x\\"),
		STRING(L"\\NoSuchDirectory\\kapi_x"),
		STRING(L"\\BASENAMEDOBJECTS\\kapi_x"),
		{ 7, 8, units },
		{ 65534, 65534, units },
		{ 8, 8, (PWSTR)((uintptr_t)units + 1) },
		{ 8, 8, NULL },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		HANDLE handle = UNTOUCHED;

		SAME(NULL, IoCreateNotificationEvent(&names[i], &handle));
		SAME(UNTOUCHED, handle);
		SAME(NULL, IoCreateSynchronizationEvent(&names[i], &handle));
		SAME(UNTOUCHED, handle);
	}
	SAME(NULL, IoCreateNotificationEvent(NULL, NULL));
	SAME(NULL, IoCreateSynchronizationEvent(&names[0], NULL));
}

void S3_null_handle_makes_no_event(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_null_handle");
	HANDLE handle;

	SAME(NULL, IoCreateSynchronizationEvent(&name, NULL));
	SAME(NULL, IoCreateNotificationEvent(&name, NULL));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &name, 0));
	SAME(NULL, handle);
}

static NTSTATUS create_as(OBJECT_ATTRIBUTES *a, HANDLE *handle)
{
	*handle = UNTOUCHED;
	return ZwCreateEvent(handle, EVENT_ALL_ACCESS, a, SynchronizationEvent, FALSE);
}

static NTSTATUS open_as(OBJECT_ATTRIBUTES *a, HANDLE *handle)
{
	*handle = UNTOUCHED;
	return ZwOpenEvent(handle, EVENT_ALL_ACCESS, a);
}

/* Both creating and opening fail, each with its own status, and give no handle. */
static void both_fail(struct test *t, OBJECT_ATTRIBUTES *a, NTSTATUS creating, NTSTATUS opening)
{
	HANDLE handle;

	EQ(creating, create_as(a, &handle));
	SAME(NULL, handle);
	EQ(opening, open_as(a, &handle));
	SAME(NULL, handle);
}

void V139_V140_bad_type_comes_first(struct test *t)
{
	static const EVENT_TYPE types[] = { 2, 3, -1, 0x40000000 };
	UNICODE_STRING odd = { 7, 8, (PWSTR)L"\\abc" }, misaligned = { 8, 8, (PWSTR)3 };
	OBJECT_ATTRIBUTES bad[] = {
		attributes(NULL, OBJ_KERNEL_HANDLE, NULL),
		attributes(&odd, OBJ_KERNEL_HANDLE, GARBAGE),
		attributes(&misaligned, OBJ_OPENLINK, NULL),
		attributes(NULL, 0x80000000, NULL),
		{ .Length = 3 },
	};
	HANDLE handle;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		for (j = 0; j < ARRAY_SIZE(bad); j++) {
			handle = UNTOUCHED;
			EQ(STATUS_INVALID_PARAMETER, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &bad[j], types[i], FALSE));
			SAME(NULL, handle);
		}
		EQ(STATUS_INVALID_PARAMETER, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, NULL, types[i], FALSE));
		EQ(STATUS_ACCESS_VIOLATION, ZwCreateEvent(NULL, EVENT_ALL_ACCESS, &bad[0], types[i], FALSE));
	}
}

void V141_V142_no_attributes_no_handle(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V142");
	OBJECT_ATTRIBUTES a = attributes(&name, OBJ_KERNEL_HANDLE, NULL);
	HANDLE handle = UNTOUCHED;

	EQ(STATUS_INVALID_PARAMETER, ZwOpenEvent(&handle, EVENT_ALL_ACCESS, NULL));
	SAME(NULL, handle);
	EQ(STATUS_ACCESS_VIOLATION, ZwCreateEvent(NULL, EVENT_ALL_ACCESS, &a, SynchronizationEvent, FALSE));
	EQ(STATUS_ACCESS_VIOLATION, ZwCreateEvent(NULL, EVENT_ALL_ACCESS, NULL, SynchronizationEvent, FALSE));
	EQ(STATUS_ACCESS_VIOLATION, ZwOpenEvent(NULL, EVENT_ALL_ACCESS, &a));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_as(&a, &handle));
}

void V143_V173_V174_malformed_attributes(struct test *t)
{
	static const ULONG bits[] = { 0x4, 0x8, 0x800, 0x2000, 0x80000000, OBJ_OPENLINK };
	UNICODE_STRING name = STRING(BASE "kapi_V143");
	OBJECT_ATTRIBUTES a = attributes(&name, OBJ_KERNEL_HANDLE, NULL);
	int i;

	for (i = 0; i <= 2 * sizeof(a); i++) {
		a.Length = i;
		if (i != sizeof(a))
			DO(both_fail(t, &a, STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER));
	}
	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		a = attributes(&name, OBJ_KERNEL_HANDLE | bits[i], NULL);
		DO(both_fail(t, &a, STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER));
	}
}

/* Names that are not paths or lead nowhere: the status of creating and the status of opening. */
void V144_V145_V147_to_V149_V151_to_V164_V166_V167_V182_V187_names(struct test *t)
{
	struct {
		UNICODE_STRING name;
		enum { NONE, DIRECTORY, LINK, EVENT, BAD } root;
		NTSTATUS creating, opening;
	} cases[] = {
		{ { 67, 68, units }, BAD, STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_NAME_INVALID },
		{ { 3, 4, (PWSTR)((uintptr_t)units + 1) }, NONE, STATUS_DATATYPE_MISALIGNMENT, STATUS_DATATYPE_MISALIGNMENT },
		{ { 2, 2, NULL }, NONE, STATUS_ACCESS_VIOLATION, STATUS_ACCESS_VIOLATION },
		{ { 65534, 65534, units }, DIRECTORY, STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_NAME_INVALID },
		{ STRING(L"kapi_x"), NONE, STATUS_OBJECT_PATH_SYNTAX_BAD, STATUS_OBJECT_PATH_SYNTAX_BAD },
		{ STRING(L"\\kapi_x"), DIRECTORY, STATUS_OBJECT_PATH_SYNTAX_BAD, STATUS_OBJECT_PATH_SYNTAX_BAD },
		{ STRING(L"kapi_x\\"), DIRECTORY, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND },
		{ STRING(L"a\\b"), DIRECTORY, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND },
		{ STRING(L"\\\\BaseNamedObjects"), NONE, STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_NAME_INVALID },
		{ STRING(BASE), NONE, STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_NAME_INVALID },
		{ STRING(BASE "\\x"), NONE, STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_NAME_INVALID },
		{ STRING(BASE "kapi_x\\"), NONE, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND },
		{ STRING(L"\\NoSuchDirectory\\x"), NONE, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND },
		{ STRING(L"\\BASENamedObjects\\x"), NONE, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND },
		{ STRING(L"x"), LINK, STATUS_OBJECT_TYPE_MISMATCH, STATUS_OBJECT_TYPE_MISMATCH },
		{ STRING(L"x"), EVENT, STATUS_OBJECT_TYPE_MISMATCH, STATUS_OBJECT_TYPE_MISMATCH },
		{ STRING(L"x"), BAD, STATUS_INVALID_HANDLE, STATUS_INVALID_HANDLE },
		{ STRING(L"\\BaseNamedObjects"), NONE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_OBJECT_TYPE_MISMATCH },
		{ STRING(BASE "kapi_absent"), NONE, STATUS_SUCCESS, STATUS_OBJECT_NAME_NOT_FOUND },
		{ STRING(L"kapi_absent"), DIRECTORY, STATUS_SUCCESS, STATUS_OBJECT_NAME_NOT_FOUND },
		{ STRING(L""), NONE, STATUS_SUCCESS, STATUS_OBJECT_PATH_SYNTAX_BAD },
		{ STRING(L""), BAD, STATUS_SUCCESS, STATUS_INVALID_HANDLE },
		{ STRING(L""), DIRECTORY, STATUS_SUCCESS, STATUS_OBJECT_TYPE_MISMATCH },
		{ STRING(L""), EVENT, STATUS_SUCCESS, STATUS_OBJECT_TYPE_MISMATCH },
	};
	HANDLE roots[] = { NULL, user_fd(t, KAPI_DIRECTORY), user_fd(t, KAPI_LINK), user_fd(t, KAPI_EVENT), GARBAGE }, handle;
	OBJECT_ATTRIBUTES a;
	int i, kernel;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		for (kernel = 0; kernel < 2; kernel++) {
			a = attributes(&cases[i].name, kernel ? OBJ_KERNEL_HANDLE : 0, roots[cases[i].root]);
			EQ(cases[i].opening, open_as(&a, &handle));
			SAME(NULL, handle);
			EQ(cases[i].creating, create_as(&a, &handle));
			if (NT_SUCCESS(cases[i].creating))
				EQ(STATUS_SUCCESS, ZwClose(handle));
			else
				SAME(NULL, handle);
		}
	/* no name */
	a = attributes(NULL, OBJ_KERNEL_HANDLE, NULL);
	EQ(STATUS_OBJECT_PATH_SYNTAX_BAD, open_as(&a, &handle));
	a = attributes(NULL, OBJ_KERNEL_HANDLE, GARBAGE);
	DO(both_fail(t, &a, STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_NAME_INVALID));
	a = attributes(NULL, OBJ_KERNEL_HANDLE, user_fd(t, KAPI_DIRECTORY));
	DO(both_fail(t, &a, STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_NAME_INVALID));
}

/* The thread has no fds, so NULL is the only possible root. */
static void names_of_thread(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_thread"), relative = STRING(L"kapi_thread");
	OBJECT_ATTRIBUTES a = attributes(&name, 0, NULL), b = attributes(&relative, 0, user_fd(t, KAPI_DIRECTORY));
	HANDLE handle, opened;

	EQ(STATUS_SUCCESS, create_as(&a, &handle));
	OK(is_kernel_handle(handle));
	EQ(STATUS_SUCCESS, NtOpenEvent(&opened, 0, &a));
	OK(is_kernel_handle(opened));
	DO(both_fail(t, &b, STATUS_INVALID_HANDLE, STATUS_INVALID_HANDLE));
	EQ(STATUS_SUCCESS, NtClose(opened));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_as(&a, &handle));
}

void thread_names_events(struct test *t)
{
	DO(in_thread(t, names_of_thread));
}

void V150_longest_name(struct test *t)
{
	WCHAR *longest = kvmalloc(65534, GFP_KERNEL);
	UNICODE_STRING name = { 65532, 65532, longest };
	OBJECT_ATTRIBUTES a = attributes(&name, OBJ_KERNEL_HANDLE, user_fd(t, KAPI_DIRECTORY));
	NTSTATUS creating, opening;
	HANDLE handle, opened;
	int i;

	OK(longest);
	for (i = 0; i < 65534 / 2; i++)
		longest[i] = 'x';
	creating = create_as(&a, &handle);
	opening = open_as(&a, &opened);
	kvfree(longest);
	EQ(STATUS_SUCCESS, creating);
	EQ(STATUS_SUCCESS, opening);
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_SUCCESS, ZwClose(opened));
}

void V165_V177_V178_V179_collisions(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_V177");
	OBJECT_ATTRIBUTES a = attributes(&name, OBJ_KERNEL_HANDLE | OBJ_OPENIF, NULL);
	EVENT_BASIC_INFORMATION information;
	HANDLE first, handle = UNTOUCHED;

	EQ(STATUS_SUCCESS, create_named(&first, &name, 0));
	EQ(STATUS_SUCCESS, ZwSetEvent(first, NULL));
	EQ(STATUS_OBJECT_NAME_COLLISION, create_named(&handle, &name, 0));
	SAME(NULL, handle);
	EQ(STATUS_OBJECT_NAME_EXISTS, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	OK(NT_SUCCESS(STATUS_OBJECT_NAME_EXISTS));
	EQ(STATUS_SUCCESS, ZwQueryEvent(handle, 0, &information, sizeof(information), NULL));
	EQ(SynchronizationEvent, information.EventType);
	EQ(1, information.EventState);
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_SUCCESS, ZwClose(first));
	/* The root directory is not an event. */
	name = STRING(L"\\");
	EQ(STATUS_OBJECT_TYPE_MISMATCH, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
}

void V184_V185_V186_V189_V190_case_and_units(struct test *t)
{
	UNICODE_STRING lower = STRING(BASE "kapi_case"), upper = STRING(BASE "KAPI_CASE");
	UNICODE_STRING folded = STRING(L"\\BASENamedObjects\\Kapi_Case"), zero = STRING(BASE "kapi\0case");
	HANDLE a, b, c;

	EQ(STATUS_SUCCESS, create_named(&a, &lower, 0));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&b, &upper, 0));
	EQ(STATUS_OBJECT_NAME_COLLISION, create_named(&b, &folded, OBJ_CASE_INSENSITIVE));
	EQ(STATUS_SUCCESS, open_named(&b, &folded, OBJ_CASE_INSENSITIVE));
	EQ(STATUS_SUCCESS, ZwClose(b));
	EQ(STATUS_SUCCESS, create_named(&b, &upper, 0));
	EQ(STATUS_SUCCESS, create_named(&c, &zero, 0));
	EQ(STATUS_SUCCESS, ZwClose(c));
	/* Names are counted, so this one includes its NUL and is another name. */
	lower.Length += 2;
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&c, &lower, 0));
	EQ(STATUS_SUCCESS, ZwClose(a));
	EQ(STATUS_SUCCESS, ZwClose(b));
}

void V204_to_V206_V209_V210_permanence(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_permanent");
	HANDLE handle, other;
	LONG previous;

	EQ(STATUS_SUCCESS, create_named(&handle, &name, OBJ_PERMANENT));
	EQ(STATUS_SUCCESS, ZwSetEvent(handle, NULL));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_SUCCESS, open_named(&handle, &name, 0));
	EQ(STATUS_SUCCESS, ZwResetEvent(handle, &previous));
	EQ(1, previous);
	EQ(STATUS_SUCCESS, ZwMakeTemporaryObject(handle));
	EQ(STATUS_SUCCESS, ZwMakeTemporaryObject(handle));
	EQ(STATUS_SUCCESS, open_named(&other, &name, 0));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	/* One of two handles keeps the name. */
	EQ(STATUS_SUCCESS, open_named(&handle, &name, 0));
	EQ(STATUS_SUCCESS, ZwClose(other));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &name, 0));
}
