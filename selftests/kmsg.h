/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Some of what the kernel rightly says has a backtrace, which looks like a bug on the console: it is kept off the
 * console, and searched here for what should not be in it.
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

/* Keeps warnings and what matters less off the console; the fd reads what is said from here on. */
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

/* The next of the kernel's messages as KMSG gives them, in LINE; false when there is no more by now. */
static inline bool next_line(int kmsg, char *line, size_t size)
{
	ssize_t length = read(kmsg, line, size - 1);

	line[length < 0 ? 0 : length] = 0;
	return length > 0 || (length < 0 && errno == EPIPE);
}

/* Whether the kernel's messages from here on hold a bad one. */
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
