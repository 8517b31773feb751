// SPDX-License-Identifier: GPL-2.0
/* Mutexes of /dev/ntsync: owners, recursion, unlocking, and owners that die. */
#include "ntsync_test.h"

static struct waiter one_as(int dev, int fd, uint32_t owner)
{
	struct waiter w = one(dev, fd);

	w.args.owner = owner;
	return w;
}

TEST_F(ntsync, wait_takes_and_unlock_gives_back)
{
	int fd = mutex(self->dev, 0, 0);

	ASSERT_EQ(0, try_as(self->dev, fd, OWNER));
	ASSERT_TRUE(mutex_is(fd, OWNER, 1));
	ASSERT_EQ(-ETIMEDOUT, try_as(self->dev, fd, OTHER_OWNER));
	ASSERT_EQ(1, unlock(fd, OWNER));
	ASSERT_TRUE(mutex_is(fd, 0, 0));
	ASSERT_EQ(0, try_as(self->dev, fd, OTHER_OWNER));
	ASSERT_TRUE(mutex_is(fd, OTHER_OWNER, 1));
}

TEST_F(ntsync, recursion)
{
	int fd = mutex(self->dev, OWNER, 1), i;

	for (i = 2; i < 10; i++) {
		ASSERT_EQ(0, try_as(self->dev, fd, OWNER));
		ASSERT_TRUE(mutex_is(fd, OWNER, i));
	}
	for (i = 9; i > 0; i--) {
		ASSERT_EQ(-ETIMEDOUT, try_as(self->dev, fd, OTHER_OWNER));
		ASSERT_EQ(i, unlock(fd, OWNER));
	}
	ASSERT_TRUE(mutex_is(fd, 0, 0));
}

/* At the largest count even the owner has to wait. */
TEST_F(ntsync, recursion_ends)
{
	int fd = mutex(self->dev, OWNER, UINT32_MAX - 1), other = mutex(self->dev, 0, 0);

	ASSERT_EQ(0, try_as(self->dev, fd, OWNER));
	ASSERT_TRUE(mutex_is(fd, OWNER, UINT32_MAX));
	ASSERT_EQ(-ETIMEDOUT, try_as(self->dev, fd, OWNER));
	ASSERT_EQ(-ETIMEDOUT, wait_all(self->dev, (int[]){ other, fd }, 2, TRY));
	ASSERT_TRUE(mutex_is(other, 0, 0));
	ASSERT_EQ(1, wait_any(self->dev, (int[]){ fd, other }, 2, TRY));
	ASSERT_EQ(UINT32_MAX, unlock(fd, OWNER));
	ASSERT_EQ(0, try_as(self->dev, fd, OWNER));
	ASSERT_TRUE(mutex_is(fd, OWNER, UINT32_MAX));
}

TEST_F(ntsync, unlock_from_the_largest_count_wakes_the_owner_once)
{
	int fd = mutex(self->dev, OWNER, UINT32_MAX);
	struct waiter other = one_as(self->dev, fd, OTHER_OWNER), w[2] = { one(self->dev, fd), one(self->dev, fd) };

	ASSERT_TRUE(start(&other));
	ASSERT_TRUE(start(&w[0]));
	ASSERT_TRUE(start(&w[1]));
	ASSERT_EQ(UINT32_MAX, unlock(fd, OWNER));
	ASSERT_EQ(0, finish(&w[0]));
	ASSERT_TRUE(is_waiting(&w[1]));
	ASSERT_TRUE(is_waiting(&other));
	ASSERT_TRUE(mutex_is(fd, OWNER, UINT32_MAX));
	ASSERT_EQ(UINT32_MAX, unlock(fd, OWNER));
	ASSERT_EQ(0, finish(&w[1]));
	/* Ends the last wait. */
	ASSERT_EQ(0, kill_owner(fd, OWNER));
	ASSERT_EQ(-EOWNERDEAD, finish(&other));
}

TEST_F(ntsync, unlock_by_who_is_not_the_owner)
{
	int fd = mutex(self->dev, OWNER, 2), nobodys = mutex(self->dev, 0, 0);

	ASSERT_EQ(-EPERM, unlock(fd, OTHER_OWNER));
	ASSERT_EQ(-EPERM, unlock(nobodys, OWNER));
	ASSERT_EQ(-EINVAL, unlock(fd, 0));
	ASSERT_EQ(-EINVAL, unlock(nobodys, 0));
	ASSERT_TRUE(mutex_is(fd, OWNER, 2));
	ASSERT_TRUE(mutex_is(nobodys, 0, 0));
}

/* Any nonzero 32-bit number can be an owner. It has nothing to do with threads. */
TEST_F(ntsync, any_number_is_an_owner)
{
	const uint32_t owners[] = { 1, 0x7fffffff, 0x80000000, 0x80000001, UINT32_MAX };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(owners); i++) {
		int fd = mutex(self->dev, 0, 0);

		ASSERT_EQ(0, try_as(self->dev, fd, owners[i]));
		ASSERT_EQ(0, try_as(self->dev, fd, owners[i]));
		ASSERT_TRUE(mutex_is(fd, owners[i], 2));
		for (j = 0; j < ARRAY_SIZE(owners); j++) {
			if (j == i)
				continue;
			ASSERT_EQ(-ETIMEDOUT, try_as(self->dev, fd, owners[j]));
			ASSERT_EQ(-EPERM, unlock(fd, owners[j]));
			ASSERT_EQ(-EPERM, kill_owner(fd, owners[j]));
		}
		ASSERT_EQ(2, unlock(fd, owners[i]));
		ASSERT_EQ(0, kill_owner(fd, owners[i]));
	}
}

TEST_F(ntsync, unlock_wakes_in_order)
{
	int fd = mutex(self->dev, 99, 2), i, j;
	struct waiter w[4];

	for (i = 0; i < 4; i++) {
		w[i] = one_as(self->dev, fd, 100 + i);
		ASSERT_TRUE(start(&w[i]));
	}
	/* An inner unlock does not free the mutex. */
	ASSERT_EQ(2, unlock(fd, 99));
	for (i = 0; i < 4; i++) {
		ASSERT_TRUE(is_waiting(&w[i]));
		ASSERT_EQ(1, unlock(fd, 99 + i));
		ASSERT_EQ(0, finish(&w[i]));
		ASSERT_TRUE(mutex_is(fd, 100 + i, 1));
		for (j = i + 1; j < 4; j++)
			ASSERT_TRUE(is_waiting(&w[j]));
	}
}

/* The next owner gets the mutex in all its waits, even those that are behind waits of others. */
TEST_F(ntsync, unlock_serves_all_waits_of_the_next_owner)
{
	int fd = mutex(self->dev, 99, 1), i;
	const uint32_t owners[] = { 1, 2, 1, 2, 1 };
	struct waiter w[5];

	for (i = 0; i < 5; i++) {
		w[i] = one_as(self->dev, fd, owners[i]);
		ASSERT_TRUE(start(&w[i]));
	}
	ASSERT_EQ(1, unlock(fd, 99));
	ASSERT_TRUE(mutex_is(fd, 1, 3));
	for (i = 0; i < 5; i += 2)
		ASSERT_EQ(0, finish(&w[i]));
	ASSERT_TRUE(is_waiting(&w[1]));
	ASSERT_TRUE(is_waiting(&w[3]));
	ASSERT_EQ(3, unlock(fd, 1));
	ASSERT_EQ(2, unlock(fd, 1));
	ASSERT_TRUE(is_waiting(&w[1]));
	ASSERT_EQ(1, unlock(fd, 1));
	ASSERT_TRUE(mutex_is(fd, 2, 2));
	ASSERT_EQ(0, finish(&w[1]));
	ASSERT_EQ(0, finish(&w[3]));
}

TEST_F(ntsync, hand_off_cannot_be_stolen)
{
	int fd = mutex(self->dev, 0, 0), i;

	for (i = 0; i < 100; i++) {
		struct waiter w = one_as(self->dev, fd, OTHER_OWNER);

		ASSERT_EQ(0, try_as(self->dev, fd, OWNER));
		ASSERT_TRUE(start(&w));
		ASSERT_EQ(1, unlock(fd, OWNER));
		ASSERT_EQ(-ETIMEDOUT, try_as(self->dev, fd, OWNER));
		ASSERT_EQ(0, finish(&w));
		ASSERT_EQ(1, unlock(fd, OTHER_OWNER));
	}
}

TEST_F(ntsync, kill_frees_whatever_the_count)
{
	int fd = mutex(self->dev, OWNER, UINT32_MAX);

	ASSERT_EQ(0, kill_owner(fd, OWNER));
	/* Reading does not change the state. */
	ASSERT_TRUE(is_abandoned(fd));
	ASSERT_TRUE(is_abandoned(fd));
	ASSERT_EQ(-EPERM, unlock(fd, OWNER));
	ASSERT_EQ(-EPERM, kill_owner(fd, OWNER));
	ASSERT_TRUE(is_abandoned(fd));
}

TEST_F(ntsync, kill_by_who_is_not_the_owner)
{
	int fd = mutex(self->dev, OWNER, 2), nobodys = mutex(self->dev, 0, 0);

	ASSERT_EQ(-EPERM, kill_owner(fd, OTHER_OWNER));
	ASSERT_EQ(-EPERM, kill_owner(nobodys, OWNER));
	ASSERT_EQ(-EINVAL, kill_owner(fd, 0));
	ASSERT_EQ(-EINVAL, kill_owner(nobodys, 0));
	ASSERT_TRUE(mutex_is(fd, OWNER, 2));
	ASSERT_TRUE(mutex_is(nobodys, 0, 0));
}

/* Only the next wait that takes the mutex gets EOWNERDEAD. */
TEST_F(ntsync, abandoned_is_told_to_the_next)
{
	int fd = mutex(self->dev, OWNER, 3);

	ASSERT_EQ(0, kill_owner(fd, OWNER));
	ASSERT_EQ(-EOWNERDEAD, try_as(self->dev, fd, OTHER_OWNER));
	ASSERT_EQ(0, last_index);
	ASSERT_TRUE(mutex_is(fd, OTHER_OWNER, 1));
	ASSERT_EQ(0, try_as(self->dev, fd, OTHER_OWNER));
	ASSERT_EQ(2, unlock(fd, OTHER_OWNER));
	ASSERT_EQ(1, unlock(fd, OTHER_OWNER));
	ASSERT_EQ(0, try_as(self->dev, fd, OWNER));
}

TEST_F(ntsync, abandoned_among_others)
{
	int fds[3] = { semaphore(self->dev, 0, 1), mutex(self->dev, 99, 1), mutex(self->dev, 99, 1) };

	ASSERT_EQ(0, kill_owner(fds[2], 99));
	ASSERT_EQ(-EOWNERDEAD, wait_any(self->dev, fds, 3, TRY));
	ASSERT_EQ(2, last_index);
	/* An abandoned mutex that a wait does not take does not affect its result. */
	ASSERT_EQ(0, kill_owner(fds[1], 99));
	ASSERT_EQ(0, release(fds[0], 1));
	ASSERT_EQ(0, wait_any(self->dev, fds, 3, TRY));
	ASSERT_TRUE(is_abandoned(fds[1]));
}

TEST_F(ntsync, abandoned_as_a_duplicate)
{
	int fd = mutex(self->dev, 99, 1), fds[3] = { event(self->dev, AUTO, 0), fd, fd };

	ASSERT_EQ(0, kill_owner(fd, 99));
	ASSERT_EQ(-EOWNERDEAD, wait_any(self->dev, fds, 3, TRY));
	ASSERT_EQ(1, last_index);
	ASSERT_TRUE(mutex_is(fd, OWNER, 1));
}

TEST_F(ntsync, abandoned_in_a_wait_for_all)
{
	int fds[3] = { mutex(self->dev, 0, 0), mutex(self->dev, 99, 1), event(self->dev, AUTO, 0) };

	ASSERT_EQ(0, kill_owner(fds[1], 99));
	/* An incomplete wait for all takes nothing and does not report EOWNERDEAD. */
	ASSERT_EQ(-ETIMEDOUT, wait_all(self->dev, fds, 3, TRY));
	ASSERT_TRUE(is_abandoned(fds[1]));
	ASSERT_EQ(0, set(fds[2]));
	ASSERT_EQ(-EOWNERDEAD, wait_all(self->dev, fds, 3, TRY));
	ASSERT_EQ(0, last_index);
	ASSERT_TRUE(mutex_is(fds[0], OWNER, 1));
	ASSERT_TRUE(mutex_is(fds[1], OWNER, 1));
	ASSERT_TRUE(event_is(fds[2], AUTO, 0));
	ASSERT_EQ(-ETIMEDOUT, wait_all(self->dev, fds, 3, TRY));
}

TEST_F(ntsync, kill_wakes_the_first_and_tells_him)
{
	int fds[2] = { event(self->dev, AUTO, 0), mutex(self->dev, 99, 7) };
	struct waiter w[3] = { any_of(self->dev, fds, 2), one_as(self->dev, fds[1], OTHER_OWNER), one(self->dev, fds[1]) };
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_TRUE(start(&w[i]));
	ASSERT_EQ(0, kill_owner(fds[1], 99));
	ASSERT_EQ(-EOWNERDEAD, finish(&w[0]));
	ASSERT_EQ(1, w[0].index);
	/* The second wait of the same owner takes a mutex that is no longer abandoned. */
	ASSERT_EQ(0, finish(&w[2]));
	ASSERT_TRUE(is_waiting(&w[1]));
	ASSERT_TRUE(mutex_is(fds[1], OWNER, 2));
	ASSERT_EQ(2, unlock(fds[1], OWNER));
	ASSERT_EQ(1, unlock(fds[1], OWNER));
	ASSERT_EQ(0, finish(&w[1]));
}

TEST_F(ntsync, kill_completes_a_wait_for_all)
{
	int fds[2] = { mutex(self->dev, 99, 1), mutex(self->dev, 98, 1) };
	struct waiter w = all_of(self->dev, fds, 2);

	ASSERT_TRUE(start(&w));
	ASSERT_EQ(0, kill_owner(fds[0], 99));
	ASSERT_TRUE(is_waiting(&w));
	ASSERT_TRUE(is_abandoned(fds[0]));
	ASSERT_EQ(1, unlock(fds[1], 98));
	ASSERT_EQ(-EOWNERDEAD, finish(&w));
	ASSERT_EQ(0, w.index);
	ASSERT_TRUE(mutex_is(fds[0], OWNER, 1));
	ASSERT_TRUE(mutex_is(fds[1], OWNER, 1));
}

/* An inner unlock from the largest count can complete a wait for all of the owner. */
TEST_F(ntsync, inner_unlock_completes_a_wait_for_all_of_the_owner)
{
	int fds[2] = { mutex(self->dev, OWNER, UINT32_MAX), mutex(self->dev, OWNER, 1) };
	struct waiter w = all_of(self->dev, fds, 2);

	ASSERT_TRUE(start(&w));
	ASSERT_EQ(UINT32_MAX, unlock(fds[0], OWNER));
	ASSERT_EQ(0, finish(&w));
	ASSERT_TRUE(mutex_is(fds[0], OWNER, UINT32_MAX));
	ASSERT_TRUE(mutex_is(fds[1], OWNER, 2));
}

TEST_HARNESS_MAIN
