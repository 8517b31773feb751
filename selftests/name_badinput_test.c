// SPDX-License-Identifier: GPL-2.0
/* Bad input to commands with names must get the documented error and leave no name and no fd. */
#include <linux/userfaultfd.h>
#include <sys/epoll.h>
#include "name_forms.h"

/* Addresses, in 64 bits as in the arguments, that no name can be read from or written to. */
static uint64_t bad_addresses[10];
static int bad_count;
static char *guard_end, *read_only, *no_access;

static void map_pages(struct __test_metadata *_metadata)
{
	char *pages = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, (void *)pages);
	guard_end = pages + 4096;
	no_access = pages + 4096;
	read_only = pages + 8192;
	ASSERT_EQ(0, mprotect(no_access, 4096, PROT_NONE));
	ASSERT_EQ(0, munmap(pages + 3 * 4096, 4096));
	bad_addresses[bad_count++] = 2;
	bad_addresses[bad_count++] = 4096;
	bad_addresses[bad_count++] = (uintptr_t)no_access;
	bad_addresses[bad_count++] = (uintptr_t)guard_end - 2;
	bad_addresses[bad_count++] = (uintptr_t)pages + 4 * 4096 - 4096;
	bad_addresses[bad_count++] = 0xffff888000000000;
	bad_addresses[bad_count++] = 0x8000000000000000;
	bad_addresses[bad_count++] = -4096;
	bad_addresses[bad_count++] = -2;
	/* A valid address plus bits that a 32-bit program does not have. */
	bad_addresses[bad_count++] = (uintptr_t)pages + (1ULL << 46);
}

static struct ntevent_object_attributes at(uint64_t name, uint32_t length, int root)
{
	return (struct ntevent_object_attributes){ .name = name, .name_length = length, .root = root };
}

TEST_F(names, names_that_cannot_be_read)
{
	int i;

	map_pages(_metadata);
	EACH_FORM(form)
		for (i = 0; i < bad_count; i++) {
			REFUSES(form, self->dev, at(bad_addresses[i], 8, self->base), ACCESS_VIOLATION);
			REFUSES(form, self->dev, at(bad_addresses[i], 65532, self->base), ACCESS_VIOLATION);
			REFUSES(form, self->dev, at(bad_addresses[i], 8, NO_ROOT), ACCESS_VIOLATION);
			REFUSES(form, self->dev, at(bad_addresses[i] | 1, 8, self->base), DATATYPE_MISALIGNMENT);
		}
	ASSERT_TRUE(is_fresh(self->dev));
}

/*
 * The target of a link is checked as a name is, but after the name of the link. An odd length is an
 * invalid parameter.
 */
TEST_F(names, F14_targets_that_cannot_be)
{
	static char16_t long_target[32767];
	struct ntevent_create_link_args good = { .object = object(u"l", self->base, 0), .desired_access = LINK_ALL,
						 .target = (uintptr_t)BASE, .target_length = 4 }, args;
	const struct { uint64_t target; uint32_t length, status; } rows[] = {
		{ (uintptr_t)BASE, 3, NTEVENT_STATUS_INVALID_PARAMETER }, { 8, 65533, NTEVENT_STATUS_INVALID_PARAMETER },
		{ (uintptr_t)BASE + 1, 4, NTEVENT_STATUS_DATATYPE_MISALIGNMENT },
		{ (uintptr_t)BASE + 1, 3, NTEVENT_STATUS_DATATYPE_MISALIGNMENT },
		{ 8, 65534, NTEVENT_STATUS_ACCESS_VIOLATION }, { (uintptr_t)long_target, 65534, NTEVENT_STATUS_OBJECT_NAME_INVALID },
		{ 8, 65535, NTEVENT_STATUS_OBJECT_NAME_INVALID }, { 8, UINT32_MAX, NTEVENT_STATUS_OBJECT_NAME_INVALID },
		{ 0, 0, NTEVENT_STATUS_INVALID_PARAMETER },
	};
	int i, bit;

	map_pages(_metadata);
	for (i = 0; i < bad_count; i++) {
		args = good;
		args.target = bad_addresses[i];
		args.target_length = 6;
		ASSERT_EQ(-EFAULT, result_of(ioctl(self->dev, NTEVENT_IOC_CREATE_SYMBOLIC_LINK, &args)));
		ASSERT_EQ(NTEVENT_STATUS_ACCESS_VIOLATION, args.status);
		args.object.name_length = 1;
		ASSERT_EQ(-EINVAL, result_of(ioctl(self->dev, NTEVENT_IOC_CREATE_SYMBOLIC_LINK, &args)));
		ASSERT_EQ(NTEVENT_STATUS_OBJECT_NAME_INVALID, args.status);
	}
	for (i = 0; i < (int)ARRAY_SIZE(rows); i++) {
		args = good;
		args.target = rows[i].target;
		args.target_length = rows[i].length;
		ASSERT_EQ(-errno_of(rows[i].status), result_of(ioctl(self->dev, NTEVENT_IOC_CREATE_SYMBOLIC_LINK, &args)));
		ASSERT_EQ(rows[i].status, args.status) TH_LOG("row %d", i);
	}
	for (bit = 0; bit < 32; bit++) {
		args = good;
		args.pad = 1u << bit;
		ASSERT_EQ(-EINVAL, result_of(ioctl(self->dev, NTEVENT_IOC_CREATE_SYMBOLIC_LINK, &args)));
		ASSERT_EQ(NTEVENT_STATUS_INVALID_PARAMETER, args.status);
	}
	ASSERT_TRUE(is_fresh(self->dev));
	ASSERT_LE(0, ioctl(self->dev, NTEVENT_IOC_CREATE_SYMBOLIC_LINK, &good));
	ASSERT_EQ(0, good.status);
}

TEST_F(names, arguments_that_cannot_be_used)
{
	void *bad[] = { NULL, (void *)1L, (void *)8L, (void *)-1L, (void *)-4096L, NULL, NULL };
	int event = create_event(self->dev, u"n", self->base, 0), free_fd, i;

	map_pages(_metadata);
	bad[5] = no_access;
	bad[6] = guard_end - 8;
	free_fd = lowest_free_fd(self->dev);
	for (i = 0; i < (int)ARRAY_SIZE(bad); i++) {
		EACH_FORM(form) {
			ASSERT_EQ(-EFAULT, result_of(ioctl(self->dev, form->command, bad[i])));
		}
		ASSERT_EQ(-EFAULT, result_of(ioctl(event, NTEVENT_IOC_QUERY_OBJECT, bad[i])));
		ASSERT_EQ(-EFAULT, result_of(ioctl(self->base, NTEVENT_IOC_QUERY_DIRECTORY, bad[i])));
		ASSERT_EQ(-EFAULT, result_of(ioctl(self->base, NTEVENT_IOC_DUPLICATE, bad[i])));
	}
	ASSERT_EQ(free_fd, lowest_free_fd(self->dev));
	ASSERT_EQ(1, handle_count(event));
	close(event);
	ASSERT_TRUE(is_fresh(self->dev));
}

/* Results that cannot be stored. */
TEST_F(names, queries_with_read_only_arguments)
{
	char16_t name[64];
	struct ntevent_object_info info = { .name = (uintptr_t)name, .name_size = sizeof(name) };
	struct ntevent_directory_entry entry = { .name = (uintptr_t)name, .name_size = sizeof(name) };

	map_pages(_metadata);
	memcpy(read_only, &info, sizeof(info));
	memcpy(read_only + 64, &entry, sizeof(entry));
	ASSERT_EQ(0, mprotect(read_only, 4096, PROT_READ));
	ASSERT_EQ(-EFAULT, result_of(ioctl(self->base, NTEVENT_IOC_QUERY_OBJECT, read_only)));
	ASSERT_EQ(-EFAULT, result_of(ioctl(self->base, NTEVENT_IOC_QUERY_DIRECTORY, read_only + 64)));
}

TEST_F(names, queries_into_bad_buffers)
{
	struct ntevent_directory_entry entry;
	struct ntevent_object_info info;
	int i;

	map_pages(_metadata);
	ASSERT_EQ(0, mprotect(read_only, 4096, PROT_READ));
	bad_addresses[4] = (uintptr_t)read_only;
	for (i = 0; i < bad_count; i++) {
		info = (struct ntevent_object_info){ .name = bad_addresses[i], .name_size = 100, .type = 7 };
		ASSERT_EQ(-EFAULT, result_of(ioctl(self->base, NTEVENT_IOC_QUERY_OBJECT, &info)));
		ASSERT_EQ(NTEVENT_STATUS_ACCESS_VIOLATION, info.status);
		ASSERT_EQ(7, info.type);
		entry = (struct ntevent_directory_entry){ .name = bad_addresses[i], .name_size = 100 };
		ASSERT_EQ(-EFAULT, result_of(ioctl(self->base, NTEVENT_IOC_QUERY_DIRECTORY, &entry)));
		ASSERT_EQ(NTEVENT_STATUS_ACCESS_VIOLATION, entry.status);
		ASSERT_EQ(0, entry.cursor);
	}
	for (i = 0; i < 32; i++) {
		info = (struct ntevent_object_info){ .name = (uintptr_t)guard_end - 200, .name_size = 100, .pad = 1u << i };
		ASSERT_EQ(-EINVAL, result_of(ioctl(self->base, NTEVENT_IOC_QUERY_OBJECT, &info)));
		ASSERT_EQ(NTEVENT_STATUS_INVALID_PARAMETER, info.status);
		ASSERT_EQ(100, info.name_size);
	}
}

TEST_F(names, unaligned_argument_structs)
{
	struct ntevent_create_link_args args = { .object = object(u"n", self->base, 0), .target = (uintptr_t)BASE,
						 .target_length = 4, .desired_access = LINK_ALL, .status = UNSTORED };
	char buffer[64];
	int fd;

	memcpy(buffer + 1, &args, sizeof(args));
	fd = ioctl(self->dev, NTEVENT_IOC_CREATE_SYMBOLIC_LINK, buffer + 1);
	ASSERT_LE(0, fd);
	memcpy(&args, buffer + 1, sizeof(args));
	ASSERT_EQ(0, args.status);
	ASSERT_TRUE(is_called(fd, IN_BASE(u"n")));
}

/* Each command on each kind of file that does not support it. */
TEST_F(names, commands_on_other_files)
{
	static const unsigned long of_events[] = { NTEVENT_IOC_SET, NTEVENT_IOC_RESET, NTEVENT_IOC_CLEAR, NTEVENT_IOC_PULSE,
						   NTEVENT_IOC_QUERY };
	static const unsigned long of_objects[] = {
		NTEVENT_IOC_SET, NTEVENT_IOC_RESET, NTEVENT_IOC_CLEAR, NTEVENT_IOC_PULSE, NTEVENT_IOC_QUERY, NTEVENT_IOC_WAIT_ONE,
		NTEVENT_IOC_DUPLICATE, NTEVENT_IOC_QUERY_OBJECT, NTEVENT_IOC_MAKE_TEMPORARY, NTEVENT_IOC_MAKE_PERMANENT,
		NTEVENT_IOC_QUERY_DIRECTORY, NTEVENT_IOC_QUERY_SYMBOLIC_LINK };
	static const unsigned long of_device[] = {
		NTEVENT_IOC_CREATE_EVENT, NTEVENT_IOC_OPEN_EVENT, NTEVENT_IOC_CREATE_DIRECTORY, NTEVENT_IOC_OPEN_DIRECTORY,
		NTEVENT_IOC_CREATE_SYMBOLIC_LINK, NTEVENT_IOC_OPEN_SYMBOLIC_LINK, NTEVENT_IOC_WAIT, NTEVENT_IOC_SIGNAL_AND_WAIT,
		NTEVENT_IOC_NEW_NAMESPACE, NTEVENT_IOC_GET_INFO };
	char argument[64] = { 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(of_objects); i++)
		ASSERT_EQ(-ENOTTY, result_of(ioctl(self->dev, of_objects[i], argument)));
	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(NULL, NO_ROOT, 0));

		for (i = 0; i < ARRAY_SIZE(of_device); i++)
			ASSERT_EQ(-ENOTTY, result_of(ioctl(fd, of_device[i], argument))) TH_LOG("%s %u", form->text, i);
		for (i = 0; i < 256; i++)
			ASSERT_EQ(-ENOTTY, result_of(ioctl(fd, _IOC(_IOC_READ, 'N', i, 63), argument)));
		for (i = 0; i < ARRAY_SIZE(of_events) && form != CREATE_EVENT; i++)
			ASSERT_EQ(-EINVAL, result_of(ioctl(fd, of_events[i], argument))) TH_LOG("%s %u", form->text, i);
		if (form != CREATE_DIRECTORY) {
			struct ntevent_directory_entry entry = { .status = UNSTORED };

			ASSERT_EQ(-EINVAL, result_of(ioctl(fd, NTEVENT_IOC_QUERY_DIRECTORY, &entry)));
			ASSERT_EQ(NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, entry.status);
		}
	}
}

/*
 * A wait needs the right to wait, which a directory or a link cannot grant. The signal half of a
 * signal-and-wait needs an event, whatever rights the handle has.
 */
TEST_F(names, V104_V130_waits_on_what_is_no_event)
{
	int event = create_event_as(self->dev, object(NULL, NO_ROOT, 0), ALL_ACCESS, NOTIFICATION, 1), fds[2], i, all;

	EACH_CREATION(form) {
		if (form == CREATE_EVENT)
			continue;
		fds[0] = call(form, self->dev, object(NULL, NO_ROOT, 0));
		fds[1] = duplicate(fds[0], 0, 0);
		for (i = 0; i < 2; i++) {
			const int denied = NTEVENT_STATUS_ACCESS_DENIED, alert = NTEVENT_WAIT_ALERT;
			struct ntevent_wait_one_args pad = { .pad = 1 };

			ASSERT_EQ(-EINVAL, result_of(ioctl(fds[i], NTEVENT_IOC_SET)));
			ASSERT_EQ(-EACCES, result_of(ioctl(fds[i], NTEVENT_IOC_WAIT_ONE, NULL)));
			REFUSED(EACCES, denied, wait_one(fds[i], 0));
			REFUSED(EACCES, denied, wait_one(fds[i], FOREVER));
			REFUSED(EACCES, denied, wait_one_alert(fds[i], 0, alert, event));
			REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, wait_one_alert(fds[i], 0, 1u << 31, 0));
			ASSERT_EQ(-EINVAL, result_of(ioctl(fds[i], NTEVENT_IOC_WAIT_ONE, &pad)));
			REFUSED(EACCES, denied, wait_one_alert(event, 0, alert, fds[i]));
			for (all = 0; all < 2; all++) {
				REFUSED(EACCES, denied, wait_on(self->dev, (int[]){ fds[i], event }, 2, all, FOREVER, 0));
				REFUSED(EACCES, denied, wait_on(self->dev, (int[]){ event, fds[i] }, 2, all, 0, 0));
				REFUSED(EACCES, denied, wait_on(self->dev, &event, 1, all | alert, 0, fds[i]));
			}
			REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH,
				signal_and_wait(self->dev, fds[i], event, 0, 0, 0));
			ASSERT_EQ(0, reset(event) - 1);
			REFUSED(EACCES, denied, signal_and_wait(self->dev, event, fds[i], 0, 0, 0));
			ASSERT_EQ(0, state(event));
			ASSERT_EQ(0, set(event));
		}
	}
}

/* This also holds for the start-up directories, for each user and for handles with any rights. */
TEST_F(names, F16_wait_on_a_directory_is_denied)
{
	int event = create(self->dev, NOTIFICATION, 1), link = open_link(self->dev, u"Global", self->base, 0);
	const int fds[] = { self->base, link };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		ASSERT_EQ(-EACCES, result_of(ioctl(fds[i], NTEVENT_IOC_WAIT_ONE, NULL)));
		REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, wait_one(fds[i], 0));
		REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, wait_any(self->dev, &fds[i], 1, 0));
		REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, wait_all(self->dev, &fds[i], 1, FOREVER));
		REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, wait_any(self->dev, (int[]){ event, fds[i] }, 2, 0));
		REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, signal_and_wait(self->dev, event, fds[i], 0, 0, 0));
		REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, signal_and_wait(self->dev, fds[i], event, 0, 0, 0));
		/* The first wrong handle decides. */
		REFUSED(EBADF, NTEVENT_STATUS_INVALID_HANDLE, wait_any(self->dev, (int[]){ self->dev, fds[i] }, 2, 0));
		REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, wait_any(self->dev, (int[]){ fds[i], self->dev }, 2, 0));
	}
}

/* Directories and links are never ready. Their files do not support read, write and mmap. */
TEST_F(names, files_of_directories_and_links)
{
	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(u"n", self->base, 0)), epoll = epoll_create1(EPOLL_CLOEXEC);
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN | POLLOUT | POLLPRI };
		struct epoll_event event = { .events = EPOLLIN };
		char path[64], link[64] = "", byte = 0;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		ASSERT_LT(0, readlink(path, link, sizeof(link) - 1));
		ASSERT_EQ(0, strcmp(link, "anon_inode:[ntevent]"));
		ASSERT_EQ(all_of(form->type), fdinfo(fd, "access"));
		ASSERT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
		ASSERT_EQ(-1, read(fd, &byte, 1));
		ASSERT_EQ(-1, write(fd, &byte, 1));
		ASSERT_EQ(-1, lseek(fd, 0, SEEK_SET));
		ASSERT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
		if (form != CREATE_EVENT) {
			ASSERT_EQ(1, poll(&poll_fd, 1, 0));
			ASSERT_EQ(POLLERR, poll_fd.revents);
			ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
			ASSERT_EQ(1, epoll_wait(epoll, &event, 1, 0));
			ASSERT_EQ(EPOLLERR, event.events);
		}
		close(epoll);
		close(fd);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/* A thread rewrites the name, its length and its root. The name used must be the one checked. */
static struct ntevent_create_event_args shared;
static char16_t shared_name[4];
static atomic_bool shared_stop;

static void *rewriter(void *arg)
{
	volatile struct ntevent_create_event_args *args = &shared;
	volatile char16_t *name = shared_name;
	unsigned int n = 0;

	while (!atomic_load(&shared_stop)) {
		n = n * 1103515245 + 12345;
		name[(n >> 8) & 3] = n & 0x70000 ? u'a' : u'\\';
		args->object.name_length = (n >> 17) % 10;
		args->object.root = n & 0x400000 ? (intptr_t)arg : -1;
		args->object.attributes = n & 0x800000 ? OPENIF : FOLD;
	}
	return NULL;
}

TEST_F(names, names_that_change_meanwhile)
{
	char16_t told[64];
	struct ntevent_object_info info;
	int made = 0, refused = 0;
	int64_t end = now_ms() + 2000;
	pthread_t thread;

	shared = (struct ntevent_create_event_args){ .object = counted(shared_name, 2, NO_ROOT, 0), .desired_access = 1 };
	ASSERT_EQ(0, pthread_create(&thread, NULL, rewriter, (void *)(intptr_t)self->base));
	while (now_ms() < end) {
		int fd = result_of(ioctl(self->dev, NTEVENT_IOC_CREATE_EVENT, &shared));
		unsigned int unit, slashes = 0;

		if (fd < 0) {
			/* The kernel may read a half-written root, which is not a handle. */
			ASSERT_TRUE(fd == -EINVAL || fd == -ENOENT || fd == -EEXIST || fd == -EBADF) TH_LOG("%d", fd);
			/* Lets the other thread run on a machine with one CPU. */
			if (!(++refused % 64))
				sched_yield();
			continue;
		}
		ASSERT_EQ(0, query_object(fd, &info, told, sizeof(told)));
		for (unit = 0; unit < info.name_size / 2; unit++)
			slashes += told[unit] == u'\\';
		/* No name, or \aaa in the root, or \BaseNamedObjects\aaa. */
		ASSERT_EQ(info.name_size ? info.name_size > 2 * units_of(BASE) ? 2 : 1 : 0, slashes);
		ASSERT_TRUE(!info.name_size || told[info.name_size / 2 - 1] == u'a');
		close(fd);
		if (!(++made % 64))
			sched_yield();
	}
	atomic_store(&shared_stop, true);
	pthread_join(thread, NULL);
	TH_LOG("%d made, %d refused", made, refused);
	ASSERT_TRUE(is_fresh(self->dev));
}

/*
 * One thread blocks in a page fault on its name. No lock is held, so others can use the directory.
 */
static void *faulting(void *arg)
{
	void **args = arg;
	int fd = (intptr_t)args[0];

	if (args[2]) {
		struct ntevent_directory_entry entry = { .name = (uintptr_t)args[1], .name_size = 64 };

		return (void *)(intptr_t)result_of(ioctl(fd, NTEVENT_IOC_QUERY_DIRECTORY, &entry));
	}
	return (void *)(intptr_t)call(CREATE_EVENT, fd, counted(args[1], 8, NO_ROOT, 0));
}

TEST_F(names, no_lock_over_a_user_copy)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC), query;
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffd_msg msg;
	pthread_t thread;
	void *result;

	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api))
		SKIP(return, "no userfaultfd here");
	reg.range = (struct uffdio_range){ (uintptr_t)pages, 8192 };
	ASSERT_EQ(0, ioctl(uffd, UFFDIO_REGISTER, &reg));
	for (query = 0; query < 2; query++) {
		void *args[] = { (void *)(intptr_t)(query ? self->base : self->dev), pages + 4096 * query, query ? pages : NULL };
		struct uffdio_zeropage zero = { .range = { (uintptr_t)args[1], 4096 } };

		ASSERT_EQ(0, pthread_create(&thread, NULL, faulting, args));
		ASSERT_EQ(sizeof(msg), read(uffd, &msg, sizeof(msg)));
		EACH_CREATION(form) {
			SUCCEEDS(form, self->dev, object(IN_BASE(u"n"), NO_ROOT, 0));
			SUCCEEDS(form, self->dev, object(u"\\n", NO_ROOT, OPENIF));
		}
		ASSERT_EQ(BASE_NAMES, count_entries(self->base));
		ASSERT_EQ(0, ioctl(uffd, UFFDIO_ZEROPAGE, &zero));
		ASSERT_EQ(0, pthread_join(thread, &result));
		ASSERT_EQ(query ? 0 : -EINVAL, (intptr_t)result);
	}
}

TEST_HARNESS_MAIN
