// SPDX-License-Identifier: GPL-2.0
/* Issue 17, number 21: what the source of a Windows driver uses from its headers. */
#include "test.h"

static UNICODE_STRING constant = RTL_CONSTANT_STRING(L"constant");
DECLARE_CONST_UNICODE_STRING(file_scope, L"file");

static_assert(STATUS_WAIT_1 == 1 && STATUS_WAIT_2 == 2 && STATUS_WAIT_31 == 31 && STATUS_WAIT_62 == 62 &&
	      STATUS_WAIT_63 == 63);
static_assert(IO_NO_INCREMENT == 0 && IO_CD_ROM_INCREMENT == 1 && IO_DISK_INCREMENT == 1 && IO_PARALLEL_INCREMENT == 1 &&
	      IO_VIDEO_INCREMENT == 1 && IO_MAILSLOT_INCREMENT == 2 && IO_NAMED_PIPE_INCREMENT == 2 &&
	      IO_NETWORK_INCREMENT == 2 && IO_SERIAL_INCREMENT == 2 && IO_KEYBOARD_INCREMENT == 6 &&
	      IO_MOUSE_INCREMENT == 6 && IO_SOUND_INCREMENT == 8 && EVENT_INCREMENT == 1);
static_assert(sizeof(KIRQL) == 1 && PASSIVE_LEVEL < APC_LEVEL && APC_LEVEL < DISPATCH_LEVEL && DISPATCH_LEVEL < HIGH_LEVEL);

_IRQL_requires_max_(DISPATCH_LEVEL)
_Success_(return > 0)
_Must_inspect_result_
static LONG annotated(_In_ PKEVENT Event, _In_opt_ PVOID Context, _Out_ PLONG State,
		      _Inout_updates_bytes_opt_(Length) PVOID Buffer, _In_ ULONG Length, _Reserved_ PVOID Reserved)
{
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Buffer);
	UNREFERENCED_PARAMETER(Length);
	UNREFERENCED_PARAMETER(Reserved);
	PAGED_CODE();
	*State = KeReadStateEvent(Event);
	return KeSetEvent(Event, IO_SOUND_INCREMENT, FALSE) + 1;
}

void F21_constant_strings(struct test *t)
{
	DECLARE_CONST_UNICODE_STRING(local, L"\\BaseNamedObjects\\kapi_F21");
	UNICODE_STRING empty = RTL_CONSTANT_STRING(L""), counted;
	OBJECT_ATTRIBUTES a = attributes((PUNICODE_STRING)&local, OBJ_KERNEL_HANDLE, NULL);
	HANDLE handle;

	RtlInitUnicodeString(&counted, L"constant");
	EQ(counted.Length, constant.Length);
	EQ(counted.MaximumLength, constant.MaximumLength);
	EQ(0, memcmp(counted.Buffer, constant.Buffer, counted.MaximumLength));
	EQ(8, file_scope.Length);
	EQ(10, file_scope.MaximumLength);
	EQ('f', file_scope.Buffer[0]);
	EQ(0, file_scope.Buffer[4]);
	EQ(0, empty.Length);
	EQ(2, empty.MaximumLength);
	EQ(STATUS_SUCCESS, ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &a, NotificationEvent, FALSE));
	EQ(STATUS_SUCCESS, ZwClose(handle));
}

void F21_annotated_source(struct test *t)
{
	KEVENT *e = event(t, NotificationEvent, TRUE);
	LONG state = NO_STATE;

	EQ(2, annotated(e, NULL, &state, NULL, 0, NULL));
	EQ(1, state);
}
