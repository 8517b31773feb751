/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of /dev/ntsync share, for the kernel's driver ntsync and for ntevent with
 * ntsync=1: a fixture with the device open, the commands as functions, and threads that wait.
 * Commands return what the ioctl reports (a previous state, the index of a wait) or -errno. They
 * check what an ioctl writes when it fails.
 */
#ifndef NTSYNC_TEST_H
#define NTSYNC_TEST_H

#include "basics.h"
#include <linux/ntsync.h>

#define OWNER		123
#define OTHER_OWNER	456
#define AUTO		0
#define MANUAL		1
#define NO_ALERT	0
/* A deadline in the past, so that the wait does not sleep. */
#define TRY		0
#define FOREVER		UINT64_MAX
#define MAX_WAIT	NTSYNC_MAX_WAIT_COUNT

/* The value of the index before a wait. */
#define UNWRITTEN	0xdeadbeefu

static inline int semaphore(int dev, uint32_t count, uint32_t max)
{
	struct ntsync_sem_args args = { .count = count, .max = max };

	return result_of(ioctl(dev, NTSYNC_IOC_CREATE_SEM, &args));
}

static inline int mutex(int dev, uint32_t owner, uint32_t count)
{
	struct ntsync_mutex_args args = { .owner = owner, .count = count };

	return result_of(ioctl(dev, NTSYNC_IOC_CREATE_MUTEX, &args));
}

static inline int event(int dev, uint32_t manual, uint32_t signaled)
{
	struct ntsync_event_args args = { .manual = manual, .signaled = signaled };

	return result_of(ioctl(dev, NTSYNC_IOC_CREATE_EVENT, &args));
}

/* The previous count, or -errno. A failure must not write the argument. */
static inline int64_t release(int fd, uint32_t add)
{
	uint32_t count = add;
	int ret = result_of(ioctl(fd, NTSYNC_IOC_SEM_RELEASE, &count));

	if (ret < 0)
		return count == add ? ret : -EPROTO;
	return ret ? -EPROTO : (int64_t)count;
}

static inline bool sem_is(int fd, uint32_t count, uint32_t max)
{
	struct ntsync_sem_args args = { UNWRITTEN, UNWRITTEN };

	return ioctl(fd, NTSYNC_IOC_SEM_READ, &args) == 0 && args.count == count && args.max == max;
}

/* The previous count, or -errno. The owner in the argument must not be written. */
static inline int64_t unlock(int fd, uint32_t owner)
{
	struct ntsync_mutex_args args = { .owner = owner, .count = UNWRITTEN };
	int ret = result_of(ioctl(fd, NTSYNC_IOC_MUTEX_UNLOCK, &args));

	if (args.owner != owner || ret > 0 || (ret < 0 && args.count != UNWRITTEN))
		return -EPROTO;
	return ret < 0 ? ret : (int64_t)args.count;
}

static inline int kill_owner(int fd, uint32_t owner)
{
	uint32_t arg = owner;
	int ret = result_of(ioctl(fd, NTSYNC_IOC_MUTEX_KILL, &arg));

	return arg == owner ? ret : -EPROTO;
}

static inline bool mutex_is(int fd, uint32_t owner, uint32_t count)
{
	struct ntsync_mutex_args args = { UNWRITTEN, UNWRITTEN };

	return ioctl(fd, NTSYNC_IOC_MUTEX_READ, &args) == 0 && args.owner == owner && args.count == count;
}

/* Whether the mutex is abandoned: reading it fails with EOWNERDEAD and reports no owner. */
static inline bool is_abandoned(int fd)
{
	struct ntsync_mutex_args args = { UNWRITTEN, UNWRITTEN };

	return result_of(ioctl(fd, NTSYNC_IOC_MUTEX_READ, &args)) == -EOWNERDEAD && args.owner == 0 && args.count == 0;
}

/* The previous state, or -errno. */
static inline int event_command(int fd, unsigned long command)
{
	uint32_t before = UNWRITTEN;
	int ret = result_of(ioctl(fd, command, &before));

	if (ret < 0)
		return before == UNWRITTEN ? ret : -EPROTO;
	return ret || before > 1 ? -EPROTO : (int)before;
}

static inline int set(int fd)
{
	return event_command(fd, NTSYNC_IOC_EVENT_SET);
}

static inline int reset(int fd)
{
	return event_command(fd, NTSYNC_IOC_EVENT_RESET);
}

static inline int pulse(int fd)
{
	return event_command(fd, NTSYNC_IOC_EVENT_PULSE);
}

static inline bool event_is(int fd, uint32_t manual, uint32_t signaled)
{
	struct ntsync_event_args args = { UNWRITTEN, UNWRITTEN };

	return ioctl(fd, NTSYNC_IOC_EVENT_READ, &args) == 0 && args.manual == manual && args.signaled == signaled;
}

/* The state of an event, or -errno. */
static inline int state(int fd)
{
	struct ntsync_event_args args = { UNWRITTEN, UNWRITTEN };
	int ret = result_of(ioctl(fd, NTSYNC_IOC_EVENT_READ, &args));

	return ret < 0 ? ret : (int)args.signaled;
}

/* The index that the last wait of this thread wrote. */
static _Thread_local uint32_t last_index;

/* The index, or -errno. Only success and EOWNERDEAD write an index. Nothing else is written. */
static inline int wait_with(int dev, unsigned long command, struct ntsync_wait_args *args)
{
	struct ntsync_wait_args after;
	int ret;

	args->index = UNWRITTEN;
	after = *args;
	ret = result_of(ioctl(dev, command, &after));
	last_index = after.index;
	after.index = UNWRITTEN;
	if (ret > 0 || memcmp(&after, args, sizeof(after)) ||
	    (last_index == UNWRITTEN) != (ret < 0 && ret != -EOWNERDEAD))
		return -EPROTO;
	return ret < 0 ? ret : (int)last_index;
}

static inline struct ntsync_wait_args wait_args(const int *fds, uint32_t count, uint64_t timeout)
{
	return (struct ntsync_wait_args){
		.objs = (uintptr_t)fds, .count = count, .timeout = timeout, .owner = OWNER,
	};
}

static inline int wait_any_alert(int dev, const int *fds, uint32_t count, uint64_t timeout, uint32_t alert)
{
	struct ntsync_wait_args args = wait_args(fds, count, timeout);

	args.alert = alert;
	return wait_with(dev, NTSYNC_IOC_WAIT_ANY, &args);
}

static inline int wait_all_alert(int dev, const int *fds, uint32_t count, uint64_t timeout, uint32_t alert)
{
	struct ntsync_wait_args args = wait_args(fds, count, timeout);

	args.alert = alert;
	return wait_with(dev, NTSYNC_IOC_WAIT_ALL, &args);
}

static inline int wait_any(int dev, const int *fds, uint32_t count, uint64_t timeout)
{
	return wait_any_alert(dev, fds, count, timeout, NO_ALERT);
}

static inline int wait_all(int dev, const int *fds, uint32_t count, uint64_t timeout)
{
	return wait_all_alert(dev, fds, count, timeout, NO_ALERT);
}

/* Takes FD for OWNER_ if it is free. */
static inline int try_as(int dev, int fd, uint32_t owner)
{
	struct ntsync_wait_args args = wait_args(&fd, 1, TRY);

	args.owner = owner;
	return wait_with(dev, NTSYNC_IOC_WAIT_ANY, &args);
}

static inline int try_one(int dev, int fd)
{
	return try_as(dev, fd, OWNER);
}

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static inline uint64_t in_ms(uint64_t ms)
{
	return clock_ns(CLOCK_MONOTONIC) + ms * 1000000;
}

/* Ends a wait whose wake-up was lost. No test expects this timeout. */
#define LOST in_ms(SOON)

/* A thread in a wait. */
struct waiter {
	pthread_t thread;
	int dev;
	unsigned long command;
	int fds[MAX_WAIT];
	struct ntsync_wait_args args;
	int result;
	uint32_t index;
	atomic_int tid;
	atomic_bool done;
};

static inline void *waiter_main(void *arg)
{
	struct waiter *w = arg;

	atomic_store(&w->tid, syscall(SYS_gettid));
	w->result = wait_with(w->dev, w->command, &w->args);
	w->index = last_index;
	atomic_store(&w->done, true);
	return NULL;
}

/*
 * No deadline, as a wait that times out checks its state once more, which would hide a lost
 * wake-up. The fds are in the waiter, which may be copied before it starts.
 */
static inline struct waiter waiter_on(int dev, unsigned long command, const int *fds, uint32_t count)
{
	struct waiter w = { .dev = dev, .command = command, .args = wait_args(NULL, count, FOREVER) };

	memcpy(w.fds, fds, count * sizeof(*fds));
	return w;
}

static inline struct waiter any_of(int dev, const int *fds, uint32_t count)
{
	return waiter_on(dev, NTSYNC_IOC_WAIT_ANY, fds, count);
}

static inline struct waiter all_of(int dev, const int *fds, uint32_t count)
{
	return waiter_on(dev, NTSYNC_IOC_WAIT_ALL, fds, count);
}

static inline struct waiter one(int dev, int fd)
{
	return any_of(dev, &fd, 1);
}

static inline bool is_waiting(struct waiter *w)
{
	return !atomic_load(&w->done) && is_asleep(getpid(), atomic_load(&w->tid));
}

/* Starts W. Returns when it sleeps and so is queued. */
static inline bool start(struct waiter *w)
{
	w->args.objs = (uintptr_t)w->fds;
	atomic_store(&w->done, false);
	atomic_store(&w->tid, 0);
	if (pthread_create(&w->thread, NULL, waiter_main, w))
		return false;
	while (!atomic_load(&w->tid))
		sched_yield();
	return await_asleep(getpid(), atomic_load(&w->tid));
}

/* The result of W, which must end without further action. */
static inline int finish(struct waiter *w)
{
	return ends(w->thread) ? w->result : -ETIME;
}

/* Whether ntevent serves the node. */
static inline bool served_by_ntevent(void)
{
	return !access("/dev/ntsync", F_OK) && access("/sys/module/ntsync", F_OK);
}

/* The name of the module that serves the node, and its number of references, or -1 if unknown. */
static inline const char *driver(void)
{
	return served_by_ntevent() ? "ntevent" : "ntsync";
}

static inline long driver_references(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", driver());
	return read_number(path);
}

/*
 * Whether the driver reaches COUNT references. The kernel drops those of some files a little later.
 */
static inline bool await_references(long count)
{
	return await(driver_references() == count);
}

FIXTURE(ntsync) {
	int dev;
};

FIXTURE_SETUP(ntsync)
{
	self->dev = open("/dev/ntsync", O_RDONLY | O_CLOEXEC);
	if (self->dev < 0 && errno == ENOENT)
		SKIP(return, "/dev/ntsync is not there: load ntsync, or ntevent with ntsync=1");
	ASSERT_LE(0, self->dev);
}

FIXTURE_TEARDOWN(ntsync)
{
	close(self->dev);
}

#endif
