// SPDX-License-Identifier: GPL-2.0
/*
 * The security descriptor of an event: owner, group, mode, and the user namespace of its creator.
 */
#include "credentials.h"

static uint32_t rights_of_class(int bits)
{
	return (bits & 4 ? 0x20001 : 0) | (bits & 2 ? 0x20002 : 0) | (bits & 1 ? 0x120000 : 0);
}

static long maximum_with_mode(int dev, int mode)
{
	struct ntevent_create_event_args args = { .object = { .root = -1, .mode = mode } };

	return fdinfo(duplicate(create_with(dev, &args), NTEVENT_MAXIMUM_ALLOWED, 0), "access");
}

/*
 * The first matching class of owner, group and others decides, even if a later class grants more.
 */
TEST_F(nt, class_of_the_mode_decides)
{
	const uint32_t owner = NTEVENT_DELETE | NTEVENT_WRITE_DAC | NTEVENT_WRITE_OWNER;
	int bits, status;

	if (geteuid())
		SKIP(return, "needs root");
	AS_USER(1000) {
		int dev = open("/dev/ntevent", O_RDONLY);

		for (bits = 0; bits < 8; bits++)
			CHECK(maximum_with_mode(dev, bits << 6 | (7 ^ bits) * 011) == (owner | rights_of_class(bits)));
		_exit(0);
	}
	for (bits = 0; bits < 8; bits++) {
		struct ntevent_create_event_args args = {
			.object = { .root = -1, .mode = bits << 3 | (7 ^ bits) * 0101 },
		};
		int fd = create_with(self->dev, &args);
		const gid_t groups[] = { 5, getegid() };
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child) {
			CHECK(!setgroups(2, groups) && !setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000));
			CHECK(fdinfo(duplicate(fd, NTEVENT_MAXIMUM_ALLOWED, 0), "access") == rights_of_class(bits));
			_exit(0);
		}
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
	}
}

/* An event holds a reference to its creator's user namespace until it is freed. */
#define NAMESPACE_LIMIT "/proc/sys/user/max_user_namespaces"

static int make_event_in_namespace(void)
{
	int64_t end = now_ms() + SOON;

	if (setresuid(1000, 1000, 1000))
		return 2;
	/* The kernel frees a user namespace some time after its last reference is dropped. */
	while (unshare(CLONE_NEWUSER | CLONE_NEWIPC)) {
		if (errno != ENOSPC)
			return KSFT_SKIP;
		if (now_ms() > end)
			return 3;
		usleep(1000);
	}
	return create(open("/dev/ntevent", O_RDONLY), 0, 0) < 0;
}

TEST_F(nt, user_namespaces_are_let_go)
{
	long limit = read_number(NAMESPACE_LIMIT);
	FILE *file = fopen(NAMESPACE_LIMIT, "we");
	int round, status = 0;

	if (geteuid() || limit < 0 || !file)
		SKIP(return, "needs root and user namespaces");
	setbuf(file, NULL);
	fprintf(file, "8\n");
	for (round = 0; round < 32 && !status; round++) {
		pid_t child = fork();

		if (!child)
			_exit(make_event_in_namespace());
		waitpid(child, &status, 0);
	}
	rewind(file);
	fprintf(file, "%ld\n", limit);
	fclose(file);
	if (WIFEXITED(status) && WEXITSTATUS(status) == KSFT_SKIP)
		SKIP(return, "no user namespaces here");
	ASSERT_EQ(0, status);
}

TEST_HARNESS_MAIN
