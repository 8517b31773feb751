/* SPDX-License-Identifier: GPL-2.0 */
/* The event routines of StorPort, for kernel modules. See docs/kernel-api.md. */
#ifndef NTEVENT_STORPORT_H
#define NTEVENT_STORPORT_H

#include <ntevent/wdm.h>

#define STOR_STATUS_SUCCESS			0x00000000U
#define STOR_STATUS_UNSUCCESSFUL		0xc1000001U
#define STOR_STATUS_INVALID_PARAMETER		0xc1000006U
#define STOR_STATUS_INVALID_IRQL		0xc1000008U

typedef enum _STOR_EVENT_TYPE {
	StorNotificationEvent = 0,
	StorSynchronizationEvent = 1,
} STOR_EVENT_TYPE;

/* An event of StorPort. Like a KEVENT, it is in the caller's storage. */
typedef struct _STOR_EVENT {
	KEVENT Header;
} STOR_EVENT, *PSTOR_EVENT;

/* Any context. */
ULONG StorPortInitializeEvent(PVOID HwDeviceExtension, PSTOR_EVENT Event, STOR_EVENT_TYPE Type, BOOLEAN State);
/* Any context except a hard interrupt. */
ULONG StorPortSetEvent(PVOID HwDeviceExtension, PSTOR_EVENT Event);
/* Any context with a timeout of zero. Otherwise only where the caller may sleep. */
ULONG StorPortWaitForSingleObject(PVOID HwDeviceExtension, PVOID Object, BOOLEAN Alertable, PLARGE_INTEGER Timeout);

#endif
