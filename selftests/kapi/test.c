// SPDX-License-Identifier: GPL-2.0
/* What the tests share: failures, events, other threads, other users. */
#include <linux/cred.h>
#include "test.h"

/* Reports the first failure only, as later ones may follow from it. */
void fail(struct test *t, const char *file, int line, const char *what, s64 want, s64 got)
{
	const char *name = strrchr(file, '/');

	if (t->run.failed)
		return;
	t->run.failed = 1;
	snprintf(t->run.message, sizeof(t->run.message), "%s:%d: %s%s%s: want %lld (%llx), got %lld (%llx)",
		 name ? name + 1 : file, line, t->form ? t->form->name : "", t->form ? ": " : "", what, want, want, got,
		 got);
}

KEVENT *event(struct test *t, EVENT_TYPE type, BOOLEAN state)
{
	KEVENT *e;

	if (WARN_ON(t->event_count == MAX_EVENTS))
		return NULL;
	e = &t->events[t->event_count++];
	KeInitializeEvent(e, type, state);
	return e;
}

struct thread_start {
	int (*function)(void *argument);
	void *argument;
	struct completion started;
};

static int thread_main(void *argument)
{
	struct thread_start *start = argument;
	int (*function)(void *argument) = start->function;

	argument = start->argument;
	complete(&start->started);
	function(argument);
	/*
	 * The creator joins the thread, so that no thread runs this module's code after unloading.
	 */
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

/*
 * Stop it with kthread_stop_put(). The thread has begun, or stopping it would keep it from running.
 */
struct task_struct *begin_thread(int (*function)(void *argument), void *argument)
{
	struct thread_start start = { function, argument };
	struct task_struct *task;

	init_completion(&start.started);
	task = kthread_create(thread_main, &start, "kapi");
	if (IS_ERR(task))
		return NULL;
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&start.started);
	return task;
}

struct thread_call {
	struct test *test;
	test_function *function;
};

static int call_main(void *argument)
{
	struct thread_call *call = argument;

	call->function(call->test);
	return 0;
}

void in_thread(struct test *t, test_function *function)
{
	struct thread_call call = { t, function };
	struct task_struct *task = begin_thread(call_main, &call);

	OK(task);
	kthread_stop_put(task);
}

const struct cred *become_nobody(void)
{
	struct cred *new = prepare_creds();

	if (!new)
		return NULL;
	new->euid = KUIDT_INIT(65534);
	new->fsuid = KUIDT_INIT(65534);
	new->egid = KGIDT_INIT(65534);
	new->fsgid = KGIDT_INIT(65534);
	cap_clear(new->cap_effective);
	return override_creds(new);
}

void become_again(const struct cred *old)
{
	put_cred(revert_creds(old));
}
