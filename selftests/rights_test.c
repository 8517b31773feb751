// SPDX-License-Identifier: GPL-2.0
/*
 * The matrix of credentials, types, modes and requests for open, OPENIF, DUPLICATE and creation,
 * each against the oracle of rights.h. For paths see traverse_test.c.
 */
#include "rights.h"

/* Modes in which each class in turn differs from the other two in every bit. */
static unsigned int telling_mode(unsigned int i)
{
	unsigned int digit = i % 8, others = 7 & ~digit, class = i / 8;
	unsigned int mode = others * 0111;

	return (mode & ~(7u << 3 * class)) | digit << 3 * class;
}

#define TELLING_MODES	24
#define MODES		01000

/* Whether MODE is part of this run. */
static bool tried(unsigned int mode)
{
	unsigned int m;

	for (m = 0; m < TELLING_MODES; m += 13)
		if (telling_mode(m) == mode)
			return true;
	return mode % full_or_brief(1, 127) == 0;
}

/* The first mode from MODE on that is part of this run. */
static unsigned int next_tried(unsigned int mode)
{
	while (mode < MODES && !tried(mode))
		mode++;
	return mode;
}

#define FOR_EACH_MODE(mode) for ((mode) = next_tried(0); (mode) < MODES; (mode) = next_tried((mode) + 1))

FIXTURE(rights) {
	int dev;
	const struct type *type;
};

FIXTURE_VARIANT(rights) {
	const struct type *type;
};

FIXTURE_VARIANT_ADD(rights, event) { .type = &event_type };
FIXTURE_VARIANT_ADD(rights, directory) { .type = &directory_type };
FIXTURE_VARIANT_ADD(rights, symbolic_link) { .type = &link_type };

FIXTURE_SETUP(rights)
{
	if (access("/dev/ntevent", F_OK))
		SKIP(return, "/dev/ntevent is not there: load the module");
	if (geteuid())
		SKIP(return, "needs root");
	self->type = variant->type;
	self->dev = private_device();
	ASSERT_LE(0, self->dev);
}

FIXTURE_TEARDOWN(rights)
{
	close(self->dev);
}

static int open_object(int dev, const struct type *type, unsigned int mode, uint32_t desired)
{
	char16_t name[32];

	return with_name(dev, type->open, object(named(name, "\\BaseNamedObjects\\%o", mode), NO_ROOT, 0), desired);
}

static int openif_object(int dev, const struct type *type, unsigned int mode, uint32_t desired)
{
	char16_t name[32];

	named(name, "\\BaseNamedObjects\\%o", mode);
	return create_typed(dev, type, object(name, NO_ROOT, OPENIF), desired);
}

/* Creates objects of all modes. They live until this process exits. */
static bool build_objects(int dev, const struct type *type)
{
	char16_t name[32];
	unsigned int mode;

	if (build())
		return false;
	FOR_EACH_MODE(mode)
		if (built(dev, type, named(name, "\\BaseNamedObjects\\%o", mode), NO_ROOT, mode) < 0)
			return false;
	return !end_building();
}

/* MAXIMUM_ALLOWED reveals all granted rights at once. */
TEST_F_TIMEOUT(rights, every_mode_grants_its_rights, 120)
{
	unsigned int i;

	ASSERT_TRUE(build_objects(self->dev, self->type));
	for (i = 0; i < ARRAY_SIZE(credentials); i++) {
		AS(&credentials[i]) {
			unsigned int mode;

			FOR_EACH_MODE(mode)
				CHECK(agree(&credentials[i], "open", mode, MAXIMUM,
					    open_outcome(&credentials[i], self->type, mode, MAXIMUM),
					    outcome_of(open_object(self->dev, self->type, mode, MAXIMUM))));
			_exit(0);
		}
	}
}

static void ask_everything(int dev, const struct type *type, const struct credentials *who, unsigned int mode)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		uint64_t expected = open_outcome(who, type, mode, requests[i]), got;

		got = outcome_of(open_object(dev, type, mode, requests[i]));
		CHECK(agree(who, "open", mode, requests[i], expected, got));
		/* The status does not say that a link exists. */
		if (!(expected >> 32) && type != &link_type)
			expected |= OUTCOME(NTEVENT_STATUS_OBJECT_NAME_EXISTS, 0);
		got = outcome_of(openif_object(dev, type, mode, requests[i]));
		CHECK(agree(who, "OPENIF", mode, requests[i], expected, got));
	}
}

TEST_F_TIMEOUT(rights, every_request_is_granted_or_refused, 120)
{
	unsigned int i;

	ASSERT_TRUE(build_objects(self->dev, self->type));
	for (i = 0; i < ARRAY_SIZE(credentials); i++) {
		AS(&credentials[i]) {
			unsigned int m;

			for (m = 0; m < TELLING_MODES; m++)
				if (tried(telling_mode(m)))
					ask_everything(self->dev, self->type, &credentials[i], telling_mode(m));
			_exit(0);
		}
	}
}

static int duplicate_told(int fd, uint32_t desired)
{
	int ret = duplicate(fd, desired, 0);

	if (ret >= 0)
		last_status = 0;
	return ret;
}

static const uint32_t held[] = { 0, 0x20001, 0x10000 | SECURITY };

static void duplicate_everything(const int *fds, const struct type *type, const struct credentials *who, unsigned int mode)
{
	uint32_t limit = allowed(who, type, mode);
	unsigned int h, r;

	for (h = 0; h < ARRAY_SIZE(held); h++)
		for (r = 0; r < ARRAY_SIZE(requests); r++)
			CHECK(agree(who, "DUPLICATE", mode, requests[r],
				    request_outcome(who, type, held[h], limit, requests[r]),
				    outcome_of(duplicate_told(fds[h], requests[r]))));
}

/* A duplicate keeps its source's rights unchecked. Only the object can grant more. */
TEST_F_TIMEOUT(rights, duplicate_is_checked_beyond_its_source, 120)
{
	int fds[TELLING_MODES][ARRAY_SIZE(held)];
	unsigned int i, h, m;

	for (m = 0; m < TELLING_MODES; m++) {
		int full;

		ASSERT_EQ(0, build());
		full = built(self->dev, self->type, NULL, NO_ROOT, telling_mode(m));
		ASSERT_EQ(0, end_building());
		for (h = 0; h < ARRAY_SIZE(held); h++)
			ASSERT_LE(0, fds[m][h] = duplicate(full, held[h], 0));
	}
	for (i = 0; i < ARRAY_SIZE(credentials); i++) {
		AS(&credentials[i]) {
			for (m = 0; m < TELLING_MODES; m++)
				if (tried(telling_mode(m)))
					duplicate_everything(fds[m], self->type, &credentials[i], telling_mode(m));
			_exit(0);
		}
	}
}

/*
 * Creating needs the rights to traverse the directory and to create this type. GENERIC_WRITE has
 * both of the latter.
 */
static uint64_t create_outcome(const struct credentials *who, const struct type *type, uint32_t directory_mode,
			       uint32_t desired)
{
	uint32_t needed = 0x2 | (type == &directory_type ? 0x8 : 0x4);

	if (needed & ~allowed(who, &directory_type, directory_mode))
		return OUTCOME(DENIED, 0);
	/* The creator gets any right that it asks for. Bits that are not rights are ignored. */
	return request_outcome(who, type, 0, type->all, known(type, desired));
}

static int create_in(int dev, const struct type *type, unsigned int mode, uint32_t desired)
{
	char16_t name[32];
	struct ntevent_object_attributes attributes;

	attributes = object(named(name, "\\BaseNamedObjects\\%o\\new", mode), NO_ROOT, 0);
	/* The mode of the new object does not restrict its creator. */
	attributes.mode = 0007;
	return create_typed(dev, type, attributes, desired);
}

TEST_F_TIMEOUT(rights, creating_takes_rights_to_the_directory, 120)
{
	const struct type *type = self->type;
	unsigned int i, mode;

	ASSERT_TRUE(build_objects(self->dev, &directory_type));
	for (i = 0; i < ARRAY_SIZE(credentials); i++) {
		const struct credentials *who = &credentials[i];

		AS(who) {
			FOR_EACH_MODE(mode)
				CHECK(agree(who, "create", mode, type->all, create_outcome(who, type, mode, type->all),
					    outcome_of(create_in(self->dev, type, mode, type->all))));
			_exit(0);
		}
	}
	/* No object is left. */
	FOR_EACH_MODE(mode) {
		int directory = open_object(self->dev, &directory_type, mode, DIRECTORY_ALL);

		ASSERT_EQ(0, count_entries(directory));
		close(directory);
	}
}

TEST_F_TIMEOUT(rights, creator_gets_what_it_asks_for, 120)
{
	unsigned int i;

	ASSERT_TRUE(build_objects(self->dev, &directory_type));
	for (i = 0; i < ARRAY_SIZE(credentials); i++) {
		const struct credentials *who = &credentials[i];

		AS(who) {
			unsigned int r, m;

			for (r = 0; r < ARRAY_SIZE(requests); r++)
				for (m = 0; m < TELLING_MODES; m += full_or_brief(5, 13))
					CHECK(agree(who, "create", telling_mode(m), requests[r],
						    create_outcome(who, self->type, telling_mode(m), requests[r]),
						    outcome_of(create_in(self->dev, self->type, telling_mode(m),
									 requests[r]))));
			_exit(0);
		}
	}
}

/* A directory handle as the root gives no right to the directory, whatever its own rights. */
TEST_F_TIMEOUT(rights, root_handle_gives_no_right, 120)
{
	int full[TELLING_MODES], bare[TELLING_MODES];
	uint32_t all = self->type->all;
	unsigned int i, m;

	for (m = 0; m < TELLING_MODES; m++) {
		ASSERT_EQ(0, build());
		ASSERT_LE(0, full[m] = built(self->dev, &directory_type, NULL, NO_ROOT, telling_mode(m)));
		ASSERT_EQ(0, end_building());
		ASSERT_LE(0, bare[m] = duplicate(full[m], 0, 0));
	}
	for (i = 0; i < ARRAY_SIZE(credentials); i++) {
		const struct credentials *who = &credentials[i];

		AS(who) {
			for (m = 0; m < TELLING_MODES; m++) {
				uint64_t expected = create_outcome(who, self->type, telling_mode(m), all);
				struct ntevent_object_attributes new = object(u"new", full[m], 0);

				CHECK(agree(who, "create, full root", telling_mode(m), all, expected,
					    outcome_of(create_typed(self->dev, self->type, new, all))));
				new.root = bare[m];
				CHECK(agree(who, "create, bare root", telling_mode(m), all, expected,
					    outcome_of(create_typed(self->dev, self->type, new, all))));
			}
			_exit(0);
		}
	}
}

/* However a handle is passed on, it has the same rights. */
TEST_F_TIMEOUT(rights, no_right_grows_on_its_way, 120)
{
	const uint32_t narrow[] = { 0, 0x1, 0x2, 0x10000, 0x20000, 0x80000, SECURITY, 0x30001 };
	unsigned int i;
	int sockets[2], full;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	ASSERT_EQ(0, build());
	full = built(self->dev, self->type, IN_BASE(u"x"), NO_ROOT, 0700);
	ASSERT_EQ(0, end_building());
	ASSERT_LE(0, full);
	for (i = 0; i < ARRAY_SIZE(narrow); i++) {
		uint32_t rights = narrow[i];
		int fd;

		/* Only events have the right 2. */
		if (rights & ~(self->type->all | SECURITY))
			continue;
		ASSERT_LE(0, fd = duplicate(full, rights, 0));
		send_fd(sockets[0], fd);
		AS_USER(4000) {
			char path[32];
			int got = receive_fd(sockets[1]);

			CHECK(granted(fd) == rights && granted(dup(fd)) == rights && granted(got) == rights);
			CHECK(granted(fcntl(got, F_DUPFD_CLOEXEC, 0)) == rights);
			CHECK(granted(duplicate(got, 0, NTEVENT_DUPLICATE_SAME_ACCESS)) == rights);
			CHECK(granted(duplicate(got, MAXIMUM, 0)) == rights);
			CHECK(duplicate(got, rights | 0x40000, 0) == -EACCES);
			CHECK(with_name(self->dev, self->type->open, object(IN_BASE(u"x"), NO_ROOT, 0), 0x20000) == -EACCES);
			/* Opening it through /proc fails. */
			snprintf(path, sizeof(path), "/proc/self/fd/%d", got);
			CHECK(open(path, O_RDWR) == -1);
			_exit(0);
		}
		close(fd);
	}
}

/* The effective ids decide about ownership and access. Real and saved ids do not. */
TEST_F(nt, effective_ids_count)
{
	struct ntevent_object_info info;
	char16_t name[64];

	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_EQ(0, ioctl(self->dev, NTEVENT_IOC_NEW_NAMESPACE));
	AS((&(struct credentials){ .uid = 1000, .gid = 1000, .capabilities = CAPABILITY(CAP_SETUID) | CAPABILITY(CAP_SETGID) })) {
		int fd, dev = self->dev;

		CHECK(!setresgid(1000, 3000, 5000) && !setresuid(1000, 4000, 5000));
		CHECK((fd = create_event(dev, IN_BASE(u"x"), NO_ROOT, 0)) >= 0);
		CHECK(!query_object(fd, &info, name, sizeof(name)));
		CHECK(info.uid == 4000 && info.gid == 3000 && info.mode == 0700);
		CHECK(open_event(dev, IN_BASE(u"x"), NO_ROOT, 0) >= 0);
		CHECK(!setresuid(4000, 1000, 4000));
		CHECK(open_event(dev, IN_BASE(u"x"), NO_ROOT, 0) == -EACCES);
		_exit(0);
	}
}

/* OBJ_PERMANENT needs CAP_SYS_ADMIN in the user namespace of the object namespace. */
TEST_F(nt, V203_privileges_are_of_one_capability)
{
	unsigned int i;

	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_EQ(0, ioctl(self->dev, NTEVENT_IOC_NEW_NAMESPACE));
	for (i = 0; i < ARRAY_SIZE(credentials); i++) {
		const struct credentials *who = &credentials[i];
		bool privileged = who->capabilities & SYS_ADMIN;

		AS(who) {
			int fd = create_event(self->dev, IN_BASE(u"x"), NO_ROOT, 0), other;

			CHECK(fd >= 0);
			CHECK(make_permanent(fd) == (privileged ? 0 : -EPERM));
			CHECK(make_temporary(fd) == 0);
			other = create_event(self->dev, IN_BASE(u"y"), NO_ROOT, PERMANENT);
			CHECK(privileged ? other >= 0 : other == -EPERM);
			CHECK(privileged || last_status == NTEVENT_STATUS_PRIVILEGE_NOT_HELD);
			CHECK(!privileged || make_temporary(other) == 0);
			/* The missing privilege is reported before the path is walked. */
			other = create_event(self->dev, u"\\none\\y", NO_ROOT, PERMANENT);
			CHECK(other == (privileged ? -ENOENT : -EPERM));
			_exit(0);
		}
	}
}

TEST_HARNESS_MAIN
