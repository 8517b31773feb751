/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of names share: the commands with a name, as functions. A name is a UTF-16
 * literal, such as u"\\BaseNamedObjects\\x". Commands return an fd or 0, or -errno. The NTSTATUS is
 * in last_status, even on success.
 */
#ifndef NTEVENT_NAMES_H
#define NTEVENT_NAMES_H

#include "ntevent_test.h"
#include <uchar.h>

#define NO_ROOT		NTEVENT_NO_ROOT
#define BASE		u"\\BaseNamedObjects"
#define IN_BASE(name)	BASE u"\\" name
#define OPENIF		NTEVENT_OBJ_OPENIF
#define FOLD		NTEVENT_OBJ_CASE_INSENSITIVE
#define PERMANENT	NTEVENT_OBJ_PERMANENT
#define DIRECTORY_ALL	NTEVENT_DIRECTORY_ALL_ACCESS
#define LINK_ALL	NTEVENT_SYMBOLIC_LINK_ALL_ACCESS
#define PERMANENT_NAMES	4096	/* the limit of a namespace */
#define START_UP_NAMES	23	/* permanent names at the start */
#define ROOT_NAMES	6	/* names in \ */
#define BASE_NAMES	4	/* names in \BaseNamedObjects */
#define KERNEL_NAMES	9	/* names in \KernelObjects */

static inline uint32_t units_of(const char16_t *name)
{
	uint32_t units = 0;

	while (name[units])
		units++;
	return units;
}

/* The attributes of an object. A null NAME means no name. */
static inline struct ntevent_object_attributes object(const char16_t *name, int root, uint32_t attributes)
{
	return (struct ntevent_object_attributes){
		.name = (uintptr_t)name,
		.name_length = name ? 2 * units_of(name) : 0,
		.attributes = attributes,
		.root = root,
	};
}

static inline int create_event_as(int dev, struct ntevent_object_attributes attributes, uint32_t access, uint32_t type,
				  uint32_t initial_state)
{
	struct ntevent_create_event_args args = {
		.object = attributes,
		.desired_access = access,
		.event_type = type,
		.initial_state = initial_state,
	};

	return create_with(dev, &args);
}

static inline int create_event(int dev, const char16_t *name, int root, uint32_t attributes)
{
	return create_event_as(dev, object(name, root, attributes), ALL_ACCESS, SYNCHRONIZATION, 0);
}

/* Any OPEN command, or CREATE_DIRECTORY. */
static inline int with_name(int dev, unsigned long command, struct ntevent_object_attributes attributes, uint32_t access)
{
	struct ntevent_open_args args = {
		.object = attributes,
		.desired_access = access,
		.status = UNSTORED,
	};
	int ret = result_of(ioctl(dev, command, &args));

	last_status = args.status;
	return ret;
}

static inline int open_event(int dev, const char16_t *name, int root, uint32_t attributes)
{
	return with_name(dev, NTEVENT_IOC_OPEN_EVENT, object(name, root, attributes), ALL_ACCESS);
}

static inline int create_directory(int dev, const char16_t *name, int root, uint32_t attributes)
{
	return with_name(dev, NTEVENT_IOC_CREATE_DIRECTORY, object(name, root, attributes), DIRECTORY_ALL);
}

static inline int open_directory(int dev, const char16_t *name, int root, uint32_t attributes)
{
	return with_name(dev, NTEVENT_IOC_OPEN_DIRECTORY, object(name, root, attributes), DIRECTORY_ALL);
}

static inline int open_link(int dev, const char16_t *name, int root, uint32_t attributes)
{
	return with_name(dev, NTEVENT_IOC_OPEN_SYMBOLIC_LINK, object(name, root, attributes), LINK_ALL);
}

static inline int create_link_with(int dev, struct ntevent_object_attributes attributes, const char16_t *target,
				   uint32_t access)
{
	struct ntevent_create_link_args args = {
		.object = attributes,
		.target = (uintptr_t)target,
		.target_length = target ? 2 * units_of(target) : 0,
		.desired_access = access,
		.status = UNSTORED,
	};
	int ret = result_of(ioctl(dev, NTEVENT_IOC_CREATE_SYMBOLIC_LINK, &args));

	last_status = args.status;
	return ret;
}

static inline int create_link_as(int dev, struct ntevent_object_attributes attributes, const char16_t *target)
{
	return create_link_with(dev, attributes, target, LINK_ALL);
}

/* Any command with a name. Creates an event unsignaled, and a link to \BaseNamedObjects. */
static inline int command_as(int dev, unsigned long command, struct ntevent_object_attributes attributes, uint32_t access)
{
	if (command == NTEVENT_IOC_CREATE_EVENT)
		return create_event_as(dev, attributes, access, SYNCHRONIZATION, 0);
	if (command == NTEVENT_IOC_CREATE_SYMBOLIC_LINK)
		return create_link_with(dev, attributes, BASE, access);
	return with_name(dev, command, attributes, access);
}

static inline int create_link(int dev, const char16_t *name, int root, const char16_t *target)
{
	return create_link_as(dev, object(name, root, 0), target);
}

static inline int query_object(int fd, struct ntevent_object_info *info, char16_t *name, uint32_t size)
{
	int ret;

	*info = (struct ntevent_object_info){ .name = (uintptr_t)name, .name_size = size, .status = UNSTORED };
	ret = result_of(ioctl(fd, NTEVENT_IOC_QUERY_OBJECT, info));
	last_status = info->status;
	return ret;
}

/* Whether the full path of the object of FD is PATH. */
static inline bool is_called(int fd, const char16_t *path)
{
	char16_t name[512];
	struct ntevent_object_info info;

	return !query_object(fd, &info, name, sizeof(name)) && info.name_size == 2 * units_of(path) &&
	       !memcmp(name, path, info.name_size);
}

static inline long handle_count(int fd)
{
	struct ntevent_object_info info;
	char16_t name[512];
	int ret = query_object(fd, &info, name, sizeof(name));

	return ret < 0 ? ret : (long)info.handle_count;
}

/* Reads the next entry of directory FD. NAME is a buffer of SIZE bytes. ENTRY has the cursor. */
static inline int query_directory(int fd, struct ntevent_directory_entry *entry, char16_t *name, uint32_t size)
{
	int ret;

	entry->name = (uintptr_t)name;
	entry->name_size = size;
	entry->status = UNSTORED;
	ret = result_of(ioctl(fd, NTEVENT_IOC_QUERY_DIRECTORY, entry));
	last_status = entry->status;
	return ret;
}

/* Reads the target of link FD. TARGET is a buffer of SIZE bytes. */
static inline int query_link(int fd, struct ntevent_symbolic_link_info *info, char16_t *target, uint32_t size)
{
	int ret;

	*info = (struct ntevent_symbolic_link_info){ .target = (uintptr_t)target, .target_size = size, .status = UNSTORED };
	ret = result_of(ioctl(fd, NTEVENT_IOC_QUERY_SYMBOLIC_LINK, info));
	last_status = info->status;
	return ret;
}

/* The number of entries of directory FD, or -errno. */
static inline int count_entries(int fd)
{
	struct ntevent_directory_entry entry = { 0 };
	char16_t name[512];
	int count = 0, ret;

	while (!(ret = query_directory(fd, &entry, name, sizeof(name))))
		count++;
	return ret == -ENOENT && last_status == NTEVENT_STATUS_NO_MORE_ENTRIES ? count : ret;
}

static inline int make_temporary(int fd)
{
	return result_of(ioctl(fd, NTEVENT_IOC_MAKE_TEMPORARY));
}

static inline int make_permanent(int fd)
{
	return result_of(ioctl(fd, NTEVENT_IOC_MAKE_PERMANENT));
}

/* Opens the device with a namespace of its own, so that tests do not see each other's names. */
static inline int private_device(void)
{
	int dev = open("/dev/ntevent", O_RDONLY | O_CLOEXEC);

	if (dev >= 0 && ioctl(dev, NTEVENT_IOC_NEW_NAMESPACE)) {
		close(dev);
		return -1;
	}
	return dev;
}

#endif
