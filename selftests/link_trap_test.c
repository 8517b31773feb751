// SPDX-License-Identifier: GPL-2.0
/*
 * Links that one user plants for others, and who may follow which link. With OBJ_DONT_REPARSE a
 * path must not go through any link.
 */
#include "name_forms.h"
#include "credentials.h"

#define NEEDS_ROOT() do { if (geteuid()) SKIP(return, "needs root"); } while (0)
#define ENCOUNTERED NTEVENT_STATUS_REPARSE_POINT_ENCOUNTERED
#define DONT_REPARSE NTEVENT_OBJ_DONT_REPARSE
#define IPC_OWNER CAPABILITY(CAP_IPC_OWNER)

/* Lets the process create as UID of GID in any directory. Needs root. */
static bool create_as(uid_t uid, gid_t gid)
{
	return !setresgid(-1, gid, -1) && !setresuid(-1, uid, -1) && (!uid || !set_capabilities(IPC_OWNER, true));
}

static bool be_root_again(void)
{
	return !setresuid(-1, 0, -1) && !setresgid(-1, 0, -1);
}

static struct ntevent_object_attributes for_all(const char16_t *name, int root, uint32_t mode)
{
	struct ntevent_object_attributes attributes = object(name, root, 0);

	attributes.mode = mode;
	return attributes;
}

/*
 * A user who may not create in \KernelObjects makes a link from \BaseNamedObjects into it. Root
 * must not create there for that user.
 */
TEST_F(names, F04_planted_link_creates_nothing)
{
	int sockets[2], link, kernel, before;

	NEEDS_ROOT();
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	AS_USER(1000) {
		CHECK(create_event(self->dev, u"\\KernelObjects\\planted", NO_ROOT, 0) == -EACCES);
		link = create_link_as(self->dev, for_all(IN_BASE(u"ready"), NO_ROOT, 0777), u"\\KernelObjects\\planted");
		CHECK(link >= 0);
		send_fd(sockets[0], link);
		CHECK((link = create_link_as(self->dev, for_all(IN_BASE(u"way"), NO_ROOT, 0777), u"\\KernelObjects")) >= 0);
		send_fd(sockets[0], link);
		/* The owner of the link may follow it. */
		CHECK(open_directory(self->dev, IN_BASE(u"way"), NO_ROOT, 0) == -EACCES);
		CHECK(with_name(self->dev, NTEVENT_IOC_OPEN_DIRECTORY, object(IN_BASE(u"way"), NO_ROOT, 0), 1) >= 0);
		_exit(0);
	}
	ASSERT_LE(0, link = receive_fd(sockets[1]));
	ASSERT_LE(0, receive_fd(sockets[1]));
	ASSERT_LE(0, kernel = open_directory(self->dev, u"\\KernelObjects", NO_ROOT, 0));
	before = count_entries(kernel);
	EACH_FORM(form) {
		if (form->type != NTEVENT_TYPE_SYMBOLIC_LINK) {
			REFUSES(form, self->dev, object(IN_BASE(u"ready"), NO_ROOT, OPENIF), ACCESS_DENIED);
			REFUSES(form, self->dev, object(u"ready", self->base, 0), ACCESS_DENIED);
		}
		REFUSES(form, self->dev, object(IN_BASE(u"way\\planted"), NO_ROOT, OPENIF), ACCESS_DENIED);
		REFUSES(form, self->dev, object(IN_BASE(u"Global\\way\\planted"), NO_ROOT, 0), ACCESS_DENIED);
	}
	EACH_OPEN(form)
		if (form->type != NTEVENT_TYPE_SYMBOLIC_LINK)
			REFUSES(form, self->dev, object(u"", link, 0), ACCESS_DENIED);
	ASSERT_EQ(before, count_entries(kernel));
	/* The link itself can be opened. */
	SUCCEEDS(OPENING(CREATE_LINK), self->dev, object(IN_BASE(u"ready"), NO_ROOT, 0));
	AS_USER(2000) {
		CHECK(create_event(self->dev, IN_BASE(u"ready"), NO_ROOT, OPENIF) == -EACCES);
		_exit(0);
	}
}

/*
 * The owners of directories and links, and the users who follow links. Capabilities do not matter.
 */
static const struct credentials people[] = {
	{ "root", 0, 0, 0, ALL_CAPABILITIES, false },
	{ "owner", 1000, 1000, 0, NO_CAPABILITY, false },
	{ "stranger", 2000, 3000, 0, NO_CAPABILITY, false },
	{ "stranger with CAP_IPC_OWNER", 2001, 2001, 0, IPC_OWNER, false },
	{ "user-namespace root that is the owner", 1000, 1000, 0, NO_CAPABILITY, true },
};
static const struct { uid_t uid; gid_t gid; } owners[] = { { 0, 0 }, { 1000, 1000 }, { 1000, 3000 } };
static const uid_t planters[] = { 0, 1000, 2000 };
static const uint32_t modes[] = { 0555, 0755, 0575, 0775, 0557, 0777, 0757 };

/* Whether users other than the owner may write to the directory. */
static bool is_shared(int owner, uint32_t mode)
{
	return mode & 02 || (mode & 020 && owners[owner].uid != owners[owner].gid);
}

static bool follows(uid_t who, int owner, uint32_t mode, uid_t planter)
{
	return !is_shared(owner, mode) || planter == owners[owner].uid || planter == who;
}

/* "\OM" is the directory of owner O with mode M. "\OM\P" is the link of planter P in it. */
static const char16_t *path_of(int owner, int mode, int planter, const char16_t *behind)
{
	static char16_t path[32];
	int length = 0;

	path[length++] = u'\\';
	path[length++] = u'0' + owner;
	path[length++] = u'0' + mode;
	if (planter >= 0) {
		path[length++] = u'\\';
		path[length++] = u'0' + planter;
	}
	memcpy(path + length, behind, 2 * units_of(behind) + 2);
	return path;
}

#define EACH_LINK(o, m, p) \
	for (o = 0; o < (int)ARRAY_SIZE(owners); o++) \
		for (m = 0; m < (int)ARRAY_SIZE(modes); m++) \
			for (p = 0; p < (int)ARRAY_SIZE(planters); p++)

static int links[ARRAY_SIZE(owners)][ARRAY_SIZE(modes)][ARRAY_SIZE(planters)];

/* All links lead to the directory \public, in which is an event e. They live until the end. */
static bool plant(int dev)
{
	const struct ntevent_object_attributes public = for_all(u"\\public", NO_ROOT, 0755);
	int o, m, p, directory = with_name(dev, NTEVENT_IOC_CREATE_DIRECTORY, public, DIRECTORY_ALL);

	if (create_event_as(dev, for_all(u"e", directory, 0777), ALL_ACCESS, NOTIFICATION, 0) < 0)
		return false;
	for (o = 0; o < (int)ARRAY_SIZE(owners); o++)
		for (m = 0; m < (int)ARRAY_SIZE(modes); m++) {
			if (!create_as(owners[o].uid, owners[o].gid) ||
			    with_name(dev, NTEVENT_IOC_CREATE_DIRECTORY, for_all(path_of(o, m, -1, u""), NO_ROOT, modes[m]),
				      DIRECTORY_ALL) < 0 || !be_root_again())
				return false;
		}
	EACH_LINK(o, m, p) {
		if (!create_as(planters[p], planters[p]))
			return false;
		links[o][m][p] = create_link_as(dev, for_all(path_of(o, m, p, u""), NO_ROOT, 0777), u"\\public");
		if (links[o][m][p] < 0 || !be_root_again())
			return false;
	}
	return true;
}

static bool agrees(const struct credentials *who, const char *way, int o, int m, int p, int fd)
{
	bool may = follows(who->uid, o, modes[m], planters[p]);

	if (may ? fd < 0 : fd != -EACCES || last_status != NTEVENT_STATUS_ACCESS_DENIED) {
		fprintf(stderr, "# %s, %s: directory of %u:%u, mode %o, link of %u: %d, status %x\n", who->name, way,
			owners[o].uid, owners[o].gid, modes[m], planters[p], fd, last_status);
		return false;
	}
	close(fd);
	return true;
}

TEST_F_TIMEOUT(names, F04_who_follows_which_link, 120)
{
	unsigned int i;
	int o, m, p;

	NEEDS_ROOT();
	ASSERT_TRUE(plant(self->dev));
	for (i = 0; i < ARRAY_SIZE(people); i++) {
		const struct credentials *who = &people[i];

		AS(who) {
			EACH_LINK(o, m, p) {
				const struct ntevent_object_attributes through = object(path_of(o, m, p, u"\\e"), NO_ROOT, 0);

				CHECK(agrees(who, "in the middle", o, m, p,
					     with_name(self->dev, NTEVENT_IOC_OPEN_EVENT, through, NTEVENT_SYNCHRONIZE)));
				CHECK(agrees(who, "at the end", o, m, p,
					     with_name(self->dev, NTEVENT_IOC_OPEN_DIRECTORY,
						       object(path_of(o, m, p, u""), NO_ROOT, 0), NTEVENT_DIRECTORY_QUERY)));
				CHECK(agrees(who, "as the root", o, m, p,
					     with_name(self->dev, NTEVENT_IOC_OPEN_DIRECTORY,
						       object(u"", links[o][m][p], 0), NTEVENT_DIRECTORY_QUERY)));
				/* Opening the link itself is always allowed. */
				CHECK(with_name(self->dev, NTEVENT_IOC_OPEN_SYMBOLIC_LINK,
						object(path_of(o, m, p, u""), NO_ROOT, 0), 1) >= 0);
			}
			_exit(0);
		}
	}
}

/* A link without a name cannot mislead anybody. A process that has its handle may follow it. */
TEST_F(names, F04_link_without_a_name)
{
	int sockets[2], link;

	NEEDS_ROOT();
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	AS_USER(1000) {
		send_fd(sockets[0], create_link(self->dev, NULL, NO_ROOT, BASE));
		_exit(0);
	}
	ASSERT_LE(0, link = receive_fd(sockets[1]));
	ASSERT_TRUE(is_called(open_directory(self->dev, u"", link, 0), BASE));
}

/* With OBJ_DONT_REPARSE a path goes through no link, not even through one of the caller's own. */
TEST_F(names, F04_dont_reparse)
{
	int link = create_link(self->dev, u"\\l", NO_ROOT, BASE), dangling = create_link(self->dev, u"\\no", NO_ROOT, u"\\x");
	int event = create_event(self->dev, u"there", self->base, 0);

	ASSERT_LE(0, dangling);
	EACH_FORM(form) {
		bool of_links = form->type == NTEVENT_TYPE_SYMBOLIC_LINK;

		ASSERT_TRUE(refuses(form, self->dev, object(IN_BASE(u"Global\\x"), NO_ROOT, DONT_REPARSE), all_of(form->type),
				    ENCOUNTERED));
		ASSERT_TRUE(refuses(form, self->dev, object(u"Local\\Global\\x", self->base, DONT_REPARSE | OPENIF | FOLD),
				    all_of(form->type), ENCOUNTERED));
		ASSERT_TRUE(refuses(form, self->dev, object(u"\\l\\", NO_ROOT, DONT_REPARSE), all_of(form->type), ENCOUNTERED));
		if (!of_links) {
			ASSERT_TRUE(refuses(form, self->dev, object(u"\\l", NO_ROOT, DONT_REPARSE), all_of(form->type),
					    ENCOUNTERED));
			ASSERT_TRUE(refuses(form, self->dev, object(u"\\no", NO_ROOT, DONT_REPARSE | OPENIF),
					    all_of(form->type), ENCOUNTERED));
		}
		if (!of_links && !form->creates)
			ASSERT_TRUE(refuses(form, self->dev, object(u"", link, DONT_REPARSE), all_of(form->type), ENCOUNTERED));
	}
	/* Paths without a link, and the links themselves, can still be used. */
	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(IN_BASE(u"x"), NO_ROOT, DONT_REPARSE));

		ASSERT_LE(0, fd);
		SUCCEEDS(OPENING(form), self->dev, object(u"x", self->base, DONT_REPARSE));
		close(fd);
	}
	SUCCEEDS(OPENING(CREATE_LINK), self->dev, object(u"\\l", NO_ROOT, DONT_REPARSE));
	SUCCEEDS(OPENING(CREATE_LINK), self->dev, object(u"", link, DONT_REPARSE));
	EXISTS(CREATE_LINK, self->dev, object(u"\\l", NO_ROOT, DONT_REPARSE | OPENIF));
	SUCCEEDS(OPENING(CREATE_DIRECTORY), self->dev, object(u"", self->base, DONT_REPARSE));
	ASSERT_TRUE(same_event(event, open_event(self->dev, IN_BASE(u"there"), NO_ROOT, DONT_REPARSE)));
}

TEST_HARNESS_MAIN
