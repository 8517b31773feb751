// SPDX-License-Identifier: GPL-2.0
/*
 * User namespaces. Owners are kernel ids, whatever number a user namespace maps them to.
 * Capabilities count in the user namespace that owns the IPC namespace. The tests map FIRST to 0 of
 * a user namespace.
 */
#include "names.h"
#include "credentials.h"

#define X		IN_BASE(u"idmap_test")
#define FIRST		100000
#define OTHER_FIRST	200000
#define MAXIMUM		NTEVENT_MAXIMUM_ALLOWED
#define NEEDS_ROOT() do { if (geteuid()) SKIP(return, "needs root"); } while (0)

/* Synchronizes two processes through a pipe. */
#define TELL(pipe_)	CHECK(write((pipe_)[1], "", 1) == 1)
#define HEAR(pipe_)	CHECK(read((pipe_)[0], &(char){ 0 }, 1) == 1)

static uint32_t overflow(void)
{
	return read_number("/proc/sys/kernel/overflowuid");
}

/* Whether QUERY_OBJECT reports UID and GID as the owner and group of FD. */
static bool shows(int fd, uint32_t uid, uint32_t gid)
{
	struct ntevent_object_info info;
	char16_t name[64];

	return !query_object(fd, &info, name, sizeof(name)) && info.uid == uid && info.gid == gid;
}

/* Maps ids 0 to 999 of the user namespace of process PID to FIRST_ID and up. */
static int map_ids(pid_t pid, unsigned int first_id)
{
	char path[32], map[32];

	snprintf(map, sizeof(map), "0 %u 1000", first_id);
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	if (write_text(path, map))
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	return write_text(path, map);
}

/* Enters new namespaces, a user namespace among them, as their root. Root is FIRST_ID outside. */
static int become_mapped_root(int namespaces, unsigned int first_id)
{
	int go[2], status;
	pid_t pid = getpid(), helper;

	if (pipe(go))
		return -1;
	helper = fork();
	if (!helper) {
		HEAR(go);
		_exit(-map_ids(pid, first_id));
	}
	if (unshare(CLONE_NEWUSER | namespaces))
		return -1;
	TELL(go);
	if (waitpid(helper, &status, 0) != helper || status || setgroups(0, NULL))
		return -1;
	return setresgid(0, 0, 0) || setresuid(0, 0, 0) || prctl(PR_SET_DUMPABLE, 1);
}

static int open_device(void)
{
	return open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
}

/* The rights that opening X for MAXIMUM_ALLOWED grants, or -errno. */
static long rights_to_x(int dev)
{
	int fd = with_name(dev, NTEVENT_IOC_OPEN_EVENT, object(X, NO_ROOT, 0), MAXIMUM);

	return fd < 0 ? fd : granted(fd);
}

TEST_F(nt, ids_are_shown_in_the_callers_user_namespace)
{
	uint32_t none = overflow();
	int fd;

	NEEDS_ROOT();
	ASSERT_EQ(0, setresgid(-1, 3000, -1));
	ASSERT_EQ(0, setresuid(-1, 1000, -1));
	ASSERT_LE(0, fd = create(self->dev, SYNCHRONIZATION, 0));
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	ASSERT_EQ(0, setresgid(-1, 0, -1));
	ASSERT_TRUE(shows(fd, 1000, 3000));
	AS((&(struct credentials){ .uid = 4000, .gid = 4000, .in_user_namespace = true }))
		_exit(!shows(fd, none, none));
	AS((&(struct credentials){ .uid = 1000, .gid = 3000, .in_user_namespace = true }))
		_exit(!shows(fd, 0, 0));
	AS((&(struct credentials){ .uid = 1000, .gid = 1000, .in_user_namespace = true }))
		_exit(!shows(fd, 0, none));
	IN_CHILD() {
		CHECK(!become_mapped_root(0, 900));
		CHECK(shows(fd, 100, none));
		_exit(0);
	}
	IN_CHILD() {
		/* nothing is mapped yet */
		CHECK(!unshare(CLONE_NEWUSER) && shows(fd, none, none));
		_exit(0);
	}
}

/*
 * Owners are compared as kernel ids. User 5 of one user namespace is FIRST + 5 outside, and not
 * user 5 of another.
 */
TEST_F(nt, owners_are_ids_of_the_kernel)
{
	int sockets[2], fd;

	NEEDS_ROOT();
	ASSERT_EQ(0, ioctl(self->dev, NTEVENT_IOC_NEW_NAMESPACE));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	IN_CHILD() {
		CHECK(!become_mapped_root(0, FIRST) && !setresgid(7, 7, 7) && !setresuid(5, 5, 5));
		CHECK((fd = create_event(self->dev, X, NO_ROOT, 0)) >= 0 && shows(fd, 5, 7));
		CHECK(rights_to_x(self->dev) == ALL_ACCESS);
		send_fd(sockets[0], fd);
		_exit(0);
	}
	ASSERT_LE(0, fd = receive_fd(sockets[1]));
	ASSERT_TRUE(shows(fd, FIRST + 5, FIRST + 7));
	/* The owner, seen from the initial user namespace, from its own, and from a third. */
	AS_USER(FIRST + 5)
		_exit(rights_to_x(self->dev) != ALL_ACCESS);
	IN_CHILD() {
		CHECK(!become_mapped_root(0, FIRST) && !setresgid(8, 8, 8) && !setresuid(5, 5, 5));
		CHECK(rights_to_x(self->dev) == ALL_ACCESS && shows(fd, 5, 7));
		_exit(0);
	}
	IN_CHILD() {
		CHECK(!become_mapped_root(0, FIRST + 5) && rights_to_x(self->dev) == ALL_ACCESS && shows(fd, 0, 2));
		_exit(0);
	}
	/* Other users. */
	AS_USER(5)
		_exit(rights_to_x(self->dev) != -EACCES);
	IN_CHILD() {
		CHECK(!become_mapped_root(0, FIRST) && rights_to_x(self->dev) == -EACCES);
		CHECK(!setresuid(6, 6, 6) && rights_to_x(self->dev) == -EACCES);
		_exit(0);
	}
	IN_CHILD() {
		CHECK(!become_mapped_root(0, OTHER_FIRST) && !setresuid(5, 5, 5) && rights_to_x(self->dev) == -EACCES);
		CHECK(shows(fd, overflow(), overflow()));
		_exit(0);
	}
}

/* Two unmapped ids are different users, though both read as the overflow id. That id is a third. */
TEST_F(nt, ids_without_a_number_are_not_one)
{
	uint32_t none = overflow();
	int fd;

	NEEDS_ROOT();
	ASSERT_EQ(0, ioctl(self->dev, NTEVENT_IOC_NEW_NAMESPACE));
	ASSERT_EQ(0, setresuid(-1, 1000, -1));
	ASSERT_LE(0, fd = create_event(self->dev, X, NO_ROOT, 0));
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	AS_USER(4000) {
		CHECK(!unshare(CLONE_NEWUSER) && geteuid() == none && shows(fd, none, none));
		CHECK(rights_to_x(self->dev) == -EACCES);
		_exit(0);
	}
	AS_USER(4000) {
		char map[32];

		snprintf(map, sizeof(map), "%u 4000 1", none);
		CHECK(!unshare(CLONE_NEWUSER) && !prctl(PR_SET_DUMPABLE, 1) && !write_text("/proc/self/uid_map", map));
		CHECK(rights_to_x(self->dev) == -EACCES);
		_exit(0);
	}
	/* The owner has its rights, mapped or not. */
	AS_USER(1000) {
		CHECK(!unshare(CLONE_NEWUSER) && rights_to_x(self->dev) == ALL_ACCESS);
		_exit(0);
	}
}

/* The same for groups, including supplementary groups. */
TEST_F(nt, groups_are_ids_of_the_kernel)
{
	struct ntevent_object_attributes attributes = object(X, NO_ROOT, 0);
	int sockets[2], fd;

	NEEDS_ROOT();
	attributes.mode = 0040;
	ASSERT_EQ(0, ioctl(self->dev, NTEVENT_IOC_NEW_NAMESPACE));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	IN_CHILD() {
		CHECK(!become_mapped_root(0, FIRST) && !setresgid(7, 7, 7) && !setresuid(5, 5, 5));
		CHECK((fd = create_event_as(self->dev, attributes, ALL_ACCESS, SYNCHRONIZATION, 0)) >= 0);
		send_fd(sockets[0], fd);
		_exit(0);
	}
	ASSERT_LE(0, fd = receive_fd(sockets[1]));
	AS((&(struct credentials){ .uid = 1, .gid = FIRST + 7 }))
		_exit(rights_to_x(self->dev) != 0x20001);
	AS((&(struct credentials){ .uid = 1, .gid = 1, .group = FIRST + 7 }))
		_exit(rights_to_x(self->dev) != 0x20001);
	AS((&(struct credentials){ .uid = 1, .gid = 7, .group = 7 }))
		_exit(rights_to_x(self->dev) != -EACCES);
	IN_CHILD() {
		CHECK(!become_mapped_root(0, FIRST) && !setgroups(1, &(gid_t){ 7 }) && !setresuid(1, 1, 1));
		CHECK(rights_to_x(self->dev) == 0x20001);
		_exit(0);
	}
	IN_CHILD() {
		CHECK(!become_mapped_root(0, OTHER_FIRST) && !setgroups(1, &(gid_t){ 7 }) && !setresuid(1, 1, 1));
		CHECK(rights_to_x(self->dev) == -EACCES);
		_exit(0);
	}
	/* The fd must stay open until here. */
	ASSERT_EQ(1, handle_count(fd));
}

/* The start-up directories belong to the owner and group of the user namespace. */
TEST_F(nt, tree_belongs_to_the_owner_of_the_user_namespace)
{
	const struct credentials maker = { .uid = 1000, .gid = 2000 };
	int sockets[2], dev, fd;

	NEEDS_ROOT();
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	AS(&maker) {
		CHECK(!become_namespace_root(CLONE_NEWIPC, 1000, 2000) && (dev = open_device()) >= 0);
		CHECK((fd = open_directory(dev, u"\\", NO_ROOT, 0)) >= 0 && shows(fd, 0, 0));
		CHECK((fd = open_directory(dev, u"\\KernelObjects", NO_ROOT, 0)) >= 0 && shows(fd, 0, 0));
		send_fd(sockets[0], fd);
		send_fd(sockets[0], dev);
		_exit(0);
	}
	ASSERT_LE(0, fd = receive_fd(sockets[1]));
	ASSERT_LE(0, dev = receive_fd(sockets[1]));
	ASSERT_TRUE(shows(fd, 1000, 2000));
	AS(&maker) {
		CHECK(create_event(dev, u"\\KernelObjects\\x", NO_ROOT, 0) >= 0);
		_exit(0);
	}
	AS_USER(1001) {
		CHECK(create_event(dev, u"\\KernelObjects\\x", NO_ROOT, 0) == -EACCES);
		_exit(0);
	}
	/* Those of the initial user namespace belong to root. */
	ASSERT_LE(0, fd = open_directory(self->dev, u"\\", NO_ROOT, 0));
	ASSERT_TRUE(shows(fd, 0, 0));
}

/* What root of the user namespace that owns INNER may do there and in the initial namespace. */
static void check_inner_root(int initial, int inner)
{
	int fd;

	CHECK(rights_to_x(inner) == ALL_ACCESS);
	CHECK((fd = create_event(inner, IN_BASE(u"y"), NO_ROOT, PERMANENT)) >= 0 && !make_temporary(fd));
	CHECK(create_access(inner, NOTIFICATION, 0, NTEVENT_ACCESS_SYSTEM_SECURITY) >= 0);
	CHECK(rights_to_x(initial) == -EACCES);
	CHECK(create_event(initial, IN_BASE(u"y"), NO_ROOT, PERMANENT) == -EPERM);
	CHECK(create_access(initial, NOTIFICATION, 0, NTEVENT_ACCESS_SYSTEM_SECURITY) == -EPERM);
	CHECK((fd = create_event(initial, IN_BASE(u"y"), NO_ROOT, 0)) >= 0);
	CHECK(make_permanent(fd) == -EPERM);
}

/* Capabilities count in the user namespace that owns the IPC namespace, and in its ancestors. */
TEST_F(nt, capabilities_count_where_the_namespace_belongs)
{
	int sockets[2], x, inner;

	NEEDS_ROOT();
	ASSERT_LE(0, x = create_event(self->dev, X, NO_ROOT, 0));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	IN_CHILD() {
		CHECK(!become_mapped_root(CLONE_NEWIPC, FIRST) && (inner = open_device()) >= 0);
		send_fd(sockets[0], inner);
		/* An object of user 5, who has no privilege. */
		CHECK(!setresuid(-1, 5, -1) && (x = create_event(inner, X, NO_ROOT, 0)) >= 0 && !setresuid(-1, 0, -1));
		send_fd(sockets[0], x);
		CHECK(shows(x, 5, 0));
		check_inner_root(self->dev, inner);
		/* Root of a descendant user namespace has no rights here. */
		CHECK(!become_namespace_root(0, 0, 0) && rights_to_x(inner) == -EACCES);
		CHECK(make_permanent(x) == -EPERM);
		_exit(0);
	}
	ASSERT_LE(0, inner = receive_fd(sockets[1]));
	ASSERT_LE(0, x = receive_fd(sockets[1]));
	/* Root of the initial user namespace is root here too. Root of a sibling is not. */
	ASSERT_EQ(ALL_ACCESS, rights_to_x(inner));
	ASSERT_EQ(0, make_permanent(x));
	IN_CHILD() {
		CHECK(!become_mapped_root(CLONE_NEWIPC, OTHER_FIRST) && rights_to_x(inner) == -EACCES);
		CHECK(duplicate(x, NTEVENT_ACCESS_SYSTEM_SECURITY, 0) == -EPERM);
		_exit(0);
	}
}

/*
 * The privilege for a permanent name is checked in the namespace of its directory. Root of a user
 * namespace has no privilege in a directory of the initial namespace, whatever device it uses.
 */
TEST_F(nt, permanent_name_needs_the_privilege_of_its_directory)
{
	int base, inner;

	NEEDS_ROOT();
	ASSERT_EQ(0, ioctl(self->dev, NTEVENT_IOC_NEW_NAMESPACE));
	ASSERT_LE(0, base = open_directory(self->dev, BASE, NO_ROOT, 0));
	IN_CHILD() {
		const uint32_t refused = NTEVENT_STATUS_PRIVILEGE_NOT_HELD;

		CHECK(!become_mapped_root(CLONE_NEWIPC, FIRST) && (inner = open_device()) >= 0);
		CHECK(create_event(inner, u"x", base, PERMANENT) == -EPERM && last_status == refused);
		CHECK(create_event(inner, u"x", base, PERMANENT | OPENIF) == -EPERM && last_status == refused);
		CHECK(create_directory(inner, u"x", base, PERMANENT) == -EPERM && last_status == refused);
		CHECK(create_link_as(inner, object(u"x", base, PERMANENT), BASE) == -EPERM && last_status == refused);
		/*
		 * It may create a temporary name there, and a permanent one in its own namespace.
		 */
		CHECK(create_event(inner, u"x", base, 0) >= 0);
		CHECK(create_event(inner, X, NO_ROOT, PERMANENT) >= 0);
		/* An object without a name belongs to the namespace of the device. */
		CHECK(create_event(inner, NULL, NO_ROOT, PERMANENT) >= 0);
		_exit(0);
	}
	ASSERT_EQ(BASE_NAMES, count_entries(base));
}

/*
 * A private namespace belongs to the user namespace of the file's previous one, not the caller's.
 */
TEST_F(nt, private_namespace_gives_no_capability)
{
	NEEDS_ROOT();
	AS_USER(1000) {
		int dev = self->dev, own;

		CHECK(!become_namespace_root(CLONE_NEWIPC, geteuid(), getegid()));
		CHECK(ioctl(dev, NTEVENT_IOC_NEW_NAMESPACE) == 0);
		CHECK(create_event(dev, X, NO_ROOT, PERMANENT) == -EPERM);
		CHECK((own = private_device()) >= 0 && create_event(own, X, NO_ROOT, PERMANENT) >= 0);
		_exit(0);
	}
}

TEST_HARNESS_MAIN
