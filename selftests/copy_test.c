// SPDX-License-Identifier: GPL-2.0
/* Copies between user and kernel. Arguments are read once, and only the result is written. */
#include "ntevent_test.h"

#define BEFORE 64
#define ROOM 256

/* The memory around an argument, before and after the ioctl. */
static unsigned char was[ROOM], is[ROOM];

static void *put(const void *args, size_t size)
{
	memset(was, 0xaa, sizeof(was));
	memcpy(was + BEFORE, args, size);
	memcpy(is, was, sizeof(was));
	return is + BEFORE;
}

/* Whether only the LENGTH bytes of the argument that start at FROM have changed. */
static bool others_kept(size_t from, size_t length)
{
	size_t end = BEFORE + from + length;

	return !memcmp(was, is, BEFORE + from) && !memcmp(was + end, is + end, ROOM - end);
}

#define CHECK_STATUS(fd, command, args, errnum, code) do {					\
		ASSERT_EQ(errnum, -result_of(ioctl(fd, command, put(&(args), sizeof(args)))));	\
		ASSERT_TRUE(others_kept(offsetof(__typeof__(args), status), 4));		\
		memcpy(&status, is + BEFORE + offsetof(__typeof__(args), status), 4);		\
		ASSERT_EQ(code, status);							\
	} while (0)

TEST_F(nt, failure_writes_the_status_alone)
{
	struct ntevent_create_event_args event = { .object.root = -1, .event_type = 2, .status = UNSTORED };
	struct ntevent_wait_args wait = { .timeout = -1, .flags = 1, .alert = 7, .status = UNSTORED };
	struct ntevent_wait_one_args one = { .timeout = -1, .flags = 1, .alert = 7, .pad = 1, .status = UNSTORED };
	struct ntevent_signal_and_wait_args both = { .signal = -1, .wait = -1, .alert = 7, .status = UNSTORED };
	struct ntevent_duplicate_args copy = { .desired_access = 3, .options = 1, .status = UNSTORED };
	int fd = create(self->dev, SYNCHRONIZATION, 0);
	uint32_t status;

	CHECK_STATUS(self->dev, NTEVENT_IOC_CREATE_EVENT, event, EINVAL, NTEVENT_STATUS_INVALID_PARAMETER);
	CHECK_STATUS(self->dev, NTEVENT_IOC_WAIT, wait, EINVAL, NTEVENT_STATUS_INVALID_PARAMETER_1);
	CHECK_STATUS(fd, NTEVENT_IOC_WAIT_ONE, one, EINVAL, NTEVENT_STATUS_INVALID_PARAMETER);
	CHECK_STATUS(self->dev, NTEVENT_IOC_SIGNAL_AND_WAIT, both, EBADF, NTEVENT_STATUS_INVALID_HANDLE);
	CHECK_STATUS(fd, NTEVENT_IOC_DUPLICATE, copy, EINVAL, NTEVENT_STATUS_INVALID_PARAMETER);
}

TEST_F(nt, result_is_written_exactly)
{
	struct ntevent_create_event_args event = { .object.root = -1, .desired_access = ALL_ACCESS,
						   .event_type = 1, .initial_state = 1, .status = UNSTORED };
	struct ntevent_event_info state = {};
	struct ntevent_info info = {};
	int fd = ioctl(self->dev, NTEVENT_IOC_CREATE_EVENT, put(&event, sizeof(event)));

	ASSERT_LE(0, fd);
	ASSERT_TRUE(others_kept(offsetof(__typeof__(event), status), 4));
	ASSERT_EQ(0, ioctl(fd, NTEVENT_IOC_QUERY, put(&state, sizeof(state))));
	ASSERT_TRUE(others_kept(0, sizeof(state)));
	ASSERT_EQ(0, ioctl(self->dev, NTEVENT_IOC_GET_INFO, put(&info, sizeof(info))));
	ASSERT_TRUE(others_kept(0, sizeof(info)));
	memcpy(&info, is + BEFORE, sizeof(info));
	ASSERT_EQ(NTEVENT_FEATURE_EVENTS | NTEVENT_FEATURE_NAMES, info.features);
}

/* If the result cannot be stored, the event, its file and its fd are gone. */
TEST_F(nt, failed_create_leaves_nothing)
{
	struct ntevent_create_event_args args = { .object.root = -1, .desired_access = ALL_ACCESS };
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long before = module_references();
	int next = dup(self->dev), i;

	close(next);
	memcpy(page, &args, sizeof(args));
	ASSERT_EQ(0, mprotect(page, 4096, PROT_READ));
	before = module_references();
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(-1, ioctl(self->dev, NTEVENT_IOC_CREATE_EVENT, page));
		ASSERT_EQ(EFAULT, errno);
	}
	ASSERT_EQ(before, module_references());
	ASSERT_EQ(next, dup(self->dev));
}

/*
 * A thread swaps an array entry between an unsignaled event with SYNCHRONIZE and a signaled event
 * without it. The kernel must wait for the handle that it checked.
 */
static int changing_fds[64], allowed, forbidden;
static atomic_bool changing_stop;

static void *changer(void *arg)
{
	volatile int *fd = &changing_fds[0];

	while (!atomic_load(&changing_stop)) {
		*fd = allowed;
		*fd = forbidden;
	}
	return NULL;
}

TEST_F(nt, handles_are_fetched_once)
{
	int full = create(self->dev, SYNCHRONIZATION, 1), i, kinds[2] = {};
	int64_t end = now_ms() + 1000;
	pthread_t thread;

	allowed = create(self->dev, NOTIFICATION, 0);
	forbidden = duplicate(full, NTEVENT_MODIFY_STATE, 0);
	for (i = 0; i < 64; i++)
		changing_fds[i] = allowed;
	ASSERT_EQ(0, pthread_create(&thread, NULL, changer, NULL));
	while (now_ms() < end) {
		int result = wait_any(self->dev, changing_fds, 64, 0);

		ASSERT_TRUE(result == TIMEOUT || result == -EACCES);
		kinds[result == TIMEOUT]++;
	}
	atomic_store(&changing_stop, true);
	pthread_join(thread, NULL);
	ASSERT_EQ(1, state(full));
	TH_LOG("%d refused, %d not", kinds[0], kinds[1]);
}

TEST_HARNESS_MAIN
