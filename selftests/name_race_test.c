// SPDX-License-Identifier: GPL-2.0
/*
 * Names that change under other threads: directories that disappear while others create in them,
 * names that become permanent and temporary, listings. NTEVENT_STRESS_SECONDS is the time of each
 * test.
 */
#include "names.h"
#include "stress.h"

#define THREADS 6
#define FOLDER IN_BASE(u"folder")

static struct {
	int dev;
	atomic_bool stop;
	atomic_int bad;
	atomic_long done[2];	/* two counters, whose meaning depends on the test */
} race;

static void wrong(const char *what, int ret)
{
	fprintf(stderr, "# %s: %d, status 0x%x\n", what, ret, last_status);
	atomic_store(&race.bad, 1);
	atomic_store(&race.stop, true);
}

/* Runs THREADS threads for the duration of a test. */
static void run_threads(struct __test_metadata *_metadata, void *(*run)(void *))
{
	int64_t end = budget_end();
	pthread_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, run, (void *)(intptr_t)i));
	while (!atomic_load(&race.stop) && now_ms() < end)
		usleep(1000);
	atomic_store(&race.stop, true);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ASSERT_EQ(0, atomic_load(&race.bad));
	TH_LOG("%ld and %ld", atomic_load(&race.done[0]), atomic_load(&race.done[1]));
}

/* Returns how many more names can become permanent. They are temporary again afterwards. */
static int room_for_permanent(int dev)
{
	static int fds[5000];
	char16_t name[] = BASE u"\\permanent.....";
	int count = 0, digit, number;

	while (count < 5000) {
		for (digit = 0, number = count; digit < 5; digit++, number /= 10)
			name[units_of(BASE) + 10 + digit] = u'0' + number % 10;
		fds[count] = create_event(dev, name, NO_ROOT, PERMANENT);
		if (fds[count] < 0)
			break;
		count++;
	}
	if (count < 5000 && (fds[count] != -EDQUOT || last_status != NTEVENT_STATUS_QUOTA_EXCEEDED))
		return fds[count];
	for (number = 0; number < count; number++) {
		if (make_temporary(fds[number]))
			return -EPROTO;
		close(fds[number]);
	}
	return count;
}

/* Whether as many names can become permanent as in a new namespace. Brief runs do not check it. */
static bool counts_as_fresh(int dev)
{
	return is_brief() || room_for_permanent(dev) == PERMANENT_NAMES - START_UP_NAMES;
}

static const char16_t *const inner_paths[THREADS] = {
	FOLDER u"\\0", FOLDER u"\\1", FOLDER u"\\2", FOLDER u"\\3", FOLDER u"\\4", FOLDER u"\\5",
};
static const char16_t *const lost_paths[THREADS] = {
	u"...\\0", u"...\\1", u"...\\2", u"...\\3", u"...\\4", u"...\\5",
};

/*
 * Creates an event in a directory that others close, which may fail or be out of reach afterwards.
 */
static void create_below(int me)
{
	uint32_t attributes = random_below(2) && !geteuid() ? PERMANENT : 0;
	int fd = create_event(race.dev, inner_paths[me], NO_ROOT, attributes);

	if (fd < 0) {
		if (fd != -ENOENT || last_status != NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND)
			wrong("create in a directory that goes", fd);
		atomic_fetch_add(&race.done[0], 1);
		return;
	}
	dither(30);
	if (is_called(fd, lost_paths[me]))
		atomic_fetch_add(&race.done[1], 1);
	/* The directory may have gone between the two checks. */
	else if (!is_called(fd, inner_paths[me]) && !is_called(fd, lost_paths[me]))
		wrong("what was created has another name", fd);
	if (set(fd) != 0 || reset(fd) != 1)
		wrong("what was created is no event", fd);
	if (make_temporary(fd))
		wrong("MAKE_TEMPORARY", fd);
	close(fd);
}

/* A held handle keeps the directory's name, and so the full path of the event. */
static void create_with_handle(int me)
{
	int folder = create_directory(race.dev, FOLDER, NO_ROOT, OPENIF), fd;

	if (folder < 0) {
		wrong("OPENIF of a directory", folder);
		return;
	}
	fd = create_event(race.dev, inner_paths[me] + units_of(FOLDER) + 1, folder, 0);
	if (fd < 0 || !is_called(fd, inner_paths[me]))
		wrong("create in a directory with a handle", fd);
	if (random_below(2)) {
		close(folder);
		close(fd);
	} else {
		close(fd);
		close(folder);
	}
}

static void *directory_racer(void *arg)
{
	int me = (intptr_t)arg;

	for_rounds_until(race.stop) {
		if (me < THREADS - 2)
			create_below(me);
		else
			create_with_handle(me);
	}
	return NULL;
}

STRESS_F(nt, directories_go_while_others_create_in_them)
{
	long references = module_references();
	int fds = count_fds(), base;

	race.dev = private_device();
	ASSERT_LE(0, race.dev);
	run_threads(_metadata, directory_racer);
	base = open_directory(race.dev, BASE, NO_ROOT, 0);
	ASSERT_EQ(BASE_NAMES, count_entries(base));
	close(base);
	if (!geteuid())
		ASSERT_TRUE(raise_fd_limit(6000) && counts_as_fresh(race.dev));
	close(race.dev);
	ASSERT_EQ(fds, count_fds());
	ASSERT_TRUE(await_references(references));
}

/* Several threads make names permanent and temporary. */
static void *permanence_racer(void *arg)
{
	const char16_t *name = (intptr_t)arg & 1 ? IN_BASE(u"one") : IN_BASE(u"two");
	int fd, ret;

	for_rounds_until(race.stop) {
		fd = create_event(race.dev, name, NO_ROOT, OPENIF | (random_below(2) ? PERMANENT : 0));
		if (fd < 0) {
			wrong("OPENIF", fd);
			break;
		}
		atomic_fetch_add(&race.done[last_status == NTEVENT_STATUS_SUCCESS], 1);
		ret = random_below(3) ? make_temporary(fd) : make_permanent(fd);
		if (ret)
			wrong("MAKE", ret);
		if (!is_called(fd, name))
			wrong("a handle whose name is gone", fd);
		close(fd);
	}
	return NULL;
}

/* Makes NAME temporary if it is permanent. Returns whether that removed it. */
static bool made_to_go(int dev, const char16_t *name)
{
	int fd = open_event(dev, name, NO_ROOT, 0);
	bool good = fd < 0 || !make_temporary(fd);

	close(fd);
	return good && open_event(dev, name, NO_ROOT, 0) == -ENOENT;
}

STRESS_F(nt, permanence_changes_while_handles_come_and_go)
{
	long references = module_references();
	int fds = count_fds();

	if (geteuid())
		SKIP(return, "permanent names need a privilege");
	ASSERT_TRUE(raise_fd_limit(6000));
	race.dev = private_device();
	ASSERT_LE(0, race.dev);
	run_threads(_metadata, permanence_racer);
	ASSERT_TRUE(made_to_go(race.dev, IN_BASE(u"one")));
	ASSERT_TRUE(made_to_go(race.dev, IN_BASE(u"two")));
	ASSERT_TRUE(counts_as_fresh(race.dev));
	close(race.dev);
	ASSERT_EQ(fds, count_fds());
	ASSERT_TRUE(await_references(references));
}

/* Lists a directory in which names come and go between others that stay. */
#define STAY 40

static int listed;

static void name_of(char16_t name[5], char16_t kind, int number)
{
	name[0] = kind;
	name[1] = u'0' + number / 100 % 10;
	name[2] = u'0' + number / 10 % 10;
	name[3] = u'0' + number % 10;
	name[4] = 0;
}

static void come_and_go(void)
{
	char16_t name[5];
	int fds[8], i;

	for (i = 0; i < 8; i++) {
		name_of(name, u'g', random_below(1000));
		fds[i] = create_event(race.dev, name, listed, OPENIF);
		if (fds[i] < 0)
			wrong("a name that comes", fds[i]);
	}
	while (i--)
		close(fds[i]);
}

static void list_once(void)
{
	struct ntevent_directory_entry entry = { 0 };
	int told[STAY] = { 0 }, i, ret;
	char16_t name[5];
	uint32_t last = 0;

	while (!(ret = query_directory(listed, &entry, name, sizeof(name)))) {
		i = (name[1] - u'0') * 100 + (name[2] - u'0') * 10 + name[3] - u'0';
		if (entry.name_size != 8 || entry.type != NTEVENT_TYPE_EVENT || i < 0 || i > 999 ||
		    (name[0] != u's' && name[0] != u'g') || (name[0] == u's' && i >= STAY))
			wrong("a name that was never there", i);
		else if (name[0] == u's')
			told[i]++;
		else
			atomic_fetch_add(&race.done[1], 1);
		if (entry.cursor == last)
			wrong("a cursor that stands still", entry.cursor);
		last = entry.cursor;
	}
	if (ret != -ENOENT || last_status != NTEVENT_STATUS_NO_MORE_ENTRIES)
		wrong("the end", ret);
	for (i = 0; i < STAY; i++)
		if (told[i] != 1)
			wrong("how often a name that stays was told", told[i]);
	atomic_fetch_add(&race.done[0], 1);
}

static void *list_racer(void *arg)
{
	for_rounds_until(race.stop) {
		if ((intptr_t)arg < THREADS / 2)
			come_and_go();
		else
			list_once();
	}
	return NULL;
}

STRESS_F(nt, listing_tells_once_what_stays)
{
	int fds[STAY], i;
	char16_t name[5];

	race.dev = private_device();
	ASSERT_LE(0, race.dev);
	listed = create_directory(race.dev, FOLDER, NO_ROOT, 0);
	ASSERT_LE(0, listed);
	for (i = 0; i < STAY; i++) {
		/* Mix the names that stay with names that do not. */
		come_and_go();
		name_of(name, u's', i);
		fds[i] = create_event(race.dev, name, listed, 0);
		ASSERT_LE(0, fds[i]);
	}
	run_threads(_metadata, list_racer);
	ASSERT_EQ(STAY, count_entries(listed));
	for (i = 0; i < STAY; i++)
		close(fds[i]);
	ASSERT_EQ(0, count_entries(listed));
	close(listed);
	close(race.dev);
}

/*
 * Half of the threads create and close names, so that the tree of names is rebuilt all the time.
 * The others open a name that stays. They look without the lock of the directory.
 */
static void *neighbour_racer(void *arg)
{
	int me = (intptr_t)arg, fds[8] = { 0 }, i;
	char16_t name[] = IN_BASE(u"neighbour..");

	for_rounds_until(race.stop) {
		if (me % 2) {
			int fd = open_event(race.dev, IN_BASE(u"stays"), NO_ROOT, random_below(2) ? FOLD : 0);

			if (fd < 0)
				wrong("open of a name that stays", fd);
			close(fd);
			atomic_fetch_add(&race.done[0], 1);
			continue;
		}
		i = random_below(8);
		name[units_of(BASE) + 10] = u'0' + me;
		name[units_of(BASE) + 11] = u'0' + i;
		if (fds[i])
			close(fds[i]);
		fds[i] = create_event(race.dev, name, NO_ROOT, 0);
		if (fds[i] < 0)
			wrong("create", fds[i]);
		atomic_fetch_add(&race.done[1], 1);
	}
	for (i = 0; i < 8; i++)
		if (fds[i])
			close(fds[i]);
	return NULL;
}

STRESS_F(nt, F22_name_is_found_while_others_come_and_go)
{
	int fd;

	race.dev = private_device();
	ASSERT_LE(0, race.dev);
	fd = create_event(race.dev, IN_BASE(u"stays"), NO_ROOT, 0);
	ASSERT_LE(0, fd);
	run_threads(_metadata, neighbour_racer);
	close(fd);
	close(race.dev);
}

/*
 * Creates and closes a name, which others open. Who has a handle finds that the name is there, with
 * and without regard to case.
 */
static void *last_handle_racer(void *arg)
{
	static const char16_t name[] = IN_BASE(u"last");
	int me = (intptr_t)arg, fd, other;

	for_rounds_until(race.stop) {
		fd = me % 2 ? open_event(race.dev, name, NO_ROOT, 0) : create_event(race.dev, name, NO_ROOT, OPENIF);
		if (fd < 0) {
			if (!(me % 2) || fd != -ENOENT)
				wrong("open", fd);
			continue;
		}
		if (!is_called(fd, name))
			wrong("a handle whose name is gone", fd);
		if (create_event(race.dev, name, NO_ROOT, 0) != -EEXIST)
			wrong("a name that a handle keeps is free", fd);
		other = open_event(race.dev, name, NO_ROOT, FOLD);
		if (other < 0)
			wrong("a name that a handle keeps is not found", other);
		close(other);
		close(fd);
		atomic_fetch_add(&race.done[me % 2], 1);
	}
	return NULL;
}

STRESS_F(nt, F22_name_is_opened_while_its_last_handle_is_closed)
{
	race.dev = private_device();
	ASSERT_LE(0, race.dev);
	run_threads(_metadata, last_handle_racer);
	close(race.dev);
}

TEST_HARNESS_MAIN
