// SPDX-License-Identifier: GPL-2.0
/*
 * The ABI of /dev/ntsync: command numbers, layouts, the device node, which file supports which
 * command, and failed creation.
 */
#include "ntsync_test.h"
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define OF_DEVICE(nr)	(1 << ((nr) - 0x80) & 0x9d)	/* 80, 82, 83, 84, 87 */

/* The command numbers 0x80 to 0x8d in order, the same in 64-bit and 32-bit programs. */
static const uint32_t numbers[] = {
	0x40084e80, 0xc0044e81, 0xc0284e82, 0xc0284e83, 0x40084e84, 0xc0084e85, 0x40044e86,
	0x40084e87, 0x80044e88, 0x80044e89, 0x80044e8a, 0x80084e8b, 0x80084e8c, 0x80084e8d,
};

TEST(numbers_of_the_header)
{
	const uint32_t of_header[] = {
		NTSYNC_IOC_CREATE_SEM, NTSYNC_IOC_SEM_RELEASE, NTSYNC_IOC_WAIT_ANY, NTSYNC_IOC_WAIT_ALL,
		NTSYNC_IOC_CREATE_MUTEX, NTSYNC_IOC_MUTEX_UNLOCK, NTSYNC_IOC_MUTEX_KILL, NTSYNC_IOC_CREATE_EVENT,
		NTSYNC_IOC_EVENT_SET, NTSYNC_IOC_EVENT_RESET, NTSYNC_IOC_EVENT_PULSE, NTSYNC_IOC_SEM_READ,
		NTSYNC_IOC_MUTEX_READ, NTSYNC_IOC_EVENT_READ,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		ASSERT_EQ(numbers[i], of_header[i]);
}

TEST(layouts_of_the_header)
{
	ASSERT_EQ(8, sizeof(struct ntsync_sem_args));
	ASSERT_EQ(8, sizeof(struct ntsync_mutex_args));
	ASSERT_EQ(8, sizeof(struct ntsync_event_args));
	ASSERT_EQ(40, sizeof(struct ntsync_wait_args));
	ASSERT_EQ(0, offsetof(struct ntsync_sem_args, count));
	ASSERT_EQ(0, offsetof(struct ntsync_mutex_args, owner));
	ASSERT_EQ(0, offsetof(struct ntsync_event_args, manual));
	ASSERT_EQ(8, offsetof(struct ntsync_wait_args, objs));
	ASSERT_EQ(16, offsetof(struct ntsync_wait_args, count));
	ASSERT_EQ(20, offsetof(struct ntsync_wait_args, index));
	ASSERT_EQ(24, offsetof(struct ntsync_wait_args, flags));
	ASSERT_EQ(28, offsetof(struct ntsync_wait_args, owner));
	ASSERT_EQ(32, offsetof(struct ntsync_wait_args, alert));
	ASSERT_EQ(36, offsetof(struct ntsync_wait_args, pad));
}

TEST_F(ntsync, node)
{
	unsigned int major_, minor_;
	struct stat st;
	FILE *file;

	ASSERT_EQ(0, stat("/dev/ntsync", &st));
	ASSERT_EQ(S_IFCHR | 0666, st.st_mode);
	ASSERT_EQ(0, st.st_uid);
	file = fopen("/sys/class/misc/ntsync/dev", "r");
	ASSERT_NE(NULL, file);
	ASSERT_EQ(2, fscanf(file, "%u:%u", &major_, &minor_));
	fclose(file);
	ASSERT_EQ(10, major_);
	ASSERT_EQ(makedev(major_, minor_), st.st_rdev);
}

/* The driver ignores the mode with which the node was opened. */
TEST_F(ntsync, any_mode_of_opening)
{
	const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		int dev = open("/dev/ntsync", modes[i]), fd = semaphore(dev, 1, 1);

		ASSERT_LE(0, fd);
		ASSERT_EQ(0, wait_any(dev, &fd, 1, TRY));
		ASSERT_EQ(0, release(fd, 1));
		close(fd);
		close(dev);
	}
}

/* Neither file supports read, write and mmap. */
TEST_F(ntsync, no_reading_writing_mapping)
{
	int dev = open("/dev/ntsync", O_RDWR), fds[2] = { dev, event(dev, AUTO, 1) }, i;
	char byte = 0;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(-1, read(fds[i], &byte, 1));
		ASSERT_EQ(EINVAL, errno);
		ASSERT_EQ(-1, write(fds[i], &byte, 1));
		ASSERT_EQ(EINVAL, errno);
		ASSERT_EQ(-1, lseek(fds[i], 0, SEEK_SET));
		ASSERT_EQ(ESPIPE, errno);
		ASSERT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, fds[i], 0));
		ASSERT_EQ(ENODEV, errno);
	}
	ASSERT_TRUE(event_is(fds[1], AUTO, 1));
}

/*
 * Every number of the letter N in every direction and with every size in use, except the commands.
 */
TEST_F(ntsync, unknown_commands)
{
	const int sizes[] = { 0, 4, 8, 12, 16, 40, 48, 255 };
	int fds[4] = { self->dev, semaphore(self->dev, 1, 2), mutex(self->dev, 0, 0), event(self->dev, AUTO, 1) };
	char buffer[256] = {};
	int i, nr, dir, size;

	for (nr = 0; nr < 256; nr++) {
		for (dir = 0; dir < 4; dir++) {
			for (size = 0; size < (int)ARRAY_SIZE(sizes); size++) {
				uint32_t command = _IOC(dir, 'N', nr, sizes[size]);

				if (nr >= 0x80 && nr <= 0x8d && command == numbers[nr - 0x80])
					continue;
				for (i = 0; i < 4; i++) {
					ASSERT_EQ(-1, ioctl(fds[i], command, buffer));
					ASSERT_EQ(ENOTTY, errno) TH_LOG("command %x", command);
				}
			}
		}
	}
	ASSERT_TRUE(sem_is(fds[1], 1, 2));
	ASSERT_TRUE(mutex_is(fds[2], 0, 0));
	ASSERT_TRUE(event_is(fds[3], AUTO, 1));
}

/*
 * Commands of objects are unknown to the device, and the other way round. The argument is not read.
 */
TEST_F(ntsync, commands_of_the_other_kind_of_file)
{
	int fds[3] = { semaphore(self->dev, 1, 2), mutex(self->dev, 0, 0), event(self->dev, AUTO, 1) }, nr, i;

	for (nr = 0x80; nr <= 0x8d; nr++) {
		if (!OF_DEVICE(nr)) {
			ASSERT_EQ(-1, ioctl(self->dev, numbers[nr - 0x80], NULL));
			ASSERT_EQ(ENOTTY, errno);
			continue;
		}
		for (i = 0; i < 3; i++) {
			ASSERT_EQ(-1, ioctl(fds[i], numbers[nr - 0x80], NULL));
			ASSERT_EQ(ENOTTY, errno);
		}
	}
}

/* The type of the object of each command 0x80 to 0x8d: semaphore, mutex, event. */
static const int type_of_command[] = { -1, 0, -1, -1, -1, 1, 1, -1, 2, 2, 2, 0, 1, 2 };

TEST_F(ntsync, commands_of_another_type)
{
	int fds[3] = { semaphore(self->dev, 1, 2), mutex(self->dev, OWNER, 1), event(self->dev, AUTO, 1) }, nr, i;

	for (nr = 0x80; nr <= 0x8d; nr++) {
		for (i = 0; i < 3; i++) {
			uint32_t args[2] = { OWNER, 1 };

			if (OF_DEVICE(nr) || type_of_command[nr - 0x80] == i)
				continue;
			ASSERT_EQ(-1, ioctl(fds[i], numbers[nr - 0x80], args));
			ASSERT_EQ(EINVAL, errno);
			ASSERT_EQ(OWNER, args[0]);
			ASSERT_EQ(1, args[1]);
		}
	}
	ASSERT_TRUE(sem_is(fds[0], 1, 2));
	ASSERT_TRUE(mutex_is(fds[1], OWNER, 1));
	ASSERT_TRUE(event_is(fds[2], AUTO, 1));
}

/* A command with input copies it before it checks the type. The others check the type first. */
TEST_F(ntsync, type_against_memory)
{
	int fds[3] = { semaphore(self->dev, 1, 2), mutex(self->dev, OWNER, 1), event(self->dev, AUTO, 1) }, nr, i;

	for (nr = 0x80; nr <= 0x8d; nr++) {
		bool reads = numbers[nr - 0x80] & 0x40000000;

		for (i = 0; i < 3; i++) {
			if (OF_DEVICE(nr) || type_of_command[nr - 0x80] == i)
				continue;
			ASSERT_EQ(-1, ioctl(fds[i], numbers[nr - 0x80], NULL));
			ASSERT_EQ(reads ? EFAULT : EINVAL, errno);
		}
	}
}

TEST_F(ntsync, creation_of_semaphores)
{
	const uint32_t good[][2] = { { 0, 0 }, { 0, 1 }, { 1, 1 }, { 0, UINT32_MAX }, { UINT32_MAX, UINT32_MAX } };
	const uint32_t bad[][2] = { { 1, 0 }, { 2, 1 }, { UINT32_MAX, 0 }, { UINT32_MAX, UINT32_MAX - 1 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		int fd = semaphore(self->dev, good[i][0], good[i][1]);

		ASSERT_TRUE(sem_is(fd, good[i][0], good[i][1]));
		close(fd);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		ASSERT_EQ(-EINVAL, semaphore(self->dev, bad[i][0], bad[i][1]));
}

TEST_F(ntsync, creation_of_mutexes)
{
	const uint32_t good[][2] = { { 0, 0 }, { 1, 1 }, { 1, UINT32_MAX }, { UINT32_MAX, 1 }, { 1u << 31, 7 } };
	const uint32_t bad[][2] = { { 1, 0 }, { 0, 1 }, { UINT32_MAX, 0 }, { 0, UINT32_MAX } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		int fd = mutex(self->dev, good[i][0], good[i][1]);

		ASSERT_TRUE(mutex_is(fd, good[i][0], good[i][1]));
		close(fd);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		ASSERT_EQ(-EINVAL, mutex(self->dev, bad[i][0], bad[i][1]));
}

/* Any nonzero value counts as 1. */
TEST_F(ntsync, creation_of_events)
{
	const uint32_t values[] = { 0, 1, 2, 0x100, 1u << 31, UINT32_MAX };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		for (j = 0; j < ARRAY_SIZE(values); j++) {
			int fd = event(self->dev, values[i], values[j]);

			ASSERT_TRUE(event_is(fd, i != 0, j != 0));
			close(fd);
		}
	}
}

/* Creation returns the lowest free fd. Failed creation uses none. */
TEST_F(ntsync, lowest_fd)
{
	int free_fd = dup(self->dev);

	close(free_fd);
	ASSERT_EQ(-EINVAL, semaphore(self->dev, 1, 0));
	ASSERT_EQ(-EINVAL, mutex(self->dev, 1, 0));
	ASSERT_EQ(-1, ioctl(self->dev, NTSYNC_IOC_CREATE_EVENT, NULL));
	ASSERT_EQ(EFAULT, errno);
	ASSERT_EQ(free_fd, semaphore(self->dev, 0, 1));
	ASSERT_EQ(free_fd + 1, mutex(self->dev, 0, 0));
	ASSERT_EQ(free_fd + 2, event(self->dev, AUTO, 0));
}

TEST_F(ntsync, no_fd_left)
{
	int free_fd = dup(self->dev);
	struct rlimit limit;
	long references;

	close(free_fd);
	references = driver_references();
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = free_fd;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	ASSERT_EQ(-EMFILE, semaphore(self->dev, 0, 1));
	ASSERT_EQ(-EMFILE, mutex(self->dev, 0, 0));
	ASSERT_EQ(-EMFILE, event(self->dev, AUTO, 0));
	/* A bad argument is reported first. */
	ASSERT_EQ(-EINVAL, semaphore(self->dev, 1, 0));
	limit.rlim_cur = free_fd + 4;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	if (references >= 0)
		ASSERT_EQ(references, driver_references());
	ASSERT_EQ(free_fd, event(self->dev, AUTO, 0));
}

TEST_HARNESS_MAIN
