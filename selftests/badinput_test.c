// SPDX-License-Identifier: GPL-2.0
/* Bad input must get the documented error and change nothing. */
#include <linux/userfaultfd.h>
#include "ntevent_test.h"

/* Pointers that the kernel cannot read or write. */
static void *bad_pointers[8];
static int bad_count;
static char *guard_end, *read_only;

static void map_pages(struct __test_metadata *_metadata)
{
	char *pages = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, (void *)pages);
	ASSERT_EQ(0, munmap(pages + 4096, 4096));
	ASSERT_EQ(0, mprotect(pages + 8192, 4096, PROT_READ));
	guard_end = pages + 4096;
	read_only = pages + 8192;
	bad_pointers[bad_count++] = NULL;
	bad_pointers[bad_count++] = (void *)1;
	bad_pointers[bad_count++] = (void *)8;
	bad_pointers[bad_count++] = guard_end;
	bad_pointers[bad_count++] = guard_end - 1;
	bad_pointers[bad_count++] = (void *)-1L;
	bad_pointers[bad_count++] = (void *)-4096L;
#ifdef __LP64__
	bad_pointers[bad_count++] = (void *)0xffff888000000000UL;
#else
	bad_pointers[bad_count++] = (void *)0xc0000000UL;
#endif
}

TEST_F(nt, pointers_that_cannot_be_used)
{
	const unsigned long on_device[] = { NTEVENT_IOC_CREATE_EVENT, NTEVENT_IOC_WAIT, NTEVENT_IOC_SIGNAL_AND_WAIT,
					    NTEVENT_IOC_GET_INFO };
	const unsigned long on_event[] = { NTEVENT_IOC_QUERY, NTEVENT_IOC_WAIT_ONE, NTEVENT_IOC_DUPLICATE };
	int fd = create(self->dev, SYNCHRONIZATION, 1), next, i, j;

	map_pages(_metadata);
	next = dup(fd);
	close(next);
	for (i = 0; i < bad_count; i++) {
		for (j = 0; j < (int)ARRAY_SIZE(on_device); j++) {
			ASSERT_EQ(-1, ioctl(self->dev, on_device[j], bad_pointers[i]));
			ASSERT_EQ(EFAULT, errno);
		}
		for (j = 0; j < (int)ARRAY_SIZE(on_event); j++) {
			/* WAIT_ONE takes a null pointer as a wait without a timeout. */
			if (on_event[j] == NTEVENT_IOC_WAIT_ONE && !bad_pointers[i])
				continue;
			ASSERT_EQ(-1, ioctl(fd, on_event[j], bad_pointers[i]));
			ASSERT_EQ(EFAULT, errno);
		}
		ASSERT_EQ(1, state(fd));
	}
	ASSERT_EQ(next, dup(fd));
}

/* If the result cannot be stored, no event and no fd remains. */
TEST_F(nt, read_only_results)
{
	struct ntevent_create_event_args args = { .object.root = -1, .desired_access = ALL_ACCESS };
	int fd = create(self->dev, SYNCHRONIZATION, 1), next;

	map_pages(_metadata);
	ASSERT_EQ(0, mprotect(read_only, 4096, PROT_READ | PROT_WRITE));
	memcpy(read_only, &args, sizeof(args));
	ASSERT_EQ(0, mprotect(read_only, 4096, PROT_READ));
	next = dup(fd);
	close(next);
	ASSERT_EQ(-1, ioctl(self->dev, NTEVENT_IOC_CREATE_EVENT, read_only));
	ASSERT_EQ(EFAULT, errno);
	ASSERT_EQ(next, dup(fd));
	ASSERT_EQ(-1, ioctl(fd, NTEVENT_IOC_QUERY, read_only));
	ASSERT_EQ(EFAULT, errno);
	ASSERT_EQ(-1, ioctl(self->dev, NTEVENT_IOC_GET_INFO, read_only));
	ASSERT_EQ(EFAULT, errno);
}

/* A successful wait writes nothing, so its arguments may be read-only. Errors are in errno. */
TEST_F(nt, read_only_wait_arguments)
{
	int fd = create(self->dev, SYNCHRONIZATION, 1);
	struct ntevent_wait_args wait = { .count = 1, .flags = NTEVENT_WAIT_TIMEOUT };
	struct ntevent_wait_one_args one = { .flags = NTEVENT_WAIT_TIMEOUT };
	struct ntevent_duplicate_args dup_args = { .desired_access = ALL_ACCESS };

	map_pages(_metadata);
	ASSERT_EQ(0, mprotect(read_only, 4096, PROT_READ | PROT_WRITE));
	memcpy(read_only + 512, &fd, sizeof(fd));
	wait.handles = (uintptr_t)(read_only + 512);
	memcpy(read_only, &wait, sizeof(wait));
	memcpy(read_only + 64, &one, sizeof(one));
	memcpy(read_only + 128, &dup_args, sizeof(dup_args));
	wait.count = 65;
	memcpy(read_only + 192, &wait, sizeof(wait));
	ASSERT_EQ(0, mprotect(read_only, 4096, PROT_READ));
	ASSERT_EQ(0, ioctl(self->dev, NTEVENT_IOC_WAIT, read_only));
	ASSERT_EQ(TIMEOUT, ioctl(self->dev, NTEVENT_IOC_WAIT, read_only));
	ASSERT_EQ(TIMEOUT, ioctl(fd, NTEVENT_IOC_WAIT_ONE, read_only + 64));
	ASSERT_LE(0, ioctl(fd, NTEVENT_IOC_DUPLICATE, read_only + 128));
	ASSERT_EQ(-1, ioctl(self->dev, NTEVENT_IOC_WAIT, read_only + 192));
	ASSERT_EQ(EINVAL, errno);
}

/* A successful wait or duplication does not write its argument, not even the status field. */
TEST_F(nt, success_writes_nothing)
{
	int fd = create(self->dev, NOTIFICATION, 1);

	ASSERT_EQ(0, wait_any(self->dev, &fd, 1, 0));
	ASSERT_EQ(UNSTORED, last_status);
	ASSERT_EQ(0, wait_one(fd, 0));
	ASSERT_EQ(UNSTORED, last_status);
	ASSERT_EQ(0, signal_and_wait(self->dev, fd, fd, 0, 0, 0));
	ASSERT_EQ(UNSTORED, last_status);
	ASSERT_LE(0, duplicate(fd, 0, 0));
	ASSERT_EQ(UNSTORED, last_status);
}

TEST_F(nt, unaligned_argument_structs)
{
	char buffer[64];
	struct ntevent_create_event_args args = { .object.root = -1, .desired_access = ALL_ACCESS };
	uint32_t status = UNSTORED;

	args.status = UNSTORED;
	memcpy(buffer + 1, &args, sizeof(args));
	ASSERT_LE(0, ioctl(self->dev, NTEVENT_IOC_CREATE_EVENT, buffer + 1));
	memcpy(&status, buffer + 1 + offsetof(struct ntevent_create_event_args, status), sizeof(status));
	ASSERT_EQ(0, status);
}

TEST_F(nt, V61_V62_V64_V65_counts_and_arrays)
{
	const uint32_t bad[] = { 0, 65, 66, 0x3fffffff, 0x40000000, 0x40000001, 0x80000000, UINT32_MAX };
	int fd = create(self->dev, SYNCHRONIZATION, 1), fds[2] = { fd, fd };
	unsigned int i, all;

	map_pages(_metadata);
	for (all = 0; all < 2; all++) {
		for (i = 0; i < ARRAY_SIZE(bad); i++) {
			/* The count is checked first. */
			REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER_1,
				wait_on(self->dev, (void *)3L, bad[i], all, 0, 0));
		}
		REFUSED(EFAULT, NTEVENT_STATUS_ACCESS_VIOLATION, wait_on(self->dev, (void *)8L, 2, all, 0, 0));
		REFUSED(EFAULT, NTEVENT_STATUS_ACCESS_VIOLATION,
			wait_on(self->dev, (void *)(guard_end - 4), 2, all, 0, 0));
		REFUSED(EINVAL, NTEVENT_STATUS_DATATYPE_MISALIGNMENT,
			wait_on(self->dev, (void *)((char *)fds + 1), 1, all, 0, 0));
	}
	ASSERT_EQ(1, state(fd));
}

/* NT's WaitType is a flag here. Unknown flags and nonzero padding are refused. */
TEST_F(nt, V63_unknown_flags_and_pads)
{
	int fd = create(self->dev, SYNCHRONIZATION, 1), bit;

	for (bit = 4; bit < 32; bit++) {
		uint32_t flag = 1u << bit;

		REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, wait_on(self->dev, &fd, 1, flag, 0, 0));
		REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, wait_one_alert(fd, 0, flag, 0));
		REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, signal_and_wait(self->dev, fd, fd, 0, flag, 0));
	}
	for (bit = 0; bit < 32; bit++) {
		struct ntevent_wait_one_args one = { .pad = 1u << bit, .flags = NTEVENT_WAIT_TIMEOUT };
		struct ntevent_signal_and_wait_args both = {
			.pad = 1u << bit, .flags = NTEVENT_WAIT_TIMEOUT, .signal = fd, .wait = fd,
		};

		ASSERT_EQ(-1, ioctl(fd, NTEVENT_IOC_WAIT_ONE, &one));
		ASSERT_EQ(EINVAL, errno);
		ASSERT_EQ(NTEVENT_STATUS_INVALID_PARAMETER, one.status);
		ASSERT_EQ(-1, ioctl(self->dev, NTEVENT_IOC_SIGNAL_AND_WAIT, &both));
		ASSERT_EQ(EINVAL, errno);
		ASSERT_EQ(NTEVENT_STATUS_INVALID_PARAMETER, both.status);
	}
	ASSERT_EQ(1, state(fd));
}

TEST_F(nt, V83_V84_one_bad_handle_spoils_the_wait)
{
	int good = create(self->dev, SYNCHRONIZATION, 1), bad[3], position, all, kind;
	const int errnos[] = { -EBADF, -EBADF, -EACCES };

	bad[0] = -1;
	bad[1] = open("/dev/null", O_RDWR);
	bad[2] = create_access(self->dev, SYNCHRONIZATION, 1, NTEVENT_MODIFY_STATE);
	for (kind = 0; kind < 3; kind++) {
		for (position = 0; position < 4; position++) {
			for (all = 0; all < 2; all++) {
				int fds[4] = { good, good, good, good };

				fds[position] = bad[kind];
				ASSERT_EQ(errnos[kind], wait_on(self->dev, fds, 4, all, 0, 0));
				ASSERT_EQ(kind == 2 ? NTEVENT_STATUS_ACCESS_DENIED : NTEVENT_STATUS_INVALID_HANDLE,
					  last_status);
				ASSERT_EQ(1, state(good));
			}
		}
	}
}

TEST_F(nt, V85_pseudo_and_foreign_handles)
{
	int pipes[2], path = open("/dev/ntevent", O_PATH), i;
	int bad[] = { -1, -2, INT32_MIN, INT32_MAX, self->dev, 0, 0, 0, 0 };

	ASSERT_EQ(0, pipe(pipes));
	bad[5] = pipes[0];
	bad[6] = syscall(SYS_epoll_create1, 0);
	bad[7] = path;
	bad[8] = create(self->dev, 0, 0);
	close(bad[8]);
	for (i = 0; i < (int)ARRAY_SIZE(bad); i++) {
		REFUSED(EBADF, NTEVENT_STATUS_INVALID_HANDLE, wait_any(self->dev, &bad[i], 1, 0));
		REFUSED(EBADF, NTEVENT_STATUS_INVALID_HANDLE, signal_and_wait(self->dev, bad[i], bad[i], 0, 0, 0));
	}
}

TEST_F(nt, V139_event_types)
{
	const uint32_t bad[] = { 2, 3, 0x100, 0x10000, 0x80000000, UINT32_MAX };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, create(self->dev, bad[i], 0));
	}
}

/* Undefined attributes, OBJ_PROTECT_CLOSE and OBJ_OPENLINK are refused. */
TEST_F(nt, V173_V174_attributes)
{
	const uint32_t known = NTEVENT_OBJ_INHERIT | NTEVENT_OBJ_PERMANENT | NTEVENT_OBJ_EXCLUSIVE |
			       NTEVENT_OBJ_CASE_INSENSITIVE | NTEVENT_OBJ_OPENIF | NTEVENT_OBJ_KERNEL_HANDLE |
			       NTEVENT_OBJ_FORCE_ACCESS_CHECK | NTEVENT_OBJ_DONT_REPARSE;
	int fd = create(self->dev, SYNCHRONIZATION, 1), bit;

	for (bit = 0; bit < 32; bit++) {
		struct ntevent_create_event_args args = { .object = { .root = -1, .attributes = 1u << bit } };
		struct ntevent_duplicate_args dup_args = { .attributes = 1u << bit };
		int privilege = geteuid() ? -EPERM : 0;
		int expected = !(known & (1u << bit)) ? -EINVAL :
			       (1u << bit) == NTEVENT_OBJ_PERMANENT ? privilege : 0;
		int made = create_with(self->dev, &args);

		ASSERT_EQ(expected, made < 0 ? made : 0);
		if (made >= 0) {
			close(made);
		} else {
			ASSERT_EQ(made == -EINVAL ? NTEVENT_STATUS_INVALID_PARAMETER :
						    NTEVENT_STATUS_PRIVILEGE_NOT_HELD, last_status);
		}
		if ((1u << bit) != NTEVENT_OBJ_INHERIT) {
			ASSERT_EQ(-1, ioctl(fd, NTEVENT_IOC_DUPLICATE, &dup_args));
			ASSERT_EQ(EINVAL, errno);
			ASSERT_EQ(NTEVENT_STATUS_INVALID_PARAMETER, dup_args.status);
		}
	}
}

TEST_F(nt, V144_V152_no_name)
{
	struct ntevent_create_event_args args = { .object.root = -1, .desired_access = ALL_ACCESS };

	args.object.name_length = 100;		/* ignored without a pointer */
	ASSERT_LE(0, create_with(self->dev, &args));
	args.object.root = 12345;		/* ignored without a name */
	ASSERT_LE(0, create_with(self->dev, &args));
	args.object.name = 2;			/* an empty name, so the root is ignored */
	args.object.name_length = 0;
	ASSERT_LE(0, create_with(self->dev, &args));
}

/* C2: unknown bits are checked before the name, and what an event cannot have after it. */
TEST_F(nt, C2_order_of_the_checks)
{
	const uint16_t odd[] = u"\\odd";
	struct ntevent_create_event_args args = { .object = { .name = (uintptr_t)odd, .name_length = 7, .root = -1 } };

	args.object.attributes = NTEVENT_OBJ_OPENLINK;
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_NAME_INVALID, create_with(self->dev, &args));
	args.object.attributes = 0x80000000;
	REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, create_with(self->dev, &args));
	args.object.attributes = 0;
	args.object.mode = 010000;
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_NAME_INVALID, create_with(self->dev, &args));
	args.event_type = 2;
	REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, create_with(self->dev, &args));
}

TEST_F(nt, unknown_commands)
{
	int fds[2] = { self->dev, create(self->dev, SYNCHRONIZATION, 1) }, i, nr;
	char buffer[256] = {};

	for (i = 0; i < 2; i++) {
		for (nr = 0; nr < 256; nr++) {
			ASSERT_EQ(-1, ioctl(fds[i], _IOC(_IOC_READ | _IOC_WRITE, 'N', nr, 255), buffer));
			ASSERT_EQ(ENOTTY, errno);
			ASSERT_EQ(-1, ioctl(fds[i], _IOC(_IOC_NONE, 'n', nr, 0), buffer));
			ASSERT_EQ(ENOTTY, errno);
		}
	}
	/* The right number with the wrong direction, the wrong size, or on the wrong file. */
	ASSERT_EQ(-1, ioctl(fds[1], _IOR('N', 0x98, int), buffer));
	ASSERT_EQ(ENOTTY, errno);
	ASSERT_EQ(-1, ioctl(fds[0], NTEVENT_IOC_SET, buffer));
	ASSERT_EQ(ENOTTY, errno);
	ASSERT_EQ(-1, ioctl(fds[0], NTEVENT_IOC_WAIT_ONE, buffer));
	ASSERT_EQ(ENOTTY, errno);
	ASSERT_EQ(-1, ioctl(fds[1], NTEVENT_IOC_WAIT, buffer));
	ASSERT_EQ(ENOTTY, errno);
	ASSERT_EQ(-1, ioctl(fds[1], NTEVENT_IOC_CREATE_EVENT, buffer));
	ASSERT_EQ(ENOTTY, errno);
	ASSERT_EQ(1, state(fds[1]));
}

/* A thread rewrites the arguments during the ioctl. Every result must be a documented one. */
static struct ntevent_wait_args shared_args;
static int shared_fds[64];
static atomic_bool shared_stop;

static void *rewriter(void *arg)
{
	volatile struct ntevent_wait_args *args = &shared_args;
	int good = (intptr_t)arg;
	unsigned int n = 0;

	while (!atomic_load(&shared_stop)) {
		n = n * 1103515245 + 12345;
		args->count = (n >> 16) % 70;
		args->flags = NTEVENT_WAIT_TIMEOUT | ((n >> 8) & 1);
		*(volatile int *)&shared_fds[(n >> 20) % 64] = n & 0x1000 ? good : -1;
	}
	return NULL;
}

TEST_F(nt, arguments_that_change_meanwhile)
{
	int fd = create(self->dev, NOTIFICATION, 1), i;
	pthread_t thread;

	for (i = 0; i < 64; i++)
		shared_fds[i] = fd;
	shared_args.handles = (uintptr_t)shared_fds;
	shared_args.count = 1;
	shared_args.flags = NTEVENT_WAIT_TIMEOUT;
	ASSERT_EQ(0, pthread_create(&thread, NULL, rewriter, (void *)(intptr_t)fd));
	for_rounds(i, 20000) {
		int result = result_of(ioctl(self->dev, NTEVENT_IOC_WAIT, &shared_args));

		ASSERT_TRUE(result == 0 || result == -EINVAL || result == -EBADF);
	}
	atomic_store(&shared_stop, true);
	pthread_join(thread, NULL);
}

/* One thread blocks in a page fault on its arguments. No lock is held, so the others go on. */
static void *faulting_waiter(void *arg)
{
	return (void *)(intptr_t)result_of(ioctl((intptr_t)((void **)arg)[0], NTEVENT_IOC_WAIT, ((void **)arg)[1]));
}

TEST_F(nt, no_lock_over_a_user_copy)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg;
	struct uffdio_zeropage zero;
	struct uffd_msg msg;
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC), fd = create(self->dev, SYNCHRONIZATION, 0);
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *arg[2] = { (void *)(intptr_t)self->dev, page };
	pthread_t thread;
	void *result;

	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api))
		SKIP(return, "no userfaultfd here");
	reg = (struct uffdio_register){ .range = { (uintptr_t)page, 4096 }, .mode = UFFDIO_REGISTER_MODE_MISSING };
	ASSERT_EQ(0, ioctl(uffd, UFFDIO_REGISTER, &reg));
	ASSERT_EQ(0, pthread_create(&thread, NULL, faulting_waiter, arg));
	ASSERT_EQ(sizeof(msg), read(uffd, &msg, sizeof(msg)));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, wait_any(self->dev, &fd, 1, 0));
	ASSERT_EQ(0, signal_and_wait(self->dev, fd, fd, 0, 0, 0));
	zero = (struct uffdio_zeropage){ .range = { (uintptr_t)page, 4096 } };
	ASSERT_EQ(0, ioctl(uffd, UFFDIO_ZEROPAGE, &zero));
	ASSERT_EQ(0, pthread_join(thread, &result));
	ASSERT_EQ(-EINVAL, (intptr_t)result);
}

TEST_HARNESS_MAIN
