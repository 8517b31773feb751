// SPDX-License-Identifier: GPL-2.0
/* Symbolic links in the middle and at the end of a path, and the start-up tree. */
#include "name_forms.h"

#define MOST_LINKS 32

/* All commands with a path except those on links themselves. */
#define EACH_FOLLOWING(f) EACH_FORM(f) if (f->type != NTEVENT_TYPE_SYMBOLIC_LINK)

/* \BaseNamedObjects\d with an event e in it, a link \a to d, and a link \e to the event. */
struct place {
	int d, e, to_directory, to_event;
};

static struct place furnish(int dev, int base)
{
	struct place place;

	place.d = create_directory(dev, u"d", base, 0);
	place.e = create_event(dev, u"e", place.d, 0);
	place.to_directory = create_link(dev, u"\\a", NO_ROOT, IN_BASE(u"d"));
	place.to_event = create_link(dev, u"\\e", NO_ROOT, IN_BASE(u"d\\e"));
	return place;
}

TEST_F(names, in_the_middle)
{
	struct place place = furnish(self->dev, self->base);

	ASSERT_LE(0, place.to_event);
	ASSERT_TRUE(same_event(place.e, open_event(self->dev, u"\\a\\e", NO_ROOT, 0)));
	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(u"\\a\\x", NO_ROOT, 0));

		ASSERT_LE(0, fd);
		ASSERT_TRUE(is_called(fd, IN_BASE(u"d\\x")));
		SUCCEEDS(OPENING(form), self->dev, object(u"\\A\\X", NO_ROOT, FOLD));
		REFUSES(form, self->dev, object(u"\\a\\x", NO_ROOT, 0), OBJECT_NAME_COLLISION);
		EXISTS(form, self->dev, object(u"\\a\\x", NO_ROOT, OPENIF));
		close(fd);
	}
	EACH_FORM(form) {
		REFUSES(form, self->dev, object(u"\\a\\no\\x", NO_ROOT, 0), OBJECT_PATH_NOT_FOUND);
		REFUSES(form, self->dev, object(u"\\a\\e\\x", NO_ROOT, 0), OBJECT_TYPE_MISMATCH);
		REFUSES(form, self->dev, object(u"\\e\\x", NO_ROOT, 0), OBJECT_TYPE_MISMATCH);
		REFUSES(form, self->dev, object(u"\\a\\\\x", NO_ROOT, 0), OBJECT_NAME_INVALID);
	}
	ASSERT_EQ(1, count_entries(place.d));
}

TEST_F(names, at_the_end)
{
	struct place place = furnish(self->dev, self->base);

	ASSERT_TRUE(same_event(place.e, open_event(self->dev, u"\\e", NO_ROOT, 0)));
	ASSERT_TRUE(is_called(open_directory(self->dev, u"\\a", NO_ROOT, 0), IN_BASE(u"d")));
	REFUSED(EEXIST, NTEVENT_STATUS_OBJECT_NAME_COLLISION, create_event(self->dev, u"\\e", NO_ROOT, 0));
	ASSERT_TRUE(same_event(place.e, create_event(self->dev, u"\\e", NO_ROOT, OPENIF)));
	REFUSED(EEXIST, NTEVENT_STATUS_OBJECT_NAME_COLLISION, create_directory(self->dev, u"\\a", NO_ROOT, 0));
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, open_event(self->dev, u"\\a", NO_ROOT, 0));
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, open_directory(self->dev, u"\\e", NO_ROOT, 0));
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, create_event(self->dev, u"\\a", NO_ROOT, OPENIF));
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, create_directory(self->dev, u"\\e", NO_ROOT, 0));
}

/* Commands on links see the link at the end of the path, not its target. */
TEST_F(names, links_themselves)
{
	struct place place = furnish(self->dev, self->base);
	int fd = open_link(self->dev, u"\\e", NO_ROOT, 0);

	ASSERT_TRUE(is_called(fd, u"\\e"));
	ASSERT_EQ(2, handle_count(place.to_event));
	REFUSED(EEXIST, NTEVENT_STATUS_OBJECT_NAME_COLLISION, create_link(self->dev, u"\\e", NO_ROOT, BASE));
	EXISTS(CREATE_LINK, self->dev, object(u"\\e", NO_ROOT, OPENIF));
	fd = create_link(self->dev, u"\\a\\inner", NO_ROOT, u"\\e");
	ASSERT_TRUE(is_called(fd, IN_BASE(u"d\\inner")));
	ASSERT_TRUE(is_called(open_link(self->dev, u"\\a\\inner", NO_ROOT, 0), IN_BASE(u"d\\inner")));
	ASSERT_TRUE(same_event(place.e, open_event(self->dev, u"\\a\\inner", NO_ROOT, 0)));
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, open_link(self->dev, u"\\a\\e", NO_ROOT, 0));
	/* Closing its last handle removes the link. The target stays. */
	close(place.to_directory);
	REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND, open_event(self->dev, u"\\a\\e", NO_ROOT, 0));
	ASSERT_TRUE(same_event(place.e, open_event(self->dev, IN_BASE(u"d\\e"), NO_ROOT, 0)));
}

TEST_F(names, dangling)
{
	int near = create_link(self->dev, u"\\near", NO_ROOT, IN_BASE(u"gone"));
	int far = create_link(self->dev, u"\\far", NO_ROOT, u"\\no\\gone"), fd;

	ASSERT_LE(0, near);
	ASSERT_LE(0, far);
	EACH_OPEN(form)
		if (form->type != NTEVENT_TYPE_SYMBOLIC_LINK)
			REFUSES(form, self->dev, object(u"\\near", NO_ROOT, 0), OBJECT_NAME_NOT_FOUND);
	EACH_FOLLOWING(form)
		REFUSES(form, self->dev, object(u"\\far", NO_ROOT, OPENIF), OBJECT_PATH_NOT_FOUND);
	EACH_FORM(form) {
		REFUSES(form, self->dev, object(u"\\near\\x", NO_ROOT, 0), OBJECT_PATH_NOT_FOUND);
		REFUSES(form, self->dev, object(u"\\far\\x", NO_ROOT, 0), OBJECT_PATH_NOT_FOUND);
		REFUSES(form, self->dev, object(u"\\near\\", NO_ROOT, 0), OBJECT_PATH_NOT_FOUND);
	}
	/* Creating through the link creates the target. The link finds it from then on. */
	fd = create_event(self->dev, u"\\near", NO_ROOT, 0);
	ASSERT_TRUE(is_called(fd, IN_BASE(u"gone")));
	ASSERT_TRUE(same_event(fd, open_event(self->dev, u"\\near", NO_ROOT, 0)));
	ASSERT_TRUE(same_event(fd, open_event(self->dev, IN_BASE(u"gone"), NO_ROOT, 0)));
	SUCCEEDS(OPENING(CREATE_LINK), self->dev, object(u"\\near", NO_ROOT, 0));
}

TEST_F(names, the_target_is_looked_up_each_time)
{
	int link = create_link(self->dev, u"\\l", NO_ROOT, IN_BASE(u"n")), n = create_event(self->dev, u"n", self->base, 0);

	ASSERT_LE(0, link);
	SUCCEEDS(OPENING(CREATE_EVENT), self->dev, object(u"\\l", NO_ROOT, 0));
	close(n);
	REFUSES(OPENING(CREATE_EVENT), self->dev, object(u"\\l", NO_ROOT, 0), OBJECT_NAME_NOT_FOUND);
	n = create_directory(self->dev, u"n", self->base, 0);
	REFUSES(OPENING(CREATE_EVENT), self->dev, object(u"\\l", NO_ROOT, 0), OBJECT_TYPE_MISMATCH);
	SUCCEEDS(OPENING(CREATE_DIRECTORY), self->dev, object(u"\\l", NO_ROOT, 0));
	SUCCEEDS(CREATE_EVENT, self->dev, object(u"\\l\\x", NO_ROOT, 0));
}

/* Makes a chain of COUNT links. \link1 leads to the last, which leads to \BaseNamedObjects. */
static void chain(struct __test_metadata *_metadata, int dev, int count)
{
	char16_t name[] = u"\\link00", next[] = u"\\link00";
	int i;

	for (i = 1; i <= count; i++) {
		name[5] = u'0' + i / 10;
		name[6] = u'0' + i % 10;
		next[5] = u'0' + (i + 1) / 10;
		next[6] = u'0' + (i + 1) % 10;
		ASSERT_LE(0, create_link(dev, name, NO_ROOT, i == count ? BASE : next));
	}
}

TEST_F(names, V172_the_longest_chain)
{
	int x = create_event(self->dev, u"x", self->base, 0);

	chain(_metadata, self->dev, MOST_LINKS);
	ASSERT_TRUE(same_event(x, open_event(self->dev, u"\\link01\\x", NO_ROOT, 0)));
	SUCCEEDS(OPENING(CREATE_DIRECTORY), self->dev, object(u"\\link01", NO_ROOT, 0));
	EACH_CREATION(form)
		SUCCEEDS(form, self->dev, object(u"\\link01\\y", NO_ROOT, 0));
	EACH_FORM(form)
		REFUSES(form, self->dev, object(u"\\link01\\Global\\y", NO_ROOT, 0), OBJECT_NAME_NOT_FOUND);
	SUCCEEDS(OPENING(CREATE_DIRECTORY), self->dev, object(u"\\link02\\Global", NO_ROOT, 0));
}

TEST_F(names, V172_a_chain_too_long)
{
	chain(_metadata, self->dev, MOST_LINKS + 1);
	EACH_FORM(form)
		REFUSES(form, self->dev, object(u"\\link01\\y", NO_ROOT, 0), OBJECT_NAME_NOT_FOUND);
	EACH_FOLLOWING(form)
		REFUSES(form, self->dev, object(u"\\link01", NO_ROOT, 0), OBJECT_NAME_NOT_FOUND);
	EACH_CREATION(form)
		SUCCEEDS(form, self->dev, object(u"\\link02\\y", NO_ROOT, 0));
}

/* A loop that makes the path longer at each step ends too. */
TEST_F(names, V172_a_loop_that_grows)
{
	int fd = create_link(self->dev, u"\\grow", NO_ROOT, u"\\grow\\grow");

	ASSERT_LE(0, fd);
	EACH_FOLLOWING(form)
		REFUSES(form, self->dev, object(u"\\grow", NO_ROOT, OPENIF), OBJECT_NAME_NOT_FOUND);
	EACH_FORM(form)
		REFUSES(form, self->dev, object(u"\\grow\\x", NO_ROOT, 0), OBJECT_NAME_NOT_FOUND);
}

/* A path that links make longer than the longest path is refused. */
TEST_F(names, target_and_rest_are_too_long)
{
	static char16_t target[32767], rest[32767];
	int i, fd;

	for (i = 0; i < 32766; i++)
		target[i] = rest[i] = u'x';
	target[0] = u'\\';
	rest[0] = u'\\';
	rest[1] = u'l';
	rest[2] = u'\\';
	fd = create_link(self->dev, u"\\l", NO_ROOT, target);
	ASSERT_LE(0, fd);
	EACH_FORM(form) {
		ASSERT_EQ(-EINVAL, call(form, self->dev, object(u"\\l\\x", NO_ROOT, 0)));
		ASSERT_EQ(-EINVAL, call(form, self->dev, object(rest, NO_ROOT, 0)));
	}
	EACH_OPEN(form)
		if (form->type != NTEVENT_TYPE_SYMBOLIC_LINK)
			REFUSES(form, self->dev, object(u"\\l", NO_ROOT, 0), OBJECT_NAME_NOT_FOUND);
	close(fd);
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, targets_that_are_no_path)
{
	static const struct { const char16_t *target; uint32_t at_end, in_middle; } rows[] = {
		{ u"x", NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD, NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD },
		{ u"BaseNamedObjects", NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD, NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD },
		{ u"d\\e", NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD, NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD },
		{ u"\\\\BaseNamedObjects", NTEVENT_STATUS_OBJECT_NAME_INVALID, NTEVENT_STATUS_OBJECT_NAME_INVALID },
		{ u"\\Sessions\\\\0", NTEVENT_STATUS_OBJECT_NAME_INVALID, NTEVENT_STATUS_OBJECT_NAME_INVALID },
		{ u"\\NoSuchDir\\x", NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND, NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int fd = create_link(self->dev, u"\\l", NO_ROOT, rows[i].target);

		ASSERT_LE(0, fd);
		EACH_FOLLOWING(form)
			ASSERT_TRUE(refuses(form, self->dev, object(u"\\l", NO_ROOT, 0), all_of(form->type), rows[i].at_end))
				TH_LOG("row %u", i);
		EACH_FORM(form)
			ASSERT_TRUE(refuses(form, self->dev, object(u"\\l\\x", NO_ROOT, 0), all_of(form->type), rows[i].in_middle))
				TH_LOG("row %u", i);
		SUCCEEDS(OPENING(CREATE_LINK), self->dev, object(u"\\l", NO_ROOT, 0));
		close(fd);
	}
	REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, create_link(self->dev, u"\\l", NO_ROOT, NULL));
	ASSERT_TRUE(is_fresh(self->dev));
}

/* An empty target leads to the root directory. */
TEST_F(names, F14_empty_target)
{
	int fd = create_link(self->dev, u"\\top", NO_ROOT, u"");

	ASSERT_LE(0, fd);
	ASSERT_EQ(NTEVENT_STATUS_SUCCESS, last_status);
	ASSERT_TRUE(is_called(open_directory(self->dev, u"\\top", NO_ROOT, 0), u"\\"));
	ASSERT_TRUE(is_called(open_directory(self->dev, u"\\top\\BaseNamedObjects", NO_ROOT, 0), BASE));
	ASSERT_TRUE(is_called(open_directory(self->dev, u"", fd, 0), u"\\"));
	EACH_CREATION(form)
		SUCCEEDS(form, self->dev, object(u"\\top\\top\\x", NO_ROOT, 0));
	REFUSES(OPENING(CREATE_EVENT), self->dev, object(u"\\top", NO_ROOT, 0), OBJECT_TYPE_MISMATCH);
	REFUSES(CREATE_DIRECTORY, self->dev, object(u"\\top", NO_ROOT, 0), OBJECT_NAME_COLLISION);
}

/*
 * A link as the root, with an empty name. The commands for links open the link, and the other
 * commands open the object that the link leads to. Creating makes an object without a name,
 * whatever the root is.
 */
TEST_F(names, F14_link_as_the_root)
{
	struct place place = furnish(self->dev, self->base);
	int unnamed = create_link(self->dev, NULL, NO_ROOT, u"\\e"), nowhere = create_link(self->dev, NULL, NO_ROOT, u"\\no");
	int foreign = private_device(), bare, fd;

	ASSERT_LE(0, unnamed);
	fd = open_link(self->dev, u"", place.to_directory, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(NTEVENT_STATUS_SUCCESS, last_status);
	ASSERT_TRUE(is_called(fd, u"\\a"));
	ASSERT_EQ(2, handle_count(place.to_directory));
	close(fd);
	ASSERT_EQ(1, handle_count(place.to_directory));
	ASSERT_TRUE(is_called(open_directory(self->dev, u"", place.to_directory, 0), IN_BASE(u"d")));
	ASSERT_TRUE(same_event(place.e, open_event(self->dev, u"", place.to_event, 0)));
	/*
	 * The root leads to another link, which is followed too. The root decides which namespace
	 * is used.
	 */
	ASSERT_TRUE(same_event(place.e, open_event(foreign, u"", unnamed, 0)));
	ASSERT_LE(0, bare = duplicate(unnamed, 0, 0));
	ASSERT_TRUE(same_event(place.e, open_event(self->dev, u"", bare, 0)));
	REFUSES(OPENING(CREATE_EVENT), self->dev, object(u"", place.to_directory, 0), OBJECT_TYPE_MISMATCH);
	REFUSES(OPENING(CREATE_DIRECTORY), self->dev, object(u"", place.to_event, 0), OBJECT_TYPE_MISMATCH);
	REFUSES(OPENING(CREATE_EVENT), self->dev, object(u"", nowhere, 0), OBJECT_NAME_NOT_FOUND);
	SUCCEEDS(OPENING(CREATE_LINK), self->dev, object(u"", nowhere, 0));
	ASSERT_TRUE(refuses(OPENING(CREATE_LINK), self->dev, object(u"", nowhere, 0), 0, NTEVENT_STATUS_ACCESS_DENIED));
	EACH_CREATION(form)
		ASSERT_TRUE(is_called(call(form, self->dev, object(u"", place.to_directory, OPENIF)), u""));
	EACH_FORM(form) {
		REFUSES(form, self->dev, object(u"e", place.to_directory, 0), OBJECT_TYPE_MISMATCH);
		REFUSES(form, self->dev, object(u"\\e", place.to_directory, 0), OBJECT_TYPE_MISMATCH);
	}
}

/* With OPENIF the status does not say that the link exists. The link is not changed. */
TEST_F(names, F14_openif_of_a_link)
{
	int fd = create_link(self->dev, u"\\l", NO_ROOT, BASE), again;

	again = create_link_as(self->dev, object(u"\\l", NO_ROOT, OPENIF), u"\\Sessions");
	ASSERT_LE(0, again);
	ASSERT_EQ(NTEVENT_STATUS_SUCCESS, last_status);
	ASSERT_EQ(2, handle_count(fd));
	ASSERT_TRUE(is_called(open_directory(self->dev, u"\\l", NO_ROOT, 0), BASE));
	EXISTS(CREATE_DIRECTORY, self->dev, object(u"\\l", NO_ROOT, OPENIF));
}

/* The root as a target, alone and with more path behind the link. */
TEST_F(names, target_is_the_root)
{
	int fd = create_link(self->dev, u"\\top", NO_ROOT, u"\\");

	ASSERT_LE(0, fd);
	ASSERT_TRUE(is_called(open_directory(self->dev, u"\\top", NO_ROOT, 0), u"\\"));
	ASSERT_TRUE(is_called(open_directory(self->dev, u"\\top\\BaseNamedObjects", NO_ROOT, 0), BASE));
	ASSERT_TRUE(is_called(create_event(self->dev, u"\\top\\top\\top\\x", NO_ROOT, 0), u"\\x"));
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, open_event(self->dev, u"\\top", NO_ROOT, 0));
	REFUSED(EEXIST, NTEVENT_STATUS_OBJECT_NAME_COLLISION, create_directory(self->dev, u"\\top", NO_ROOT, 0));
}

TEST_F(names, separators_at_the_end)
{
	int plain = create_link(self->dev, u"\\plain", NO_ROOT, BASE);
	int slash = create_link(self->dev, u"\\slash", NO_ROOT, BASE u"\\");

	ASSERT_LE(0, plain);
	ASSERT_LE(0, slash);
	EACH_FORM(form) {
		REFUSES(form, self->dev, object(u"\\plain\\", NO_ROOT, 0), OBJECT_NAME_INVALID);
		REFUSES(form, self->dev, object(u"\\plain\\\\", NO_ROOT, 0), OBJECT_NAME_INVALID);
		REFUSES(form, self->dev, object(u"\\slash\\", NO_ROOT, 0), OBJECT_NAME_INVALID);
	}
	EACH_FOLLOWING(form)
		REFUSES(form, self->dev, object(u"\\slash", NO_ROOT, 0), OBJECT_NAME_INVALID);
	/* The rest of the path follows the trailing separator of the target. */
	ASSERT_TRUE(is_called(create_event(self->dev, u"\\slash\\x", NO_ROOT, 0), IN_BASE(u"x")));
}

TEST_F(names, regardless_of_case)
{
	int fd = create_link(self->dev, u"\\Link", NO_ROOT, u"\\BASENAMEDOBJECTS\\Dir");
	int d = create_directory(self->dev, u"DIR", self->base, 0);

	ASSERT_LE(0, fd);
	SUCCEEDS(CREATE_EVENT, self->dev, object(u"\\lINK\\x", NO_ROOT, FOLD));
	ASSERT_TRUE(is_called(open_directory(self->dev, u"\\lINK", NO_ROOT, FOLD), IN_BASE(u"DIR")));
	REFUSES(CREATE_EVENT, self->dev, object(u"\\Link\\x", NO_ROOT, 0), OBJECT_PATH_NOT_FOUND);
	/* The commands for directories always ignore case. */
	ASSERT_TRUE(is_called(open_directory(self->dev, u"\\LINK", NO_ROOT, 0), IN_BASE(u"DIR")));
	close(d);
}

TEST_F(names, start_up_tree)
{
	static const struct { const char16_t *path, *leads_to; } rows[] = {
		{ u"\\", NULL }, { BASE, NULL }, { u"\\KernelObjects", NULL }, { u"\\Sessions", NULL }, { u"\\Sessions\\0", NULL },
		{ u"\\Sessions\\BNOLINKS", NULL }, { IN_BASE(u"Global"), BASE }, { IN_BASE(u"Local"), BASE },
		{ IN_BASE(u"Session"), u"\\Sessions\\BNOLINKS" }, { u"\\Sessions\\0\\BaseNamedObjects", BASE },
		{ u"\\Sessions\\BNOLINKS\\0", BASE }, { IN_BASE(u"Session\\0"), BASE },
	};
	struct ntevent_object_info info;
	char16_t name[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int fd = open_directory(self->dev, rows[i].path, NO_ROOT, 0), link = open_link(self->dev, rows[i].path, NO_ROOT, 0);

		ASSERT_LE(0, fd) TH_LOG("row %u: %#x", i, last_status);
		ASSERT_TRUE(is_called(fd, rows[i].leads_to ? rows[i].leads_to : rows[i].path));
		ASSERT_EQ(rows[i].leads_to != NULL, link >= 0);
		ASSERT_EQ(0, query_object(rows[i].leads_to ? link : fd, &info, name, sizeof(name)));
		ASSERT_EQ(rows[i].leads_to ? NTEVENT_TYPE_SYMBOLIC_LINK : NTEVENT_TYPE_DIRECTORY, info.type);
		ASSERT_EQ(geteuid(), info.uid);
		ASSERT_EQ(getegid(), info.gid);
		close(fd);
		close(link);
	}
	ASSERT_EQ(0, query_object(self->base, &info, name, sizeof(name)));
	ASSERT_EQ(0777, info.mode);
	/* The tree stays without an open handle. */
	close(self->base);
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_HARNESS_MAIN
