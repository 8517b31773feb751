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

#include <linux/types.h>
#include <linux/wait.h>

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
typedef LONG NTSTATUS;
typedef LONG KPRIORITY;
typedef ULONG ACCESS_MASK;
typedef BOOLEAN *PBOOLEAN;
typedef WCHAR *PWSTR;
typedef const WCHAR *PCWSTR;
typedef LONG *PLONG;
typedef ULONG *PULONG;
typedef HANDLE *PHANDLE;

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

/* The result of a routine. A value that is not negative is a success. */
#define NT_SUCCESS(Status)			((NTSTATUS)(Status) >= 0)
#define STATUS_SUCCESS				((NTSTATUS)0x00000000)
#define STATUS_WAIT_0				((NTSTATUS)0x00000000)
#define STATUS_USER_APC				((NTSTATUS)0x000000c0)
#define STATUS_ALERTED				((NTSTATUS)0x00000101)
#define STATUS_TIMEOUT				((NTSTATUS)0x00000102)
#define STATUS_PENDING				((NTSTATUS)0x00000103)
#define STATUS_OBJECT_NAME_EXISTS		((NTSTATUS)0x40000000)
#define STATUS_DATATYPE_MISALIGNMENT		((NTSTATUS)0x80000002)
#define STATUS_UNSUCCESSFUL			((NTSTATUS)0xc0000001)
#define STATUS_INVALID_INFO_CLASS		((NTSTATUS)0xc0000003)
#define STATUS_INFO_LENGTH_MISMATCH		((NTSTATUS)0xc0000004)
#define STATUS_ACCESS_VIOLATION			((NTSTATUS)0xc0000005)
#define STATUS_INVALID_HANDLE			((NTSTATUS)0xc0000008)
#define STATUS_INVALID_PARAMETER		((NTSTATUS)0xc000000d)
#define STATUS_ACCESS_DENIED			((NTSTATUS)0xc0000022)
#define STATUS_OBJECT_TYPE_MISMATCH		((NTSTATUS)0xc0000024)
#define STATUS_INVALID_PARAMETER_MIX		((NTSTATUS)0xc0000030)
#define STATUS_OBJECT_NAME_INVALID		((NTSTATUS)0xc0000033)
#define STATUS_OBJECT_NAME_NOT_FOUND		((NTSTATUS)0xc0000034)
#define STATUS_OBJECT_NAME_COLLISION		((NTSTATUS)0xc0000035)
#define STATUS_OBJECT_PATH_NOT_FOUND		((NTSTATUS)0xc000003a)
#define STATUS_OBJECT_PATH_SYNTAX_BAD		((NTSTATUS)0xc000003b)
#define STATUS_QUOTA_EXCEEDED			((NTSTATUS)0xc0000044)
#define STATUS_UNKNOWN_REVISION			((NTSTATUS)0xc0000058)
#define STATUS_PRIVILEGE_NOT_HELD		((NTSTATUS)0xc0000061)
#define STATUS_INVALID_SECURITY_DESCR		((NTSTATUS)0xc0000079)
#define STATUS_INSUFFICIENT_RESOURCES		((NTSTATUS)0xc000009a)
#define STATUS_CANT_WAIT			((NTSTATUS)0xc00000d8)
#define STATUS_INVALID_PARAMETER_1		((NTSTATUS)0xc00000ef)
#define STATUS_INVALID_PARAMETER_2		((NTSTATUS)0xc00000f0)
#define STATUS_INVALID_PARAMETER_3		((NTSTATUS)0xc00000f1)
#define STATUS_INVALID_PARAMETER_8		((NTSTATUS)0xc00000f6)
#define STATUS_TOO_MANY_OPENED_FILES		((NTSTATUS)0xc000011f)

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

/* Attributes of a handle and of its object. */
#define OBJ_INHERIT		0x00000002U
#define OBJ_PERMANENT		0x00000010U
#define OBJ_EXCLUSIVE		0x00000020U
#define OBJ_CASE_INSENSITIVE	0x00000040U
#define OBJ_OPENIF		0x00000080U
#define OBJ_OPENLINK		0x00000100U
#define OBJ_KERNEL_HANDLE	0x00000200U
#define OBJ_FORCE_ACCESS_CHECK	0x00000400U

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
#define IO_NO_INCREMENT		0
#define EVENT_INCREMENT		1

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

/* Object types, for ObReferenceObjectByHandle. */
typedef struct _OBJECT_TYPE *POBJECT_TYPE;
extern POBJECT_TYPE *ExEventObjectType;
extern POBJECT_TYPE *IoFileObjectType;

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
VOID ObReferenceObject(PVOID Object);
VOID ObDereferenceObject(PVOID Object);

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
