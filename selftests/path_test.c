// SPDX-License-Identifier: GPL-2.0
/* Group E7: which names, paths and roots are valid, in each form of creating and opening. */
#include "name_forms.h"

#define GARBAGE 12345

/* An fd of the link \l to \BaseNamedObjects. */
static int link_fd(int dev)
{
	return create_link(dev, u"\\l", NO_ROOT, BASE);
}

TEST_F(names, V139_event_type)
{
	const uint32_t bad[] = { 2, 3, 0x100, 0x80000000, UINT32_MAX };
	int there = create_event(self->dev, u"there", self->base, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER,
			create_event_as(self->dev, object(u"x", self->base, 0), ALL_ACCESS, bad[i], 0));
		REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER,
			create_event_as(self->dev, object(u"there", self->base, OPENIF), ALL_ACCESS, bad[i], 0));
	}
	ASSERT_EQ(1, handle_count(there));
	close(there);
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, V140_event_type_is_looked_at_first)
{
	int link = link_fd(self->dev);
	const struct ntevent_object_attributes bad[] = {
		counted(u"abc", 3, self->base, 0),
		counted((char *)u"abc" + 1, 4, self->base, 0),
		counted((void *)8L, 2, self->base, 0),
		counted(u"abc", 65534, self->base, 0),
		object(u"x", self->base, 0x80000000),
		object(u"x", self->base, NTEVENT_OBJ_OPENLINK),
		object(u"x", link, 0),
		object(u"x", GARBAGE, 0),
		object(u"\\", NO_ROOT, 0),
		object(NULL, GARBAGE, 0),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		REFUSED(EINVAL, NTEVENT_STATUS_INVALID_PARAMETER, create_event_as(self->dev, bad[i], ALL_ACCESS, 2, 0));
}

/* If the argument cannot be written, nothing is created or opened. */
TEST_F(names, V142_argument_that_cannot_be_written)
{
	struct ntevent_create_link_args args = {
		.object = object(u"x", self->base, 0),
		.target = (uintptr_t)BASE,
		.target_length = 2,
		.desired_access = NTEVENT_GENERIC_READ,
	};
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ntevent_create_event_args event = { .object = args.object, .desired_access = NTEVENT_GENERIC_READ };
	int fd, free_fd = lowest_free_fd(self->dev);

	EACH_FORM(form) {
		mprotect(page, 4096, PROT_READ | PROT_WRITE);
		if (form->command == NTEVENT_IOC_CREATE_SYMBOLIC_LINK)
			memcpy(page, &args, sizeof(args));
		else
			memcpy(page, &event, sizeof(event));
		mprotect(page, 4096, PROT_READ);
		fd = form->creates ? -1 : call(form - 3, self->dev, object(u"x", self->base, 0));
		ASSERT_EQ(form->creates, fd < 0);
		ASSERT_EQ(-1, ioctl(self->dev, form->command, page)) TH_LOG("%s", form->text);
		ASSERT_EQ(EFAULT, errno);
		if (form->creates) {
			ASSERT_EQ(-1, ioctl(self->dev, form->command, NULL));
			ASSERT_EQ(EFAULT, errno);
		} else {
			ASSERT_EQ(1, handle_count(fd));
			close(fd);
		}
	}
	ASSERT_EQ(free_fd, lowest_free_fd(self->dev));
	ASSERT_TRUE(is_fresh(self->dev));
}

/* The command number encodes the size of the argument. */
TEST_F(names, V143_size_of_the_argument)
{
	char argument[256] = { 0 };
	unsigned int size;

	EACH_FORM(form)
		for (size = 0; size < 100; size++) {
			if (size == _IOC_SIZE(form->command))
				continue;
			ASSERT_EQ(-1, ioctl(self->dev, _IOC(_IOC_READ | _IOC_WRITE, 'N', _IOC_NR(form->command), size), argument));
			ASSERT_EQ(ENOTTY, errno) TH_LOG("%s with %u bytes", form->text, size);
		}
}

TEST_F(names, V144_V155_no_name_and_no_root)
{
	EACH_CREATION(form) {
		SUCCEEDS(form, self->dev, object(NULL, NO_ROOT, 0));
		SUCCEEDS(form, self->dev, object(u"", NO_ROOT, 0));
		SUCCEEDS(form, self->dev, object(u"", NO_ROOT, OPENIF));
	}
	EACH_OPEN(form) {
		REFUSES(form, self->dev, object(NULL, NO_ROOT, 0), OBJECT_PATH_SYNTAX_BAD);
		REFUSES(form, self->dev, object(u"", NO_ROOT, 0), OBJECT_PATH_SYNTAX_BAD);
	}
}

/* Without a name the root is ignored, unlike in NT (V145). 0 is an fd and not a null handle. */
TEST_F(names, F20_no_name_with_a_root)
{
	const int roots[] = { GARBAGE, 0, -2, INT32_MIN, self->base, self->dev, link_fd(self->dev) };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(roots); i++) {
		EACH_CREATION(form)
			SUCCEEDS(form, self->dev, object(NULL, roots[i], 0));
		EACH_OPEN(form)
			REFUSES(form, self->dev, object(NULL, roots[i], 0), OBJECT_PATH_SYNTAX_BAD);
	}
}

TEST_F(names, V147_name_at_an_odd_address)
{
	const char *text = (char *)u"abcdef" + 1;

	EACH_FORM(form) {
		REFUSES(form, self->dev, counted(text, 3, self->base, 0), DATATYPE_MISALIGNMENT);
		REFUSES(form, self->dev, counted(text, 2, self->base, 0), DATATYPE_MISALIGNMENT);
		REFUSES(form, self->dev, counted((void *)1L, 2, self->base, 0), DATATYPE_MISALIGNMENT);
		REFUSES(form, self->dev, counted(text, 65534, GARBAGE, 0), DATATYPE_MISALIGNMENT);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, V146_V148_name_that_cannot_be_read)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const void *const bad[] = { (void *)2L, (void *)8L, pages + 4096, pages + 4094, (void *)-4096L, (void *)-2L };
	unsigned int i;

	ASSERT_EQ(0, mprotect(pages + 4096, 4096, PROT_NONE));
	memcpy(pages + 4094, u"x", 2);
	EACH_FORM(form)
		for (i = 0; i < ARRAY_SIZE(bad); i++) {
			if (i != 3)
				REFUSES(form, self->dev, counted(bad[i], 2, self->base, 0), ACCESS_VIOLATION);
			REFUSES(form, self->dev, counted(bad[i], 4, self->base, 0), ACCESS_VIOLATION);
			/* The name is read before its length is checked. */
			REFUSES(form, self->dev, counted(bad[i], 67, GARBAGE, 0), ACCESS_VIOLATION);
			REFUSES(form, self->dev, counted(bad[i], 65534, GARBAGE, 0), ACCESS_VIOLATION);
			/* The name is not read. */
			REFUSES(form, self->dev, counted(bad[i], 65535, GARBAGE, 0), OBJECT_NAME_INVALID);
			REFUSES(form, self->dev, counted(bad[i], 65536, GARBAGE, 0), OBJECT_NAME_INVALID);
			REFUSES(form, self->dev, counted(bad[i], UINT32_MAX, GARBAGE, 0), OBJECT_NAME_INVALID);
		}
	/* The two bytes before the end of a mapping can be read. */
	EACH_CREATION(form)
		SUCCEEDS(form, self->dev, counted(bad[3], 2, self->base, 0));
	ASSERT_TRUE(is_fresh(self->dev));
}

static char16_t long_name[40000];

static const char16_t *name_of(uint32_t units)
{
	uint32_t i;

	for (i = 0; i < units; i++)
		long_name[i] = u'a' + i % 26;
	long_name[units] = 0;
	return long_name;
}

TEST_F(names, V149_V151_odd_and_excessive_lengths)
{
	const uint32_t bad[] = { 1, 3, 67, 65531, 65533, 65534, 65535, 65536, 65538, 0x10002, 0x80000002, UINT32_MAX };
	unsigned int i;

	name_of(33000);
	EACH_FORM(form)
		for (i = 0; i < ARRAY_SIZE(bad); i++) {
			REFUSES(form, self->dev, counted(long_name, bad[i], GARBAGE, 0), OBJECT_NAME_INVALID);
			REFUSES(form, self->dev, counted(long_name, bad[i], self->base, 0), OBJECT_NAME_INVALID);
			REFUSES(form, self->dev, counted(long_name, bad[i], NO_ROOT, 0), OBJECT_NAME_INVALID);
		}
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, V150_the_longest_name)
{
	static char16_t told[40000];
	struct ntevent_object_info info;
	const uint32_t prefix = 2 * units_of(IN_BASE(u""));

	name_of(32766);
	EACH_CREATION(form) {
		int fd = call(form, self->dev, counted(long_name, 65532, self->base, 0));

		ASSERT_LE(0, fd) TH_LOG("%s: %#x", form->text, last_status);
		SUCCEEDS(OPENING(form), self->dev, counted(long_name, 65532, self->base, 0));
		REFUSES(OPENING(form), self->dev, counted(long_name, 65530, self->base, 0), OBJECT_NAME_NOT_FOUND);
		ASSERT_EQ(0, query_object(fd, &info, told, sizeof(told)));
		ASSERT_EQ(prefix + 65532, info.name_size);
		ASSERT_EQ(0, memcmp(told, IN_BASE(u""), prefix));
		ASSERT_EQ(0, memcmp((char *)told + prefix, long_name, 65532));
		close(fd);
	}
	/* An absolute path of that length. */
	memcpy(long_name, IN_BASE(u""), prefix);
	EACH_CREATION(form) {
		int fd = call(form, self->dev, counted(long_name, 65532, NO_ROOT, 0));

		ASSERT_LE(0, fd);
		SUCCEEDS(OPENING(form), self->dev, counted(long_name, 65532, NO_ROOT, 0));
		close(fd);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/* Creating an object without a name ignores the root. */
TEST_F(names, V152_empty_name_and_any_root)
{
	const int roots[] = { GARBAGE, -2, INT32_MIN, INT32_MAX, self->dev, self->base, create(self->dev, 0, 0) };
	unsigned int i;

	EACH_CREATION(form)
		for (i = 0; i < ARRAY_SIZE(roots); i++) {
			SUCCEEDS(form, self->dev, object(u"", roots[i], 0));
			SUCCEEDS(form, self->dev, object(u"", roots[i], OPENIF | FOLD));
		}
	ASSERT_TRUE(is_fresh(self->dev));
}

/*
 * Opening an empty name opens the root itself. The F14 tests in link_test.c use links as the root.
 */
TEST_F(names, V153_V154_opening_an_empty_name)
{
	int event = create(self->dev, 0, 0), fd;

	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, open_event(self->dev, u"", self->base, 0));
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, open_link(self->dev, u"", self->base, 0));
	fd = open_directory(self->dev, u"", self->base, 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(NTEVENT_STATUS_SUCCESS, last_status);
	ASSERT_TRUE(is_called(fd, BASE));
	EACH_OPEN(form) {
		REFUSES(form, self->dev, object(u"", event, 0), OBJECT_TYPE_MISMATCH);
		REFUSES(form, self->dev, object(u"", GARBAGE, 0), INVALID_HANDLE);
		REFUSES(form, self->dev, object(u"", self->dev, 0), INVALID_HANDLE);
	}
}

/* A path and the result of each form. \BaseNamedObjects has a directory d and an event e. */
TEST_F(names, V156_to_V164_V168_malformed_paths_and_what_is_missing)
{
	enum { SYNTAX, NAME, PATH, TYPE };
	static const uint32_t statuses[] = {
		NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD, NTEVENT_STATUS_OBJECT_NAME_INVALID,
		NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH,
	};
	static const struct {
		const char16_t *path;
		bool relative;
		int answer;
	} rows[] = {
		{ u"x", false, SYNTAX }, { u"BaseNamedObjects", false, SYNTAX }, { u"BaseNamedObjects\\x", false, SYNTAX },
		{ u"/x", false, SYNTAX }, { u" \\x", false, SYNTAX }, { u"d\\", false, SYNTAX },
		{ u"\\x", true, SYNTAX }, { u"\\", true, SYNTAX }, { u"\\d", true, SYNTAX }, { BASE, true, SYNTAX },
		{ u"\\x\\", true, SYNTAX }, { u"\\\\x", true, SYNTAX },
		{ u"x\\", true, PATH }, { u"x\\y", true, PATH }, { u"x\\y\\z", true, PATH }, { u"d\\x\\y", true, PATH },
		{ u"d\\x\\", true, PATH },
		{ u"d\\", true, NAME }, { u"d\\\\", true, NAME }, { u"d\\\\x", true, NAME },
		{ u"\\" BASE, false, NAME }, { u"\\\\", false, NAME }, { u"\\\\x", false, NAME },
		{ u"\\\\\\x", false, NAME }, { u"\\" BASE u"\\x", false, NAME },
		{ BASE u"\\", false, NAME }, { IN_BASE(u"\\x"), false, NAME }, { IN_BASE(u"\\"), false, NAME },
		{ IN_BASE(u"d\\\\x"), false, NAME }, { IN_BASE(u"d\\"), false, NAME }, { IN_BASE(u"Global\\\\x"), false, NAME },
		{ IN_BASE(u"Global\\"), false, NAME },
		{ IN_BASE(u"x\\"), false, PATH }, { IN_BASE(u"x\\y"), false, PATH }, { u"\\NoSuchDir\\x", false, PATH },
		{ u"\\NoSuchDir\\", false, PATH }, { u"\\x\\y\\z", false, PATH }, { u"\\BaseNamedObject\\x", false, PATH },
		{ u"\\..\\x", false, PATH }, { u"\\.\\x", false, PATH },
		{ u"e\\child", true, TYPE }, { u"e\\", true, TYPE }, { u"e\\\\", true, TYPE }, { u"e\\a\\b", true, TYPE },
		{ IN_BASE(u"e\\child"), false, TYPE }, { IN_BASE(u"e\\"), false, TYPE },
		{ IN_BASE(u"Local\\e\\child"), false, TYPE },
	};
	int d = create_directory(self->dev, u"d", self->base, 0), e = create_event(self->dev, u"e", self->base, 0);
	unsigned int i, attributes;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		for (attributes = 0; attributes <= OPENIF; attributes += OPENIF)
			EACH_FORM(form)
				ASSERT_TRUE(refuses(form, self->dev,
						    object(rows[i].path, rows[i].relative ? self->base : NO_ROOT, attributes),
						    all_of(form->type), statuses[rows[i].answer]))
					TH_LOG("row %u", i);
	ASSERT_EQ(0, count_entries(d));
	ASSERT_EQ(1, handle_count(d));
	ASSERT_EQ(1, handle_count(e));
	close(d);
	close(e);
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, V165_the_root_directory)
{
	const int no = NO_ROOT;

	REFUSES(CREATE_EVENT, self->dev, object(u"\\", no, OPENIF), OBJECT_TYPE_MISMATCH);
	REFUSES(CREATE_EVENT, self->dev, object(u"\\", no, 0), OBJECT_TYPE_MISMATCH);
	REFUSES(CREATE_LINK, self->dev, object(u"\\", no, OPENIF), OBJECT_TYPE_MISMATCH);
	REFUSES(CREATE_LINK, self->dev, object(u"\\", no, 0), OBJECT_TYPE_MISMATCH);
	REFUSES(OPENING(CREATE_EVENT), self->dev, object(u"\\", no, 0), OBJECT_TYPE_MISMATCH);
	REFUSES(OPENING(CREATE_LINK), self->dev, object(u"\\", no, 0), OBJECT_TYPE_MISMATCH);
	REFUSES(CREATE_DIRECTORY, self->dev, object(u"\\", no, 0), OBJECT_NAME_COLLISION);
	EXISTS(CREATE_DIRECTORY, self->dev, object(u"\\", no, OPENIF));
	SUCCEEDS(OPENING(CREATE_DIRECTORY), self->dev, object(u"\\", no, 0));
	ASSERT_TRUE(is_called(open_directory(self->dev, u"\\", no, 0), u"\\"));
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, V169_V170_through_the_start_up_links)
{
	int event, other, d;

	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(IN_BASE(u"Local\\x"), NO_ROOT, 0));

		ASSERT_LE(0, fd);
		ASSERT_TRUE(is_called(fd, IN_BASE(u"x")));
		other = call(OPENING(form), self->dev, object(IN_BASE(u"x"), NO_ROOT, 0));
		ASSERT_LE(0, other);
		ASSERT_EQ(2, handle_count(fd));
		close(other);
		close(fd);
	}
	event = create_event(self->dev, IN_BASE(u"Local\\x"), NO_ROOT, 0);
	ASSERT_TRUE(same_event(event, open_event(self->dev, IN_BASE(u"Global\\x"), NO_ROOT, 0)));
	d = create_directory(self->dev, IN_BASE(u"Global\\d"), NO_ROOT, 0);
	ASSERT_LE(0, d);
	EACH_CREATION(form)
		SUCCEEDS(form, self->dev, object(IN_BASE(u"Local\\d\\sub"), NO_ROOT, 0));
	ASSERT_EQ(0, count_entries(d));
}

/* path_root_test.c tests roots, attributes, modes and the order of the checks. */
TEST_HARNESS_MAIN
