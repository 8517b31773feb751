// SPDX-License-Identifier: GPL-2.0
/*
 * Only for tests. Does what a driver must not do to an event on which a thread waits, which the
 * debug kernel must report. tools/detectors loads it, one boot for each bug. The wait times out
 * long after the guest is gone.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <ntevent/wdm.h>

static int which;
module_param_named(bug, which, int, 0);
MODULE_PARM_DESC(bug, "1: frees the event, 2: initialises it again");

static int wait_main(void *event)
{
	LARGE_INTEGER timeout = { .QuadPart = -3000000000LL };

	KeWaitForSingleObject(event, Executive, KernelMode, FALSE, &timeout);
	/* The module stays loaded, see below. */
	for (;;)
		schedule_timeout_idle(HZ);
	return 0;
}

static int __init detectors_init(void)
{
	KEVENT *event = kzalloc(sizeof(*event), GFP_KERNEL);
	struct task_struct *task;
	int i;

	if (!event)
		return -ENOMEM;
	KeInitializeEvent(event, NotificationEvent, FALSE);
	/* No thread waits for the event, so initialising it again is not reported. */
	KeInitializeEvent(event, SynchronizationEvent, FALSE);
	__module_get(THIS_MODULE);
	task = kthread_run(wait_main, event, "kapi_detectors");
	if (IS_ERR(task))
		return PTR_ERR(task);
	for (i = 0; i < 60000 && (READ_ONCE(task->__state) & TASK_IDLE) != TASK_IDLE; i++)
		msleep(1);
	pr_info("runs into bug %d\n", which);
	if (which == 1)
		kfree(event);
	else if (which == 2)
		KeInitializeEvent(event, NotificationEvent, TRUE);
	return 0;
}

module_init(detectors_init);
MODULE_DESCRIPTION("What the debug kernel must report of events");
MODULE_LICENSE("GPL");
