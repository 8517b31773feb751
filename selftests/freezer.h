/* SPDX-License-Identifier: GPL-2.0 */
/* The freezer of the cgroup v1 hierarchy, which freezes a task as system suspend does. */
#ifndef FREEZER_H
#define FREEZER_H

#include "stress.h"
#include <sys/mount.h>
#include <sys/stat.h>

#define OLD_MOUNT "/tmp/ntevent_freezer"
#define OLD_GROUP OLD_MOUNT "/group"

/* Mounts the freezer and makes a group for a test. Returns false if there is no freezer. */
static inline bool mount_freezer(void)
{
	mkdir(OLD_MOUNT, 0755);
	if (!mount("ntevent", OLD_MOUNT, "cgroup", 0, "freezer") && !mkdir(OLD_GROUP, 0755))
		return true;
	umount(OLD_MOUNT);
	return false;
}

static inline bool unmount_freezer(void)
{
	return !rmdir(OLD_GROUP) && !umount(OLD_MOUNT);
}

static inline bool is_in(const char *state)
{
	char line[64] = "";
	FILE *file = fopen(OLD_GROUP "/freezer.state", "re");
	bool there = file && fgets(line, sizeof(line), file) && !strncmp(line, state, strlen(state));

	if (file)
		fclose(file);
	return there;
}

static inline bool old_freeze(const char *state)
{
	return write_text(OLD_GROUP "/freezer.state", state) && await(is_in(state));
}

#endif
