// SPDX-License-Identifier: GPL-2.0
/* Kernel threads that wait. One that sleeps idle is queued, as nothing else here sleeps idle. */
#include <linux/delay.h>
#include "test.h"

static int waiter_main(void *argument)
{
	struct waiter *w = argument;
	LARGE_INTEGER *timeout = w->timed ? &w->timeout : NULL;

	WRITE_ONCE(w->begun, true);
	if (w->handle)
		w->status = ZwWaitForSingleObject(w->handle, w->alertable, timeout);
	else if (w->count > 1 || w->blocks)
		w->status = KeWaitForMultipleObjects(w->count, w->objects, w->type, Executive, w->mode, w->alertable,
						     timeout, w->blocks);
	else
		w->status = KeWaitForSingleObject(w->objects[0], Executive, w->mode, w->alertable, timeout);
	complete_all(&w->done);
	return 0;
}

/* Whether TASK sleeps, off its CPU, and not for a lock. With IDLE, as a wait in KernelMode does. */
bool is_asleep(struct task_struct *task, bool idle)
{
	unsigned int state = READ_ONCE(task->__state);

	if (state & TASK_RTLOCK_WAIT || !(state & (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)))
		return false;
	if (idle && (state & TASK_IDLE) != TASK_IDLE)
		return false;
	/* A thread preempted on its way to sleep is on the runqueue, not by delayed dequeue. */
	return !READ_ONCE(task->on_cpu) && (!READ_ONCE(task->on_rq) || READ_ONCE(task->se.sched_delayed));
}

bool await_asleep(struct task_struct *task, bool idle)
{
	unsigned long end = jiffies + SOON;

	while (!is_asleep(task, idle)) {
		if (time_after(jiffies, end))
			return false;
		schedule_timeout_uninterruptible(1);
	}
	return true;
}

/* A wait for the pointer OBJECT. It can be changed before it is started. */
struct waiter *new_waiter(struct test *t, PVOID object)
{
	struct waiter *w;

	if (WARN_ON(t->waiter_count == MAX_WAITERS))
		return NULL;
	w = &t->waiters[t->waiter_count];
	memset(w, 0, sizeof(*w));
	w->test = t;
	w->objects[0] = object;
	w->count = 1;
	w->type = WaitAny;
	w->status = STATUS_PENDING;
	init_completion(&w->done);
	return w;
}

void begin(struct test *t, struct waiter *w)
{
	struct task_struct *task = begin_thread(waiter_main, w);

	OK(task);
	w->task = task;
	t->waiter_count++;
}

/* Returns when W is asleep. */
void start(struct test *t, struct waiter *w)
{
	unsigned long end = jiffies + SOON;
	struct task_struct *task;

	DO(begin(t, w));
	task = w->task;
	while (!READ_ONCE(w->begun) || !is_asleep(task, w->mode == KernelMode)) {
		if (time_after(jiffies, end) || completion_done(&w->done))
			break;
		schedule_timeout_uninterruptible(1);
	}
	EQ(STATUS_PENDING, READ_ONCE(w->status));
	OK(is_asleep(task, w->mode == KernelMode));
}

struct waiter *start_waiter(struct test *t, PVOID object)
{
	struct waiter *w = new_waiter(t, object);

	start(t, w);
	return w;
}

struct waiter *start_many(struct test *t, WAIT_TYPE type, PVOID *objects, ULONG count)
{
	struct waiter *w = new_waiter(t, NULL);

	memcpy(w->objects, objects, count * sizeof(*objects));
	w->count = count;
	w->type = type;
	if (count > THREAD_WAIT_OBJECTS)
		w->blocks = t->blocks;
	start(t, w);
	return w;
}

/* The status of W, which must end without further action. PENDING if it does not. */
NTSTATUS outcome(struct waiter *w)
{
	if (!wait_for_completion_timeout(&w->done, SOON))
		return STATUS_PENDING;
	return w->status;
}

/* Whether W sleeps on. A thread that was woken for good does not sleep again before it is done. */
bool is_blocked(struct waiter *w)
{
	return !completion_done(&w->done) && await_asleep(w->task, w->mode == KernelMode) &&
	       !completion_done(&w->done);
}

/* Ends all waits and joins the threads. Returns false if that is impossible. */
bool release_waiters(struct test *t)
{
	bool all = true;
	ULONG j;
	int i;

	for (i = 0; i < t->waiter_count; i++) {
		struct waiter *w = &t->waiters[i];
		unsigned long end = jiffies + SOON;

		/* A synchronization event may release another waiter, so set it again. */
		while (!wait_for_completion_timeout(&w->done, 1) && time_before(jiffies, end)) {
			for (j = 0; j < w->count; j++)
				KeSetEvent(w->objects[j], 0, FALSE);
			if (w->handle)
				ZwSetEvent(w->handle, NULL);
		}
		if (completion_done(&w->done))
			kthread_stop_put(w->task);
		else
			all = false;
	}
	t->waiter_count = 0;
	return all;
}
