/* SPDX-License-Identifier: GPL-2.0 */
/* The interface of /dev/ntevent_irq, the test module in irq.c, for irq_test.c. */
#ifndef NTEVENT_IRQ_H
#define NTEVENT_IRQ_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define IRQ_MAX_EVENTS 8

/*
 * The context of the commands. On PREEMPT_RT, HARD is the same as SOFT, as spinlock_t sleeps there.
 */
enum irq_context {
	IRQ_HARD,	/* an hrtimer in hard-irq context */
	IRQ_SOFT,	/* an hrtimer in softirq context */
	IRQ_TASKLET,	/* a tasklet, scheduled by an hrtimer */
	IRQ_SPIN,	/* START itself: spin_lock_irqsave() (RT: spin_lock_bh()) */
};

enum irq_command { IRQ_SET, IRQ_RESET, IRQ_CLEAR, IRQ_PULSE };

/* Shot n runs commands[n % command_count] on fds[n / command_count % count]. */
struct irq_start {
	__u64 shots;		/* 0: until STOP (not for IRQ_SPIN) */
	__s32 fds[IRQ_MAX_EVENTS];
	__u32 count;
	__u32 context;
	__u32 period_us;
	__u32 command_count;
	__u8 commands[8];
};

struct irq_result {
	__u64 shots;
	__u64 errors;		/* commands that failed */
	__u64 in_hardirq;	/* shots in hard-irq context */
	__u64 in_softirq;	/* shots while serving a softirq */
	__u64 irqs_off;		/* shots with interrupts off */
	__u64 set_0[IRQ_MAX_EVENTS];	/* sets whose previous state was 0 */
	__u64 reset_1[IRQ_MAX_EVENTS];	/* resets whose previous state was 1 */
	__u32 rt;		/* a PREEMPT_RT kernel */
	__u32 pad;
};

#define IRQ_IOC_START	_IOW('T', 1, struct irq_start)
#define IRQ_IOC_WAIT	_IO('T', 2)			/* until all shots are fired */
#define IRQ_IOC_STOP	_IOR('T', 3, struct irq_result)	/* and puts the events */

#endif
