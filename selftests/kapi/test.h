/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests in this folder share: a test run, its checks, its events and its waiters. */
#ifndef NTEVENT_KAPI_TEST_H
#define NTEVENT_KAPI_TEST_H

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <ntevent/storport.h>
#include <ntevent/wdm.h>
#include "kapi.h"

/*
 * The limit, in jiffies, for things that must happen without further action on the slowest machine.
 */
#define SOON		(60 * HZ)
#define LOST		milliseconds(60000)
#define MAX_EVENTS	80
#define MAX_WAITERS	8

/* A way to call a routine that takes a handle. See forms.c. */
struct form {
	const char *name;
	bool nt;		/* the Nt form, otherwise Zw */
	bool kernel_handle;
	bool thread;		/* in a kernel thread, whose previous mode is KernelMode */
};

struct waiter {
	struct test *test;
	struct task_struct *task;
	PVOID objects[MAXIMUM_WAIT_OBJECTS];
	ULONG count;
	WAIT_TYPE type;
	KPROCESSOR_MODE mode;
	BOOLEAN alertable;
	LARGE_INTEGER timeout;
	bool timed;
	HANDLE handle;		/* if not NULL, to wait for by ZwWaitForSingleObject */
	KWAIT_BLOCK *blocks;
	bool begun;
	NTSTATUS status;
	struct completion done;
};

/*
 * One test run. Events and waiters are here and not on the stack, as a test may return at a failed
 * check while threads wait. The code that ends the run releases them.
 */
struct test {
	struct kapi_run run;
	const struct form *form;
	struct task_struct *caller;
	struct file *closed;	/* the file whose closing runs the test in an exiting process */
	KEVENT events[MAX_EVENTS];
	int event_count;
	struct waiter waiters[MAX_WAITERS];
	int waiter_count;
	KWAIT_BLOCK blocks[MAXIMUM_WAIT_OBJECTS];
	PVOID objects[MAXIMUM_WAIT_OBJECTS + 1];
};

typedef void test_function(struct test *t);

#define TEST(name, how) test_function name;
#include "tests.h"
#undef TEST

void fail(struct test *t, const char *file, int line, const char *what, s64 want, s64 got);

/* A failed check returns from the function. */
#define EQ(want, got)						\
	do {							\
		s64 __want = (s64)(want), __got = (s64)(got);	\
								\
		t->run.checks++;				\
		if (__want != __got) {				\
			fail(t, __FILE__, __LINE__, #want " == " #got, __want, __got); \
			return;					\
		}						\
	} while (0)
#define OK(condition)	EQ(true, !!(condition))
#define SAME(want, got)	EQ((uintptr_t)(want), (uintptr_t)(got))
/* Calls a function with checks, and returns if one failed. */
#define DO(call)			\
	do {				\
		call;			\
		if (t->run.failed)	\
			return;		\
	} while (0)
#define SKIP_TEST()			\
	do {				\
		t->run.skipped = 1;	\
		return;			\
	} while (0)

/* A new event of the test, each with its own storage. */
KEVENT *event(struct test *t, EVENT_TYPE type, BOOLEAN state);

static inline LARGE_INTEGER milliseconds(s64 n)
{
	return (LARGE_INTEGER){ .QuadPart = -10000 * n };
}

/* A wait with a zero timeout. */
static inline NTSTATUS test_event(PVOID object)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &zero);
}

static inline NTSTATUS test_many(PVOID *objects, ULONG count, WAIT_TYPE type, PKWAIT_BLOCK blocks)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };

	return KeWaitForMultipleObjects(count, objects, type, Executive, KernelMode, FALSE, &zero, blocks);
}

/* waiter.c */
struct waiter *new_waiter(struct test *t, PVOID object);
void begin(struct test *t, struct waiter *w);
void start(struct test *t, struct waiter *w);
struct waiter *start_waiter(struct test *t, PVOID object);
struct waiter *start_many(struct test *t, WAIT_TYPE type, PVOID *objects, ULONG count);
bool is_asleep(struct task_struct *task, bool idle);
bool await_asleep(struct task_struct *task, bool idle);
NTSTATUS outcome(struct waiter *w);
bool is_blocked(struct waiter *w);
bool release_waiters(struct test *t);

struct task_struct *begin_thread(int (*function)(void *argument), void *argument);
/* Runs FUNCTION in a kernel thread and waits for it. */
void in_thread(struct test *t, test_function *function);

/* The contexts of context.c. */
enum context { PROCESS, RCU_READER, SPINLOCK, PREEMPTION_OFF, BH_OFF, IRQS_OFF, SOFTIRQ, HARD_IRQ, CONTEXTS };
bool is_available(enum context context);
void in_context(enum context context, void (*function)(void *argument), void *argument);

/* forms.c */
extern const struct form forms[];
void in_each_form(struct test *t, test_function *function);
#define IN_EACH_FORM(name)			\
	static test_function name##_body;	\
	void name(struct test *t)		\
	{					\
		in_each_form(t, name##_body);	\
	}					\
	static void name##_body(struct test *t)

#define NO_STATE 0x5a5a5a5a
void create(struct test *t, HANDLE *handle, ACCESS_MASK access, EVENT_TYPE type, BOOLEAN state);
NTSTATUS set(struct test *t, HANDLE handle, LONG *previous);
NTSTATUS reset(struct test *t, HANDLE handle, LONG *previous);
NTSTATUS pulse(struct test *t, HANDLE handle, LONG *previous);
NTSTATUS clear(struct test *t, HANDLE handle);
NTSTATUS query(struct test *t, HANDLE handle, EVENT_BASIC_INFORMATION *information);
NTSTATUS wait_handle(struct test *t, HANDLE handle, s64 timeout);
NTSTATUS close_handle(struct test *t, HANDLE handle);
LONG state_of(struct test *t, HANDLE handle);
/* Creates an event with a kernel handle, in any form. */
NTSTATUS create_kernel(HANDLE *handle, EVENT_TYPE type, BOOLEAN state);

/* The writable page of the caller. */
static inline void __user *user_page(struct test *t)
{
	return (void __user *)(uintptr_t)t->run.memory;
}

static inline HANDLE user_fd(struct test *t, enum kapi_fd which)
{
	return (HANDLE)(long)t->run.fds[which];
}

static inline bool is_kernel_handle(HANDLE handle)
{
	return ((uintptr_t)handle & 0xffffffff80000000UL) == 0xffffffff80000000UL;
}

/* A literal as a UNICODE_STRING, which is not const because the API is not. */
#define STRING(literal)						\
	(UNICODE_STRING){					\
		.Length = sizeof(literal) - sizeof(WCHAR),	\
		.MaximumLength = sizeof(literal),		\
		.Buffer = (PWSTR)(literal),			\
	}
#define BASE L"\\BaseNamedObjects\\"

static inline OBJECT_ATTRIBUTES attributes(UNICODE_STRING *name, ULONG flags, HANDLE root)
{
	OBJECT_ATTRIBUTES a;

	InitializeObjectAttributes(&a, name, flags, root, NULL);
	return a;
}

static inline NTSTATUS create_named(HANDLE *handle, UNICODE_STRING *name, ULONG flags)
{
	OBJECT_ATTRIBUTES a = attributes(name, flags | OBJ_KERNEL_HANDLE, NULL);

	return ZwCreateEvent(handle, EVENT_ALL_ACCESS, &a, SynchronizationEvent, FALSE);
}

static inline NTSTATUS open_named(HANDLE *handle, UNICODE_STRING *name, ULONG flags)
{
	OBJECT_ATTRIBUTES a = attributes(name, flags | OBJ_KERNEL_HANDLE, NULL);

	return ZwOpenEvent(handle, EVENT_ALL_ACCESS, &a);
}

/* Drops rights and privileges until become_again(). */
const struct cred *become_nobody(void);
void become_again(const struct cred *old);

#endif
