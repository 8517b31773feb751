// SPDX-License-Identifier: GPL-2.0
/*
 * What a program relies on that implements NT's calls with the device (issue 17, number 20). It
 * relies on zeroed structs, on constants, on the refusal of flags without a meaning, on the
 * NTSTATUS for an errno, and on a way to find out whether an fd is a handle.
 */
#include "names.h"
#include <sys/eventfd.h>

/*
 * The preprocessor can find out whether each command exists. The macro has the value of the
 * command.
 */
#if !defined(NTEVENT_IOC_CREATE_EVENT) || !defined(NTEVENT_IOC_OPEN_EVENT) || !defined(NTEVENT_IOC_CREATE_DIRECTORY) || \
	!defined(NTEVENT_IOC_OPEN_DIRECTORY) || !defined(NTEVENT_IOC_CREATE_SYMBOLIC_LINK) || \
	!defined(NTEVENT_IOC_OPEN_SYMBOLIC_LINK) || !defined(NTEVENT_IOC_WAIT) || !defined(NTEVENT_IOC_SIGNAL_AND_WAIT) || \
	!defined(NTEVENT_IOC_SET) || !defined(NTEVENT_IOC_RESET) || !defined(NTEVENT_IOC_CLEAR) || \
	!defined(NTEVENT_IOC_PULSE) || !defined(NTEVENT_IOC_QUERY) || !defined(NTEVENT_IOC_WAIT_ONE) || \
	!defined(NTEVENT_IOC_DUPLICATE) || !defined(NTEVENT_IOC_QUERY_OBJECT) || !defined(NTEVENT_IOC_MAKE_TEMPORARY) || \
	!defined(NTEVENT_IOC_MAKE_PERMANENT) || !defined(NTEVENT_IOC_QUERY_DIRECTORY) || \
	!defined(NTEVENT_IOC_NEW_NAMESPACE) || !defined(NTEVENT_IOC_GET_INFO)
#error "A command is no macro."
#endif
#ifdef NTEVENT_IOC_NOT_THERE
#error "A command that is not there is a macro."
#endif
_Static_assert(NTEVENT_IOC_SET == _IO('N', 0x98) && NTEVENT_IOC_GET_INFO == _IOR('N', 0xa4, struct ntevent_info),
	       "the macros are the commands");
_Static_assert(NTEVENT_NO_ROOT == -1 && NTEVENT_DEFAULT_MODE == 0, "the values of the ABI");

/* A zeroed struct does not use fd 0, whatever it is. */
TEST_F(nt, F20_zeroes_are_a_valid_start)
{
	int kinds[4], i;

	kinds[0] = -1;
	kinds[1] = open("/dev/null", O_RDONLY);
	kinds[2] = create(self->dev, SYNCHRONIZATION, 0);
	kinds[3] = open_directory(self->dev, BASE, NO_ROOT, 0);
	for (i = 0; i < 4; i++) {
		struct ntevent_create_event_args args;
		struct ntevent_open_args open_args;
		struct ntevent_object_info info;
		struct ntevent_event_info event;
		char16_t name[8];
		int fd, all;

		close(0);
		if (kinds[i] >= 0)
			ASSERT_EQ(0, dup2(kinds[i], 0));
		memset(&args, 0, sizeof(args));
		fd = ioctl(self->dev, NTEVENT_IOC_CREATE_EVENT, &args);
		ASSERT_LE(0, fd);
		ASSERT_EQ(NTEVENT_STATUS_SUCCESS, args.status);
		/* The event is unnamed. Its handle has no rights. */
		ASSERT_EQ(0, query_object(fd, &info, name, sizeof(name)));
		ASSERT_EQ(NTEVENT_TYPE_EVENT, info.type);
		ASSERT_EQ(0, info.name_size);
		ASSERT_EQ(0, info.granted_access);
		ASSERT_EQ(0700, info.mode);
		ASSERT_EQ(-EACCES, set(fd));
		ASSERT_EQ(-EACCES, wait_one(fd, 0));
		/* The event is an unsignaled notification event. */
		all = duplicate(fd, ALL_ACCESS, 0);
		ASSERT_LE(0, all);
		ASSERT_EQ(0, ioctl(all, NTEVENT_IOC_QUERY, &event));
		ASSERT_EQ(NOTIFICATION, event.event_type);
		ASSERT_EQ(0, event.event_state);
		close(all);
		close(fd);

		memset(&open_args, 0, sizeof(open_args));
		fd = ioctl(self->dev, NTEVENT_IOC_CREATE_DIRECTORY, &open_args);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, query_object(fd, &info, name, sizeof(name)));
		ASSERT_EQ(NTEVENT_TYPE_DIRECTORY, info.type);
		ASSERT_EQ(0, info.granted_access);
		close(fd);
		/* Without a name there is nothing to open. */
		ASSERT_EQ(-1, ioctl(self->dev, NTEVENT_IOC_OPEN_EVENT, &open_args));
		ASSERT_EQ(EINVAL, errno);
		ASSERT_EQ(NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD, open_args.status);
	}
}

/* A wait for one event cannot be a wait for all. */
TEST_F(nt, F20_all_is_no_flag_of_a_wait_for_one)
{
	const uint32_t others[] = { 0, NTEVENT_WAIT_ALERT };
	int fd = create(self->dev, SYNCHRONIZATION, 1), unset = create(self->dev, SYNCHRONIZATION, 0), i;

	for (i = 0; i < 2; i++) {
		uint32_t flags = NTEVENT_WAIT_ALL | others[i];

		REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, wait_one_alert(fd, 0, flags, unset));
		REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, signal_and_wait(self->dev, unset, fd, 0, flags, unset));
		ASSERT_EQ(1, state(fd));
		ASSERT_EQ(0, state(unset));
	}
	/* NTEVENT_IOC_WAIT accepts the flag for a single object. */
	ASSERT_EQ(0, wait_on(self->dev, &fd, 1, NTEVENT_WAIT_ALL, 0, 0));
	ASSERT_EQ(0, state(fd));
}

static int errno_of(int fd, unsigned long command, void *argument)
{
	return ioctl(fd, command, argument) < 0 ? errno : 0;
}

/* The table in the header. Each errno of a command without a status field has one meaning. */
TEST_F(nt, F20_errno_tells_the_status)
{
	const unsigned long of_events[] = { NTEVENT_IOC_SET, NTEVENT_IOC_RESET, NTEVENT_IOC_CLEAR, NTEVENT_IOC_PULSE,
					    NTEVENT_IOC_QUERY };
	int bare = create_access(self->dev, NOTIFICATION, 0, 0), fd = create(self->dev, NOTIFICATION, 0), i;
	int directory = open_directory(self->dev, BASE, NO_ROOT, 0), null = open("/dev/null", O_RDWR), dev;
	struct ntevent_event_info event;
	struct ntevent_info info;

	for (i = 0; i < 5; i++) {
		ASSERT_EQ(EBADF, errno_of(1234, of_events[i], &event));
		ASSERT_EQ(ENOTTY, errno_of(null, of_events[i], &event));
		ASSERT_EQ(ENOTTY, errno_of(self->dev, of_events[i], &event));
		ASSERT_EQ(EINVAL, errno_of(directory, of_events[i], &event));
		ASSERT_EQ(EACCES, errno_of(bare, of_events[i], &event));
	}
	ASSERT_EQ(EFAULT, errno_of(fd, NTEVENT_IOC_QUERY, NULL));
	ASSERT_EQ(EFAULT, errno_of(self->dev, NTEVENT_IOC_GET_INFO, NULL));
	ASSERT_EQ(0, errno_of(self->dev, NTEVENT_IOC_GET_INFO, &info));
	ASSERT_EQ(ENOTTY, errno_of(fd, NTEVENT_IOC_GET_INFO, &info));
	ASSERT_EQ(EACCES, errno_of(bare, NTEVENT_IOC_WAIT_ONE, NULL));
	ASSERT_EQ(EBADF, errno_of(1234, NTEVENT_IOC_WAIT_ONE, NULL));
	ASSERT_EQ(EACCES, errno_of(bare, NTEVENT_IOC_MAKE_TEMPORARY, NULL));
	ASSERT_EQ(EBUSY, errno_of(self->dev, NTEVENT_IOC_NEW_NAMESPACE, NULL));
	ASSERT_EQ(ENOTTY, errno_of(fd, NTEVENT_IOC_NEW_NAMESPACE, NULL));
	dev = open("/dev/ntevent", O_RDWR | O_CLOEXEC);
	ASSERT_EQ(0, errno_of(dev, NTEVENT_IOC_NEW_NAMESPACE, NULL));
	if (geteuid())
		ASSERT_EQ(EPERM, errno_of(fd, NTEVENT_IOC_MAKE_PERMANENT, NULL));
}

static bool is_ours_by_readlink(int fd)
{
	char path[64], text[64] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return readlink(path, text, sizeof(text) - 1) > 0 && !strcmp(text, "anon_inode:[ntevent]");
}

/*
 * Whether an fd is a handle, found out by a wait for all of the fd and itself. The wait always
 * fails.
 */
static bool is_ours_by_wait(struct __test_metadata *_metadata, int dev, int fd)
{
	int both[] = { fd, fd };
	int result = wait_on(dev, both, 2, NTEVENT_WAIT_ALL, 0, 0);

	EXPECT_GT(0, result);
	return last_status != NTEVENT_STATUS_INVALID_HANDLE;
}

TEST_F(nt, F20_whose_an_fd_is)
{
	int pipe_fds[2], ours[6], foreign[7], i;

	ASSERT_EQ(0, pipe(pipe_fds));
	ours[0] = create(self->dev, SYNCHRONIZATION, 1);
	ours[1] = create(self->dev, NOTIFICATION, 1);
	ours[2] = create_access(self->dev, NOTIFICATION, 0, 0);
	ours[3] = create_access(self->dev, SYNCHRONIZATION, 0, NTEVENT_SYNCHRONIZE);
	ours[4] = open_directory(self->dev, BASE, NO_ROOT, 0);
	ours[5] = open_link(self->dev, IN_BASE(u"Global"), NO_ROOT, 0);
	foreign[0] = open("/dev/null", O_RDWR);
	foreign[1] = self->dev;
	foreign[2] = pipe_fds[0];
	foreign[3] = eventfd(1, 0);
	foreign[4] = open("/proc/self/exe", O_RDONLY);
	foreign[5] = -1;
	foreign[6] = 1234;
	for (i = 0; i < 6; i++) {
		ASSERT_LE(0, ours[i]);
		EXPECT_TRUE(is_ours_by_readlink(ours[i])) TH_LOG("%d", i);
		EXPECT_TRUE(is_ours_by_wait(_metadata, self->dev, ours[i])) TH_LOG("%d", i);
	}
	for (i = 0; i < 7; i++) {
		EXPECT_FALSE(is_ours_by_readlink(foreign[i])) TH_LOG("%d", i);
		EXPECT_FALSE(is_ours_by_wait(_metadata, self->dev, foreign[i])) TH_LOG("%d", i);
	}
	/* Nothing was consumed. */
	ASSERT_EQ(1, state(ours[0]));
	ASSERT_EQ(1, state(ours[1]));
}

TEST_HARNESS_MAIN
