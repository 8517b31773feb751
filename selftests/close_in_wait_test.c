// SPDX-License-Identifier: GPL-2.0
/*
 * Closes a handle while a thread waits on it in NTEVENT_IOC_WAIT_ONE. The ioctl holds the file, but
 * closing the last fd closes the handle all the same (V211). Any other reference to the file keeps
 * the handle.
 */
#define NTEVENT_OWN_FIXTURE
#include "names.h"
#include "stress.h"
#include <linux/userfaultfd.h>

#define NAME IN_BASE(u"x")

static void ignore(int signal)
{
}

/* A page whose first fault lasts until the test ends the fault. */
static void *slow_page;

/* Makes the slow page. Returns the userfaultfd of its faults, or -1. */
static int slow_memory(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	slow_page = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range = (struct uffdio_range){ (uintptr_t)slow_page, getpagesize() };
	if (fd >= 0 && (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range))) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool await_fault(int fd)
{
	struct uffd_msg message;

	return read(fd, &message, sizeof(message)) == sizeof(message) && message.event == UFFD_EVENT_PAGEFAULT;
}

static bool end_fault(int fd)
{
	struct uffdio_zeropage zero = { .range = { (uintptr_t)slow_page, getpagesize() } };

	return !ioctl(fd, UFFDIO_ZEROPAGE, &zero);
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

/* Uses the file in calls of a kind that do not sleep, until told to stop. */
struct hammer {
	pthread_t thread;
	int dev, fd, kind;
	atomic_bool started, stop;
};
#define HAMMERS 5

static void *use_file(void *arg)
{
	struct hammer *h = arg;
	struct pollfd polled = { .fd = h->fd, .events = POLLIN };

	while (!atomic_load(&h->stop)) {
		atomic_store(&h->started, true);
		switch (h->kind) {
		case 0:
			state(h->fd);
			break;
		case 1:
			wait_one(h->fd, 0);
			break;
		case 2:
			wait_any(h->dev, &h->fd, 1, 0);
			break;
		case 3:
			poll(&polled, 1, 0);
			break;
		default:
			fdinfo(h->fd, "handles");
		}
	}
	return NULL;
}

/* Starts the wait of the fixture on a new event with the name. */
static bool wait_again(FIXTURE_DATA(closing) *self)
{
	self->fd = create_event(self->dev, NAME, NO_ROOT, 0);
	self->wait.fd = self->fd;
	return self->fd >= 0 && !pthread_create(&self->wait.thread, NULL, wait_in_file, &self->wait) &&
	       await_waiters(self->fd, 1);
}

static bool end_wait(FIXTURE_DATA(closing) *self)
{
	return !pthread_kill(self->wait.thread, SIGUSR1) && ends(self->wait.thread) && self->wait.result == -EINTR;
}

/* The last close meets short calls on the same file, while a third thread sleeps on it. */
TEST_F_TIMEOUT(closing, F08_last_close_meets_short_calls, 300)
{
	int i, kind, hammers;

	ASSERT_TRUE(end_wait(self));
	close(self->fd);
	for (kind = 0; kind < HAMMERS; kind++) {
		for_rounds(i, full_or_brief(400, 60)) {
			struct hammer h[2] = { };

			ASSERT_TRUE(wait_again(self));
			/*
			 * In every other round there are two calls, which meet each other when they
			 * end.
			 */
			for (hammers = 0; hammers < 1 + i % 2; hammers++) {
				h[hammers].dev = self->dev;
				h[hammers].fd = self->fd;
				h[hammers].kind = kind;
				ASSERT_EQ(0, pthread_create(&h[hammers].thread, NULL, use_file, &h[hammers]));
				spin_until(atomic_load(&h[hammers].started));
			}
			dither(300);
			close(self->fd);
			while (hammers) {
				hammers--;
				atomic_store(&h[hammers].stop, true);
				ASSERT_EQ(0, pthread_join(h[hammers].thread, NULL));
			}
			/* Only the sleeping call is left, so the name goes. */
			ASSERT_TRUE(await(is_free(self->dev)));
			ASSERT_TRUE(end_wait(self));
		}
	}
	ASSERT_TRUE(wait_again(self));
}

/* The same while other fds of the file stay open. The handle stays open. */
TEST_F(closing, F08_other_fds_keep_the_handle)
{
	int64_t end = budget_end();
	int kind = 0;

	do {
		struct hammer h = { .dev = self->dev, .kind = kind++ % HAMMERS };

		h.fd = dup(self->fd);
		ASSERT_LE(0, h.fd);
		ASSERT_EQ(0, pthread_create(&h.thread, NULL, use_file, &h));
		spin_until(atomic_load(&h.started));
		dither(300);
		close(h.fd);
		atomic_store(&h.stop, true);
		ASSERT_EQ(0, pthread_join(h.thread, NULL));
		ASSERT_FALSE(is_free(self->dev));
		ASSERT_EQ(1, fdinfo(self->fd, "handles"));
	} while (now_ms() < end);
}

/* A call takes long because its memory is slow. It closes the handle when it returns. */
static void *query_slowly(void *arg)
{
	struct in_wait *w = arg;

	w->result = result_of(ioctl(w->fd, NTEVENT_IOC_QUERY, slow_page));
	return NULL;
}

TEST_F(closing, F08_last_close_meets_a_long_call)
{
	struct in_wait slow = { .fd = self->fd };
	int memory = slow_memory();

	if (memory < 0)
		SKIP(return, "no page faults can be handled here");
	ASSERT_EQ(0, pthread_create(&slow.thread, NULL, query_slowly, &slow));
	ASSERT_TRUE(await_fault(memory));
	close(self->fd);
	/* After this time the work item has given the file up. */
	usleep(3000000);
	ASSERT_FALSE(is_free(self->dev));
	ASSERT_TRUE(end_fault(memory));
	ASSERT_EQ(0, pthread_join(slow.thread, NULL));
	ASSERT_EQ(0, slow.result);
	ASSERT_TRUE(await(is_free(self->dev)));
	/* The name did not go because the wait ended. */
	ASSERT_TRUE(end_wait(self));
	ASSERT_TRUE(wait_again(self));
	close(memory);
}

TEST_HARNESS_MAIN
