// SPDX-License-Identifier: GPL-2.0
/*
 * Makes every allocation and every user copy of every command of /dev/ntsync fail once. The command
 * must return a documented error and leave no fd, object or waiter. Only if the result cannot be
 * written may a state have changed. Skips on a kernel without fault injection.
 */
#include "fail_nth.h"
#include "ntsync_test.h"

static int dev, events[64], sem, mut;

static int op_open(void)
{
	int fd = open("/dev/ntsync", O_RDONLY);

	return fd < 0 ? -errno : fd;
}

static int op_create_sem(void)
{
	return semaphore(dev, 0, 1);
}

static int op_create_mutex(void)
{
	return mutex(dev, OWNER, 1);
}

static int op_create_event(void)
{
	return event(dev, AUTO, 0);
}

static int op_wait_test(void)
{
	return wait_any(dev, events, 64, TRY);
}

static int op_wait_any_few(void)
{
	return wait_any(dev, events, 8, in_ms(200));
}

static int op_wait_any_many(void)
{
	return wait_any(dev, events, 64, in_ms(200));
}

static int op_wait_all_many(void)
{
	return wait_all(dev, events, 64, in_ms(200));
}

static int op_wait_alert(void)
{
	return wait_all_alert(dev, events, 63, in_ms(200), events[63]);
}

static int op_set(void)
{
	return set(events[0]);
}

static int op_wait_satisfied(void)
{
	return wait_any(dev, (int[]){ events[0], sem, mut }, 3, TRY);
}

static int op_release(void)
{
	return (int)release(sem, 1);
}

static int op_unlock(void)
{
	return (int)unlock(mut, OWNER);
}

static int op_kill(void)
{
	int ret = kill_owner(mut, OTHER_OWNER);

	return ret == -EPERM ? 0 : ret;
}

static int op_read(void)
{
	struct ntsync_mutex_args args;

	return result_of(ioctl(mut, NTSYNC_IOC_MUTEX_READ, &args));
}

static int op_fdinfo(void)
{
	char path[64], text[512];
	int fd, ret;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", mut);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -errno;
	ret = read(fd, text, sizeof(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

struct row {
	const char *name;
	int (*op)(void);
	bool makes_fd, changes;
	int without;	/* the result when nothing fails */
	int least;	/* faults to expect at least */
};

/* Restores the state that each row starts with. */
static void settle(void)
{
	reset(events[0]);
	while (wait_any(dev, &sem, 1, TRY) == 0)
		;
	while (unlock(mut, OWNER) > 1)
		;
	try_as(dev, mut, OWNER);
}

/* Runs a row with its first fault, its second fault, and so on. Returns the number of faults. */
static int walk(struct __test_metadata *_metadata, const struct row *row)
{
	int n, result, fd = free_fd();
	long held = driver_references();

	for (n = 1; n < 500; n++) {
		bool injected;

		arm(n);
		result = row->op();
		injected = disarm();
		if (result >= 0 && row->makes_fd) {
			close(result);
			result = 0;
		}
		if (row->changes)
			settle();
		ASSERT_TRUE(result == row->without || result == -ENOMEM || result == -EFAULT) {
			TH_LOG("%s, fault %d: %d", row->name, n, result);
		}
		ASSERT_EQ(fd, free_fd());
		ASSERT_EQ(held, driver_references());
		ASSERT_TRUE(event_is(events[0], AUTO, 0) && event_is(events[63], AUTO, 0));
		ASSERT_TRUE(sem_is(sem, 0, 2) && mutex_is(mut, OWNER, 1));
		if (!injected) {
			ASSERT_EQ(row->without, result);
			break;
		}
	}
	TH_LOG("%s: %d faults", row->name, n - 1);
	return n - 1;
}

TEST_F(ntsync, every_fault_of_every_command)
{
	static const struct row rows[] = {
		{ "open", op_open, true, false, 0, 2 },
		{ "CREATE_SEM", op_create_sem, true, false, 0, 4 },
		{ "CREATE_MUTEX", op_create_mutex, true, false, 0, 4 },
		{ "CREATE_EVENT", op_create_event, true, false, 0, 4 },
		{ "WAIT_ANY, a try", op_wait_test, false, false, -ETIMEDOUT, 2 },
		{ "WAIT_ANY of 8", op_wait_any_few, false, false, -ETIMEDOUT, 2 },
		{ "WAIT_ANY of 64", op_wait_any_many, false, false, -ETIMEDOUT, 3 },
		{ "WAIT_ALL of 64", op_wait_all_many, false, false, -ETIMEDOUT, 3 },
		{ "WAIT_ALL, alert", op_wait_alert, false, false, -ETIMEDOUT, 3 },
		{ "WAIT_ANY, satisfied", op_wait_satisfied, false, true, 2, 3 },
		{ "EVENT_SET", op_set, false, true, 0, 1 },
		{ "SEM_RELEASE", op_release, false, true, 0, 2 },
		{ "MUTEX_UNLOCK", op_unlock, false, true, 1, 2 },
		{ "MUTEX_KILL", op_kill, false, false, 0, 1 },
		{ "MUTEX_READ", op_read, false, false, 0, 1 },
		{ "fdinfo", op_fdinfo, false, false, 0, 1 },
	};
	unsigned int i;

	if (!can_inject())
		SKIP(return, "this kernel injects no faults");
	dev = self->dev;
	sem = semaphore(dev, 0, 2);
	mut = mutex(dev, OWNER, 1);
	for (i = 0; i < 64; i++)
		events[i] = event(dev, AUTO, 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		ASSERT_LE(rows[i].least, walk(_metadata, &rows[i]));
}

TEST_HARNESS_MAIN
