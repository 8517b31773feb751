/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the stress tests of ntevent share: thousands of waiters, and what is left when they have gone. What they
 * demand never depends on how long it took.
 */
#ifndef NTEVENT_STRESS_H
#define NTEVENT_STRESS_H

#include "ntevent_test.h"
#include "budget.h"
#include <dirent.h>

/* As await_waiters, for thousands: it gives up when no more have come for long. */
static inline bool await_many(int fd, long count)
{
	long last = -1, now;
	int64_t end = 0;

	while ((now = fdinfo(fd, "waiters")) != count) {
		if (now != last)
			end = now_ms() + 4 * SOON;
		if (now_ms() > end) {
			fprintf(stderr, "# %ld waiters of %ld\n", now, count);
			return false;
		}
		last = now;
		usleep(count > 64 ? 2000 : 100);
	}
	return true;
}

/* Whether the number of references to the module comes to COUNT: the kernel lets go of some files a little later. */
static inline bool await_references(long count)
{
	return await(module_references() == count);
}

static inline int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = -1;	/* that of the folder */

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

static inline bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), length = strlen(text);
	bool good;

	if (fd < 0)
		return false;
	good = write(fd, text, length) == length;
	close(fd);
	return good;
}

/* Waits; a success that comes only when the time is up was one without a wake-up. */
static inline int prompt_wait(int fd, int64_t timeout)
{
	int64_t from = now_ms();
	int result = wait_one(fd, timeout);

	return result == 0 && now_ms() - from >= timeout / MILLISECONDS(1) ? -ETIME : result;
}

/* A wait status that says that object 0 .. COUNT-1 or all ended the wait, or that nothing did in time. */
static inline bool is_documented(int result, int count)
{
	return (result >= 0 && result < count) || result == TIMEOUT || result == -EBADF;
}

/* Nobody stands in the queue of FD, and one set satisfies exactly one waiter. */
static inline bool is_sound(int dev, int fd)
{
	struct waiter w[2] = { waiter_on(dev, fd), waiter_on(dev, fd) };

	if (fdinfo(fd, "waiters") != 0 || reset(fd) < 0)
		return false;
	if (!start(&w[0], 1) || !start(&w[1], 2))
		return false;
	if (set(fd) != 0 || state(fd) != 0 || finish(&w[0]) != 0)
		return false;
	return fdinfo(fd, "waiters") == 1 && set(fd) == 0 && finish(&w[1]) == 0 && state(fd) == 0;
}

#endif
