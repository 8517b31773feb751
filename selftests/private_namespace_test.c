// SPDX-License-Identifier: GPL-2.0
/* NEW_NAMESPACE: a namespace for one open file description and every process that has it. */
#include "names.h"
#include "credentials.h"

#define X		IN_BASE(u"private_namespace_test")
#define GONE(call)	REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND, call)

static int open_device(void)
{
	return open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
}

static int new_namespace(int dev)
{
	return result_of(ioctl(dev, NTEVENT_IOC_NEW_NAMESPACE));
}

TEST_F(nt, two_files_see_their_own_names)
{
	int first = private_device(), second = private_device(), fd;

	ASSERT_LE(0, fd = create_event(first, X, NO_ROOT, 0));
	GONE(open_event(second, X, NO_ROOT, 0));
	GONE(open_event(self->dev, X, NO_ROOT, 0));
	ASSERT_LE(0, create_event(second, X, NO_ROOT, 0));
	ASSERT_LE(0, create_event(self->dev, X, NO_ROOT, 0));
	ASSERT_EQ(1, handle_count(fd));
	close(fd);
	GONE(open_event(first, X, NO_ROOT, 0));
	ASSERT_LE(0, open_event(second, X, NO_ROOT, 0));
}

TEST_F(nt, repeated_before_the_first_object)
{
	ASSERT_EQ(0, new_namespace(self->dev));
	ASSERT_EQ(0, new_namespace(self->dev));
	ASSERT_EQ(0, new_namespace(self->dev));
	ASSERT_LE(0, create_event(self->dev, X, NO_ROOT, 0));
	ASSERT_EQ(-EBUSY, new_namespace(self->dev));
	/* The refused command leaves the namespace as it is. */
	ASSERT_LE(0, open_event(self->dev, X, NO_ROOT, 0));
}

/*
 * Each command that creates or opens an object fixes the file's namespace, even if the object goes.
 */
TEST_F(nt, every_first_object_fixes_the_namespace)
{
	int dev, which;

	for (which = 0; which < 8; which++) {
		int fd = -1;

		ASSERT_LE(0, dev = open_device());
		switch (which) {
		case 0: fd = create(dev, SYNCHRONIZATION, 0); break;
		case 1: fd = create_event(dev, X, NO_ROOT, 0); break;
		case 2: fd = create_directory(dev, X, NO_ROOT, 0); break;
		case 3: fd = create_directory(dev, NULL, NO_ROOT, 0); break;
		case 4: fd = create_link(dev, X, NO_ROOT, BASE); break;
		case 5: fd = with_name(dev, NTEVENT_IOC_OPEN_DIRECTORY, object(BASE, NO_ROOT, 0), 1); break;
		case 6: fd = with_name(dev, NTEVENT_IOC_OPEN_SYMBOLIC_LINK, object(IN_BASE(u"Local"), NO_ROOT, 0), 1); break;
		case 7: fd = with_name(dev, NTEVENT_IOC_CREATE_DIRECTORY, object(BASE, NO_ROOT, OPENIF), 1); break;
		}
		ASSERT_LE(0, fd);
		ASSERT_EQ(-EBUSY, new_namespace(dev));
		close(fd);
		ASSERT_EQ(-EBUSY, new_namespace(dev));
		close(dev);
	}
}

TEST_F(nt, failing_commands_do_not_fix_the_namespace)
{
	struct ntevent_create_event_args args = { .object.root = -1, .event_type = 7 };
	struct ntevent_info info;
	int fd = create(self->dev, NOTIFICATION, 1), dev = open_device(), closed;

	GONE(open_event(dev, X, NO_ROOT, 0));
	REFUSED(EEXIST, NTEVENT_STATUS_OBJECT_NAME_COLLISION, create_directory(dev, BASE, NO_ROOT, 0));
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, create_event(dev, BASE, NO_ROOT, OPENIF));
	REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED,
		with_name(dev, NTEVENT_IOC_OPEN_DIRECTORY, object(BASE, NO_ROOT, 0), 0));
	REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, create_with(dev, &args));
	ASSERT_EQ(-EFAULT, result_of(ioctl(dev, NTEVENT_IOC_CREATE_EVENT, NULL)));
	ASSERT_EQ(-EFAULT, result_of(ioctl(dev, NTEVENT_IOC_OPEN_EVENT, NULL)));
	/* Commands that make no object do not fix it either. */
	ASSERT_EQ(0, wait_any(dev, &fd, 1, 0));
	ASSERT_EQ(0, signal_and_wait(dev, fd, fd, 0, 0, 0));
	ASSERT_EQ(0, ioctl(dev, NTEVENT_IOC_GET_INFO, &info));
	ASSERT_EQ(0, new_namespace(dev));
	closed = dup(dev);
	close(closed);
	REFUSED(EBADF, NTEVENT_STATUS_INVALID_HANDLE, create_event(dev, u"x", closed, 0));
	ASSERT_EQ(0, new_namespace(dev));
}

static atomic_bool create_waits, create_goes;
/* How many loops the creating thread has as a head start. The other thread has it if negative. */
static int lead;

static void pass_time(int loops)
{
	while (loops-- > 0)
		__asm__ volatile("" ::: "memory");
}

static void *create_x(void *dev)
{
	atomic_store(&create_waits, true);
	spin_until(atomic_load(&create_goes));
	pass_time(-lead);
	return (void *)(intptr_t)create_event((intptr_t)dev, X, NO_ROOT, 0);
}

/* NEW_NAMESPACE while the first object is created either fails or comes before the object. */
TEST_F(nt, first_object_is_made_meanwhile)
{
	int seen[2] = {}, dev, round, ret, fd, step;
	pthread_t thread;
	void *made;

	for_rounds(round, 400) {
		ASSERT_LE(0, dev = open_device());
		ASSERT_EQ(0, pthread_create(&thread, NULL, create_x, (void *)(intptr_t)dev));
		spin_until(atomic_load(&create_waits));
		atomic_store(&create_waits, false);
		atomic_store(&create_goes, true);
		pass_time(lead);
		ret = new_namespace(dev);
		ASSERT_TRUE(ret == 0 || ret == -EBUSY);
		seen[ret == 0]++;
		/*
		 * Adjust the head start so that the two meet, in long steps until each was first.
		 */
		step = abs(lead) / (seen[0] && seen[1] ? 64 : 8) + 10;
		lead += ret == 0 ? step : -step;
		ASSERT_EQ(0, pthread_join(thread, &made));
		atomic_store(&create_goes, false);
		ASSERT_LE(0, (intptr_t)made);
		ASSERT_EQ(-EBUSY, new_namespace(dev));
		ASSERT_LE(0, fd = open_event(dev, X, NO_ROOT, 0));
		close(fd);
		if (ret == 0)
			GONE(open_event(self->dev, X, NO_ROOT, 0));
		close((intptr_t)made);
		GONE(open_event(dev, X, NO_ROOT, 0));
		close(dev);
	}
	TH_LOG("%d times refused, %d times new", seen[0], seen[1]);
}

/* The namespace belongs to the open file description, so all copies of the fd share it. */
TEST_F(nt, copies_share_it)
{
	int sockets[2], dev = open_device(), copy = dup(dev), fd;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	ASSERT_EQ(0, new_namespace(copy));
	send_fd(sockets[0], dev);
	IN_CHILD() {
		int got = receive_fd(sockets[1]);

		CHECK(new_namespace(got) == 0);
		CHECK((fd = create_event(got, X, NO_ROOT, 0)) >= 0);
		send_fd(sockets[1], fd);
		_exit(0);
	}
	ASSERT_LE(0, fd = receive_fd(sockets[0]));
	ASSERT_EQ(-EBUSY, new_namespace(dev));
	ASSERT_EQ(-EBUSY, new_namespace(copy));
	ASSERT_LE(0, open_event(dev, X, NO_ROOT, 0));
	ASSERT_LE(0, open_event(copy, X, NO_ROOT, 0));
	ASSERT_EQ(3, handle_count(fd));
	GONE(open_event(self->dev, X, NO_ROOT, 0));
}

static bool belongs_to(int dev, const char16_t *path, uint32_t uid, uint32_t gid)
{
	struct ntevent_object_info info;
	char16_t name[64];
	int fd = with_name(dev, NTEVENT_IOC_OPEN_DIRECTORY, object(path, NO_ROOT, 0), NTEVENT_DIRECTORY_QUERY);
	bool belongs = fd >= 0 && !query_object(fd, &info, name, sizeof(name)) && info.uid == uid && info.gid == gid &&
		       info.attributes == PERMANENT;

	close(fd);
	return belongs;
}

/* The start-up tree belongs to its creator's effective ids. Others use \BaseNamedObjects only. */
TEST_F(nt, tree_belongs_to_its_maker)
{
	int dev = private_device();

	ASSERT_TRUE(belongs_to(dev, BASE, geteuid(), getegid()));
	ASSERT_LE(0, create_event(dev, u"\\KernelObjects\\x", NO_ROOT, 0));
	if (geteuid())
		return;
	AS((&(struct credentials){ .uid = 1000, .gid = 2000 })) {
		CHECK((dev = private_device()) >= 0);
		CHECK(belongs_to(dev, u"\\", 1000, 2000) && belongs_to(dev, BASE, 1000, 2000));
		CHECK(belongs_to(dev, u"\\Sessions\\BNOLINKS", 1000, 2000));
		CHECK(belongs_to(dev, u"\\KernelObjects", 1000, 2000));
		CHECK(create_event(dev, u"\\KernelObjects\\x", NO_ROOT, 0) >= 0);
		CHECK(create_directory(dev, u"\\own", NO_ROOT, 0) >= 0);
		/* Owning the tree gives no privilege. */
		CHECK(create_event(dev, X, NO_ROOT, PERMANENT) == -EPERM);
		_exit(0);
	}
}

/* Permanent names last as long as the device file or a handle of the namespace is open. */
TEST_F(nt, permanent_names_go_with_it)
{
	long before = module_references();
	int dev = private_device(), base, fd, i;

	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_LE(0, base = open_directory(dev, BASE, NO_ROOT, 0));
	ASSERT_LE(0, fd = create_directory(dev, IN_BASE(u"d"), NO_ROOT, PERMANENT));
	close(fd);
	for (i = 0; i < 100; i++) {
		char16_t name[] = { u'd', u'\\', u'A' + i, 0 };

		if (name[2] == u'\\')
			continue;
		ASSERT_LE(0, fd = create_event(self->dev, name, base, PERMANENT));
		close(fd);
	}
	close(dev);
	ASSERT_LE(0, fd = open_event(self->dev, u"d\\A", base, 0));
	close(base);
	/* A handle to an event in the namespace is enough. */
	ASSERT_TRUE(is_called(fd, IN_BASE(u"d\\A")));
	ASSERT_EQ(PERMANENT, ({ struct ntevent_object_info info; char16_t name[64];
				query_object(fd, &info, name, sizeof(name)); info.attributes; }));
	close(fd);
	ASSERT_EQ(before, module_references());
}

/* One wait for objects of several namespaces. */
TEST_F(nt, waits_span_namespaces)
{
	int fds[2] = { create_event(private_device(), X, NO_ROOT, 0), create_event(private_device(), X, NO_ROOT, 0) };

	ASSERT_EQ(TIMEOUT, wait_any(self->dev, fds, 2, 0));
	ASSERT_EQ(0, set(fds[1]));
	ASSERT_EQ(TIMEOUT, wait_all(self->dev, fds, 2, 0));
	ASSERT_EQ(1, wait_any(self->dev, fds, 2, 0));
}

/* Each namespace has a lock for its waits for all. A wait across namespaces joins the locks. */
TEST_F(nt, F01_all_across_namespaces)
{
	int other = open("/dev/ntevent", O_RDONLY | O_CLOEXEC), a, b, fds[2];
	struct waiter both, own;

	ASSERT_EQ(0, new_namespace(other));
	a = create(self->dev, SYNCHRONIZATION, 0);
	b = create(other, SYNCHRONIZATION, 0);
	both = waiter_on(self->dev, a);
	both.fds[1] = b;
	both.count = 2;
	both.flags = NTEVENT_WAIT_ALL;
	ASSERT_TRUE(start(&both, 1));
	ASSERT_EQ(0, set(a));
	ASSERT_EQ(1, state(a));
	/*
	 * At the same time there is a wait for all within one namespace. It takes no signal that
	 * the first wait takes.
	 */
	own = waiter_on(self->dev, a);
	own.fds[1] = create(self->dev, SYNCHRONIZATION, 0);
	own.count = 2;
	own.flags = NTEVENT_WAIT_ALL;
	ASSERT_TRUE(start(&own, 2));
	ASSERT_EQ(0, set(b));
	ASSERT_EQ(0, finish(&both));
	ASSERT_EQ(0, state(a));
	ASSERT_EQ(0, state(b));
	ASSERT_EQ(0, set(own.fds[1]));
	ASSERT_EQ(0, set(a));
	ASSERT_EQ(0, finish(&own));
	/* The same wait as a test without sleep, in both orders. */
	fds[0] = b;
	fds[1] = a;
	ASSERT_EQ(TIMEOUT, wait_all(self->dev, fds, 2, 0));
	set(a);
	set(b);
	ASSERT_EQ(0, wait_all(other, fds, 2, 0));
	ASSERT_EQ(0, state(a));
	ASSERT_EQ(0, fdinfo(a, "waiters"));
}

TEST_HARNESS_MAIN
