// SPDX-License-Identifier: GPL-2.0
/* One event without waiters: the vectors of group E1. */
#include "ntevent_test.h"

static void check_initial(struct __test_metadata *_metadata, int dev, uint32_t type, uint32_t signaled)
{
	struct ntevent_event_info info;
	int fd = create(dev, type, signaled);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, last_status);
	ASSERT_EQ(0, query(fd, &info));
	ASSERT_EQ(type, info.event_type);
	ASSERT_EQ(signaled, info.event_state);
	close(fd);
}

TEST_F(nt, V01_V05_notification_unsignaled)
{
	check_initial(_metadata, self->dev, NOTIFICATION, 0);
}

TEST_F(nt, V02_notification_signaled)
{
	check_initial(_metadata, self->dev, NOTIFICATION, 1);
}

TEST_F(nt, V03_V06_synchronization_unsignaled)
{
	check_initial(_metadata, self->dev, SYNCHRONIZATION, 0);
}

TEST_F(nt, V04_synchronization_signaled)
{
	check_initial(_metadata, self->dev, SYNCHRONIZATION, 1);
}

TEST_F(nt, V07_notification_keeps_its_signal)
{
	int fd = create(self->dev, NOTIFICATION, 1);

	ASSERT_EQ(0, wait_one(fd, 0));
	ASSERT_EQ(1, state(fd));
}

TEST_F(nt, V08_synchronization_consumed_by_wait)
{
	int fd = create(self->dev, SYNCHRONIZATION, 1);

	ASSERT_EQ(0, wait_one(fd, 0));
	ASSERT_EQ(TIMEOUT, wait_one(fd, 0));
}

TEST_F(nt, V09_V10_V11_notification_set_wait_reset)
{
	int fd = create(self->dev, NOTIFICATION, 0);

	ASSERT_EQ(TIMEOUT, wait_one(fd, 0));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, wait_one(fd, 0));
	ASSERT_EQ(0, wait_one(fd, 0));
	ASSERT_EQ(1, state(fd));
	ASSERT_EQ(1, reset(fd));
	ASSERT_EQ(TIMEOUT, wait_one(fd, 0));
}

TEST_F(nt, V12_synchronization_set_satisfies_once)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);

	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, wait_one(fd, 0));
	ASSERT_EQ(TIMEOUT, wait_one(fd, 0));
}

TEST_F(nt, V13_V14_V15_V16_synchronization_previous_states)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);

	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, state(fd));
	ASSERT_EQ(1, set(fd));
	ASSERT_EQ(1, state(fd));
	ASSERT_EQ(1, reset(fd));
	ASSERT_EQ(0, state(fd));
	ASSERT_EQ(0, reset(fd));
	ASSERT_EQ(0, state(fd));
}

TEST_F(nt, V17_V18_synchronization_pulse_without_waiter)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);

	ASSERT_EQ(0, pulse(fd));
	ASSERT_EQ(0, state(fd));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, pulse(fd));
	ASSERT_EQ(0, state(fd));
}

TEST_F(nt, V19_notification_pulse_when_signaled)
{
	int fd = create(self->dev, NOTIFICATION, 1);

	ASSERT_EQ(1, pulse(fd));
	ASSERT_EQ(0, state(fd));
}

TEST_F(nt, V20_notification_previous_states)
{
	int fd = create(self->dev, NOTIFICATION, 0);

	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, set(fd));
	ASSERT_EQ(1, reset(fd));
	ASSERT_EQ(0, reset(fd));
}

TEST_F(nt, V21_V25_clear_has_no_result)
{
	int type;

	for (type = NOTIFICATION; type <= SYNCHRONIZATION; type++) {
		int fd = create(self->dev, type, 1);

		ASSERT_EQ(0, clear(fd));
		ASSERT_EQ(0, state(fd));
		ASSERT_EQ(0, clear(fd));
		ASSERT_EQ(0, state(fd));
	}
}

TEST_F(nt, V22_synchronization_does_not_count)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);

	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, set(fd));
	ASSERT_EQ(1, set(fd));
	ASSERT_EQ(0, wait_one(fd, 0));
	ASSERT_EQ(TIMEOUT, wait_one(fd, 0));
}

/* The previous state is the ioctl's return value. The argument is ignored. */
TEST_F(nt, V23_set_and_pulse_ignore_the_argument)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);

	ASSERT_EQ(0, ioctl(fd, NTEVENT_IOC_SET, NULL));
	ASSERT_EQ(1, ioctl(fd, NTEVENT_IOC_SET, (void *)-1L));
	ASSERT_EQ(1, ioctl(fd, NTEVENT_IOC_PULSE, (void *)1L));
	ASSERT_EQ(0, ioctl(fd, NTEVENT_IOC_PULSE, NULL));
}

/* SetBoostPriority is the same as Set, as waiters get no priority boost on Linux. */
TEST_F(nt, V24_set_without_waiter_stays)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);

	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, state(fd));
}

TEST_F(nt, V26_query_never_consumes)
{
	int fd = create(self->dev, SYNCHRONIZATION, 1);

	ASSERT_EQ(1, state(fd));
	ASSERT_EQ(1, state(fd));
	ASSERT_EQ(0, wait_one(fd, 0));
}

TEST_F(nt, V27_handles_share_the_event)
{
	int a = create(self->dev, NOTIFICATION, 0);
	int b = duplicate(a, 0, NTEVENT_DUPLICATE_SAME_ACCESS);

	ASSERT_LE(0, b);
	ASSERT_EQ(0, set(a));
	ASSERT_EQ(1, state(b));
	ASSERT_EQ(0, close(a));
	ASSERT_EQ(1, state(b));
	ASSERT_EQ(1, reset(b));
}

TEST_F(nt, V28_wait_through_a_handle_that_may_only_wait)
{
	int full = create(self->dev, NOTIFICATION, 1);
	int narrow = duplicate(full, NTEVENT_SYNCHRONIZE, 0);

	ASSERT_LE(0, narrow);
	ASSERT_EQ(1, reset(full));
	ASSERT_EQ(TIMEOUT, wait_one(narrow, 0));
	ASSERT_EQ(0, set(full));
	ASSERT_EQ(0, wait_one(narrow, 0));
}

TEST_F(nt, V29_V30_one_signal_for_two_handles)
{
	int a = create(self->dev, SYNCHRONIZATION, 0);
	int b = duplicate(a, ALL_ACCESS, 0);

	ASSERT_EQ(0, set(a));
	ASSERT_EQ(0, wait_one(b, 0));
	ASSERT_EQ(TIMEOUT, wait_one(a, 0));
	ASSERT_EQ(0, set(b));
	ASSERT_EQ(0, wait_one(a, 0));
	ASSERT_EQ(TIMEOUT, wait_one(b, 0));
}

TEST_F(nt, V31_reset_and_clear_leave_waiters_alone)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);
	struct waiter w = waiter_on(self->dev, fd);

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, reset(fd));
	ASSERT_EQ(0, clear(fd));
	ASSERT_EQ(1, fdinfo(fd, "waiters"));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, finish(&w));
}

TEST_F(nt, V32_any_nonzero_initial_state_is_signaled)
{
	const uint32_t states[] = { 2, 255, 0x100, 0x80000000u, UINT32_MAX };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(states); i++)
		ASSERT_EQ(1, state(create(self->dev, SYNCHRONIZATION, states[i])));
}

TEST_HARNESS_MAIN
