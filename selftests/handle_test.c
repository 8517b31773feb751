// SPDX-License-Identifier: GPL-2.0
/* Lifetime of handles: a lookup holds a handle only briefly, and a wait does not hold it. */
#include "stress.h"

/*
 * A wait holds its events but not its handles. A handle that is closed during a wait goes at once.
 */
TEST_F(nt, closed_handle_goes_while_its_event_is_waited_for)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), other = duplicate(fd, ALL_ACCESS, 0);
	struct waiter w = waiter_on(self->dev, fd);
	long before;

	if (module_references() < 0)
		SKIP(return, "a built-in module counts no references");
	ASSERT_TRUE(start(&w, 1));
	before = module_references();
	ASSERT_EQ(0, close(fd));
	ASSERT_TRUE(await_references(before - 1));
	ASSERT_EQ(1, fdinfo(other, "waiters"));
	ASSERT_EQ(0, set(other));
	ASSERT_EQ(0, finish(&w));
}

/*
 * In a process with several threads each fd lookup takes a reference. It must be dropped whether
 * the fd is a handle with the right, a handle without it, or another file.
 */
TEST_F(nt, bad_handle_is_put_back)
{
	int quit = create(self->dev, SYNCHRONIZATION, 0), pipes[2], fds[3], i;
	struct waiter w = waiter_on(self->dev, quit);
	const uint32_t alert = NTEVENT_WAIT_ALERT;
	long before;
	char byte;

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, pipe2(pipes, O_NONBLOCK));
	before = module_references();
	fds[0] = create(self->dev, NOTIFICATION, 1);
	fds[1] = create(self->dev, NOTIFICATION, 1);
	fds[2] = pipes[1];
	ASSERT_EQ(-EBADF, wait_any(self->dev, fds, 3, 0));
	ASSERT_EQ(-EBADF, wait_on(self->dev, fds, 2, alert, 0, pipes[1]));
	ASSERT_EQ(-EBADF, wait_one_alert(fds[0], 0, alert, pipes[1]));
	ASSERT_EQ(-EBADF, signal_and_wait(self->dev, pipes[1], fds[0], 0, 0, 0));
	ASSERT_EQ(-EBADF, signal_and_wait(self->dev, fds[0], pipes[1], 0, 0, 0));
	/* The pipe has no writer left, so reading it returns 0. */
	ASSERT_EQ(0, close(pipes[1]));
	ASSERT_EQ(0, read(pipes[0], &byte, 1));
	fds[2] = create_access(self->dev, NOTIFICATION, 1, 0);
	ASSERT_EQ(-EACCES, wait_any(self->dev, fds, 3, 0));
	ASSERT_EQ(-EACCES, wait_on(self->dev, fds, 2, alert, 0, fds[2]));
	ASSERT_EQ(-EACCES, wait_one_alert(fds[0], 0, alert, fds[2]));
	ASSERT_EQ(-EACCES, signal_and_wait(self->dev, fds[2], fds[0], 0, 0, 0));
	ASSERT_EQ(-EACCES, signal_and_wait(self->dev, fds[0], fds[2], 0, 0, 0));
	/* References to good handles are dropped too. */
	ASSERT_EQ(0, wait_any(self->dev, fds, 2, 0));
	ASSERT_EQ(0, wait_all(self->dev, fds, 2, 0));
	ASSERT_EQ(0, wait_on(self->dev, fds, 1, alert, 0, fds[1]));
	ASSERT_EQ(0, signal_and_wait(self->dev, fds[0], fds[1], 0, 0, 0));
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, close(fds[i]));
	ASSERT_TRUE(await_references(before));
	ASSERT_EQ(0, set(quit));
	ASSERT_EQ(0, finish(&w));
}

TEST_HARNESS_MAIN
