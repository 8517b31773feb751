// SPDX-License-Identifier: GPL-2.0
/*
 * Uses each function of the sample driver (driver/ntevent_sample.c), checks it, and prints the
 * result. Run it as root, because the driver gives its event no security descriptor and so only the
 * owner can open it. The exit status is 0 if every check passed.
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
static unsigned int records;	/* the number of records that were read */

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
		.desired_access = access,
		.event_type = NTEVENT_SYNCHRONIZATION_EVENT,
	};
	int event = ioctl(device, NTEVENT_IOC_CREATE_EVENT, &args);

	if (event < 0)
		fail("cannot create an event: 0x%x", args.status);
	return event;
}

static int duplicate(int event, uint32_t access)
{
	struct ntevent_duplicate_args args = { .desired_access = access };
	int copy = ioctl(event, NTEVENT_IOC_DUPLICATE, &args);

	if (copy < 0)
		fail("cannot duplicate a handle: 0x%x", args.status);
	return copy;
}

/* The number of the record, or 0 with errno. */
static unsigned int read_record(char kind[8])
{
	char line[SAMPLE_RECORD_SIZE + 1];
	ssize_t length = read(driver, line, sizeof(line) - 1);
	unsigned int number;

	if (length < 0)
		return 0;
	line[length] = 0;
	if (sscanf(line, "record %u, reported by a %7s interrupt", &number, kind) != 2)
		fail("the record is malformed: %s", line);
	return number;
}

static void read_once(int shared)
{
	char kind[8];
	unsigned int first = read_record(kind);

	if (!first)
		fail("cannot read a record");
	/* Other programs may have read records before. */
	records = first;
	say("read: record %u, for which a %s interrupt set the event", first, kind);
	if (wait_for(shared, 0) != NTEVENT_STATUS_SUCCESS)
		fail("the named event is not set");
	if (wait_for(shared, 0) != NTEVENT_STATUS_TIMEOUT)
		fail("the named event was not reset by a wait");
	say("named event: the driver set it for that record, and a wait reset it");
}

/* The first way to share an event: the driver gives it a name. */
static int open_shared_event(void)
{
	struct ntevent_open_args args = {
		.object.name = (uintptr_t)event_name,
		.object.name_length = sizeof(event_name) - sizeof(*event_name),
		.object.root = NTEVENT_NO_ROOT,
		.desired_access = NTEVENT_SYNCHRONIZE | NTEVENT_QUERY_STATE,
	};
	struct ntevent_event_info info;
	int event = ioctl(device, NTEVENT_IOC_OPEN_EVENT, &args);

	if (event < 0)
		fail("cannot open %s: 0x%x", SAMPLE_EVENT, args.status);
	if (ioctl(event, NTEVENT_IOC_QUERY, &info) < 0 || info.event_type != NTEVENT_SYNCHRONIZATION_EVENT)
		fail("%s is not a synchronization event", SAMPLE_EVENT);
	wait_for(event, 0);	/* an earlier run may have left it signaled */
	say("named event: opened %s", SAMPLE_EVENT);
	return event;
}

/* Each record must go to exactly one reader. */
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
		fail("%d readers lost a record, or got one twice", READERS);
	records += READERS * READS;
	munmap(seen, 4096);
	say("read: %d processes at once got %d records, each record once", READERS, READERS * READS);
}

/*
 * The second and better way: the program lends its own event to the driver. The driver's handle
 * needs only the right to set it.
 */
static void lend_event(void)
{
	int event = create_event(NTEVENT_EVENT_ALL_ACCESS);
	int lent = duplicate(event, NTEVENT_MODIFY_STATE);

	if (ioctl(driver, SAMPLE_IOC_NOTIFY, lent) < 0)
		fail("the driver does not take the event");
	close(lent);
	if (wait_for(event, 10000) != NTEVENT_STATUS_SUCCESS)
		fail("the driver does not set the event");
	say("lent event: the driver set it, although the handle was closed before");
	close(event);
}

static void expect_refusal(const char *what, long handle, int error)
{
	if (ioctl(driver, SAMPLE_IOC_NOTIFY, handle) == 0)
		fail("the driver takes %s", what);
	if (errno != error)
		fail("the driver refuses %s with the wrong errno", what);
}

static void lend_badly(void)
{
	static const char16_t name[] = u"\\BaseNamedObjects";
	struct ntevent_open_args args = {
		.object.name = (uintptr_t)name,
		.object.name_length = sizeof(name) - sizeof(*name),
		.object.root = NTEVENT_NO_ROOT,
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
	say("lent event: the driver refused fds that are not events, and a handle without the right to set");
}

static void on_alarm(int number)
{
	(void)number;
}

/* The timer repeats, because the first signal may come before the read starts. */
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

	/* The device is busy with another request, so the read waits in the queue. */
	if (ioctl(driver, SAMPLE_IOC_NOTIFY, event) < 0)
		fail("the driver does not take the event");
	alarm_in_ms(50);
	if (read_record(kind) || errno != EINTR)
		fail("a signal does not end a read");
	alarm_in_ms(0);
	say("signal: ended a read that waited for the device");
	if (wait_for(event, 10000) != NTEVENT_STATUS_SUCCESS)
		fail("another request was cancelled too");

	alarm_in_ms(50);
	if (read_record(kind) != records + 1)
		fail("the cancelled read lost a record");
	alarm_in_ms(0);
	records++;
	say("signal: came too late for a read that the device had started; it got record %u", records);
	close(event);
}

static void time_out(void)
{
	char kind[8];

	set_parameter(PARAMETERS "timeout_ms", 50);
	if (read_record(kind) || errno != ETIMEDOUT)
		fail("a request of a slow device does not time out");
	say("timeout: the request failed after 50 ms");
	set_parameter(PARAMETERS "timeout_ms", 5000);
	set_parameter(PARAMETERS "delay_us", 1000);
	if (read_record(kind) != records + 1)
		fail("the device does not work after a timeout");
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
	say("queue: full after %d requests; unloading the driver cancels them", requests);
	/* The event is freed with its last request. */
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
	say("the driver passed every check");
	return 0;
}
