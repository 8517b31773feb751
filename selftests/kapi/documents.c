// SPDX-License-Identifier: GPL-2.0
/* What the documents S1 to S4 say that no vector covers, and what they say about lack of memory. */
#include "test.h"

/* S1, S4: a synchronization event guards a resource. One thread at a time enters, many times. */
#define GUARDS	4
#define TURNS	500

struct guarded {
	KEVENT *lock;
	int inside, most;
	int turns;
	NTSTATUS status;
};

static int guard_main(void *argument)
{
	struct guarded *g = argument;
	int i;

	for (i = 0; i < TURNS; i++) {
		NTSTATUS status = KeWaitForSingleObject(g->lock, Executive, KernelMode, FALSE, NULL);

		if (status)
			WRITE_ONCE(g->status, status);
		/* The event is held, so no other thread changes these fields. */
		g->inside++;
		if (g->inside > g->most)
			g->most = g->inside;
		cond_resched();
		g->turns++;
		g->inside--;
		KeSetEvent(g->lock, 0, FALSE);
	}
	return 0;
}

void S1_synchronization_event_guards_a_resource(struct test *t)
{
	struct guarded g = { .lock = event(t, SynchronizationEvent, TRUE) };
	struct task_struct *tasks[GUARDS];
	int i, started = 0;

	for (i = 0; i < GUARDS; i++) {
		tasks[i] = begin_thread(guard_main, &g);
		if (!tasks[i])
			break;
		started++;
	}
	for (i = 0; i < started; i++)
		kthread_stop_put(tasks[i]);
	EQ(GUARDS, started);
	EQ(STATUS_SUCCESS, g.status);
	EQ(GUARDS * TURNS, g.turns);
	EQ(1, g.most);
	EQ(1, KeReadStateEvent(g.lock));
}

/* A released waiter may free the event, even if the call that set it has not returned. */
#define FREED 2000

struct freed {
	KEVENT *e;		/* the event to set */
	KEVENT *next;		/* signaled when E is valid */
	bool stop;
};

static int setter_main(void *argument)
{
	struct freed *f = argument;

	for (;;) {
		KeWaitForSingleObject(f->next, Executive, KernelMode, FALSE, NULL);
		if (READ_ONCE(f->stop))
			break;
		KeSetEvent(READ_ONCE(f->e), EVENT_INCREMENT, FALSE);
	}
	return 0;
}

void C6_released_thread_frees_the_event(struct test *t)
{
	struct freed f = { .next = event(t, SynchronizationEvent, FALSE) };
	LARGE_INTEGER lost = LOST;
	struct task_struct *task = begin_thread(setter_main, &f);
	NTSTATUS status = STATUS_SUCCESS;
	int i;

	OK(task);
	for (i = 0; i < FREED && status == STATUS_SUCCESS; i++) {
		KEVENT *e = kzalloc(sizeof(*e), GFP_KERNEL);

		if (!e)
			break;
		KeInitializeEvent(e, i % 2, FALSE);
		WRITE_ONCE(f.e, e);
		KeSetEvent(f.next, 0, FALSE);
		/* Some wait before the event is signaled, and some after. */
		if (i % 4 < 2)
			while (KeReadStateEvent(e) == 0)
				cond_resched();
		status = KeWaitForSingleObject(e, Executive, KernelMode, FALSE, &lost);
		if (status)
			break;
		memset(e, 0xff, sizeof(*e));
		kfree(e);
	}
	WRITE_ONCE(f.stop, true);
	KeSetEvent(f.next, 0, FALSE);
	kthread_stop_put(task);
	EQ(STATUS_SUCCESS, status);
	EQ(FREED, i);
}

/* S1: where an event can be stored. */
void S1_storage(struct test *t)
{
	static KEVENT in_the_module;
	KEVENT *on_the_heap = kzalloc(sizeof(*on_the_heap), GFP_KERNEL), on_the_stack;
	KEVENT *all[] = { &in_the_module, on_the_heap, &on_the_stack };
	LARGE_INTEGER soon = milliseconds(1);
	int i, good = 0;

	OK(on_the_heap);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		KeInitializeEvent(all[i], SynchronizationEvent, TRUE);
		good += KeWaitForSingleObject(all[i], Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS;
		good += KeWaitForSingleObject(all[i], Executive, KernelMode, FALSE, &soon) == STATUS_TIMEOUT;
		good += KeSetEvent(all[i], 0, FALSE) == 0;
		good += KeReadStateEvent(all[i]) == 1;
	}
	kfree(on_the_heap);
	EQ(4 * ARRAY_SIZE(all), good);
}

/*
 * S4: many threads can wait for a handle. A zero timeout polls. Closing the handle frees the event.
 */
void S4_waits_by_handle(struct test *t)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };
	struct waiter *w[3];
	HANDLE handle;
	int i;

	EQ(STATUS_SUCCESS, create_kernel(&handle, NotificationEvent, FALSE));
	EQ(STATUS_TIMEOUT, ZwWaitForSingleObject(handle, FALSE, &zero));
	for (i = 0; i < 3; i++) {
		w[i] = new_waiter(t, NULL);
		w[i]->handle = handle;
		DO(start(t, w[i]));
	}
	EQ(STATUS_SUCCESS, ZwSetEvent(handle, NULL));
	for (i = 0; i < 3; i++)
		EQ(STATUS_SUCCESS, outcome(w[i]));
	EQ(STATUS_SUCCESS, ZwWaitForSingleObject(handle, FALSE, &zero));
	EQ(STATUS_SUCCESS, ZwResetEvent(handle, NULL));
	EQ(STATUS_TIMEOUT, ZwWaitForSingleObject(handle, FALSE, &zero));
	OK(release_waiters(t));
	EQ(STATUS_SUCCESS, ZwClose(handle));
	EQ(STATUS_INVALID_HANDLE, ZwClose(handle));
}

/* S4: by the full path, and relative to a root. */
void S4_name_by_path_and_by_root(struct test *t)
{
	UNICODE_STRING full = STRING(BASE "kapi_root"), relative = STRING(L"kapi_root");
	OBJECT_ATTRIBUTES a = attributes(&relative, OBJ_KERNEL_HANDLE, user_fd(t, KAPI_DIRECTORY));
	HANDLE handle, by_path, by_root;
	LONG previous;

	EQ(STATUS_SUCCESS, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	EQ(STATUS_SUCCESS, ZwOpenEvent(&by_root, EVENT_ALL_ACCESS, &a));
	EQ(STATUS_SUCCESS, open_named(&by_path, &full, 0));
	EQ(STATUS_SUCCESS, ZwSetEvent(by_root, &previous));
	EQ(0, previous);
	EQ(STATUS_SUCCESS, ZwSetEvent(by_path, &previous));
	EQ(1, previous);
	EQ(STATUS_SUCCESS, ZwClose(by_root));
	EQ(STATUS_SUCCESS, ZwClose(by_path));
	EQ(STATUS_SUCCESS, ZwClose(handle));
}

/* S2: reset returns the previous state, and clear does not. */
void S2_reset_tells_and_clear_does_not(struct test *t)
{
	KEVENT *e = event(t, NotificationEvent, TRUE);

	EQ(1, KeResetEvent(e));
	EQ(0, KeSetEvent(e, 0, FALSE));
	KeClearEvent(e);
	EQ(0, KeResetEvent(e));
}

#ifdef CONFIG_FAULT_INJECTION
/* Makes the Nth allocation of this thread fail. disarm() tells whether it did. */
static void arm(int n)
{
	current->fail_nth = n;
}

static bool disarm(void)
{
	bool failed = !current->fail_nth;

	current->fail_nth = 0;
	return failed;
}

static NTSTATUS create_faulty(struct test *t, HANDLE *handle, int n, ULONG flags)
{
	UNICODE_STRING name = STRING(BASE "kapi_V175");
	OBJECT_ATTRIBUTES a = attributes(&name, flags, NULL);
	NTSTATUS status;

	*handle = (HANDLE)0x5aL;
	arm(n);
	status = ZwCreateEvent(handle, EVENT_ALL_ACCESS, &a, SynchronizationEvent, FALSE);
	t->objects[0] = disarm() ? t : NULL;
	return status;
}

static NTSTATUS io_create_faulty(struct test *t, HANDLE *handle, int n, ULONG flags)
{
	UNICODE_STRING name = STRING(BASE "kapi_V175");
	PKEVENT e;

	*handle = (HANDLE)0x5aL;
	arm(n);
	e = IoCreateSynchronizationEvent(&name, handle);
	t->objects[0] = disarm() ? t : NULL;
	if (e)
		return STATUS_SUCCESS;
	/* The failed call did not write the handle. */
	if (*handle == (HANDLE)0x5aL)
		*handle = NULL;
	return STATUS_INSUFFICIENT_RESOURCES;
}

static void faults(struct test *t, NTSTATUS (*create)(struct test *, HANDLE *, int, ULONG), ULONG flags)
{
	UNICODE_STRING name = STRING(BASE "kapi_V175");
	HANDLE handle;
	int n, refused = 0;

	for (n = 1; n < 1000; n++) {
		NTSTATUS status = create(t, &handle, n, flags);

		if (status == STATUS_SUCCESS) {
			EQ(STATUS_SUCCESS, ZwClose(handle));
		} else {
			EQ(STATUS_INSUFFICIENT_RESOURCES, status);
			SAME(NULL, handle);
			refused++;
		}
		EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&handle, &name, 0));
		if (!t->objects[0])
			break;
	}
	OK(n < 1000);
	OK(refused > 0);
}

void V175_S4_insufficient_resources(struct test *t)
{
	DO(faults(t, create_faulty, OBJ_KERNEL_HANDLE));
	DO(faults(t, create_faulty, 0));
	DO(faults(t, io_create_faulty, 0));
}

void insufficient_resources_of_a_wait(struct test *t)
{
	LARGE_INTEGER soon = milliseconds(1);
	HANDLE h[64];
	int i, n;

	for (i = 0; i < 64; i++)
		EQ(STATUS_SUCCESS, create_kernel(&h[i], SynchronizationEvent, FALSE));
	for (n = 1; n < 1000; n++) {
		NTSTATUS status;
		bool failed;

		arm(n);
		status = ZwWaitForMultipleObjects(64, h, WaitAny, FALSE, &soon);
		failed = disarm();
		if (status != STATUS_TIMEOUT)
			EQ(STATUS_INSUFFICIENT_RESOURCES, status);
		if (!failed)
			break;
	}
	OK(n < 1000);
	/* The failed call left no wait block in a queue. */
	for (i = 0; i < 64; i++) {
		LONG previous;

		EQ(STATUS_SUCCESS, ZwSetEvent(h[i], NULL));
		EQ(STATUS_SUCCESS, ZwSetEvent(h[i], &previous));
		EQ(1, previous);
		EQ(STATUS_SUCCESS, ZwClose(h[i]));
	}
}

static VOID runs(PVOID context)
{
	atomic_inc(context);
}

void F21_insufficient_resources_of_a_thread(struct test *t)
{
	LARGE_INTEGER lost = LOST;
	static atomic_t ran;
	int n, started = 0;

	atomic_set(&ran, 0);
	for (n = 1; n < 1000; n++) {
		HANDLE handle = (HANDLE)0x5aL;
		NTSTATUS status;
		bool failed;

		arm(n);
		status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, runs, &ran);
		failed = disarm();
		if (status == STATUS_SUCCESS) {
			started++;
			EQ(STATUS_SUCCESS, ZwWaitForSingleObject(handle, FALSE, &lost));
			EQ(STATUS_SUCCESS, ZwClose(handle));
		} else {
			EQ(STATUS_INSUFFICIENT_RESOURCES, status);
			SAME(NULL, handle);
		}
		EQ(started, atomic_read(&ran));
		if (!failed)
			break;
	}
	OK(n > 1 && n < 1000);
	OK(started > 0);
}
#else
void F21_insufficient_resources_of_a_thread(struct test *t) { SKIP_TEST(); }
void V175_S4_insufficient_resources(struct test *t) { SKIP_TEST(); }
void insufficient_resources_of_a_wait(struct test *t) { SKIP_TEST(); }
#endif
