/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the matrices of rights share: the credentials and an oracle. The oracle computes what the
 * contract ("Handles and rights" in docs/semantics.md, NT's C1 and C2) says from a caller's
 * credentials, an object's owner, group and mode, and a request. It shares only numbers with the
 * module.
 */
#ifndef NTEVENT_RIGHTS_H
#define NTEVENT_RIGHTS_H

#include "names.h"
#include "credentials.h"
#include <stdarg.h>

/* The owner and group of every object in the matrices. */
#define OWNER 1000
#define GROUP 3000

#define SECURITY	NTEVENT_ACCESS_SYSTEM_SECURITY
#define MAXIMUM		NTEVENT_MAXIMUM_ALLOWED
#define DENIED		NTEVENT_STATUS_ACCESS_DENIED
#define IPC_OWNER	CAPABILITY(CAP_IPC_OWNER)
#define SYS_ADMIN	CAPABILITY(CAP_SYS_ADMIN)

static const struct credentials credentials[] = {
	{ "root", 0, 0, 0, ALL_CAPABILITIES, false },
	{ "owner", OWNER, 1000, 0, NO_CAPABILITY, false },
	{ "owner in the group", OWNER, GROUP, 0, NO_CAPABILITY, false },
	{ "group", 2000, GROUP, 0, NO_CAPABILITY, false },
	{ "supplementary group", 2001, 2001, GROUP, NO_CAPABILITY, false },
	{ "stranger", 4000, 4000, 0, NO_CAPABILITY, false },
	{ "stranger with the ids swapped", GROUP, OWNER, 0, NO_CAPABILITY, false },
	{ "CAP_IPC_OWNER", 4001, 4001, 0, IPC_OWNER, false },
	{ "CAP_SYS_ADMIN", 4002, 4002, 0, SYS_ADMIN, false },
	{ "CAP_SYS_ADMIN of the group", 4003, GROUP, 0, SYS_ADMIN, false },
	{ "every other capability", 4004, 4004, 0, ALL_CAPABILITIES & ~IPC_OWNER & ~SYS_ADMIN, false },
	{ "root without capabilities", 0, 0, 0, NO_CAPABILITY, false },
	{ "user-namespace root", 4005, 4005, 0, NO_CAPABILITY, true },
	{ "user-namespace root that is the owner", OWNER, 1000, 0, NO_CAPABILITY, true },
	{ "user-namespace root of the group", 4006, 4006, GROUP, NO_CAPABILITY, true },
};

/* A type: its valid rights, what GENERIC_READ, _WRITE and _EXECUTE map to, and its commands. */
struct type {
	uint32_t all, read, write, execute;
	unsigned long create, open;
};

static const struct type event_type = { 0x1f0003, 0x20001, 0x20002, 0x120000, NTEVENT_IOC_CREATE_EVENT,
					NTEVENT_IOC_OPEN_EVENT };
static const struct type directory_type = { 0xf000f, 0x20003, 0x2000c, 0x20003, NTEVENT_IOC_CREATE_DIRECTORY,
					    NTEVENT_IOC_OPEN_DIRECTORY };
static const struct type link_type = { 0xf0001, 0x20001, 0x20000, 0x20001, NTEVENT_IOC_CREATE_SYMBOLIC_LINK,
				       NTEVENT_IOC_OPEN_SYMBOLIC_LINK };

/* Requests: nothing, each right, generic rights, privileged rights, and undefined bits. */
static const uint32_t requests[] = {
	0, 0x1, 0x2, 0x4, 0x8, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000,
	NTEVENT_GENERIC_READ, NTEVENT_GENERIC_WRITE, NTEVENT_GENERIC_EXECUTE, NTEVENT_GENERIC_ALL,
	NTEVENT_GENERIC_READ | NTEVENT_GENERIC_WRITE, NTEVENT_GENERIC_WRITE | 0x1, NTEVENT_GENERIC_EXECUTE | 0x10000,
	MAXIMUM, MAXIMUM | 0x1, MAXIMUM | 0x10000, MAXIMUM | NTEVENT_GENERIC_READ,
	SECURITY, SECURITY | 0x1, SECURITY | MAXIMUM, 0x1f0003, 0xf000f, 0xf0001, 0x200000, 0x10, 0x4000001,
};

/* The rights that MODE grants WHO to an object of TYPE, by the first class that matches. */
static inline uint32_t allowed(const struct credentials *who, const struct type *type, uint32_t mode)
{
	uint32_t rights = 0;

	if (who->capabilities & IPC_OWNER)
		return type->all;
	if (!mode)
		mode = 0700;
	if (who->uid == OWNER) {
		mode >>= 6;
		rights = NTEVENT_DELETE | NTEVENT_WRITE_DAC | NTEVENT_WRITE_OWNER;
	} else if (who->gid == GROUP || who->group == GROUP) {
		mode >>= 3;
	}
	if (mode & 4)
		rights |= type->read;
	if (mode & 2)
		rights |= type->write;
	if (mode & 1)
		rights |= type->execute;
	return rights;
}

/* The rights that DESIRED stands for. */
static inline uint32_t mapped(const struct type *type, uint32_t desired)
{
	return (desired & ~(0xf0000000 | MAXIMUM)) |
	       (desired & NTEVENT_GENERIC_READ ? type->read : 0) |
	       (desired & NTEVENT_GENERIC_WRITE ? type->write : 0) |
	       (desired & NTEVENT_GENERIC_EXECUTE ? type->execute : 0) |
	       (desired & NTEVENT_GENERIC_ALL ? type->all : 0);
}

/* An outcome: an NTSTATUS in the upper half, the granted rights in the lower. */
#define OUTCOME(status, rights) ((uint64_t)(status) << 32 | (uint32_t)(rights))

/*
 * The outcome of a request for DESIRED if LIMIT is allowed and HELD needs no check. The status of a
 * success is up to the caller.
 */
static inline uint64_t request_outcome(const struct credentials *who, const struct type *type, uint32_t held, uint32_t limit,
				       uint32_t desired)
{
	uint32_t rights = mapped(type, desired);

	if (rights & ~(type->all | SECURITY))
		return OUTCOME(DENIED, 0);
	if (rights & ~held & SECURITY && !(who->capabilities & SYS_ADMIN))
		return OUTCOME(NTEVENT_STATUS_PRIVILEGE_NOT_HELD, 0);
	if (desired & MAXIMUM)
		rights |= held | limit;
	if (rights & ~SECURITY & ~held & ~limit)
		return OUTCOME(DENIED, 0);
	return OUTCOME(0, rights);
}

/* The same for opening by name, which refuses a handle without rights. */
static inline uint64_t open_outcome(const struct credentials *who, const struct type *type, uint32_t mode, uint32_t desired)
{
	uint64_t outcome = request_outcome(who, type, 0, allowed(who, type, mode), desired);

	return outcome ? outcome : OUTCOME(DENIED, 0);
}

static inline int errno_of(uint32_t status)
{
	switch (status) {
	case NTEVENT_STATUS_PRIVILEGE_NOT_HELD:
		return EPERM;
	case NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND:
	case NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND:
		return ENOENT;
	case NTEVENT_STATUS_OBJECT_NAME_COLLISION:
		return EEXIST;
	default:
		return EACCES;
	}
}

/* The outcome of a command that returned RET. Closes the handle. */
static inline uint64_t outcome_of(int ret)
{
	struct ntevent_object_info info;
	char16_t name[256];
	uint32_t status = last_status;

	if (ret < 0)
		return ret == -errno_of(status) ? OUTCOME(status, 0) : UINT64_MAX;
	if (query_object(ret, &info, name, sizeof(name)))
		return UINT64_MAX;
	close(ret);
	return OUTCOME(status, info.granted_access);
}

/* Whether the outcome is what the oracle says. Prints a message if not. */
static inline bool agree(const struct credentials *who, const char *what, uint32_t mode, uint32_t desired, uint64_t expected,
			 uint64_t got)
{
	if (expected != got)
		fprintf(stderr, "# %s, %s, mode %04o, asking %08x: expected %016llx, got %016llx\n", who->name, what,
			mode, desired, (unsigned long long)expected, (unsigned long long)got);
	return expected == got;
}

/*
 * The bits of DESIRED that are rights of the type or stand for rights. Creating ignores the rest.
 */
static inline uint32_t known(const struct type *type, uint32_t desired)
{
	return desired & (type->all | SECURITY | MAXIMUM | 0xf0000000);
}

/* Formats a UTF-16 name. */
static inline const char16_t *named(char16_t *name, const char *format, ...)
{
	char ascii[128];
	va_list arguments;
	int i = -1;

	va_start(arguments, format);
	vsnprintf(ascii, sizeof(ascii), format, arguments);
	va_end(arguments);
	do {
		i++;
		name[i] = ascii[i];
	} while (ascii[i]);
	return name;
}

/* Creates an object of TYPE, or opens it with OPENIF. */
static inline int create_typed(int dev, const struct type *type, struct ntevent_object_attributes attributes,
			       uint32_t access)
{
	return command_as(dev, type->create, attributes, access);
}

/* Makes this process create as OWNER of GROUP wherever it likes. Needs root. */
static inline int build(void)
{
	return setresgid(-1, GROUP, -1) || setresuid(-1, OWNER, -1) || set_capabilities(IPC_OWNER, true);
}

/* Creates an object of TYPE with MODE that belongs to OWNER and GROUP. */
static inline int built(int dev, const struct type *type, const char16_t *name, int root, uint32_t mode)
{
	struct ntevent_object_attributes attributes = object(name, root, 0);

	attributes.mode = mode;
	return create_typed(dev, type, attributes, type->all);
}

/* Becomes root again. */
static inline int end_building(void)
{
	return setresuid(-1, 0, -1) || setresgid(-1, 0, -1);
}

#endif
