// SPDX-License-Identifier: GPL-2.0
/*
 * Both ways of S3 to share an event with a program. Either the driver creates a named event, or the
 * program passes its own handle.
 */
#include <linux/hrtimer.h>
#include <linux/slab.h>
#include "share.h"
#include "test.h"

struct share {
	struct mutex mutex;
	PKEVENT event;
	HANDLE handle;		/* NULL if only the pointer is referenced */
	struct hrtimer timer;
};

static enum hrtimer_restart on_timer(struct hrtimer *timer)
{
	struct share *s = container_of(timer, struct share, timer);

	KeSetEvent(s->event, EVENT_INCREMENT, FALSE);
	return HRTIMER_NORESTART;
}

struct share *new_share(void)
{
	struct share *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (s) {
		mutex_init(&s->mutex);
		hrtimer_setup(&s->timer, on_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	}
	return s;
}

static void drop(struct share *s)
{
	hrtimer_cancel(&s->timer);
	if (s->handle)
		ZwClose(s->handle);
	else
		ObDereferenceObject(s->event);
	s->handle = NULL;
	s->event = NULL;
}

void free_share(struct share *s)
{
	drop(s);
	kfree(s);
}

static long make(struct share *s, struct kapi_share *args)
{
	UNICODE_STRING name = { args->name_length, args->name_length };

	name.Buffer = memdup_user((void __user *)(uintptr_t)args->name, args->name_length);
	if (IS_ERR(name.Buffer))
		return PTR_ERR(name.Buffer);
	drop(s);
	s->event = (args->op == KAPI_CREATE_NOTIFICATION ? IoCreateNotificationEvent : IoCreateSynchronizationEvent)
		(&name, &s->handle);
	kfree(name.Buffer);
	args->result = s->event != NULL;
	return 0;
}

static long share_op(struct share *s, struct kapi_share *args)
{
	LARGE_INTEGER zero = { .QuadPart = 0 };
	PVOID pointer;

	switch (args->op) {
	case KAPI_CREATE_SYNCHRONIZATION:
	case KAPI_CREATE_NOTIFICATION:
		return make(s, args);
	case KAPI_RESOLVE:
		drop(s);
		args->status = ObReferenceObjectByHandle((HANDLE)(long)args->fd, args->access, *ExEventObjectType, UserMode,
							 &pointer, NULL);
		s->event = pointer;
		return 0;
	case KAPI_SET:
		args->result = KeSetEvent(s->event, EVENT_INCREMENT, FALSE);
		return 0;
	case KAPI_RESET:
		args->result = KeResetEvent(s->event);
		return 0;
	case KAPI_READ:
		args->result = KeReadStateEvent(s->event);
		return 0;
	case KAPI_SET_FROM_TIMER:
		if (!s->event)
			return -ENXIO;
		hrtimer_start(&s->timer, us_to_ktime(1000), HRTIMER_MODE_REL);
		return 0;
	case KAPI_TEST:
		args->status = KeWaitForSingleObject(s->event, UserRequest, KernelMode, FALSE, &zero);
		return 0;
	case KAPI_DROP:
		drop(s);
		return 0;
	}
	return -EINVAL;
}

/* Whether the command is a wait. A wait holds no lock, so the process can be frozen during it. */
static bool waits(unsigned int op)
{
	return op >= KAPI_WAIT && op <= KAPI_WAIT_MANY;
}

static void wait(PKEVENT event, struct kapi_share *args)
{
	KPROCESSOR_MODE mode = args->op == KAPI_WAIT || args->op == KAPI_WAIT_USER ? UserMode : KernelMode;
	PVOID events[] = { event, event };

	if (args->op == KAPI_WAIT_MANY)
		args->status = KeWaitForMultipleObjects(2, events, WaitAny, UserRequest, mode, FALSE, NULL, NULL);
	else
		args->status = KeWaitForSingleObject(event, UserRequest, mode, args->op == KAPI_WAIT, NULL);
	ObDereferenceObject(event);
}

long share_ioctl(struct share *s, void __user *argument)
{
	struct kapi_share args;
	PKEVENT event;
	long ret;

	if (copy_from_user(&args, argument, sizeof(args)))
		return -EFAULT;
	if (args.name_length > KAPI_PAGE)
		return -EINVAL;
	ret = mutex_lock_interruptible(&s->mutex);
	if (ret)
		return ret;
	event = s->event;
	if (!waits(args.op))
		ret = share_op(s, &args);
	else if (event)
		ObReferenceObject(event);
	else
		ret = -ENXIO;
	mutex_unlock(&s->mutex);
	if (!ret && waits(args.op))
		wait(event, &args);
	if (!ret && copy_to_user(argument, &args, sizeof(args)))
		ret = -EFAULT;
	return ret;
}
