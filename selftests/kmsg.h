/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Some expected kernel messages have backtraces, which look like bugs on the console. These
 * functions keep them off the console and search them for real problems.
 */
#ifndef NTEVENT_KMSG_H
#define NTEVENT_KMSG_H

#include "ntevent_test.h"
#include <sys/klog.h>

static inline int console_level(void)
{
	return read_number("/proc/sys/kernel/printk");
}

static inline void set_console_level(int level)
{
	klogctl(8, NULL, level);
}

/* Keeps warnings and lesser messages off the console. The fd reads messages from here on. */
static inline int quieten_console(void)
{
	int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (kmsg >= 0) {
		lseek(kmsg, 0, SEEK_END);
		set_console_level(4);
	}
	return kmsg;
}

static inline bool is_bad_line(const char *line)
{
	const char *const bad[] = { "BUG", "WARNING", "Oops", "KASAN:", "refcount_t", "possible ", "panicked",
				    "sleeping function", "suspicious RCU", "corruption" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		if (strstr(line, bad[i]))
			return true;
	return false;
}

/* Reads the next kernel message from KMSG into LINE. Returns false if there is none yet. */
static inline bool next_line(int kmsg, char *line, size_t size)
{
	ssize_t length = read(kmsg, line, size - 1);

	line[length < 0 ? 0 : length] = 0;
	return length > 0 || (length < 0 && errno == EPIPE);
}

/* Whether the messages in KMSG from here on include a bad one. */
static inline bool is_log_bad(int kmsg)
{
	char line[8192];
	bool bad = false;

	while (next_line(kmsg, line, sizeof(line)))
		if (is_bad_line(line)) {
			fprintf(stderr, "# %s", line);
			bad = true;
		}
	return bad;
}

#endif
