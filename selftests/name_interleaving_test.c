// SPDX-License-Identifier: GPL-2.0
/*
 * Names that change during a command. The directory of a lookup or creation disappears, another
 * object takes the name, or the namespace ends or begins. Whenever the change happens, the command
 * must act as if it happened just before or just after the command.
 */
#include "name_forms.h"
#include "stress.h"

#define WAY	IN_BASE(u"way")
#define X	IN_BASE(u"x")
#define Y	IN_BASE(u"y")

/* How often the name appears and disappears under each command. */
static int rounds(void)
{
	return full_or_brief(600, 40);
}

static struct {
	int dev;
	const struct form *form;
	atomic_bool over;
	atomic_int bad;
	atomic_uint begun; /* commands that the other thread has begun */
} other;

static void wrong(const char *what, int ret)
{
	fprintf(stderr, "# %s: %d, status 0x%x\n", what, ret, last_status);
	atomic_store(&other.bad, 1);
}

/*
 * A command searches for the end of a name before it looks the name up. A long name takes longer.
 */
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

/* Waits until the other thread has begun COMMANDS more commands and finished all but the last. */
static void stay(unsigned int commands)
{
	unsigned int until = atomic_load(&other.begun) + commands;

	while ((int)(atomic_load(&other.begun) - until) < 0)
		sched_yield();
	dither(8);
}

/*
 * Makes a folder with x in it, of the type that the form creates, and with below\x. Then makes a
 * link to the folder. Removes the folder first, and then the rest.
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
 * Runs FORM on PATH, which leads through the link. The object exists as long as its directory, so
 * it must never be reported as missing. If VACANT, the name is free. Counts in SEEN how often the
 * path was found and not found.
 */
static void meet_folder(const struct form *form, const char16_t *path, bool vacant, int seen[2])
{
	int fd;

	atomic_fetch_add(&other.begun, 1);
	fd = call(form, other.dev, object(path, NO_ROOT, form->creates ? OPENIF : 0));
	if (fd < 0 && !is_failure(form->text, fd, NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND))
		wrong("in a folder that goes", fd);
	if (fd >= 0 && last_status != (form->creates && !vacant ? status_of_existing(form) : NTEVENT_STATUS_SUCCESS))
		wrong("success of another kind", fd);
	close(fd);
	seen[fd < 0]++;
}

/* Runs FORM until enough folders have come and gone. It first runs without one. */
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

/* X comes and goes as a link to Y or to an invalid path. Making it fails while others have X. */
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

/* Both threads run this, so the namespace ends while the other thread looks it up or makes it. */
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
