// SPDX-License-Identifier: GPL-2.0
/* Handles that are closed while in use, and processes that exit. */
#include <sys/epoll.h>
#include <linux/io_uring.h>
#include "stress.h"

/* Different threads wait for, set, poll, send, close and reopen fds at fixed numbers. */
#define SLOTS 4
#define FIRST_SLOT 200

static struct {
	int dev;
	int masters[SLOTS];
	atomic_bool stop;
	atomic_int unexpected;
	atomic_long closes, waits, sent;
} races;

static void unexpected(int result)
{
	atomic_store(&races.unexpected, result ? result : -EPROTO);
}

static void *race_waiter(void *arg)
{
	const int fds[SLOTS] = { FIRST_SLOT, FIRST_SLOT + 1, FIRST_SLOT + 2, FIRST_SLOT + 3 };

	while (!atomic_load(&races.stop)) {
		int from = random_below(SLOTS), count = 1 + random_below(SLOTS - from), result;
		uint32_t flags = random_below(2) ? NTEVENT_WAIT_ALL : 0;

		if (random_below(4))
			result = wait_on(races.dev, fds + from, count, flags, MILLISECONDS(1), 0);
		else
			result = wait_one(fds[from], MILLISECONDS(1));
		if (!is_documented(result, count))
			unexpected(result);
		atomic_fetch_add(&races.waits, 1);
	}
	return NULL;
}

static void *race_setter(void *arg)
{
	int (*const commands[])(int) = { set, set, set, reset, clear, pulse, state };

	while (!atomic_load(&races.stop)) {
		int result = commands[random_below(ARRAY_SIZE(commands))](FIRST_SLOT + random_below(SLOTS));

		if (result != 0 && result != 1 && result != -EBADF)
			unexpected(result);
		dither(32);
	}
	return NULL;
}

static void *race_closer(void *arg)
{
	while (!atomic_load(&races.stop)) {
		int slot = random_below(SLOTS), dice = random_below(4), fd;

		if (dice == 0) {
			close(FIRST_SLOT + slot);
			atomic_fetch_add(&races.closes, 1);
		} else if (dice == 1) {
			/* The slot holds the only handle. */
			fd = create(races.dev, random_below(2), 0);
			if (fd < 0 || dup2(fd, FIRST_SLOT + slot) < 0)
				unexpected(-errno);
			close(fd);
		} else if (dice == 2) {
			if (dup2(races.masters[slot], FIRST_SLOT + slot) < 0)
				unexpected(-errno);
		} else {
			fd = duplicate(FIRST_SLOT + slot, 0, NTEVENT_DUPLICATE_SAME_ACCESS);
			if (fd >= 0)
				close(fd);
			else if (fd != -EBADF)
				unexpected(fd);
		}
		dither(64);
	}
	return NULL;
}

static int send_fd(int socket, int fd)
{
	char data = 'x', control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { &data, 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1,
				  .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return result_of(sendmsg(socket, &message, 0));
}

static int receive_fd(int socket)
{
	char data, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &data, 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1,
				  .msg_control = control, .msg_controllen = sizeof(control) };
	int fd;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&message))
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static void *race_sender(void *arg)
{
	while (!atomic_load(&races.stop)) {
		int sockets[2], result, fd;

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets)) {
			unexpected(-errno);
			break;
		}
		result = send_fd(sockets[0], FIRST_SLOT + random_below(SLOTS));
		if (result == 1 && random_below(2)) {
			fd = receive_fd(sockets[1]);
			if (fd < 0)
				unexpected(fd);
			else if (!is_documented(wait_one(fd, 0), 1) || set(fd) < 0)
				unexpected(-ENOTTY);
			close(fd);
			atomic_fetch_add(&races.sent, 1);
		} else if (result != 1 && result != -EBADF) {
			unexpected(result);
		}
		/* Closing the sockets closes the fds that were not received. */
		close(sockets[0]);
		close(sockets[1]);
	}
	return NULL;
}

static void *race_poller(void *arg)
{
	struct pollfd polled[SLOTS];
	int i;

	while (!atomic_load(&races.stop)) {
		for (i = 0; i < SLOTS; i++)
			polled[i] = (struct pollfd){ .fd = FIRST_SLOT + i, .events = POLLIN };
		if (poll(polled, SLOTS, 1) < 0)
			unexpected(-errno);
		for (i = 0; i < SLOTS; i++)
			if (polled[i].revents & ~(POLLIN | POLLNVAL))
				unexpected(-EIO);
	}
	return NULL;
}

STRESS_F(nt, close_races)
{
	void *(*const mains[])(void *) = { race_waiter, race_waiter, race_waiter, race_setter,
					   race_closer, race_closer, race_sender, race_poller };
	int fds_before = count_fds(), i;
	long references_before = module_references();
	pthread_t threads[ARRAY_SIZE(mains)];

	races.dev = self->dev;
	for (i = 0; i < SLOTS; i++) {
		races.masters[i] = create(self->dev, i & 1, 0);
		ASSERT_EQ(FIRST_SLOT + i, dup2(races.masters[i], FIRST_SLOT + i));
	}
	for (i = 0; i < ARRAY_SIZE(mains); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, mains[i], NULL));
	spend_budget();
	atomic_store(&races.stop, true);
	for (i = 0; i < ARRAY_SIZE(mains); i++)
		pthread_join(threads[i], NULL);
	ASSERT_EQ(0, atomic_load(&races.unexpected));
	for (i = 0; i < SLOTS; i++) {
		close(FIRST_SLOT + i);
		ASSERT_EQ(0, fdinfo(races.masters[i], "waiters"));
		if (i & 1)
			ASSERT_TRUE(is_sound(self->dev, races.masters[i]));
		close(races.masters[i]);
	}
	ASSERT_EQ(fds_before, count_fds());
	ASSERT_TRUE(await_references(references_before));
	TH_LOG("%ld waits, %ld closes, %ld received", atomic_load(&races.waits), atomic_load(&races.closes),
	       atomic_load(&races.sent));
}

/* fork and exec in a process whose other threads wait. */
#define THREADS 8
static int shared_dev, shared_fd, private_fd;

static void *shared_waiter(void *arg)
{
	int fds[2] = { shared_fd, private_fd };

	return (void *)(intptr_t)wait_on(shared_dev, fds, 1 + (intptr_t)arg % 2, 0, LOST, 0);
}

__attribute__((constructor)) static void after_exec(void)
{
	if (getenv("NTEVENT_EXECUTED"))
		_exit(42);
}

STRESS_F(nt, exec_ends_the_waits_of_other_threads)
{
	int64_t end = budget_end();
	int status, i, rounds = 0;
	long references_before;
	pthread_t thread;

	shared_dev = self->dev;
	shared_fd = create(self->dev, SYNCHRONIZATION, 0);
	private_fd = create(self->dev, SYNCHRONIZATION, 0);
	references_before = module_references();
	do {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child) {
			for (i = 0; i < THREADS; i++)
				if (small_thread(&thread, shared_waiter, (void *)(intptr_t)i))
					_exit(1);
			if (!await_waiters(shared_fd, THREADS))
				_exit(2);
			setenv("NTEVENT_EXECUTED", "1", 1);
			execl("/proc/self/exe", "ntevent", NULL);
			_exit(3);
		}
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_TRUE(WIFEXITED(status));
		ASSERT_EQ(42, WEXITSTATUS(status));
		ASSERT_EQ(0, fdinfo(shared_fd, "waiters"));
		ASSERT_EQ(0, fdinfo(private_fd, "waiters"));
		rounds++;
	} while (now_ms() < end);
	ASSERT_TRUE(is_sound(self->dev, shared_fd));
	ASSERT_TRUE(await_references(references_before));
	TH_LOG("%d times", rounds);
}

STRESS_F(nt, fork_leaves_the_waits_of_other_threads)
{
	int64_t end = budget_end();
	int status, i, rounds = 0;
	pthread_t threads[THREADS];
	void *result;

	shared_dev = self->dev;
	shared_fd = create(self->dev, SYNCHRONIZATION, 0);
	private_fd = create(self->dev, SYNCHRONIZATION, 0);
	do {
		pid_t child;

		for (i = 0; i < THREADS; i++)
			ASSERT_EQ(0, small_thread(&threads[i], shared_waiter, (void *)(intptr_t)i));
		ASSERT_TRUE(await_waiters(shared_fd, THREADS));
		child = fork();
		ASSERT_LE(0, child);
		/*
		 * The child inherits the handles but not the waits, so each of its sets releases
		 * one waiter of the parent.
		 */
		if (!child) {
			for (i = 0; i < THREADS; i++)
				if (set(shared_fd) != 0)
					_exit(1);
			_exit(state(shared_fd) == 0 ? 0 : 2);
		}
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
		for (i = 0; i < THREADS; i++) {
			pthread_join(threads[i], &result);
			ASSERT_EQ(NULL, result);
		}
		ASSERT_EQ(0, fdinfo(private_fd, "waiters"));
		rounds++;
	} while (now_ms() < end);
	TH_LOG("%d times", rounds);
}

/*
 * Pollers whose fd is closed or whose process exits, while other threads set and reset the event.
 */
static int ring_poll(int fd, bool multishot)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 4, &params);
	struct io_uring_sqe *sqe;
	unsigned int *array;
	char *sq;

	if (ring < 0)
		return ring;
	sq = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(*array), PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	sqe = mmap(NULL, params.sq_entries * sizeof(*sqe), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = IORING_OP_POLL_ADD;
	sqe->fd = fd;
	sqe->len = multishot ? IORING_POLL_ADD_MULTI : 0;
	sqe->poll32_events = POLLIN;
	array = (unsigned int *)(sq + params.sq_off.array);
	array[0] = 0;
	__atomic_store_n((unsigned int *)(sq + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, ring, 1, 0, 0, NULL, 0) == 1 ? ring : -1;
}

static void *polled_setter(void *arg)
{
	while (!atomic_load(&races.stop)) {
		set(shared_fd);
		dither(100);
		reset(shared_fd);
		dither(20);
	}
	return NULL;
}

static void poll_and_end(void)
{
	struct epoll_event event = { .events = EPOLLIN | (random_below(2) ? EPOLLET : 0) };
	int i;

	for (i = 0; i < 8; i++) {
		int fd = dup(shared_fd), ring = ring_poll(fd, i & 1), epoll = epoll_create1(EPOLL_CLOEXEC);

		if (fd < 0 || epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
			_exit(1);
		dither(200);
		if (i & 2)
			epoll_wait(epoll, &event, 1, 0);
		if (random_below(2))
			close(fd);
		if (ring >= 0 && random_below(2))
			close(ring);
		if (random_below(2))
			close(epoll);
	}
	_exit(0);
}

STRESS_F(nt, pollers_end_while_others_set)
{
	int64_t end = budget_end();
	long references_before;
	int status, i, rounds = 0;
	pthread_t thread;
	pid_t children[4];

	shared_fd = create(self->dev, NOTIFICATION, 0);
	references_before = module_references();
	ASSERT_EQ(0, pthread_create(&thread, NULL, polled_setter, NULL));
	do {
		for (i = 0; i < 4; i++) {
			children[i] = fork();
			ASSERT_LE(0, children[i]);
			if (!children[i]) {
				random_state = 0;
				poll_and_end();
			}
		}
		for (i = 0; i < 4; i++) {
			ASSERT_EQ(children[i], waitpid(children[i], &status, 0));
			ASSERT_EQ(0, status);
		}
		rounds += 4;
	} while (now_ms() < end);
	atomic_store(&races.stop, true);
	pthread_join(thread, NULL);
	ASSERT_TRUE(await_references(references_before));
	TH_LOG("%d processes", rounds);
}

TEST_HARNESS_MAIN
