// SPDX-License-Identifier: GPL-2.0
/*
 * Names that change while a command runs: the directory goes in which it looks up or creates a
 * name, another object takes the name that it is about to give, the namespace begins or ends. At
 * whatever step the change comes, each command gives what it would have given just before the
 * change, or just after it.
 */
#include "name_forms.h"
#include "stress.h"

#define WAY	IN_BASE(u"way")
#define X	IN_BASE(u"x")
#define Y	IN_BASE(u"y")

/* Times that a thing comes and goes under each command. */
static int rounds(void)
{
	return full_or_brief(600, 75);
}

static struct {
	int dev;
	const struct form *form;
	atomic_bool over;
	atomic_int bad;
	atomic_uint begun; /* commands of the thread that meets what comes and goes */
} other;

static void wrong(const char *what, int ret)
{
	fprintf(stderr, "# %s: %d, status 0x%x\n", what, ret, last_status);
	atomic_store(&other.bad, 1);
}

/* Between two directories a command looks for the end of the name. */
#define LONG 1000

static char16_t x_name[LONG + 1], x_path[64 + LONG], deep_path[64 + LONG];

static void name_x(void)
{
	int i;

	for (i = 0; i < LONG; i++)
		x_name[i] = u'x';
	memcpy(x_path, WAY u"\\", sizeof(WAY u"\\"));
	memcpy(x_path + units_of(x_path), x_name, sizeof(x_name));
	memcpy(deep_path, WAY u"\\below\\", sizeof(WAY u"\\below\\"));
	memcpy(deep_path + units_of(deep_path), x_name, sizeof(x_name));
}

/* Stays until so many COMMANDS of the other thread have begun, of which all but the last have ended. */
static void stay(unsigned int commands)
{
	unsigned int until = atomic_load(&other.begun) + commands;

	while ((int)(atomic_load(&other.begun) - until) < 0)
		sched_yield();
	dither(8);
}

/*
 * A folder with a name of its own, with x in it, of the type of the form, and below\x; when all is there a link leads
 * to it. Then the folder goes, and only then what leads there and what was in it.
 */
static void folder_comes_and_goes(int round)
{
	char16_t name[] = BASE u"\\....";
	bool first = !round;
	int fds[5], i;

	for (i = units_of(name); name[--i] == u'.'; round /= 10)
		name[i] = u'0' + round % 10;
	fds[0] = create_directory(other.dev, name, NO_ROOT, 0);
	fds[1] = call(other.form, other.dev, object(x_name, fds[0], 0));
	fds[2] = create_directory(other.dev, u"below", fds[0], 0);
	fds[3] = call(other.form, other.dev, object(x_name, fds[2], 0));
	fds[4] = create_link(other.dev, WAY, NO_ROOT, name);
	stay(first ? 2 : random_below(4));
	for (i = 0; i < 5; i++) {
		if (fds[i] < 0)
			wrong("making the folder", i);
		close(fds[i]);
	}
}

static void *folders_come_and_go(void *unused)
{
	int round, last = rounds();

	for_rounds(round, last)
		folder_comes_and_goes(round);
	atomic_store(&other.over, true);
	return NULL;
}

/*
 * FORM of PATH, which is behind the way: there as long as its directory is, and so never told to be absent; or VACANT,
 * free to be created. How often it was there and not is in SEEN.
 */
static void meet_folder(const struct form *form, const char16_t *path, bool vacant, int seen[2])
{
	int fd;

	atomic_fetch_add(&other.begun, 1);
	fd = call(form, other.dev, object(path, NO_ROOT, form->creates ? OPENIF : 0));
	if (fd < 0 && !is_failure(form->text, fd, NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND))
		wrong("in a folder that goes", fd);
	if (fd >= 0 && last_status != (form->creates && !vacant ? NTEVENT_STATUS_OBJECT_NAME_EXISTS : NTEVENT_STATUS_SUCCESS))
		wrong("success of another kind", fd);
	close(fd);
	seen[fd < 0]++;
}

/* Runs FORM until folders have come and gone often enough, and at first with none there. */
static bool meets_folder(const struct form *form, const struct form *creation, const char16_t *path, bool vacant)
{
	int seen[2] = {};
	pthread_t thread;

	other.form = creation;
	atomic_store(&other.over, false);
	meet_folder(form, path, vacant, seen);
	if (pthread_create(&thread, NULL, folders_come_and_go, NULL))
		return false;
	while (!atomic_load(&other.over))
		meet_folder(form, path, vacant, seen);
	pthread_join(thread, NULL);
	printf("# %s: %d found, %d not\n", form->text, seen[0], seen[1]);
	return !atomic_load(&other.bad) && seen[0] && seen[1];
}

TEST_F_TIMEOUT(names, directory_goes_while_looked_into, 300)
{
	other.dev = self->dev;
	name_x();
	EACH_CREATION(form) {
		ASSERT_TRUE(meets_folder(OPENING(form), form, x_path, false));
		ASSERT_TRUE(meets_folder(form, form, x_path, false));
	}
	ASSERT_TRUE(meets_folder(OPENING(CREATE_EVENT), CREATE_EVENT, deep_path, false));
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F_TIMEOUT(names, directory_goes_while_created_in, 300)
{
	other.dev = self->dev;
	name_x();
	EACH_CREATION(form)
		ASSERT_TRUE(meets_folder(form, form, WAY u"\\y", true));
	ASSERT_TRUE(is_fresh(self->dev));
}

/* X comes and goes as a link: to Y, then to what no path can be. It is refused while X is what others created. */
static void *link_comes_and_goes(void *unused)
{
	int round, last = 4 * rounds();

	for_rounds(round, last) {
		int fd = create_link(other.dev, X, NO_ROOT, round & 1 ? u"y" : Y);

		if (fd < 0 && !is_failure("link", fd, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH))
			wrong("creating the link", fd);
		if (fd >= 0)
			dither(8);
		close(fd);
	}
	atomic_store(&other.over, true);
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
		atomic_store(&other.over, false);
		ASSERT_EQ(0, pthread_create(&thread, NULL, link_comes_and_goes, NULL));
		while (!atomic_load(&other.over)) {
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
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

static int open_device(void)
{
	return open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
}

/* Each for itself: the namespace ends while the other thread finds it, or begins. */
static void *open_and_close(void *unused)
{
	int round, last = 3 * rounds(), dev, fd;

	for_rounds(round, last) {
		dev = open_device();
		fd = create_event(dev, X, NO_ROOT, OPENIF);
		if (fd < 0 || !is_called(fd, X))
			wrong("OPENIF", fd);
		close(dev);
		close(fd);
	}
	return NULL;
}

TEST_F_TIMEOUT(names, namespace_ends_while_it_is_opened, 300)
{
	long references = module_references();
	pthread_t threads[2];
	int dev, i;

	if (geteuid() || unshare(CLONE_NEWIPC))
		SKIP(return, "no IPC namespace can be made here");
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, open_and_close, NULL));
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	ASSERT_EQ(0, atomic_load(&other.bad));
	dev = open_device();
	ASSERT_TRUE(is_fresh(dev));
	close(dev);
	ASSERT_TRUE(await_references(references));
}

TEST_HARNESS_MAIN
