/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The event routines of the Windows driver model, for kernel modules.
 * docs/kernel-api.md says what each routine does with each parameter, which status it returns, and
 * in which contexts it may be called.
 *
 * Strings have 16-bit units, as L"..." has in the kernel (-fshort-wchar).
 */
#ifndef NTEVENT_WDM_H
#define NTEVENT_WDM_H

#include <linux/kernel.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <ntevent/ntstatus.h>
#include <ntevent/sal.h>

/*
 * Some names are also in headers of the kernel. ACPI and sunrpc define TRUE and FALSE with the same
 * values, and may be included before or after this header. So they are enumerators here. DELETE
 * below is an enumerator because other headers have it as an argument of a macro. IN, OUT and
 * OPTIONAL are not defined, because they would break each header that uses these words and is
 * included later.
 */
#ifndef FALSE
enum { FALSE = 0 };
#endif
#ifndef TRUE
enum { TRUE = 1 };
#endif

#define VOID	void
#define NTAPI

/*
 * In NT this macro says that the IRQL is below DISPATCH_LEVEL. Here it says that the caller may
 * sleep, and the debug kernel checks that.
 */
#define PAGED_CODE()			might_sleep()
#define UNREFERENCED_PARAMETER(P)	((void)(P))

typedef char CHAR;
typedef u8 UCHAR;
typedef u8 BOOLEAN;
typedef s16 SHORT;
typedef u16 USHORT;
typedef u16 WCHAR;
typedef s32 LONG;
typedef u32 ULONG;
typedef s64 LONGLONG;
typedef u64 ULONGLONG;
typedef unsigned long ULONG_PTR;
typedef void *PVOID;
typedef void *HANDLE;
typedef LONG KPRIORITY;
typedef UCHAR KIRQL;
typedef ULONG ACCESS_MASK;
typedef BOOLEAN *PBOOLEAN;
typedef WCHAR *PWSTR;
typedef const WCHAR *PCWSTR;
typedef LONG *PLONG;
typedef ULONG *PULONG;
typedef HANDLE *PHANDLE;
typedef KIRQL *PKIRQL;

typedef union _LARGE_INTEGER {
	struct {
		ULONG LowPart;
		LONG HighPart;
	};
	struct {
		ULONG LowPart;
		LONG HighPart;
	} u;
	LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

/* Lengths are in bytes. The buffer needs no NUL at its end. */
typedef struct _UNICODE_STRING {
	USHORT Length;
	USHORT MaximumLength;
	PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

/* Initialises a UNICODE_STRING with a literal. */
#define RTL_CONSTANT_STRING(s)	{ sizeof(s) - sizeof((s)[0]), sizeof(s), (void *)(s) }

/* Defines the constant string Name and its buffer, at file scope or in a function. */
#define DECLARE_CONST_UNICODE_STRING(Name, Literal)	\
	const WCHAR Name##_buffer[] = Literal;		\
	const UNICODE_STRING Name = { sizeof(Literal) - sizeof(WCHAR), sizeof(Literal), (PWSTR)Name##_buffer }

/* Rights. */
enum {
	DELETE = 0x00010000,
};
#define READ_CONTROL		0x00020000U
#define WRITE_DAC		0x00040000U
#define WRITE_OWNER		0x00080000U
#define SYNCHRONIZE		0x00100000U
#define STANDARD_RIGHTS_REQUIRED 0x000f0000U
#define ACCESS_SYSTEM_SECURITY	0x01000000U
#define MAXIMUM_ALLOWED		0x02000000U
#define GENERIC_ALL		0x10000000U
#define GENERIC_EXECUTE		0x20000000U
#define GENERIC_WRITE		0x40000000U
#define GENERIC_READ		0x80000000U
#define EVENT_QUERY_STATE	0x00000001U
#define EVENT_MODIFY_STATE	0x00000002U
#define EVENT_ALL_ACCESS	0x001f0003U
#define THREAD_ALL_ACCESS	0x001fffffU

/* Attributes of a handle and of its object. */
#define OBJ_INHERIT		0x00000002U
#define OBJ_PERMANENT		0x00000010U
#define OBJ_EXCLUSIVE		0x00000020U
#define OBJ_CASE_INSENSITIVE	0x00000040U
#define OBJ_OPENIF		0x00000080U
#define OBJ_OPENLINK		0x00000100U
#define OBJ_KERNEL_HANDLE	0x00000200U
#define OBJ_FORCE_ACCESS_CHECK	0x00000400U
#define OBJ_DONT_REPARSE	0x00001000U

typedef struct _OBJECT_ATTRIBUTES {
	ULONG Length;
	HANDLE RootDirectory;
	PUNICODE_STRING ObjectName;
	ULONG Attributes;
	PVOID SecurityDescriptor;
	PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

#define InitializeObjectAttributes(p, n, a, r, s)		\
	do {							\
		POBJECT_ATTRIBUTES __attributes = (p);		\
								\
		__attributes->Length = sizeof(OBJECT_ATTRIBUTES); \
		__attributes->RootDirectory = (r);		\
		__attributes->ObjectName = (n);			\
		__attributes->Attributes = (a);			\
		__attributes->SecurityDescriptor = (s);		\
		__attributes->SecurityQualityOfService = NULL;	\
	} while (0)

#define SECURITY_DESCRIPTOR_REVISION	1
#define SE_DACL_PRESENT			0x0004
#define SE_SACL_PRESENT			0x0010

/*
 * Only two parts have an effect: the revision, and a DACL that is present and NULL. Such a DACL
 * lets everybody open the event.
 */
typedef struct _SECURITY_DESCRIPTOR {
	UCHAR Revision;
	UCHAR Sbz1;
	USHORT Control;
	PVOID Owner;
	PVOID Group;
	PVOID Sacl;
	PVOID Dacl;
} SECURITY_DESCRIPTOR, *PSECURITY_DESCRIPTOR;

typedef enum _EVENT_TYPE {
	NotificationEvent = 0,
	SynchronizationEvent = 1,
} EVENT_TYPE;

typedef enum _WAIT_TYPE {
	WaitAll = 0,
	WaitAny = 1,
} WAIT_TYPE;

/* On whose behalf a routine works. */
typedef enum _MODE {
	KernelMode = 0,
	UserMode = 1,
	MaximumMode = 2,
} MODE;
typedef CHAR KPROCESSOR_MODE;

/* A wait reason has no effect. */
typedef enum _KWAIT_REASON {
	Executive = 0,
	FreePage = 1,
	PageIn = 2,
	PoolAllocation = 3,
	DelayExecution = 4,
	Suspended = 5,
	UserRequest = 6,
} KWAIT_REASON;

#define MAXIMUM_WAIT_OBJECTS	64
#define THREAD_WAIT_OBJECTS	3
/* The increments of the priority. They have no effect. */
#define IO_NO_INCREMENT		0
#define IO_CD_ROM_INCREMENT	1
#define IO_DISK_INCREMENT	1
#define IO_PARALLEL_INCREMENT	1
#define IO_VIDEO_INCREMENT	1
#define IO_MAILSLOT_INCREMENT	2
#define IO_NAMED_PIPE_INCREMENT	2
#define IO_NETWORK_INCREMENT	2
#define IO_SERIAL_INCREMENT	2
#define IO_KEYBOARD_INCREMENT	6
#define IO_MOUSE_INCREMENT	6
#define IO_SOUND_INCREMENT	8
#define EVENT_INCREMENT		1
#define MUTANT_INCREMENT	1
#define SEMAPHORE_INCREMENT	1

/*
 * An event in the caller's storage. The caller initialises it and keeps it in place. While a thread
 * waits for it, the caller must not free it and must not initialise it again. The fields are
 * private to ntevent.
 */
typedef struct _KEVENT {
	wait_queue_head_t Queue;
	u64 Opaque[4];
} KEVENT, *PKEVENT, *PRKEVENT;

/* A wait for more than THREAD_WAIT_OBJECTS objects needs one of these for each object. */
typedef struct _KWAIT_BLOCK {
	wait_queue_entry_t Entry;
	u64 Opaque[4];
} KWAIT_BLOCK, *PKWAIT_BLOCK, *PRKWAIT_BLOCK;

/* Any context, interrupts included. On PREEMPT_RT, any context that may take a spinlock_t. */
VOID KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State);
LONG KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);
LONG KeResetEvent(PRKEVENT Event);
VOID KeClearEvent(PRKEVENT Event);
LONG KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);
LONG KeReadStateEvent(PRKEVENT Event);

/* Any context with a timeout of zero. Otherwise only where the caller may sleep. */
NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
			       PLARGE_INTEGER Timeout);
NTSTATUS KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType, KWAIT_REASON WaitReason,
				  KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Timeout,
				  PKWAIT_BLOCK WaitBlockArray);
#define KeWaitForMutexObject	KeWaitForSingleObject

/* For callers that may sleep. */
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Interval);

/* Any context except NMI. */
VOID KeQuerySystemTime(PLARGE_INTEGER CurrentTime);
LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency);

/*
 * Only three levels exist on Linux. At PASSIVE_LEVEL the caller may sleep. At DISPATCH_LEVEL it
 * must not sleep. At HIGH_LEVEL interrupts are off too. Any context.
 */
#define PASSIVE_LEVEL	0
#define LOW_LEVEL	0
#define APC_LEVEL	1
#define DISPATCH_LEVEL	2
#define HIGH_LEVEL	15

KIRQL KeGetCurrentIrql(VOID);
VOID KeRaiseIrql(KIRQL NewIrql, PKIRQL OldIrql);
KIRQL KeRaiseIrqlToDpcLevel(VOID);
VOID KeLowerIrql(KIRQL NewIrql);

/* Object types, for ObReferenceObjectByHandle and ObReferenceObjectByPointer. */
typedef struct _OBJECT_TYPE *POBJECT_TYPE;
extern POBJECT_TYPE *ExEventObjectType;
extern POBJECT_TYPE *IoFileObjectType;
extern POBJECT_TYPE *PsThreadType;

typedef struct _OBJECT_HANDLE_INFORMATION {
	ULONG HandleAttributes;
	ACCESS_MASK GrantedAccess;
} OBJECT_HANDLE_INFORMATION, *POBJECT_HANDLE_INFORMATION;

/*
 * A handle is a kernel handle or an fd of /dev/ntevent in the current process. Every kernel thread
 * can use a kernel handle, and no user can. The fd 0 is not a handle.
 *
 * Process context, or any context with a kernel handle.
 */
NTSTATUS ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
				   KPROCESSOR_MODE AccessMode, PVOID *Object,
				   POBJECT_HANDLE_INFORMATION HandleInformation);
/* Any context. They only affect an object that comes from a handle. */
NTSTATUS ObReferenceObjectByPointer(PVOID Object, ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
				    KPROCESSOR_MODE AccessMode);
VOID ObReferenceObject(PVOID Object);
VOID ObDereferenceObject(PVOID Object);

/*
 * Threads of the kernel. The handle is always a kernel handle. A driver can wait for the handle,
 * and for the pointer from ObReferenceObjectByHandle. When the wait is satisfied, the thread has
 * ended and runs no code of the driver any more. Process context.
 */
typedef struct _KTHREAD *PKTHREAD, *PRKTHREAD;
typedef struct _ETHREAD *PETHREAD;
typedef VOID KSTART_ROUTINE(PVOID StartContext);
typedef KSTART_ROUTINE *PKSTART_ROUTINE;

typedef struct _CLIENT_ID {
	HANDLE UniqueProcess;
	HANDLE UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

NTSTATUS PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
			      HANDLE ProcessHandle, PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine,
			      PVOID StartContext);
/*
 * Returns only if PsCreateSystemThread did not start the current thread, or if it must not sleep.
 */
NTSTATUS PsTerminateSystemThread(NTSTATUS ExitStatus);

/* Process context. The object is valid until the handle is closed. */
PKEVENT IoCreateNotificationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle);
PKEVENT IoCreateSynchronizationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle);

/* Any context. */
VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);

typedef enum _EVENT_INFORMATION_CLASS {
	EventBasicInformation = 0,
} EVENT_INFORMATION_CLASS;

typedef struct _EVENT_BASIC_INFORMATION {
	EVENT_TYPE EventType;
	LONG EventState;
} EVENT_BASIC_INFORMATION, *PEVENT_BASIC_INFORMATION;

/*
 * Zw routines: the kernel is the caller. They trust pointers. They check rights only if the
 * attributes of a name have OBJ_FORCE_ACCESS_CHECK.
 *
 * Nt routines: in a user process the user is the caller. The pointers are the user's, and rights
 * are checked.
 *
 * Process context. With a kernel handle, Zw Set, Reset, Clear, Pulse, Query, and waits with a
 * timeout of zero can be called in any context.
 */
NTSTATUS ZwCreateEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
		       EVENT_TYPE EventType, BOOLEAN InitialState);
NTSTATUS ZwOpenEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes);
NTSTATUS ZwSetEvent(HANDLE EventHandle, PLONG PreviousState);
NTSTATUS ZwResetEvent(HANDLE EventHandle, PLONG PreviousState);
NTSTATUS ZwClearEvent(HANDLE EventHandle);
NTSTATUS ZwPulseEvent(HANDLE EventHandle, PLONG PreviousState);
NTSTATUS ZwQueryEvent(HANDLE EventHandle, EVENT_INFORMATION_CLASS EventInformationClass, PVOID EventInformation,
		      ULONG EventInformationLength, PULONG ReturnLength);
NTSTATUS ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout);
NTSTATUS ZwWaitForMultipleObjects(ULONG Count, HANDLE Handles[], WAIT_TYPE WaitType, BOOLEAN Alertable,
				  PLARGE_INTEGER Timeout);
NTSTATUS ZwClose(HANDLE Handle);
NTSTATUS ZwMakeTemporaryObject(HANDLE Handle);

NTSTATUS NtCreateEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
		       EVENT_TYPE EventType, BOOLEAN InitialState);
NTSTATUS NtOpenEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes);
NTSTATUS NtSetEvent(HANDLE EventHandle, PLONG PreviousState);
NTSTATUS NtResetEvent(HANDLE EventHandle, PLONG PreviousState);
NTSTATUS NtClearEvent(HANDLE EventHandle);
NTSTATUS NtPulseEvent(HANDLE EventHandle, PLONG PreviousState);
NTSTATUS NtQueryEvent(HANDLE EventHandle, EVENT_INFORMATION_CLASS EventInformationClass, PVOID EventInformation,
		      ULONG EventInformationLength, PULONG ReturnLength);
NTSTATUS NtWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout);
NTSTATUS NtWaitForMultipleObjects(ULONG Count, HANDLE Handles[], WAIT_TYPE WaitType, BOOLEAN Alertable,
				  PLARGE_INTEGER Timeout);
NTSTATUS NtClose(HANDLE Handle);
NTSTATUS NtMakeTemporaryObject(HANDLE Handle);

#endif
