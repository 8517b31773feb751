/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of rights share: other users. AS(&credentials) { ... _exit(0); } runs a block in a
 * child with these credentials. Use CHECK in it.
 */
#ifndef NTEVENT_CREDENTIALS_H
#define NTEVENT_CREDENTIALS_H

#include "ntevent_test.h"
#include "pass_fd.h"
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>

#define CAPABILITY(number)	(1ULL << (number))
#define NO_CAPABILITY		0ULL
#define ALL_CAPABILITIES	UINT64_MAX

/* The credentials of a process. */
struct credentials {
	const char *name;
	uid_t uid;
	gid_t gid;
	/* A supplementary group, or 0. */
	gid_t group;
	/* Capabilities in the initial user namespace. */
	uint64_t capabilities;
	/* Whether to enter a new user namespace, as its root with every capability. */
	bool in_user_namespace;
};

/* Makes exactly the permitted capabilities in WANTED effective. Unless KEEP, drops the others. */
static inline int set_capabilities(uint64_t wanted, bool keep)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	int i;

	if (syscall(SYS_capget, &header, data))
		return -1;
	for (i = 0; i < 2; i++) {
		data[i].effective = data[i].permitted & (uint32_t)(wanted >> 32 * i);
		data[i].inheritable = 0;
		if (!keep)
			data[i].permitted = data[i].effective;
	}
	return syscall(SYS_capset, &header, data);
}

static inline int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = -1;

	if (fd >= 0) {
		ret = write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
		close(fd);
	}
	return ret;
}

/* Enters new namespaces, CLONE_NEWUSER among them, as root. Maps UID and GID, its own ids, to 0. */
static inline int become_namespace_root(int namespaces, uid_t uid, gid_t gid)
{
	char uid_map[32], gid_map[32];

	snprintf(uid_map, sizeof(uid_map), "0 %u 1", uid);
	snprintf(gid_map, sizeof(gid_map), "0 %u 1", gid);
	/* See become() for PR_SET_DUMPABLE. */
	if (unshare(CLONE_NEWUSER | namespaces) || prctl(PR_SET_DUMPABLE, 1) ||
	    write_text("/proc/self/setgroups", "deny") || write_text("/proc/self/uid_map", uid_map))
		return -1;
	return write_text("/proc/self/gid_map", gid_map);
}

static inline int become(const struct credentials *who)
{
	if (setgroups(who->group ? 1 : 0, &who->group) || prctl(PR_SET_KEEPCAPS, 1) ||
	    setresgid(who->gid, who->gid, who->gid) || setresuid(who->uid, who->uid, who->uid) ||
	    set_capabilities(who->capabilities, false) ||
	    /* Without this the files of /proc/self belong to root after a change of ids. */
	    prctl(PR_SET_DUMPABLE, 1))
		return -1;
	return who->in_user_namespace ? become_namespace_root(0, who->uid, who->gid) : 0;
}

/* Runs a block in a child of the same user. The test fails unless the child ends with _exit(0). */
#define IN_CHILD() \
	for (pid_t child = fork(), once = 1; once; once = 0) \
		if (child) { \
			int status; \
			ASSERT_EQ(child, waitpid(child, &status, 0)); \
			ASSERT_EQ(0, status); \
		} else

#define AS(subject_) \
	IN_CHILD() \
		if (become(subject_)) { \
			fprintf(stderr, "# line %d: cannot become another user: %m\n", __LINE__); \
			_exit(2); \
		} else

/* Runs a block as user and group ID without capabilities. */
#define AS_USER(id) AS((&(struct credentials){ .name = "user " #id, .uid = id, .gid = id }))

#define CHECK(condition) do { if (!(condition)) { \
		fprintf(stderr, "# %s:%d: " #condition " is false (status %x, errno %d)\n", __FILE__, __LINE__, \
			last_status, errno); \
		_exit(1); } } while (0)

/* The granted rights of handle FD. */
static inline long granted(int fd)
{
	return fdinfo(fd, "access");
}

#endif
