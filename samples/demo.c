// SPDX-License-Identifier: GPL-2.0
/*
 * A demonstration: separate processes that synchronise through /dev/ntevent.
 *
 * A producer makes items and sets a synchronization event for each. One of two workers takes the
 * item. Three watchers wait for one notification event, and one set releases all of them. A
 * collector waits for all of two events, which the workers set at their end. An idler waits for an
 * event that nobody sets, until its timeout. Each line of output has the time, the process and what
 * it does. The exit status is 0 if all of them did what they should.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/ntevent.h>

enum { ITEMS = 6, WORKERS = 2, WATCHERS = 3 };

static int device, work, taken, start, done[WORKERS], never;
static struct timespec origin;
static volatile int *handled;	/* items handled by each worker, in memory that the processes share */

static void say(const char *who, const char *format, ...)
{
	struct timespec now;
	char line[256];
	va_list args;

	clock_gettime(CLOCK_MONOTONIC, &now);
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	printf("%8.3f ms  %-10s %s\n",
	       (now.tv_sec - origin.tv_sec) * 1e3 + (now.tv_nsec - origin.tv_nsec) / 1e6, who, line);
	fflush(stdout);
}

static int create(uint32_t type)
{
	struct ntevent_create_event_args args = {
		.desired_access = NTEVENT_EVENT_ALL_ACCESS,
		.event_type = type,
	};
	int fd = ioctl(device, NTEVENT_IOC_CREATE_EVENT, &args);

	if (fd < 0) {
		perror("NTEVENT_IOC_CREATE_EVENT");
		exit(1);
	}
	return fd;
}

static int wait_for(const int *fds, uint32_t count, uint32_t flags, int64_t timeout)
{
	struct ntevent_wait_args args = {
		.handles = (uintptr_t)fds,
		.count = count,
		.flags = flags | NTEVENT_WAIT_TIMEOUT,
		.timeout = timeout,
	};

	return ioctl(device, NTEVENT_IOC_WAIT, &args);
}

#define SECONDS(n) (-10000000LL * (n))

static int worker(int number)
{
	const int events[] = { work, start };
	char who[16];
	int items = 0;

	snprintf(who, sizeof(who), "worker %d", number + 1);
	/* Work comes before the notification event, which tells a worker that there is no more. */
	while (wait_for(events, 2, 0, SECONDS(10)) == 0) {
		items++;
		handled[number] = items;
		say(who, "takes an item, %d so far", items);
		ioctl(taken, NTEVENT_IOC_SET);
	}
	say(who, "has no more work after %d items", items);
	ioctl(done[number], NTEVENT_IOC_SET);
	return 0;
}

static int watcher(int number)
{
	char who[16];
	int status = wait_for(&start, 1, 0, SECONDS(10));

	snprintf(who, sizeof(who), "watcher %d", number + 1);
	say(who, "is released by the notification event: status 0x%x", status);
	return status != 0;
}

static int collector(int unused)
{
	int status;

	(void)unused;
	say("collector", "waits until both workers are done");
	status = wait_for(done, WORKERS, NTEVENT_WAIT_ALL, SECONDS(10));
	say("collector", "both workers are done: status 0x%x", status);
	return status != 0;
}

static int idler(int unused)
{
	int status;

	(void)unused;
	say("idler", "waits 100 ms for an event that nobody sets");
	status = wait_for(&never, 1, 0, -1000000);
	say("idler", "timed out: status 0x%x", status);
	return status != NTEVENT_STATUS_TIMEOUT;
}

static int producer(int unused)
{
	int item;

	(void)unused;
	for (item = 1; item <= ITEMS; item++) {
		say("producer", "sets the synchronization event: item %d of %d", item, ITEMS);
		ioctl(work, NTEVENT_IOC_SET);
		if (wait_for(&taken, 1, 0, SECONDS(10)) != 0)
			return 1;
		usleep(20000);
	}
	say("producer", "sets the notification event, which releases every waiter");
	ioctl(start, NTEVENT_IOC_SET);
	return 0;
}

static void run(int (*role)(int), int number)
{
	switch (fork()) {
	case -1:
		perror("fork");
		exit(1);
	case 0:
		_exit(role(number));
	}
}

int main(void)
{
	int i, status, failed = 0, children = 0, items;

	clock_gettime(CLOCK_MONOTONIC, &origin);
	device = open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
	if (device < 0) {
		perror("/dev/ntevent");
		return 1;
	}
	handled = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	work = create(NTEVENT_SYNCHRONIZATION_EVENT);
	taken = create(NTEVENT_SYNCHRONIZATION_EVENT);
	start = create(NTEVENT_NOTIFICATION_EVENT);
	never = create(NTEVENT_NOTIFICATION_EVENT);
	for (i = 0; i < WORKERS; i++)
		done[i] = create(NTEVENT_SYNCHRONIZATION_EVENT);

	for (i = 0; i < WORKERS; i++, children++)
		run(worker, i);
	for (i = 0; i < WATCHERS; i++, children++)
		run(watcher, i);
	run(collector, 0);
	run(idler, 0);
	run(producer, 0);
	for (children += 3; children > 0; children--) {
		wait(&status);
		failed |= status;
	}
	items = handled[0] + handled[1];
	say("all", "%d items were set, %d were taken%s", ITEMS, items, items == ITEMS ? "" : ": some were lost or taken twice");
	if (failed || items != ITEMS) {
		say("all", "the demonstration FAILED");
		return 1;
	}
	say("all", "the demonstration passed");
	return 0;
}
