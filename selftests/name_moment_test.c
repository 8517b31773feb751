// SPDX-License-Identifier: GPL-2.0
/*
 * Names that change in the midst of one command: the directory goes into which it looks or creates, a link takes the
 * name that it is about to give, the namespace begins or ends. Each command by itself gives what it would have given
 * a moment before the change, or a moment after it.
 */
#include "name_forms.h"
#include "stress.h"

#define FOLDER	IN_BASE(u"folder")
#define X	IN_BASE(u"x")
#define Y	IN_BASE(u"y")

/* Times that a thing comes and goes under each command. A debug kernel takes 20 ms for each. */
static int rounds(void)
{
	return access("/proc/lockdep_stats", F_OK) ? 600 : 150;
}

static struct {
	int dev;
	const struct form *form;
	/* The round in which FOLDER is there with all that belongs in it; 0 between rounds, -1 at the end. */
	atomic_int round;
	atomic_int bad;
} other;

static void wrong(const char *what, int ret)
{
	fprintf(stderr, "# %s: %d, status 0x%x\n", what, ret, last_status);
	atomic_store(&other.bad, 1);
}

/* FOLDER comes with x, of the type of the form, and below\x; then FOLDER goes, then the others, which have handles. */
static void *folder_comes_and_goes(void *unused)
{
	int round, last = rounds();

	for (round = 1; round <= last; round++) {
		int folder = create_directory(other.dev, FOLDER, NO_ROOT, 0);
		int x = call(other.form, other.dev, object(u"x", folder, OPENIF));
		int below = create_directory(other.dev, u"below", folder, 0);
		int deep = call(other.form, other.dev, object(u"x", below, 0));

		if (folder < 0 || x < 0 || below < 0 || deep < 0)
			wrong("making the folder", folder);
		atomic_store(&other.round, round);
		dither(8);
		close(folder);
		atomic_store(&other.round, 0);
		close(below);
		close(x);
		close(deep);
	}
	atomic_store(&other.round, -1);
	return NULL;
}

/*
 * FORM of PATH, which is in FOLDER and there if FOLDER is; or VACANT, free to be created. In one round it is not
 * told that the name is not there: it is, or its directory is not. How often each was told is in SEEN.
 */
static void meet_folder(const struct form *form, const char16_t *path, bool vacant, int seen[2])
{
	int round = atomic_load(&other.round);
	int fd = call(form, other.dev, object(path, NO_ROOT, form->creates ? OPENIF : 0));

	if (fd >= 0) {
		if (form->creates && round > 0 && atomic_load(&other.round) == round &&
		    last_status != (vacant ? NTEVENT_STATUS_SUCCESS : NTEVENT_STATUS_OBJECT_NAME_EXISTS))
			wrong("success of another kind", fd);
		close(fd);
	} else if (fd != -ENOENT) {
		wrong("in a folder that goes", fd);
	} else if (last_status != NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND) {
		/* The folder of another round is not filled yet. */
		if (form->creates || (round > 0 && atomic_load(&other.round) == round))
			wrong("a name that is there is not found", fd);
	}
	seen[fd < 0]++;
}

/* Runs FORM until FOLDER has come and gone often enough. */
static bool meets_folder(const struct form *form, const struct form *creation, const char16_t *path, bool vacant)
{
	int seen[2] = {};
	pthread_t thread;

	other.form = creation;
	atomic_store(&other.round, 0);
	if (pthread_create(&thread, NULL, folder_comes_and_goes, NULL))
		return false;
	while (atomic_load(&other.round) >= 0 && !atomic_load(&other.bad))
		meet_folder(form, path, vacant, seen);
	pthread_join(thread, NULL);
	printf("# %s: %d found, %d not\n", form->text, seen[0], seen[1]);
	return !atomic_load(&other.bad) && seen[0] && seen[1];
}

TEST_F_TIMEOUT(names, directory_goes_while_looked_into, 300)
{
	other.dev = self->dev;
	EACH_CREATION(form) {
		ASSERT_TRUE(meets_folder(OPENING(form), form, FOLDER u"\\x", false));
		ASSERT_TRUE(meets_folder(form, form, FOLDER u"\\x", false));
	}
	ASSERT_TRUE(meets_folder(OPENING(CREATE_EVENT), CREATE_EVENT, FOLDER u"\\below\\x", false));
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F_TIMEOUT(names, directory_goes_while_created_in, 300)
{
	other.dev = self->dev;
	EACH_CREATION(form)
		ASSERT_TRUE(meets_folder(form, form, FOLDER u"\\y", true));
	ASSERT_TRUE(is_fresh(self->dev));
}

/* X comes and goes as a link: to Y, then to what no path can be. It is refused while X is what others created. */
static void *link_comes_and_goes(void *unused)
{
	int round, last = 4 * rounds();

	for (round = 1; round <= last; round++) {
		int fd = create_link(other.dev, X, NO_ROOT, round & 1 ? Y : u"y");

		if (fd < 0 && !is_failure("link", fd, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH))
			wrong("creating the link", fd);
		if (fd >= 0)
			dither(8);
		close(fd);
	}
	atomic_store(&other.round, -1);
	return NULL;
}

TEST_F_TIMEOUT(names, link_takes_the_name_of_what_is_created, 300)
{
	int seen[3], fd, which;
	pthread_t thread;

	other.dev = self->dev;
	EACH_CREATION(form) {
		if (form == CREATE_LINK)
			continue;
		memset(seen, 0, sizeof(seen));
		atomic_store(&other.round, 0);
		ASSERT_EQ(0, pthread_create(&thread, NULL, link_comes_and_goes, NULL));
		while (atomic_load(&other.round) >= 0) {
			fd = call(form, self->dev, object(X, NO_ROOT, 0));
			which = fd < 0 ? 2 : is_called(fd, Y);
			seen[which]++;
			if (which == 2) {
				ASSERT_TRUE(is_failure(form->text, fd, NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD));
			} else {
				ASSERT_TRUE(is_called(fd, which ? Y : X));
			}
			close(fd);
		}
		pthread_join(thread, NULL);
		ASSERT_EQ(0, atomic_load(&other.bad));
		TH_LOG("%s: %d as it is called, %d where the link leads, %d refused", form->text, seen[0], seen[1],
		       seen[2]);
		ASSERT_TRUE(seen[0] && seen[1] && seen[2]);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/* Two threads that open the device in an IPC namespace that nobody else is in. */
static pthread_barrier_t together;

static int open_device(void)
{
	return open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
}

/* Opens, both at once; then both must have the same event, in the one namespace that there is. */
static void *open_first(void *arg)
{
	int round, last = rounds() / 4, dev, fd;
	bool first = arg;

	for (round = 0; round < last; round++) {
		pthread_barrier_wait(&together);
		dev = open_device();
		fd = create_event(dev, X, NO_ROOT, OPENIF);
		if (fd < 0)
			wrong("OPENIF", fd);
		pthread_barrier_wait(&together);
		if (first && set(fd) != 0)
			wrong("SET", fd);
		pthread_barrier_wait(&together);
		if (!first && reset(fd) != 1)
			wrong("two events of one name", fd);
		pthread_barrier_wait(&together);
		close(fd);
		close(dev);
	}
	return NULL;
}

/* Opens and closes, each for itself: the namespace ends while the other thread finds it, or begins. */
static void *open_and_close(void *unused)
{
	int round, last = rounds(), dev, fd;

	for (round = 0; round < last; round++) {
		dev = open_device();
		fd = create_event(dev, X, NO_ROOT, OPENIF);
		if (fd < 0 || !is_called(fd, X))
			wrong("OPENIF", fd);
		close(dev);
		close(fd);
	}
	return NULL;
}

static bool both_run(void *(*run)(void *))
{
	pthread_t threads[2];

	if (pthread_create(&threads[0], NULL, run, NULL) || pthread_create(&threads[1], NULL, run, (void *)1))
		return false;
	return !pthread_join(threads[0], NULL) && !pthread_join(threads[1], NULL) && !atomic_load(&other.bad);
}

TEST_F_TIMEOUT(names, namespace_begins_and_ends_under_two, 300)
{
	long references = module_references();
	int dev;

	if (geteuid() || unshare(CLONE_NEWIPC))
		SKIP(return, "no IPC namespace can be made here");
	ASSERT_EQ(0, pthread_barrier_init(&together, NULL, 2));
	ASSERT_TRUE(both_run(open_first));
	ASSERT_TRUE(both_run(open_and_close));
	dev = open_device();
	ASSERT_TRUE(is_fresh(dev));
	close(dev);
	ASSERT_TRUE(await_references(references));
}

TEST_HARNESS_MAIN
