// SPDX-License-Identifier: GPL-2.0
/* Limits of depth, links and permanent names. A refused command must leave nothing. */
#include "names.h"
#include "stress.h"

#define DEPTH 256		/* directories that may lead to a name */
#define LINKS 32		/* on one path */

struct before {
	int fds;
	long references;
};

/* Gives the device a namespace of its own. */
static struct before begin(int dev)
{
	if (ioctl(dev, NTEVENT_IOC_NEW_NAMESPACE) || !raise_fd_limit(1024))
		abort();
	return (struct before){ .fds = count_fds(), .references = module_references() };
}

/* Whether only what existed at the start is left. */
static bool is_as(struct before before)
{
	return count_fds() == before.fds && await_references(before.references);
}

/*
 * Makes a chain of directories. Each is created relative to the previous one, and the first to
 * \BaseNamedObjects.
 */
static int make_chain(int dev, int *fds, int count, uint32_t attributes)
{
	int root = open_directory(dev, BASE, NO_ROOT, 0), i;

	for (i = 0; i < count; i++) {
		fds[i] = create_directory(dev, u"d", i ? fds[i - 1] : root, attributes);
		if (fds[i] < 0)
			break;
	}
	close(root);
	return i;
}

static void close_all(int *fds, int count)
{
	while (count)
		close(fds[--count]);
}

/* Writes \BaseNamedObjects\d\d...\d with COUNT times d. */
static void chain_path(char16_t *path, int count)
{
	memcpy(path, BASE, sizeof(BASE));
	for (path += units_of(BASE); count; count--) {
		*path++ = u'\\';
		*path++ = u'd';
	}
	*path = 0;
}

/* \BaseNamedObjects and DEPTH - 1 directories d below it can lead to a name. */
TEST_F(nt, depth_is_bounded)
{
	struct before before = begin(self->dev);
	char16_t path[2 * DEPTH + 64], told[2 * DEPTH + 64];
	struct ntevent_object_info info;
	int fds[DEPTH], event, i;

	ASSERT_EQ(DEPTH, make_chain(self->dev, fds, DEPTH, 0));
	chain_path(path, DEPTH);
	ASSERT_EQ(0, query_object(fds[DEPTH - 1], &info, told, sizeof(told)));
	ASSERT_EQ(2 * units_of(path), info.name_size);
	ASSERT_EQ(0, memcmp(path, told, info.name_size));
	/* The deepest directory has DEPTH directories above it, so nothing can be created in it. */
	REFUSED(EDQUOT, NTEVENT_STATUS_QUOTA_EXCEEDED, create_directory(self->dev, u"d", fds[DEPTH - 1], 0));
	REFUSED(EDQUOT, NTEVENT_STATUS_QUOTA_EXCEEDED, create_event(self->dev, u"e", fds[DEPTH - 1], 0));
	REFUSED(EDQUOT, NTEVENT_STATUS_QUOTA_EXCEEDED, create_link(self->dev, u"l", fds[DEPTH - 1], u"\\"));
	ASSERT_EQ(0, count_entries(fds[DEPTH - 1]));
	event = create_event(self->dev, u"e", fds[DEPTH - 2], 0);
	ASSERT_LE(0, event);
	ASSERT_EQ(2, count_entries(fds[DEPTH - 2]));
	close(event);
	/* A path as deep as the tree works. */
	i = open_directory(self->dev, path, NO_ROOT, 0);
	ASSERT_LE(0, i);
	close(i);
	close_all(fds, DEPTH);
	ASSERT_TRUE(is_as(before));
}

/* A directory that has lost its name is still as deep as before. */
TEST_F(nt, depth_is_bounded_below_lost_names)
{
	struct before before = begin(self->dev);
	int last, next, depth;

	last = create_directory(self->dev, IN_BASE(u"d"), NO_ROOT, 0);
	ASSERT_LE(0, last);
	for (depth = 1; depth < 2 * DEPTH; depth++) {
		next = create_directory(self->dev, u"d", last, 0);
		if (next < 0)
			break;
		ASSERT_EQ(0, close(last));
		last = next;
		ASSERT_TRUE(is_called(last, u"...\\d"));
	}
	ASSERT_EQ(NTEVENT_STATUS_QUOTA_EXCEEDED, last_status);
	ASSERT_EQ(DEPTH, depth);
	close(last);
	REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND, open_directory(self->dev, IN_BASE(u"d"), NO_ROOT, 0));
	ASSERT_TRUE(is_as(before));
}

/*
 * Closes all handles but the deepest in either order, then the deepest. Every level has siblings.
 */
TEST_F(nt, deep_chain_goes)
{
	struct before before = begin(self->dev);
	int fds[DEPTH], siblings[DEPTH], base = open_directory(self->dev, BASE, NO_ROOT, 0), i, upward;

	for (upward = 0; upward < 2; upward++) {
		ASSERT_EQ(DEPTH, make_chain(self->dev, fds, DEPTH, 0));
		for (i = 0; i < DEPTH - 1; i++) {
			siblings[i] = create_event(self->dev, u"e", fds[i], 0);
			ASSERT_LE(0, siblings[i]);
		}
		for (i = 0; i < DEPTH - 1; i++)
			ASSERT_EQ(0, close(fds[upward ? DEPTH - 2 - i : i]));
		ASSERT_EQ(BASE_NAMES, count_entries(base));
		ASSERT_TRUE(is_called(fds[DEPTH - 1], u"...\\d"));
		ASSERT_TRUE(is_called(siblings[0], u"...\\e"));
		ASSERT_TRUE(is_called(siblings[DEPTH - 2], u"...\\e"));
		ASSERT_EQ(0, set(siblings[7]));
		close_all(siblings, DEPTH - 1);
		ASSERT_EQ(0, count_entries(fds[DEPTH - 1]));
		ASSERT_EQ(0, close(fds[DEPTH - 1]));
	}
	close(base);
	ASSERT_TRUE(is_as(before));
}

/* Permanent directories in a directory that goes lose their names and are no longer counted. */
TEST_F_TIMEOUT(nt, permanent_chain_goes_with_its_top, 120)
{
	struct before before = begin(self->dev);
	char16_t path[2 * DEPTH + 64];
	int fds[DEPTH], round, top, deep;

	if (geteuid())
		SKIP(return, "permanent names need a privilege");
	chain_path(path, DEPTH);
	/* All rounds together make more names than can be permanent at one time. */
	for (round = 0; round <= full_or_brief(PERMANENT_NAMES / DEPTH, 1); round++) {
		ASSERT_EQ(DEPTH, make_chain(self->dev, fds, DEPTH, PERMANENT));
		close_all(fds, DEPTH);
		deep = open_directory(self->dev, path, NO_ROOT, 0);
		ASSERT_LE(0, deep);
		top = open_directory(self->dev, IN_BASE(u"d"), NO_ROOT, 0);
		ASSERT_EQ(0, make_temporary(top));
		close(top);
		/* The deepest directory lives on without a name while it has a handle. */
		ASSERT_TRUE(is_called(deep, u"...\\d"));
		close(deep);
		REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND, open_directory(self->dev, path, NO_ROOT, 0));
	}
	ASSERT_TRUE(is_as(before));
}

/* Each link leads to the next one, and the last to an event. */
TEST_F(nt, V172_links_on_a_path_are_bounded)
{
	struct before before = begin(self->dev);
	char16_t name[] = BASE u"\\lXX", target[] = BASE u"\\lXX";
	int fds[LINKS + 1], event = create_event(self->dev, IN_BASE(u"l00"), NO_ROOT, 0), digit = units_of(BASE) + 2, i;

	for (i = 0; i <= LINKS; i++) {
		target[digit] = u'0' + i / 10;
		target[digit + 1] = u'0' + i % 10;
		name[digit] = u'0' + (i + 1) / 10;
		name[digit + 1] = u'0' + (i + 1) % 10;
		fds[i] = create_link(self->dev, name, NO_ROOT, target);
		ASSERT_LE(0, fds[i]);
	}
	i = open_event(self->dev, target, NO_ROOT, 0);
	ASSERT_LE(0, i);
	ASSERT_TRUE(is_called(i, IN_BASE(u"l00")));
	close(i);
	REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND, open_event(self->dev, name, NO_ROOT, 0));
	close_all(fds, LINKS + 1);
	close(event);
	ASSERT_TRUE(is_as(before));
}

static void number_name(char16_t *to, int number)
{
	int digit;

	for (digit = 0; digit < 5; digit++, number /= 10)
		to[digit] = u'0' + number % 10;
}

/* Makes permanent names without handles until the limit. Returns how many. */
static int fill(int dev)
{
	char16_t name[] = BASE u"\\.....";
	int count, fd;

	for (count = 0; count <= PERMANENT_NAMES; count++) {
		number_name(name + units_of(BASE) + 1, count);
		fd = create_event(dev, name, NO_ROOT, PERMANENT);
		if (fd < 0)
			break;
		close(fd);
	}
	return count;
}

/* Whether the limit refuses permanent names of every type, new or not, and no temporary ones. */
static bool is_full(int dev)
{
	const unsigned long kinds[] = { NTEVENT_IOC_CREATE_EVENT, NTEVENT_IOC_CREATE_DIRECTORY,
					NTEVENT_IOC_CREATE_SYMBOLIC_LINK };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		int fd = command_as(dev, kinds[i], object(IN_BASE(u"x"), NO_ROOT, PERMANENT), 1);

		if (fd != -EDQUOT || last_status != NTEVENT_STATUS_QUOTA_EXCEEDED)
			return false;
		fd = command_as(dev, kinds[i], object(IN_BASE(u"x"), NO_ROOT, 0), 1);
		if (fd < 0 || make_permanent(fd) != -EDQUOT)
			return false;
		close(fd);
		if (open_event(dev, IN_BASE(u"x"), NO_ROOT, 0) != -ENOENT)
			return false;
	}
	return true;
}

TEST_F_TIMEOUT(nt, permanent_names_are_bounded, 120)
{
	struct before before = begin(self->dev);
	int other = private_device(), base, last, temporary, unnamed, count, i;

	if (geteuid())
		SKIP(return, "permanent names need a privilege");
	count = fill(self->dev);
	ASSERT_TRUE(is_full(self->dev));
	ASSERT_EQ(PERMANENT_NAMES - START_UP_NAMES, count);
	base = open_directory(self->dev, BASE, NO_ROOT, 0);
	ASSERT_EQ(count + BASE_NAMES, count_entries(base));
	close(base);
	/* Temporary names are not limited, but cannot become permanent. */
	temporary = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0);
	ASSERT_LE(0, temporary);
	ASSERT_EQ(-EDQUOT, make_permanent(temporary));
	ASSERT_EQ(-EDQUOT, make_permanent(temporary));
	/* A command that adds no permanent name is not refused. */
	last = create_event(self->dev, IN_BASE(u"00000"), NO_ROOT, PERMANENT | OPENIF);
	ASSERT_LE(0, last);
	ASSERT_EQ(NTEVENT_STATUS_OBJECT_NAME_EXISTS, last_status);
	ASSERT_EQ(0, make_permanent(last));
	unnamed = create_event(self->dev, NULL, NO_ROOT, PERMANENT);
	ASSERT_LE(0, unnamed);
	ASSERT_EQ(0, make_permanent(unnamed));
	/* Making one name temporary makes room for another. */
	ASSERT_EQ(0, make_temporary(last));
	ASSERT_EQ(0, make_permanent(temporary));
	ASSERT_EQ(-EDQUOT, make_permanent(last));
	/* Each namespace has its own limit. */
	i = create_event(other, IN_BASE(u"x"), NO_ROOT, PERMANENT);
	ASSERT_LE(0, i);
	close(i);
	close(last);
	close(temporary);
	close(unnamed);
	close(other);
	ASSERT_TRUE(is_as(before));
}

/* A failed creation leaves no name, even if only the fd cannot be made. */
TEST_F(nt, V175_no_fd_no_name)
{
	struct before before = begin(self->dev);
	struct rlimit limit = { 1024, 1024 }, none = { 0, 1024 };
	int base = open_directory(self->dev, BASE, NO_ROOT, 0), fd, permanent;

	for (permanent = 0; permanent <= !geteuid(); permanent++) {
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
		fd = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, permanent ? PERMANENT : 0);
		setrlimit(RLIMIT_NOFILE, &limit);
		ASSERT_EQ(-EMFILE, fd);
		ASSERT_EQ(NTEVENT_STATUS_TOO_MANY_OPENED_FILES, last_status);
		ASSERT_EQ(BASE_NAMES, count_entries(base));
		REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND,
			open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0));
	}
	close(base);
	ASSERT_TRUE(is_as(before));
}

TEST_HARNESS_MAIN
