/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of ntevent share: a fixture with the device open, the commands as functions, and
 * threads that wait. Commands return the ioctl's value or -errno. Failures set last_status to the
 * NTSTATUS.
 */
#ifndef NTEVENT_TEST_H
#define NTEVENT_TEST_H

#include "basics.h"
#include <linux/ntevent.h>

#define NOTIFICATION	NTEVENT_NOTIFICATION_EVENT
#define SYNCHRONIZATION	NTEVENT_SYNCHRONIZATION_EVENT
#define ALL_ACCESS	NTEVENT_EVENT_ALL_ACCESS
#define USER_APC	NTEVENT_STATUS_USER_APC
#define TIMEOUT		NTEVENT_STATUS_TIMEOUT
#define MILLISECONDS(n)	(-10000LL * (n))
#define FOREVER		INT64_MAX
/* Ends a wait whose wake-up was lost. No test expects this timeout. */
#define LOST		MILLISECONDS(SOON)

/*
 * Whether a wait with a relative timeout goes on after a wake-up if no signal handler runs. Only a
 * 64-bit program on x86-64 has a place for the end of the wait. Other programs get EINTR.
 */
#ifdef __x86_64__
#define IS_RESTARTED true
#else
#define IS_RESTARTED false
#endif

/* The NTSTATUS that the last failed command stored, or UNSTORED. */
#define UNSTORED 0xdeadbeefu
static _Thread_local uint32_t last_status;

/* Checks that CALL is refused in this way. */
#define REFUSED(errno_, status_, call)			\
	do {						\
		ASSERT_EQ(-(errno_), (call));		\
		ASSERT_EQ((status_), last_status);	\
	} while (0)

static inline int create_with(int dev, struct ntevent_create_event_args *args)
{
	int ret;

	args->status = UNSTORED;
	ret = result_of(ioctl(dev, NTEVENT_IOC_CREATE_EVENT, args));
	last_status = args->status;
	return ret;
}

static inline int create_access(int dev, uint32_t type, uint32_t state, uint32_t access)
{
	struct ntevent_create_event_args args = {
		.object.root = -1,
		.desired_access = access,
		.event_type = type,
		.initial_state = state,
	};

	return create_with(dev, &args);
}

static inline int create(int dev, uint32_t type, uint32_t state)
{
	return create_access(dev, type, state, ALL_ACCESS);
}

static inline int duplicate(int fd, uint32_t access, uint32_t options)
{
	struct ntevent_duplicate_args args = {
		.desired_access = access,
		.options = options,
		.status = UNSTORED,
	};
	int ret = result_of(ioctl(fd, NTEVENT_IOC_DUPLICATE, &args));

	last_status = args.status;
	return ret;
}

static inline int set(int fd)
{
	return result_of(ioctl(fd, NTEVENT_IOC_SET));
}

static inline int reset(int fd)
{
	return result_of(ioctl(fd, NTEVENT_IOC_RESET));
}

static inline int clear(int fd)
{
	return result_of(ioctl(fd, NTEVENT_IOC_CLEAR));
}

static inline int pulse(int fd)
{
	return result_of(ioctl(fd, NTEVENT_IOC_PULSE));
}

static inline int query(int fd, struct ntevent_event_info *info)
{
	memset(info, 0xcc, sizeof(*info));
	return result_of(ioctl(fd, NTEVENT_IOC_QUERY, info));
}

/* The state, or -errno. */
static inline int state(int fd)
{
	struct ntevent_event_info info;
	int ret = query(fd, &info);

	return ret < 0 ? ret : (int)info.event_state;
}

static inline int wait_on(int dev, const int *fds, uint32_t count, uint32_t flags, int64_t timeout, int alert)
{
	struct ntevent_wait_args args = {
		.handles = (uintptr_t)fds,
		.timeout = timeout,
		.count = count,
		.flags = flags | (timeout == FOREVER ? 0 : NTEVENT_WAIT_TIMEOUT),
		.alert = alert,
		.status = UNSTORED,
	};
	int ret = result_of(ioctl(dev, NTEVENT_IOC_WAIT, &args));

	last_status = args.status;
	return ret;
}

static inline int wait_any(int dev, const int *fds, uint32_t count, int64_t timeout)
{
	return wait_on(dev, fds, count, 0, timeout, 0);
}

static inline int wait_all(int dev, const int *fds, uint32_t count, int64_t timeout)
{
	return wait_on(dev, fds, count, NTEVENT_WAIT_ALL, timeout, 0);
}

static inline int wait_one_alert(int fd, int64_t timeout, uint32_t flags, int alert)
{
	struct ntevent_wait_one_args args = {
		.timeout = timeout,
		.flags = flags | (timeout == FOREVER ? 0 : NTEVENT_WAIT_TIMEOUT),
		.alert = alert,
		.status = UNSTORED,
	};
	int ret = result_of(ioctl(fd, NTEVENT_IOC_WAIT_ONE, &args));

	last_status = args.status;
	return ret;
}

static inline int wait_one(int fd, int64_t timeout)
{
	return wait_one_alert(fd, timeout, 0, 0);
}

static inline int signal_and_wait(int dev, int signal_fd, int wait_fd, int64_t timeout, uint32_t flags, int alert)
{
	struct ntevent_signal_and_wait_args args = {
		.timeout = timeout,
		.signal = signal_fd,
		.wait = wait_fd,
		.flags = flags | (timeout == FOREVER ? 0 : NTEVENT_WAIT_TIMEOUT),
		.alert = alert,
		.status = UNSTORED,
	};
	int ret = result_of(ioctl(dev, NTEVENT_IOC_SIGNAL_AND_WAIT, &args));

	last_status = args.status;
	return ret;
}

/* The wall clock in NT's time: units of 100 ns since 1601. */
static inline int64_t nt_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return 116444736000000000LL + ts.tv_sec * 10000000LL + ts.tv_nsec / 100;
}

/* The number after KEY in the fdinfo of FD, or -1. */
static inline long fdinfo(int fd, const char *key)
{
	char path[64], line[256];
	size_t length = strlen(key);
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, key, length) && line[length] == ':')
			value = strtol(line + length + 1, NULL, 0);
	fclose(file);
	return value;
}

/* The number of references to the module, or -1 if unknown. */
static inline long module_references(void)
{
	return read_number("/sys/module/ntevent/refcnt");
}

/* Whether the queue of FD reaches COUNT waiters. */
static inline bool await_waiters(int fd, long count)
{
	return await(fdinfo(fd, "waiters") == count);
}

/* A thread in a wait. */
struct waiter {
	pthread_t thread;
	int dev;
	int fds[NTEVENT_MAX_WAIT_OBJECTS];
	uint32_t count;
	uint32_t flags;
	int64_t timeout;
	int alert;
	int result;
	pid_t tid;
	atomic_bool done;
};

static inline void *waiter_main(void *arg)
{
	struct waiter *w = arg;

	w->tid = syscall(SYS_gettid);
	w->result = wait_on(w->dev, w->fds, w->count, w->flags, w->timeout, w->alert);
	atomic_store(&w->done, true);
	return NULL;
}

/* Starts W. Returns when it is the COUNTth in the queue of its first object. */
static inline bool start(struct waiter *w, long count)
{
	atomic_store(&w->done, false);
	if (pthread_create(&w->thread, NULL, waiter_main, w))
		return false;
	return await_waiters(w->fds[0], count);
}

/*
 * No timeout, as a wait that times out checks its state once more, which would hide a lost wake-up.
 */
static inline struct waiter waiter_on(int dev, int fd)
{
	return (struct waiter){ .dev = dev, .fds = { fd }, .count = 1, .timeout = FOREVER };
}

/* The result of W, which must end without further action. */
static inline int finish(struct waiter *w)
{
	return ends(w->thread) ? w->result : -ETIMEDOUT;
}

/* A test with another fixture defines this. */
#ifndef NTEVENT_OWN_FIXTURE
FIXTURE(nt) {
	int dev;
};

FIXTURE_SETUP(nt)
{
	self->dev = open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
	if (self->dev < 0 && errno == ENOENT)
		SKIP(return, "/dev/ntevent is not there: load the module");
	ASSERT_LE(0, self->dev);
}

FIXTURE_TEARDOWN(nt)
{
	close(self->dev);
}
#endif

#endif
