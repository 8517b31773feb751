// SPDX-License-Identifier: GPL-2.0
/* The memory that a user may have for names, objects with names, links and namespaces. */
#include "names.h"
#include "budget.h"
#include "credentials.h"

#define QUOTA		(16 << 20)	/* bytes of a user, unless the module was loaded with user_bytes */
#define LONG		32766		/* units of the longest name */
#define LONG_BYTES	65536		/* memory of the longest name */
#define OTHER_BYTES	2048		/* more than an object and its entry take */
#define NOBODY		65534
#define REFUSES(call)	((call) == -EDQUOT && last_status == NTEVENT_STATUS_QUOTA_EXCEEDED)

static const struct credentials nobody = { .name = "nobody", .uid = NOBODY, .gid = NOBODY };

static int open_device(void)
{
	return result_of(open("/dev/ntevent", O_RDONLY | O_CLOEXEC));
}

static int new_namespace(int dev)
{
	return result_of(ioctl(dev, NTEVENT_IOC_NEW_NAMESPACE));
}

/* A path of UNITS units. Paths with different numbers differ. */
static const char16_t *path_of(int units, int number)
{
	static char16_t path[LONG + 1];
	int i;

	memcpy(path, BASE u"\\", sizeof(BASE u"\\"));
	for (i = units_of(BASE) + 1; i < units; i++)
		path[i] = u'a';
	for (i = 1; i <= 6; i++, number /= 10)
		path[units - i] = u'0' + number % 10;
	path[units] = 0;
	return path;
}

/* Makes events with names of UNITS units until one is refused. Returns the number of events. */
static int fill(int dev, int units, uint32_t attributes)
{
	int count, fd;

	for (count = 0; count < 100000; count++) {
		fd = create_event(dev, path_of(units, count), NO_ROOT, attributes);
		if (fd < 0)
			break;
		if (attributes & PERMANENT)
			close(fd);
	}
	return fd == -EDQUOT && last_status == NTEVENT_STATUS_QUOTA_EXCEEDED ? count : -1;
}

/* The number of entries of directory FD, whose names may be long, or -errno. */
static int count_long_entries(int fd)
{
	struct ntevent_directory_entry entry = { 0 };
	static char16_t name[LONG];
	int count = 0, ret;

	while (!(ret = query_directory(fd, &entry, name, sizeof(name))))
		count++;
	return ret == -ENOENT ? count : ret;
}

/* Whether COUNT is a number of the longest names that fits the quota. */
static bool is_quota(int count)
{
	return count <= QUOTA / LONG_BYTES && count >= QUOTA / (LONG_BYTES + OTHER_BYTES) - 1;
}

/* Enters new user and IPC namespaces as their root, and opens the device there. */
static int device_of_namespace_root(void)
{
	return become_namespace_root(CLONE_NEWIPC, NOBODY, NOBODY) ? -1 : open_device();
}

TEST_F_TIMEOUT(nt, F03_names_of_all_namespaces_count, 120)
{
	if (geteuid())
		SKIP(return, "needs root");
	AS(&nobody) {
		int dev = device_of_namespace_root(), other, made, fd, i;

		CHECK(dev >= 0);
		made = fill(dev, LONG, PERMANENT);
		CHECK(is_quota(made));
		/* Existing events can still be opened. */
		for (i = 0; i < 3; i++) {
			const uint32_t attributes[] = { 0, OPENIF, OPENIF | PERMANENT };

			fd = create_event(dev, path_of(LONG, 0), NO_ROOT, attributes[i]);
			CHECK(i ? fd >= 0 : fd == -EEXIST);
			close(fd);
		}
		/* Other namespaces have no quota of their own, and take some of the quota. */
		for (i = 0; i <= (LONG_BYTES + OTHER_BYTES) / 4096; i++) {
			other = open_device();
			CHECK(other >= 0);
			if (new_namespace(other))
				break;
			CHECK(REFUSES(create_event(other, path_of(LONG, 0), NO_ROOT, 0)));
		}
		CHECK(new_namespace(other) == -EDQUOT && new_namespace(other) == -EDQUOT);
		CHECK(fill(dev, 40, PERMANENT) >= 0);
		CHECK(REFUSES(create_directory(dev, IN_BASE(u"d"), NO_ROOT, 0)));
		CHECK(REFUSES(create_link(dev, IN_BASE(u"l"), NO_ROOT, BASE)));
		/* An event without a name is free. */
		fd = create(dev, SYNCHRONIZATION, 0);
		CHECK(fd >= 0);
		/* A nested user namespace does not count as another user. */
		CHECK(!become_namespace_root(CLONE_NEWIPC, 0, 0));
		CHECK(open_device() == -EDQUOT);
		_exit(0);
	}
}

/* Refused names do not exist and are not counted. Each name that goes makes room for another. */
TEST_F_TIMEOUT(nt, F03_refusals_and_closes_are_not_counted, 120)
{
	static int fds[QUOTA / LONG_BYTES];

	if (geteuid())
		SKIP(return, "needs root");
	AS(&nobody) {
		int dev = private_device(), base = open_directory(dev, BASE, NO_ROOT, 0);
		int before = count_long_entries(base), made, i;

		CHECK(raise_fd_limit(1024));
		for (made = 0; made < ARRAY_SIZE(fds); made++) {
			fds[made] = create_event(dev, path_of(LONG, made), NO_ROOT, 0);
			if (fds[made] < 0)
				break;
		}
		CHECK(is_quota(made));
		for (i = 0; i < 300; i++)
			CHECK(REFUSES(create_event(dev, path_of(LONG, made), NO_ROOT, 0)));
		CHECK(open_event(dev, path_of(LONG, made), NO_ROOT, 0) == -ENOENT);
		CHECK(count_long_entries(base) == made + before);
		for (i = 0; i < 300; i++) {
			int *fd = &fds[made / 2];

			close(*fd);
			*fd = create_event(dev, path_of(LONG, made / 2), NO_ROOT, 0);
			CHECK(*fd >= 0);
		}
		CHECK(REFUSES(create_event(dev, path_of(LONG, made), NO_ROOT, 0)));
		for (i = 0; i < made; i++)
			close(fds[i]);
		CHECK(is_quota(fill(dev, LONG, 0)));
		_exit(0);
	}
}

/* A link without a name keeps its target. */
TEST_F_TIMEOUT(nt, F03_targets_of_links_count, 120)
{
	if (geteuid())
		SKIP(return, "needs root");
	AS(&nobody) {
		int dev = private_device(), count, fd = -1;

		CHECK(raise_fd_limit(1024));
		for (count = 0; count < 1000; count++) {
			fd = create_link(dev, NULL, NO_ROOT, path_of(LONG, count));
			if (fd < 0)
				break;
		}
		CHECK(REFUSES(fd));
		CHECK(is_quota(count));
		CHECK(create_link(dev, NULL, NO_ROOT, BASE) >= 0);
		_exit(0);
	}
}

static int said(int fd)
{
	char byte;

	return read(fd, &byte, 1) == 1;
}

TEST_F_TIMEOUT(nt, F03_other_users_have_their_own, 120)
{
	int ready[2], turn[2], status, fd;
	char byte = 0;
	pid_t full;

	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(turn, O_CLOEXEC));
	full = fork();
	ASSERT_LE(0, full);
	if (!full) {
		close(turn[1]);
		CHECK(!become(&nobody));
		CHECK(raise_fd_limit(1024));
		CHECK(is_quota(fill(self->dev, LONG, 0)));
		CHECK(write(ready[1], &byte, 1) == 1);
		said(turn[0]);
		_exit(0);
	}
	ASSERT_TRUE(said(ready[0]));
	AS(&nobody) {
		CHECK(REFUSES(create_event(self->dev, path_of(LONG, 9999), NO_ROOT, 0)));
		_exit(0);
	}
	AS_USER(NOBODY - 1) {
		CHECK(raise_fd_limit(1024));
		CHECK(is_quota(fill(private_device(), LONG, 0)));
		_exit(0);
	}
	/* Root has no limit. */
	ASSERT_TRUE(raise_fd_limit(1024));
	for (status = 0; status <= QUOTA / LONG_BYTES; status++) {
		fd = create_event(self->dev, path_of(LONG, 1000 + status), NO_ROOT, 0);
		ASSERT_LE(0, fd);
	}
	close(turn[1]);
	ASSERT_EQ(full, waitpid(full, &status, 0));
	ASSERT_EQ(0, status);
	/* All of the quota is free again. */
	AS(&nobody) {
		CHECK(raise_fd_limit(1024));
		CHECK(is_quota(fill(private_device(), LONG, 0)));
		_exit(0);
	}
}

/* In a user namespace a user may have other ids. They do not count as other users. */
TEST_F_TIMEOUT(nt, F03_ids_of_a_user_namespace_are_its_owner, 120)
{
	int ready[2], turn[2], status;
	char byte = 0, path[64];
	pid_t child;

	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(turn, O_CLOEXEC));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		int dev;

		CHECK(!become(&nobody));
		CHECK(!unshare(CLONE_NEWUSER | CLONE_NEWIPC) && !prctl(PR_SET_DUMPABLE, 1));
		CHECK(write(ready[1], &byte, 1) == 1 && said(turn[0]));
		CHECK(!setresgid(0, 0, 0) && !setresuid(0, 0, 0));
		CHECK(raise_fd_limit(1024));
		dev = open_device();
		CHECK(is_quota(fill(dev, LONG, PERMANENT)));
		CHECK(!setresuid(1, 1, 1));
		CHECK(REFUSES(create_event(dev, path_of(LONG, 9999), NO_ROOT, 0)));
		_exit(0);
	}
	ASSERT_TRUE(said(ready[0]));
	snprintf(path, sizeof(path), "/proc/%d/uid_map", child);
	ASSERT_EQ(0, write_text(path, "0 65534 1\n1 70000 10\n"));
	snprintf(path, sizeof(path), "/proc/%d/gid_map", child);
	ASSERT_EQ(0, write_text(path, "0 65534 1\n1 70000 10\n"));
	ASSERT_EQ(1, write(turn[1], &byte, 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
}

TEST_HARNESS_MAIN
