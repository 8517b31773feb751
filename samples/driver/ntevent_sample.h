/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* The interface of the sample driver, for the driver and its programs. */
#ifndef NTEVENT_SAMPLE_H
#define NTEVENT_SAMPLE_H

#include <linux/ioctl.h>

/* read() returns the next record: a line "record NUMBER, reported by a KIND interrupt". */
#define SAMPLE_DEVICE		"/dev/ntevent_sample"
#define SAMPLE_RECORD_SIZE	64

/* The driver sets this synchronization event for each record. Each set releases one waiter. */
#define SAMPLE_EVENT		"\\BaseNamedObjects\\NtEventSample"

/* The largest number of requests that wait for the device. One more fails with EBUSY. */
#define SAMPLE_MAX_REQUESTS	64

/*
 * The argument is the fd of an event with the right NTEVENT_MODIFY_STATE. The driver queues a
 * request that has no record, and sets the event when the device has finished it. The fd may be
 * closed before that.
 */
#define SAMPLE_IOC_NOTIFY	_IO('N', 0xf0)

#endif
