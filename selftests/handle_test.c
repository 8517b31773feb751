// SPDX-License-Identifier: GPL-2.0
/* How long a handle is kept: for a look-up, no longer; for a wait, not at all. */
#include "stress.h"

/* A wait keeps its events, not its handles: one that is closed meanwhile goes at once. */
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
 * Where threads share fds, each look-up takes a reference. It is given back, whether the fd was a handle, had the
 * right, or was something else.
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
	/* The last writer is gone, so the end is read. */
	ASSERT_EQ(0, close(pipes[1]));
	ASSERT_EQ(0, read(pipes[0], &byte, 1));
	fds[2] = create_access(self->dev, NOTIFICATION, 1, 0);
	ASSERT_EQ(-EACCES, wait_any(self->dev, fds, 3, 0));
	ASSERT_EQ(-EACCES, wait_on(self->dev, fds, 2, alert, 0, fds[2]));
	ASSERT_EQ(-EACCES, wait_one_alert(fds[0], 0, alert, fds[2]));
	ASSERT_EQ(-EACCES, signal_and_wait(self->dev, fds[2], fds[0], 0, 0, 0));
	ASSERT_EQ(-EACCES, signal_and_wait(self->dev, fds[0], fds[2], 0, 0, 0));
	/* And those that are good. */
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
