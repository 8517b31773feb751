// SPDX-License-Identifier: GPL-2.0
/* Access rights of handles: group E8 without names, and every operation with every right. */
#include "budget.h"
#include "credentials.h"

TEST_F(nt, V192_no_right_asked_none_granted)
{
	int fd = create_access(self->dev, SYNCHRONIZATION, 1, 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, granted(fd));
	ASSERT_EQ(-EACCES, state(fd));
}

TEST_F(nt, V195_duplicate_without_rights)
{
	int fd = create(self->dev, SYNCHRONIZATION, 1), copy = duplicate(fd, 0, 0);

	ASSERT_LE(0, copy);
	ASSERT_EQ(0, granted(copy));
	ASSERT_EQ(-EACCES, set(copy));
}

TEST_F(nt, V196_generic_rights)
{
	static const struct { uint32_t asked, granted; } rows[] = {
		{ NTEVENT_GENERIC_READ, 0x20001 },
		{ NTEVENT_GENERIC_WRITE, 0x20002 },
		{ NTEVENT_GENERIC_EXECUTE, 0x120000 },
		{ NTEVENT_GENERIC_ALL, 0x1f0003 },
		{ NTEVENT_GENERIC_READ | NTEVENT_GENERIC_WRITE, 0x20003 },
		{ NTEVENT_GENERIC_EXECUTE | NTEVENT_MODIFY_STATE, 0x120002 },
	};
	int fd = create(self->dev, SYNCHRONIZATION, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ASSERT_EQ(rows[i].granted, granted(duplicate(fd, rows[i].asked, 0)));
		ASSERT_EQ(rows[i].granted, granted(create_access(self->dev, SYNCHRONIZATION, 0, rows[i].asked)));
	}
}

TEST_F(nt, V197_duplicate_all_or_same)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), narrow;

	ASSERT_EQ(ALL_ACCESS, granted(duplicate(fd, ALL_ACCESS, 0)));
	ASSERT_EQ(ALL_ACCESS, granted(duplicate(fd, 0, NTEVENT_DUPLICATE_SAME_ACCESS)));
	narrow = duplicate(fd, NTEVENT_SYNCHRONIZE, 0);
	ASSERT_EQ(NTEVENT_SYNCHRONIZE, granted(narrow));
	/* NTEVENT_DUPLICATE_SAME_ACCESS ignores the requested rights. */
	ASSERT_EQ(NTEVENT_SYNCHRONIZE, granted(duplicate(narrow, 0xffffffff, NTEVENT_DUPLICATE_SAME_ACCESS)));
}

TEST_F(nt, V198_duplicate_of_no_handle)
{
	struct ntevent_duplicate_args args = {};

	ASSERT_EQ(-1, ioctl(-1, NTEVENT_IOC_DUPLICATE, &args));
	ASSERT_EQ(EBADF, errno);
	ASSERT_EQ(-1, ioctl(self->dev, NTEVENT_IOC_DUPLICATE, &args));
	ASSERT_EQ(ENOTTY, errno);
}

TEST_F(nt, V199_duplicate_needs_its_argument)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);

	ASSERT_EQ(-1, ioctl(fd, NTEVENT_IOC_DUPLICATE, NULL));
	ASSERT_EQ(EFAULT, errno);
}

TEST_F(nt, V200_undefined_rights_are_denied)
{
	const uint32_t bad[] = { 0xffffffff, 0x4, 0x8, 0x8000, 0x200000, 0x800000, 0x4000000, 0x8000000 };
	int fd = create(self->dev, SYNCHRONIZATION, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		ASSERT_EQ(-EACCES, duplicate(fd, bad[i], 0));
		ASSERT_EQ(NTEVENT_STATUS_ACCESS_DENIED, last_status);
	}
}

/*
 * The creator of an object gets the bits that are rights. The other bits do not make the call fail.
 */
TEST_F(nt, F15_undefined_rights_are_masked_when_creating)
{
	static const struct { uint32_t asked, granted; } rows[] = {
		{ 0x1f0007, 0x1f0003 }, { 0x4, 0 }, { 0x8000, 0 }, { 0x0ce0fffc, 0 }, { 0x0ce0ffff, 3 },
		{ NTEVENT_GENERIC_READ | 0x0800fffe, 0x20003 }, { NTEVENT_MAXIMUM_ALLOWED | 0x4, ALL_ACCESS },
		{ UINT32_MAX & ~NTEVENT_ACCESS_SYSTEM_SECURITY, ALL_ACCESS },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int fd = create_access(self->dev, SYNCHRONIZATION, 0, rows[i].asked);

		ASSERT_LE(0, fd) TH_LOG("%#x: %#x", rows[i].asked, last_status);
		ASSERT_EQ(rows[i].granted, granted(fd)) TH_LOG("%#x", rows[i].asked);
		close(fd);
	}
}

TEST_F(nt, V201_close_source_is_refused)
{
	const uint32_t bad[] = { 1, 4, 3, 8, 0x80000000u, 0xffffffff };
	int fd = create(self->dev, SYNCHRONIZATION, 1);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		ASSERT_EQ(-EINVAL, duplicate(fd, ALL_ACCESS, bad[i]));
		ASSERT_EQ(NTEVENT_STATUS_INVALID_PARAMETER, last_status);
		ASSERT_EQ(1, state(fd));
	}
}

TEST_F(nt, V202_all_and_maximum)
{
	ASSERT_EQ(ALL_ACCESS, granted(create_access(self->dev, 1, 0, NTEVENT_GENERIC_ALL)));
	ASSERT_EQ(ALL_ACCESS, granted(create_access(self->dev, 1, 0, NTEVENT_MAXIMUM_ALLOWED)));
	ASSERT_EQ(ALL_ACCESS, granted(duplicate(create(self->dev, 1, 0), NTEVENT_MAXIMUM_ALLOWED, 0)));
}

static int create_attributes(int dev, uint32_t attributes)
{
	struct ntevent_create_event_args args = {
		.object = { .root = -1, .attributes = attributes },
		.desired_access = ALL_ACCESS,
	};

	return create_with(dev, &args);
}

TEST_F(nt, V203_permanent_needs_a_privilege)
{
	if (geteuid())
		SKIP(return, "needs root");
	AS_USER(1000) {
		int dev = open("/dev/ntevent", O_RDONLY);

		CHECK(create_attributes(dev, NTEVENT_OBJ_PERMANENT) == -EPERM);
		CHECK(last_status == NTEVENT_STATUS_PRIVILEGE_NOT_HELD);
		_exit(0);
	}
	ASSERT_LE(0, create_attributes(self->dev, NTEVENT_OBJ_PERMANENT));
}

TEST_F(nt, V213_exclusive_and_inherit_exclude_each_other)
{
	ASSERT_EQ(-EINVAL, create_attributes(self->dev, NTEVENT_OBJ_EXCLUSIVE | NTEVENT_OBJ_INHERIT));
	ASSERT_EQ(NTEVENT_STATUS_INVALID_PARAMETER, last_status);
	ASSERT_LE(0, create_attributes(self->dev, NTEVENT_OBJ_EXCLUSIVE));
}

TEST_F(nt, V214_kernel_handle_is_ignored)
{
	ASSERT_LE(0, create_attributes(self->dev, NTEVENT_OBJ_KERNEL_HANDLE));
	ASSERT_LE(0, create_attributes(self->dev, NTEVENT_OBJ_FORCE_ACCESS_CHECK));
	ASSERT_LE(0, create_attributes(self->dev, NTEVENT_OBJ_OPENIF | NTEVENT_OBJ_CASE_INSENSITIVE));
}

TEST_F(nt, V215_system_security_needs_a_privilege)
{
	uint32_t right = NTEVENT_ACCESS_SYSTEM_SECURITY;

	if (geteuid())
		SKIP(return, "needs root");
	AS_USER(1000) {
		int dev = open("/dev/ntevent", O_RDONLY), fd = create(dev, 1, 0);

		CHECK(create_access(dev, 1, 0, ALL_ACCESS | right) == -EPERM);
		CHECK(last_status == NTEVENT_STATUS_PRIVILEGE_NOT_HELD);
		CHECK(duplicate(fd, right, 0) == -EPERM);
		CHECK(last_status == NTEVENT_STATUS_PRIVILEGE_NOT_HELD);
		_exit(0);
	}
	ASSERT_EQ(ALL_ACCESS | right, granted(create_access(self->dev, 1, 0, ALL_ACCESS | right)));
	ASSERT_EQ(right, granted(duplicate(create(self->dev, 1, 0), right, 0)));
}

/* Tries every operation with every single right. The contract says exactly which ones succeed. */
TEST_F(nt, matrix_of_operations_and_rights)
{
	const uint32_t rights[] = { 0, 0x1, 0x2, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000, 0x1f0003,
				    0x1f0003 & ~0x1u, 0x1f0003 & ~0x2u, 0x1f0003 & ~0x100000u };
	int full = create(self->dev, NOTIFICATION, 1);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rights); i++) {
		int fd = duplicate(full, rights[i], 0);
		int modify = rights[i] & NTEVENT_MODIFY_STATE ? 0 : -EACCES;
		int wait = rights[i] & NTEVENT_SYNCHRONIZE ? 0 : -EACCES;

		ASSERT_LE(0, fd);
		set(full);
		ASSERT_EQ(rights[i] & NTEVENT_QUERY_STATE ? 1 : -EACCES, state(fd));
		ASSERT_EQ(modify ? modify : 1, set(fd));
		ASSERT_EQ(wait, wait_one(fd, 0));
		ASSERT_EQ(wait, wait_any(self->dev, &fd, 1, 0));
		ASSERT_EQ(wait, signal_and_wait(self->dev, full, fd, 0, 0, 0));
		ASSERT_EQ(modify, signal_and_wait(self->dev, fd, full, 0, 0, 0));
		ASSERT_EQ(modify ? modify : 1, reset(fd));
		ASSERT_EQ(modify ? 1 : 0, state(full));
		set(full);
		ASSERT_EQ(modify ? modify : 0, clear(fd));
		ASSERT_EQ(modify ? 1 : 0, state(full));
		set(full);
		ASSERT_EQ(modify ? modify : 1, pulse(fd));
		ASSERT_EQ(modify ? 1 : 0, state(full));
		close(fd);
	}
}

TEST_F(nt, rights_pass_unchanged)
{
	int full = create(self->dev, SYNCHRONIZATION, 0), narrow = duplicate(full, NTEVENT_QUERY_STATE, 0);
	int sockets[2], copy;

	copy = dup(narrow);
	ASSERT_EQ(NTEVENT_QUERY_STATE, granted(copy));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	send_fd(sockets[0], narrow);
	copy = receive_fd(sockets[1]);
	ASSERT_LE(0, copy);
	ASSERT_EQ(NTEVENT_QUERY_STATE, granted(copy));
	ASSERT_EQ(-EACCES, set(copy));
	ASSERT_EQ(0, state(copy));
}

/* A duplicate can gain a right that its source lacks, but only if the object's mode allows it. */
TEST_F(nt, duplicate_grants_more_by_the_descriptor_only)
{
	const uint32_t narrow_access = NTEVENT_QUERY_STATE;
	int owned, narrow, mode;

	if (geteuid())
		SKIP(return, "needs root");
	owned = create(self->dev, SYNCHRONIZATION, 0);
	narrow = duplicate(owned, narrow_access, 0);
	ASSERT_EQ(ALL_ACCESS, granted(duplicate(narrow, ALL_ACCESS, 0)));
	AS_USER(1000) {
		CHECK(duplicate(narrow, ALL_ACCESS, 0) == -EACCES);
		CHECK(last_status == NTEVENT_STATUS_ACCESS_DENIED);
		CHECK(duplicate(narrow, narrow_access | NTEVENT_MODIFY_STATE, 0) == -EACCES);
		CHECK(granted(duplicate(narrow, narrow_access, 0)) == narrow_access);
		CHECK(granted(duplicate(narrow, NTEVENT_MAXIMUM_ALLOWED, 0)) == narrow_access);
		_exit(0);
	}
	for (mode = 0; mode < 8; mode++) {
		struct ntevent_create_event_args args = {
			.object = { .root = -1, .mode = 0700 | mode },
			.desired_access = narrow_access,
			.event_type = SYNCHRONIZATION,
		};

		narrow = create_with(self->dev, &args);
		ASSERT_LE(0, narrow);
		AS_USER(1000) {
			uint32_t all = narrow_access | (mode & 4 ? 0x20001 : 0) | (mode & 2 ? 0x20002 : 0) |
				       (mode & 1 ? 0x120000 : 0);

			CHECK(granted(duplicate(narrow, NTEVENT_MAXIMUM_ALLOWED, 0)) == all);
			CHECK((duplicate(narrow, NTEVENT_MODIFY_STATE, 0) >= 0) == !!(mode & 2));
			CHECK((duplicate(narrow, NTEVENT_SYNCHRONIZE, 0) >= 0) == (mode & 1));
			CHECK(duplicate(narrow, NTEVENT_DELETE, 0) == -EACCES);
			_exit(0);
		}
	}
}

/* Root in its own user namespace has no rights to an object of another user namespace. */
TEST_F(nt, own_user_namespace_gives_no_right)
{
	int owned, narrow;

	if (geteuid())
		SKIP(return, "needs root");
	owned = create(self->dev, SYNCHRONIZATION, 0);
	narrow = duplicate(owned, NTEVENT_SYNCHRONIZE, 0);
	AS_USER(1000) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWIPC))
			_exit(0);
		CHECK(duplicate(narrow, ALL_ACCESS, 0) == -EACCES);
		CHECK(duplicate(narrow, NTEVENT_ACCESS_SYSTEM_SECURITY, 0) == -EPERM);
		CHECK(granted(duplicate(narrow, NTEVENT_MAXIMUM_ALLOWED, 0)) == NTEVENT_SYNCHRONIZE);
		CHECK(create_access(self->dev, 1, 0, NTEVENT_ACCESS_SYSTEM_SECURITY) == -EPERM);
		/* The process is root over objects that it creates in its own IPC namespace. */
		CHECK(create_access(open("/dev/ntevent", O_RDONLY), 1, 0, NTEVENT_ACCESS_SYSTEM_SECURITY) >= 0);
		_exit(0);
	}
}

/* The source's own rights need no check, not even the privileged right. */
TEST_F(nt, duplicate_keeps_a_privileged_right)
{
	uint32_t right = NTEVENT_ACCESS_SYSTEM_SECURITY;
	int fd;

	if (geteuid())
		SKIP(return, "needs root");
	fd = create_access(self->dev, 1, 0, right | NTEVENT_SYNCHRONIZE);
	AS_USER(1000) {
		CHECK(granted(duplicate(fd, right, 0)) == right);
		CHECK(duplicate(fd, right | NTEVENT_MODIFY_STATE, 0) == -EACCES);
		_exit(0);
	}
}

TEST_F(nt, bad_modes_are_refused)
{
	const uint32_t bad[] = { 01000, 07777, 0x10000, 0x80000000u, 0xffffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct ntevent_create_event_args args = { .object = { .root = -1, .mode = bad[i] } };

		ASSERT_EQ(-EINVAL, create_with(self->dev, &args));
		ASSERT_EQ(NTEVENT_STATUS_INVALID_PARAMETER, last_status);
	}
}

/* The first handle is part of its event, unlike later ones. Each must keep its own rights. */
TEST_F(nt, handles_of_one_event_are_apart)
{
	const uint32_t rights[] = { NTEVENT_QUERY_STATE, NTEVENT_MODIFY_STATE, NTEVENT_SYNCHRONIZE, ALL_ACCESS };
	int fds[8] = { create(self->dev, NOTIFICATION, 1) }, count = 1, round, which, i;
	uint32_t held[8] = { ALL_ACCESS };

	for (round = 0; round < 300; round++) {
		which = random_below(count);
		if (count == 8 || (count > 1 && random_below(2))) {
			ASSERT_EQ(0, close(fds[which]));
			count--;
			fds[which] = fds[count];
			held[which] = held[count];
		} else {
			held[count] = rights[random_below(4)];
			fds[count] = duplicate(fds[which], held[count], 0);
			ASSERT_LE(0, fds[count]);
			count++;
		}
		for (i = 0; i < count; i++) {
			ASSERT_EQ(held[i], granted(fds[i]));
			ASSERT_EQ(held[i] & NTEVENT_QUERY_STATE ? 1 : -EACCES, state(fds[i]));
			ASSERT_EQ(held[i] & NTEVENT_MODIFY_STATE ? 1 : -EACCES, set(fds[i]));
		}
	}
}

TEST_HARNESS_MAIN
