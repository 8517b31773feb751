/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the stress tests of ntevent share: thousands of waiters, and checks of what they leave. No
 * check depends on how long something took.
 */
#ifndef NTEVENT_STRESS_H
#define NTEVENT_STRESS_H

#include "ntevent_test.h"
#include "budget.h"
#include <dirent.h>

/* Like await_waiters(), for thousands. Gives up if no waiter has come for a long time. */
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

/*
 * Whether the module reaches COUNT references. The kernel drops those of some files a little later.
 */
static inline bool await_references(long count)
{
	return await(module_references() == count);
}

static inline int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = -1;	/* not counting the fd of the folder */

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

/* Waits. A success that comes only at the timeout had no wake-up, and counts as an error. */
static inline int prompt_wait(int fd, int64_t timeout)
{
	int64_t from = now_ms();
	int result = wait_one(fd, timeout);

	return result == 0 && now_ms() - from >= timeout / MILLISECONDS(1) ? -ETIME : result;
}

/* Whether RESULT is an index below COUNT, the success of a wait for all, or a timeout. */
static inline bool is_documented(int result, int count)
{
	return (result >= 0 && result < count) || result == TIMEOUT || result == -EBADF;
}

/* Whether the queue of FD is empty and one set satisfies exactly one waiter. */
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
