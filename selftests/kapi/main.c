// SPDX-License-Identifier: GPL-2.0
/*
 * Only for tests. Calls the routines of include/ntevent as drivers do. A program makes it run one
 * test of tests.h at a time, in the program's context, and lends its memory and fds.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include "share.h"
#include "test.h"

static const struct {
	const char *name;
	test_function *function;
} tests[] = {
#define TEST(name, how) { #name, name },
#include "tests.h"
#undef TEST
};

/* Serializes the tests. The result of a killed program stays in LAST for the next that asks. */
static DEFINE_MUTEX(running);
static struct kapi_run last;

struct opened {
	struct share *share;
	unsigned int when;	/* the command that says when to run the test, or 0 */
	struct kapi_run run;
};

static int run_test(struct kapi_run *run, struct file *closed)
{
	struct test *t;

	if (run->test >= ARRAY_SIZE(tests))
		return -EINVAL;
	t = kvzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	t->run = *run;
	t->run.failed = 0;
	t->run.skipped = 0;
	t->run.checks = 0;
	t->run.message[0] = 0;
	t->caller = current;
	t->closed = closed;
	tests[run->test].function(t);
	if (release_waiters(t)) {
		*run = t->run;
		kvfree(t);
	} else {
		/* A stuck thread goes on using T and this module. */
		fail(t, __FILE__, __LINE__, "no waiter is stuck", true, false);
		*run = t->run;
		__module_get(THIS_MODULE);
	}
	last = *run;
	return 0;
}

static bool is_for_exit(unsigned int command)
{
	return command == KAPI_IOC_AT_FLUSH || command == KAPI_IOC_AT_RELEASE;
}

static void run_at_exit(struct file *file, unsigned int when)
{
	struct opened *opened = file->private_data;

	if (opened->when != when || !(current->flags & PF_EXITING))
		return;
	mutex_lock(&running);
	run_test(&opened->run, file);
	mutex_unlock(&running);
}

static long kapi_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct opened *opened = file->private_data;
	struct kapi_run run = {};
	long ret;

	if (command == KAPI_IOC_SHARE)
		return share_ioctl(opened->share, (void __user *)argument);
	if (command != KAPI_IOC_RUN && command != KAPI_IOC_LAST && !is_for_exit(command))
		return -ENOTTY;
	if (command != KAPI_IOC_LAST && copy_from_user(&run, (void __user *)argument, sizeof(run)))
		return -EFAULT;
	ret = mutex_lock_killable(&running);
	if (ret)
		return ret;
	if (command == KAPI_IOC_RUN) {
		ret = run_test(&run, NULL);
	} else if (command == KAPI_IOC_LAST) {
		run = last;
	} else {
		/* If the test never runs, the result shows zero checks. */
		last = run;
		opened->run = run;
		opened->when = command;
	}
	mutex_unlock(&running);
	if (!ret && !is_for_exit(command) && copy_to_user((void __user *)argument, &run, sizeof(run)))
		ret = -EFAULT;
	return ret;
}

static int kapi_open(struct inode *inode, struct file *file)
{
	struct opened *opened = kzalloc(sizeof(*opened), GFP_KERNEL);

	if (!opened)
		return -ENOMEM;
	opened->share = new_share();
	if (!opened->share) {
		kfree(opened);
		return -ENOMEM;
	}
	file->private_data = opened;
	return 0;
}

static int kapi_flush(struct file *file, fl_owner_t owner)
{
	run_at_exit(file, KAPI_IOC_AT_FLUSH);
	return 0;
}

static int kapi_release(struct inode *inode, struct file *file)
{
	struct opened *opened = file->private_data;

	run_at_exit(file, KAPI_IOC_AT_RELEASE);
	free_share(opened->share);
	kfree(opened);
	return 0;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = kapi_open,
	.flush = kapi_flush,
	.release = kapi_release,
	.unlocked_ioctl = kapi_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ntevent_kapi",
	.fops = &operations,
};

module_misc_device(device);
MODULE_DESCRIPTION("Tests of ntevent's kernel API");
MODULE_LICENSE("GPL");
