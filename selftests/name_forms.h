/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of paths share: a table of the six commands with a name, so that each rule is
 * tested with each, a fixture with a namespace of its own, and a check that nothing is left in it.
 */
#ifndef NTEVENT_NAME_FORMS_H
#define NTEVENT_NAME_FORMS_H

#define NTEVENT_OWN_FIXTURE
#include "names.h"

struct form {
	const char *text;
	unsigned long command;
	bool creates;
	uint32_t type;
};

static const struct form forms[] = {
	{ "create event", NTEVENT_IOC_CREATE_EVENT, true, NTEVENT_TYPE_EVENT },
	{ "create directory", NTEVENT_IOC_CREATE_DIRECTORY, true, NTEVENT_TYPE_DIRECTORY },
	{ "create link", NTEVENT_IOC_CREATE_SYMBOLIC_LINK, true, NTEVENT_TYPE_SYMBOLIC_LINK },
	{ "open event", NTEVENT_IOC_OPEN_EVENT, false, NTEVENT_TYPE_EVENT },
	{ "open directory", NTEVENT_IOC_OPEN_DIRECTORY, false, NTEVENT_TYPE_DIRECTORY },
	{ "open link", NTEVENT_IOC_OPEN_SYMBOLIC_LINK, false, NTEVENT_TYPE_SYMBOLIC_LINK },
};

#define EACH_FORM(f)		for (const struct form *f = forms; f < forms + 6; f++)
#define EACH_CREATION(f)	for (const struct form *f = forms; f < forms + 3; f++)
#define EACH_OPEN(f)		for (const struct form *f = forms + 3; f < forms + 6; f++)
/* The form that opens what FORM creates. */
#define OPENING(form)		((form) + 3)
#define CREATE_EVENT		(&forms[0])
#define CREATE_DIRECTORY	(&forms[1])
#define CREATE_LINK		(&forms[2])

/* Whether the form ignores case in names even without FOLD. */
static inline bool folds(const struct form *form)
{
	return form->type != NTEVENT_TYPE_EVENT;
}

/* The status of OPENIF if the object exists. For a link it is the same as for a new link. */
static inline uint32_t status_of_existing(const struct form *form)
{
	return form->type == NTEVENT_TYPE_SYMBOLIC_LINK ? NTEVENT_STATUS_SUCCESS : NTEVENT_STATUS_OBJECT_NAME_EXISTS;
}

static inline struct ntevent_object_attributes counted(const void *name, uint32_t length, int root, uint32_t attributes)
{
	return (struct ntevent_object_attributes){
		.name = (uintptr_t)name, .name_length = length, .root = root, .attributes = attributes,
	};
}

static inline uint32_t all_of(uint32_t type)
{
	return type == NTEVENT_TYPE_EVENT ? ALL_ACCESS : type == NTEVENT_TYPE_DIRECTORY ? DIRECTORY_ALL : LINK_ALL;
}

static inline int call_as(const struct form *form, int dev, struct ntevent_object_attributes attributes,
			  uint32_t access)
{
	return command_as(dev, form->command, attributes, access);
}

static inline int call(const struct form *form, int dev, struct ntevent_object_attributes attributes)
{
	return call_as(form, dev, attributes, all_of(form->type));
}

static inline int errno_of(uint32_t status)
{
	switch (status) {
	case NTEVENT_STATUS_INVALID_HANDLE:
		return EBADF;
	case NTEVENT_STATUS_ACCESS_DENIED:
		return EACCES;
	case NTEVENT_STATUS_PRIVILEGE_NOT_HELD:
		return EPERM;
	case NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND:
	case NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND:
	case NTEVENT_STATUS_NO_MORE_ENTRIES:
		return ENOENT;
	case NTEVENT_STATUS_OBJECT_NAME_COLLISION:
		return EEXIST;
	case NTEVENT_STATUS_ACCESS_VIOLATION:
		return EFAULT;
	case NTEVENT_STATUS_BUFFER_TOO_SMALL:
		return ERANGE;
	case NTEVENT_STATUS_TOO_MANY_OPENED_FILES:
		return EMFILE;
	case NTEVENT_STATUS_REPARSE_POINT_ENCOUNTERED:
		return ELOOP;
	}
	return EINVAL;
}

static inline int lowest_free_fd(int any)
{
	int fd = fcntl(any, F_DUPFD, 0);

	close(fd);
	return fd;
}

/* Whether RESULT of the command TEXT is the failure STATUS. Prints a message if not. */
static inline bool is_failure(const char *text, int result, uint32_t status)
{
	if (result == -errno_of(status) && last_status == status)
		return true;
	printf("# %s: result %d status %#x, expected %d %#x\n", text, result, last_status, -errno_of(status), status);
	return false;
}

/* Whether FORM fails with STATUS and leaves no fd. */
static inline bool refuses(const struct form *form, int dev, struct ntevent_object_attributes attributes,
			   uint32_t access, uint32_t status)
{
	int free_fd = lowest_free_fd(dev);
	bool fails = is_failure(form->text, call_as(form, dev, attributes, access), status);

	return fails && lowest_free_fd(dev) == free_fd;
}

#define REFUSES(form, dev, attributes, status) \
	ASSERT_TRUE(refuses(form, dev, attributes, all_of((form)->type), NTEVENT_STATUS_##status))

/* Whether FORM succeeds with STATUS. Closes the fd. */
static inline bool succeeds(const struct form *form, int dev, struct ntevent_object_attributes attributes,
			    uint32_t status)
{
	int fd = call(form, dev, attributes);

	if (fd >= 0)
		close(fd);
	if (fd < 0 || last_status != status)
		printf("# %s: result %d status %#x, expected success %#x\n", form->text, fd, last_status, status);
	return fd >= 0 && last_status == status;
}

#define SUCCEEDS(form, dev, attributes) ASSERT_TRUE(succeeds(form, dev, attributes, NTEVENT_STATUS_SUCCESS))
#define EXISTS(form, dev, attributes) ASSERT_TRUE(succeeds(form, dev, attributes, status_of_existing(form)))

/* Whether the namespace holds exactly the start-up names. */
static inline bool is_fresh(int dev)
{
	static const struct {
		const char16_t *path;
		int entries;
	} tree[] = {
		{ u"\\", ROOT_NAMES }, { BASE, BASE_NAMES }, { u"\\Sessions", 2 }, { u"\\Sessions\\0", 1 },
		{ u"\\Sessions\\BNOLINKS", 1 }, { u"\\KernelObjects", KERNEL_NAMES }, { IN_BASE(u"Restricted"), 0 },
		{ u"\\RPC Control", 0 }, { u"\\??", 0 }, { u"\\GLOBAL??", 0 },
	};
	bool fresh = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tree); i++) {
		int fd = with_name(dev, NTEVENT_IOC_OPEN_DIRECTORY, object(tree[i].path, NO_ROOT, 0), NTEVENT_DIRECTORY_QUERY);
		int entries = fd < 0 ? fd : count_entries(fd);

		if (entries != tree[i].entries)
			printf("# directory %u of the start-up tree: %d entries\n", i, entries);
		fresh = fresh && entries == tree[i].entries;
		close(fd);
	}
	return fresh;
}

/* Whether these are handles to one event. Leaves it unsignaled. */
static inline bool same_event(int one, int other)
{
	return reset(one) >= 0 && !set(other) && state(one) == 1 && reset(other) == 1 && state(one) == 0;
}

/* A namespace of its own, and its \BaseNamedObjects. */
FIXTURE(names) {
	int dev;
	int base;
};

FIXTURE_SETUP(names)
{
	self->dev = private_device();
	if (self->dev < 0 && errno == ENOENT)
		SKIP(return, "/dev/ntevent is not there: load the module");
	ASSERT_LE(0, self->dev);
	self->base = open_directory(self->dev, BASE, NO_ROOT, 0);
	ASSERT_LE(0, self->base);
}

FIXTURE_TEARDOWN(names)
{
	close(self->base);
	close(self->dev);
}

#endif
