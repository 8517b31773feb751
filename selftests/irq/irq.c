// SPDX-License-Identifier: GPL-2.0
/*
 * Only for tests. Runs ntevent's commands in contexts that no system call has. User space passes
 * fds of events, and this module calls the ioctl of their files with commands that do not access
 * user memory. So ntevent needs no extra interface.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include "irq.h"
#include "../../uapi/linux/ntevent.h"

/* One open file, which can have one run at a time. */
struct driver {
	struct mutex mutex;	/* serializes the commands */
	bool active;
	struct irq_start start;
	struct irq_result result;
	struct file *files[IRQ_MAX_EVENTS];
	struct hrtimer timer;
	struct tasklet_struct tasklet;
	spinlock_t lock;
	struct completion done;
};

static const unsigned int codes[] = {
	[IRQ_SET] = NTEVENT_IOC_SET,
	[IRQ_RESET] = NTEVENT_IOC_RESET,
	[IRQ_CLEAR] = NTEVENT_IOC_CLEAR,
	[IRQ_PULSE] = NTEVENT_IOC_PULSE,
};

/* Runs the next command. Returns whether there are more. */
static bool fire(struct driver *d)
{
	u64 shot = d->result.shots;
	u8 command;
	u32 which;
	long ret;

	if (d->start.shots && shot >= d->start.shots)
		return false;
	command = d->start.commands[shot % d->start.command_count];
	which = shot / d->start.command_count % d->start.count;
	ret = d->files[which]->f_op->unlocked_ioctl(d->files[which], codes[command], 0);
	if (ret < 0)
		d->result.errors++;
	else if (command == IRQ_SET && ret == 0)
		d->result.set_0[which]++;
	else if (command == IRQ_RESET && ret == 1)
		d->result.reset_1[which]++;
	d->result.in_hardirq += !!in_hardirq();
	d->result.in_softirq += !!in_serving_softirq();
	d->result.irqs_off += !!irqs_disabled();
	d->result.shots = shot + 1;
	if (d->start.shots && shot + 1 >= d->start.shots) {
		complete_all(&d->done);
		return false;
	}
	return true;
}

static enum hrtimer_restart on_timer(struct hrtimer *timer)
{
	struct driver *d = container_of(timer, struct driver, timer);

	if (d->start.context == IRQ_TASKLET) {
		/* fire() counts in the tasklet, and does nothing once all commands have run. */
		if (completion_done(&d->done))
			return HRTIMER_NORESTART;
		tasklet_schedule(&d->tasklet);
	} else if (!fire(d)) {
		return HRTIMER_NORESTART;
	}
	hrtimer_forward_now(timer, us_to_ktime(d->start.period_us));
	return HRTIMER_RESTART;
}

static void on_tasklet(struct tasklet_struct *tasklet)
{
	fire(container_of(tasklet, struct driver, tasklet));
}

/* Runs inside START, so killing the caller ends it. */
static int fire_under_spinlock(struct driver *d)
{
	bool more = true;

	while (more) {
		unsigned long flags = 0;

		if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
			local_bh_disable();
			spin_lock(&d->lock);
		} else {
			spin_lock_irqsave(&d->lock, flags);
		}
		more = fire(d);
		if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
			spin_unlock(&d->lock);
			local_bh_enable();
		} else {
			spin_unlock_irqrestore(&d->lock, flags);
		}
		if (fatal_signal_pending(current))
			return -EINTR;
		usleep_range(d->start.period_us, d->start.period_us + 10);
	}
	return 0;
}

static void stop(struct driver *d)
{
	u32 i;

	if (!d->active)
		return;
	hrtimer_cancel(&d->timer);
	tasklet_kill(&d->tasklet);
	for (i = 0; i < d->start.count; i++)
		fput(d->files[i]);
	complete_all(&d->done);
	d->active = false;
}

/* The file of an ntevent event, with a reference. */
static struct file *get_event(int fd)
{
	struct file *file = fget(fd);
	struct module *owner;

	if (!file)
		return NULL;
	owner = file->f_op->owner;
	if (owner && !strcmp(module_name(owner), "ntevent") && file->f_op->unlocked_ioctl)
		return file;
	fput(file);
	return NULL;
}

static int start(struct driver *d, void __user *argument)
{
	/*
	 * Not a _HARD mode. This timer expires in hard-irq context, except on RT, where it must
	 * not, as spinlock_t sleeps.
	 */
	enum hrtimer_mode mode = HRTIMER_MODE_REL;
	struct irq_start *s = &d->start;
	u32 i;

	if (d->active)
		return -EBUSY;
	if (copy_from_user(s, argument, sizeof(*s)))
		return -EFAULT;
	if (!s->count || s->count > IRQ_MAX_EVENTS || s->context > IRQ_SPIN || s->period_us < 10 ||
	    !s->command_count || s->command_count > ARRAY_SIZE(s->commands) ||
	    (s->context == IRQ_SPIN && !s->shots))
		return -EINVAL;
	for (i = 0; i < s->command_count; i++)
		if (s->commands[i] >= ARRAY_SIZE(codes))
			return -EINVAL;
	for (i = 0; i < s->count; i++) {
		d->files[i] = get_event(s->fds[i]);
		if (!d->files[i]) {
			while (i--)
				fput(d->files[i]);
			return -EBADF;
		}
	}
	memset(&d->result, 0, sizeof(d->result));
	d->result.rt = IS_ENABLED(CONFIG_PREEMPT_RT);
	reinit_completion(&d->done);
	tasklet_setup(&d->tasklet, on_tasklet);
	if (s->context == IRQ_SOFT)
		mode = HRTIMER_MODE_REL_SOFT;
	hrtimer_setup(&d->timer, on_timer, CLOCK_MONOTONIC, mode);
	d->active = true;
	if (s->context == IRQ_SPIN)
		return fire_under_spinlock(d);
	hrtimer_start(&d->timer, us_to_ktime(s->period_us), mode);
	return 0;
}

static long driver_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct driver *d = file->private_data;
	long ret;

	if (command == IRQ_IOC_WAIT)
		return wait_for_completion_interruptible(&d->done);
	ret = mutex_lock_interruptible(&d->mutex);
	if (ret)
		return ret;
	switch (command) {
	case IRQ_IOC_START:
		ret = start(d, (void __user *)argument);
		break;
	case IRQ_IOC_STOP:
		/* Wait for the first command, which comes late on a busy CPU. */
		while (d->active && !READ_ONCE(d->result.shots) && !signal_pending(current))
			schedule_timeout_interruptible(1);
		stop(d);
		if (copy_to_user((void __user *)argument, &d->result, sizeof(d->result)))
			ret = -EFAULT;
		break;
	default:
		ret = -ENOTTY;
	}
	mutex_unlock(&d->mutex);
	return ret;
}

static int driver_open(struct inode *inode, struct file *file)
{
	struct driver *d = kzalloc(sizeof(*d), GFP_KERNEL);

	if (!d)
		return -ENOMEM;
	mutex_init(&d->mutex);
	spin_lock_init(&d->lock);
	init_completion(&d->done);
	complete_all(&d->done);
	file->private_data = d;
	return 0;
}

/*
 * Unloading must wait for this release of every open file, so no timer and no event is left then.
 */
static int driver_release(struct inode *inode, struct file *file)
{
	struct driver *d = file->private_data;

	stop(d);
	kfree(d);
	return 0;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = driver_open,
	.release = driver_release,
	.unlocked_ioctl = driver_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ntevent_irq",
	.fops = &operations,
};

module_misc_device(device);
MODULE_DESCRIPTION("Drives ntevent's events from interrupts, for its tests");
MODULE_LICENSE("GPL");
