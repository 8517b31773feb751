/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* What the sample driver and its user programs agree on. */
#ifndef NTEVENT_SAMPLE_H
#define NTEVENT_SAMPLE_H

#include <linux/ioctl.h>

/* read() gives the next record: a line "record NUMBER, told from a KIND interrupt". */
#define SAMPLE_DEVICE		"/dev/ntevent_sample"
#define SAMPLE_RECORD_SIZE	64

/* Set when a record is there. Of the type that resets itself, so it releases one reader of it. */
#define SAMPLE_EVENT		"\\BaseNamedObjects\\NtEventSample"

/* Most requests that wait for the device; one more fails with EBUSY. */
#define SAMPLE_MAX_REQUESTS	64

/*
 * The argument is an event, an fd of /dev/ntevent with NTEVENT_MODIFY_STATE. The device works through a request
 * without a record, after those before it; then the driver sets the event. The fd may be closed before that.
 */
#define SAMPLE_IOC_NOTIFY	_IO('N', 0xf0)

#endif
