// SPDX-License-Identifier: GPL-2.0
/* The Nt forms, called for a user: user pointers, checks of rights, no kernel handles. */
#include <linux/file.h>
#include <linux/sched/signal.h>
#include "test.h"

static HANDLE kernel_pointer(struct test *t)
{
	return (HANDLE)&t->run;
}

/* Addresses that a user cannot write: read-only, unmapped, kernel memory, non-canonical. */
static int bad_addresses(struct test *t, uintptr_t *bad)
{
	int n = 0;

	bad[n++] = t->run.memory + KAPI_PAGE;
	bad[n++] = t->run.memory + 2 * KAPI_PAGE;
	bad[n++] = (uintptr_t)kernel_pointer(t);
	bad[n++] = 8;
	bad[n++] = 0x8000000000000000UL;
	bad[n++] = (uintptr_t)-8L;
	return n;
}

#define BAD 6

/* An fd of a new event. */
static NTSTATUS create_fd(HANDLE *handle, EVENT_TYPE type, BOOLEAN state)
{
	return ZwCreateEvent(handle, EVENT_ALL_ACCESS, NULL, type, state);
}

static LONG state_by_zw(HANDLE handle)
{
	EVENT_BASIC_INFORMATION information;

	return ZwQueryEvent(handle, EventBasicInformation, &information, sizeof(information), NULL) ?
		NO_STATE : information.EventState;
}

void V134_unwritable_previous_state_changes_nothing(struct test *t)
{
	static NTSTATUS (*const operations[])(HANDLE, PLONG) = { NtSetEvent, NtResetEvent, NtPulseEvent };
	uintptr_t bad[BAD];
	int type, state, i, j;

	bad_addresses(t, bad);
	for (type = NotificationEvent; type <= SynchronizationEvent; type++)
		for (state = 0; state < 2; state++) {
			HANDLE handle;

			EQ(STATUS_SUCCESS, create_fd(&handle, type, state));
			for (i = 0; i < ARRAY_SIZE(operations); i++)
				for (j = 0; j < BAD; j++) {
					EQ(STATUS_ACCESS_VIOLATION, operations[i](handle, (PLONG)bad[j]));
					EQ(state, state_by_zw(handle));
				}
			EQ(STATUS_SUCCESS, ZwClose(handle));
		}
	/* C1: the pointer is checked before the handle. */
	EQ(STATUS_ACCESS_VIOLATION, NtSetEvent(NULL, (PLONG)bad[0]));
}

static bool has_fd(unsigned int fd)
{
	struct file *file = fget(fd);

	if (file)
		fput(file);
	return file;
}

/* The number of the next fd. */
static int next_fd(void)
{
	HANDLE handle;

	if (create_fd(&handle, NotificationEvent, FALSE))
		return -1;
	ZwClose(handle);
	return (uintptr_t)handle;
}

void V142_unwritable_handle_leaves_no_fd(struct test *t)
{
	OBJECT_ATTRIBUTES __user *a = user_page(t) + 256;
	OBJECT_ATTRIBUTES empty = attributes(NULL, 0, NULL);
	uintptr_t bad[BAD + 1];
	int i, n = bad_addresses(t, bad), fd = next_fd();

	bad[n++] = 0;
	EQ(0, copy_to_user(a, &empty, sizeof(empty)));
	for (i = 0; i < n; i++) {
		EQ(STATUS_ACCESS_VIOLATION,
		   NtCreateEvent((PHANDLE)bad[i], EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE));
		EQ(STATUS_ACCESS_VIOLATION,
		   NtCreateEvent((PHANDLE)bad[i], EVENT_ALL_ACCESS, (POBJECT_ATTRIBUTES)(uintptr_t)a, NotificationEvent,
				 FALSE));
		/* The pointer is checked before the type and the attributes. */
		EQ(STATUS_ACCESS_VIOLATION, NtCreateEvent((PHANDLE)bad[i], EVENT_ALL_ACCESS, NULL, 2, FALSE));
		EQ(STATUS_ACCESS_VIOLATION, NtOpenEvent((PHANDLE)bad[i], EVENT_ALL_ACCESS, NULL));
		OK(!has_fd(fd));
	}
	EQ(fd, next_fd());
}

/* What the user's page contains: attributes, a name, a descriptor. */
struct lent_name {
	HANDLE handle;
	OBJECT_ATTRIBUTES attributes;
	UNICODE_STRING name;
	SECURITY_DESCRIPTOR descriptor;
	WCHAR units[64];
};

static struct lent_name __user *lend(struct test *t, const WCHAR *name, ULONG flags)
{
	struct lent_name __user *user = user_page(t);
	struct lent_name l = { .handle = (HANDLE)0x5aL };
	int i;

	for (i = 0; name[i] && i < 63; i++)
		l.units[i] = name[i];
	l.name = (UNICODE_STRING){ 2 * i, 2 * i, (PWSTR)(uintptr_t)user->units };
	l.attributes = attributes((PUNICODE_STRING)(uintptr_t)&user->name, flags, NULL);
	return copy_to_user(user, &l, sizeof(l)) ? NULL : user;
}

static HANDLE handle_of(struct lent_name __user *user)
{
	HANDLE handle;

	return get_user(handle, &user->handle) ? (HANDLE)-1L : handle;
}

#define CREATE(user) NtCreateEvent((PHANDLE)(uintptr_t)&(user)->handle, EVENT_ALL_ACCESS, \
				   (POBJECT_ATTRIBUTES)(uintptr_t)&(user)->attributes, SynchronizationEvent, TRUE)
#define OPEN(user) NtOpenEvent((PHANDLE)(uintptr_t)&(user)->handle, EVENT_ALL_ACCESS, \
			       (POBJECT_ATTRIBUTES)(uintptr_t)&(user)->attributes)

void nt_names_are_the_users(struct test *t)
{
	struct lent_name __user *user = lend(t, BASE "kapi_nt_names", 0);
	UNICODE_STRING name = STRING(BASE "kapi_nt_names");
	HANDLE created, opened, kernel;

	OK(user);
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, OPEN(user));
	SAME(NULL, handle_of(user));
	EQ(STATUS_SUCCESS, CREATE(user));
	created = handle_of(user);
	OK(created && !is_kernel_handle(created));
	EQ(STATUS_OBJECT_NAME_COLLISION, CREATE(user));
	SAME(NULL, handle_of(user));
	EQ(STATUS_SUCCESS, OPEN(user));
	opened = handle_of(user);
	OK(opened != created);
	/* This program is in the initial IPC namespace, which the kernel uses too. */
	EQ(STATUS_SUCCESS, open_named(&kernel, &name, 0));
	EQ(STATUS_SUCCESS, NtResetEvent(opened, NULL));
	EQ(0, state_by_zw(kernel));
	EQ(STATUS_SUCCESS, ZwClose(kernel));
	EQ(STATUS_SUCCESS, NtClose(opened));
	EQ(STATUS_SUCCESS, NtClose(created));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, OPEN(user));
}

void V214_kernel_handle_flag_is_ignored(struct test *t)
{
	struct lent_name __user *user = lend(t, BASE "kapi_V214", OBJ_KERNEL_HANDLE);
	HANDLE handle;

	OK(user);
	EQ(STATUS_SUCCESS, CREATE(user));
	handle = handle_of(user);
	OK(!is_kernel_handle(handle));
	OK(has_fd((uintptr_t)handle));
	EQ(STATUS_SUCCESS, OPEN(user));
	OK(!is_kernel_handle(handle_of(user)));
	EQ(STATUS_SUCCESS, NtClose(handle_of(user)));
	EQ(STATUS_SUCCESS, NtClose(handle));
}

void V146_V148_bad_pointers_in_attributes(struct test *t)
{
	struct lent_name __user *user;
	uintptr_t bad[BAD];
	int i, fd = next_fd();

	bad_addresses(t, bad);
	/* Read-only memory can be read, so skip it. */
	for (i = 1; i < BAD; i++) {
		user = lend(t, BASE "kapi_V146", 0);
		OK(user);
		EQ(STATUS_ACCESS_VIOLATION,
		   NtCreateEvent((PHANDLE)(uintptr_t)user, EVENT_ALL_ACCESS, (POBJECT_ATTRIBUTES)bad[i],
				 SynchronizationEvent, TRUE));
		EQ(STATUS_ACCESS_VIOLATION,
		   NtOpenEvent((PHANDLE)(uintptr_t)user, EVENT_ALL_ACCESS, (POBJECT_ATTRIBUTES)bad[i]));
		EQ(0, put_user((PUNICODE_STRING)bad[i], &user->attributes.ObjectName));
		EQ(STATUS_ACCESS_VIOLATION, CREATE(user));
		EQ(STATUS_ACCESS_VIOLATION, OPEN(user));
		user = lend(t, BASE "kapi_V148", 0);
		EQ(0, put_user((PWSTR)bad[i], &user->name.Buffer));
		EQ(STATUS_ACCESS_VIOLATION, CREATE(user));
		EQ(STATUS_ACCESS_VIOLATION, OPEN(user));
		SAME(NULL, handle_of(user));
		user = lend(t, BASE "kapi_V176", 0);
		EQ(0, put_user((PVOID)bad[i], &user->attributes.SecurityDescriptor));
		EQ(STATUS_ACCESS_VIOLATION, CREATE(user));
	}
	EQ(fd, next_fd());
}

void nt_wait_of_bad_pointers(struct test *t)
{
	LARGE_INTEGER __user *zero = user_page(t);
	uintptr_t bad[BAD];
	HANDLE handle;
	int i;

	bad_addresses(t, bad);
	EQ(STATUS_SUCCESS, create_fd(&handle, SynchronizationEvent, TRUE));
	EQ(0, put_user(0LL, &zero->QuadPart));
	for (i = 1; i < BAD; i++) {
		PLARGE_INTEGER timeout = (PLARGE_INTEGER)bad[i];

		/* V99, V64, V65 */
		EQ(STATUS_ACCESS_VIOLATION, NtWaitForSingleObject(handle, FALSE, timeout));
		EQ(STATUS_ACCESS_VIOLATION,
		   NtWaitForMultipleObjects(2, (HANDLE *)bad[i], WaitAny, FALSE, (PLARGE_INTEGER)(uintptr_t)zero));
		EQ(STATUS_INVALID_PARAMETER_1,
		   NtWaitForMultipleObjects(65, (HANDLE *)bad[i], WaitAny, FALSE, (PLARGE_INTEGER)(uintptr_t)zero));
		EQ(STATUS_INVALID_PARAMETER_1, NtWaitForMultipleObjects(0, (HANDLE *)bad[i], WaitAny, FALSE, NULL));
	}
	EQ(STATUS_DATATYPE_MISALIGNMENT, NtWaitForSingleObject(handle, FALSE, user_page(t) + 1));
	EQ(STATUS_DATATYPE_MISALIGNMENT,
	   NtWaitForMultipleObjects(1, user_page(t) + 4, WaitAny, FALSE, (PLARGE_INTEGER)(uintptr_t)zero));
	EQ(1, state_by_zw(handle));
	/* An array in user memory, with handles of full width. */
	EQ(0, put_user(handle, (HANDLE __user *)(user_page(t) + 64)));
	EQ(0, put_user(user_fd(t, KAPI_WAIT_ONLY), (HANDLE __user *)(user_page(t) + 72)));
	EQ(STATUS_WAIT_0, NtWaitForMultipleObjects(2, user_page(t) + 64, WaitAny, FALSE, (PLARGE_INTEGER)(uintptr_t)zero));
	EQ(STATUS_TIMEOUT, NtWaitForMultipleObjects(2, user_page(t) + 64, WaitAny, FALSE, (PLARGE_INTEGER)(uintptr_t)zero));
	EQ(STATUS_SUCCESS, ZwClose(handle));
}

void nt_query_of_bad_pointers(struct test *t)
{
	uintptr_t bad[BAD];
	int i;

	bad_addresses(t, bad);
	for (i = 0; i < BAD; i++) {
		EQ(STATUS_ACCESS_VIOLATION, NtQueryEvent(user_fd(t, KAPI_EVENT), 0, (PVOID)bad[i], 8, NULL));
		EQ(STATUS_ACCESS_VIOLATION,
		   NtQueryEvent(user_fd(t, KAPI_EVENT), 0, (PVOID)(uintptr_t)t->run.memory, 8, (PULONG)bad[i]));
	}
	EQ(STATUS_ACCESS_VIOLATION, NtQueryEvent(user_fd(t, KAPI_EVENT), 0, NULL, 8, NULL));
	EQ(STATUS_SUCCESS, NtQueryEvent(user_fd(t, KAPI_EVENT), 0, (PVOID)(uintptr_t)t->run.memory, 8, NULL));
}

void V084_V103_V128_V129_V207_nt_asks_for_rights(struct test *t)
{
	static const struct {
		enum kapi_fd fd;
		bool modify, query, wait;
	} handles[] = {
		{ KAPI_EVENT, true, true, true },
		{ KAPI_WAIT_ONLY, .wait = true },
		{ KAPI_MODIFY_ONLY, .modify = true },
		{ KAPI_QUERY_ONLY, .query = true },
	};
	PLARGE_INTEGER zero = (PLARGE_INTEGER)(uintptr_t)t->run.memory;
	int i;

	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		NTSTATUS modify = handles[i].modify ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
		NTSTATUS wait = handles[i].wait ? STATUS_TIMEOUT : STATUS_ACCESS_DENIED;
		HANDLE handle = user_fd(t, handles[i].fd);

		EQ(modify, NtSetEvent(handle, NULL));
		EQ(handles[i].modify, state_by_zw(handle));
		EQ(modify, NtResetEvent(handle, NULL));
		EQ(STATUS_SUCCESS, ZwSetEvent(handle, NULL));
		EQ(modify, NtClearEvent(handle));
		EQ(!handles[i].modify, state_by_zw(handle));
		EQ(STATUS_SUCCESS, ZwSetEvent(handle, NULL));
		EQ(modify, NtPulseEvent(handle, NULL));
		EQ(!handles[i].modify, state_by_zw(handle));
		EQ(STATUS_SUCCESS, ZwClearEvent(handle));
		EQ(handles[i].query ? STATUS_SUCCESS : STATUS_ACCESS_DENIED,
		   NtQueryEvent(handle, 0, user_page(t) + 64, 8, NULL));
		EQ(0, put_user(0LL, (s64 __user *)user_page(t)));
		EQ(wait, NtWaitForSingleObject(handle, FALSE, zero));
		EQ(0, put_user(handle, (HANDLE __user *)(user_page(t) + 64)));
		EQ(wait, NtWaitForMultipleObjects(1, user_page(t) + 64, WaitAny, FALSE, zero));
		/* The wait fails even if an earlier object is signaled, and takes nothing. */
		EQ(STATUS_SUCCESS, ZwSetEvent(user_fd(t, KAPI_EVENT), NULL));
		EQ(0, put_user(user_fd(t, KAPI_EVENT), (HANDLE __user *)(user_page(t) + 64)));
		EQ(0, put_user(handle, (HANDLE __user *)(user_page(t) + 72)));
		if (!handles[i].wait)
			EQ(STATUS_ACCESS_DENIED, NtWaitForMultipleObjects(2, user_page(t) + 64, WaitAny, FALSE, zero));
		EQ(1, state_by_zw(user_fd(t, KAPI_EVENT)));
		EQ(STATUS_SUCCESS, ZwClearEvent(user_fd(t, KAPI_EVENT)));
	}
	/* F16: a directory or a link cannot grant the right to wait to a user. */
	for (i = 0; i < 2; i++) {
		HANDLE other = user_fd(t, i ? KAPI_LINK : KAPI_DIRECTORY);

		EQ(STATUS_OBJECT_TYPE_MISMATCH, NtSetEvent(other, NULL));
		EQ(STATUS_ACCESS_DENIED, NtWaitForSingleObject(other, FALSE, zero));
		EQ(0, put_user(other, (HANDLE __user *)(user_page(t) + 72)));
		EQ(STATUS_ACCESS_DENIED, NtWaitForMultipleObjects(2, user_page(t) + 64, WaitAll, FALSE, zero));
	}
	EQ(STATUS_ACCESS_DENIED, NtMakeTemporaryObject(user_fd(t, KAPI_WAIT_ONLY)));
	EQ(STATUS_SUCCESS, ZwMakeTemporaryObject(user_fd(t, KAPI_WAIT_ONLY)));
	EQ(STATUS_SUCCESS, NtMakeTemporaryObject(user_fd(t, KAPI_EVENT)));
}

void V138_kernel_handle_is_refused_to_users(struct test *t)
{
	PLARGE_INTEGER zero = (PLARGE_INTEGER)(uintptr_t)t->run.memory;
	HANDLE handle;

	EQ(STATUS_SUCCESS, create_kernel(&handle, NotificationEvent, TRUE));
	EQ(0, put_user(0LL, (s64 __user *)user_page(t)));
	EQ(STATUS_INVALID_HANDLE, NtSetEvent(handle, NULL));
	EQ(STATUS_INVALID_HANDLE, NtResetEvent(handle, NULL));
	EQ(STATUS_INVALID_HANDLE, NtClearEvent(handle));
	EQ(STATUS_INVALID_HANDLE, NtPulseEvent(handle, NULL));
	EQ(STATUS_INVALID_HANDLE, NtQueryEvent(handle, 0, user_page(t) + 64, 8, NULL));
	EQ(STATUS_INVALID_HANDLE, NtWaitForSingleObject(handle, FALSE, zero));
	EQ(0, put_user(handle, (HANDLE __user *)(user_page(t) + 64)));
	EQ(STATUS_INVALID_HANDLE, NtWaitForMultipleObjects(1, user_page(t) + 64, WaitAny, FALSE, zero));
	EQ(STATUS_INVALID_HANDLE, NtMakeTemporaryObject(handle));
	EQ(STATUS_INVALID_HANDLE, NtClose(handle));
	EQ(1, state_by_zw(handle));
	EQ(STATUS_SUCCESS, ZwClose(handle));
}

struct nt_signaller {
	struct task_struct *caller;
	PVOID event;
};

static int signal_caller(void *argument)
{
	unsigned long end;
	struct nt_signaller *s = argument;

	await_asleep(s->caller, false);
	send_sig(SIGUSR1, s->caller, 1);
	end = jiffies + SOON;
	while (!kthread_should_stop()) {
		schedule_timeout_interruptible(1);
		/* If the wait ignores the signal, the test must not hang. */
		if (time_after(jiffies, end))
			KeSetEvent(s->event, 0, FALSE);
	}
	return 0;
}

/* Alertable waits of a user, for one handle and for several. */
void V107_nt_wait_ends_by_a_signal(struct test *t)
{
	HANDLE __user *handles = user_page(t);
	struct nt_signaller s = { .caller = current };
	HANDLE handle;
	int i;

	EQ(STATUS_SUCCESS, create_fd(&handle, SynchronizationEvent, FALSE));
	EQ(STATUS_SUCCESS, ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &s.event, NULL));
	EQ(0, put_user(user_fd(t, KAPI_EVENT), &handles[0]));
	EQ(0, put_user(handle, &handles[1]));
	for (i = 0; i < 2; i++) {
		struct task_struct *task = begin_thread(signal_caller, &s);
		NTSTATUS status;

		OK(task);
		status = i ? NtWaitForMultipleObjects(2, (PHANDLE)(uintptr_t)handles, WaitAny, TRUE, NULL) :
			     NtWaitForSingleObject(handle, TRUE, NULL);
		kthread_stop_put(task);
		EQ(STATUS_USER_APC, status);
		OK(signal_pending(current));
		/* The wait has left the queue and consumed nothing. */
		EQ(0, KeReadStateEvent(s.event));
		EQ(0, KeSetEvent(s.event, 0, FALSE));
		EQ(STATUS_SUCCESS, NtWaitForSingleObject(handle, TRUE, NULL));
		EQ(STATUS_USER_APC, NtWaitForSingleObject(handle, TRUE, NULL));
		flush_signals(current);
	}
	ObDereferenceObject(s.event);
	EQ(STATUS_SUCCESS, ZwClose(handle));
}
