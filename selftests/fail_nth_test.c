// SPDX-License-Identifier: GPL-2.0
/*
 * Makes every allocation and every user copy of every operation fail once. Each operation must
 * return a documented error and change nothing. Skips on a kernel without fault injection.
 */
#include <sys/epoll.h>
#include "fail_nth.h"
#include "ntevent_test.h"

static int dev, events[64], polled;

static int op_open(void)
{
	int fd = open("/dev/ntevent", O_RDONLY);

	return fd < 0 ? -errno : fd;
}

static int op_create(void)
{
	return create(dev, SYNCHRONIZATION, 0);
}

static int op_duplicate(void)
{
	return duplicate(events[0], ALL_ACCESS, 0);
}

static int op_query(void)
{
	int ret = state(events[0]);

	return ret < 0 ? ret : 0;
}

static int op_info(void)
{
	struct ntevent_info info;

	return result_of(ioctl(dev, NTEVENT_IOC_GET_INFO, &info));
}

static int op_set_reset(void)
{
	int ret = set(events[0]);

	return ret ? ret : reset(events[0]) - 1;
}

static int op_wait_test(void)
{
	return wait_any(dev, events, 64, 0);
}

static int op_wait_any_few(void)
{
	return wait_any(dev, events, 8, -1000);
}

static int op_wait_any_many(void)
{
	return wait_any(dev, events, 64, -1000);
}

static int op_wait_all_many(void)
{
	return wait_all(dev, events, 64, -1000);
}

static int op_wait_alert(void)
{
	return wait_on(dev, events, 63, NTEVENT_WAIT_ALERT, -1000, events[63]);
}

static int op_wait_one(void)
{
	return wait_one(events[0], -1000);
}

/* The event must be signaled after a timeout too, but not after an error. */
static int op_signal_and_wait(void)
{
	int ret = signal_and_wait(dev, events[1], events[0], -1000, 0, 0);
	int signaled = state(events[1]);

	if (ret >= 0)
		reset(events[1]);
	return ret < 0 && signaled == 1 ? -ENOTRECOVERABLE : ret;
}

static int op_poll(void)
{
	struct pollfd entry = { .fd = events[0], .events = POLLIN };
	int ret = poll(&entry, 1, 0);

	return ret < 0 ? -errno : ret;
}

static int op_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int ret = epoll_ctl(polled, EPOLL_CTL_ADD, events[0], &event) ? -errno : 0;

	epoll_ctl(polled, EPOLL_CTL_DEL, events[0], &event);
	return ret;
}

static int op_fdinfo(void)
{
	char path[64], text[512];
	int fd, ret;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", events[0]);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -errno;
	ret = read(fd, text, sizeof(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

/*
 * Runs OP with its first fault, its second fault, and so on until no fault occurs. Returns the
 * number of faults.
 */
static int walk(struct __test_metadata *_metadata, const char *name, int (*op)(void), bool makes_fd)
{
	int n, result, fd = free_fd(), i;
	long held = module_references();

	for (n = 1; n < 500; n++) {
		bool injected;

		arm(n);
		result = op();
		injected = disarm();
		if (result >= 0 && makes_fd)
			close(result);
		if (result < 0) {
			ASSERT_TRUE(result == -ENOMEM || result == -EFAULT) {
				TH_LOG("%s, fault %d: %s", name, n, strerror(-result));
			}
			if (last_status != UNSTORED && result == -ENOMEM)
				ASSERT_EQ(NTEVENT_STATUS_INSUFFICIENT_RESOURCES, last_status);
		}
		ASSERT_EQ(fd, free_fd());
		ASSERT_EQ(held, module_references());
		for (i = 0; i < 64; i += 63) {
			ASSERT_EQ(0, state(events[i]));
			ASSERT_EQ(0, fdinfo(events[i], "waiters"));
		}
		if (!injected) {
			ASSERT_LE(0, result);
			break;
		}
	}
	TH_LOG("%s: %d faults", name, n - 1);
	return n - 1;
}

TEST_F(nt, every_fault_of_every_operation)
{
	static const struct {
		const char *name;
		int (*op)(void);
		bool makes_fd;
		int least;	/* faults to expect at least */
	} rows[] = {
		{ "open", op_open, true, 2 },
		{ "CREATE_EVENT", op_create, true, 5 },
		{ "DUPLICATE", op_duplicate, true, 4 },
		{ "QUERY", op_query, false, 1 },
		{ "GET_INFO", op_info, false, 1 },
		{ "SET, RESET", op_set_reset, false, 0 },
		{ "WAIT, a test", op_wait_test, false, 2 },
		{ "WAIT, any of 8", op_wait_any_few, false, 2 },
		{ "WAIT, any of 64", op_wait_any_many, false, 4 },
		{ "WAIT, all of 64", op_wait_all_many, false, 4 },
		{ "WAIT, alert", op_wait_alert, false, 4 },
		{ "WAIT_ONE", op_wait_one, false, 1 },
		{ "SIGNAL_AND_WAIT", op_signal_and_wait, false, 1 },
		{ "poll", op_poll, false, 0 },
		{ "epoll", op_epoll, false, 1 },
		{ "fdinfo", op_fdinfo, false, 1 },
	};
	unsigned int i;

	if (!can_inject())
		SKIP(return, "this kernel injects no faults");
	dev = self->dev;
	polled = epoll_create1(0);
	for (i = 0; i < 64; i++)
		events[i] = create(dev, SYNCHRONIZATION, 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		last_status = UNSTORED;
		ASSERT_LE(rows[i].least, walk(_metadata, rows[i].name, rows[i].op, rows[i].makes_fd));
	}
}

TEST_HARNESS_MAIN
