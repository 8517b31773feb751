// SPDX-License-Identifier: GPL-2.0
/*
 * Object namespaces: one for each IPC namespace, or a private one by NEW_NAMESPACE. Covers who sees
 * which names, the names at the start, and the end of a namespace. User namespaces: idmap_test.c.
 */
#include "names.h"
#include "credentials.h"

#define X		IN_BASE(u"namespace_test")
#define GONE(call)	REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND, call)
#define NEEDS_ROOT() do { if (geteuid()) SKIP(return, "needs root"); } while (0)

static int open_device(void)
{
	return open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
}


/* Enters a new IPC namespace, as root of the initial user namespace or of a new one. */
static int leave(bool as_user)
{
	return as_user ? become_namespace_root(CLONE_NEWIPC, geteuid(), getegid()) : unshare(CLONE_NEWIPC);
}

/* Returns the number of entries of directory PATH, or -errno. */
static int entries_of(int dev, const char16_t *path)
{
	int fd = with_name(dev, NTEVENT_IOC_OPEN_DIRECTORY, object(path, NO_ROOT, 0), NTEVENT_DIRECTORY_QUERY), count;

	if (fd < 0)
		return fd;
	count = count_entries(fd);
	close(fd);
	return count;
}

/* Whether PATH leads to the directory whose full path is NAME. */
static bool leads_to(int dev, const char16_t *path, const char16_t *name)
{
	int fd = with_name(dev, NTEVENT_IOC_OPEN_DIRECTORY, object(path, NO_ROOT, 0), NTEVENT_DIRECTORY_QUERY);
	bool there = fd >= 0 && is_called(fd, name);

	close(fd);
	return there;
}

static void check_start_up_tree(int dev)
{
	CHECK(entries_of(dev, u"\\") == ROOT_NAMES);
	CHECK(entries_of(dev, BASE) == BASE_NAMES);
	CHECK(entries_of(dev, u"\\Sessions") == 2);
	CHECK(entries_of(dev, u"\\Sessions\\0") == 1);
	CHECK(entries_of(dev, u"\\Sessions\\BNOLINKS") == 1);
	CHECK(entries_of(dev, u"\\KernelObjects") == KERNEL_NAMES);
	CHECK(leads_to(dev, BASE, BASE));
	CHECK(leads_to(dev, IN_BASE(u"Global"), BASE));
	CHECK(leads_to(dev, IN_BASE(u"Local"), BASE));
	CHECK(leads_to(dev, IN_BASE(u"Session"), u"\\Sessions\\BNOLINKS"));
	CHECK(leads_to(dev, IN_BASE(u"Session\\0\\Local\\Global"), BASE));
	CHECK(leads_to(dev, u"\\Sessions\\0\\BaseNamedObjects", BASE));
	CHECK(leads_to(dev, u"\\Sessions\\BNOLINKS\\0", BASE));
	CHECK(leads_to(dev, u"\\KernelObjects", u"\\KernelObjects"));
}

TEST_F(nt, start_up_tree_is_in_each)
{
	int dev = private_device();

	IN_CHILD() {
		check_start_up_tree(dev);
		_exit(0);
	}
	IN_CHILD() {
		CHECK(!leave(true));
		check_start_up_tree(open_device());
		_exit(0);
	}
	if (geteuid())
		return;
	IN_CHILD() {
		CHECK(!leave(false));
		check_start_up_tree(open_device());
		_exit(0);
	}
}

/*
 * A process in a new IPC namespace shares no names with the old one. A file opened before still
 * shows the old names.
 */
static void check_apart(int old, bool as_user)
{
	int dev, fd;

	CHECK(!leave(as_user));
	CHECK((dev = open_device()) >= 0);
	CHECK(open_event(dev, X, NO_ROOT, 0) == -ENOENT && last_status == NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND);
	CHECK(entries_of(dev, BASE) == BASE_NAMES);
	CHECK((fd = create_event(dev, X, NO_ROOT, 0)) >= 0 && set(fd) == 0);
	CHECK(create_event(dev, IN_BASE(u"other"), NO_ROOT, 0) >= 0);
	CHECK(open_event(old, IN_BASE(u"other"), NO_ROOT, 0) == -ENOENT);
	CHECK((fd = open_event(old, X, NO_ROOT, 0)) >= 0 && state(fd) == 0);
	_exit(0);
}

TEST_F(nt, other_IPC_namespace_sees_no_name)
{
	int fd = create_event(self->dev, X, NO_ROOT, 0);

	ASSERT_LE(0, fd);
	IN_CHILD()
		check_apart(self->dev, true);
	if (!geteuid()) {
		IN_CHILD()
			check_apart(self->dev, false);
	}
	ASSERT_EQ(1, handle_count(fd));
}

/* Processes of one IPC namespace share its names, whether they were born in it or entered it. */
TEST_F(nt, one_IPC_namespace_shares_names)
{
	NEEDS_ROOT();
	IN_CHILD() {
		int there[2], enough[2], here, fd;
		char byte, path[32];
		pid_t other;

		CHECK(!pipe(there) && !pipe(enough));
		other = fork();
		if (!other) {
			CHECK(!leave(false));
			CHECK((fd = create_event(open_device(), X, NO_ROOT, 0)) >= 0 && set(fd) == 0);
			/* Its child is in the namespace too. */
			if (!fork())
				_exit(state(open_event(open_device(), X, NO_ROOT, 0)) != 1);
			CHECK(wait(&fd) > 0 && fd == 0);
			CHECK(write(there[1], "", 1) == 1);
			close(enough[1]);
			_exit(read(enough[0], &byte, 1));
		}
		CHECK(read(there[0], &byte, 1) == 1);
		CHECK(open_event(open_device(), X, NO_ROOT, 0) == -ENOENT);
		snprintf(path, sizeof(path), "/proc/%d/ns/ipc", other);
		CHECK((here = open(path, O_RDONLY)) >= 0 && !setns(here, CLONE_NEWIPC));
		CHECK(state(open_event(open_device(), X, NO_ROOT, 0)) == 1);
		close(enough[1]);
		CHECK(waitpid(other, &fd, 0) == other && fd == 0);
		_exit(0);
	}
}

/* Processes that open the device at once, first in their IPC namespace, get the same namespace. */
TEST_F(nt, first_opens_at_once_share_names)
{
	enum { PROCESSES = 8, ROUNDS = 5 };
	int round;

	for (round = 0; round < ROUNDS; round++) {
		IN_CHILD() {
			int go[2], ready[2], i, status, count;
			char16_t name[] = X u"0";
			char byte;

			CHECK(!leave(true) && !pipe(go) && !socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ready));
			for (i = 0; i < PROCESSES; i++) {
				if (fork())
					continue;
				close(go[1]);
				name[ARRAY_SIZE(name) - 2] = u'0' + i;
				/* wait until the writer closes the pipe */
				CHECK(read(go[0], &byte, 1) == 0);
				CHECK(create_event(open_device(), name, NO_ROOT, 0) >= 0);
				CHECK(write(ready[1], "", 1) == 1 && read(ready[1], &byte, 1) == 1);
				_exit(0);
			}
			close(go[0]);
			close(go[1]);
			for (i = 0; i < PROCESSES; i++)
				CHECK(read(ready[0], &byte, 1) == 1);
			count = entries_of(open_device(), BASE);
			for (i = 0; i < PROCESSES; i++)
				CHECK(write(ready[0], "", 1) == 1);
			while (wait(&status) > 0)
				CHECK(status == 0);
			CHECK(count == BASE_NAMES + PROCESSES);
			_exit(0);
		}
	}
}

/* Permanent names of an IPC namespace other than the initial one go with its last open file. */
TEST_F(nt, permanent_name_goes_with_the_last_open)
{
	IN_CHILD() {
		int dev, fd;

		close(self->dev);
		CHECK(!leave(true) && (dev = open_device()) >= 0);
		CHECK((fd = create_event(dev, X, NO_ROOT, PERMANENT)) >= 0);
		close(fd);
		CHECK((fd = open_event(dev, X, NO_ROOT, 0)) >= 0);
		/* Any open handle keeps the namespace. */
		close(dev);
		CHECK((dev = open_device()) >= 0);
		close(fd);
		CHECK((fd = create(dev, SYNCHRONIZATION, 0)) >= 0);
		close(dev);
		CHECK((dev = open_device()) >= 0);
		CHECK(close(fd) == 0 && (fd = open_event(dev, X, NO_ROOT, 0)) >= 0);
		close(fd);
		close(dev);
		CHECK((dev = open_device()) >= 0);
		CHECK(open_event(dev, X, NO_ROOT, 0) == -ENOENT);
		CHECK(entries_of(dev, BASE) == BASE_NAMES);
		_exit(0);
	}
}

TEST_F(nt, initial_namespace_keeps_permanent_names)
{
	int fd;

	NEEDS_ROOT();
	ASSERT_LE(0, fd = create_event(self->dev, X, NO_ROOT, PERMANENT));
	close(fd);
	close(self->dev);
	ASSERT_EQ(0, module_references());
	ASSERT_LE(0, self->dev = open_device());
	ASSERT_LE(0, fd = open_event(self->dev, X, NO_ROOT, 0));
	ASSERT_EQ(0, make_temporary(fd));
	close(fd);
	GONE(open_event(self->dev, X, NO_ROOT, 0));
}

/* An open device file and a directory handle keep their namespace in whatever process. */
TEST_F(nt, passed_files_keep_their_namespace)
{
	int sockets[2], child, status, dev, directory, event, fd;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	child = fork();
	if (!child) {
		CHECK(!leave(true) && (dev = open_device()) >= 0);
		CHECK((fd = create_directory(dev, IN_BASE(u"d"), NO_ROOT, 0)) >= 0);
		send_fd(sockets[0], dev);
		send_fd(sockets[0], fd);
		CHECK((fd = create_event(dev, X, NO_ROOT, 0)) >= 0);
		send_fd(sockets[0], fd);
		_exit(0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	ASSERT_LE(0, dev = receive_fd(sockets[1]));
	ASSERT_LE(0, directory = receive_fd(sockets[1]));
	ASSERT_LE(0, event = receive_fd(sockets[1]));
	/* No process is left in the namespace. Its names are still there, but only there. */
	GONE(open_event(self->dev, X, NO_ROOT, 0));
	ASSERT_EQ(0, set(event));
	ASSERT_LE(0, fd = open_event(dev, X, NO_ROOT, 0));
	ASSERT_EQ(1, state(fd));
	/* A directory as the root determines the namespace, whatever the device file. */
	ASSERT_LE(0, fd = create_event(self->dev, u"y", directory, 0));
	ASSERT_LE(0, open_event(dev, IN_BASE(u"d\\y"), NO_ROOT, 0));
	REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND, open_event(self->dev, IN_BASE(u"d\\y"), NO_ROOT, 0));
	/* A link leads to the root of its own namespace. */
	ASSERT_LE(0, create_link(self->dev, u"l", directory, BASE));
	ASSERT_LE(0, open_event(self->dev, u"l\\namespace_test", directory, 0));
}

/* Every open, close and end of a namespace drops its references to the module. */
TEST_F(nt, namespaces_let_the_module_go)
{
	long before = module_references();
	int i;

	for (i = 0; i < 20; i++) {
		IN_CHILD() {
			int dev;

			CHECK(!leave(true) && (dev = open_device()) >= 0);
			CHECK(create_event(dev, X, NO_ROOT, PERMANENT) >= 0);
			CHECK(create_directory(private_device(), IN_BASE(u"d"), NO_ROOT, 0) >= 0);
			CHECK(module_references() >= before + 4);
			_exit(0);
		}
	}
	ASSERT_EQ(before, module_references());
}

TEST_HARNESS_MAIN
