/* SPDX-License-Identifier: GPL-2.0 */
/* The interface of /dev/ntevent_kapi, the test module in main.c, for kapi_test.c. */
#ifndef NTEVENT_KAPI_H
#define NTEVENT_KAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define KAPI_PAGE	4096

/* The fds that a program lends to every test. The events are unsignaled, of its IPC namespace. */
enum kapi_fd {
	KAPI_EVENT,		/* synchronization event, every right */
	KAPI_WAIT_ONLY,		/* notification event, SYNCHRONIZE */
	KAPI_MODIFY_ONLY,	/* notification event, EVENT_MODIFY_STATE */
	KAPI_QUERY_ONLY,	/* notification event, EVENT_QUERY_STATE */
	KAPI_DIRECTORY,		/* \BaseNamedObjects */
	KAPI_LINK,		/* \BaseNamedObjects\Global */
	KAPI_FOREIGN,		/* /dev/null */
	KAPI_DEVICE,		/* /dev/ntevent */
	KAPI_OWN_DIRECTORY,	/* a directory of the program, every right */
	KAPI_QUERIED_DIRECTORY,	/* the same, DIRECTORY_QUERY */
	KAPI_OWN_LINK,		/* a link of the program, every right */
	KAPI_QUERIED_LINK,	/* the same, SYMBOLIC_LINK_QUERY */
	KAPI_PLANTED_LINK,	/* \BaseNamedObjects\kapi_planted, a link of another user */
	KAPI_FDS,
};

/* Runs one test. The memory is three pages: writable, read-only, and unmapped. */
struct kapi_run {
	__u64 memory;
	__s32 fds[KAPI_FDS];
	__u32 test;
	__u32 failed;		/* out */
	__u32 skipped;		/* out */
	__u32 checks;		/* out: how many values were compared, at least one */
	char message[400];	/* out: of the first failure */
};

/* An event that a program and the module share, one for each open file. */
enum kapi_share_op {
	KAPI_CREATE_SYNCHRONIZATION,	/* IoCreate...Event; result: 1 if it gave a pointer */
	KAPI_CREATE_NOTIFICATION,
	KAPI_RESOLVE,			/* ObReferenceObjectByHandle on the fd for the user */
	KAPI_SET,			/* result: previous state */
	KAPI_RESET,
	KAPI_READ,			/* result: state */
	KAPI_SET_FROM_TIMER,		/* soon, in hard-irq context (RT: softirq) */
	KAPI_TEST,			/* a wait with a timeout of zero */
	KAPI_WAIT,			/* no timeout, UserMode, alertable */
	KAPI_WAIT_KERNEL,		/* no timeout, KernelMode */
	KAPI_WAIT_USER,			/* no timeout, UserMode, not alertable */
	KAPI_WAIT_MANY,			/* as KAPI_WAIT_KERNEL, for any of several */
	KAPI_DROP,			/* closes the handle, dereferences the pointer */
};

struct kapi_share {
	__u64 name;		/* UTF-16 */
	__u32 name_length;	/* in bytes */
	__u32 op;
	__s32 fd;
	__u32 access;
	__u32 status;		/* out: NTSTATUS */
	__s32 result;		/* out */
};

#define KAPI_IOC_RUN	_IOWR('K', 1, struct kapi_run)
#define KAPI_IOC_LAST	_IOR('K', 2, struct kapi_run)	/* the last run, whose caller may be dead */
#define KAPI_IOC_SHARE	_IOWR('K', 3, struct kapi_share)
/* Runs the test as the caller exits and its file is closed. KAPI_IOC_LAST has the result. */
#define KAPI_IOC_AT_FLUSH	_IOW('K', 4, struct kapi_run)
#define KAPI_IOC_AT_RELEASE	_IOW('K', 5, struct kapi_run)

#endif
