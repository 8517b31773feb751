// SPDX-License-Identifier: GPL-2.0
/* Exports the symbols of the kernel API, which rust/kapi defines. */

#include <linux/export.h>

#include <ntevent/storport.h>
#include <ntevent/wdm.h>

EXPORT_SYMBOL_GPL(ExEventObjectType);
EXPORT_SYMBOL_GPL(IoFileObjectType);
EXPORT_SYMBOL_GPL(PsThreadType);
EXPORT_SYMBOL_GPL(KeInitializeEvent);
EXPORT_SYMBOL_GPL(KeSetEvent);
EXPORT_SYMBOL_GPL(KeResetEvent);
EXPORT_SYMBOL_GPL(KeClearEvent);
EXPORT_SYMBOL_GPL(KePulseEvent);
EXPORT_SYMBOL_GPL(KeReadStateEvent);
EXPORT_SYMBOL_GPL(KeWaitForSingleObject);
EXPORT_SYMBOL_GPL(KeWaitForMultipleObjects);
EXPORT_SYMBOL_GPL(KeDelayExecutionThread);
EXPORT_SYMBOL_GPL(KeQuerySystemTime);
EXPORT_SYMBOL_GPL(KeQueryPerformanceCounter);
EXPORT_SYMBOL_GPL(KeGetCurrentIrql);
EXPORT_SYMBOL_GPL(KeRaiseIrql);
EXPORT_SYMBOL_GPL(KeRaiseIrqlToDpcLevel);
EXPORT_SYMBOL_GPL(KeLowerIrql);
EXPORT_SYMBOL_GPL(PsCreateSystemThread);
EXPORT_SYMBOL_GPL(PsTerminateSystemThread);
EXPORT_SYMBOL_GPL(ObReferenceObjectByHandle);
EXPORT_SYMBOL_GPL(ObReferenceObjectByPointer);
EXPORT_SYMBOL_GPL(ObReferenceObject);
EXPORT_SYMBOL_GPL(ObDereferenceObject);
EXPORT_SYMBOL_GPL(IoCreateNotificationEvent);
EXPORT_SYMBOL_GPL(IoCreateSynchronizationEvent);
EXPORT_SYMBOL_GPL(RtlInitUnicodeString);
EXPORT_SYMBOL_GPL(ZwCreateEvent);
EXPORT_SYMBOL_GPL(ZwOpenEvent);
EXPORT_SYMBOL_GPL(ZwSetEvent);
EXPORT_SYMBOL_GPL(ZwResetEvent);
EXPORT_SYMBOL_GPL(ZwClearEvent);
EXPORT_SYMBOL_GPL(ZwPulseEvent);
EXPORT_SYMBOL_GPL(ZwQueryEvent);
EXPORT_SYMBOL_GPL(ZwWaitForSingleObject);
EXPORT_SYMBOL_GPL(ZwWaitForMultipleObjects);
EXPORT_SYMBOL_GPL(ZwClose);
EXPORT_SYMBOL_GPL(ZwMakeTemporaryObject);
EXPORT_SYMBOL_GPL(NtCreateEvent);
EXPORT_SYMBOL_GPL(NtOpenEvent);
EXPORT_SYMBOL_GPL(NtSetEvent);
EXPORT_SYMBOL_GPL(NtResetEvent);
EXPORT_SYMBOL_GPL(NtClearEvent);
EXPORT_SYMBOL_GPL(NtPulseEvent);
EXPORT_SYMBOL_GPL(NtQueryEvent);
EXPORT_SYMBOL_GPL(NtWaitForSingleObject);
EXPORT_SYMBOL_GPL(NtWaitForMultipleObjects);
EXPORT_SYMBOL_GPL(NtClose);
EXPORT_SYMBOL_GPL(NtMakeTemporaryObject);
EXPORT_SYMBOL_GPL(StorPortInitializeEvent);
EXPORT_SYMBOL_GPL(StorPortSetEvent);
EXPORT_SYMBOL_GPL(StorPortWaitForSingleObject);
