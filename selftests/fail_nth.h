/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fault injection tests share: making the Nth allocation or user copy of this thread fail,
 * or all allocations after some bytes, for code that tries twice.
 */
#ifndef NTEVENT_FAIL_NTH_H
#define NTEVENT_FAIL_NTH_H

#include "basics.h"

static int nth_fd = -1;

static inline void arm(int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(nth_fd, text, length, 0) != length)
		abort();
}

/* Whether the fault was injected. Reading that copies to user space, so this may be what fails. */
static inline bool disarm(void)
{
	char text[16] = "";
	bool injected = pread(nth_fd, text, sizeof(text) - 1, 0) > 0 && atoi(text) == 0;

	while (pwrite(nth_fd, "0", 1, 0) != 1)
		if (errno != EFAULT)
			abort();
	return injected;
}

static inline int free_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
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

/* LEVEL "0" makes the kernel silent about faults. "2" makes it print a backtrace. */
static inline void tell_faults(const char *level)
{
	put("/sys/kernel/debug/failslab/verbose", level);
	put("/sys/kernel/debug/fail_usercopy/verbose", level);
	put("/sys/kernel/debug/fail_page_alloc/verbose", level);
}

static inline bool can_inject(void)
{
	tell_faults("0");
	put("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	put("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return nth_fd >= 0;
}

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define ENDLESS		1000000
#define STEP		16	/* bytes */
#define FINE		300	/* so many steps are small; what allocates more repeats itself */

static int starve_fd = -1;

/* Makes all allocations of this thread fail after N steps of bytes. */
static inline void starve(int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", (n < FINE ? n - 1 : FINE + (n - FINE) * 12) * STEP);
	put(FAILSLAB "space", text);
	snprintf(text, sizeof(text), "%d", ENDLESS);
	put(FAILSLAB "times", text);
	if (pwrite(starve_fd, "1", 1, 0) != 1)
		abort();
}

static inline bool feed(void)
{
	if (pwrite(starve_fd, "0", 1, 0) != 1)
		abort();
	return read_number(FAILSLAB "times") != ENDLESS;
}

/* Starves only threads that ask for it. */
static inline bool can_starve(void)
{
	put(FAILSLAB "task-filter", "Y");
	put(FAILSLAB "interval", "1");
	put(FAILSLAB "probability", "100");
	starve_fd = open("/proc/thread-self/make-it-fail", O_RDWR | O_CLOEXEC);
	return starve_fd >= 0;
}

static inline void end_starving(void)
{
	put(FAILSLAB "probability", "0");
	put(FAILSLAB "task-filter", "N");
	close(starve_fd);
}

#endif
