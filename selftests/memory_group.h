/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests share that use up the memory of a cgroup: the group, whose path they call GROUP. The kernel's reports
 * of it have backtraces, so they are kept off the console.
 */
#ifndef NTEVENT_MEMORY_GROUP_H
#define NTEVENT_MEMORY_GROUP_H

#include <sys/stat.h>
#include "kmsg.h"
#include "stress.h"

#define LIMIT	(16 << 20)
#define MARGIN	(2 << 20)	/* what each CPU may keep in stock */

static inline bool group_with_memory(void)
{
	char limit[16];

	snprintf(limit, sizeof(limit), "%d", LIMIT);
	write_text("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	rmdir(GROUP);
	if (mkdir(GROUP, 0755))
		return false;
	write_text(GROUP "/memory.swap.max", "0");
	if (write_text(GROUP "/memory.max", limit))
		return true;
	rmdir(GROUP);
	return false;
}

/* Whether no more than BYTES are in use. The kernel goes on to count what it has freed a little later. */
static inline bool await_memory(long bytes)
{
	return await(read_number(GROUP "/memory.current") <= bytes);
}

#endif
