// SPDX-License-Identifier: GPL-2.0
/* QUERY_OBJECT and QUERY_DIRECTORY, with buffers of any size and while names come and go. */
#include "name_forms.h"

#define NOTHING 0xcc

/* Every field that the command could write has a distinct value. */
static struct ntevent_object_info marked_info(void *name, uint32_t size)
{
	return (struct ntevent_object_info){
		.name = (uintptr_t)name, .name_size = size, .type = 101, .granted_access = 102, .attributes = 103,
		.handle_count = 104, .uid = 105, .gid = 106, .mode = 107, .status = UNSTORED,
	};
}

static bool all_are(const char *bytes, size_t count, char value)
{
	while (count && bytes[count - 1] == value)
		count--;
	return !count;
}

TEST_F(names, V190_object_of_each_type)
{
	struct ntevent_object_attributes attributes = object(u"n", self->base, 0);
	struct ntevent_object_info info;
	char16_t name[64];

	attributes.mode = 0751;
	EACH_CREATION(form) {
		int fd = call(form, self->dev, attributes);

		info = marked_info(name, sizeof(name));
		memset(name, NOTHING, sizeof(name));
		ASSERT_EQ(0, ioctl(fd, NTEVENT_IOC_QUERY_OBJECT, &info));
		ASSERT_EQ((uintptr_t)name, info.name);
		ASSERT_EQ(2 * units_of(IN_BASE(u"n")), info.name_size);
		ASSERT_EQ(0, memcmp(name, IN_BASE(u"n"), info.name_size));
		/* Not a byte more than the name is written. */
		ASSERT_TRUE(all_are((char *)name + info.name_size, sizeof(name) - info.name_size, NOTHING));
		ASSERT_EQ(form->type, info.type);
		ASSERT_EQ(all_of(form->type), info.granted_access);
		ASSERT_EQ(0, info.attributes);
		ASSERT_EQ(1, info.handle_count);
		ASSERT_EQ(geteuid(), info.uid);
		ASSERT_EQ(getegid(), info.gid);
		ASSERT_EQ(0751, info.mode);
		ASSERT_EQ(UNSTORED, info.status);
		ASSERT_EQ(0, info.pad);
		close(fd);
	}
}

/* Reports the attributes of the object, not those of the handle or the lookup. */
TEST_F(names, lasting_attributes)
{
	struct ntevent_object_info info;
	char16_t name[64];

	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(u"n", self->base, NTEVENT_OBJ_INHERIT | FOLD | OPENIF | 0x600));

		ASSERT_EQ(0, query_object(fd, &info, name, sizeof(name)));
		ASSERT_EQ(0, info.attributes);
		close(fd);
		fd = call(form, self->dev, object(u"n", self->base, NTEVENT_OBJ_EXCLUSIVE));
		ASSERT_EQ(0, query_object(fd, &info, name, sizeof(name)));
		ASSERT_EQ(NTEVENT_OBJ_EXCLUSIVE, info.attributes);
		close(fd);
		if (geteuid())
			continue;
		fd = call(form, self->dev, object(u"n", self->base, PERMANENT));
		ASSERT_EQ(0, query_object(fd, &info, name, sizeof(name)));
		ASSERT_EQ(PERMANENT, info.attributes);
		ASSERT_EQ(0, make_temporary(fd));
		ASSERT_EQ(0, query_object(fd, &info, name, sizeof(name)));
		ASSERT_EQ(0, info.attributes);
		close(fd);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, no_right_is_needed_to_ask)
{
	struct ntevent_object_info info;
	char16_t name[64];

	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(u"n", self->base, 0)), none = duplicate(fd, 0, 0), copy;

		ASSERT_LE(0, none);
		ASSERT_EQ(0, query_object(none, &info, name, sizeof(name)));
		ASSERT_EQ(0, info.granted_access);
		ASSERT_EQ(2, info.handle_count);
		/* dup makes no new handle. */
		copy = dup(none);
		ASSERT_EQ(2, handle_count(copy));
		close(copy);
		close(fd);
		close(none);
	}
}

/* If the buffer is too small, only the size is written. */
TEST_F(names, object_name_in_buffers_of_each_size)
{
	const uint32_t need = 2 * units_of(IN_BASE(u"name"));
	char16_t name[64];
	uint32_t size;

	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(u"name", self->base, 0));

		for (size = 0; size <= need + 4; size++) {
			struct ntevent_object_info info = marked_info(name, size), expected = info;
			int ret;

			memset(name, NOTHING, sizeof(name));
			ret = result_of(ioctl(fd, NTEVENT_IOC_QUERY_OBJECT, &info));
			ASSERT_EQ(size < need ? -ERANGE : 0, ret) TH_LOG("size %u", size);
			ASSERT_EQ(need, info.name_size);
			if (size < need) {
				expected.name_size = need;
				expected.status = NTEVENT_STATUS_BUFFER_TOO_SMALL;
				ASSERT_EQ(0, memcmp(&expected, &info, sizeof(info)));
				ASSERT_TRUE(all_are((char *)name, sizeof(name), NOTHING));
			} else {
				ASSERT_EQ(0, memcmp(name, IN_BASE(u"name"), need));
				ASSERT_TRUE(all_are((char *)name + need, sizeof(name) - need, NOTHING));
			}
		}
		/* Asking for the size needs no buffer. */
		struct ntevent_object_info info = marked_info(NULL, 0);

		ASSERT_EQ(-ERANGE, result_of(ioctl(fd, NTEVENT_IOC_QUERY_OBJECT, &info)));
		ASSERT_EQ(need, info.name_size);
		info = marked_info(NULL, need);
		ASSERT_EQ(-EFAULT, result_of(ioctl(fd, NTEVENT_IOC_QUERY_OBJECT, &info)));
		ASSERT_EQ(NTEVENT_STATUS_ACCESS_VIOLATION, info.status);
		close(fd);
	}
}

/* A buffer at an odd address, and one that ends where the mapping ends. */
TEST_F(names, name_buffer_anywhere)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *end = pages + 4096;
	int fd = create_event(self->dev, u"name", self->base, 0);
	const uint32_t need = 2 * units_of(IN_BASE(u"name"));
	struct ntevent_object_info info = marked_info(end - need, need);

	ASSERT_EQ(0, munmap(end, 4096));
	ASSERT_EQ(0, ioctl(fd, NTEVENT_IOC_QUERY_OBJECT, &info));
	ASSERT_EQ(0, memcmp(end - need, IN_BASE(u"name"), need));
	info = marked_info(end - need, 4096);
	ASSERT_EQ(0, ioctl(fd, NTEVENT_IOC_QUERY_OBJECT, &info));
	info = marked_info(end - need + 2, need);
	ASSERT_EQ(-EFAULT, result_of(ioctl(fd, NTEVENT_IOC_QUERY_OBJECT, &info)));
	ASSERT_EQ(NTEVENT_STATUS_ACCESS_VIOLATION, info.status);
	info = marked_info(pages + 1, need);
	ASSERT_EQ(0, ioctl(fd, NTEVENT_IOC_QUERY_OBJECT, &info));
	ASSERT_EQ(0, memcmp(pages + 1, IN_BASE(u"name"), need));
}

/* An object whose directory lost its name reports only its own. */
TEST_F(names, paths_of_what_is_out_of_reach)
{
	int d = create_directory(self->dev, u"d", self->base, 0), sub = create_directory(self->dev, u"s", d, 0);
	int event = create_event(self->dev, u"x", sub, 0), top = open_directory(self->dev, u"\\", NO_ROOT, 0);

	ASSERT_TRUE(is_called(top, u"\\"));
	ASSERT_TRUE(is_called(event, IN_BASE(u"d\\s\\x")));
	close(d);
	REFUSES(OPENING(CREATE_EVENT), self->dev, object(IN_BASE(u"d\\s\\x"), NO_ROOT, 0), OBJECT_PATH_NOT_FOUND);
	close(sub);
	ASSERT_TRUE(is_called(event, u"...\\x"));
	ASSERT_EQ(0, set(event));
	ASSERT_TRUE(is_fresh(self->dev));
}

/* Creates COUNT events in D, called FIRST to FIRST + COUNT - 1. */
static void fill(struct __test_metadata *_metadata, int dev, int d, int *fds, char16_t first, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		char16_t name[] = { u'n', first + i };

		fds[i] = create_event_as(dev, counted(name, 4, d, 0), 0, 0, 0);
		ASSERT_LE(0, fds[i]);
	}
}

/* Lists up to COUNT entries of D from *CURSOR on. Counts in SEEN how often each number occurs. */
static int list(int d, uint32_t *cursor, int count, int *seen)
{
	struct ntevent_directory_entry entry = { .cursor = *cursor };
	char16_t name[8];
	int i;

	for (i = 0; i < count && !query_directory(d, &entry, name, sizeof(name)); i++) {
		if (entry.type != NTEVENT_TYPE_EVENT || entry.name_size != 4 || name[0] != u'n' || name[1] >= 1000)
			return -1;
		seen[name[1]]++;
	}
	*cursor = entry.cursor;
	return i;
}

TEST_F(names, listing_of_each_type)
{
	int d = create_directory(self->dev, u"d", self->base, 0), seen[4] = { 0 }, i;
	struct ntevent_directory_entry entry = { 0 };
	char16_t name[8];

	REFUSED(ENOENT, NTEVENT_STATUS_NO_MORE_ENTRIES, query_directory(d, &entry, name, sizeof(name)));
	ASSERT_LE(0, create_event(self->dev, u"n1", d, 0));
	ASSERT_LE(0, create_directory(self->dev, u"n2", d, 0));
	ASSERT_LE(0, create_link(self->dev, u"n3", d, BASE));
	entry = (struct ntevent_directory_entry){ 0 };
	for (i = 0; i < 3; i++) {
		memset(name, NOTHING, sizeof(name));
		ASSERT_EQ(0, query_directory(d, &entry, name, sizeof(name)));
		ASSERT_EQ(UNSTORED, last_status);
		ASSERT_EQ(4, entry.name_size);
		ASSERT_EQ(u'n', name[0]);
		ASSERT_EQ(u'0' + entry.type, name[1]);
		ASSERT_TRUE(all_are((char *)name + 4, sizeof(name) - 4, NOTHING));
		ASSERT_EQ(0, seen[entry.type]++);
	}
	/* At the end the cursor does not move. */
	for (i = 0; i < 3; i++) {
		struct ntevent_directory_entry before = entry;

		REFUSED(ENOENT, NTEVENT_STATUS_NO_MORE_ENTRIES, query_directory(d, &entry, name, sizeof(name)));
		ASSERT_EQ(before.cursor, entry.cursor);
		ASSERT_EQ(before.type, entry.type);
		ASSERT_EQ(sizeof(name), entry.name_size);
	}
}

TEST_F(names, listing_needs_a_right)
{
	struct ntevent_directory_entry entry = { 0 };
	char16_t name[64];
	int write = duplicate(self->base, DIRECTORY_ALL & ~NTEVENT_DIRECTORY_QUERY, 0);

	REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, query_directory(write, &entry, name, sizeof(name)));
	REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, query_directory(duplicate(write, 0, 0), &entry, name, 0));
	ASSERT_EQ(0, query_directory(duplicate(self->base, NTEVENT_DIRECTORY_QUERY, 0), &entry, name, sizeof(name)));
}

TEST_F(names, entry_in_buffers_of_each_size)
{
	int d = create_directory(self->dev, u"d", self->base, 0), size;
	char16_t name[16];

	ASSERT_LE(0, create_event(self->dev, u"other", d, 0));
	ASSERT_LE(0, create_event(self->dev, u"event", d, 0));
	for (size = 0; size <= 12; size++) {
		struct ntevent_directory_entry entry = { .type = 77 }, expected;
		int i;

		for (i = 0; i < 2; i++) {
			uint32_t cursor = entry.cursor;
			int ret;

			memset(name, NOTHING, sizeof(name));
			entry.type = 77;
			ret = query_directory(d, &entry, name, size);
			ASSERT_EQ(size < 10 ? -ERANGE : 0, ret);
			ASSERT_EQ(10, entry.name_size);
			if (ret) {
				expected = (struct ntevent_directory_entry){
					.name = (uintptr_t)name, .name_size = 10, .type = 77, .cursor = cursor,
					.status = NTEVENT_STATUS_BUFFER_TOO_SMALL };
				ASSERT_EQ(0, memcmp(&expected, &entry, sizeof(entry)));
				ASSERT_TRUE(all_are((char *)name, sizeof(name), NOTHING));
				/* The next call reports the same entry. */
				ASSERT_EQ(0, query_directory(d, &entry, name, 10));
			}
			ASSERT_NE(cursor, entry.cursor);
			ASSERT_EQ(0, memcmp(name, i ? u"event" : u"other", 10) && memcmp(name, i ? u"other" : u"event", 10));
		}
		REFUSED(ENOENT, NTEVENT_STATUS_NO_MORE_ENTRIES, query_directory(d, &entry, name, 0));
	}
	struct ntevent_directory_entry entry = { 0 };

	REFUSED(EFAULT, NTEVENT_STATUS_ACCESS_VIOLATION, query_directory(d, &entry, NULL, 10));
	ASSERT_EQ(0, entry.cursor);
}

/* Names come and go between the calls. One that stays is listed once, and none is listed twice. */
TEST_F(names, listing_while_others_come_and_go)
{
	int d = create_directory(self->dev, u"d", self->base, 0), fds[300], seen[1000] = { 0 }, i, step;
	uint32_t cursor = 0;

	fill(_metadata, self->dev, d, fds, 100, 100);
	ASSERT_EQ(100, count_entries(d));
	for (step = 0; step < 10; step++) {
		ASSERT_EQ(5, list(d, &cursor, 5, seen));
		/* Ten names come, half of them go, and so do four of the first hundred. */
		fill(_metadata, self->dev, d, fds + 100 + 10 * step, 200 + 10 * step, 10);
		for (i = 0; i < 5; i++)
			close(fds[100 + 10 * step + 2 * i]);
		for (i = 0; i < 4; i++)
			close(fds[(step * 4 + i) * 2]);
	}
	ASSERT_LE(0, list(d, &cursor, 1000, seen));
	for (i = 0; i < 1000; i++) {
		bool stayed = i >= 100 && i < 200 && (i % 2 || i >= 180);

		ASSERT_GE(1, seen[i]) TH_LOG("%d came twice", i);
		ASSERT_TRUE(!stayed || seen[i] == 1) TH_LOG("%d is missed", i);
	}
	/* A new listing reports what exists now. */
	memset(seen, 0, sizeof(seen));
	cursor = 0;
	ASSERT_EQ(60 + 50, list(d, &cursor, 1000, seen));
}

static atomic_bool churn_stop;
static int churn_dev, churn_directory;

static void *churn(void *arg)
{
	char16_t name[2] = { u'n' };
	unsigned int n;

	for (n = 0; !atomic_load(&churn_stop); n++) {
		int fds[8], i;

		for (i = 0; i < 8; i++) {
			name[1] = 500 + (n * 8 + i) % 400;
			fds[i] = create_event_as(churn_dev, counted(name, 4, churn_directory, OPENIF), ALL_ACCESS, 0, 0);
		}
		for (i = 0; i < 8; i++)
			close(fds[i]);
	}
	return NULL;
}

TEST_F(names, listing_at_the_same_time)
{
	int d = create_directory(self->dev, u"d", self->base, 0), fds[50], round, i;
	pthread_t thread;

	churn_dev = self->dev;
	churn_directory = d;
	fill(_metadata, self->dev, d, fds, 100, 25);
	ASSERT_EQ(0, pthread_create(&thread, NULL, churn, NULL));
	fill(_metadata, self->dev, d, fds + 25, 125, 25);
	for (round = 0; round < 50; round++) {
		int seen[1000] = { 0 };
		uint32_t cursor = 0;

		/* New names may come faster than they are listed. The old ones are done by now. */
		ASSERT_LE(50, list(d, &cursor, 2000, seen));
		for (i = 100; i < 150; i++)
			ASSERT_EQ(1, seen[i]) TH_LOG("%d in round %d", i, round);
	}
	atomic_store(&churn_stop, true);
	pthread_join(thread, NULL);
	ASSERT_EQ(50, count_entries(d));
}

/* Any number is a valid cursor. */
TEST_F(names, cursors_from_elsewhere)
{
	const uint32_t cursors[] = { 1, 2, 3, 4, 100, 0x7fffffff, 0x80000000, UINT32_MAX - 1, UINT32_MAX };
	char16_t name[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cursors); i++) {
		struct ntevent_directory_entry entry = { .cursor = cursors[i], .type = 12345 };
		int ret = query_directory(self->base, &entry, name, sizeof(name));

		ASSERT_TRUE(!ret || (ret == -ENOENT && last_status == NTEVENT_STATUS_NO_MORE_ENTRIES));
		if (!ret)
			ASSERT_TRUE(entry.type == NTEVENT_TYPE_SYMBOLIC_LINK || entry.type == NTEVENT_TYPE_DIRECTORY);
	}
}

/* The position is in the cursor, so two listings of one fd do not disturb each other. */
TEST_F(names, two_listings_of_one_handle)
{
	int d = create_directory(self->dev, u"d", self->base, 0), fds[10], one[1000] = { 0 }, two[1000] = { 0 }, i;
	uint32_t first = 0, second = 0;

	fill(_metadata, self->dev, d, fds, 100, 10);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(1, list(d, &first, 1, one));
		ASSERT_EQ(i < 5 ? 2 : 0, list(d, &second, 2, two));
	}
	ASSERT_EQ(0, memcmp(one, two, sizeof(one)));
}

TEST_HARNESS_MAIN
