/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The user interface of /dev/ntevent, version 1: event objects with the semantics of Windows NT.
 *
 * An ioctl that succeeds returns its result, a number >= 0. An ioctl that fails returns -1, changes
 * nothing and sets errno. If its argument has a status field, the NTSTATUS is stored there.
 *
 * A program may start with a zeroed argument. A zeroed struct ntevent_create_event_args asks for an
 * unnamed, unsignaled notification event, and for a handle without rights.
 *
 * A program that implements NT's calls with these commands needs two more facts.
 *
 * 1. Some commands have no status field. For these, each errno stands for one NTSTATUS:
 *
 *	EBADF	NTEVENT_STATUS_INVALID_HANDLE: the fd is closed
 *	ENOTTY	NTEVENT_STATUS_INVALID_HANDLE: the file is not a handle of this device
 *	EINVAL	NTEVENT_STATUS_OBJECT_TYPE_MISMATCH: the object has another type
 *	EACCES	NTEVENT_STATUS_ACCESS_DENIED: the handle lacks the right
 *	EFAULT	NTEVENT_STATUS_ACCESS_VIOLATION: the argument cannot be read or written
 *	EPERM	NTEVENT_STATUS_PRIVILEGE_NOT_HELD: MAKE_PERMANENT without CAP_SYS_ADMIN
 *	EDQUOT	NTEVENT_STATUS_QUOTA_EXCEEDED: too many permanent names, or too much memory
 *	ENOMEM	NTEVENT_STATUS_INSUFFICIENT_RESOURCES
 *	EINTR	none: a Unix signal ended a WAIT_ONE without an argument
 *	EBUSY	none: NEW_NAMESPACE after the open file has made or opened an object
 *
 *    These commands are SET, RESET, CLEAR, PULSE, QUERY, MAKE_TEMPORARY, MAKE_PERMANENT,
 *    NEW_NAMESPACE and GET_INFO, and WAIT_ONE with NULL. The other commands have a status field.
 *    They do not store it in three cases: with EBADF or ENOTTY because of the fd that the ioctl is
 *    called on, with EINTR, and with EFAULT because of the argument itself. The table holds for
 *    these cases too.
 *
 * 2. There are two ways to find out whether an fd is a handle of this device. Do not send an ioctl
 *    to the fd, because the driver of a foreign fd may take the number for a command of its own.
 *    The first way is readlink() of /proc/self/fd/N. It gives "anon_inode:[ntevent]" for a handle
 *    and for nothing else. The second way needs no /proc. Use NTEVENT_IOC_WAIT on an fd of the
 *    device that the program opened itself, with NTEVENT_WAIT_ALL | NTEVENT_WAIT_TIMEOUT, a timeout
 *    of 0, and the fd in question twice. This wait always fails and changes nothing. It fails with
 *    NTEVENT_STATUS_INVALID_HANDLE if the fd is closed or foreign, and with another status if the
 *    fd is a handle.
 */
#ifndef _UAPI_LINUX_NTEVENT_H
#define _UAPI_LINUX_NTEVENT_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Some enumerators here do not fit into an int. The C standards before 2023 have no such
 * enumerators. So -pedantic warns, except after __extension__. The word is before the comment of an
 * enum, because kernel-doc wants the enum to follow its comment.
 */

/**
 * enum ntevent_limits - Limits and the version of the interface.
 * @NTEVENT_ABI_VERSION: The version, as in &struct ntevent_info.abi_version.
 * @NTEVENT_MAX_WAIT_OBJECTS: The largest &struct ntevent_wait_args.count.
 * @NTEVENT_MAX_NAME_LENGTH: The length of the longest name, in bytes.
 */
enum ntevent_limits {
	NTEVENT_ABI_VERSION = 1,
	NTEVENT_MAX_WAIT_OBJECTS = 64,
	NTEVENT_MAX_NAME_LENGTH = 65532,
};

/**
 * enum ntevent_defaults - Values for fields that are not used.
 * @NTEVENT_NO_ROOT: In &struct ntevent_object_attributes.root: there is no root. The name is an
 *	absolute path.
 * @NTEVENT_DEFAULT_MODE: In &struct ntevent_object_attributes.mode: it stands for 0700.
 */
enum ntevent_defaults {
	NTEVENT_NO_ROOT = -1,
	NTEVENT_DEFAULT_MODE = 0,
};

/**
 * enum ntevent_features - Bits of &struct ntevent_info.features.
 * @NTEVENT_FEATURE_EVENTS: Unnamed events, all waits, duplication of handles.
 * @NTEVENT_FEATURE_NAMES: Names, directories, symbolic links, permanent objects, namespaces.
 */
enum ntevent_features {
	NTEVENT_FEATURE_EVENTS = 1 << 0,
	NTEVENT_FEATURE_NAMES = 1 << 1,
};

/**
 * enum ntevent_event_type - What a satisfied wait does to the event.
 * @NTEVENT_NOTIFICATION_EVENT: It stays signaled until it is reset. A set releases every waiter.
 * @NTEVENT_SYNCHRONIZATION_EVENT: It is reset when it satisfies a wait. A set releases one waiter.
 */
enum ntevent_event_type {
	NTEVENT_NOTIFICATION_EVENT = 0,
	NTEVENT_SYNCHRONIZATION_EVENT = 1,
};

/**
 * enum ntevent_object_type - The type of an object.
 * @NTEVENT_TYPE_EVENT: An event.
 * @NTEVENT_TYPE_DIRECTORY: An object directory.
 * @NTEVENT_TYPE_SYMBOLIC_LINK: A symbolic link.
 * @NTEVENT_TYPE_SEMAPHORE: Reserved.
 * @NTEVENT_TYPE_MUTANT: Reserved.
 *
 * See &struct ntevent_object_info.type and &struct ntevent_directory_entry.type.
 */
enum ntevent_object_type {
	NTEVENT_TYPE_EVENT = 1,
	NTEVENT_TYPE_DIRECTORY = 2,
	NTEVENT_TYPE_SYMBOLIC_LINK = 3,
	NTEVENT_TYPE_SEMAPHORE = 4,
	NTEVENT_TYPE_MUTANT = 5,
};

/**
 * enum ntevent_attributes - The OBJ_* values of NT.
 * @NTEVENT_OBJ_PROTECT_CLOSE: Refused, because an fd cannot be protected from close().
 * @NTEVENT_OBJ_INHERIT: The fd is not close-on-exec.
 * @NTEVENT_OBJ_PERMANENT: The object stays after its last handle is closed. Needs CAP_SYS_ADMIN. An
 *	open command ignores this bit, as NT does.
 * @NTEVENT_OBJ_EXCLUSIVE: Only the process that created the object may open it.
 * @NTEVENT_OBJ_CASE_INSENSITIVE: The case of letters is ignored in all names of the path.
 * @NTEVENT_OBJ_OPENIF: A create command opens the object that has the name, if there is one. An
 *	open command ignores this bit, as NT does.
 * @NTEVENT_OBJ_OPENLINK: Refused for events.
 * @NTEVENT_OBJ_KERNEL_HANDLE: Ignored.
 * @NTEVENT_OBJ_FORCE_ACCESS_CHECK: No effect, because access is always checked.
 * @NTEVENT_OBJ_DONT_REPARSE: The path must not go through a symbolic link.
 *
 * These are the bits of &struct ntevent_object_attributes.attributes.
 */
enum ntevent_attributes {
	NTEVENT_OBJ_PROTECT_CLOSE = 0x1,
	NTEVENT_OBJ_INHERIT = 0x2,
	NTEVENT_OBJ_PERMANENT = 0x10,
	NTEVENT_OBJ_EXCLUSIVE = 0x20,
	NTEVENT_OBJ_CASE_INSENSITIVE = 0x40,
	NTEVENT_OBJ_OPENIF = 0x80,
	NTEVENT_OBJ_OPENLINK = 0x100,
	NTEVENT_OBJ_KERNEL_HANDLE = 0x200,
	NTEVENT_OBJ_FORCE_ACCESS_CHECK = 0x400,
	NTEVENT_OBJ_DONT_REPARSE = 0x1000,
};

__extension__
/**
 * enum ntevent_access - Rights. A command requests them for a handle, and a handle has them.
 * @NTEVENT_QUERY_STATE: Event: query its type and state.
 * @NTEVENT_MODIFY_STATE: Event: set, reset, clear, pulse, and the signal of signal-and-wait.
 * @NTEVENT_DIRECTORY_QUERY: Directory: list its entries.
 * @NTEVENT_DIRECTORY_TRAVERSE: Directory: look up names in it.
 * @NTEVENT_DIRECTORY_CREATE_OBJECT: Directory: create an object in it.
 * @NTEVENT_DIRECTORY_CREATE_SUBDIRECTORY: Directory: create a directory in it.
 * @NTEVENT_SYMBOLIC_LINK_QUERY: Symbolic link: query its target.
 * @NTEVENT_DELETE: Make the object temporary.
 * @NTEVENT_READ_CONTROL: Read the security descriptor.
 * @NTEVENT_WRITE_DAC: Change the mode.
 * @NTEVENT_WRITE_OWNER: Change the owner.
 * @NTEVENT_SYNCHRONIZE: Wait for the object, and poll it.
 * @NTEVENT_ACCESS_SYSTEM_SECURITY: Access to the SACL. Needs CAP_SYS_ADMIN.
 * @NTEVENT_MAXIMUM_ALLOWED: All rights that the caller may have.
 * @NTEVENT_GENERIC_ALL: Mapped to all rights of the type.
 * @NTEVENT_GENERIC_EXECUTE: Mapped to the execute rights of the type.
 * @NTEVENT_GENERIC_WRITE: Mapped to the write rights of the type.
 * @NTEVENT_GENERIC_READ: Mapped to the read rights of the type.
 * @NTEVENT_EVENT_ALL_ACCESS: All rights to an event.
 * @NTEVENT_DIRECTORY_ALL_ACCESS: All rights to a directory.
 * @NTEVENT_SYMBOLIC_LINK_ALL_ACCESS: All rights to a symbolic link.
 *
 * Creating an object ignores bits that are not rights of the type. Opening an object or duplicating
 * a handle refuses them.
 */
enum ntevent_access {
	NTEVENT_QUERY_STATE = 0x1,
	NTEVENT_MODIFY_STATE = 0x2,
	NTEVENT_DIRECTORY_QUERY = 0x1,
	NTEVENT_DIRECTORY_TRAVERSE = 0x2,
	NTEVENT_DIRECTORY_CREATE_OBJECT = 0x4,
	NTEVENT_DIRECTORY_CREATE_SUBDIRECTORY = 0x8,
	NTEVENT_SYMBOLIC_LINK_QUERY = 0x1,
	NTEVENT_DELETE = 0x10000,
	NTEVENT_READ_CONTROL = 0x20000,
	NTEVENT_WRITE_DAC = 0x40000,
	NTEVENT_WRITE_OWNER = 0x80000,
	NTEVENT_SYNCHRONIZE = 0x100000,
	NTEVENT_ACCESS_SYSTEM_SECURITY = 0x1000000,
	NTEVENT_MAXIMUM_ALLOWED = 0x2000000,
	NTEVENT_GENERIC_ALL = 0x10000000,
	NTEVENT_GENERIC_EXECUTE = 0x20000000,
	NTEVENT_GENERIC_WRITE = 0x40000000,
	NTEVENT_GENERIC_READ = 0x80000000,
	NTEVENT_EVENT_ALL_ACCESS = 0x1f0003,
	NTEVENT_DIRECTORY_ALL_ACCESS = 0xf000f,
	NTEVENT_SYMBOLIC_LINK_ALL_ACCESS = 0xf0001,
};

/**
 * enum ntevent_wait_flags - Bits of the flags field of the arguments of waits.
 * @NTEVENT_WAIT_ALL: Wait until all objects are signaled at the same time. Without this bit the
 *	wait is for any of them. Only NTEVENT_IOC_WAIT has this bit.
 * @NTEVENT_WAIT_TIMEOUT: Use the timeout field. Without this bit the wait has no timeout.
 * @NTEVENT_WAIT_ALERT: Use the alert field. Without this bit the wait has no alert.
 * @NTEVENT_WAIT_MONOTONIC: The timeout field is a time of CLOCK_MONOTONIC in nanoseconds, as the
 *	caller gets it from clock_gettime(2). Needs NTEVENT_WAIT_TIMEOUT. After a Unix signal such a
 *	wait goes on as a wait without a timeout does.
 */
enum ntevent_wait_flags {
	NTEVENT_WAIT_ALL = 0x1,
	NTEVENT_WAIT_TIMEOUT = 0x2,
	NTEVENT_WAIT_ALERT = 0x4,
	NTEVENT_WAIT_MONOTONIC = 0x8,
};

/**
 * enum ntevent_duplicate_options - Bits of &struct ntevent_duplicate_args.options.
 * @NTEVENT_DUPLICATE_SAME_ACCESS: The new handle has the rights of the old one. desired_access is
 *	ignored.
 */
enum ntevent_duplicate_options {
	NTEVENT_DUPLICATE_SAME_ACCESS = 0x2,
};

__extension__
/**
 * enum ntevent_status - The NTSTATUS values of this interface, each with its errno.
 * @NTEVENT_STATUS_SUCCESS: Success. As a wait status: object 0, or all objects, satisfied the wait.
 * @NTEVENT_STATUS_USER_APC: The alert ended the wait.
 * @NTEVENT_STATUS_TIMEOUT: The timeout expired.
 * @NTEVENT_STATUS_OBJECT_NAME_EXISTS: Success: with NTEVENT_OBJ_OPENIF, an object was opened. For a
 *	symbolic link the status is NTEVENT_STATUS_SUCCESS instead.
 * @NTEVENT_STATUS_DATATYPE_MISALIGNMENT: A pointer is not aligned. (EINVAL)
 * @NTEVENT_STATUS_NO_MORE_ENTRIES: The directory has no more entries. (ENOENT)
 * @NTEVENT_STATUS_ACCESS_VIOLATION: A pointer cannot be used. (EFAULT)
 * @NTEVENT_STATUS_INVALID_HANDLE: The fd is closed, or is not a handle of this device. (EBADF)
 * @NTEVENT_STATUS_INVALID_PARAMETER: A type, flag, attribute or pad is not allowed. (EINVAL)
 * @NTEVENT_STATUS_ACCESS_DENIED: The handle or the caller lacks a right, or the path goes through a
 *	link that another user may have planted. (EACCES)
 * @NTEVENT_STATUS_BUFFER_TOO_SMALL: The name does not fit into the buffer. (ERANGE)
 * @NTEVENT_STATUS_OBJECT_TYPE_MISMATCH: The object has another type. (EINVAL)
 * @NTEVENT_STATUS_INVALID_PARAMETER_MIX: A wait for all has an object twice. (EINVAL)
 * @NTEVENT_STATUS_OBJECT_NAME_INVALID: The name is malformed. (EINVAL)
 * @NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND: The last component of the path does not exist. (ENOENT)
 * @NTEVENT_STATUS_OBJECT_NAME_COLLISION: The name is taken. (EEXIST)
 * @NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND: An earlier component does not exist. (ENOENT)
 * @NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD: An absolute path has a root, or a relative path has none,
 *	or the target of a link is relative. (EINVAL)
 * @NTEVENT_STATUS_QUOTA_EXCEEDED: A limit of this interface is reached. (EDQUOT)
 * @NTEVENT_STATUS_PRIVILEGE_NOT_HELD: The caller lacks a capability. (EPERM)
 * @NTEVENT_STATUS_INSUFFICIENT_RESOURCES: There is not enough memory. (ENOMEM)
 * @NTEVENT_STATUS_NOT_SAME_DEVICE: Reserved. (EXDEV)
 * @NTEVENT_STATUS_INVALID_PARAMETER_1: A wait has no object, or more than 64. (EINVAL)
 * @NTEVENT_STATUS_TOO_MANY_OPENED_FILES: No fd or file is left. (EMFILE, ENFILE)
 * @NTEVENT_STATUS_REPARSE_POINT_ENCOUNTERED: With NTEVENT_OBJ_DONT_REPARSE, the path goes through a
 *	link. (ELOOP)
 */
enum ntevent_status {
	NTEVENT_STATUS_SUCCESS = 0x00000000,
	NTEVENT_STATUS_USER_APC = 0x000000c0,
	NTEVENT_STATUS_TIMEOUT = 0x00000102,
	NTEVENT_STATUS_OBJECT_NAME_EXISTS = 0x40000000,
	NTEVENT_STATUS_DATATYPE_MISALIGNMENT = 0x80000002,
	NTEVENT_STATUS_NO_MORE_ENTRIES = 0x8000001a,
	NTEVENT_STATUS_ACCESS_VIOLATION = 0xc0000005,
	NTEVENT_STATUS_INVALID_HANDLE = 0xc0000008,
	NTEVENT_STATUS_INVALID_PARAMETER = 0xc000000d,
	NTEVENT_STATUS_ACCESS_DENIED = 0xc0000022,
	NTEVENT_STATUS_BUFFER_TOO_SMALL = 0xc0000023,
	NTEVENT_STATUS_OBJECT_TYPE_MISMATCH = 0xc0000024,
	NTEVENT_STATUS_INVALID_PARAMETER_MIX = 0xc0000030,
	NTEVENT_STATUS_OBJECT_NAME_INVALID = 0xc0000033,
	NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND = 0xc0000034,
	NTEVENT_STATUS_OBJECT_NAME_COLLISION = 0xc0000035,
	NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND = 0xc000003a,
	NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD = 0xc000003b,
	NTEVENT_STATUS_QUOTA_EXCEEDED = 0xc0000044,
	NTEVENT_STATUS_PRIVILEGE_NOT_HELD = 0xc0000061,
	NTEVENT_STATUS_INSUFFICIENT_RESOURCES = 0xc000009a,
	NTEVENT_STATUS_NOT_SAME_DEVICE = 0xc00000d4,
	NTEVENT_STATUS_INVALID_PARAMETER_1 = 0xc00000ef,
	NTEVENT_STATUS_TOO_MANY_OPENED_FILES = 0xc000011f,
	NTEVENT_STATUS_REPARSE_POINT_ENCOUNTERED = 0xc000050b,
};

/**
 * struct ntevent_object_attributes - Name, root and protection of an object to create or open.
 * @name: Pointer to the name, in UTF-16LE code units. It needs no NUL at its end. 0: no name.
 * @name_length: Length of the name in bytes. 0 with a pointer is an empty name.
 * @attributes: Bits of &enum ntevent_attributes.
 * @root: fd of the directory that the name is relative to. With an empty name it may also be a
 *	symbolic link. NTEVENT_NO_ROOT: the name is absolute. Ignored if there is no name.
 * @mode: Rights of owner, group and others, as in chmod(2). 0 means 0700.
 */
struct ntevent_object_attributes {
	__u64 name;
	__u32 name_length;
	__u32 attributes;
	__s32 root;
	__u32 mode;
};

/**
 * struct ntevent_create_event_args - Argument of NTEVENT_IOC_CREATE_EVENT.
 * @object: Name and protection. The event has no name if @object.name is 0.
 * @desired_access: Rights of the new handle.
 * @event_type: One of &enum ntevent_event_type.
 * @initial_state: If not 0, the event is signaled when it is created.
 * @status: Out: the NTSTATUS, on success too.
 */
struct ntevent_create_event_args {
	struct ntevent_object_attributes object;
	__u32 desired_access;
	__u32 event_type;
	__u32 initial_state;
	__u32 status;
};

/**
 * struct ntevent_open_args - Argument of every OPEN command and of NTEVENT_IOC_CREATE_DIRECTORY.
 * @object: Name, and the protection of a directory that is created.
 * @desired_access: Rights of the new handle.
 * @status: Out: the NTSTATUS, on success too.
 */
struct ntevent_open_args {
	struct ntevent_object_attributes object;
	__u32 desired_access;
	__u32 status;
};

/**
 * struct ntevent_create_link_args - Argument of NTEVENT_IOC_CREATE_SYMBOLIC_LINK.
 * @object: Name and protection of the link.
 * @target: Pointer to the target's name, an absolute path in UTF-16LE code units. Not 0.
 * @target_length: Length of the target in bytes, an even number. 0: the target is the root
 *	directory.
 * @desired_access: Rights of the new handle.
 * @status: Out: the NTSTATUS, on success too.
 * @pad: Must be 0.
 */
struct ntevent_create_link_args {
	struct ntevent_object_attributes object;
	__u64 target;
	__u32 target_length;
	__u32 desired_access;
	__u32 status;
	__u32 pad;
};

/**
 * struct ntevent_wait_args - Argument of NTEVENT_IOC_WAIT.
 * @handles: Pointer to an array of @count fds (__s32), each with the right NTEVENT_SYNCHRONIZE.
 * @timeout: With NTEVENT_WAIT_TIMEOUT, in units of 100 ns. 0: only test. < 0: from now. > 0: since
 *	the start of 1601, UTC. With NTEVENT_WAIT_MONOTONIC too, a time of CLOCK_MONOTONIC in
 *	nanoseconds, which must not be negative.
 * @count: Number of handles, 1 to NTEVENT_MAX_WAIT_OBJECTS.
 * @flags: Bits of &enum ntevent_wait_flags.
 * @alert: With NTEVENT_WAIT_ALERT, the fd of an event, with the right NTEVENT_SYNCHRONIZE.
 * @status: Out, on failure only: the NTSTATUS.
 */
struct ntevent_wait_args {
	__u64 handles;
	__s64 timeout;
	__u32 count;
	__u32 flags;
	__s32 alert;
	__u32 status;
};

/**
 * struct ntevent_wait_one_args - Argument of NTEVENT_IOC_WAIT_ONE. NULL: no timeout and no alert.
 * @timeout: As in &struct ntevent_wait_args.
 * @flags: Bits of &enum ntevent_wait_flags without NTEVENT_WAIT_ALL.
 * @alert: As in &struct ntevent_wait_args.
 * @status: Out, on failure only: the NTSTATUS.
 * @pad: Must be 0.
 */
struct ntevent_wait_one_args {
	__s64 timeout;
	__u32 flags;
	__s32 alert;
	__u32 status;
	__u32 pad;
};

/**
 * struct ntevent_signal_and_wait_args - Argument of NTEVENT_IOC_SIGNAL_AND_WAIT.
 * @timeout: As in &struct ntevent_wait_args.
 * @signal: fd of the event to set, with the right NTEVENT_MODIFY_STATE.
 * @wait: fd of the event to wait for, with the right NTEVENT_SYNCHRONIZE. May be the same event.
 * @flags: Bits of &enum ntevent_wait_flags without NTEVENT_WAIT_ALL.
 * @alert: As in &struct ntevent_wait_args.
 * @status: Out, on failure only: the NTSTATUS.
 * @pad: Must be 0.
 */
struct ntevent_signal_and_wait_args {
	__s64 timeout;
	__s32 signal;
	__s32 wait;
	__u32 flags;
	__s32 alert;
	__u32 status;
	__u32 pad;
};

/**
 * struct ntevent_event_info - Result of NTEVENT_IOC_QUERY.
 * @event_type: One of &enum ntevent_event_type.
 * @event_state: 1 if the event is signaled, else 0.
 */
struct ntevent_event_info {
	__u32 event_type;
	__u32 event_state;
};

/**
 * struct ntevent_duplicate_args - Argument of NTEVENT_IOC_DUPLICATE.
 * @desired_access: Rights of the new handle. 0 gives a handle without rights.
 * @options: Bits of &enum ntevent_duplicate_options.
 * @attributes: NTEVENT_OBJ_INHERIT or 0.
 * @status: Out, on failure only: the NTSTATUS.
 */
struct ntevent_duplicate_args {
	__u32 desired_access;
	__u32 options;
	__u32 attributes;
	__u32 status;
};

/**
 * struct ntevent_object_info - Argument and result of NTEVENT_IOC_QUERY_OBJECT.
 * @name: Pointer to a buffer for the full path, in UTF-16LE code units.
 * @name_size: In: size of the buffer in bytes. Out: size of the name in bytes.
 * @type: Out: one of &enum ntevent_object_type.
 * @granted_access: Out: the rights of this handle.
 * @attributes: Out: NTEVENT_OBJ_PERMANENT and NTEVENT_OBJ_EXCLUSIVE, if the object has them.
 * @handle_count: Out: the number of handles to the object.
 * @uid: Out: owner, in the caller's user namespace.
 * @gid: Out: group, in the caller's user namespace.
 * @mode: Out: rights of owner, group and others.
 * @status: Out, on failure only: the NTSTATUS.
 * @pad: Must be 0.
 */
struct ntevent_object_info {
	__u64 name;
	__u32 name_size;
	__u32 type;
	__u32 granted_access;
	__u32 attributes;
	__u32 handle_count;
	__u32 uid;
	__u32 gid;
	__u32 mode;
	__u32 status;
	__u32 pad;
};

/**
 * struct ntevent_directory_entry - Argument and result of NTEVENT_IOC_QUERY_DIRECTORY.
 * @name: Pointer to a buffer for the entry's name, in UTF-16LE code units.
 * @name_size: In: size of the buffer in bytes. Out: size of the name in bytes.
 * @type: Out: one of &enum ntevent_object_type.
 * @cursor: In: 0 for the first entry, else the value that the last call stored. Out: the value for
 *	the next call.
 * @status: Out, on failure only: the NTSTATUS.
 */
struct ntevent_directory_entry {
	__u64 name;
	__u32 name_size;
	__u32 type;
	__u32 cursor;
	__u32 status;
};

/**
 * struct ntevent_symbolic_link_info - Argument and result of NTEVENT_IOC_QUERY_SYMBOLIC_LINK.
 * @target: Pointer to a buffer for the target, in UTF-16LE code units. It is the target with which
 *	the link was created.
 * @target_size: In: size of the buffer in bytes. Out: size of the target in bytes.
 * @status: Out, on failure only: the NTSTATUS.
 */
struct ntevent_symbolic_link_info {
	__u64 target;
	__u32 target_size;
	__u32 status;
};

/**
 * struct ntevent_info - Result of NTEVENT_IOC_GET_INFO.
 * @abi_version: NTEVENT_ABI_VERSION.
 * @max_wait_objects: NTEVENT_MAX_WAIT_OBJECTS.
 * @features: Bits of &enum ntevent_features.
 */
struct ntevent_info {
	__u32 abi_version;
	__u32 max_wait_objects;
	__u64 features;
};

__extension__
/**
 * enum ntevent_ioctl - The commands. (An enum, because bindgen cannot resolve macros of _IOWR().)
 * @NTEVENT_IOC_CREATE_EVENT: Device: create an event. Returns an fd.
 * @NTEVENT_IOC_OPEN_EVENT: Device: open a named event. Returns an fd.
 * @NTEVENT_IOC_CREATE_DIRECTORY: Device: create an object directory. Returns an fd.
 * @NTEVENT_IOC_OPEN_DIRECTORY: Device: open an object directory. Returns an fd.
 * @NTEVENT_IOC_CREATE_SYMBOLIC_LINK: Device: create a symbolic link. Returns an fd.
 * @NTEVENT_IOC_OPEN_SYMBOLIC_LINK: Device: open a symbolic link. Returns an fd.
 * @NTEVENT_IOC_WAIT: Device: wait for any or all of several events. Returns the wait status.
 * @NTEVENT_IOC_SIGNAL_AND_WAIT: Device: set an event and wait for one, in one step. Returns the
 *	wait status.
 * @NTEVENT_IOC_SET: Event: set it. Returns the previous state.
 * @NTEVENT_IOC_RESET: Event: reset it. Returns the previous state.
 * @NTEVENT_IOC_CLEAR: Event: reset it. Returns 0.
 * @NTEVENT_IOC_PULSE: Event: set it and reset it in one step. Returns the previous state.
 * @NTEVENT_IOC_QUERY: Event: query its type and state.
 * @NTEVENT_IOC_WAIT_ONE: Event: wait for this event. Returns the wait status.
 * @NTEVENT_IOC_DUPLICATE: Object: make another handle, with its own rights. Returns an fd.
 * @NTEVENT_IOC_QUERY_OBJECT: Object: query its name, rights and owner.
 * @NTEVENT_IOC_MAKE_TEMPORARY: Object: remove its name when its last handle is closed.
 * @NTEVENT_IOC_MAKE_PERMANENT: Object: keep its name when its last handle is closed.
 * @NTEVENT_IOC_QUERY_DIRECTORY: Directory: get the next entry.
 * @NTEVENT_IOC_NEW_NAMESPACE: Device: give this open file description a private namespace.
 * @NTEVENT_IOC_GET_INFO: Device: get the version, the limits and the features.
 * @NTEVENT_IOC_QUERY_SYMBOLIC_LINK: Symbolic link: get its target. Needs the right
 *	NTEVENT_SYMBOLIC_LINK_QUERY.
 */
enum ntevent_ioctl {
	NTEVENT_IOC_CREATE_EVENT = _IOWR('N', 0x90, struct ntevent_create_event_args),
	NTEVENT_IOC_OPEN_EVENT = _IOWR('N', 0x91, struct ntevent_open_args),
	NTEVENT_IOC_CREATE_DIRECTORY = _IOWR('N', 0x92, struct ntevent_open_args),
	NTEVENT_IOC_OPEN_DIRECTORY = _IOWR('N', 0x93, struct ntevent_open_args),
	NTEVENT_IOC_CREATE_SYMBOLIC_LINK = _IOWR('N', 0x94, struct ntevent_create_link_args),
	NTEVENT_IOC_OPEN_SYMBOLIC_LINK = _IOWR('N', 0x95, struct ntevent_open_args),
	NTEVENT_IOC_WAIT = _IOWR('N', 0x96, struct ntevent_wait_args),
	NTEVENT_IOC_SIGNAL_AND_WAIT = _IOWR('N', 0x97, struct ntevent_signal_and_wait_args),
	NTEVENT_IOC_SET = _IO('N', 0x98),
	NTEVENT_IOC_RESET = _IO('N', 0x99),
	NTEVENT_IOC_CLEAR = _IO('N', 0x9a),
	NTEVENT_IOC_PULSE = _IO('N', 0x9b),
	NTEVENT_IOC_QUERY = _IOR('N', 0x9c, struct ntevent_event_info),
	NTEVENT_IOC_WAIT_ONE = _IOWR('N', 0x9d, struct ntevent_wait_one_args),
	NTEVENT_IOC_DUPLICATE = _IOWR('N', 0x9e, struct ntevent_duplicate_args),
	NTEVENT_IOC_QUERY_OBJECT = _IOWR('N', 0x9f, struct ntevent_object_info),
	NTEVENT_IOC_MAKE_TEMPORARY = _IO('N', 0xa0),
	NTEVENT_IOC_MAKE_PERMANENT = _IO('N', 0xa1),
	NTEVENT_IOC_QUERY_DIRECTORY = _IOWR('N', 0xa2, struct ntevent_directory_entry),
	NTEVENT_IOC_NEW_NAMESPACE = _IO('N', 0xa3),
	NTEVENT_IOC_GET_INFO = _IOR('N', 0xa4, struct ntevent_info),
	NTEVENT_IOC_QUERY_SYMBOLIC_LINK = _IOWR('N', 0xb2, struct ntevent_symbolic_link_info),
};

/* With these macros the preprocessor can find out which commands exist. */
#define NTEVENT_IOC_CREATE_EVENT		NTEVENT_IOC_CREATE_EVENT
#define NTEVENT_IOC_OPEN_EVENT			NTEVENT_IOC_OPEN_EVENT
#define NTEVENT_IOC_CREATE_DIRECTORY		NTEVENT_IOC_CREATE_DIRECTORY
#define NTEVENT_IOC_OPEN_DIRECTORY		NTEVENT_IOC_OPEN_DIRECTORY
#define NTEVENT_IOC_CREATE_SYMBOLIC_LINK	NTEVENT_IOC_CREATE_SYMBOLIC_LINK
#define NTEVENT_IOC_OPEN_SYMBOLIC_LINK		NTEVENT_IOC_OPEN_SYMBOLIC_LINK
#define NTEVENT_IOC_WAIT			NTEVENT_IOC_WAIT
#define NTEVENT_IOC_SIGNAL_AND_WAIT		NTEVENT_IOC_SIGNAL_AND_WAIT
#define NTEVENT_IOC_SET				NTEVENT_IOC_SET
#define NTEVENT_IOC_RESET			NTEVENT_IOC_RESET
#define NTEVENT_IOC_CLEAR			NTEVENT_IOC_CLEAR
#define NTEVENT_IOC_PULSE			NTEVENT_IOC_PULSE
#define NTEVENT_IOC_QUERY			NTEVENT_IOC_QUERY
#define NTEVENT_IOC_WAIT_ONE			NTEVENT_IOC_WAIT_ONE
#define NTEVENT_IOC_DUPLICATE			NTEVENT_IOC_DUPLICATE
#define NTEVENT_IOC_QUERY_OBJECT		NTEVENT_IOC_QUERY_OBJECT
#define NTEVENT_IOC_MAKE_TEMPORARY		NTEVENT_IOC_MAKE_TEMPORARY
#define NTEVENT_IOC_MAKE_PERMANENT		NTEVENT_IOC_MAKE_PERMANENT
#define NTEVENT_IOC_QUERY_DIRECTORY		NTEVENT_IOC_QUERY_DIRECTORY
#define NTEVENT_IOC_NEW_NAMESPACE		NTEVENT_IOC_NEW_NAMESPACE
#define NTEVENT_IOC_GET_INFO			NTEVENT_IOC_GET_INFO
#define NTEVENT_IOC_QUERY_SYMBOLIC_LINK		NTEVENT_IOC_QUERY_SYMBOLIC_LINK

#endif /* _UAPI_LINUX_NTEVENT_H */
