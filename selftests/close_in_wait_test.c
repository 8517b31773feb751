// SPDX-License-Identifier: GPL-2.0
/*
 * Closes a handle while a thread waits on it in NTEVENT_IOC_WAIT_ONE. The ioctl holds the file, but
 * closing the last fd closes the handle all the same (V211). Any other reference to the file keeps
 * the handle.
 */
#define NTEVENT_OWN_FIXTURE
#include "names.h"
#include "stress.h"

#define NAME IN_BASE(u"x")

static void ignore(int signal)
{
}

/* A thread in WAIT_ONE. */
struct in_wait {
	pthread_t thread;
	int fd;
	int result;
};

static void *wait_in_file(void *arg)
{
	struct in_wait *w = arg;

	w->result = wait_one(w->fd, LOST);
	return NULL;
}

FIXTURE(closing) {
	int dev;
	int fd;
	struct in_wait wait;
};

FIXTURE_SETUP(closing)
{
	struct sigaction action = { .sa_handler = ignore };

	self->dev = private_device();
	if (self->dev < 0 && errno == ENOENT)
		SKIP(return, "/dev/ntevent is not there: load the module");
	self->fd = create_event(self->dev, NAME, NO_ROOT, 0);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	self->wait.fd = self->fd;
	ASSERT_EQ(0, pthread_create(&self->wait.thread, NULL, wait_in_file, &self->wait));
	ASSERT_TRUE(await_waiters(self->fd, 1));
}

FIXTURE_TEARDOWN(closing)
{
	pthread_kill(self->wait.thread, SIGUSR1);
	ASSERT_EQ(0, pthread_join(self->wait.thread, NULL));
	close(self->dev);
}

/* Whether the name is free. Creates an event of that name and closes it. */
static bool is_free(int dev)
{
	int fd = create_event(dev, NAME, NO_ROOT, 0);

	close(fd);
	return fd >= 0;
}

TEST_F(closing, V211_the_last_fd_takes_the_name)
{
	int fd;

	close(self->fd);
	fd = create_event(self->dev, NAME, NO_ROOT, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(1, handle_count(fd));
	/* This is another object, so setting it does not wake the old waiter. */
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, state(fd));
	pthread_kill(self->wait.thread, SIGUSR1);
	ASSERT_EQ(0, pthread_join(self->wait.thread, NULL));
	ASSERT_EQ(-EINTR, self->wait.result);
	/* The end of the wait must not close the handle a second time. */
	ASSERT_EQ(1, handle_count(fd));
	ASSERT_EQ(0, pthread_create(&self->wait.thread, NULL, wait_in_file, &self->wait));
}

/* The end of the wait releases the file. It must not decrement the handle count a second time. */
TEST_F(closing, V210_V211_closed_once_when_another_is_left)
{
	int other = open_event(self->dev, NAME, NO_ROOT, 0);

	ASSERT_EQ(2, handle_count(other));
	close(self->fd);
	ASSERT_EQ(1, handle_count(other));
	pthread_kill(self->wait.thread, SIGUSR1);
	ASSERT_EQ(0, pthread_join(self->wait.thread, NULL));
	ASSERT_EQ(-EINTR, self->wait.result);
	ASSERT_EQ(1, handle_count(other));
	ASSERT_FALSE(is_free(self->dev));
	ASSERT_EQ(0, pthread_create(&self->wait.thread, NULL, wait_in_file, &self->wait));
}

TEST_F(closing, V210_another_fd_keeps_the_handle)
{
	int copy = dup(self->fd);

	close(self->fd);
	ASSERT_FALSE(is_free(self->dev));
	ASSERT_EQ(1, handle_count(copy));
	close(copy);
	ASSERT_TRUE(is_free(self->dev));
}

TEST_F(closing, another_process_keeps_the_handle)
{
	int pipe_fds[2], status;
	pid_t child;
	char byte;

	ASSERT_EQ(0, pipe(pipe_fds));
	child = fork();
	if (!child) {
		close(pipe_fds[1]);
		_exit(read(pipe_fds[0], &byte, 1) != 0);
	}
	close(self->fd);
	ASSERT_FALSE(is_free(self->dev));
	close(pipe_fds[1]);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	/* The child closed its handle by exiting. */
	ASSERT_TRUE(is_free(self->dev));
}

/* fdget() takes no reference in a process with one thread. The count must not assume one. */
TEST_F(closing, a_process_that_waits_itself_keeps_the_handle)
{
	int status;
	pid_t child = fork();

	if (!child)
		_exit(wait_one(self->fd, FOREVER) != 0);
	ASSERT_TRUE(await_waiters(self->fd, 2));
	close(self->fd);
	ASSERT_FALSE(is_free(self->dev));
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(is_free(self->dev));
}

TEST_F(closing, a_message_keeps_the_handle)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int sockets[2], received;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	*header = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(header), &self->fd, sizeof(int));
	ASSERT_EQ(1, sendmsg(sockets[0], &message, 0));
	close(self->fd);
	ASSERT_FALSE(is_free(self->dev));
	ASSERT_EQ(1, recvmsg(sockets[1], &message, 0));
	memcpy(&received, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	ASSERT_EQ(1, handle_count(received));
	close(received);
	ASSERT_TRUE(is_free(self->dev));
}

static void *short_wait(void *arg)
{
	wait_one(*(int *)arg, -(int64_t)random_below(2000));
	return NULL;
}

/* Waits end while an fd is closed. The handle must stay open as long as the file has another fd. */
TEST_F(closing, closes_that_race_with_waits_keep_the_handle)
{
	int64_t end = budget_end();
	pthread_t thread;
	int copy;

	do {
		copy = dup(self->fd);
		ASSERT_LE(0, copy);
		ASSERT_EQ(0, pthread_create(&thread, NULL, short_wait, &copy));
		dither(300);
		close(copy);
		ASSERT_EQ(0, pthread_join(thread, NULL));
		ASSERT_EQ(1, fdinfo(self->fd, "handles"));
	} while (now_ms() < end);
}

TEST_HARNESS_MAIN
