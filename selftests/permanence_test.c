// SPDX-License-Identifier: GPL-2.0
/* Lifetime of names, V203 to V213 of group E8: permanence, handle counts, exclusive objects. */
#include "names.h"
#include "credentials.h"
#include <sys/resource.h>

#define GONE(call) REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND, call)
#define NEEDS_ROOT() do { if (geteuid()) SKIP(return, "needs root"); } while (0)

FIXTURE(own) {
	int dev;
};

FIXTURE_SETUP(own)
{
	if (access("/dev/ntevent", F_OK))
		SKIP(return, "/dev/ntevent is not there: load the module");
	self->dev = private_device();
	ASSERT_LE(0, self->dev);
}

FIXTURE_TEARDOWN(own)
{
	close(self->dev);
}

static uint32_t attributes_of(int fd)
{
	struct ntevent_object_info info;
	char16_t name[64];

	return query_object(fd, &info, name, sizeof(name)) ? UINT32_MAX : info.attributes;
}

/* A handle to the event NAME with the rights ACCESS. */
static int open_with(int dev, const char16_t *name, uint32_t access)
{
	return with_name(dev, NTEVENT_IOC_OPEN_EVENT, object(name, NO_ROOT, 0), access);
}

TEST_F(own, V203_permanent_needs_a_privilege)
{
	NEEDS_ROOT();
	AS_USER(1000) {
		CHECK(create_event(self->dev, IN_BASE(u"x"), NO_ROOT, PERMANENT) == -EPERM);
		CHECK(last_status == NTEVENT_STATUS_PRIVILEGE_NOT_HELD);
		CHECK(create_directory(self->dev, IN_BASE(u"x"), NO_ROOT, PERMANENT) == -EPERM);
		CHECK(last_status == NTEVENT_STATUS_PRIVILEGE_NOT_HELD);
		CHECK(create_link_as(self->dev, object(IN_BASE(u"x"), NO_ROOT, PERMANENT), BASE) == -EPERM);
		CHECK(last_status == NTEVENT_STATUS_PRIVILEGE_NOT_HELD);
		CHECK(open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0) == -ENOENT);
		_exit(0);
	}
}

TEST_F(own, V204_permanent_name_survives_its_handles)
{
	int fd;

	NEEDS_ROOT();
	ASSERT_LE(0, fd = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, PERMANENT));
	ASSERT_EQ(PERMANENT, attributes_of(fd));
	close(fd);
	ASSERT_LE(0, fd = open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_EQ(PERMANENT, attributes_of(fd));
	ASSERT_EQ(1, handle_count(fd));
	REFUSED(EEXIST, NTEVENT_STATUS_OBJECT_NAME_COLLISION, create_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
}

TEST_F(own, V205_permanent_event_keeps_its_state)
{
	struct ntevent_event_info info;
	int fd;

	NEEDS_ROOT();
	ASSERT_LE(0, fd = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, PERMANENT));
	ASSERT_EQ(0, set(fd));
	close(fd);
	ASSERT_LE(0, fd = open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_EQ(0, query(fd, &info));
	ASSERT_EQ(SYNCHRONIZATION, info.event_type);
	ASSERT_EQ(1, info.event_state);
}

/* Making it temporary again has no effect. The name goes with the last handle. */
TEST_F(own, V206_made_temporary_it_goes_with_its_handles)
{
	int fd, other;

	NEEDS_ROOT();
	ASSERT_LE(0, fd = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, PERMANENT));
	close(fd);
	ASSERT_LE(0, fd = open_with(self->dev, IN_BASE(u"x"), NTEVENT_DELETE));
	ASSERT_LE(0, other = open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_EQ(0, make_temporary(fd));
	ASSERT_EQ(0, make_temporary(fd));
	ASSERT_EQ(0, attributes_of(fd));
	close(fd);
	ASSERT_LE(0, fd = open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	close(fd);
	close(other);
	GONE(open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
}

TEST_F(own, V207_temporary_needs_DELETE)
{
	int full, fd;

	NEEDS_ROOT();
	ASSERT_LE(0, full = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, PERMANENT));
	ASSERT_LE(0, fd = duplicate(full, ALL_ACCESS & ~NTEVENT_DELETE, 0));
	ASSERT_EQ(-EACCES, make_temporary(fd));
	ASSERT_EQ(PERMANENT, attributes_of(full));
	ASSERT_EQ(0, make_temporary(full));
	ASSERT_EQ(-EACCES, make_temporary(fd));
}

/* Only the privilege counts, not the rights of the handle. */
TEST_F(own, V208_permanent_needs_no_right)
{
	int full, fd;

	NEEDS_ROOT();
	ASSERT_LE(0, full = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	AS_USER(1000) {
		CHECK(make_permanent(full) == -EPERM);
		_exit(0);
	}
	ASSERT_EQ(0, attributes_of(full));
	ASSERT_LE(0, fd = duplicate(full, 0, 0));
	close(full);
	ASSERT_EQ(0, make_permanent(fd));
	ASSERT_EQ(0, make_permanent(fd));
	close(fd);
	ASSERT_LE(0, fd = open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_EQ(PERMANENT, attributes_of(fd));
	ASSERT_EQ(0, make_temporary(fd));
	close(fd);
	GONE(open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
}

/* C6: OBJ_PERMANENT is meaningful only with a name. */
TEST_F(nt, permanent_without_a_name_means_nothing)
{
	int fd;

	NEEDS_ROOT();
	ASSERT_LE(0, fd = create_event(self->dev, NULL, NO_ROOT, PERMANENT));
	ASSERT_EQ(0, make_permanent(fd));
	ASSERT_EQ(0, make_temporary(fd));
	ASSERT_EQ(0, set(fd));
}

/* Without handles a permanent directory keeps its name, and a permanent link its target. */
TEST_F(own, V204_V206_directories_and_links)
{
	int directory, link, fd;

	NEEDS_ROOT();
	ASSERT_LE(0, directory = create_directory(self->dev, IN_BASE(u"d"), NO_ROOT, PERMANENT));
	ASSERT_LE(0, link = create_link_as(self->dev, object(IN_BASE(u"l"), NO_ROOT, PERMANENT), IN_BASE(u"d")));
	close(directory);
	close(link);
	ASSERT_LE(0, fd = create_event(self->dev, IN_BASE(u"l\\x"), NO_ROOT, 0));
	ASSERT_TRUE(is_called(fd, IN_BASE(u"d\\x")));
	ASSERT_LE(0, directory = open_directory(self->dev, IN_BASE(u"l"), NO_ROOT, 0));
	ASSERT_LE(0, link = open_link(self->dev, IN_BASE(u"l"), NO_ROOT, 0));
	ASSERT_EQ(0, make_temporary(link));
	ASSERT_EQ(0, make_temporary(directory));
	close(link);
	GONE(open_directory(self->dev, IN_BASE(u"l"), NO_ROOT, 0));
	close(directory);
	GONE(open_directory(self->dev, IN_BASE(u"d"), NO_ROOT, 0));
	/* The event in the directory still exists. */
	ASSERT_EQ(0, set(fd));
}

TEST_F(own, V209_temporary_name_goes_with_its_handle)
{
	int fd;

	ASSERT_LE(0, fd = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_EQ(0, attributes_of(fd));
	close(fd);
	GONE(open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_LE(0, fd = create_directory(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	close(fd);
	GONE(open_directory(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_LE(0, fd = create_link(self->dev, IN_BASE(u"x"), NO_ROOT, BASE));
	close(fd);
	GONE(open_link(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
}

TEST_F(own, V210_one_handle_of_two_keeps_the_name)
{
	int first, second, third;

	ASSERT_LE(0, first = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_LE(0, second = open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	close(first);
	ASSERT_LE(0, third = open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_EQ(2, handle_count(third));
	close(second);
	close(third);
	GONE(open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
}

/* Opening, OPENIF and DUPLICATE make another handle. dup, fork and SCM_RIGHTS share one. */
TEST_F(own, handles_are_counted)
{
	int fds[4], sockets[2], copy, child, status;
	char byte;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	ASSERT_LE(0, fds[0] = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_EQ(1, handle_count(fds[0]));
	ASSERT_LE(0, fds[1] = open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_EQ(2, handle_count(fds[0]));
	ASSERT_LE(0, fds[2] = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, OPENIF));
	ASSERT_EQ(3, handle_count(fds[0]));
	ASSERT_LE(0, fds[3] = duplicate(fds[0], 0, 0));
	ASSERT_EQ(4, handle_count(fds[0]));
	REFUSED(EEXIST, NTEVENT_STATUS_OBJECT_NAME_COLLISION, create_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, open_with(self->dev, IN_BASE(u"x"), 0));
	ASSERT_EQ(4, handle_count(fds[0]));
	ASSERT_LE(0, copy = dup(fds[0]));
	send_fd(sockets[0], fds[0]);
	child = fork();
	if (!child)
		_exit(read(sockets[0], &byte, 1));
	ASSERT_EQ(4, handle_count(copy));
	close(fds[1]);
	close(fds[2]);
	close(fds[3]);
	/* The child has copies of these fds. */
	ASSERT_EQ(4, handle_count(copy));
	ASSERT_EQ(1, write(sockets[1], "", 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(1, handle_count(copy));
	close(fds[0]);
	ASSERT_EQ(1, handle_count(copy));
	close(copy);
	/* An fd in flight in a socket keeps its handle open. */
	ASSERT_LE(0, fds[0] = open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_EQ(2, handle_count(fds[0]));
	close(fds[0]);
	close(receive_fd(sockets[1]));
	GONE(open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
}

/* The death of a process closes its handles, even by SIGKILL. */
TEST_F(own, death_closes_handles)
{
	int ready[2], child, status;
	char byte;

	ASSERT_EQ(0, pipe(ready));
	child = fork();
	if (!child) {
		create_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	close(open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	GONE(open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
}

/* A waiter keeps the event but not the name. The name can be used for another event. */
TEST_F(own, V211_waiters_keep_the_object_but_not_the_name)
{
	int alert = create(self->dev, SYNCHRONIZATION, 0), fd, next;
	struct waiter w;

	ASSERT_LE(0, fd = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	w = waiter_on(self->dev, fd);
	w.flags = NTEVENT_WAIT_ALERT;
	w.alert = alert;
	ASSERT_TRUE(start(&w, 1));
	close(fd);
	GONE(open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_LE(0, next = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_EQ(NTEVENT_STATUS_SUCCESS, last_status);
	ASSERT_EQ(0, fdinfo(next, "waiters"));
	ASSERT_EQ(0, set(next));
	/* The signal goes to a wait for the new event. The old waiter is not woken. */
	ASSERT_EQ(0, wait_one(next, LOST));
	ASSERT_FALSE(atomic_load(&w.done));
	ASSERT_EQ(0, set(alert));
	ASSERT_EQ(USER_APC, finish(&w));
}

/* A creation that fails after the object is made leaves no permanent name. */
TEST_F(own, V175_failed_permanent_create_leaves_no_name)
{
	struct ntevent_create_event_args args = {
		.object = object(IN_BASE(u"x"), NO_ROOT, PERMANENT),
		.desired_access = ALL_ACCESS,
	}, *read_only;
	struct rlimit limit, none;

	NEEDS_ROOT();
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = limit.rlim_max };
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	REFUSED(EMFILE, NTEVENT_STATUS_TOO_MANY_OPENED_FILES, create_with(self->dev, &args));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	GONE(open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));

	read_only = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, read_only);
	*read_only = args;
	ASSERT_EQ(0, mprotect(read_only, 4096, PROT_READ));
	ASSERT_EQ(-EFAULT, result_of(ioctl(self->dev, NTEVENT_IOC_CREATE_EVENT, read_only)));
	GONE(open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
}

/* Making an object permanent twice works, and so does one without a name. */
TEST_F(own, V208_make_permanent_twice)
{
	int fd = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0), unnamed = create(self->dev, NOTIFICATION, 0);

	NEEDS_ROOT();
	ASSERT_EQ(0, make_permanent(fd));
	ASSERT_EQ(0, make_permanent(fd));
	ASSERT_EQ(PERMANENT, attributes_of(fd));
	ASSERT_EQ(0, make_permanent(unnamed));
	ASSERT_EQ(0, make_temporary(unnamed));
	ASSERT_EQ(0, attributes_of(unnamed));
	ASSERT_EQ(0, make_temporary(fd));
	ASSERT_EQ(0, make_temporary(fd));
	close(fd);
	GONE(open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
}

TEST_HARNESS_MAIN
