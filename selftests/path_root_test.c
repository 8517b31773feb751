// SPDX-License-Identifier: GPL-2.0
/*
 * The rest of group E7: roots, links that loop, attributes, modes, no free fd, order of the checks.
 */
#include <grp.h>
#include <sys/resource.h>
#include "name_forms.h"

#define GARBAGE 12345

/* A handle to \BaseNamedObjects with exactly the rights ACCESS. */
static int base_with(int dev, uint32_t access)
{
	return with_name(dev, NTEVENT_IOC_OPEN_DIRECTORY, object(BASE, NO_ROOT, 0), access);
}

TEST_F(names, V166_V167_roots_that_are_no_directory)
{
	int link = create_link(self->dev, u"\\l", NO_ROOT, BASE), event = create(self->dev, 0, 0), pipes[2];
	int none = create(self->dev, 0, 0), i;

	ASSERT_EQ(0, pipe(pipes));
	int bad[] = { GARBAGE, -2, INT32_MIN, INT32_MAX, self->dev, pipes[0], none, open("/dev/null", O_RDONLY),
		      open("/dev/ntevent", O_PATH), open("/", O_RDONLY | O_DIRECTORY), open("/dev/ntevent", O_RDONLY) };

	close(none);
	EACH_FORM(form) {
		REFUSES(form, self->dev, object(u"x", link, 0), OBJECT_TYPE_MISMATCH);
		REFUSES(form, self->dev, object(u"x", event, 0), OBJECT_TYPE_MISMATCH);
		REFUSES(form, self->dev, object(u"x\\y", event, OPENIF | FOLD), OBJECT_TYPE_MISMATCH);
		for (i = 0; i < (int)ARRAY_SIZE(bad); i++) {
			REFUSES(form, self->dev, object(u"x", bad[i], 0), INVALID_HANDLE);
			REFUSES(form, self->dev, object(u"a\\\\b", bad[i], 0), INVALID_HANDLE);
		}
	}
	ASSERT_EQ(BASE_NAMES, count_entries(self->base));
}

/* A directory handle needs no right to serve as the root. */
TEST_F(names, V171_root_without_rights)
{
	int query = base_with(self->dev, NTEVENT_DIRECTORY_QUERY), none = duplicate(self->base, 0, 0);
	int roots[] = { query, none, base_with(self->dev, NTEVENT_DELETE) }, i;

	for (i = 0; i < 3; i++) {
		ASSERT_LE(0, roots[i]);
		EACH_CREATION(form) {
			int fd = call(form, self->dev, object(u"x", roots[i], 0));

			ASSERT_LE(0, fd) TH_LOG("%s: %#x", form->text, last_status);
			SUCCEEDS(OPENING(form), self->dev, object(u"x", roots[i], 0));
			SUCCEEDS(OPENING(form), self->dev, object(IN_BASE(u"x"), NO_ROOT, 0));
			ASSERT_TRUE(is_called(fd, IN_BASE(u"x")));
			close(fd);
		}
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/*
 * Any directory can be the root: \ itself, a start-up directory, one without a name, one deep down.
 */
TEST_F(names, roots_of_each_kind)
{
	int top = open_directory(self->dev, u"\\", NO_ROOT, 0), unnamed = create_directory(self->dev, NULL, NO_ROOT, 0);
	int d = create_directory(self->dev, u"d", self->base, 0), deep = create_directory(self->dev, u"deep", d, 0);
	const struct { int root; const char16_t *relative, *path; } rows[] = {
		{ top, u"x", u"\\x" }, { top, u"BaseNamedObjects\\x", IN_BASE(u"x") },
		{ top, u"BaseNamedObjects\\Global\\d\\deep\\x", IN_BASE(u"d\\deep\\x") },
		{ self->base, u"d\\deep\\x", IN_BASE(u"d\\deep\\x") }, { self->base, u"Local\\d\\x", IN_BASE(u"d\\x") },
		{ d, u"deep\\x", IN_BASE(u"d\\deep\\x") }, { deep, u"x", IN_BASE(u"d\\deep\\x") },
		{ unnamed, u"x", NULL },
		{ open_directory(self->dev, u"\\KernelObjects", NO_ROOT, 0), u"x", u"\\KernelObjects\\x" },
		{ open_directory(self->dev, u"\\Sessions\\0\\BaseNamedObjects", NO_ROOT, 0), u"x", IN_BASE(u"x") },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EACH_CREATION(form) {
			int fd = call(form, self->dev, object(rows[i].relative, rows[i].root, 0));

			ASSERT_LE(0, fd) TH_LOG("row %u, %s: %#x", i, form->text, last_status);
			ASSERT_TRUE(!rows[i].path || is_called(fd, rows[i].path)) TH_LOG("row %u", i);
			SUCCEEDS(OPENING(form), self->dev, object(rows[i].relative, rows[i].root, 0));
			if (rows[i].path)
				SUCCEEDS(OPENING(form), self->dev, object(rows[i].path, NO_ROOT, 0));
			ASSERT_EQ(1, handle_count(fd));
			close(fd);
			REFUSES(OPENING(form), self->dev, object(rows[i].relative, rows[i].root, 0), OBJECT_NAME_NOT_FOUND);
		}
}

/* The root determines the namespace of the name and of links on the path, whatever the device. */
TEST_F(names, root_of_another_namespace)
{
	int other = private_device(), event = create_event(other, u"Local\\x", self->base, 0);

	ASSERT_LE(0, event);
	ASSERT_TRUE(is_called(event, IN_BASE(u"x")));
	ASSERT_TRUE(same_event(event, open_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0)));
	REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND, open_event(other, IN_BASE(u"x"), NO_ROOT, 0));
	ASSERT_TRUE(is_fresh(other));
}

TEST_F(names, V172_links_that_loop)
{
	static const char16_t *const paths[] = { u"\\self\\x", u"\\one\\x", u"\\two\\x", u"\\one\\a\\b" };
	int fds[] = { create_link(self->dev, u"\\self", NO_ROOT, u"\\self"),
		      create_link(self->dev, u"\\one", NO_ROOT, u"\\two"),
		      create_link(self->dev, u"\\two", NO_ROOT, u"\\one") }, i;

	for (i = 0; i < 3; i++)
		ASSERT_LE(0, fds[i]);
	EACH_FORM(form)
		for (i = 0; i < (int)ARRAY_SIZE(paths); i++) {
			REFUSES(form, self->dev, object(paths[i], NO_ROOT, 0), OBJECT_NAME_NOT_FOUND);
			REFUSES(form, self->dev, object(paths[i], NO_ROOT, OPENIF), OBJECT_NAME_NOT_FOUND);
		}
	EACH_FORM(form)
		if (form->type != NTEVENT_TYPE_SYMBOLIC_LINK)
			REFUSES(form, self->dev, object(u"\\one", NO_ROOT, OPENIF), OBJECT_NAME_NOT_FOUND);
	SUCCEEDS(OPENING(CREATE_LINK), self->dev, object(u"\\one", NO_ROOT, 0));
	for (i = 0; i < 3; i++)
		close(fds[i]);
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, V173_V174_attributes)
{
	const uint32_t known = NTEVENT_OBJ_INHERIT | PERMANENT | NTEVENT_OBJ_EXCLUSIVE | FOLD | OPENIF |
			       NTEVENT_OBJ_KERNEL_HANDLE | NTEVENT_OBJ_FORCE_ACCESS_CHECK | NTEVENT_OBJ_DONT_REPARSE;
	const uint32_t harmless = NTEVENT_OBJ_INHERIT | FOLD | OPENIF | NTEVENT_OBJ_KERNEL_HANDLE |
				  NTEVENT_OBJ_FORCE_ACCESS_CHECK | NTEVENT_OBJ_DONT_REPARSE;
	int bit;

	EACH_FORM(form) {
		int there = form->creates ? -1 : call(form - 3, self->dev, object(u"x", self->base, 0));

		for (bit = 0; bit < 32; bit++) {
			if (known & (1u << bit))
				continue;
			REFUSES(form, self->dev, object(u"x", self->base, 1u << bit), INVALID_PARAMETER);
			REFUSES(form, self->dev, object(u"x", self->base, known | (1u << bit)), INVALID_PARAMETER);
			REFUSES(form, self->dev, object(u"x", GARBAGE, 1u << bit), INVALID_PARAMETER);
		}
		SUCCEEDS(form, self->dev, object(u"x", self->base, harmless));
		close(there);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/* If no fd is free, the command leaves no name and no handle. */
TEST_F(names, V175_no_fd_left)
{
	struct rlimit limit, old;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	EACH_FORM(form) {
		int there = form->creates ? -1 : call(form - 3, self->dev, object(u"x", self->base, 0));

		limit = (struct rlimit){ lowest_free_fd(self->dev), old.rlim_max };
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
		ASSERT_TRUE(is_failure(form->text, call(form, self->dev, object(u"x", self->base, 0)),
				       NTEVENT_STATUS_TOO_MANY_OPENED_FILES));
		/* The fd is allocated last, so the path's error is reported first. */
		ASSERT_TRUE(is_failure(form->text, call(form, self->dev, object(u"y\\", self->base, 0)),
				       NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND));
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
		if (form->creates) {
			REFUSES(OPENING(form), self->dev, object(u"x", self->base, 0), OBJECT_NAME_NOT_FOUND);
			SUCCEEDS(form, self->dev, object(u"x", self->base, 0));
		} else {
			ASSERT_EQ(1, handle_count(there));
			close(there);
		}
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/* V176 is about security descriptors. Here it is the mode that can be invalid. */
TEST_F(names, V176_mode)
{
	struct ntevent_object_attributes attributes = object(u"x", self->base, 0);
	struct ntevent_object_info info;
	char16_t name[64];
	int bit;

	EACH_CREATION(form) {
		for (bit = 9; bit < 32; bit++) {
			attributes.mode = 0700 | 1u << bit;
			REFUSES(form, self->dev, attributes, INVALID_PARAMETER);
		}
		for (bit = 0; bit <= 9; bit++) {
			int fd;

			attributes.mode = bit < 9 ? 1u << bit : 0;
			fd = call(form, self->dev, attributes);
			ASSERT_LE(0, fd);
			ASSERT_EQ(0, query_object(fd, &info, name, sizeof(name)));
			ASSERT_EQ(attributes.mode ? attributes.mode : 0700, info.mode);
			close(fd);
		}
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/*
 * The order of C2: unknown bits, name, attributes of the type, root, path, existing object, rights.
 */
TEST_F(names, C2_order_of_the_checks)
{
	const uint32_t link_bit = NTEVENT_OBJ_OPENLINK, unknown = 0x80000000;
	const char *odd = (char *)u"abcd" + 1;
	void *nowhere = (void *)8L;

	EACH_FORM(form) {
		REFUSES(form, self->dev, counted(odd, 3, GARBAGE, unknown), INVALID_PARAMETER);
		REFUSES(form, self->dev, counted(nowhere, 2, GARBAGE, unknown), INVALID_PARAMETER);
		REFUSES(form, self->dev, object(NULL, GARBAGE, unknown), INVALID_PARAMETER);
		REFUSES(form, self->dev, counted(odd, 3, GARBAGE, link_bit), DATATYPE_MISALIGNMENT);
		REFUSES(form, self->dev, counted(nowhere, 2, GARBAGE, link_bit), ACCESS_VIOLATION);
		REFUSES(form, self->dev, counted(u"ab", 3, GARBAGE, link_bit), OBJECT_NAME_INVALID);
		REFUSES(form, self->dev, object(NULL, GARBAGE, link_bit), INVALID_PARAMETER);
		REFUSES(form, self->dev, object(u"x", GARBAGE, link_bit), INVALID_PARAMETER);
		REFUSES(form, self->dev, object(u"\\x", self->base, link_bit), INVALID_PARAMETER);
		REFUSES(form, self->dev, object(u"\\x", GARBAGE, 0), INVALID_HANDLE);
	}
	EACH_CREATION(form)
		REFUSES(form, self->dev, object(u"x", GARBAGE, NTEVENT_OBJ_EXCLUSIVE | NTEVENT_OBJ_INHERIT),
			INVALID_PARAMETER);
}

TEST_F(names, V193_V194_C2_rights_come_last)
{
	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(u"x", self->base, 0)), other;
		const struct form *wrong = form == forms ? forms + 1 : forms;
		const uint32_t rights[] = { 0, 0x8000, 0x8000000 };

		for (unsigned int i = 0; i < ARRAY_SIZE(rights); i++) {
			struct ntevent_object_attributes x = object(u"x", self->base, 0), openif = x, y = x;

			openif.attributes = OPENIF;
			y = object(u"y", self->base, 0);
			ASSERT_TRUE(refuses(form, self->dev, x, rights[i], NTEVENT_STATUS_OBJECT_NAME_COLLISION));
			ASSERT_TRUE(refuses(form, self->dev, openif, rights[i], NTEVENT_STATUS_ACCESS_DENIED));
			ASSERT_TRUE(refuses(OPENING(form), self->dev, x, rights[i], NTEVENT_STATUS_ACCESS_DENIED));
			ASSERT_TRUE(refuses(OPENING(form), self->dev, y, rights[i], NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND));
			/* Opening a directory follows a link, so there is no mismatch. */
			if (form->type != NTEVENT_TYPE_SYMBOLIC_LINK)
				ASSERT_TRUE(refuses(OPENING(wrong), self->dev, x, rights[i],
						    NTEVENT_STATUS_OBJECT_TYPE_MISMATCH));
			/* Creating is not refused because of bits that are not rights. */
			other = call_as(form, self->dev, y, rights[i]);
			ASSERT_LE(0, other);
			ASSERT_EQ(0, fdinfo(other, "access"));
			close(other);
		}
		ASSERT_EQ(1, handle_count(fd));
		close(fd);
		other = call_as(form, self->dev, object(u"x", self->base, OPENIF), 0);
		ASSERT_LE(0, other);
		close(other);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/* The privilege for OBJ_PERMANENT is checked after the name and before the root. */
TEST_F(names, C2_privilege_for_permanence)
{
	int dev, base;

	ASSERT_TRUE(geteuid() || (!setgroups(0, NULL) && !setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000)));
	dev = private_device();
	base = open_directory(dev, BASE, NO_ROOT, 0);
	ASSERT_LE(0, base);
	EACH_CREATION(form) {
		int fd = call(form, dev, object(u"x", base, 0));

		REFUSES(form, dev, counted(u"ab", 3, GARBAGE, PERMANENT), OBJECT_NAME_INVALID);
		REFUSES(form, dev, object(u"y", base, PERMANENT), PRIVILEGE_NOT_HELD);
		REFUSES(form, dev, object(u"x", base, PERMANENT), PRIVILEGE_NOT_HELD);
		REFUSES(form, dev, object(u"x", base, PERMANENT | OPENIF), PRIVILEGE_NOT_HELD);
		REFUSES(form, dev, object(u"x", GARBAGE, PERMANENT), PRIVILEGE_NOT_HELD);
		REFUSES(form, dev, object(u"\\x", base, PERMANENT), PRIVILEGE_NOT_HELD);
		REFUSES(form, dev, object(u"x", base, PERMANENT | NTEVENT_OBJ_OPENLINK), INVALID_PARAMETER);
		REFUSES(form, dev, object(u"", base, PERMANENT), PRIVILEGE_NOT_HELD);
		close(fd);
	}
	ASSERT_TRUE(is_fresh(dev));
}

TEST_HARNESS_MAIN
