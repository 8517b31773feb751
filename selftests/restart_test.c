// SPDX-License-Identifier: GPL-2.0
/*
 * Waits with a relative timeout, and wake-ups without a signal handler: stopping and continuing,
 * and task work of io_uring. Such a wait is restarted and keeps its end.
 */
#include <linux/io_uring.h>
#include <setjmp.h>
#include "ntevent_test.h"

static volatile int signals;

static void count(int signal)
{
	signals++;
}

/*
 * A wait of each kind with a relative timeout. Returns the result of the wait, and how long it
 * took. Kind 3 sets fds[1] before it waits.
 */
#define KINDS 4

static int relative_wait(int dev, int fd, int kind, int64_t timeout)
{
	int fds[2] = { fd, create(dev, NOTIFICATION, 1) }, result;

	switch (kind) {
	case 0:
		result = wait_one(fd, timeout);
		break;
	case 1:
		result = wait_any(dev, fds, 1, timeout);
		break;
	case 2:
		result = wait_all(dev, fds, 2, timeout);
		break;
	default:
		result = signal_and_wait(dev, fds[1], fd, timeout, 0, 0);
	}
	close(fds[1]);
	return result;
}

/*
 * Without a handler, a stopped relative wait goes on until its end. It does not begin anew.
 * Otherwise it would never end here, because each stop comes before its end.
 */
TEST_F(nt, F06_stop_and_continue_end_no_relative_wait)
{
	const int64_t length = patience(500);
	int fd = create(self->dev, SYNCHRONIZATION, 0), status, kind, i;

	if (!IS_RESTARTED)
		SKIP(return, "not for this processor");
	for (kind = 0; kind < KINDS; kind++) {
		int64_t from = now_ms();
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child) {
			int result = relative_wait(self->dev, fd, kind, MILLISECONDS(length));

			_exit(result == TIMEOUT && now_ms() - from >= length ? 0 : 1);
		}
		ASSERT_TRUE(await_waiters(fd, 1));
		for (i = 0; i < 20; i++) {
			ASSERT_EQ(0, kill(child, SIGSTOP));
			ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
			if (!WIFSTOPPED(status))
				break;
			ASSERT_EQ(0, kill(child, SIGCONT));
			usleep(length * 500);
		}
		ASSERT_GT(20, i);
		ASSERT_TRUE(WIFEXITED(status));
		ASSERT_EQ(0, WEXITSTATUS(status));
		ASSERT_EQ(0, fdinfo(fd, "waiters"));
	}
}

/* A wait whose end comes while the process is stopped still takes a signal from that time. */
TEST_F(nt, F06_end_while_stopped)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), status, signaled;

	if (!IS_RESTARTED)
		SKIP(return, "not for this processor");
	for (signaled = 0; signaled < 2; signaled++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child)
			_exit(wait_one(fd, MILLISECONDS(patience(100))) == (signaled ? 0 : TIMEOUT) ? 0 : 1);
		ASSERT_TRUE(await_waiters(fd, 1));
		ASSERT_EQ(0, kill(child, SIGSTOP));
		ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
		ASSERT_TRUE(WIFSTOPPED(status));
		usleep(patience(150) * 1000);
		if (signaled)
			ASSERT_EQ(0, set(fd));
		ASSERT_EQ(0, kill(child, SIGCONT));
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
		ASSERT_EQ(0, state(fd));
	}
}

/* A handler ends a wait that was stopped before. A later wait has its whole time. */
TEST_F(nt, F06_handler_ends_a_wait_that_was_stopped)
{
	struct sigaction action = { .sa_handler = count, .sa_flags = SA_RESTART };
	const int64_t length = patience(300);
	int fd = create(self->dev, SYNCHRONIZATION, 0), status, kind;

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	for (kind = 0; kind < KINDS; kind++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child) {
			int64_t from;

			if (relative_wait(self->dev, fd, kind, LOST) != -EINTR || !signals)
				_exit(1);
			from = now_ms();
			if (relative_wait(self->dev, fd, kind, MILLISECONDS(length)) != TIMEOUT)
				_exit(2);
			_exit(now_ms() - from < length ? 3 : 0);
		}
		ASSERT_TRUE(await_waiters(fd, 1));
		ASSERT_EQ(0, kill(child, SIGSTOP));
		ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
		ASSERT_TRUE(WIFSTOPPED(status));
		/* The handler runs when the process continues, or after it is back in the wait. */
		if (kind % 2)
			ASSERT_EQ(0, kill(child, SIGUSR1));
		ASSERT_EQ(0, kill(child, SIGCONT));
		if (!(kind % 2) && IS_RESTARTED)
			ASSERT_TRUE(await_waiters(fd, 1));
		ASSERT_EQ(0, kill(child, SIGUSR1));
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
	}
}

/*
 * A handler jumps away, and the program makes the same call again. The second wait is not taken for
 * the first one.
 */
static sigjmp_buf jump;

static void jump_away(int signal)
{
	siglongjmp(jump, 1);
}

TEST_F(nt, F06_handler_that_jumps_away)
{
	struct sigaction action = { .sa_handler = jump_away };
	const int64_t length = patience(300);
	int fd = create(self->dev, SYNCHRONIZATION, 0), status;
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		volatile int64_t from = 0;
		int result;

		sigaction(SIGUSR1, &action, NULL);
		if (sigsetjmp(jump, 1))
			from = now_ms();
		result = wait_one(fd, MILLISECONDS(length));
		_exit(from && result == TIMEOUT && now_ms() - from >= length ? 0 : 1);
	}
	ASSERT_TRUE(await_waiters(fd, 1));
	ASSERT_EQ(0, kill(child, SIGSTOP));
	ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
	ASSERT_TRUE(WIFSTOPPED(status));
	usleep(length * 500);
	ASSERT_EQ(0, kill(child, SIGUSR1));
	ASSERT_EQ(0, kill(child, SIGCONT));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
}

/*
 * During the wait io_uring completes a timer of this thread. That wakes the thread as a signal
 * does, but there is no signal.
 */
struct ring {
	int fd;
	char *queue;
	struct io_uring_sqe *entries;
	struct io_uring_params params;
};

static bool open_ring(struct ring *ring)
{
	memset(ring, 0, sizeof(*ring));
	ring->fd = syscall(__NR_io_uring_setup, 8, &ring->params);
	if (ring->fd < 0)
		return false;
	ring->queue = mmap(NULL, ring->params.sq_off.array + ring->params.sq_entries * sizeof(int),
			   PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
	ring->entries = mmap(NULL, ring->params.sq_entries * sizeof(*ring->entries), PROT_READ | PROT_WRITE, MAP_SHARED,
			     ring->fd, IORING_OFF_SQES);
	return ring->queue != MAP_FAILED && ring->entries != MAP_FAILED;
}

/* Makes a timer of the ring complete at TIME. */
static bool add_timer(struct ring *ring, struct __kernel_timespec *time)
{
	unsigned int *tail = (unsigned int *)(ring->queue + ring->params.sq_off.tail);
	unsigned int *array = (unsigned int *)(ring->queue + ring->params.sq_off.array);
	unsigned int mask = *(unsigned int *)(ring->queue + ring->params.sq_off.ring_mask), at = *tail & mask;

	ring->entries[at] = (struct io_uring_sqe){
		.opcode = IORING_OP_TIMEOUT,
		.addr = (uintptr_t)time,
		.len = 1,
	};
	array[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return syscall(__NR_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0) == 1;
}

static unsigned int completions(struct ring *ring)
{
	return __atomic_load_n((unsigned int *)(ring->queue + ring->params.cq_off.tail), __ATOMIC_ACQUIRE);
}

TEST_F(nt, F06_io_uring_ends_no_relative_wait)
{
	const int64_t length = patience(400);
	struct __kernel_timespec times[4];
	int fd = create(self->dev, SYNCHRONIZATION, 0), kind, i;
	struct ring ring;

	if (!IS_RESTARTED)
		SKIP(return, "not for this processor");
	if (!open_ring(&ring))
		SKIP(return, "no io_uring here");
	for (kind = 0; kind < KINDS; kind++) {
		unsigned int before = completions(&ring);
		int64_t from = now_ms();

		for (i = 0; i < 4; i++) {
			times[i] = (struct __kernel_timespec){ .tv_nsec = 1000000 * (length / 8) * (i + 1) };
			times[i].tv_sec = times[i].tv_nsec / 1000000000;
			times[i].tv_nsec %= 1000000000;
			ASSERT_TRUE(add_timer(&ring, &times[i]));
		}
		ASSERT_EQ(TIMEOUT, relative_wait(self->dev, fd, kind, MILLISECONDS(length)));
		ASSERT_LE(length, now_ms() - from);
		ASSERT_GE(length + SOON, now_ms() - from);
		ASSERT_EQ(before + 4, completions(&ring));
	}
	close(ring.fd);
}

/* The number of a system call is an int. The upper half of the register has no effect. */
TEST_F(nt, F06_upper_half_of_the_number)
{
#ifdef __x86_64__
	const int64_t length = patience(100);
	int a = create(self->dev, SYNCHRONIZATION, 0), b = create(self->dev, SYNCHRONIZATION, 1);
	struct ntevent_wait_one_args one = { .timeout = MILLISECONDS(length), .flags = NTEVENT_WAIT_TIMEOUT };
	struct ntevent_signal_and_wait_args both = { .signal = a, .wait = b };
	const uint32_t halves[] = { 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x4d000000, 0x4f000000 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(halves); i++) {
		long number = SYS_ioctl | (uint64_t)halves[i] << 32, result;
		int64_t from = now_ms();

		asm volatile("syscall"
			     : "=a"(result)
			     : "0"(number), "D"((long)a), "S"((long)NTEVENT_IOC_WAIT_ONE), "d"(&one)
			     : "rcx", "r11", "memory");
		ASSERT_EQ(TIMEOUT, result);
		ASSERT_LE(length, now_ms() - from);
		asm volatile("syscall"
			     : "=a"(result)
			     : "0"(number), "D"((long)self->dev), "S"((long)NTEVENT_IOC_SIGNAL_AND_WAIT), "d"(&both)
			     : "rcx", "r11", "memory");
		ASSERT_EQ(0, result);
		ASSERT_EQ(1, reset(a));
		ASSERT_EQ(0, set(b));
	}
#else
	SKIP(return, "not for this processor");
#endif
}

TEST_HARNESS_MAIN
