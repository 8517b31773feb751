// SPDX-License-Identifier: GPL-2.0
/*
 * What a security module sees of ntevent. A test can use Landlock. With it a process can forbid
 * itself the commands of devices that it opens later. Handles are not devices.
 */
#include "ntevent_test.h"
#include <linux/landlock.h>
#include <sys/prctl.h>

#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif

/* Forbids this process the commands of devices. Returns false if the kernel cannot do that. */
static bool refuse_devices(void)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = LANDLOCK_ACCESS_FS_IOCTL_DEV };
	int rules = syscall(__NR_landlock_create_ruleset, &attr, sizeof(attr.handled_access_fs), 0);
	bool done = rules >= 0 && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
		    !syscall(__NR_landlock_restrict_self, rules, 0);

	if (rules >= 0)
		close(rules);
	return done;
}

TEST_F(nt, F05_commands_of_the_device_are_asked_for)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), later, duplicated;
	struct ntevent_create_event_args args = { .object.root = -1, .desired_access = ALL_ACCESS };
	struct ntevent_info info;

	ASSERT_LE(0, fd);
	if (!refuse_devices())
		SKIP(return, "no Landlock that knows of the commands of devices");
	later = open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, later);
	ASSERT_EQ(-EACCES, create_with(later, &args));
	ASSERT_EQ(UNSTORED, last_status);
	ASSERT_EQ(-1, ioctl(later, NTEVENT_IOC_GET_INFO, &info));
	ASSERT_EQ(EACCES, errno);
	ASSERT_EQ(-EACCES, wait_any(later, &fd, 1, 0));
	/* The device that was open before still works. So do old and new handles. */
	ASSERT_EQ(TIMEOUT, wait_any(self->dev, &fd, 1, 0));
	ASSERT_EQ(0, set(fd));
	duplicated = duplicate(fd, 0, NTEVENT_DUPLICATE_SAME_ACCESS);
	ASSERT_LE(0, duplicated);
	ASSERT_EQ(0, wait_one(duplicated, 0));
	ASSERT_EQ(0, state(fd));
}

TEST_HARNESS_MAIN
