// SPDX-License-Identifier: GPL-2.0
/* F18: the events and directories with which every namespace begins, as NT's does. */
#include "name_forms.h"
#include "credentials.h"

#define KERNEL u"\\KernelObjects"

/* The events, and their state while there is no lack of memory. */
static const struct { const char16_t *name; int state; } conditions[] = {
	{ u"LowMemoryCondition", 0 }, { u"HighMemoryCondition", 1 },
	{ u"LowPagedPoolCondition", 0 }, { u"HighPagedPoolCondition", 1 },
	{ u"LowNonPagedPoolCondition", 0 }, { u"HighNonPagedPoolCondition", 1 },
	/* These events are about used memory. The others are about free memory. */
	{ u"LowCommitCondition", 1 }, { u"HighCommitCondition", 0 }, { u"MaximumCommitCondition", 0 },
};

/* A handle to an event of \KernelObjects with exactly the rights ACCESS. */
static int condition(int dev, unsigned int i, uint32_t access)
{
	int kernel = with_name(dev, NTEVENT_IOC_OPEN_DIRECTORY, object(KERNEL, NO_ROOT, 0), NTEVENT_DIRECTORY_QUERY);
	int fd = with_name(dev, NTEVENT_IOC_OPEN_EVENT, object(conditions[i].name, kernel, 0), access);

	close(kernel);
	return fd;
}

static int info_of(int fd, struct ntevent_object_info *info)
{
	char16_t name[64];

	return query_object(fd, info, name, sizeof(name));
}

TEST_F(names, F18_conditions_are_there_and_healthy)
{
	struct ntevent_object_info about;
	struct ntevent_event_info info;
	unsigned int i, round;

	/* The events stay without a handle. */
	for (round = 0; round < 2; round++)
		for (i = 0; i < ARRAY_SIZE(conditions); i++) {
			int fd = condition(self->dev, i, NTEVENT_QUERY_STATE | NTEVENT_SYNCHRONIZE);

			ASSERT_LE(0, fd) TH_LOG("event %u: %#x", i, last_status);
			ASSERT_EQ(0, query(fd, &info));
			ASSERT_EQ(NOTIFICATION, info.event_type);
			ASSERT_EQ(conditions[i].state, info.event_state) TH_LOG("event %u", i);
			ASSERT_EQ(conditions[i].state ? 0 : TIMEOUT, wait_one(fd, 0));
			ASSERT_EQ(0, info_of(fd, &about));
			ASSERT_EQ(PERMANENT, about.attributes);
			ASSERT_EQ(1, about.handle_count);
			ASSERT_EQ(0555, about.mode);
			ASSERT_EQ(geteuid(), about.uid);
			close(fd);
		}
	ASSERT_TRUE(is_fresh(self->dev));
}

/*
 * A program that creates an event with such a name opens the existing event. The event is not made
 * anew, and its state does not change.
 */
TEST_F(names, F18_conditions_are_opened_not_made)
{
	struct ntevent_object_attributes attributes = object(KERNEL u"\\LowMemoryCondition", NO_ROOT, OPENIF);
	int fd;

	fd = create_event_as(self->dev, attributes, NTEVENT_QUERY_STATE, SYNCHRONIZATION, 1);
	ASSERT_LE(0, fd);
	ASSERT_EQ(NTEVENT_STATUS_OBJECT_NAME_EXISTS, last_status);
	ASSERT_EQ(0, state(fd));
	attributes.attributes = 0;
	REFUSED(EEXIST, NTEVENT_STATUS_OBJECT_NAME_COLLISION,
		create_event_as(self->dev, attributes, NTEVENT_QUERY_STATE, NOTIFICATION, 0));
}

static void check_not_for_users(int dev)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(conditions); i++) {
		int fd = condition(dev, i, NTEVENT_QUERY_STATE | NTEVENT_SYNCHRONIZE);

		CHECK(fd >= 0 && state(fd) == conditions[i].state);
		CHECK(set(fd) == -EACCES && reset(fd) == -EACCES && pulse(fd) == -EACCES && clear(fd) == -EACCES);
		CHECK(duplicate(fd, NTEVENT_MODIFY_STATE, 0) == -EACCES);
		CHECK(condition(dev, i, NTEVENT_MODIFY_STATE) == -EACCES);
		CHECK(condition(dev, i, ALL_ACCESS) == -EACCES && last_status == NTEVENT_STATUS_ACCESS_DENIED);
		CHECK(make_temporary(fd) == -EACCES && make_permanent(fd) == -EPERM);
		CHECK(state(fd) == conditions[i].state);
		close(fd);
	}
	_exit(0);
}

/*
 * Only a process with CAP_IPC_OWNER can change the events. Not even the creator of the namespace
 * can.
 */
TEST_F(names, F18_conditions_are_not_set_by_users)
{
	if (geteuid())
		SKIP(return, "needs root");
	AS_USER(1000)
		check_not_for_users(self->dev);
	AS_USER(1000)
		check_not_for_users(private_device());
	AS_USER(1000)
		check_not_for_users(open("/dev/ntevent", O_RDONLY));
}

TEST_F(names, F18_directories)
{
	static const struct { const char16_t *path; uint32_t mode; } rows[] = {
		{ u"\\RPC Control", 0777 }, { IN_BASE(u"Restricted"), 0777 }, { u"\\??", 0755 }, { u"\\GLOBAL??", 0755 },
	};
	struct ntevent_object_info info;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int fd = open_directory(self->dev, rows[i].path, NO_ROOT, 0);

		ASSERT_LE(0, fd) TH_LOG("row %u: %#x", i, last_status);
		ASSERT_TRUE(is_called(fd, rows[i].path));
		ASSERT_EQ(0, info_of(fd, &info));
		ASSERT_EQ(NTEVENT_TYPE_DIRECTORY, info.type);
		ASSERT_EQ(PERMANENT, info.attributes);
		ASSERT_EQ(rows[i].mode, info.mode);
		EACH_CREATION(form)
			SUCCEEDS(form, self->dev, object(u"x", fd, 0));
		close(fd);
	}
	ASSERT_TRUE(is_fresh(self->dev));
	if (geteuid())
		return;
	AS_USER(1000) {
		CHECK(create_event(self->dev, u"\\RPC Control\\x", NO_ROOT, 0) >= 0);
		CHECK(create_event(self->dev, IN_BASE(u"Restricted\\x"), NO_ROOT, 0) >= 0);
		CHECK(create_event(self->dev, u"\\??\\x", NO_ROOT, 0) == -EACCES);
		CHECK(create_event(self->dev, u"\\GLOBAL??\\x", NO_ROOT, 0) == -EACCES);
		CHECK(create_event(self->dev, KERNEL u"\\x", NO_ROOT, 0) == -EACCES);
		_exit(0);
	}
}

TEST_HARNESS_MAIN
