/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests with injected faults share: the Nth allocation or user copy of this thread from now on fails.
 */
#ifndef NTEVENT_FAIL_NTH_H
#define NTEVENT_FAIL_NTH_H

#include "ntevent_test.h"

static int nth_fd = -1;

static inline void arm(int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(nth_fd, text, length, 0) != length)
		abort();
}

/* Whether the fault was injected since it was armed. The asking copies too, and so can take the fault itself. */
static inline bool disarm(void)
{
	char text[16] = "";
	bool injected = pread(nth_fd, text, sizeof(text) - 1, 0) > 0 && atoi(text) == 0;

	while (pwrite(nth_fd, "0", 1, 0) != 1)
		if (errno != EFAULT)
			abort();
	return injected;
}

static inline void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd >= 0) {
		if (write(fd, text, strlen(text)) < 0)
			fprintf(stderr, "# %s: %s\n", path, strerror(errno));
		close(fd);
	}
}

static inline bool can_inject(void)
{
	put("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	put("/sys/kernel/debug/failslab/verbose", "0");
	put("/sys/kernel/debug/fail_usercopy/verbose", "0");
	put("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	put("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return nth_fd >= 0;
}

#endif
