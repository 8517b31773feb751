// SPDX-License-Identifier: GPL-2.0
/* C5: the limit of permanent names, and one more. */
#include "test.h"

#define MOST	4096

/* \BaseNamedObjects\kapi_NNNN */
static UNICODE_STRING numbered(WCHAR *units, unsigned int number)
{
	static const WCHAR pattern[] = BASE "kapi_0000";
	UNICODE_STRING name = { sizeof(pattern) - sizeof(WCHAR), sizeof(pattern), units };
	int i;

	memcpy(units, pattern, sizeof(pattern));
	for (i = ARRAY_SIZE(pattern) - 2; number; i--, number /= 10)
		units[i] = '0' + number % 10;
	return name;
}

static NTSTATUS make_permanent(unsigned int number)
{
	WCHAR units[40];
	UNICODE_STRING name = numbered(units, number);
	HANDLE handle;
	NTSTATUS status = create_named(&handle, &name, OBJ_PERMANENT);

	return status ? status : ZwClose(handle);
}

static NTSTATUS make_temporary(unsigned int number)
{
	WCHAR units[40];
	UNICODE_STRING name = numbered(units, number);
	HANDLE handle;
	NTSTATUS status = open_named(&handle, &name, 0);

	if (!status)
		status = ZwMakeTemporaryObject(handle);
	return status ? status : ZwClose(handle);
}

/* Tries one name too many with a kind of handle, and then the same name as a temporary one. */
struct attempt {
	NTSTATUS refused, again, closed;
	HANDLE none;
};

static void attempt(struct attempt *a, ULONG flags)
{
	UNICODE_STRING name = STRING(BASE "kapi_quota");
	OBJECT_ATTRIBUTES permanent = attributes(&name, OBJ_PERMANENT | flags, NULL);
	HANDLE handle;

	a->none = a;
	a->refused = ZwCreateEvent(&a->none, EVENT_ALL_ACCESS, &permanent, NotificationEvent, FALSE);
	/* In the same system call as the failure. */
	a->again = create_named(&handle, &name, 0);
	a->closed = ZwClose(handle);
}

void quota_leaves_no_name(struct test *t)
{
	static const ULONG flags[] = { 0, OBJ_KERNEL_HANDLE };
	struct attempt attempts[ARRAY_SIZE(flags)];
	unsigned int made = 0, undone = 0, i;
	NTSTATUS status = STATUS_SUCCESS;

	/* Some permanent names exist already. */
	while (made <= MOST && !status) {
		status = make_permanent(made);
		made += !status;
	}
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		attempt(&attempts[i], flags[i]);
	for (i = 0; i < made; i++)
		undone += !make_temporary(i);
	EQ(made, undone);
	EQ(STATUS_QUOTA_EXCEEDED, status);
	OK(made > MOST / 2);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		EQ(STATUS_QUOTA_EXCEEDED, attempts[i].refused);
		SAME(NULL, attempts[i].none);
		EQ(STATUS_SUCCESS, attempts[i].again);
		EQ(STATUS_SUCCESS, attempts[i].closed);
	}
}
