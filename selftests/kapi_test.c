// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel API as drivers call it. Needs kapi.ko, the test module in kapi/, otherwise skips. Each
 * test that kapi/tests.h lists runs in the process of one test here. Tests of events that a program
 * and a driver share are here, with the module as the driver.
 */
#define NTEVENT_OWN_FIXTURE
#include "names.h"
#include "fail_nth.h"
#include "kmsg.h"
#include "freezer.h"
#include <sys/resource.h>
#include "kapi/kapi.h"

enum {
#undef TEST
#define TEST(name, how) KAPI_TEST_##name,
#include "kapi/tests.h"
#undef TEST
	KAPI_TESTS
};

enum how { PLAIN, KILLED, AT_FLUSH, AT_RELEASE, WARNS, FAULTS, NO_FD, NO_FD_0, TWO_THREADS };

FIXTURE(kapi) {
	int dev;
	int driver;
	struct kapi_run run;
};

static void ignore(int signal)
{
}

FIXTURE_SETUP(kapi)
{
	/* No SA_RESTART: a signal ends the wait. */
	struct sigaction action = { .sa_handler = ignore };
	struct kapi_run *run = &self->run;
	char *memory;

	if (sizeof(void *) != 8)
		SKIP(return, "the test module is for 64-bit programs");
	self->driver = open("/dev/ntevent_kapi", O_RDWR | O_CLOEXEC);
	if (self->driver < 0 && errno == EACCES)
		SKIP(return, "/dev/ntevent_kapi is for root");
	if (self->driver < 0)
		SKIP(return, "/dev/ntevent_kapi is not there: load the test module kapi.ko");
	self->dev = open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->dev);
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	memory = mmap(NULL, 3 * KAPI_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, memory);
	memset(memory, 0, 2 * KAPI_PAGE);
	ASSERT_EQ(0, mprotect(memory + KAPI_PAGE, KAPI_PAGE, PROT_READ));
	ASSERT_EQ(0, munmap(memory + 2 * KAPI_PAGE, KAPI_PAGE));
	run->memory = (uintptr_t)memory;
	run->fds[KAPI_EVENT] = create(self->dev, SYNCHRONIZATION, 0);
	run->fds[KAPI_WAIT_ONLY] = create_access(self->dev, NOTIFICATION, 0, NTEVENT_SYNCHRONIZE);
	run->fds[KAPI_MODIFY_ONLY] = create_access(self->dev, NOTIFICATION, 0, NTEVENT_MODIFY_STATE);
	run->fds[KAPI_QUERY_ONLY] = create_access(self->dev, NOTIFICATION, 0, NTEVENT_QUERY_STATE);
	run->fds[KAPI_DIRECTORY] = open_directory(self->dev, BASE, NO_ROOT, 0);
	run->fds[KAPI_LINK] = open_link(self->dev, IN_BASE(u"Global"), NO_ROOT, 0);
	run->fds[KAPI_FOREIGN] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	run->fds[KAPI_DEVICE] = self->dev;
	run->fds[KAPI_OWN_DIRECTORY] = create_directory(self->dev, IN_BASE(u"kapi_directory"), NO_ROOT, 0);
	run->fds[KAPI_QUERIED_DIRECTORY] = with_name(self->dev, NTEVENT_IOC_OPEN_DIRECTORY,
		object(IN_BASE(u"kapi_directory"), NO_ROOT, 0), NTEVENT_DIRECTORY_QUERY);
	run->fds[KAPI_OWN_LINK] = create_link(self->dev, IN_BASE(u"kapi_link"), NO_ROOT, BASE);
	run->fds[KAPI_QUERIED_LINK] = with_name(self->dev, NTEVENT_IOC_OPEN_SYMBOLIC_LINK,
		object(IN_BASE(u"kapi_link"), NO_ROOT, 0), NTEVENT_SYMBOLIC_LINK_QUERY);
	ASSERT_EQ(0, setresuid(-1, 1000, -1));
	run->fds[KAPI_PLANTED_LINK] = create_link(self->dev, IN_BASE(u"kapi_planted"), NO_ROOT, u"\\KernelObjects\\kapi_planted");
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	for (int i = 0; i < KAPI_FDS; i++)
		ASSERT_LE(0, run->fds[i]);
}

FIXTURE_TEARDOWN(kapi)
{
}

static void check_result(struct __test_metadata *_metadata, struct kapi_run *run)
{
	if (run->skipped)
		SKIP(return, "not on this kernel");
	if (run->failed)
		TH_LOG("%s", run->message);
	ASSERT_EQ(0, run->failed);
	ASSERT_LT(0, run->checks);
}

/* Runs the test in a child, as the test kills its process. */
static void run_killed(struct __test_metadata *_metadata, int driver, struct kapi_run *run, enum how how)
{
	int status;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		int own = open("/dev/ntevent_kapi", O_RDWR | O_CLOEXEC);

		if (how == KILLED)
			ioctl(own, KAPI_IOC_RUN, run);
		else if (!ioctl(own, how == AT_FLUSH ? KAPI_IOC_AT_FLUSH : KAPI_IOC_AT_RELEASE, run))
			raise(SIGKILL);
		_exit(1);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, ioctl(driver, KAPI_IOC_LAST, run));
	check_result(_metadata, run);
	ASSERT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(SIGKILL, WTERMSIG(status));
}

/* Counts the warnings about refused waits of CALLER in KMSG from here on. */
static int count_refusals(int kmsg, const char *caller)
{
	const char *end = " [kapi] must not sleep, so its wait is refused";
	char line[8192];
	ssize_t length;
	int count = 0;

	while ((length = read(kmsg, line, sizeof(line) - 1)) > 0 || (length < 0 && errno == EPIPE)) {
		char *text, *tail;

		line[length < 0 ? 0 : length] = 0;
		/* KERN_WARNING of facility kernel. */
		if (strncmp(line, "4,", 2))
			continue;
		text = strchr(line, ';');
		tail = strstr(line, end);
		if (text && tail && !strncmp(text + 1, "ntevent: ", 9) && strstr(text, caller) && tail[strlen(end)] == '\n')
			count++;
	}
	return count;
}

/*
 * The warnings are rate-limited, and an earlier test may have used them up. Tries until one comes.
 */
static void run_warning(struct __test_metadata *_metadata, int driver, struct kapi_run *run)
{
	int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC), lines = 0;
	int64_t end = now_ms() + 2 * SOON, from;

	ASSERT_LE(0, kmsg);
	ASSERT_LE(0, lseek(kmsg, 0, SEEK_END));
	do {
		from = now_ms();
		ASSERT_EQ(0, ioctl(driver, KAPI_IOC_RUN, run));
		check_result(_metadata, run);
		if (run->skipped)
			return;
		lines = count_refusals(kmsg, "attempt");
		if (!lines)
			usleep(500000);
	} while (!lines && now_ms() < end);
	ASSERT_LT(0, lines);
	/* The limit is ten warnings in five seconds. */
	ASSERT_GE(15 + 10 * ((now_ms() - from) / 5000), lines);
	close(kmsg);
}

/* Lowers the limit so that no fd is free. Open fds stay open. */
static void leave_no_fd(void)
{
	int first_free = dup(0);
	struct rlimit limit = { first_free, first_free };

	close(first_free);
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* A second thread, so that the fd table is shared. */
static void *rest(void *nothing)
{
	while (pause())
		;
	return nothing;
}

static void run_test(struct __test_metadata *_metadata, int driver, struct kapi_run *run, enum how how)
{
	pthread_t other;

	if (how == KILLED || how == AT_FLUSH || how == AT_RELEASE) {
		run_killed(_metadata, driver, run, how);
	} else if (how == WARNS) {
		run_warning(_metadata, driver, run);
	} else {
		/* The test itself checks whether faults can be injected. */
		if (how == FAULTS)
			can_inject();
		if (how == NO_FD)
			leave_no_fd();
		if (how == NO_FD_0)
			close(0);
		if (how == TWO_THREADS)
			ASSERT_EQ(0, pthread_create(&other, NULL, rest, NULL));
		ASSERT_EQ(0, ioctl(driver, KAPI_IOC_RUN, run));
		check_result(_metadata, run);
	}
}

#define TEST(name, how)							\
	TEST_F_TIMEOUT(kapi, name, 120)					\
	{								\
		self->run.test = KAPI_TEST_##name;			\
		run_test(_metadata, self->driver, &self->run, how);	\
	}
#include "kapi/tests.h"
#undef TEST

/* Runs one command of the module as a driver. Returns 0 with the result in ARGS, or -errno. */
static int share_with(int driver, struct kapi_share *args)
{
	args->status = UNSTORED;
	args->result = -1;
	return result_of(ioctl(driver, KAPI_IOC_SHARE, args));
}

static int share(int driver, int op)
{
	struct kapi_share args = { .op = op };
	int ret = share_with(driver, &args);

	return ret ? ret : args.result;
}

static uint32_t share_status(int driver, int op)
{
	struct kapi_share args = { .op = op };

	return share_with(driver, &args) ? UNSTORED : args.status;
}

static int driver_creates(int driver, int op, const char16_t *name)
{
	struct kapi_share args = { .op = op, .name = (uintptr_t)name, .name_length = 2 * units_of(name) };
	int ret = share_with(driver, &args);

	return ret ? ret : args.result;
}

static uint32_t driver_resolves(int driver, int fd, uint32_t access)
{
	struct kapi_share args = { .op = KAPI_RESOLVE, .fd = fd, .access = access };

	return share_with(driver, &args) ? UNSTORED : args.status;
}

/* V224, S3: a driver and a program share an event by name. */
TEST_F(kapi, V224_program_opens_the_event_of_a_driver)
{
	struct ntevent_object_info info;
	char16_t name[64];
	int fd, other;

	ASSERT_EQ(1, driver_creates(self->driver, KAPI_CREATE_SYNCHRONIZATION, IN_BASE(u"kapi_V224")));
	fd = open_event(self->dev, IN_BASE(u"kapi_V224"), NO_ROOT, 0);
	ASSERT_LE(0, fd);
	/* The path relative to the session's directory works, and so does Global\. */
	other = open_event(self->dev, u"kapi_V224", self->run.fds[KAPI_DIRECTORY], 0);
	ASSERT_LE(0, other);
	close(other);
	other = open_event(self->dev, u"Global\\kapi_V224", self->run.fds[KAPI_DIRECTORY], 0);
	ASSERT_LE(0, other);
	ASSERT_TRUE(is_called(other, IN_BASE(u"kapi_V224")));
	/* The event starts signaled. */
	ASSERT_EQ(1, state(fd));
	ASSERT_EQ(0, wait_one(fd, 0));
	ASSERT_EQ(TIMEOUT, share_status(self->driver, KAPI_TEST));
	ASSERT_EQ(0, set(other));
	ASSERT_EQ(1, share(self->driver, KAPI_READ));
	ASSERT_EQ(0, share_status(self->driver, KAPI_TEST));
	ASSERT_EQ(0, state(fd));
	ASSERT_EQ(0, share(self->driver, KAPI_SET));
	ASSERT_EQ(0, wait_one(other, 0));
	/* The default descriptor: the creator owns the event. */
	ASSERT_EQ(0, query_object(fd, &info, name, sizeof(name)));
	ASSERT_EQ(0700, info.mode);
	ASSERT_EQ(0, info.uid);
	ASSERT_EQ(NTEVENT_TYPE_EVENT, info.type);
	/* The driver's handle is counted. */
	ASSERT_EQ(3, info.handle_count);
	ASSERT_EQ(-1, share(self->driver, KAPI_DROP));
	/* The program's handles keep the name. */
	ASSERT_EQ(2, handle_count(fd));
	close(other);
	ASSERT_EQ(1, driver_creates(self->driver, KAPI_CREATE_SYNCHRONIZATION, IN_BASE(u"kapi_V224")));
	ASSERT_EQ(0, share(self->driver, KAPI_READ));
	close(fd);
	/* And the driver's handle keeps it. */
	fd = open_event(self->dev, IN_BASE(u"kapi_V224"), NO_ROOT, 0);
	ASSERT_LE(0, fd);
	close(fd);
	ASSERT_EQ(-1, share(self->driver, KAPI_DROP));
	REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND,
		open_event(self->dev, IN_BASE(u"kapi_V224"), NO_ROOT, 0));
}

/* V220 when the program creates the event first: the driver opens the existing event. */
TEST_F(kapi, V220_driver_opens_the_event_of_a_program)
{
	int fd = create_event(self->dev, IN_BASE(u"kapi_V220u"), NO_ROOT, 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(1, driver_creates(self->driver, KAPI_CREATE_NOTIFICATION, IN_BASE(u"kapi_V220u")));
	ASSERT_EQ(0, share(self->driver, KAPI_READ));
	ASSERT_EQ(0, share(self->driver, KAPI_SET));
	/* It is still a synchronization event. */
	ASSERT_EQ(0, wait_one(fd, 0));
	ASSERT_EQ(0, share(self->driver, KAPI_READ));
	close(fd);
}

/* S3: sharing by handle, the recommended way. */
TEST_F(kapi, S3_driver_signals_the_event_of_a_program)
{
	struct waiter w;
	int fd = create(self->dev, SYNCHRONIZATION, 0);

	ASSERT_EQ(0, driver_resolves(self->driver, fd, NTEVENT_MODIFY_STATE));
	w = waiter_on(self->dev, fd);
	ASSERT_TRUE(start(&w, 1));
	ASSERT_EQ(-1, share(self->driver, KAPI_SET_FROM_TIMER));
	ASSERT_EQ(0, finish(&w));
	ASSERT_EQ(0, state(fd));
	/* The program has closed its handle. The driver's reference keeps the event. */
	ASSERT_TRUE(start(&w, 1));
	close(fd);
	ASSERT_EQ(0, share(self->driver, KAPI_SET));
	ASSERT_EQ(0, finish(&w));
	ASSERT_EQ(0, share(self->driver, KAPI_SET));
	ASSERT_EQ(1, share(self->driver, KAPI_READ));
}

/* A driver waits for a program. */
TEST_F(kapi, S3_program_signals_a_driver)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), status;
	pid_t pid;

	ASSERT_EQ(0, driver_resolves(self->driver, fd, NTEVENT_SYNCHRONIZE));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(share_status(self->driver, KAPI_WAIT) == 0 ? 42 : 1);
	ASSERT_TRUE(await_waiters(fd, 1));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(0, state(fd));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	ASSERT_EQ(42, WEXITSTATUS(status));
	/* A waiter that is killed leaves the queue. */
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(share_status(self->driver, KAPI_WAIT));
	ASSERT_TRUE(await_waiters(fd, 1));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(0, fdinfo(fd, "waiters"));
	ASSERT_EQ(0, set(fd));
	ASSERT_EQ(1, state(fd));
}

/*
 * A process in a driver's wait does not keep the system from suspending. It keeps its place in the
 * queue.
 */
TEST_F(kapi, F07_driver_waits_are_frozen)
{
	static const int ops[] = { KAPI_WAIT_KERNEL, KAPI_WAIT_USER, KAPI_WAIT_MANY };
	int fd = create(self->dev, SYNCHRONIZATION, 0), status, left = 0, i;
	bool frozen;

	ASSERT_EQ(0, driver_resolves(self->driver, fd, NTEVENT_SYNCHRONIZE));
	if (!mount_freezer())
		SKIP(return, "no freezer can be mounted here");
	for (i = 0; i < 2 * (int)ARRAY_SIZE(ops); i++) {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (!pid) {
			if (!write_text(OLD_GROUP "/cgroup.procs", "0"))
				_exit(2);
			_exit(share_status(self->driver, ops[i / 2]) == 0 ? 42 : 1);
		}
		ASSERT_TRUE(await_waiters(fd, 1));
		/* The process is queued before it sleeps. */
		usleep(patience(100) * 1000);
		frozen = old_freeze("FROZEN");
		if (i % 2) {
			ASSERT_EQ(0, set(fd));
			left = state(fd);
		}
		ASSERT_TRUE(old_freeze("THAWED"));
		ASSERT_TRUE(frozen);
		/* The process was still in the queue, and took the signal. */
		ASSERT_EQ(0, left);
		if (i % 2 == 0)
			ASSERT_EQ(0, set(fd));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_TRUE(WIFEXITED(status));
		ASSERT_EQ(42, WEXITSTATUS(status));
		ASSERT_EQ(0, state(fd));
	}
	ASSERT_TRUE(unmount_freezer());
}

TEST_F(kapi, V229_driver_is_refused_what_the_handle_lacks)
{
	int fd = create_access(self->dev, SYNCHRONIZATION, 0, NTEVENT_SYNCHRONIZE);
	int directory = self->run.fds[KAPI_DIRECTORY];

	ASSERT_EQ(NTEVENT_STATUS_ACCESS_DENIED, driver_resolves(self->driver, fd, NTEVENT_MODIFY_STATE));
	ASSERT_EQ(0, driver_resolves(self->driver, fd, NTEVENT_SYNCHRONIZE));
	ASSERT_EQ(NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, driver_resolves(self->driver, directory, NTEVENT_SYNCHRONIZE));
	ASSERT_EQ(NTEVENT_STATUS_INVALID_HANDLE,
		  driver_resolves(self->driver, self->run.fds[KAPI_FOREIGN], NTEVENT_SYNCHRONIZE));
	ASSERT_EQ(NTEVENT_STATUS_INVALID_HANDLE, driver_resolves(self->driver, self->dev, NTEVENT_SYNCHRONIZE));
	ASSERT_EQ(NTEVENT_STATUS_INVALID_HANDLE, driver_resolves(self->driver, 1000, NTEVENT_SYNCHRONIZE));
	ASSERT_EQ(NTEVENT_STATUS_INVALID_HANDLE, driver_resolves(self->driver, -1, NTEVENT_SYNCHRONIZE));
	close(fd);
	ASSERT_EQ(NTEVENT_STATUS_INVALID_HANDLE, driver_resolves(self->driver, fd, NTEVENT_SYNCHRONIZE));
}

/* The driver's pointer alone keeps the event alive. */
TEST_F(kapi, C6_event_with_no_handle_left_works_on)
{
	int fd = create(self->dev, SYNCHRONIZATION, 0), again;

	ASSERT_EQ(0, driver_resolves(self->driver, fd, NTEVENT_SYNCHRONIZE));
	close(fd);
	again = create(self->dev, SYNCHRONIZATION, 0);
	ASSERT_EQ(0, share(self->driver, KAPI_SET));
	ASSERT_EQ(0, share_status(self->driver, KAPI_TEST));
	ASSERT_EQ(0, state(again));
}

TEST_HARNESS_MAIN
