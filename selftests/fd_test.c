// SPDX-License-Identifier: GPL-2.0
/* Handles as file descriptors: inheritance, lifetime, and unsupported file operations. */
#include <sys/resource.h>
#include <sys/stat.h>
#include "ntevent_test.h"

TEST_F(nt, device_tells_its_version)
{
	struct ntevent_info info = { .features = ~0ULL };
	struct stat st;

	ASSERT_EQ(0, ioctl(self->dev, NTEVENT_IOC_GET_INFO, &info));
	ASSERT_EQ(1, info.abi_version);
	ASSERT_EQ(64, info.max_wait_objects);
	ASSERT_EQ(NTEVENT_FEATURE_EVENTS, info.features & NTEVENT_FEATURE_EVENTS);
	ASSERT_EQ(0, stat("/dev/ntevent", &st));
	ASSERT_EQ(0666, st.st_mode & 07777);
	ASSERT_EQ(-1, ioctl(self->dev, NTEVENT_IOC_GET_INFO, NULL));
	ASSERT_EQ(EFAULT, errno);
}

TEST_F(nt, fds_close_on_exec_unless_inherited)
{
	struct ntevent_create_event_args args = { .object = { .root = -1, .attributes = NTEVENT_OBJ_INHERIT } };
	struct ntevent_duplicate_args dup_args = { .attributes = NTEVENT_OBJ_INHERIT };
	int closed = create(self->dev, 0, 0), inherited = create_with(self->dev, &args), copy;

	ASSERT_EQ(FD_CLOEXEC, fcntl(closed, F_GETFD));
	ASSERT_EQ(0, fcntl(inherited, F_GETFD));
	copy = duplicate(inherited, 0, 0);
	ASSERT_EQ(FD_CLOEXEC, fcntl(copy, F_GETFD));
	copy = ioctl(closed, NTEVENT_IOC_DUPLICATE, &dup_args);
	ASSERT_EQ(0, fcntl(copy, F_GETFD));
}

TEST_F(nt, name_and_fdinfo)
{
	int fd = create(self->dev, SYNCHRONIZATION, 1);
	char path[64], text[512] = "";
	int info;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ASSERT_LT(0, readlink(path, text, sizeof(text) - 1));
	ASSERT_STREQ("anon_inode:[ntevent]", text);
	ASSERT_EQ(O_RDWR, fcntl(fd, F_GETFL));
	ASSERT_EQ(-1, open(path, O_RDWR));
	ASSERT_EQ(geteuid() ? EACCES : ENXIO, errno);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = open(path, O_RDONLY);
	memset(text, 0, sizeof(text));
	ASSERT_LT(0, read(info, text, sizeof(text) - 1));
	ASSERT_NE(NULL, strstr(text, "type:\tevent\n"));
	ASSERT_NE(NULL, strstr(text, "event-type:\tsynchronization\n"));
	ASSERT_NE(NULL, strstr(text, "state:\t1\n"));
	ASSERT_NE(NULL, strstr(text, "access:\t0x001f0003\n"));
	ASSERT_NE(NULL, strstr(text, "name:\t\n"));
	ASSERT_NE(NULL, strstr(text, "waiters:\t0\n"));
}

TEST_F(nt, other_file_operations_fail)
{
	int fds[] = { create(self->dev, SYNCHRONIZATION, 1), self->dev }, i;
	char data[8];

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(-1, read(fds[i], data, sizeof(data)));
		ASSERT_EQ(EINVAL, errno);
		ASSERT_EQ(-1, write(fds[i], data, sizeof(data)));
		ASSERT_TRUE(errno == EINVAL || errno == EBADF);
		ASSERT_EQ(-1, lseek(fds[i], 0, SEEK_SET));
		ASSERT_EQ(ESPIPE, errno);
		ASSERT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, fds[i], 0));
		ASSERT_EQ(ENODEV, errno);
	}
	ASSERT_EQ(-1, ftruncate(fds[0], 0));
	ASSERT_EQ(1, state(fds[0]));
}

TEST_F(nt, event_outlives_the_device_fd)
{
	int dev = open("/dev/ntevent", O_RDONLY), fd = create(dev, SYNCHRONIZATION, 0);

	close(dev);
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, wait_one(fd, 0));
	/* Any open file of the device can wait for any event. */
	ASSERT_EQ(TIMEOUT, wait_any(self->dev, &fd, 1, 0));
}

TEST_F(nt, fork_shares_handles)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), status;
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child)
		_exit(wait_one(fd, LOST) ? 1 : 0);
	ASSERT_TRUE(await_waiters(fd, 1));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
}

TEST_F(nt, exec_keeps_what_is_inherited)
{
	struct ntevent_create_event_args args = {
		.object = { .root = -1, .attributes = NTEVENT_OBJ_INHERIT }, .desired_access = ALL_ACCESS,
	};
	int kept = create_with(self->dev, &args), closed = create(self->dev, 0, 0), status;
	char self_path[256] = "", kept_text[16], closed_text[16];
	pid_t child;

	ASSERT_LT(0, readlink("/proc/self/exe", self_path, sizeof(self_path) - 1));
	snprintf(kept_text, sizeof(kept_text), "%d", kept);
	snprintf(closed_text, sizeof(closed_text), "%d", closed);
	child = fork();
	if (!child) {
		setenv("NTEVENT_KEPT", kept_text, 1);
		setenv("NTEVENT_CLOSED", closed_text, 1);
		execl(self_path, self_path, NULL);
		_exit(3);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	ASSERT_EQ(1, state(kept));
}

/*
 * Runs in the program that exec_keeps_what_is_inherited executes, which is this one with an
 * environment variable.
 */
__attribute__((constructor)) static void after_exec(void)
{
	const char *kept = getenv("NTEVENT_KEPT"), *closed = getenv("NTEVENT_CLOSED");

	if (kept && closed)
		_exit(set(atoi(kept)) == 0 && state(atoi(closed)) == -EBADF ? 0 : 1);
}

TEST_F(nt, no_free_fd)
{
	struct rlimit limit;
	int fd = create(self->dev, SYNCHRONIZATION, 0), i, last = -1;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = 64;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (i = 0; i < 64; i++) {
		int next = create(self->dev, SYNCHRONIZATION, 0);

		if (next < 0)
			break;
		last = next;
	}
	ASSERT_EQ(-EMFILE, create(self->dev, SYNCHRONIZATION, 0));
	ASSERT_EQ(NTEVENT_STATUS_TOO_MANY_OPENED_FILES, last_status);
	ASSERT_EQ(-EMFILE, duplicate(fd, ALL_ACCESS, 0));
	ASSERT_EQ(NTEVENT_STATUS_TOO_MANY_OPENED_FILES, last_status);
	close(last);
	ASSERT_EQ(last, create(self->dev, SYNCHRONIZATION, 0));
}

static bool unload_is_refused(void)
{
	return syscall(SYS_delete_module, "ntevent", O_NONBLOCK) == -1 && errno == EWOULDBLOCK;
}

static void *sleep_in_wait(void *arg)
{
	return (void *)(intptr_t)wait_one((intptr_t)arg, LOST);
}

/* Each of these in turn is the only reference to the module. */
TEST_F(nt, unload_is_refused_while_used)
{
	int fd, other, sockets[2], epoll;
	struct epoll_event { uint32_t events; uint64_t data; } __attribute__((packed)) event = { 1, 0 };
	char data = 0, control[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { &data, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	pthread_t thread;

	if (geteuid() || module_references() < 0)
		SKIP(return, "needs root and a module that can be unloaded");
	/* The device fd. */
	ASSERT_TRUE(unload_is_refused());
	fd = create(self->dev, SYNCHRONIZATION, 0);
	other = duplicate(fd, ALL_ACCESS, 0);
	close(other);
	/* The fd of an event. */
	close(self->dev);
	self->dev = -1;
	ASSERT_EQ(1, module_references());
	ASSERT_TRUE(unload_is_refused());
	/* An epoll registration. */
	epoll = syscall(SYS_epoll_create1, 0);
	ASSERT_EQ(0, syscall(SYS_epoll_ctl, epoll, 1 /* ADD */, fd, &event));
	ASSERT_TRUE(unload_is_refused());
	/* A sleeping waiter. */
	ASSERT_EQ(0, pthread_create(&thread, NULL, sleep_in_wait, (void *)(intptr_t)fd));
	ASSERT_TRUE(await_waiters(fd, 1));
	ASSERT_TRUE(unload_is_refused());
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	/* An fd in flight in a socket. */
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	CMSG_FIRSTHDR(&msg)->cmsg_level = SOL_SOCKET;
	CMSG_FIRSTHDR(&msg)->cmsg_type = SCM_RIGHTS;
	CMSG_FIRSTHDR(&msg)->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&msg)), &fd, sizeof(int));
	ASSERT_EQ(1, sendmsg(sockets[0], &msg, 0));
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(1, module_references());
	ASSERT_TRUE(unload_is_refused());
	/* Closing the last fd drops the last reference. */
	ASSERT_EQ(0, close(sockets[0]));
	ASSERT_EQ(0, close(sockets[1]));
	ASSERT_TRUE(await(module_references() == 0));
}

/* An O_PATH fd survives the unloading of the module, but nothing can be opened through it. */
TEST_F(nt, place_of_a_file_outlives_the_module)
{
	const char *module = getenv("NTEVENT_MODULE");
	char path[64], name[64] = "";
	int file, fd, place;
	struct stat st;

	file = module ? open(module, O_RDONLY | O_CLOEXEC) : -1;
	if (geteuid() || file < 0)
		SKIP(return, "needs root, and the path of the module's .ko in NTEVENT_MODULE");
	fd = create(self->dev, SYNCHRONIZATION, 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	place = open(path, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, place);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
	close(fd);
	close(self->dev);
	self->dev = -1;
	ASSERT_EQ(0, syscall(SYS_delete_module, "ntevent", 0));
	EXPECT_EQ(0, fstat(place, &st));
	EXPECT_EQ(0600, st.st_mode);
	EXPECT_LT(0, readlink(path, name, sizeof(name) - 1));
	EXPECT_STREQ("anon_inode:[ntevent]", name);
	EXPECT_EQ(-1, open(path, O_RDWR));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(0, syscall(SYS_finit_module, file, "ntsync=1", 0));
	close(place);
}

TEST_F(nt, fdinfo_of_each_type_and_state)
{
	int type, signaled;

	for (type = NOTIFICATION; type <= SYNCHRONIZATION; type++) {
		for (signaled = 0; signaled < 2; signaled++) {
			int fd = create(self->dev, type, signaled), info;
			char path[64], text[512] = "";

			snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
			info = open(path, O_RDONLY);
			ASSERT_LT(0, read(info, text, sizeof(text) - 1));
			ASSERT_EQ(type == NOTIFICATION, !!strstr(text, "event-type:\tnotification\n"));
			ASSERT_EQ(type == SYNCHRONIZATION, !!strstr(text, "event-type:\tsynchronization\n"));
			ASSERT_EQ(signaled, fdinfo(fd, "state"));
			close(info);
		}
	}
}

TEST_HARNESS_MAIN
