// SPDX-License-Identifier: GPL-2.0
/* Group E8: names that exist already, V177 to V183, and what a name may be, V189 to V192. */
#include "name_forms.h"

TEST_F(names, V177_name_collision)
{
	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(u"n", self->base, 0));

		ASSERT_LE(0, fd);
		REFUSES(form, self->dev, object(u"n", self->base, 0), OBJECT_NAME_COLLISION);
		REFUSES(form, self->dev, object(IN_BASE(u"n"), NO_ROOT, 0), OBJECT_NAME_COLLISION);
		REFUSES(form, self->dev, object(IN_BASE(u"Global\\n"), NO_ROOT, FOLD), OBJECT_NAME_COLLISION);
		ASSERT_EQ(1, handle_count(fd));
		close(fd);
		SUCCEEDS(form, self->dev, object(u"n", self->base, 0));
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, V178_openif)
{
	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(u"n", self->base, OPENIF)), other;

		ASSERT_LE(0, fd);
		ASSERT_EQ(NTEVENT_STATUS_SUCCESS, last_status);
		other = call(form, self->dev, object(u"n", self->base, OPENIF));
		ASSERT_LE(0, other);
		ASSERT_EQ(status_of_existing(form), last_status);
		ASSERT_NE(fd, other);
		ASSERT_EQ(2, handle_count(fd));
		ASSERT_TRUE(is_called(other, IN_BASE(u"n")));
		/* Either handle keeps the name. */
		close(fd);
		SUCCEEDS(OPENING(form), self->dev, object(u"n", self->base, 0));
		close(other);
		REFUSES(OPENING(form), self->dev, object(u"n", self->base, 0), OBJECT_NAME_NOT_FOUND);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/*
 * OPENIF opens an existing object as it is, with its type, state and mode. A link keeps its target.
 */
TEST_F(names, V179_openif_changes_nothing)
{
	int fd = create_event_as(self->dev, object(u"n", self->base, 0), ALL_ACCESS, SYNCHRONIZATION, 1), again;
	struct ntevent_object_attributes other = object(u"n", self->base, OPENIF);
	struct ntevent_object_info about;
	struct ntevent_event_info info;
	char16_t name[64];

	other.mode = 0777;
	again = create_event_as(self->dev, other, ALL_ACCESS, NOTIFICATION, 0);
	ASSERT_LE(0, again);
	ASSERT_EQ(NTEVENT_STATUS_OBJECT_NAME_EXISTS, last_status);
	ASSERT_EQ(0, query(again, &info));
	ASSERT_EQ(SYNCHRONIZATION, info.event_type);
	ASSERT_EQ(1, info.event_state);
	ASSERT_TRUE(same_event(fd, again));
	ASSERT_EQ(0, query_object(again, &about, name, sizeof(name)));
	ASSERT_EQ(0700, about.mode);
	ASSERT_EQ(0, about.attributes);
	ASSERT_LE(0, create_link(self->dev, u"link", self->base, u"\\KernelObjects"));
	ASSERT_LE(0, create_link_as(self->dev, object(u"link", self->base, OPENIF), u"\\Sessions"));
	ASSERT_TRUE(is_called(open_directory(self->dev, u"link", self->base, 0), u"\\KernelObjects"));
}

/* A name of another type is a mismatch for every command. Directory commands follow a link. */
TEST_F(names, V180_V181_name_of_another_type)
{
	EACH_CREATION(there) {
		int fd = call(there, self->dev, object(u"n", self->base, 0));

		EACH_CREATION(form) {
			if (form == there)
				continue;
			if (there == CREATE_LINK && form == CREATE_DIRECTORY) {
				REFUSES(form, self->dev, object(u"n", self->base, 0), OBJECT_NAME_COLLISION);
				EXISTS(form, self->dev, object(u"n", self->base, OPENIF));
				SUCCEEDS(OPENING(form), self->dev, object(u"n", self->base, 0));
				continue;
			}
			REFUSES(form, self->dev, object(u"n", self->base, OPENIF), OBJECT_TYPE_MISMATCH);
			REFUSES(form, self->dev, object(u"n", self->base, 0), OBJECT_TYPE_MISMATCH);
			REFUSES(form, self->dev, object(u"N", self->base, FOLD | OPENIF), OBJECT_TYPE_MISMATCH);
			REFUSES(OPENING(form), self->dev, object(u"n", self->base, 0), OBJECT_TYPE_MISMATCH);
		}
		ASSERT_EQ(1, handle_count(fd));
		close(fd);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, V182_absent)
{
	EACH_OPEN(form) {
		REFUSES(form, self->dev, object(u"n", self->base, 0), OBJECT_NAME_NOT_FOUND);
		REFUSES(form, self->dev, object(u"n", self->base, OPENIF), OBJECT_NAME_NOT_FOUND);
		REFUSES(form, self->dev, object(u"\\n", NO_ROOT, FOLD), OBJECT_NAME_NOT_FOUND);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/* Creates with OPENIF at the same time as others. Closes when all handles have been counted. */
struct racer {
	pthread_t thread;
	int dev, base, fd;
	uint32_t status;
};

#define ROUNDS 12
static pthread_barrier_t line;

static void *race(void *arg)
{
	struct racer *r = arg;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		pthread_barrier_wait(&line);
		r->fd = call(&forms[round % 3], r->dev, object(u"n", r->base, OPENIF));
		r->status = last_status;
		pthread_barrier_wait(&line);
	}
	return NULL;
}

TEST_F(names, V183_twenty_at_once)
{
	struct racer racers[20];
	int round, i, made, existed;

	pthread_barrier_init(&line, NULL, 21);
	for (i = 0; i < 20; i++) {
		racers[i] = (struct racer){ .dev = self->dev, .base = self->base };
		ASSERT_EQ(0, pthread_create(&racers[i].thread, NULL, race, &racers[i]));
	}
	for (round = 0; round < ROUNDS; round++) {
		pthread_barrier_wait(&line);
		pthread_barrier_wait(&line);
		for (i = made = existed = 0; i < 20; i++) {
			made += racers[i].status == NTEVENT_STATUS_SUCCESS;
			existed += racers[i].status == NTEVENT_STATUS_OBJECT_NAME_EXISTS;
		}
		/* The status does not say whether a link existed. */
		ASSERT_EQ(&forms[round % 3] == CREATE_LINK ? 20 : 1, made);
		ASSERT_EQ(20 - made, existed);
		ASSERT_EQ(20, handle_count(racers[0].fd));
		for (i = 0; i < 20; i++)
			ASSERT_EQ(0, close(racers[i].fd));
		REFUSES(&forms[round % 3 + 3], self->dev, object(u"n", self->base, 0), OBJECT_NAME_NOT_FOUND);
	}
	for (i = 0; i < 20; i++)
		pthread_join(racers[i].thread, NULL);
	ASSERT_TRUE(is_fresh(self->dev));
}

/* Names are counted strings. NUL is a unit like any other, even at the end. */
TEST_F(names, V189_V190_embedded_nul)
{
	static const char16_t nul[] = u"wine\0test";
	char16_t told[64];
	struct ntevent_object_info info;
	const uint32_t prefix = 2 * units_of(IN_BASE(u""));

	EACH_CREATION(form) {
		int fd = call(form, self->dev, counted(nul, 8, self->base, 0)), longer;

		ASSERT_LE(0, fd);
		REFUSES(OPENING(form), self->dev, counted(nul, 10, self->base, 0), OBJECT_NAME_NOT_FOUND);
		REFUSES(OPENING(form), self->dev, counted(nul, 18, self->base, 0), OBJECT_NAME_NOT_FOUND);
		longer = call(form, self->dev, counted(nul, 18, self->base, 0));
		ASSERT_LE(0, longer);
		SUCCEEDS(OPENING(form), self->dev, counted(nul, 18, self->base, 0));
		REFUSES(OPENING(form), self->dev, counted(nul, 16, self->base, 0), OBJECT_NAME_NOT_FOUND);
		ASSERT_EQ(0, query_object(longer, &info, told, sizeof(told)));
		ASSERT_EQ(prefix + 18, info.name_size);
		ASSERT_EQ(0, memcmp((char *)told + prefix, nul, 18));
		close(fd);
		close(longer);
	}
	/* The same in a path, and for a name of one NUL. */
	ASSERT_LE(0, create_directory(self->dev, u"d", self->base, 0));
	EACH_CREATION(form) {
		int fd = call(form, self->dev, counted(u"d\\\0", 6, self->base, 0));

		ASSERT_LE(0, fd);
		SUCCEEDS(OPENING(form), self->dev, counted(u"d\\\0", 6, self->base, 0));
		REFUSES(OPENING(form), self->dev, counted(u"d\\\0\0", 8, self->base, 0), OBJECT_NAME_NOT_FOUND);
		close(fd);
	}
	REFUSES(CREATE_EVENT, self->dev, counted(u"d\0\\x", 8, self->base, 0), OBJECT_PATH_NOT_FOUND);
}

/* Each unit but the separator is valid, alone and in a name, even an unpaired surrogate. */
TEST_F(names, any_unit_but_the_separator)
{
	static const char16_t units[] = { 0, 1, '/', '.', ' ', '*', '?', ':', '"', 0x7f, 0x80, 0xd800, 0xdbff, 0xdc00, 0xdfff,
					  0xfeff, 0xfffe, 0xffff, 0xe000, 0x5c00, 0x2f00, 0x5c5d };
	unsigned int i, j;

	EACH_CREATION(form) {
		int fds[ARRAY_SIZE(units)];

		for (i = 0; i < ARRAY_SIZE(units); i++) {
			char16_t name[3] = { u'a', units[i], u'b' };

			fds[i] = call(form, self->dev, counted(&units[i], 2, self->base, 0));
			ASSERT_LE(0, fds[i]) TH_LOG("%s of %#x: %#x", form->text, units[i], last_status);
			SUCCEEDS(form, self->dev, counted(name, 6, self->base, 0));
		}
		ASSERT_EQ(BASE_NAMES + ARRAY_SIZE(units), count_entries(self->base));
		for (i = 0; i < ARRAY_SIZE(units); i++) {
			SUCCEEDS(OPENING(form), self->dev, counted(&units[i], 2, self->base, 0));
			SUCCEEDS(OPENING(form), self->dev, counted(&units[i], 2, self->base, FOLD));
			for (j = 0; j < ARRAY_SIZE(units); j++)
				REFUSES(OPENING(form), self->dev, counted((char16_t[]){ units[i], units[j] }, 4, self->base, FOLD),
					OBJECT_NAME_NOT_FOUND);
		}
		for (i = 0; i < ARRAY_SIZE(units); i++)
			close(fds[i]);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/* `/` and dots are ordinary units, so no path leads upward. */
TEST_F(names, slashes_and_dots)
{
	int d = create_directory(self->dev, u"d", self->base, 0);

	ASSERT_LE(0, d);
	EACH_CREATION(form) {
		int slash = call(form, self->dev, object(u"d/x", self->base, 0)), dots = call(form, self->dev, object(u"..", d, 0));

		ASSERT_TRUE(is_called(slash, IN_BASE(u"d/x")));
		ASSERT_TRUE(is_called(dots, IN_BASE(u"d\\..")));
		ASSERT_EQ(1, count_entries(d));
		REFUSES(OPENING(form), self->dev, object(u"d\\x", self->base, 0), OBJECT_NAME_NOT_FOUND);
		REFUSES(OPENING(form), self->dev, object(u"/BaseNamedObjects/d", NO_ROOT, 0), OBJECT_PATH_SYNTAX_BAD);
		close(slash);
		close(dots);
	}
}

TEST_F(names, V191_unnamed_objects_have_empty_names)
{
	struct ntevent_object_info info;
	char16_t name[4];

	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(NULL, NO_ROOT, 0));

		ASSERT_EQ(0, query_object(fd, &info, name, sizeof(name)));
		ASSERT_EQ(0, info.name_size);
		ASSERT_EQ(form->type, info.type);
		ASSERT_EQ(0, query_object(fd, &info, NULL, 0));
		ASSERT_EQ(0, info.name_size);
		close(fd);
	}
}

/* All types share the names of a directory. Two directories do not share names. */
TEST_F(names, one_name_in_two_directories)
{
	int one = create_directory(self->dev, u"one", self->base, 0), two = create_directory(self->dev, u"two", self->base, 0);

	EACH_CREATION(form) {
		int first = call(form, self->dev, object(u"n", one, 0)), second = call(form, self->dev, object(u"n", two, 0));

		ASSERT_LE(0, first);
		ASSERT_LE(0, second);
		ASSERT_EQ(NTEVENT_STATUS_SUCCESS, last_status);
		ASSERT_TRUE(is_called(first, IN_BASE(u"one\\n")));
		ASSERT_TRUE(is_called(second, IN_BASE(u"two\\n")));
		REFUSES(OPENING(form), self->dev, object(u"n", self->base, 0), OBJECT_NAME_NOT_FOUND);
		close(first);
		REFUSES(OPENING(form), self->dev, object(u"n", one, 0), OBJECT_NAME_NOT_FOUND);
		SUCCEEDS(OPENING(form), self->dev, object(u"n", two, 0));
		close(second);
	}
}

TEST_F(names, V192_no_right_asked)
{
	EACH_CREATION(form) {
		int fd = call_as(form, self->dev, object(u"n", self->base, OPENIF), 0);
		struct ntevent_object_info info;
		char16_t name[64];

		ASSERT_LE(0, fd);
		ASSERT_EQ(NTEVENT_STATUS_SUCCESS, last_status);
		ASSERT_EQ(0, query_object(fd, &info, name, sizeof(name)));
		ASSERT_EQ(0, info.granted_access);
		SUCCEEDS(OPENING(form), self->dev, object(u"n", self->base, 0));
		close(fd);
		REFUSES(OPENING(form), self->dev, object(u"n", self->base, 0), OBJECT_NAME_NOT_FOUND);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_HARNESS_MAIN
