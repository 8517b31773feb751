/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests that use up the memory of a cgroup share. GROUP is the path of the cgroup. The kernel
 * reports the event with a backtrace, which is kept off the console.
 */
#ifndef NTEVENT_MEMORY_GROUP_H
#define NTEVENT_MEMORY_GROUP_H

#include <sys/stat.h>
#include "kmsg.h"
#include "stress.h"

#define LIMIT	(16 << 20)
#define MARGIN	(2 << 20)	/* stock that the CPUs may keep */

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

/* Whether memory use falls to BYTES. The kernel counts freed memory a little later. */
static inline bool await_memory(long bytes)
{
	return await(read_number(GROUP "/memory.current") <= bytes);
}

#endif
