// SPDX-License-Identifier: GPL-2.0
/* Very many names in one directory, and names that use up the memory. */
#include "names.h"
/* The memory of this cgroup runs out. A process that the OOM killer must spare gets -ENOMEM. */
#define GROUP	"/sys/fs/cgroup/ntevent_names"
#include "memory_group.h"

#define MOST_NAMES 100000
#define FOLDER IN_BASE(u"many")

/* Writes a name of seven units: KIND, and NUMBER in six digits. */
static void name_of(char16_t name[8], char16_t kind, int number)
{
	int digit;

	name[0] = kind;
	for (digit = 6; digit; digit--, number /= 10)
		name[digit] = u'0' + number % 10;
	name[7] = 0;
}

static int number_of(const char16_t *name)
{
	int digit, number = 0;

	for (digit = 1; digit < 7; digit++)
		number = number * 10 + name[digit] - u'0';
	return number;
}

/* Names that come and go while the directory is listed. */
static struct {
	int dev, root;
	atomic_bool stop;
	atomic_int bad;
	atomic_long came;
} visitors;

static void *visit(void *arg)
{
	char16_t name[8];

	while (!atomic_load(&visitors.stop)) {
		int fd;

		name_of(name, u'v', random_below(1000));
		fd = create_event(visitors.dev, name, visitors.root, 0);
		if (fd < 0)
			atomic_store(&visitors.bad, fd);
		close(fd);
		atomic_fetch_add(&visitors.came, 1);
	}
	return NULL;
}

/*
 * Counts in TOLD how often each of MANY names is listed. Returns false if there is any other name.
 */
static bool list(int folder, uint8_t *told, int many)
{
	struct ntevent_directory_entry entry = { 0 };
	char16_t name[8];
	int ret;

	memset(told, 0, many);
	while (!(ret = query_directory(folder, &entry, name, sizeof(name)))) {
		if (entry.name_size != 14 || entry.type != NTEVENT_TYPE_EVENT)
			return false;
		if (name[0] == u'v')
			continue;
		if (name[0] != u'n' || number_of(name) >= many)
			return false;
		told[number_of(name)]++;
	}
	return ret == -ENOENT && last_status == NTEVENT_STATUS_NO_MORE_ENTRIES;
}

TEST_F_TIMEOUT(nt, hundred_thousand_names, 300)
{
	int *fds = calloc(MOST_NAMES, sizeof(*fds)), count = full_or_brief(MOST_NAMES, MOST_NAMES / 40), folder, i, fd;
	int64_t times[5] = { now_ms() };
	uint8_t *told = malloc(count);
	char16_t name[8];
	pthread_t thread;

	if (!write_text("/proc/sys/fs/nr_open", "200000") || !raise_fd_limit(MOST_NAMES + 64))
		SKIP(return, "not so many fds here");
	ASSERT_EQ(0, ioctl(self->dev, NTEVENT_IOC_NEW_NAMESPACE));
	folder = create_directory(self->dev, FOLDER, NO_ROOT, 0);
	ASSERT_LE(0, folder);
	for (i = 0; i < count; i++) {
		/* Create them out of order. 7 and the count are coprime. */
		name_of(name, u'n', i * 7 % count);
		fds[i] = create_event(self->dev, name, folder, 0);
		ASSERT_LE(0, fds[i]);
	}
	times[1] = now_ms();
	visitors.dev = self->dev;
	visitors.root = folder;
	ASSERT_EQ(0, pthread_create(&thread, NULL, visit, NULL));
	ASSERT_TRUE(await(atomic_load(&visitors.came)));
	ASSERT_TRUE(list(folder, told, count));
	atomic_store(&visitors.stop, true);
	pthread_join(thread, NULL);
	for (i = 0; i < count; i++)
		ASSERT_EQ(1, told[i]);
	ASSERT_EQ(0, atomic_load(&visitors.bad));
	times[2] = now_ms();
	for (i = 0; i < count; i += 101) {
		name_of(name, u'N', i * 7 % count);
		fd = open_event(self->dev, name, folder, FOLD);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, set(fds[i]));
		ASSERT_EQ(1, reset(fd));
		close(fd);
	}
	times[3] = now_ms();
	for (i = 0; i < count; i++)
		ASSERT_EQ(0, close(fds[i]));
	times[4] = now_ms();
	ASSERT_EQ(0, count_entries(folder));
	TH_LOG("%d created in %ld ms, listed in %ld, looked up in %ld, closed in %ld; %ld came and went",
	       count, (long)(times[1] - times[0]), (long)(times[2] - times[1]), (long)(times[3] - times[2]),
	       (long)(times[4] - times[3]), atomic_load(&visitors.came));
	close(folder);
	free(told);
	free(fds);
}

#define LONG	500		/* units of a name, to reach the limit soon */
#define MOST	50000		/* names, more than fit */

static const char16_t *long_name(int number)
{
	static char16_t name[LONG + 1];
	int i;

	name_of(name, u'n', number);
	for (i = 7; i < LONG; i++)
		name[i] = u'x';
	return name;
}

/* Makes an event, a directory and a link by turns. */
static int make(int dev, int folder, int number)
{
	switch (number % 3) {
	case 0:
		return create_event(dev, long_name(number), folder, 0);
	case 1:
		return create_directory(dev, long_name(number), folder, 0);
	default:
		return create_link(dev, long_name(number), folder, long_name(number));
	}
}

/* What the child reports. */
static struct {
	int made;
	int refusal;
	uint32_t status;
} *told;

/*
 * Makes names until one is refused, reports that, and closes all when told by TURN. A page fault in
 * the full cgroup would never end, so all memory is locked before.
 */
static void use_memory_up(int dev, int folder, int ready, int turn)
{
	static int fds[MOST];
	int made, fd = -1, i, outside = open("/sys/fs/cgroup/cgroup.procs", O_WRONLY | O_CLOEXEC);
	char byte = 0;

	told->made = 0;
	if (mlockall(MCL_CURRENT) || !raise_fd_limit(MOST + 64) ||
	    !write_text("/proc/self/oom_score_adj", "-1000") || !write_text(GROUP "/cgroup.procs", "0"))
		_exit(1);
	for (made = 0; made < MOST; made++) {
		fd = make(dev, folder, made);
		if (fd < 0)
			break;
		fds[made] = fd;
	}
	if (write(outside, "0", 1) != 1)
		_exit(1);
	told->made = made;
	told->refusal = fd;
	told->status = last_status;
	if (write(ready, &byte, 1) != 1 || read(turn, &byte, 1) != 1)
		_exit(2);
	for (i = 0; i < made; i++)
		close(fds[i]);
	_exit(0);
}

TEST_F_TIMEOUT(nt, V175_no_memory_no_name, 300)
{
	int ready[2], turn[2], level = console_level(), kmsg, folder, status;
	long references = module_references(), before;
	char byte = 0;
	pid_t child;

	if (geteuid() || !group_with_memory())
		SKIP(return, "no cgroup with a limit of memory can be made here");
	kmsg = quieten_console();
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(turn, O_CLOEXEC));
	ASSERT_EQ(0, ioctl(self->dev, NTEVENT_IOC_NEW_NAMESPACE));
	folder = create_directory(self->dev, FOLDER, NO_ROOT, 0);
	before = read_number(GROUP "/memory.current");
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		use_memory_up(self->dev, folder, ready[1], turn[0]);
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	ASSERT_EQ(-ENOMEM, told->refusal);
	ASSERT_EQ(NTEVENT_STATUS_INSUFFICIENT_RESOURCES, told->status);
	/* The cgroup reached its limit, so names are charged to the process that creates them. */
	ASSERT_LT(LIMIT / 2, read_number(GROUP "/memory.peak"));
	/* Exactly the names that were made are there. */
	ASSERT_EQ(told->made, count_entries(folder));
	REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND,
		open_event(self->dev, long_name(told->made), folder, 0));
	ASSERT_EQ(1, write(turn[1], &byte, 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	ASSERT_EQ(0, count_entries(folder));
	close(folder);
	ASSERT_TRUE(await_references(references));
	ASSERT_TRUE(await_memory(before + MARGIN));
	/* Wait until the console driver has handled the messages. */
	usleep(patience(500) * 1000);
	set_console_level(level);
	ASSERT_FALSE(is_log_bad(kmsg));
	TH_LOG("%d names; %ld bytes are left", told->made, read_number(GROUP "/memory.current"));
	ASSERT_EQ(0, rmdir(GROUP));
}

TEST_HARNESS_MAIN
