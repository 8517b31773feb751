// SPDX-License-Identifier: GPL-2.0
/* Calls in an exiting process, from several threads at once, and in interrupts of user threads. */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/mount.h>
#include "test.h"

/* An address that is not mapped. */
#define NOWHERE	((void *)16)

/* What flush and release of a killed process can and cannot do. */
static void exiting(struct test *t)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };
	UNICODE_STRING name = STRING(BASE "kapi_exit"), relative = STRING(L"kapi_exit");
	HANDLE fd = user_fd(t, KAPI_EVENT), handle = t, kernel;
	OBJECT_ATTRIBUTES a = attributes(&name, 0, NULL);
	PVOID pointer = t;

	OK(!current->files);
	EQ(STATUS_INVALID_HANDLE, ZwSetEvent(fd, NULL));
	EQ(STATUS_INVALID_HANDLE, NtSetEvent(fd, NULL));
	EQ(STATUS_INVALID_HANDLE, ZwWaitForSingleObject(fd, FALSE, &zero));
	EQ(STATUS_INVALID_HANDLE, ZwWaitForMultipleObjects(1, &fd, WaitAny, FALSE, &zero));
	EQ(STATUS_INVALID_HANDLE, ObReferenceObjectByHandle(fd, 0, NULL, KernelMode, &pointer, NULL));
	SAME(NULL, pointer);
	EQ(STATUS_INVALID_HANDLE, ObReferenceObjectByHandle(fd, 0, NULL, UserMode, &pointer, NULL));
	EQ(STATUS_INVALID_HANDLE, ZwMakeTemporaryObject(fd));
	EQ(STATUS_INVALID_HANDLE, ZwClose(fd));
	EQ(STATUS_INVALID_HANDLE, NtClose(fd));

	/* The call fails, so it leaves no handle and no name. */
	EQ(STATUS_TOO_MANY_OPENED_FILES, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE));
	SAME(NULL, handle);
	EQ(STATUS_TOO_MANY_OPENED_FILES, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	EQ(STATUS_SUCCESS, create_named(&kernel, &name, 0));
	EQ(STATUS_TOO_MANY_OPENED_FILES, ZwOpenEvent(&handle, EVENT_ALL_ACCESS, &a));
	a = attributes(&relative, OBJ_KERNEL_HANDLE, user_fd(t, KAPI_DIRECTORY));
	EQ(STATUS_INVALID_HANDLE, ZwOpenEvent(&handle, EVENT_ALL_ACCESS, &a));
	/* The user memory is gone too. */
	EQ(STATUS_ACCESS_VIOLATION, NtCreateEvent(NOWHERE, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE));
	EQ(STATUS_ACCESS_VIOLATION, NtOpenEvent(NOWHERE, EVENT_ALL_ACCESS, NOWHERE));

	/* A kernel handle needs no process. A user cannot use it even now. */
	EQ(STATUS_SUCCESS, ZwSetEvent(kernel, NULL));
	EQ(STATUS_INVALID_HANDLE, NtSetEvent(kernel, NULL));
	EQ(STATUS_SUCCESS, ZwWaitForSingleObject(kernel, FALSE, &zero));
	EQ(STATUS_SUCCESS, ZwClose(kernel));
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, open_named(&kernel, &name, 0));
}

void flush_at_exit(struct test *t)
{
	exiting(t);
}

void release_at_exit(struct test *t)
{
	struct vfsmount *mount = t->closed->f_path.mnt;
	struct path root = { .mnt = mount, .dentry = mount->mnt_root };
	struct file *file;

	DO(exiting(t));
	/* A driver opens ntevent's device when its process has no IPC namespace any more. */
	OK(!current->nsproxy);
	file = file_open_root(&root, "ntevent", O_RDWR, 0);
	if (!IS_ERR(file))
		fput(file);
	EQ(-ENOMEM, PTR_ERR(file));
}

/* A lookup that outlives the close would keep the name until the end of the system call. */
void close_takes_effect_at_once(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_at_once");
	OBJECT_ATTRIBUTES a = attributes(&name, 0, NULL);
	HANDLE handle;
	int i;

	OK(atomic_read(&current->files->count) > 1);
	for (i = 0; i < 3; i++) {
		EQ(STATUS_SUCCESS, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
		OK(!is_kernel_handle(handle));
		EQ(STATUS_SUCCESS, (i == 1 ? NtClose : ZwClose)(handle));
	}
	EQ(STATUS_OBJECT_NAME_NOT_FOUND, ZwOpenEvent(&handle, EVENT_ALL_ACCESS, &a));
}

/* NULL is no valid handle, so a handle is not fd 0 even if that is the lowest free fd. */
void handle_is_not_fd_0(struct test *t)
{
	UNICODE_STRING name = STRING(BASE "kapi_fd_0");
	OBJECT_ATTRIBUTES a = attributes(&name, 0, NULL);
	HANDLE handles[4];
	int i;

	EQ(STATUS_SUCCESS, ZwCreateEvent(&handles[0], EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	EQ(STATUS_SUCCESS, ZwOpenEvent(&handles[1], EVENT_ALL_ACCESS, &a));
	EQ(STATUS_SUCCESS, ZwCreateEvent(&handles[2], EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE));
	EQ(STATUS_SUCCESS, NtCreateEvent((PHANDLE)(uintptr_t)t->run.memory, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE));
	EQ(0, get_user(handles[3], (HANDLE __user *)user_page(t)));
	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		OK(handles[i] && !is_kernel_handle(handles[i]));
		EQ(STATUS_SUCCESS, ZwSetEvent(handles[i], NULL));
		EQ(STATUS_SUCCESS, ZwClose(handles[i]));
	}
	/* fd 0 is still free. */
	EQ(0, get_unused_fd_flags(0));
	put_unused_fd(0);
}

/* Nt calls in an interrupt. */
struct interruption {
	HANDLE handle;
	bool there;		/* it interrupted a user thread */
	bool done;
	LONG previous;
	EVENT_BASIC_INFORMATION information;
	NTSTATUS statuses[8];
	struct hrtimer timer;
	struct tasklet_struct tasklet;
};

static void interrupt(struct interruption *i, bool there)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };
	NTSTATUS *status = i->statuses;
	ULONG length;

	i->there = there && !(current->flags & PF_KTHREAD);
	*status++ = NtSetEvent(i->handle, NULL);
	*status++ = NtQueryEvent(i->handle, EventBasicInformation, &i->information, sizeof(i->information), &length);
	*status++ = NtWaitForSingleObject(i->handle, FALSE, &zero);
	*status++ = NtWaitForMultipleObjects(1, &i->handle, WaitAny, FALSE, &zero);
	*status++ = NtResetEvent(i->handle, &i->previous);
	*status++ = NtPulseEvent(i->handle, NULL);
	*status++ = NtClearEvent(i->handle);
	*status++ = NtWaitForSingleObject(i->handle, TRUE, &zero);
	WRITE_ONCE(i->done, true);
}

static enum hrtimer_restart on_timer(struct hrtimer *timer)
{
	interrupt(container_of(timer, struct interruption, timer), in_hardirq());
	return HRTIMER_NORESTART;
}

static void on_tasklet(struct tasklet_struct *tasklet)
{
	interrupt(container_of(tasklet, struct interruption, tasklet), in_serving_softirq());
}

/* The calls act for the kernel, although a user thread is current. */
static void check_interruption(struct test *t, struct interruption *i)
{
	int call;

	OK(i->done);
	OK(i->there);
	for (call = 0; call < 7; call++)
		EQ(STATUS_SUCCESS, i->statuses[call]);
	EQ(STATUS_TIMEOUT, i->statuses[7]);
	EQ(1, i->information.EventState);
	EQ(NotificationEvent, i->information.EventType);
	EQ(1, i->previous);
}

void nt_calls_of_hard_interrupts(struct test *t)
{
	struct interruption i = { .previous = NO_STATE };

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		SKIP_TEST();
	EQ(STATUS_SUCCESS, create_kernel(&i.handle, NotificationEvent, FALSE));
	hrtimer_setup_on_stack(&i.timer, on_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED);
	/* The interrupt comes on this CPU and in this thread. */
	preempt_disable();
	hrtimer_start(&i.timer, us_to_ktime(10), HRTIMER_MODE_REL_PINNED);
	while (!READ_ONCE(i.done))
		cpu_relax();
	preempt_enable();
	hrtimer_cancel(&i.timer);
	destroy_hrtimer_on_stack(&i.timer);
	EQ(STATUS_SUCCESS, ZwClose(i.handle));
	check_interruption(t, &i);
}

void nt_calls_of_soft_interrupts(struct test *t)
{
	struct interruption i = { .previous = NO_STATE };

	EQ(STATUS_SUCCESS, create_kernel(&i.handle, NotificationEvent, FALSE));
	tasklet_setup(&i.tasklet, on_tasklet);
	/* The tasklet runs in this thread before local_bh_enable() returns. */
	local_bh_disable();
	tasklet_schedule(&i.tasklet);
	local_bh_enable();
	tasklet_kill(&i.tasklet);
	EQ(STATUS_SUCCESS, ZwClose(i.handle));
	check_interruption(t, &i);
}
