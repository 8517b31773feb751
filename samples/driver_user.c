// SPDX-License-Identifier: GPL-2.0
/*
 * Drives the sample driver (driver/ntevent_sample.c) through all that it does, and says what it sees. Run it as
 * root: the driver gives its event no descriptor, so only the owner can open it. The exit status tells whether all
 * went as it should.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <uchar.h>
#include <unistd.h>
#include <linux/ntevent.h>
#include "driver/ntevent_sample.h"

enum { READERS = 4, READS = 10 };

#define NAME(s)		u"" s
#define PARAMETERS	"/sys/module/ntevent_sample/parameters/"

static const char16_t event_name[] = NAME(SAMPLE_EVENT);
static int device, driver;
static unsigned int records;	/* how many were read */

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
	va_list args;

	printf("FAILED: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(" (errno: %s)\n", strerror(errno));
	exit(1);
}

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static void set_parameter(const char *file, unsigned int value)
{
	FILE *stream = fopen(file, "w");

	if (!stream || fprintf(stream, "%u\n", value) < 0 || fclose(stream))
		fail("cannot write %s", file);
}

/* The wait status, or -1. */
static int wait_for(int event, int64_t milliseconds)
{
	struct ntevent_wait_one_args args = { .flags = NTEVENT_WAIT_TIMEOUT, .timeout = -10000 * milliseconds };

	return ioctl(event, NTEVENT_IOC_WAIT_ONE, &args);
}

static int create_event(uint32_t access)
{
	struct ntevent_create_event_args args = {
		.object.root = -1,
		.desired_access = access,
		.event_type = NTEVENT_SYNCHRONIZATION_EVENT,
	};
	int event = ioctl(device, NTEVENT_IOC_CREATE_EVENT, &args);

	if (event < 0)
		fail("no event: 0x%x", args.status);
	return event;
}

static int duplicate(int event, uint32_t access)
{
	struct ntevent_duplicate_args args = { .desired_access = access };
	int copy = ioctl(event, NTEVENT_IOC_DUPLICATE, &args);

	if (copy < 0)
		fail("no other handle: 0x%x", args.status);
	return copy;
}

/* The record's number; 0 with errno. */
static unsigned int read_record(char kind[8])
{
	char line[SAMPLE_RECORD_SIZE + 1];
	ssize_t length = read(driver, line, sizeof(line) - 1);
	unsigned int number;

	if (length < 0)
		return 0;
	line[length] = 0;
	if (sscanf(line, "record %u, told from a %7s interrupt", &number, kind) != 2)
		fail("a strange record: %s", line);
	return number;
}

static void read_once(int shared)
{
	char kind[8];
	unsigned int first = read_record(kind);

	if (!first)
		fail("no record");
	/* Others may have read before this program ran. */
	records = first;
	say("read: record %u, whose \"DPC\" set the event in a %s interrupt", first, kind);
	if (wait_for(shared, 0) != NTEVENT_STATUS_SUCCESS)
		fail("the named event is not set");
	if (wait_for(shared, 0) != NTEVENT_STATUS_TIMEOUT)
		fail("the named event does not reset itself");
	say("named event: the driver set it for that record, and a wait took it");
}

/* The first way of sharing: an event that the driver named. */
static int open_shared_event(void)
{
	struct ntevent_open_args args = {
		.object.name = (uintptr_t)event_name,
		.object.name_length = sizeof(event_name) - sizeof(*event_name),
		.object.root = -1,
		.desired_access = NTEVENT_SYNCHRONIZE | NTEVENT_QUERY_STATE,
	};
	struct ntevent_event_info info;
	int event = ioctl(device, NTEVENT_IOC_OPEN_EVENT, &args);

	if (event < 0)
		fail("%s does not open: 0x%x", SAMPLE_EVENT, args.status);
	if (ioctl(event, NTEVENT_IOC_QUERY, &info) < 0 || info.event_type != NTEVENT_SYNCHRONIZATION_EVENT)
		fail("%s is not as it should be", SAMPLE_EVENT);
	wait_for(event, 0);	/* of an earlier run, perhaps */
	say("named event: opened %s", SAMPLE_EVENT);
	return event;
}

/* Each record goes to one reader. */
static void read_from_many(void)
{
	unsigned int *seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int i, j, status, bad = 0;
	char kind[8];

	if (seen == MAP_FAILED)
		fail("no memory");
	for (i = 0; i < READERS; i++) {
		if (fork() == 0) {
			for (j = 0; j < READS; j++) {
				unsigned int number = read_record(kind) - records;

				if (number < 1 || number > READERS * READS)
					_exit(1);
				__atomic_add_fetch(&seen[number], 1, __ATOMIC_RELAXED);
			}
			_exit(0);
		}
	}
	for (i = 0; i < READERS; i++) {
		wait(&status);
		bad |= status;
	}
	for (i = 1; i <= READERS * READS; i++)
		bad |= seen[i] != 1;
	if (bad)
		fail("%d readers lost a record, or shared one", READERS);
	records += READERS * READS;
	munmap(seen, 4096);
	say("read: %d processes at once took %d records, each its own", READERS, READERS * READS);
}

/* The second, and better, way: an event of ours, lent to the driver. It needs but the right to set it. */
static void lend_event(void)
{
	int event = create_event(NTEVENT_EVENT_ALL_ACCESS);
	int lent = duplicate(event, NTEVENT_MODIFY_STATE);

	if (ioctl(driver, SAMPLE_IOC_NOTIFY, lent) < 0)
		fail("the driver does not take the event");
	close(lent);
	if (wait_for(event, 10000) != NTEVENT_STATUS_SUCCESS)
		fail("the driver does not set the event");
	say("our event: the driver set it, after the handle that it was given was closed");
	close(event);
}

static void expect_refusal(const char *what, long handle, int error)
{
	if (ioctl(driver, SAMPLE_IOC_NOTIFY, handle) == 0)
		fail("the driver takes %s", what);
	if (errno != error)
		fail("%s is refused in the wrong way", what);
}

static void lend_badly(void)
{
	static const char16_t name[] = u"\\BaseNamedObjects";
	struct ntevent_open_args args = {
		.object.name = (uintptr_t)name,
		.object.name_length = sizeof(name) - sizeof(*name),
		.object.root = -1,
		.desired_access = NTEVENT_DIRECTORY_QUERY,
	};
	int directory = ioctl(device, NTEVENT_IOC_OPEN_DIRECTORY, &args);
	int event = create_event(NTEVENT_SYNCHRONIZE);

	expect_refusal("-1", -1, EBADF);
	expect_refusal("a number beyond all fds", 0x100000000, EBADF);
	expect_refusal("a kernel handle", (long)0xffffffff80000004, EBADF);
	expect_refusal("standard input", 0, EBADF);
	expect_refusal("a fd of another device", driver, EBADF);
	expect_refusal("a directory", directory, EINVAL);
	expect_refusal("an event that it may not set", event, EACCES);
	close(event);
	close(directory);
	say("our event: refused what is no event, and one without the right to set it");
}

static void on_alarm(int number)
{
	(void)number;
}

/* Again and again, should the first come too early. */
static void alarm_in_ms(int milliseconds)
{
	struct timeval time = { .tv_usec = 1000 * milliseconds };
	struct itimerval timer = { .it_value = time, .it_interval = time };

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void interrupt_reads(void)
{
	int event = create_event(NTEVENT_EVENT_ALL_ACCESS);
	char kind[8];

	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = on_alarm }, NULL);
	set_parameter(PARAMETERS "delay_us", 400000);

	/* The device works for somebody else, so the read waits in the queue. */
	if (ioctl(driver, SAMPLE_IOC_NOTIFY, event) < 0)
		fail("the driver does not take the event");
	alarm_in_ms(50);
	if (read_record(kind) || errno != EINTR)
		fail("a signal does not end a read");
	alarm_in_ms(0);
	say("signal: ended a read that waited for the device");
	if (wait_for(event, 10000) != NTEVENT_STATUS_SUCCESS)
		fail("the request of another was cancelled too");

	alarm_in_ms(50);
	if (read_record(kind) != records + 1)
		fail("a record is lost to a read that was cancelled");
	alarm_in_ms(0);
	records++;
	say("signal: too late for a read that the device works for; that got record %u, the next", records);
	close(event);
}

static void time_out(void)
{
	char kind[8];

	set_parameter(PARAMETERS "timeout_ms", 50);
	if (read_record(kind) || errno != ETIMEDOUT)
		fail("the worker does not give the device up");
	say("timeout: the worker gave the device up after 50 ms");
	set_parameter(PARAMETERS "timeout_ms", 5000);
	set_parameter(PARAMETERS "delay_us", 1000);
	if (read_record(kind) != records + 1)
		fail("after that the device does not work");
	records++;
}

static void fill_queue(void)
{
	int event = create_event(NTEVENT_EVENT_ALL_ACCESS), requests = 0;

	set_parameter(PARAMETERS "delay_us", 100000);
	while (ioctl(driver, SAMPLE_IOC_NOTIFY, event) == 0)
		requests++;
	if (errno != EBUSY || requests < SAMPLE_MAX_REQUESTS)
		fail("the queue took %d requests", requests);
	set_parameter(PARAMETERS "delay_us", 1000);
	say("queue: full after %d requests; they are left to who unloads the driver", requests);
	/* the event goes with its last request */
}

int main(void)
{
	int shared;

	device = open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
	if (device < 0)
		fail("/dev/ntevent");
	driver = open(SAMPLE_DEVICE, O_RDONLY | O_CLOEXEC);
	if (driver < 0)
		fail("%s", SAMPLE_DEVICE);
	shared = open_shared_event();
	read_once(shared);
	read_from_many();
	lend_event();
	lend_badly();
	interrupt_reads();
	time_out();
	fill_queue();
	say("the driver went as it should");
	return 0;
}
