// SPDX-License-Identifier: GPL-2.0
/* F17: QUERY_SYMBOLIC_LINK returns the target with which the link was created. */
#include "name_forms.h"

/* Whether the target of link FD is the LENGTH bytes at TARGET. Uses the smallest buffer. */
static bool leads_to(int fd, const char16_t *target, uint32_t length)
{
	static char16_t told[32767];
	struct ntevent_symbolic_link_info info;

	memset(told, 0xcc, sizeof(told));
	return !query_link(fd, &info, told, length) && last_status == UNSTORED && info.target_size == length &&
	       info.target == (uintptr_t)told && !memcmp(told, target, length) && told[length / 2] == 0xcccc;
}

TEST_F(names, F17_exact_targets)
{
	static const char16_t with_nul[] = u"\\a\0b\\", lone[] = { u'\\', 0xd800, 0xffff };
	static char16_t longest[32766];
	const struct { const char16_t *target; uint32_t length; } rows[] = {
		{ BASE, sizeof(BASE) - 2 }, { u"\\", 2 }, { u"", 0 }, { u"relative", 16 }, { u"\\\\twice\\", 16 },
		{ with_nul, sizeof(with_nul) - 2 }, { lone, sizeof(lone) }, { longest, sizeof(longest) },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(longest); i++)
		longest[i] = i ? u'x' : u'\\';
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ntevent_create_link_args args = {
			.object = object(u"l", self->base, 0),
			.target = (uintptr_t)rows[i].target,
			.target_length = rows[i].length,
			.desired_access = LINK_ALL,
		};
		int fd = ioctl(self->dev, NTEVENT_IOC_CREATE_SYMBOLIC_LINK, &args);

		ASSERT_LE(0, fd) TH_LOG("row %u: %#x", i, args.status);
		ASSERT_TRUE(leads_to(fd, rows[i].target, rows[i].length)) TH_LOG("row %u", i);
		close(fd);
	}
	i = open_link(self->dev, u"Session", self->base, 0);
	ASSERT_TRUE(leads_to(i, u"\\Sessions\\BNOLINKS", 2 * units_of(u"\\Sessions\\BNOLINKS")));
}

TEST_F(names, F17_buffer_too_small)
{
	struct ntevent_symbolic_link_info info;
	char16_t target[] = u"untouched, and longer than that";
	const uint32_t size = sizeof(BASE) - 2;
	int fd = create_link(self->dev, NULL, NO_ROOT, BASE);
	uint32_t room;

	for (room = 0; room < size; room++) {
		REFUSED(ERANGE, NTEVENT_STATUS_BUFFER_TOO_SMALL, query_link(fd, &info, target, room));
		ASSERT_EQ(size, info.target_size);
		ASSERT_EQ(0, memcmp(target, u"untouched", 18));
	}
	/* The returned size says how large the buffer must be, whatever its address is. */
	REFUSED(ERANGE, NTEVENT_STATUS_BUFFER_TOO_SMALL, query_link(fd, &info, NULL, 0));
	ASSERT_EQ(size, info.target_size);
	ASSERT_EQ(0, query_link(fd, &info, target, UINT32_MAX));
	ASSERT_EQ(size, info.target_size);
	fd = create_link(self->dev, NULL, NO_ROOT, u"");
	ASSERT_EQ(0, query_link(fd, &info, NULL, 0));
	ASSERT_EQ(0, info.target_size);
}

TEST_F(names, F17_needs_the_right_to_query)
{
	const uint32_t rights[] = { 0, NTEVENT_DELETE, NTEVENT_READ_CONTROL, LINK_ALL & ~NTEVENT_SYMBOLIC_LINK_QUERY };
	int full = create_link(self->dev, NULL, NO_ROOT, BASE), fd;
	struct ntevent_symbolic_link_info info;
	char16_t target[64] = { 7 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rights); i++) {
		ASSERT_LE(0, fd = duplicate(full, rights[i], 0));
		REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, query_link(fd, &info, target, sizeof(target)));
		REFUSED(EACCES, NTEVENT_STATUS_ACCESS_DENIED, query_link(fd, &info, target, 0));
		ASSERT_EQ(0, info.target_size);
		ASSERT_EQ(7, target[0]);
		close(fd);
	}
	ASSERT_LE(0, fd = duplicate(full, NTEVENT_SYMBOLIC_LINK_QUERY, 0));
	ASSERT_TRUE(leads_to(fd, BASE, sizeof(BASE) - 2));
}

TEST_F(names, F17_bad_input)
{
	int fd = create_link(self->dev, NULL, NO_ROOT, BASE), event = create(self->dev, NOTIFICATION, 0);
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const uint64_t bad[] = { 0, 8, (uintptr_t)page, 0xffff888000000000, 0x8000000000000000, UINT64_MAX - 1 };
	struct ntevent_symbolic_link_info info = { .target = (uintptr_t)page, .target_size = 4096 };
	char16_t target[64];
	unsigned int i;

	memcpy(page, &info, sizeof(info));
	ASSERT_EQ(0, mprotect(page, 4096, PROT_READ));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		info = (struct ntevent_symbolic_link_info){ .target = bad[i], .target_size = 100 };
		ASSERT_EQ(-EFAULT, result_of(ioctl(fd, NTEVENT_IOC_QUERY_SYMBOLIC_LINK, &info)));
		ASSERT_EQ(NTEVENT_STATUS_ACCESS_VIOLATION, info.status);
		ASSERT_EQ(100, info.target_size);
	}
	ASSERT_EQ(-EFAULT, result_of(ioctl(fd, NTEVENT_IOC_QUERY_SYMBOLIC_LINK, NULL)));
	ASSERT_EQ(-EFAULT, result_of(ioctl(fd, NTEVENT_IOC_QUERY_SYMBOLIC_LINK, page)));
	/* Other objects have no target, and the device is not an object. */
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, query_link(event, &info, target, sizeof(target)));
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, query_link(self->base, &info, target, sizeof(target)));
	ASSERT_EQ(-ENOTTY, query_link(self->dev, &info, target, sizeof(target)));
}

TEST_HARNESS_MAIN
