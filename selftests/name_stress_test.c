// SPDX-License-Identifier: GPL-2.0
/*
 * Many processes and threads create, find and lose the same few names. NTEVENT_STRESS_SECONDS is
 * the time of each test.
 */
#include "names.h"
#include "stress.h"

#define STRESS	IN_BASE(u"stress")
#define PROCESSES 16

/*
 * A named event is created signaled, and only the thread that takes the signal may be inside. Two
 * objects of one name would let two threads in. Each group is one name in one or two spellings.
 */
static const struct group {
	const char16_t *spellings[2];
	uint32_t attributes;
} groups[] = {
	{ { u"exact", u"exact" }, 0 },
	{ { u"Exact", u"Exact" }, 0 },
	{ { u"fold", u"FOLD" }, FOLD },
	{ { u"f\u00f6ld", u"F\u00d6Ld" }, FOLD },
};
#define GROUPS (int)ARRAY_SIZE(groups)
#define FOLDERS 2

enum outcome { CREATED, EXISTED, COLLIDED, ABSENT, MISMATCHED, TOOK, MISSED, OUTCOMES };

static struct {
	atomic_int inside[GROUPS + FOLDERS];	/* taken */
	atomic_int creators[GROUPS];		/* created and not yet closed */
	atomic_int holders[2];			/* of the name as an event, as a directory */
	atomic_long outcomes[OUTCOMES];
	atomic_int bad;
	atomic_bool stop;
} *stress;

static void count(enum outcome outcome)
{
	atomic_fetch_add(&stress->outcomes[outcome], 1);
}

static void wrong(const char *what, int ret)
{
	fprintf(stderr, "# %s: %d, status 0x%x\n", what, ret, last_status);
	atomic_store(&stress->bad, 1);
	atomic_store(&stress->stop, true);
}

/* Counts the outcome of a command that returned RET, and returns RET. */
static int sorted(const char *what, int ret)
{
	if (ret >= 0 && last_status == NTEVENT_STATUS_SUCCESS)
		count(CREATED);
	else if (ret >= 0 && last_status == NTEVENT_STATUS_OBJECT_NAME_EXISTS)
		count(EXISTED);
	else if (ret == -EEXIST && last_status == NTEVENT_STATUS_OBJECT_NAME_COLLISION)
		count(COLLIDED);
	else if (ret == -ENOENT && last_status == NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND)
		count(ABSENT);
	else if (ret == -EINVAL && last_status == NTEVENT_STATUS_OBJECT_TYPE_MISMATCH)
		count(MISMATCHED);
	else
		wrong(what, ret);
	return ret;
}

/* Takes the signal of the event, if it has one, and gives it back. */
static void take(int fd, atomic_int *inside)
{
	int ret = wait_one(fd, 0);

	if (ret == TIMEOUT) {
		count(MISSED);
		return;
	}
	count(TOOK);
	if (ret || atomic_exchange(inside, 1))
		wrong("two are inside", ret);
	dither(20);
	if (!atomic_exchange(inside, 0))
		wrong("somebody else came out", 0);
	ret = set(fd);
	if (ret)
		wrong("the event is not the one that was taken", ret);
}

static void stress_event(int dev, int root)
{
	int which = random_below(GROUPS), how = random_below(3), fd;
	const struct group *group = &groups[which];
	const char16_t *name = group->spellings[random_below(2)];
	uint32_t attributes = group->attributes | (how == 1 ? OPENIF : 0);
	bool created;

	if (how == 2)
		fd = sorted("open", open_event(dev, name, root, attributes));
	else
		fd = sorted("create", create_event_as(dev, object(name, root, attributes), ALL_ACCESS, SYNCHRONIZATION, 1));
	if (fd < 0)
		return;
	created = how != 2 && last_status == NTEVENT_STATUS_SUCCESS;
	if (created && atomic_exchange(&stress->creators[which], 1))
		wrong("two have created the name", which);
	take(fd, &stress->inside[which]);
	if (created && !atomic_exchange(&stress->creators[which], 0))
		wrong("the name was created by another too", which);
	close(fd);
}

/* Holds a handle to a directory and uses an event in it, by the relative or the absolute path. */
static void stress_directory(int dev, int root)
{
	int which = random_below(FOLDERS), folder, fd;
	const char16_t *const paths[] = { STRESS u"\\d0\\inner", STRESS u"\\d1\\inner" };
	const char16_t *name = which ? u"d1" : u"d0";

	if (random_below(3))
		folder = sorted("create directory", create_directory(dev, name, root, random_below(2) ? OPENIF : 0));
	else
		folder = sorted("open directory", open_directory(dev, name, root, 0));
	if (folder < 0)
		return;
	fd = create_event_as(dev, random_below(2) ? object(u"inner", folder, OPENIF)
						  : object(paths[which], NO_ROOT, OPENIF),
			     ALL_ACCESS, SYNCHRONIZATION, 1);
	if (fd < 0) {
		wrong("create in a directory with a handle", fd);
	} else {
		take(fd, &stress->inside[GROUPS + which]);
		close(fd);
	}
	close(folder);
}

/* A name is an event or a directory, but never both. */
static void stress_either(int dev, int root)
{
	int which = random_below(2), fd;
	uint32_t attributes = random_below(2) ? OPENIF : 0;

	if (which)
		fd = sorted("either, event", create_event(dev, u"either", root, attributes));
	else
		fd = sorted("either, directory", create_directory(dev, u"either", root, attributes));
	if (fd < 0)
		return;
	atomic_fetch_add(&stress->holders[which], 1);
	if (atomic_load(&stress->holders[!which]))
		wrong("a name of two types", which);
	dither(20);
	atomic_fetch_sub(&stress->holders[which], 1);
	close(fd);
}

static void stress_process(int dev)
{
	int root = open_directory(dev, STRESS, NO_ROOT, 0), fds = count_fds();

	random_state = 0;
	if (root < 0)
		_exit(1);
	for_rounds_until(stress->stop) {
		switch (random_below(8)) {
		case 0:
		case 1:
			stress_directory(dev, root);
			break;
		case 2:
			stress_either(dev, root);
			break;
		default:
			stress_event(dev, root);
		}
	}
	_exit(count_fds() == fds ? 0 : 2);
}

/* With SHARED, each process opens the device itself. */
static void run_stress(struct __test_metadata *_metadata, int dev, bool shared)
{
	long references = module_references();
	int root = create_directory(dev, STRESS, NO_ROOT, 0), fds = count_fds(), i, status;
	int64_t end = budget_end();
	pid_t children[PROCESSES];

	ASSERT_LE(0, root);
	stress = mmap(NULL, sizeof(*stress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, stress);
	for (i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		ASSERT_LE(0, children[i]);
		if (!children[i])
			stress_process(shared ? open("/dev/ntevent", O_RDONLY | O_CLOEXEC) : dev);
	}
	while (!atomic_load(&stress->stop) && now_ms() < end)
		usleep(1000);
	atomic_store(&stress->stop, true);
	for (i = 0; i < PROCESSES; i++) {
		ASSERT_EQ(children[i], waitpid(children[i], &status, 0));
		ASSERT_EQ(0, status);
	}
	ASSERT_EQ(0, atomic_load(&stress->bad));
	ASSERT_EQ(0, count_entries(root));
	ASSERT_EQ(1, handle_count(root));
	ASSERT_EQ(fds, count_fds());
	ASSERT_EQ(0, close(root));
	REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND, open_directory(dev, STRESS, NO_ROOT, 0));
	ASSERT_TRUE(await_references(references));
	TH_LOG("%ld created or opened, %ld were there, %ld collisions, %ld absent, %ld of another type, %ld taken, %ld not",
	       stress->outcomes[CREATED], stress->outcomes[EXISTED], stress->outcomes[COLLIDED], stress->outcomes[ABSENT],
	       stress->outcomes[MISMATCHED], stress->outcomes[TOOK], stress->outcomes[MISSED]);
}

STRESS_F(nt, G6_stress_in_a_private_namespace)
{
	int dev = private_device();

	ASSERT_LE(0, dev);
	run_stress(_metadata, dev, false);
	close(dev);
}

STRESS_F(nt, G6_stress_in_the_namespace_of_all)
{
	run_stress(_metadata, self->dev, true);
}

/* V183: many threads create one name with OPENIF at once, and exactly one of them creates it. */
#define CREATORS 20

static struct {
	pthread_barrier_t barrier;
	int dev, rounds;
	atomic_bool stop;
	int fds[CREATORS];
	uint32_t statuses[CREATORS];
} race;

static void *create_at_once(void *arg)
{
	int me = (intptr_t)arg;

	for (;;) {
		pthread_barrier_wait(&race.barrier);
		if (atomic_load(&race.stop))
			return NULL;
		race.fds[me] = create_event(race.dev, IN_BASE(u"race"), NO_ROOT, OPENIF);
		race.statuses[me] = last_status;
		pthread_barrier_wait(&race.barrier);
	}
}

/* All fds must be handles to one event, which one of them created. */
static void check_race(struct __test_metadata *_metadata)
{
	int i, made = 0;

	ASSERT_EQ(CREATORS, handle_count(race.fds[0]));
	for (i = 0; i < CREATORS; i++) {
		ASSERT_LE(0, race.fds[i]);
		made += race.statuses[i] == NTEVENT_STATUS_SUCCESS;
		if (race.statuses[i] != NTEVENT_STATUS_SUCCESS)
			ASSERT_EQ(NTEVENT_STATUS_OBJECT_NAME_EXISTS, race.statuses[i]);
		/* Each fd sees the change that the previous one made. */
		ASSERT_EQ(i & 1, i & 1 ? reset(race.fds[i]) : set(race.fds[i]));
	}
	ASSERT_EQ(1, made);
	for (i = 0; i < CREATORS; i++)
		close(race.fds[i]);
}

STRESS_F(nt, V183_one_of_twenty_creates)
{
	int64_t end = budget_end();
	pthread_t threads[CREATORS];
	int i;

	race.dev = private_device();
	ASSERT_LE(0, race.dev);
	pthread_barrier_init(&race.barrier, NULL, CREATORS + 1);
	for (i = 0; i < CREATORS; i++)
		ASSERT_EQ(0, small_thread(&threads[i], create_at_once, (void *)(intptr_t)i));
	do {
		pthread_barrier_wait(&race.barrier);
		pthread_barrier_wait(&race.barrier);
		check_race(_metadata);
		race.rounds++;
	} while (now_ms() < end);
	atomic_store(&race.stop, true);
	pthread_barrier_wait(&race.barrier);
	for (i = 0; i < CREATORS; i++)
		pthread_join(threads[i], NULL);
	REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND, open_event(race.dev, IN_BASE(u"race"), NO_ROOT, 0));
	TH_LOG("%d rounds", race.rounds);
	close(race.dev);
}

TEST_HARNESS_MAIN
