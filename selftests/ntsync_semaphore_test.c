// SPDX-License-Identifier: GPL-2.0
/* Semaphores of /dev/ntsync: counts, overflow, and which waiters a release wakes. */
#include "ntsync_test.h"

#define WAITERS 5

static void start_row(struct __test_metadata *_metadata, struct waiter *w, int dev, int fd)
{
	int i;

	for (i = 0; i < WAITERS; i++) {
		w[i] = one(dev, fd);
		ASSERT_TRUE(start(&w[i]));
	}
}

TEST_F(ntsync, release_tells_the_count_before)
{
	int fd = semaphore(self->dev, 2, 5);

	ASSERT_EQ(2, release(fd, 1));
	ASSERT_EQ(3, release(fd, 2));
	ASSERT_TRUE(sem_is(fd, 5, 5));
}

TEST_F(ntsync, release_of_none)
{
	int fd = semaphore(self->dev, 0, 0), full = semaphore(self->dev, 5, 5);
	struct waiter w = one(self->dev, fd);

	ASSERT_TRUE(start(&w));
	ASSERT_EQ(0, release(fd, 0));
	ASSERT_TRUE(is_waiting(&w));
	ASSERT_EQ(5, release(full, 0));
	ASSERT_TRUE(sem_is(full, 5, 5));
	/* Nothing wakes the waiter. It ends with the process. */
	ASSERT_EQ(-EOVERFLOW, release(fd, 1));
	ASSERT_TRUE(sem_is(fd, 0, 0));
}

TEST_F(ntsync, release_beyond_the_maximum)
{
	int fd = semaphore(self->dev, 1, 3);
	const uint32_t bad[] = { 3, 4, UINT32_MAX - 1, UINT32_MAX };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		ASSERT_EQ(-EOVERFLOW, release(fd, bad[i]));
		ASSERT_TRUE(sem_is(fd, 1, 3));
	}
	ASSERT_EQ(1, release(fd, 2));
	ASSERT_EQ(-EOVERFLOW, release(fd, 1));
}

/* The 32-bit sum must not wrap. */
TEST_F(ntsync, release_that_wraps)
{
	int fd = semaphore(self->dev, UINT32_MAX, UINT32_MAX);

	ASSERT_EQ(-EOVERFLOW, release(fd, 1));
	ASSERT_EQ(-EOVERFLOW, release(fd, UINT32_MAX));
	ASSERT_EQ(0, try_one(self->dev, fd));
	ASSERT_TRUE(sem_is(fd, UINT32_MAX - 1, UINT32_MAX));
	ASSERT_EQ(-EOVERFLOW, release(fd, 2));
	ASSERT_EQ(UINT32_MAX - 1, release(fd, 1));
	ASSERT_TRUE(sem_is(fd, UINT32_MAX, UINT32_MAX));
}

TEST_F(ntsync, wait_takes_one)
{
	int fd = semaphore(self->dev, 3, 3), i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, try_one(self->dev, fd));
		ASSERT_TRUE(sem_is(fd, 2 - i, 3));
	}
	ASSERT_EQ(-ETIMEDOUT, try_one(self->dev, fd));
	ASSERT_EQ(-ETIMEDOUT, wait_all(self->dev, &fd, 1, TRY));
	ASSERT_TRUE(sem_is(fd, 0, 3));
}

/* A semaphore has no owner, so any thread can release it. */
TEST_F(ntsync, anybody_releases)
{
	int fd = semaphore(self->dev, 1, 1);

	ASSERT_EQ(0, try_as(self->dev, fd, OWNER));
	ASSERT_EQ(-ETIMEDOUT, try_as(self->dev, fd, OWNER));
	ASSERT_EQ(0, release(fd, 1));
	ASSERT_EQ(0, try_as(self->dev, fd, OTHER_OWNER));
}

TEST_F(ntsync, release_wakes_as_many_as_it_adds)
{
	int fd = semaphore(self->dev, 0, 9), i;
	struct waiter w[WAITERS];

	start_row(_metadata, w, self->dev, fd);
	ASSERT_EQ(0, release(fd, 2));
	ASSERT_TRUE(sem_is(fd, 0, 9));
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, finish(&w[i]));
	for (i = 2; i < WAITERS; i++)
		ASSERT_TRUE(is_waiting(&w[i]));
	/* The result is the count before waiters were served. What no waiter takes remains. */
	ASSERT_EQ(0, release(fd, 7));
	ASSERT_TRUE(sem_is(fd, 4, 9));
	for (i = 2; i < WAITERS; i++)
		ASSERT_EQ(0, finish(&w[i]));
}

TEST_F(ntsync, releases_wake_in_order)
{
	int fd = semaphore(self->dev, 0, 1), i, j;
	struct waiter w[WAITERS];

	start_row(_metadata, w, self->dev, fd);
	for (i = 0; i < WAITERS; i++) {
		ASSERT_EQ(0, release(fd, 1));
		ASSERT_EQ(0, finish(&w[i]));
		for (j = i + 1; j < WAITERS; j++)
			ASSERT_TRUE(is_waiting(&w[j]));
	}
	ASSERT_TRUE(sem_is(fd, 0, 1));
}

/* The maximum limits each release, even if as many threads wait. */
TEST_F(ntsync, refused_release_wakes_nobody)
{
	int fd = semaphore(self->dev, 0, 1);
	struct waiter w[2] = { one(self->dev, fd), one(self->dev, fd) };

	ASSERT_TRUE(start(&w[0]));
	ASSERT_TRUE(start(&w[1]));
	ASSERT_EQ(-EOVERFLOW, release(fd, 2));
	ASSERT_TRUE(is_waiting(&w[0]));
	ASSERT_TRUE(is_waiting(&w[1]));
	ASSERT_EQ(0, release(fd, 1));
	ASSERT_EQ(0, finish(&w[0]));
	ASSERT_EQ(0, release(fd, 1));
	ASSERT_EQ(0, finish(&w[1]));
}

/* A release that goes to a sleeping thread cannot be taken by another. */
TEST_F(ntsync, hand_off_cannot_be_stolen)
{
	int fd = semaphore(self->dev, 0, 1), i;

	for (i = 0; i < 100; i++) {
		struct waiter w = one(self->dev, fd);

		ASSERT_TRUE(start(&w));
		ASSERT_EQ(0, release(fd, 1));
		ASSERT_EQ(-ETIMEDOUT, try_one(self->dev, fd));
		ASSERT_EQ(0, finish(&w));
	}
	ASSERT_TRUE(sem_is(fd, 0, 1));
}

TEST_F(ntsync, release_completes_waits_for_all)
{
	int fds[2] = { semaphore(self->dev, 0, 9), semaphore(self->dev, 0, 9) };
	struct waiter w[3] = {
		all_of(self->dev, fds, 2), all_of(self->dev, fds, 2), all_of(self->dev, fds, 2),
	};
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_TRUE(start(&w[i]));
	ASSERT_EQ(0, release(fds[0], 5));
	for (i = 0; i < 3; i++)
		ASSERT_TRUE(is_waiting(&w[i]));
	ASSERT_TRUE(sem_is(fds[0], 5, 9));
	ASSERT_EQ(0, release(fds[1], 2));
	ASSERT_EQ(0, finish(&w[0]));
	ASSERT_EQ(0, finish(&w[1]));
	ASSERT_TRUE(is_waiting(&w[2]));
	ASSERT_TRUE(sem_is(fds[0], 3, 9));
	ASSERT_TRUE(sem_is(fds[1], 0, 9));
	ASSERT_EQ(0, release(fds[1], 1));
	ASSERT_EQ(0, finish(&w[2]));
	ASSERT_TRUE(sem_is(fds[0], 2, 9));
}

TEST_HARNESS_MAIN
