// SPDX-License-Identifier: GPL-2.0
/*
 * Exclusive objects, V212 and V213: only the creating process may open one, and only with the flag.
 */
#include "names.h"
#include "credentials.h"

#define EXCLUSIVE	NTEVENT_OBJ_EXCLUSIVE
#define X		IN_BASE(u"x")
#define GONE(call)	REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND, call)

#define CHECK_DENIED(call) CHECK((call) == -EACCES && last_status == NTEVENT_STATUS_ACCESS_DENIED)

FIXTURE(own) {
	int dev;
	int fd;
};

FIXTURE_SETUP(own)
{
	if (access("/dev/ntevent", F_OK))
		SKIP(return, "/dev/ntevent is not there: load the module");
	self->dev = private_device();
	self->fd = create_event(self->dev, X, NO_ROOT, EXCLUSIVE);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(own)
{
	close(self->fd);
	close(self->dev);
}

static int open_if(int dev, uint32_t attributes)
{
	return create_event(dev, X, NO_ROOT, OPENIF | attributes);
}

TEST_F(own, V212_own_process_opens_with_the_flag)
{
	int fd;

	ASSERT_LE(0, fd = open_event(self->dev, X, NO_ROOT, EXCLUSIVE));
	ASSERT_EQ(2, handle_count(fd));
	close(fd);
	REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, open_event(self->dev, X, NO_ROOT, 0));
	REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, open_if(self->dev, 0));
	ASSERT_LE(0, fd = open_if(self->dev, EXCLUSIVE));
	ASSERT_EQ(NTEVENT_STATUS_OBJECT_NAME_EXISTS, last_status);
	close(fd);
	ASSERT_EQ(1, handle_count(self->fd));
}

/* A child of the same user, root or not, is another process and may not open the object. */
TEST_F(own, V212_other_process_is_denied)
{
	IN_CHILD() {
		CHECK_DENIED(open_event(self->dev, X, NO_ROOT, EXCLUSIVE));
		CHECK_DENIED(open_event(self->dev, X, NO_ROOT, 0));
		CHECK_DENIED(open_if(self->dev, EXCLUSIVE));
		CHECK_DENIED(open_if(self->dev, 0));
		CHECK(create_event(self->dev, X, NO_ROOT, EXCLUSIVE) == -EEXIST);
		CHECK(last_status == NTEVENT_STATUS_OBJECT_NAME_COLLISION);
		/* The inherited handle still works. */
		CHECK(set(self->fd) == 0 && handle_count(self->fd) == 1);
		_exit(0);
	}
	ASSERT_EQ(1, state(self->fd));
}

static void *open_in_thread(void *dev)
{
	return (void *)(intptr_t)open_event((intptr_t)dev, X, NO_ROOT, EXCLUSIVE);
}

/* All threads of the process may open the object. */
TEST_F(own, V212_other_thread_opens)
{
	pthread_t thread;
	void *fd;

	ASSERT_EQ(0, pthread_create(&thread, NULL, open_in_thread, (void *)(intptr_t)self->dev));
	ASSERT_EQ(0, pthread_join(thread, &fd));
	ASSERT_LE(0, (intptr_t)fd);
}

/* Receiving a handle does not make the receiver the owning process. */
TEST_F(own, V212_receiver_is_denied)
{
	int sockets[2], there[2], child, status;
	char byte = 0;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	ASSERT_EQ(0, pipe(there));
	child = fork();
	if (!child) {
		int fd;

		CHECK((fd = create_event(self->dev, IN_BASE(u"y"), NO_ROOT, EXCLUSIVE)) >= 0);
		send_fd(sockets[0], fd);
		close(there[1]);
		/* wait until the receiver has looked at it */
		_exit(read(sockets[0], &byte, 1) != 1);
	}
	int fd = receive_fd(sockets[1]);

	ASSERT_EQ(0, set(fd));
	REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, open_event(self->dev, IN_BASE(u"y"), NO_ROOT, EXCLUSIVE));
	ASSERT_EQ(1, write(sockets[1], &byte, 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	/* The owning process has exited, so nobody can open the object while it has its name. */
	REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, open_event(self->dev, IN_BASE(u"y"), NO_ROOT, EXCLUSIVE));
	REFUSED(EEXIST, NTEVENT_STATUS_OBJECT_NAME_COLLISION, create_event(self->dev, IN_BASE(u"y"), NO_ROOT, 0));
	close(fd);
	ASSERT_LE(0, fd = create_event(self->dev, IN_BASE(u"y"), NO_ROOT, 0));
}

/* Runs after exec, with the device at fd 100. The process may still open the object. */
static int after_exec(void)
{
	int fd = open_event(100, X, NO_ROOT, EXCLUSIVE);

	if (fd < 0 || handle_count(fd) != 2)
		return 3;
	return open_event(100, X, NO_ROOT, 0) == -EACCES ? 0 : 4;
}

static void *exec_in_thread(void *unused)
{
	execl("/proc/self/exe", "exclusive_test", "--after-exec", NULL);
	return NULL;
}

static void exec_again(int dev, bool from_thread)
{
	pthread_t thread;

	CHECK(dup2(dev, 100) == 100);
	CHECK(dup2(create_event(dev, X, NO_ROOT, EXCLUSIVE), 101) == 101);
	if (!from_thread)
		exec_in_thread(NULL);
	else if (!pthread_create(&thread, NULL, exec_in_thread, NULL))
		pthread_join(thread, NULL);
	_exit(5);
}

/* exec does not change the owning process, even if another thread than the leader calls it. */
TEST_F(own, V212_exec_keeps_the_process)
{
	close(self->fd);
	IN_CHILD()
		exec_again(self->dev, false);
	IN_CHILD()
		exec_again(self->dev, true);
	GONE(open_event(self->dev, X, NO_ROOT, EXCLUSIVE));
}

/* Closing the last handle frees the name. */
TEST_F(own, V212_exclusive_name_goes_with_its_handles)
{
	int fd;

	close(self->fd);
	GONE(open_event(self->dev, X, NO_ROOT, EXCLUSIVE));
	IN_CHILD() {
		CHECK(create_event(self->dev, X, NO_ROOT, EXCLUSIVE) >= 0);
		_exit(0);
	}
	ASSERT_LE(0, fd = create_event(self->dev, X, NO_ROOT, 0));
}

TEST_F(own, V212_directories_and_links)
{
	int directory, link;

	ASSERT_LE(0, directory = create_directory(self->dev, IN_BASE(u"d"), NO_ROOT, EXCLUSIVE));
	ASSERT_LE(0, link = create_link_as(self->dev, object(IN_BASE(u"l"), NO_ROOT, EXCLUSIVE), IN_BASE(u"d")));
	close(open_directory(self->dev, IN_BASE(u"d"), NO_ROOT, EXCLUSIVE));
	ASSERT_EQ(NTEVENT_STATUS_SUCCESS, last_status);
	close(open_link(self->dev, IN_BASE(u"l"), NO_ROOT, EXCLUSIVE));
	ASSERT_EQ(NTEVENT_STATUS_SUCCESS, last_status);
	IN_CHILD() {
		CHECK_DENIED(open_directory(self->dev, IN_BASE(u"d"), NO_ROOT, EXCLUSIVE));
		CHECK_DENIED(open_link(self->dev, IN_BASE(u"l"), NO_ROOT, EXCLUSIVE));
		/* Traversing the link does not open it. */
		CHECK(create_event(self->dev, IN_BASE(u"l\\x"), NO_ROOT, 0) >= 0);
		_exit(0);
	}
}

TEST_F(own, V213_exclusive_open_of_an_ordinary_event)
{
	int fd;

	ASSERT_LE(0, fd = create_event(self->dev, IN_BASE(u"y"), NO_ROOT, 0));
	REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, open_event(self->dev, IN_BASE(u"y"), NO_ROOT, EXCLUSIVE));
	REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER,
		create_event(self->dev, IN_BASE(u"y"), NO_ROOT, EXCLUSIVE | OPENIF));
	REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER,
		create_event(self->dev, IN_BASE(u"z"), NO_ROOT, EXCLUSIVE | NTEVENT_OBJ_INHERIT));
	GONE(open_event(self->dev, IN_BASE(u"z"), NO_ROOT, 0));
	ASSERT_EQ(1, handle_count(fd));
}

/* QUERY_OBJECT reports OBJ_EXCLUSIVE. */
TEST_F(own, attributes_tell_exclusive)
{
	struct ntevent_object_info info;
	char16_t name[64];

	ASSERT_EQ(0, query_object(self->fd, &info, name, sizeof(name)));
	ASSERT_EQ(EXCLUSIVE, info.attributes);
}

TEST_F(nt, exclusive_without_a_name)
{
	int fd = create_event(self->dev, NULL, NO_ROOT, EXCLUSIVE);

	ASSERT_LE(0, fd);
	IN_CHILD()
		_exit(set(fd));
	ASSERT_EQ(1, state(fd));
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--after-exec"))
		return after_exec();
	return test_harness_run(argc, argv);
}
