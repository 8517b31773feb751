// SPDX-License-Identifier: GPL-2.0
/*
 * Rights along paths. The caller needs the right to traverse each directory on the way, however the
 * path gets there. Without it the caller learns nothing about the names in the directory. Compares
 * all chains of three directories with four modes each with an oracle.
 */
#include "rights.h"

/* Each class may traverse by `r`, by `x`, or not at all, in a different order. */
static const uint32_t modes[] = { 0710, 0241, 0427, 0072 };
#define LEAF_MODE 0421

/* The modes of the three directories of a chain, as indices of modes[]. */
struct chain {
	unsigned int modes[3];
};

static bool may_traverse(const struct credentials *who, uint32_t mode)
{
	return allowed(who, &directory_type, mode) & NTEVENT_DIRECTORY_TRAVERSE;
}

/* Whether WHO may traverse the directories FIRST to LAST of CHAIN. */
static bool open_way(const struct credentials *who, const struct chain *chain, int first, int last)
{
	int i;

	for (i = first; i <= last; i++)
		if (!may_traverse(who, modes[chain->modes[i]]))
			return false;
	return true;
}

static const char16_t *path(char16_t *name, const struct chain *c, const char *behind)
{
	return named(name, "\\BaseNamedObjects\\%u\\%u\\%u%s", c->modes[0], c->modes[1], c->modes[2], behind);
}

static int open_as_event(int dev, const char16_t *name, int root)
{
	return with_name(dev, NTEVENT_IOC_OPEN_EVENT, object(name, root, 0), MAXIMUM);
}

/*
 * The tree lives until this process exits. ROOTS are handles to its top, with the right QUERY only.
 */
struct tree {
	int dev;
	int roots[4];
};

static bool link_to(int dev, const char16_t *name, int root, const char16_t *target)
{
	struct ntevent_object_attributes attributes = object(name, root, 0);

	/* Everybody may follow a link without a right to it. */
	attributes.mode = 0100;
	return create_link_as(dev, attributes, target) >= 0;
}

/*
 * Creates an event, links to a public event and to a missing name, and a link to it from outside.
 * Only the owner may write to the directory of that last link, so everybody may follow it.
 */
static bool build_leaf(int dev, const struct chain *c, int directory)
{
	char16_t name[96], target[96];

	return built(dev, &event_type, u"event", directory, LEAF_MODE) >= 0 &&
	       link_to(dev, u"out", directory, IN_BASE(u"public")) &&
	       link_to(dev, u"nowhere", directory, IN_BASE(u"absent")) &&
	       link_to(dev, named(name, "\\in%u%u%u", c->modes[0], c->modes[1], c->modes[2]), NO_ROOT,
		       path(target, c, "\\event"));
}

static bool build_tree(struct tree *tree)
{
	struct chain c;
	char16_t name[96], target[96];

	if (build() || built(tree->dev, &event_type, IN_BASE(u"public"), NO_ROOT, 0777) < 0)
		return false;
	for (c.modes[0] = 0; c.modes[0] < 4; c.modes[0]++) {
		int first = built(tree->dev, &directory_type, named(name, "\\BaseNamedObjects\\%u", c.modes[0]), NO_ROOT,
				  modes[c.modes[0]]);

		tree->roots[c.modes[0]] = duplicate(first, NTEVENT_DIRECTORY_QUERY, 0);
		for (c.modes[1] = 0; c.modes[1] < 4; c.modes[1]++) {
			int second = built(tree->dev, &directory_type, named(name, "%u", c.modes[1]), first,
					   modes[c.modes[1]]);

			named(target, "\\BaseNamedObjects\\%u\\%u", c.modes[0], c.modes[1]);
			if (!link_to(tree->dev, named(name, "\\to%u%u", c.modes[0], c.modes[1]), NO_ROOT,
				     target))
				return false;
			for (c.modes[2] = 0; c.modes[2] < 4; c.modes[2]++)
				if (!build_leaf(tree->dev, &c, built(tree->dev, &directory_type,
								     named(name, "%u", c.modes[2]), second,
								     modes[c.modes[2]])))
					return false;
		}
	}
	return !end_building();
}

/* Opens the object at the end of CHAIN in every way that leads there. */
static void walk_everywhere(const struct tree *tree, const struct credentials *who, const struct chain *c)
{
	uint64_t denied = OUTCOME(DENIED, 0), event, other;
	unsigned int what = c->modes[0] * 0100 + c->modes[1] * 010 + c->modes[2];
	char16_t name[96];
	int dev = tree->dev;

	event = open_way(who, c, 0, 2) ? open_outcome(who, &event_type, LEAF_MODE, MAXIMUM) : denied;
	CHECK(agree(who, "absolute", what, MAXIMUM, event, outcome_of(open_as_event(dev, path(name, c, "\\event"), NO_ROOT))));
	named(name, "%u\\%u\\event", c->modes[1], c->modes[2]);
	CHECK(agree(who, "relative", what, MAXIMUM, event, outcome_of(open_as_event(dev, name, tree->roots[c->modes[0]]))));
	named(name, "\\to%u%u\\%u\\event", c->modes[0], c->modes[1], c->modes[2]);
	CHECK(agree(who, "link on the way", what, MAXIMUM, event, outcome_of(open_as_event(dev, name, NO_ROOT))));
	named(name, "\\in%u%u%u", c->modes[0], c->modes[1], c->modes[2]);
	CHECK(agree(who, "link at the end", what, MAXIMUM, event, outcome_of(open_as_event(dev, name, NO_ROOT))));
	other = open_way(who, c, 0, 2) ? open_outcome(who, &event_type, 0777, MAXIMUM) : denied;
	CHECK(agree(who, "link out", what, MAXIMUM, other, outcome_of(open_as_event(dev, path(name, c, "\\out"), NO_ROOT))));
	other = open_way(who, c, 0, 2) ? OUTCOME(NTEVENT_STATUS_OBJECT_NAME_COLLISION, 0) : denied;
	CHECK(agree(who, "creating", what, ALL_ACCESS, other,
		    outcome_of(create_event(dev, path(name, c, "\\event"), NO_ROOT, 0))));
}

/* Opens missing names. Without the right to traverse, the caller must not learn of that. */
static void probe_everywhere(const struct tree *tree, const struct credentials *who, const struct chain *c)
{
	uint64_t denied = OUTCOME(DENIED, 0), expected;
	unsigned int what = c->modes[0] * 0100 + c->modes[1] * 010 + c->modes[2];
	char16_t name[96];

	expected = open_way(who, c, 0, 2) ? OUTCOME(NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND, 0) : denied;
	CHECK(agree(who, "absent", what, MAXIMUM, expected,
		    outcome_of(open_as_event(tree->dev, path(name, c, "\\absent"), NO_ROOT))));
	CHECK(agree(who, "absent target", what, MAXIMUM, expected,
		    outcome_of(open_as_event(tree->dev, path(name, c, "\\nowhere"), NO_ROOT))));
	expected = open_way(who, c, 0, 2) ? OUTCOME(NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND, 0) : denied;
	CHECK(agree(who, "absent directory", what, MAXIMUM, expected,
		    outcome_of(open_as_event(tree->dev, path(name, c, "\\absent\\event"), NO_ROOT))));
	expected = open_way(who, c, 0, 1) ? OUTCOME(NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND, 0) : denied;
	named(name, "\\BaseNamedObjects\\%u\\%u\\absent\\event", c->modes[0], c->modes[1]);
	CHECK(agree(who, "absent third", what, MAXIMUM, expected, outcome_of(open_as_event(tree->dev, name, NO_ROOT))));
	expected = may_traverse(who, modes[c->modes[0]]) ? OUTCOME(NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND, 0) : denied;
	named(name, "\\BaseNamedObjects\\%u\\absent\\%u\\event", c->modes[0], c->modes[2]);
	CHECK(agree(who, "absent second", what, MAXIMUM, expected, outcome_of(open_as_event(tree->dev, name, NO_ROOT))));
}

/* Visits each chain of a tree with each set of credentials. */
static void for_each_chain(struct __test_metadata *_metadata,
			   void (*visit)(const struct tree *, const struct credentials *, const struct chain *))
{
	struct tree tree = { .dev = private_device() };
	unsigned int i, c;

	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_TRUE(build_tree(&tree));
	for (i = 0; i < ARRAY_SIZE(credentials); i++) {
		AS(&credentials[i]) {
			for (c = 0; c < 64; c++)
				visit(&tree, &credentials[i], &(struct chain){ { c / 16, c / 4 % 4, c % 4 } });
			_exit(0);
		}
	}
}

TEST_F_TIMEOUT(nt, every_directory_of_the_way_is_traversed, 120)
{
	for_each_chain(_metadata, walk_everywhere);
}

TEST_F(nt, names_cannot_be_probed)
{
	for_each_chain(_metadata, probe_everywhere);
}

/* Opening a directory needs the right to traverse its parents, but not the directory itself. */
TEST_F(nt, opening_a_directory_does_not_traverse_it)
{
	struct tree tree = { .dev = private_device() };
	unsigned int i, m;

	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_TRUE(build_tree(&tree));
	for (i = 0; i < ARRAY_SIZE(credentials); i++) {
		const struct credentials *who = &credentials[i];

		AS(who) {
			for (m = 0; m < 16; m++) {
				char16_t name[96];
				uint64_t expected = OUTCOME(DENIED, 0);

				if (may_traverse(who, modes[m / 4]))
					expected = open_outcome(who, &directory_type, modes[m % 4], MAXIMUM);
				named(name, "\\BaseNamedObjects\\%u\\%u", m / 4, m % 4);
				CHECK(agree(who, "directory", m, MAXIMUM, expected,
					    outcome_of(with_name(tree.dev, NTEVENT_IOC_OPEN_DIRECTORY,
								 object(name, NO_ROOT, 0), MAXIMUM))));
				named(name, "\\to%u%u", m / 4, m % 4);
				CHECK(agree(who, "directory by a link", m, MAXIMUM, expected,
					    outcome_of(with_name(tree.dev, NTEVENT_IOC_OPEN_DIRECTORY,
								 object(name, NO_ROOT, 0), MAXIMUM))));
			}
			_exit(0);
		}
	}
}

/* Listing needs the right in the handle, whoever the caller is. */
TEST_F(nt, listing_takes_a_right_of_the_handle)
{
	const uint32_t rights[] = { 0x1, 0x2, 0x4, 0x8, 0x10000, 0xf000e, 0xf000f };
	int dev = private_device(), full = create_directory(dev, IN_BASE(u"d"), NO_ROOT, 0);
	unsigned int i;

	ASSERT_LE(0, full);
	for (i = 0; i < ARRAY_SIZE(rights); i++) {
		int fd = duplicate(full, rights[i], 0);

		ASSERT_EQ(rights[i] & 1 ? 0 : -EACCES, count_entries(fd));
		close(fd);
	}
}

/* Making an object of any type temporary needs DELETE in the handle, whoever the caller is. */
TEST_F(nt, V207_temporary_takes_a_right_of_the_handle)
{
	const struct type *types[] = { &event_type, &directory_type, &link_type };
	int dev = private_device();
	unsigned int i, bit;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		int full = create_typed(dev, types[i], object(IN_BASE(u"x"), NO_ROOT, 0), types[i]->all);

		ASSERT_LE(0, full);
		for (bit = 1; bit; bit <<= 1) {
			int fd;

			if (!(types[i]->all & bit))
				continue;
			ASSERT_LE(0, fd = duplicate(full, bit, 0));
			ASSERT_EQ(bit == NTEVENT_DELETE ? 0 : -EACCES, make_temporary(fd));
			close(fd);
		}
		close(full);
	}
}

/* The start-up tree belongs to the namespace's creator. Others use \BaseNamedObjects only. */
TEST_F(nt, strangers_create_in_BaseNamedObjects_alone)
{
	int dev = private_device();

	if (geteuid())
		SKIP(return, "needs root");
	AS_USER(4000) {
		CHECK(create_event(dev, IN_BASE(u"x"), NO_ROOT, 0) >= 0);
		CHECK(create_event(dev, IN_BASE(u"Local\\x"), NO_ROOT, OPENIF) >= 0);
		CHECK(create_event(dev, u"\\x", NO_ROOT, 0) == -EACCES && last_status == DENIED);
		CHECK(create_directory(dev, u"\\d", NO_ROOT, 0) == -EACCES);
		CHECK(create_link(dev, u"\\l", NO_ROOT, BASE) == -EACCES);
		CHECK(create_event(dev, u"\\Sessions\\x", NO_ROOT, 0) == -EACCES);
		CHECK(create_event(dev, u"\\Sessions\\BNOLINKS\\x", NO_ROOT, 0) == -EACCES);
		CHECK(create_event(dev, u"\\KernelObjects\\x", NO_ROOT, 0) == -EACCES);
		CHECK(open_directory(dev, BASE, NO_ROOT, 0) == -EACCES);
		CHECK(granted(with_name(dev, NTEVENT_IOC_OPEN_DIRECTORY, object(BASE, NO_ROOT, 0), MAXIMUM)) == 0x2000f);
		CHECK(open_link(dev, IN_BASE(u"Global"), NO_ROOT, 0) == -EACCES);
		_exit(0);
	}
}

TEST_HARNESS_MAIN
