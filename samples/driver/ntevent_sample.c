// SPDX-License-Identifier: GPL-2.0
/*
 * A driver in the style of WDM that uses the events of ntevent. It follows the figure of
 * Microsoft's page "Defining and Using an Event Object".
 *
 *   read()  queues a request, sets Work, waits for Done of its request
 *   worker  waits for Stop or Work, takes a request, starts the device, waits for Interrupt,
 *           sets Done
 *   timer   stands for the device, its interrupt and its DPC: sets Interrupt
 *
 * Any number of threads may read at once. Each has its own request with its own event. The queue
 * has a lock. Only the worker uses the device, its timer and its event, and it handles one request
 * at a time. A request belongs to its reader, except while the worker has it: from the time when it
 * leaves the queue until its event is set.
 */
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <ntevent/storport.h>
#include <ntevent/wdm.h>
#include "ntevent_sample.h"

/* Names of Windows that have nothing to do with events, so they are not in wdm.h. */
#define STATUS_DEVICE_BUSY	((NTSTATUS)0x80000011)
#define STATUS_IO_TIMEOUT	((NTSTATUS)0xc00000b5)
#define STATUS_CANCELLED	((NTSTATUS)0xc0000120)

#define MILLISECONDS		10000	/* in units of 100 ns, as timeouts are */

static unsigned int delay_us = 1000;
module_param(delay_us, uint, 0644);
MODULE_PARM_DESC(delay_us, "time in microseconds that the device takes for a request");

static unsigned int timeout_ms = 5000;
module_param(timeout_ms, uint, 0644);
MODULE_PARM_DESC(timeout_ms, "time in milliseconds after which a request of the device fails");

typedef struct _SAMPLE_IRP {
	struct list_head Link;	/* in Queue, or empty */
	PKEVENT UserEvent;	/* for a request that no thread waits for, otherwise NULL */
	KEVENT Done;
	NTSTATUS Status;
	ULONG Length;
	char Record[SAMPLE_RECORD_SIZE];
} SAMPLE_IRP, *PSAMPLE_IRP;

typedef struct _DEVICE_EXTENSION {
	struct miscdevice Misc;
	PVOID Thread;

	spinlock_t Lock;	/* protects Queue, QueueLength, and the state of Work */
	struct list_head Queue;
	ULONG QueueLength;
	KEVENT Work;		/* notification: Queue is not empty */
	KEVENT Stop;		/* notification: the worker shall end */

	struct hrtimer Timer;
	KEVENT Interrupt;	/* synchronization: the device has finished */
	BOOLEAN HardInterrupt;
	ULONG RecordCount;

	STOR_EVENT Started;	/* notification: the worker has tried the device; StartStatus is set */
	NTSTATUS StartStatus;

	PKEVENT SharedEvent;	/* valid until SharedHandle is closed */
	HANDLE SharedHandle;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static PDEVICE_EXTENSION SampleExtension;

static int SampleErrno(NTSTATUS Status)
{
	switch (Status) {
	case STATUS_SUCCESS:			return 0;
	case STATUS_USER_APC:			return -ERESTARTSYS;
	case STATUS_INSUFFICIENT_RESOURCES:	return -ENOMEM;
	case STATUS_DEVICE_BUSY:		return -EBUSY;
	case STATUS_IO_TIMEOUT:			return -ETIMEDOUT;
	case STATUS_CANCELLED:			return -ECANCELED;
	case STATUS_INVALID_HANDLE:		return -EBADF;
	case STATUS_ACCESS_DENIED:		return -EACCES;
	case STATUS_OBJECT_TYPE_MISMATCH:	return -EINVAL;
	default:				return -EIO;
	}
}

/* Runs in a hard interrupt, and on PREEMPT_RT in a softirq. */
static enum hrtimer_restart SampleDpcForIsr(struct hrtimer *Timer)
{
	PDEVICE_EXTENSION Extension = container_of(Timer, DEVICE_EXTENSION, Timer);

	Extension->HardInterrupt = !!in_hardirq();
	KeSetEvent(&Extension->Interrupt, IO_DISK_INCREMENT, FALSE);
	return HRTIMER_NORESTART;
}

/* Runs the device, which takes delay_us. Only the worker calls this. */
static NTSTATUS SampleRunDevice(PDEVICE_EXTENSION Extension)
{
	LARGE_INTEGER Timeout = { .QuadPart = -(LONGLONG)READ_ONCE(timeout_ms) * MILLISECONDS };
	NTSTATUS Status;

	/* Discards an interrupt that came too late for the last request. */
	KeClearEvent(&Extension->Interrupt);
	hrtimer_start(&Extension->Timer, us_to_ktime(READ_ONCE(delay_us)), HRTIMER_MODE_REL);
	Status = KeWaitForSingleObject(&Extension->Interrupt, Executive, KernelMode, FALSE, &Timeout);
	if (Status == STATUS_SUCCESS)
		return STATUS_SUCCESS;
	hrtimer_cancel(&Extension->Timer);
	return STATUS_IO_TIMEOUT;
}

/* Like IoCompleteRequest. When it returns, the request is freed, or belongs to its reader again. */
static VOID SampleCompleteIrp(PDEVICE_EXTENSION Extension, PSAMPLE_IRP Irp, NTSTATUS Status)
{
	Irp->Status = Status;
	if (Irp->UserEvent) {
		KeSetEvent(Irp->UserEvent, IO_DISK_INCREMENT, FALSE);
		ObDereferenceObject(Irp->UserEvent);
		kfree(Irp);
		return;
	}
	/* In this order, so that a program that has read a record finds the event set. */
	if (Status == STATUS_SUCCESS)
		KeSetEvent(Extension->SharedEvent, IO_NO_INCREMENT, FALSE);
	KeSetEvent(&Irp->Done, IO_DISK_INCREMENT, FALSE);
}

/* The caller holds Lock. */
static VOID SampleUnlinkIrp(PDEVICE_EXTENSION Extension, PSAMPLE_IRP Irp)
{
	list_del_init(&Irp->Link);
	Extension->QueueLength--;
	if (list_empty(&Extension->Queue))
		KeClearEvent(&Extension->Work);
}

/* Like IoStartPacket. */
static NTSTATUS SampleStartIrp(PDEVICE_EXTENSION Extension, PSAMPLE_IRP Irp)
{
	NTSTATUS Status = STATUS_DEVICE_BUSY;

	spin_lock(&Extension->Lock);
	if (Extension->QueueLength < SAMPLE_MAX_REQUESTS) {
		list_add_tail(&Irp->Link, &Extension->Queue);
		Extension->QueueLength++;
		KeSetEvent(&Extension->Work, IO_NO_INCREMENT, FALSE);
		Status = STATUS_SUCCESS;
	}
	spin_unlock(&Extension->Lock);
	return Status;
}

/* Takes the request out of the queue. Returns whether it was still there. */
static BOOLEAN SampleCancelIrp(PDEVICE_EXTENSION Extension, PSAMPLE_IRP Irp)
{
	BOOLEAN Queued;

	spin_lock(&Extension->Lock);
	Queued = !list_empty(&Irp->Link);
	if (Queued)
		SampleUnlinkIrp(Extension, Irp);
	spin_unlock(&Extension->Lock);
	return Queued;
}

static PSAMPLE_IRP SampleNextIrp(PDEVICE_EXTENSION Extension)
{
	PSAMPLE_IRP Irp;

	spin_lock(&Extension->Lock);
	Irp = list_first_entry_or_null(&Extension->Queue, SAMPLE_IRP, Link);
	if (Irp)
		SampleUnlinkIrp(Extension, Irp);
	spin_unlock(&Extension->Lock);
	return Irp;
}

static VOID SampleTransfer(PDEVICE_EXTENSION Extension, PSAMPLE_IRP Irp)
{
	NTSTATUS Status = SampleRunDevice(Extension);

	if (Status == STATUS_SUCCESS && !Irp->UserEvent)
		Irp->Length = scnprintf(Irp->Record, sizeof(Irp->Record), "record %u, reported by a %s interrupt\n",
					++Extension->RecordCount, Extension->HardInterrupt ? "hard" : "soft");
	SampleCompleteIrp(Extension, Irp, Status);
}

static VOID SampleThread(PVOID Context)
{
	PDEVICE_EXTENSION Extension = Context;
	PVOID Objects[] = { &Extension->Stop, &Extension->Work };	/* Stop wins if both are signaled */
	PSAMPLE_IRP Irp;

	Extension->StartStatus = SampleRunDevice(Extension);
	StorPortSetEvent(Extension, &Extension->Started);

	while (KeWaitForMultipleObjects(ARRAY_SIZE(Objects), Objects, WaitAny, Executive, KernelMode, FALSE, NULL,
					NULL) == STATUS_WAIT_0 + 1) {
		/* The request may have been cancelled in the meantime. */
		Irp = SampleNextIrp(Extension);
		if (Irp)
			SampleTransfer(Extension, Irp);
	}
	while ((Irp = SampleNextIrp(Extension)))
		SampleCompleteIrp(Extension, Irp, STATUS_CANCELLED);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

/* With UserEvent, the request takes over the caller's reference. */
static PSAMPLE_IRP SampleAllocateIrp(PKEVENT UserEvent)
{
	PSAMPLE_IRP Irp = kzalloc(sizeof(*Irp), GFP_KERNEL_ACCOUNT);

	if (!Irp)
		return NULL;
	INIT_LIST_HEAD(&Irp->Link);
	KeInitializeEvent(&Irp->Done, NotificationEvent, FALSE);
	Irp->UserEvent = UserEvent;
	return Irp;
}

/* IRP_MJ_READ */
static ssize_t SampleRead(struct file *File, char __user *Buffer, size_t Count, loff_t *Position)
{
	PDEVICE_EXTENSION Extension = container_of(File->private_data, DEVICE_EXTENSION, Misc);
	PSAMPLE_IRP Irp = SampleAllocateIrp(NULL);
	NTSTATUS Status;
	ssize_t Result;

	if (!Irp)
		return -ENOMEM;
	Status = SampleStartIrp(Extension, Irp);
	if (Status != STATUS_SUCCESS)
		goto Free;
	Status = KeWaitForSingleObject(&Irp->Done, UserRequest, UserMode, TRUE, NULL);
	if (Status != STATUS_SUCCESS) {
		/*
		 * A Unix signal. A request that the worker has taken cannot be cancelled. It ends
		 * within timeout_ms, as usual.
		 */
		if (SampleCancelIrp(Extension, Irp))
			goto Free;
		KeWaitForSingleObject(&Irp->Done, Executive, KernelMode, FALSE, NULL);
	}
	Status = Irp->Status;
Free:
	Result = SampleErrno(Status);
	if (Status == STATUS_SUCCESS) {
		Result = min_t(size_t, Count, Irp->Length);
		if (copy_to_user(Buffer, Irp->Record, Result))
			Result = -EFAULT;
	}
	kfree(Irp);
	return Result;
}

/*
 * IRP_MJ_DEVICE_CONTROL. This runs in the process that owns the handle, so the handle must be
 * looked up here.
 */
static long SampleDeviceControl(struct file *File, unsigned int Code, unsigned long Argument)
{
	PDEVICE_EXTENSION Extension = container_of(File->private_data, DEVICE_EXTENSION, Misc);
	PVOID UserEvent;
	PSAMPLE_IRP Irp;
	NTSTATUS Status;

	if (Code != SAMPLE_IOC_NOTIFY)
		return -ENOTTY;
	/* UserMode: kernel handles are refused, and the handle must have the right to set. */
	Status = ObReferenceObjectByHandle((HANDLE)Argument, EVENT_MODIFY_STATE, *ExEventObjectType, UserMode,
					   &UserEvent, NULL);
	if (Status != STATUS_SUCCESS)
		return SampleErrno(Status);
	Irp = SampleAllocateIrp(UserEvent);
	Status = Irp ? SampleStartIrp(Extension, Irp) : STATUS_INSUFFICIENT_RESOURCES;
	if (Status != STATUS_SUCCESS) {
		kfree(Irp);
		ObDereferenceObject(UserEvent);
	}
	return SampleErrno(Status);
}

static const struct file_operations SampleFileOperations = {
	.owner		= THIS_MODULE,	/* the module stays while a file is open */
	.read		= SampleRead,
	.unlocked_ioctl	= SampleDeviceControl,
	.compat_ioctl	= SampleDeviceControl,
};

/*
 * An event that the worker sets at its end is not enough. After the set the worker still runs code
 * of this module. The thread object is signaled when the worker runs no code of this module any
 * more.
 */
static VOID SampleStopThread(PDEVICE_EXTENSION Extension)
{
	KeSetEvent(&Extension->Stop, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(Extension->Thread, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(Extension->Thread);
}

static NTSTATUS SampleStartThread(PDEVICE_EXTENSION Extension)
{
	LARGE_INTEGER Timeout = { .QuadPart = -10000LL * MILLISECONDS };
	NTSTATUS Status;
	HANDLE Handle;

	Status = PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, SampleThread, Extension);
	if (Status != STATUS_SUCCESS)
		return Status;
	/* This does not fail, because the kernel handle is to a thread and nobody else knows it. */
	ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, &Extension->Thread, NULL);
	ZwClose(Handle);
	if (StorPortWaitForSingleObject(Extension, &Extension->Started, FALSE, &Timeout) == STOR_STATUS_SUCCESS &&
	    Extension->StartStatus == STATUS_SUCCESS)
		return STATUS_SUCCESS;
	SampleStopThread(Extension);
	return STATUS_IO_TIMEOUT;
}

static NTSTATUS SampleCreateSharedEvent(PDEVICE_EXTENSION Extension)
{
	UNICODE_STRING Name;

	RtlInitUnicodeString(&Name, L"" SAMPLE_EVENT);
	Extension->SharedEvent = IoCreateSynchronizationEvent(&Name, &Extension->SharedHandle);
	if (!Extension->SharedEvent)
		return STATUS_INSUFFICIENT_RESOURCES;
	/* A new event is signaled. */
	KeClearEvent(Extension->SharedEvent);
	return STATUS_SUCCESS;
}

/* Runs in the process that loads the module. */
static NTSTATUS DriverEntry(PDEVICE_EXTENSION Extension)
{
	NTSTATUS Status;

	spin_lock_init(&Extension->Lock);
	INIT_LIST_HEAD(&Extension->Queue);
	hrtimer_setup(&Extension->Timer, SampleDpcForIsr, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	KeInitializeEvent(&Extension->Work, NotificationEvent, FALSE);
	KeInitializeEvent(&Extension->Stop, NotificationEvent, FALSE);
	KeInitializeEvent(&Extension->Interrupt, SynchronizationEvent, FALSE);
	if (StorPortInitializeEvent(Extension, &Extension->Started, StorNotificationEvent, FALSE) !=
	    STOR_STATUS_SUCCESS)
		return STATUS_UNSUCCESSFUL;

	Status = SampleCreateSharedEvent(Extension);
	if (Status != STATUS_SUCCESS)
		return Status;
	Status = SampleStartThread(Extension);
	if (Status != STATUS_SUCCESS)
		goto CloseEvent;

	/* The last step: from here on programs can read. */
	Extension->Misc = (struct miscdevice) {
		.minor = MISC_DYNAMIC_MINOR,
		.name = "ntevent_sample",
		.fops = &SampleFileOperations,
		.mode = 0600,
	};
	if (!misc_register(&Extension->Misc))
		return STATUS_SUCCESS;
	Status = STATUS_INSUFFICIENT_RESOURCES;
	SampleStopThread(Extension);
CloseEvent:
	ZwClose(Extension->SharedHandle);
	return Status;
}

/* No file is open. Requests with a user's event may still be queued: the worker cancels them. */
static VOID DriverUnload(PDEVICE_EXTENSION Extension)
{
	misc_deregister(&Extension->Misc);
	SampleStopThread(Extension);
	ZwClose(Extension->SharedHandle);
}

static int __init SampleInit(void)
{
	NTSTATUS Status = STATUS_INSUFFICIENT_RESOURCES;

	SampleExtension = kzalloc(sizeof(*SampleExtension), GFP_KERNEL);
	if (SampleExtension)
		Status = DriverEntry(SampleExtension);
	if (Status != STATUS_SUCCESS)
		kfree(SampleExtension);
	return SampleErrno(Status);
}
module_init(SampleInit);

static void __exit SampleExit(void)
{
	DriverUnload(SampleExtension);
	kfree(SampleExtension);
}
module_exit(SampleExit);

MODULE_DESCRIPTION("A driver that uses the kernel API of ntevent");
MODULE_LICENSE("GPL");
