// SPDX-License-Identifier: GPL-2.0
/*
 * Objects of /dev/ntsync as fds: names, flags, other processes, other opens of the device, and
 * module references.
 */
#include "ntsync_test.h"
#include "pass_fd.h"

/* Runs a block in a child. The test fails unless the child ends with _exit(0). */
#define IN_CHILD() \
	for (pid_t child = fork(), once = 1; once; once = 0) \
		if (child) { \
			int status; \
			ASSERT_EQ(child, waitpid(child, &status, 0)); \
			ASSERT_EQ(0, status); \
		} else

#define CHECK(condition) do { if (!(condition)) { \
		fprintf(stderr, "# %s:%d: " #condition " is false (errno %d)\n", __FILE__, __LINE__, errno); \
		_exit(1); } } while (0)

TEST_F(ntsync, fd_of_an_object)
{
	int fds[3] = { semaphore(self->dev, 1, 1), mutex(self->dev, 0, 0), event(self->dev, AUTO, 0) }, i;
	char path[64], name[64];

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(FD_CLOEXEC, fcntl(fds[i], F_GETFD));
		ASSERT_EQ(O_RDWR, fcntl(fds[i], F_GETFL) & ~(O_LARGEFILE | 0100000));
		memset(name, 0, sizeof(name));
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[i]);
		ASSERT_LT(0, readlink(path, name, sizeof(name) - 1));
		ASSERT_STREQ("anon_inode:ntsync", name);
		/* Objects cannot be reopened. Without root the permission check fails first. */
		ASSERT_EQ(-1, open(path, O_RDWR));
		ASSERT_EQ(geteuid() ? EACCES : ENXIO, errno);
	}
}

/* Whether the fdinfo of FD ends with LINES, after the lines that every file has. */
static bool fdinfo_ends(int fd, const char *lines)
{
	char path[64], text[1024];
	ssize_t size;
	int info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = open(path, O_RDONLY | O_CLOEXEC);
	size = read(info, text, sizeof(text) - 1);
	close(info);
	if (size < (ssize_t)strlen(lines))
		return false;
	text[size] = 0;
	return !strcmp(text + size - strlen(lines), lines);
}

/* The kernel's driver adds nothing to fdinfo. */
TEST_F(ntsync, fdinfo_tells_the_state)
{
	int sem = semaphore(self->dev, 1, 3), mtx = mutex(self->dev, OWNER, 2), manual = event(self->dev, MANUAL, 1);
	int fd = event(self->dev, AUTO, 0);
	struct waiter w = one(self->dev, fd);

	if (!served_by_ntevent())
		SKIP(return, "the driver is not ntevent");
	ASSERT_TRUE(fdinfo_ends(sem, "type:\tsemaphore\ncount:\t1\nmax:\t3\nwaiters:\t0\n"));
	ASSERT_TRUE(fdinfo_ends(mtx, "type:\tmutex\nowner:\t123\ncount:\t2\nabandoned:\t0\nwaiters:\t0\n"));
	ASSERT_EQ(0, kill_owner(mtx, OWNER));
	ASSERT_TRUE(fdinfo_ends(mtx, "type:\tmutex\nowner:\t0\ncount:\t0\nabandoned:\t1\nwaiters:\t0\n"));
	ASSERT_TRUE(fdinfo_ends(manual, "type:\tevent\nmanual:\t1\nsignaled:\t1\nwaiters:\t0\n"));
	ASSERT_TRUE(start(&w));
	ASSERT_TRUE(fdinfo_ends(fd, "type:\tevent\nmanual:\t0\nsignaled:\t0\nwaiters:\t1\n"));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, finish(&w));
	ASSERT_TRUE(fdinfo_ends(fd, "type:\tevent\nmanual:\t0\nsignaled:\t0\nwaiters:\t0\n"));
}

/* Two fds of one object are one object. */
TEST_F(ntsync, duplicate_fds)
{
	int fd = semaphore(self->dev, 1, 2), copy = dup(fd);

	ASSERT_EQ(1, release(copy, 1));
	ASSERT_EQ(0, try_one(self->dev, fd));
	close(fd);
	ASSERT_TRUE(sem_is(copy, 1, 2));
	ASSERT_EQ(0, try_one(self->dev, copy));
}

TEST_F(ntsync, fork_shares_objects_and_device)
{
	int fd = semaphore(self->dev, 2, 2), mtx = mutex(self->dev, 0, 0), made[2];

	IN_CHILD() {
		CHECK(try_one(self->dev, fd) == 0);
		CHECK(try_one(self->dev, mtx) == 0);
		_exit(0);
	}
	ASSERT_TRUE(sem_is(fd, 1, 2));
	/* The owner is only a number. No process has to have that id. */
	ASSERT_TRUE(mutex_is(mtx, OWNER, 1));
	ASSERT_EQ(1, unlock(mtx, OWNER));
	/* The child uses the same device, so the parent can wait for the child's objects. */
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, made));
	IN_CHILD() {
		send_fd(made[0], event(self->dev, AUTO, 1));
		_exit(0);
	}
	fd = receive_fd(made[1]);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, try_one(self->dev, fd));
}

TEST_F(ntsync, wake_across_processes)
{
	int fd = event(self->dev, AUTO, 0), status;
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child)
		_exit(wait_any(self->dev, &fd, 1, FOREVER) == 0 ? 0 : 1);
	ASSERT_TRUE(await_asleep(child, child));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	ASSERT_TRUE(event_is(fd, AUTO, 0));
}

/* A process that has opened the device itself receives an object and then its device. */
TEST_F(ntsync, objects_through_a_socket)
{
	int fd = semaphore(self->dev, 1, 9), sockets[2], dev, copy, own;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	send_fd(sockets[0], fd);
	send_fd(sockets[0], self->dev);
	IN_CHILD() {
		close(fd);
		close(self->dev);
		own = open("/dev/ntsync", O_RDONLY | O_CLOEXEC);
		copy = receive_fd(sockets[1]);
		dev = receive_fd(sockets[1]);
		CHECK(copy >= 0 && dev >= 0);
		CHECK(release(copy, 1) == 1);
		CHECK(try_one(own, copy) == -EINVAL);
		CHECK(try_one(dev, copy) == 0);
		_exit(0);
	}
	ASSERT_TRUE(sem_is(fd, 1, 9));
}

/* An object belongs to an open file of the device, not to an fd, a node or a process. */
TEST_F(ntsync, device_is_the_open_file)
{
	int fd = semaphore(self->dev, 9, 9), copy = dup(self->dev), other;
	char path[64];

	ASSERT_EQ(0, try_one(copy, fd));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->dev);
	other = open(path, O_RDONLY);
	ASSERT_LE(0, other);
	ASSERT_EQ(-EINVAL, try_one(other, fd));
	ASSERT_EQ(-EINVAL, wait_any_alert(other, NULL, 0, TRY, fd));
	close(self->dev);
	ASSERT_EQ(0, try_one(copy, fd));
	self->dev = copy;
	ASSERT_TRUE(sem_is(fd, 7, 9));
}

/* Objects outlive the last fd of their device, but no wait can use them any more. */
TEST_F(ntsync, objects_outlive_the_device)
{
	int sem = semaphore(self->dev, 0, 2), mtx = mutex(self->dev, OWNER, 2), fd = event(self->dev, AUTO, 0);

	close(self->dev);
	self->dev = open("/dev/ntsync", O_RDONLY | O_CLOEXEC);
	ASSERT_EQ(0, release(sem, 2));
	ASSERT_TRUE(sem_is(sem, 2, 2));
	ASSERT_EQ(2, unlock(mtx, OWNER));
	ASSERT_EQ(0, kill_owner(mtx, OWNER));
	ASSERT_TRUE(is_abandoned(mtx));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, pulse(fd));
	/* Opening the same node again makes another device. */
	ASSERT_EQ(-EINVAL, try_one(self->dev, sem));
}

/* A wait holds its objects. It goes on until its deadline when their last fds are closed. */
TEST_F(ntsync, closed_while_waited_for)
{
	int all;

	for (all = 0; all < 2; all++) {
		int fds[2] = { event(self->dev, AUTO, 0), semaphore(self->dev, 0, 1) }, alert = event(self->dev, AUTO, 0);
		struct waiter w = all ? all_of(self->dev, fds, 2) : any_of(self->dev, fds, 2);

		w.args.alert = alert;
		w.args.timeout = in_ms(patience(500));
		ASSERT_TRUE(start(&w));
		close(fds[0]);
		close(fds[1]);
		close(alert);
		ASSERT_EQ(-ETIMEDOUT, finish(&w));
		ASSERT_GE(clock_ns(CLOCK_MONOTONIC), w.args.timeout);
	}
}

TEST_F(ntsync, closed_while_waited_for_but_for_a_duplicate)
{
	int fd = event(self->dev, AUTO, 0), copy = dup(fd);
	struct waiter w = one(self->dev, fd);

	ASSERT_TRUE(start(&w));
	close(fd);
	/* Another object may reuse the fd number. */
	ASSERT_EQ(fd, event(self->dev, AUTO, 1));
	ASSERT_TRUE(is_waiting(&w));
	ASSERT_EQ(0, set(copy));
	ASSERT_EQ(0, finish(&w));
	ASSERT_TRUE(event_is(fd, AUTO, 1));
}

/* A wait goes on if its device is closed. */
TEST_F(ntsync, device_closed_while_waited_by)
{
	int fd = event(self->dev, AUTO, 0), dev = dup(self->dev);
	struct waiter w = one(dev, fd);

	ASSERT_TRUE(start(&w));
	close(dev);
	close(self->dev);
	self->dev = -1;
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, finish(&w));
}

static bool unload_is_refused(void)
{
	return syscall(SYS_delete_module, driver(), O_NONBLOCK) == -1 && errno == EWOULDBLOCK;
}

/* Each of these in turn is the only reference to the module. */
TEST_F(ntsync, unload_is_refused_while_used)
{
	int fds[3] = { semaphore(self->dev, 0, 1), mutex(self->dev, 0, 0), event(self->dev, AUTO, 0) }, sockets[2], i;
	/* Each object of the kernel's driver holds the device file. */
	int device = served_by_ntevent() ? 0 : 1;

	if (geteuid() || driver_references() < 0)
		SKIP(return, "needs root and a module that can be unloaded");
	ASSERT_EQ(4, driver_references());
	close(self->dev);
	self->dev = -1;
	ASSERT_TRUE(await_references(3 + device));
	for (i = 0; i < 2; i++) {
		close(fds[i]);
		ASSERT_TRUE(await_references(2 - i + device));
		ASSERT_TRUE(unload_is_refused());
	}
	/* In flight in a socket. */
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	send_fd(sockets[0], fds[2]);
	close(fds[2]);
	ASSERT_EQ(1 + device, driver_references());
	ASSERT_TRUE(unload_is_refused());
	close(sockets[0]);
	close(sockets[1]);
	ASSERT_TRUE(await_references(0));
	self->dev = open("/dev/ntsync", O_RDONLY | O_CLOEXEC);
	ASSERT_TRUE(unload_is_refused());
}

/* A sleeping wait holds the module, even if every fd is closed. */
TEST_F(ntsync, unload_is_refused_while_waited)
{
	int fd = event(self->dev, AUTO, 0);
	struct waiter w = one(self->dev, fd);

	if (geteuid() || driver_references() < 0)
		SKIP(return, "needs root and a module that can be unloaded");
	w.args.timeout = in_ms(patience(500));
	ASSERT_TRUE(start(&w));
	close(fd);
	close(self->dev);
	self->dev = -1;
	ASSERT_LT(0, driver_references());
	ASSERT_TRUE(unload_is_refused());
	ASSERT_EQ(-ETIMEDOUT, finish(&w));
	ASSERT_TRUE(await_references(0));
}

TEST_HARNESS_MAIN
