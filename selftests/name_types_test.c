// SPDX-License-Identifier: GPL-2.0
/*
 * The same rules for events, directories and links: what each type, and each way to open, refuses.
 */
#include <sys/resource.h>
#include "name_forms.h"

static struct ntevent_object_attributes x(void)
{
	return object(IN_BASE(u"x"), NO_ROOT, 0);
}

static int duplicate_as(int fd, struct ntevent_duplicate_args args)
{
	int ret;

	args.status = UNSTORED;
	ret = result_of(ioctl(fd, NTEVENT_IOC_DUPLICATE, &args));
	last_status = args.status;
	return ret;
}

TEST_F(names, arguments_of_each_kind_of_handle)
{
	EACH_CREATION(form) {
		struct ntevent_object_info info = { .pad = 1 };
		struct ntevent_duplicate_args options = { .options = 0x80 }, attributes = { .attributes = 0x8000 };
		int fd = call(form, self->dev, x());

		ASSERT_LE(0, fd);
		ASSERT_EQ(-EFAULT, result_of(ioctl(fd, NTEVENT_IOC_DUPLICATE, NULL)));
		ASSERT_EQ(-EFAULT, result_of(ioctl(fd, NTEVENT_IOC_QUERY_OBJECT, NULL)));
		ASSERT_EQ(-EFAULT, result_of(ioctl(fd, NTEVENT_IOC_QUERY_DIRECTORY, NULL)));
		ASSERT_EQ(-EFAULT, result_of(ioctl(fd, NTEVENT_IOC_WAIT_ONE, (void *)8)));
		ASSERT_TRUE(is_failure("options", duplicate_as(fd, options), NTEVENT_STATUS_INVALID_PARAMETER));
		ASSERT_TRUE(is_failure("attributes", duplicate_as(fd, attributes), NTEVENT_STATUS_INVALID_PARAMETER));
		ASSERT_EQ(-EINVAL, result_of(ioctl(fd, NTEVENT_IOC_QUERY_OBJECT, &info)));
		ASSERT_EQ(NTEVENT_STATUS_INVALID_PARAMETER, info.status);
		ASSERT_EQ(0, close(fd));
	}
}

TEST_F(names, no_fd_for_a_duplicate_of_any_kind)
{
	struct rlimit before, none;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &before));
	EACH_CREATION(form) {
		int fd = call(form, self->dev, x()), ret;

		none = (struct rlimit) { lowest_free_fd(fd), before.rlim_max };
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
		ret = duplicate(fd, 1, 0);
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &before));
		ASSERT_TRUE(is_failure(form->text, ret, NTEVENT_STATUS_TOO_MANY_OPENED_FILES));
		ASSERT_EQ(1, handle_count(fd));
		ASSERT_EQ(0, close(fd));
	}
}

TEST_F(names, V173_V176_each_opening_checks_attributes_and_mode)
{
	struct ntevent_object_attributes both = x(), mode = x(), exclusive = x();

	both.attributes = NTEVENT_OBJ_EXCLUSIVE | NTEVENT_OBJ_INHERIT;
	exclusive.attributes = NTEVENT_OBJ_EXCLUSIVE;
	mode.mode = 0xffff;
	EACH_CREATION(form) {
		int fd = call(form, self->dev, x());

		ASSERT_LE(0, fd);
		REFUSES(OPENING(form), self->dev, both, INVALID_PARAMETER);
		REFUSES(OPENING(form), self->dev, mode, INVALID_PARAMETER);
		REFUSES(OPENING(form), self->dev, exclusive, INVALID_PARAMETER);
		ASSERT_EQ(0, close(fd));
	}
}

/* No path leads to the root itself, which is a directory. */
TEST_F(names, V166_root_itself_is_a_directory)
{
	struct ntevent_object_attributes itself = counted(u"", 0, self->base, OPENIF);

	EACH_OPEN(form) {
		if (form->type != NTEVENT_TYPE_DIRECTORY)
			REFUSES(form, self->dev, itself, OBJECT_TYPE_MISMATCH);
	}
}

TEST_F(names, V207_V208_rights_and_privilege_for_each_kind)
{
	EACH_CREATION(form) {
		int fd = call(form, self->dev, x()), query = call_as(OPENING(form), self->dev, x(), 1), status;
		pid_t child;

		ASSERT_LE(0, query);
		ASSERT_EQ(-EACCES, make_temporary(query));
		if (!geteuid()) {
			child = fork();
			ASSERT_LE(0, child);
			if (!child)
				_exit(setresuid(1000, 1000, 1000) || make_permanent(fd) != -EPERM);
			ASSERT_EQ(child, waitpid(child, &status, 0));
			ASSERT_EQ(0, status);
		}
		ASSERT_EQ(0, close(fd));
		ASSERT_EQ(0, close(query));
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, exclusive_objects_of_each_kind)
{
	struct ntevent_object_attributes exclusive = x(), again = x();

	exclusive.attributes = NTEVENT_OBJ_EXCLUSIVE;
	again.attributes = NTEVENT_OBJ_EXCLUSIVE | OPENIF;
	EACH_CREATION(form) {
		int fd = call(form, self->dev, exclusive), other, status;
		pid_t child;

		ASSERT_LE(0, fd);
		EXISTS(form, self->dev, again);
		SUCCEEDS(OPENING(form), self->dev, exclusive);
		REFUSES(OPENING(form), self->dev, x(), ACCESS_DENIED);
		other = duplicate(fd, 1, 0);
		ASSERT_LE(0, other);
		ASSERT_EQ(0, close(other));
		child = fork();
		ASSERT_LE(0, child);
		if (!child)
			_exit(!is_failure("duplicate", duplicate(fd, 1, 0), NTEVENT_STATUS_ACCESS_DENIED) ||
			      !refuses(OPENING(form), self->dev, exclusive, 1, NTEVENT_STATUS_ACCESS_DENIED));
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
		ASSERT_EQ(0, close(fd));
		fd = call(form, self->dev, x());
		ASSERT_LE(0, fd);
		REFUSES(form, self->dev, again, INVALID_PARAMETER);
		ASSERT_EQ(0, close(fd));
	}
}

TEST_F(names, each_kind_without_a_name)
{
	struct ntevent_object_attributes nameless = object(NULL, NO_ROOT, 0);

	EACH_CREATION(form) {
		int fd = call(form, self->dev, nameless);

		ASSERT_LE(0, fd);
		if (!geteuid())
			ASSERT_EQ(0, make_permanent(fd));
		ASSERT_EQ(0, make_temporary(fd));
		ASSERT_EQ(0, close(fd));
		/* Bits that are not rights are ignored. */
		fd = call_as(form, self->dev, nameless, 1u << 26 | NTEVENT_DELETE);
		ASSERT_EQ(NTEVENT_DELETE, fdinfo(fd, "access"));
		ASSERT_EQ(0, close(fd));
	}
}

TEST_HARNESS_MAIN
