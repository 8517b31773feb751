// SPDX-License-Identifier: GPL-2.0
/* Events as Linux files: poll, epoll, io_uring. */
#include <sys/epoll.h>
#include <linux/io_uring.h>
#include "ntevent_test.h"

static int poll_now(int fd)
{
	struct pollfd entry = { .fd = fd, .events = POLLIN };

	return poll(&entry, 1, 0) < 0 ? -errno : entry.revents;
}

TEST_F(nt, poll_tells_the_state_and_never_consumes)
{
	int type;

	for (type = NOTIFICATION; type <= SYNCHRONIZATION; type++) {
		int fd = create(self->dev, type, 0);

		ASSERT_EQ(0, poll_now(fd));
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(POLLIN, poll_now(fd));
		ASSERT_EQ(POLLIN, poll_now(fd));
		ASSERT_EQ(1, reset(fd));
		ASSERT_EQ(0, poll_now(fd));
	}
}

TEST_F(nt, poll_needs_synchronize)
{
	int fd = create_access(self->dev, NOTIFICATION, 1, NTEVENT_MODIFY_STATE);

	ASSERT_EQ(POLLERR, poll_now(fd));
}

/* No timeout: at its end poll() would check the state once more and hide a lost wake-up. */
static void *poller(void *arg)
{
	struct pollfd entry = { .fd = (intptr_t)arg, .events = POLLIN };

	return (void *)(intptr_t)(poll(&entry, 1, -1) == 1 ? entry.revents : -1);
}

/* Whether thread TID sleeps in the kernel, as a blocked poller does. */
static bool sleeps(pid_t tid)
{
	char path[64], text[256] = "", *end = NULL;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = fopen(path, "re");
	if (file) {
		end = fgets(text, sizeof(text), file) ? strrchr(text, ')') : NULL;
		fclose(file);
	}
	return end && !strncmp(end, ") S", 3);
}

static atomic_int poller_tid;

static void *counted_poller(void *arg)
{
	atomic_store(&poller_tid, syscall(SYS_gettid));
	return poller(arg);
}

static pthread_t start_poller(struct __test_metadata *_metadata, int fd)
{
	pthread_t thread;

	atomic_store(&poller_tid, 0);
	ASSERT_EQ(0, pthread_create(&thread, NULL, counted_poller, (void *)(intptr_t)fd));
	ASSERT_TRUE(await(atomic_load(&poller_tid) && sleeps(poller_tid)));
	return thread;
}

TEST_F(nt, set_wakes_a_poller)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);
	pthread_t thread = start_poller(_metadata, fd);
	void *result;

	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, pthread_join(thread, &result));
	ASSERT_EQ(POLLIN, (intptr_t)result);
	ASSERT_EQ(1, state(fd));
}

TEST_F(nt, waiter_goes_before_poller)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0);
	pthread_t thread = start_poller(_metadata, fd);
	struct waiter w = waiter_on(self->dev, fd);
	void *result;

	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, finish(&w));
	ASSERT_EQ(0, state(fd));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, pthread_join(thread, &result));
	ASSERT_EQ(POLLIN, (intptr_t)result);
}

/* A set under wait_all_lock, for a wait for all that it cannot complete, wakes pollers too. */
TEST_F(nt, set_under_wait_all_lock_wakes_a_poller)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), other = create(self->dev, SYNCHRONIZATION, 0);
	struct waiter w = waiter_on(self->dev, fd);
	pthread_t thread;
	void *result;

	w.fds[1] = other;
	w.count = 2;
	w.flags = NTEVENT_WAIT_ALL;
	ASSERT_TRUE(start(&w, 1));
	thread = start_poller(_metadata, fd);
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, pthread_join(thread, &result));
	ASSERT_EQ(POLLIN, (intptr_t)result);
	ASSERT_EQ(0, set(other));
	ASSERT_EQ(0, finish(&w));
}

/*
 * A poller that a set wakes must find the event signaled, however many pollers are woken after it.
 */
#define CROWD 300
#define CROWD_ROUNDS full_or_brief(200, 30)
static int crowd_epoll;
static atomic_int crowd_round;

static void *crowd_poller(void *arg)
{
	int round, rounds = CROWD_ROUNDS;
	struct epoll_event got;

	atomic_store(&poller_tid, syscall(SYS_gettid));
	for (round = 1; round <= rounds; round++) {
		/* No timeout, as in poller(). The thread sleeps nowhere else. */
		if (epoll_wait(crowd_epoll, &got, 1, -1) != 1)
			return (void *)(intptr_t)round;
		atomic_store(&crowd_round, round);
		spin_until(atomic_load(&crowd_round) != round);
	}
	return NULL;
}

TEST_F(nt, no_poller_misses_a_signal)
{
	int fd = create(self->dev, NOTIFICATION, 0), rounds = CROWD_ROUNDS, i, round;
	struct epoll_event event = { .events = EPOLLIN };
	pthread_t thread;
	void *result;

	/* The epoll that registered last is woken first. */
	for (i = 0; i < CROWD; i++) {
		crowd_epoll = epoll_create1(0);
		ASSERT_LE(0, crowd_epoll);
		ASSERT_EQ(0, epoll_ctl(crowd_epoll, EPOLL_CTL_ADD, fd, &event));
	}
	ASSERT_EQ(0, pthread_create(&thread, NULL, crowd_poller, NULL));
	for (round = 1; round <= rounds; round++) {
		ASSERT_TRUE(await(atomic_load(&poller_tid) && sleeps(poller_tid)));
		ASSERT_EQ(0, set(fd));
		ASSERT_TRUE(await(atomic_load(&crowd_round) == round));
		ASSERT_EQ(1, reset(fd));
		atomic_store(&crowd_round, 0);
	}
	ASSERT_EQ(0, pthread_join(thread, &result));
	ASSERT_EQ(NULL, result);
}

TEST_F(nt, epoll_level_and_edge)
{
	int fd = create(self->dev, NOTIFICATION, 0), level = epoll_create1(0), edge = epoll_create1(0), i;
	struct epoll_event event = { .events = EPOLLIN }, got;

	ASSERT_EQ(0, epoll_ctl(level, EPOLL_CTL_ADD, fd, &event));
	event.events = EPOLLIN | EPOLLET;
	ASSERT_EQ(0, epoll_ctl(edge, EPOLL_CTL_ADD, fd, &event));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, epoll_wait(level, &got, 1, 0));
		ASSERT_EQ(0, epoll_wait(edge, &got, 1, 0));
		ASSERT_EQ(0, set(fd));
		ASSERT_EQ(1, epoll_wait(level, &got, 1, 0));
		ASSERT_EQ(1, epoll_wait(level, &got, 1, 0));
		ASSERT_EQ(1, epoll_wait(edge, &got, 1, 0));
		ASSERT_EQ(0, epoll_wait(edge, &got, 1, 0));
		ASSERT_EQ(1, reset(fd));
	}
	/* A pulse leaves the event unsignaled for pollers. */
	ASSERT_EQ(0, pulse(fd));
	ASSERT_EQ(0, epoll_wait(level, &got, 1, 0));
}

TEST_F(nt, epoll_exclusive_and_oneshot)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), a = epoll_create1(0), b = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE }, got;

	ASSERT_EQ(0, epoll_ctl(a, EPOLL_CTL_ADD, fd, &event));
	event.events = EPOLLIN | EPOLLONESHOT;
	ASSERT_EQ(0, epoll_ctl(b, EPOLL_CTL_ADD, fd, &event));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, epoll_wait(a, &got, 1, 0));
	ASSERT_EQ(1, epoll_wait(b, &got, 1, 0));
	ASSERT_EQ(0, epoll_wait(b, &got, 1, 0));
	ASSERT_EQ(1, state(fd));
}

TEST_F(nt, closing_a_polled_event)
{
	int i, epoll = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN }, got;

	for (i = 0; i < 100; i++) {
		int fd = create(self->dev, NOTIFICATION, i & 1);
		int keep = duplicate(fd, ALL_ACCESS, 0);

		ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
		ASSERT_EQ(0, close(fd));
		/* Another handle keeps the event alive. The poller went with its file. */
		set(keep);
		ASSERT_EQ(0, epoll_wait(epoll, &got, 1, 0));
		ASSERT_EQ(0, close(keep));
	}
}

TEST_F(nt, io_uring_poll)
{
	struct io_uring_params params = {};
	int fd = create(self->dev, SYNCHRONIZATION, 0), ring = syscall(SYS_io_uring_setup, 4, &params);
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	unsigned int *sq_array;
	char *sq, *cq;

	if (ring < 0)
		SKIP(return, "no io_uring here");
	sq = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(unsigned int), PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, params.cq_off.cqes + params.cq_entries * sizeof(*cqe), PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
	sqe = mmap(NULL, params.sq_entries * sizeof(*sqe), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
	ASSERT_NE(MAP_FAILED, (void *)sqe);
	sq_array = (unsigned int *)(sq + params.sq_off.array);
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = IORING_OP_POLL_ADD;
	sqe->fd = fd;
	sqe->poll32_events = POLLIN;
	sqe->user_data = 42;
	sq_array[0] = 0;
	__atomic_store_n((unsigned int *)(sq + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	ASSERT_EQ(1, syscall(SYS_io_uring_enter, ring, 1, 0, 0, NULL, 0));
	ASSERT_EQ(0, __atomic_load_n((unsigned int *)(cq + params.cq_off.tail), __ATOMIC_ACQUIRE));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, syscall(SYS_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0));
	cqe = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
	ASSERT_EQ(42, cqe->user_data);
	ASSERT_EQ(POLLIN, cqe->res & POLLIN);
	ASSERT_EQ(1, state(fd));
}

/* A set at any moment while a poll begins is either seen or wakes it. */
static int race_fd;
static atomic_int race_begun, race_set;

static void spin(unsigned int n)
{
	while (n--)
		__asm__ volatile("" ::: "memory");
}

/* On one CPU the scheduler would run the threads one after the other. */
static void stay_on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *race_setter(void *arg)
{
	int round;

	stay_on_cpu(1);
	for (round = 1;; round++) {
		int begun;

		spin_until((begun = atomic_load(&race_begun)) == round || begun < 0);
		if (begun < 0)
			return NULL;
		spin((unsigned int)round * 7 % 4001);
		set(race_fd);
		atomic_store(&race_set, round);
	}
}

TEST_F(nt, set_races_with_poll)
{
	struct pollfd entry = { .events = POLLIN };
	int64_t end = now_ms() + 2000;
	pthread_t thread;
	int round;

	stay_on_cpu(0);
	race_fd = entry.fd = create(self->dev, NOTIFICATION, 0);
	ASSERT_EQ(0, pthread_create(&thread, NULL, race_setter, NULL));
	for (round = 1; now_ms() < end; round++) {
		atomic_store(&race_begun, round);
		ASSERT_EQ(1, poll(&entry, 1, -1));
		spin_until(atomic_load(&race_set) == round);
		ASSERT_EQ(1, reset(race_fd));
	}
	atomic_store(&race_begun, -1);
	pthread_join(thread, NULL);
	TH_LOG("%d rounds", round);
}

TEST_HARNESS_MAIN
