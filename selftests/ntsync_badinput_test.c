// SPDX-License-Identifier: GPL-2.0
/* Bad input to /dev/ntsync: pointers, padding, flags, counts, fds, and the order of the checks. */
#include "ntsync_test.h"
#include <linux/ntevent.h>

/* A page that is followed by an unmapped one, and a read-only page. */
static char *guard_end, *read_only;

static void map_pages(struct __test_metadata *_metadata)
{
	char *pages = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, (void *)pages);
	ASSERT_EQ(0, munmap(pages + 4096, 4096));
	guard_end = pages + 4096;
	read_only = pages + 8192;
}

/* Writes SIZE bytes of DATA to the read-only page and returns it. */
static void *sealed(struct __test_metadata *_metadata, const void *data, size_t size)
{
	ASSERT_EQ(0, mprotect(read_only, 4096, PROT_READ | PROT_WRITE));
	memcpy(read_only, data, size);
	ASSERT_EQ(0, mprotect(read_only, 4096, PROT_READ));
	return read_only;
}

static int faults(int fd, unsigned long command, void *argument)
{
	int ret = result_of(ioctl(fd, command, argument));

	return ret == -EFAULT;
}

TEST_F(ntsync, bad_pointers_change_nothing)
{
	const unsigned long on_device[] = {
		NTSYNC_IOC_CREATE_SEM, NTSYNC_IOC_CREATE_MUTEX, NTSYNC_IOC_CREATE_EVENT,
		NTSYNC_IOC_WAIT_ANY, NTSYNC_IOC_WAIT_ALL,
	};
	int sem = semaphore(self->dev, 1, 3), mtx = mutex(self->dev, OWNER, 2), free_fd, i, j;
	void *bad[5];

	map_pages(_metadata);
	memset(guard_end - 8, 1, 8);
	bad[0] = NULL;
	bad[1] = (void *)1;
	bad[2] = guard_end;
	bad[3] = guard_end - 1;
	bad[4] = (void *)-1L;
	free_fd = dup(sem);
	close(free_fd);
	for (i = 0; i < (int)ARRAY_SIZE(bad); i++) {
		for (j = 0; j < (int)ARRAY_SIZE(on_device); j++)
			ASSERT_TRUE(faults(self->dev, on_device[j], bad[i]));
		ASSERT_TRUE(faults(sem, NTSYNC_IOC_SEM_RELEASE, bad[i]));
		ASSERT_TRUE(faults(sem, NTSYNC_IOC_SEM_READ, bad[i]));
		ASSERT_TRUE(faults(mtx, NTSYNC_IOC_MUTEX_UNLOCK, bad[i]));
		ASSERT_TRUE(faults(mtx, NTSYNC_IOC_MUTEX_KILL, bad[i]));
		ASSERT_TRUE(faults(mtx, NTSYNC_IOC_MUTEX_READ, bad[i]));
	}
	/* Only the last word of the argument is unmapped. */
	for (j = 0; j < (int)ARRAY_SIZE(on_device); j++)
		ASSERT_TRUE(faults(self->dev, on_device[j], guard_end - _IOC_SIZE(on_device[j]) + 4));
	ASSERT_TRUE(faults(mtx, NTSYNC_IOC_MUTEX_UNLOCK, guard_end - 4));
	ASSERT_TRUE(sem_is(sem, 1, 3));
	ASSERT_TRUE(mutex_is(mtx, OWNER, 2));
	ASSERT_EQ(free_fd, dup(sem));
}

/* A misaligned pointer is valid, and so is one up to the end of a page. */
TEST_F(ntsync, pointers_that_are_good)
{
	int fd = event(self->dev, AUTO, 1);
	struct ntsync_wait_args args;
	char *at;

	map_pages(_metadata);
	for (at = guard_end - 64; at <= guard_end - 40; at++) {
		memcpy(at - 16, &fd, sizeof(fd));
		args = wait_args((void *)(at - 16), 1, TRY);
		memcpy(at, &args, sizeof(args));
		ASSERT_EQ(0, ioctl(self->dev, NTSYNC_IOC_WAIT_ANY, at));
		ASSERT_EQ(0, ioctl(fd, NTSYNC_IOC_EVENT_SET, guard_end - 4));
	}
}

/* If the previous state cannot be written, the state has changed all the same. */
TEST_F(ntsync, late_fault_of_a_change)
{
	int sem = semaphore(self->dev, 1, 3), mtx = mutex(self->dev, OWNER, 2), fd = event(self->dev, AUTO, 0);
	struct ntsync_mutex_args owner = { .owner = OWNER };
	uint32_t two = 2;

	map_pages(_metadata);
	ASSERT_TRUE(faults(sem, NTSYNC_IOC_SEM_RELEASE, sealed(_metadata, &two, sizeof(two))));
	ASSERT_TRUE(sem_is(sem, 3, 3));
	ASSERT_TRUE(faults(mtx, NTSYNC_IOC_MUTEX_UNLOCK, sealed(_metadata, &owner, sizeof(owner))));
	ASSERT_TRUE(mutex_is(mtx, OWNER, 1));
	ASSERT_TRUE(faults(fd, NTSYNC_IOC_EVENT_SET, NULL));
	ASSERT_TRUE(event_is(fd, AUTO, 1));
	ASSERT_TRUE(faults(fd, NTSYNC_IOC_EVENT_RESET, read_only));
	ASSERT_TRUE(event_is(fd, AUTO, 0));
	ASSERT_TRUE(faults(fd, NTSYNC_IOC_EVENT_SET, guard_end - 1));
	ASSERT_TRUE(faults(fd, NTSYNC_IOC_EVENT_PULSE, NULL));
	ASSERT_TRUE(event_is(fd, AUTO, 0));
}

/* And the waiters have been woken with what they were given. */
TEST_F(ntsync, late_fault_wakes_all_the_same)
{
	int fd = event(self->dev, AUTO, 0);
	struct waiter w = one(self->dev, fd);

	ASSERT_TRUE(start(&w));
	ASSERT_TRUE(faults(fd, NTSYNC_IOC_EVENT_PULSE, NULL));
	ASSERT_EQ(0, finish(&w));
}

/* A refused change writes nothing, so read-only memory goes unnoticed. */
TEST_F(ntsync, refusal_goes_before_the_late_fault)
{
	int sem = semaphore(self->dev, 1, 3), mtx = mutex(self->dev, OWNER, 1);
	struct ntsync_mutex_args other = { .owner = OTHER_OWNER }, nobody = {};
	uint32_t three = 3;

	map_pages(_metadata);
	ASSERT_EQ(-EOVERFLOW, result_of(ioctl(sem, NTSYNC_IOC_SEM_RELEASE, sealed(_metadata, &three, 4))));
	ASSERT_EQ(-EPERM, result_of(ioctl(mtx, NTSYNC_IOC_MUTEX_UNLOCK, sealed(_metadata, &other, sizeof(other)))));
	ASSERT_EQ(-EINVAL, result_of(ioctl(mtx, NTSYNC_IOC_MUTEX_UNLOCK, sealed(_metadata, &nobody, sizeof(nobody)))));
	/* KILL only reads. */
	ASSERT_EQ(0, ioctl(mtx, NTSYNC_IOC_MUTEX_KILL, sealed(_metadata, &(uint32_t){ OWNER }, 4)));
	ASSERT_TRUE(is_abandoned(mtx));
}

TEST_F(ntsync, reads_that_cannot_be_told)
{
	int mtx = mutex(self->dev, OWNER, 1), fd = event(self->dev, MANUAL, 1);

	map_pages(_metadata);
	ASSERT_TRUE(faults(fd, NTSYNC_IOC_EVENT_READ, guard_end - 4));
	ASSERT_TRUE(faults(mtx, NTSYNC_IOC_MUTEX_READ, guard_end - 4));
	ASSERT_EQ(0, kill_owner(mtx, OWNER));
	/* EFAULT is reported rather than EOWNERDEAD. */
	ASSERT_TRUE(faults(mtx, NTSYNC_IOC_MUTEX_READ, NULL));
	ASSERT_TRUE(is_abandoned(mtx));
}

/* A wait whose index cannot be written has taken its object. */
TEST_F(ntsync, late_fault_of_a_wait)
{
	int sem = semaphore(self->dev, 2, 3), mtx = mutex(self->dev, OWNER, 1);
	struct ntsync_wait_args args = wait_args(&sem, 1, TRY);

	map_pages(_metadata);
	ASSERT_TRUE(faults(self->dev, NTSYNC_IOC_WAIT_ANY, sealed(_metadata, &args, sizeof(args))));
	ASSERT_TRUE(sem_is(sem, 1, 3));
	ASSERT_TRUE(faults(self->dev, NTSYNC_IOC_WAIT_ALL, read_only));
	ASSERT_TRUE(sem_is(sem, 0, 3));
	/* A wait that takes nothing writes nothing. */
	ASSERT_EQ(-ETIMEDOUT, result_of(ioctl(self->dev, NTSYNC_IOC_WAIT_ANY, read_only)));
	/* EFAULT is reported rather than EOWNERDEAD. */
	ASSERT_EQ(0, kill_owner(mtx, OWNER));
	args = wait_args(&mtx, 1, TRY);
	ASSERT_TRUE(faults(self->dev, NTSYNC_IOC_WAIT_ANY, sealed(_metadata, &args, sizeof(args))));
	ASSERT_TRUE(mutex_is(mtx, OWNER, 1));
}

TEST_F(ntsync, pads_and_flags)
{
	const unsigned long commands[] = { NTSYNC_IOC_WAIT_ANY, NTSYNC_IOC_WAIT_ALL };
	int fd = semaphore(self->dev, 9, 9), bit, i;

	for (i = 0; i < 2; i++) {
		for (bit = 0; bit < 32; bit++) {
			struct ntsync_wait_args args = wait_args(&fd, 1, TRY);

			args.pad = 1u << bit;
			ASSERT_EQ(-EINVAL, wait_with(self->dev, commands[i], &args));
			args.pad = 0;
			args.flags = 1u << bit;
			ASSERT_EQ(bit ? -EINVAL : 0, wait_with(self->dev, commands[i], &args));
			args.flags |= NTSYNC_WAIT_REALTIME;
			ASSERT_EQ(bit ? -EINVAL : 0, wait_with(self->dev, commands[i], &args));
		}
	}
	ASSERT_TRUE(sem_is(fd, 5, 9));
}

/* The padding, flags, owner and count are checked first, then the array, then its fds. */
TEST_F(ntsync, order_of_the_checks)
{
	const unsigned long commands[] = { NTSYNC_IOC_WAIT_ANY, NTSYNC_IOC_WAIT_ALL };
	int i;

	map_pages(_metadata);
	for (i = 0; i < 2; i++) {
		struct ntsync_wait_args args = wait_args((void *)8, 2, TRY);

		args.alert = 99999;
		args.pad = 1;
		ASSERT_EQ(-EINVAL, wait_with(self->dev, commands[i], &args));
		args.pad = 0;
		args.flags = 2;
		ASSERT_EQ(-EINVAL, wait_with(self->dev, commands[i], &args));
		args.flags = 0;
		args.owner = 0;
		ASSERT_EQ(-EINVAL, wait_with(self->dev, commands[i], &args));
		args.owner = OWNER;
		args.count = 65;
		ASSERT_EQ(-EINVAL, wait_with(self->dev, commands[i], &args));
		args.count = 64;
		ASSERT_EQ(-EFAULT, wait_with(self->dev, commands[i], &args));
		args.count = 2;
		args.objs = (uintptr_t)guard_end - 4;
		ASSERT_EQ(-EFAULT, wait_with(self->dev, commands[i], &args));
		args.objs = (uintptr_t)guard_end - 8;
		ASSERT_EQ(-EINVAL, wait_with(self->dev, commands[i], &args));
	}
}

/* All 64 bits of the pointer count, even in a 32-bit program. */
TEST_F(ntsync, array_beyond_user_memory)
{
	int fd = semaphore(self->dev, 1, 1);
	struct ntsync_wait_args args = wait_args(&fd, 1, TRY);

	args.objs |= 1ULL << 63;
	ASSERT_EQ(-EFAULT, wait_with(self->dev, NTSYNC_IOC_WAIT_ANY, &args));
	ASSERT_EQ(-EFAULT, wait_with(self->dev, NTSYNC_IOC_WAIT_ALL, &args));
	ASSERT_TRUE(sem_is(fd, 1, 1));
}

TEST_F(ntsync, counts)
{
	const uint32_t bad[] = { 65, 66, 0x3fffffff, 0x40000000, 0x40000001, 0x80000000, UINT32_MAX };
	int fds[66], i;

	for (i = 0; i < 66; i++)
		fds[i] = semaphore(self->dev, i == 63, 1);
	for (i = 0; i < (int)ARRAY_SIZE(bad); i++) {
		ASSERT_EQ(-EINVAL, wait_any(self->dev, fds, bad[i], TRY));
		ASSERT_EQ(-EINVAL, wait_all(self->dev, fds, bad[i], TRY));
	}
	ASSERT_EQ(63, wait_any(self->dev, fds, 64, TRY));
	ASSERT_EQ(-ETIMEDOUT, wait_all(self->dev, fds, 64, TRY));
	for (i = 0; i < 64; i++)
		ASSERT_EQ(0, release(fds[i], 1));
	ASSERT_EQ(0, wait_all(self->dev, fds, 64, TRY));
	for (i = 0; i < 64; i++)
		ASSERT_TRUE(sem_is(fds[i], 0, 1));
}

/* A wait refuses these fds with EINVAL at any place in the array. */
TEST_F(ntsync, foreign_fds)
{
	int other = open("/dev/ntsync", O_RDONLY), good = semaphore(self->dev, 1, 1), pipes[2], kind, position;
	struct ntevent_create_event_args args = { .object.root = -1, .desired_access = NTEVENT_EVENT_ALL_ACCESS };
	int nt = open("/dev/ntevent", O_RDONLY), bad[12], count = 0;

	ASSERT_EQ(0, pipe(pipes));
	bad[count++] = -1;
	bad[count++] = INT32_MIN;
	bad[count++] = INT32_MAX;
	bad[count] = dup(good);
	close(bad[count++]);
	bad[count++] = pipes[0];
	bad[count++] = open("/dev/null", O_RDWR);
	bad[count++] = open("/dev/ntsync", O_PATH);
	bad[count++] = self->dev;
	bad[count++] = other;
	bad[count++] = semaphore(other, 1, 1);
	if (nt >= 0) {
		bad[count++] = nt;
		bad[count] = ioctl(nt, NTEVENT_IOC_CREATE_EVENT, &args);
		ASSERT_LE(0, bad[count++]);
	}
	for (kind = 0; kind < count; kind++) {
		for (position = 0; position < 3; position++) {
			int fds[3] = { good, good, good };

			fds[position] = bad[kind];
			ASSERT_EQ(-EINVAL, wait_any(self->dev, fds, 3, TRY));
		}
		/* Only once, or the good fd would be refused as a duplicate. */
		ASSERT_EQ(-EINVAL, wait_all(self->dev, &bad[kind], 1, TRY));
		ASSERT_EQ(-EINVAL, wait_all(self->dev, (int[]){ good, bad[kind] }, 2, TRY));
		ASSERT_EQ(-EINVAL, wait_all(self->dev, (int[]){ bad[kind], good }, 2, TRY));
		ASSERT_EQ(-EINVAL, wait_any_alert(self->dev, &good, 1, TRY, bad[kind]));
		ASSERT_EQ(-EINVAL, wait_all_alert(self->dev, &good, 1, TRY, bad[kind]));
		ASSERT_EQ(-EINVAL, wait_any_alert(self->dev, NULL, 0, TRY, bad[kind]));
		ASSERT_TRUE(sem_is(good, 1, 1));
	}
	ASSERT_TRUE(sem_is(bad[9], 1, 1));
}

/* An alert of 0 is no alert, even if an object has fd 0. As an object fd 0 is like any other. */
TEST_F(ntsync, alert_0_is_none)
{
	int fd = event(self->dev, MANUAL, 1), zero = 0, sem = semaphore(self->dev, 0, 1);

	ASSERT_EQ(0, dup2(fd, 0));
	ASSERT_EQ(-ETIMEDOUT, wait_any_alert(self->dev, &sem, 1, TRY, 0));
	ASSERT_EQ(-ETIMEDOUT, wait_any_alert(self->dev, NULL, 0, TRY, 0));
	ASSERT_EQ(-ETIMEDOUT, wait_all_alert(self->dev, &sem, 1, TRY, 0));
	ASSERT_EQ(0, wait_any(self->dev, &zero, 1, TRY));
	close(0);
	/* It is no error if fd 0 is not open. */
	ASSERT_EQ(0, wait_any_alert(self->dev, &fd, 1, TRY, 0));
}

/* An empty array is not read. */
TEST_F(ntsync, array_of_none)
{
	ASSERT_EQ(-ETIMEDOUT, wait_any(self->dev, (void *)8, 0, TRY));
	ASSERT_EQ(0, wait_all(self->dev, (void *)8, 0, TRY));
}

/* A thread rewrites the argument during the ioctl. Every result must be a known one. */
static struct ntsync_wait_args shared;
static int shared_fds[MAX_WAIT];
static atomic_bool shared_stop;

static void *rewriter(void *arg)
{
	volatile struct ntsync_wait_args *args = &shared;
	int good = (intptr_t)arg;
	unsigned int n = 0;

	while (!atomic_load(&shared_stop)) {
		n = n * 1103515245 + 12345;
		args->count = (n >> 16) % 70;
		args->owner = (n >> 8) % 4;
		args->alert = n & 0x2000 ? good : 0;
		*(volatile int *)&shared_fds[(n >> 20) % MAX_WAIT] = n & 0x1000 ? good : -1;
	}
	return NULL;
}

TEST_F(ntsync, arguments_that_change_meanwhile)
{
	int fd = event(self->dev, MANUAL, 1), i, known = 0;
	pthread_t thread;

	for (i = 0; i < MAX_WAIT; i++)
		shared_fds[i] = fd;
	shared = wait_args(shared_fds, 1, TRY);
	ASSERT_EQ(0, pthread_create(&thread, NULL, rewriter, (void *)(intptr_t)fd));
	for_rounds(i, 20000) {
		int ret = result_of(ioctl(self->dev, i & 1 ? NTSYNC_IOC_WAIT_ALL : NTSYNC_IOC_WAIT_ANY, &shared));

		known += ret == 0 || ret == -EINVAL || ret == -ETIMEDOUT;
	}
	atomic_store(&shared_stop, true);
	pthread_join(thread, NULL);
	ASSERT_EQ(i, known);
	ASSERT_TRUE(event_is(fd, MANUAL, 1));
}

TEST_HARNESS_MAIN
