// SPDX-License-Identifier: GPL-2.0
/* Only has to compile: the headers twice, before kernel headers that have some of their names. */
#include <ntevent/storport.h>
#include <ntevent/storport.h>
#include <ntevent/wdm.h>
#include <linux/nfs4.h>
#include <linux/acpi.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sunrpc/clnt.h>
#include <linux/sunrpc/svc.h>
#include <linux/sunrpc/xdr.h>
#include <net/sock.h>

static_assert(TRUE == 1 && FALSE == 0);
static_assert(sizeof(HANDLE) == 8 && sizeof(WCHAR) == sizeof(*L""));
static_assert(sizeof(EVENT_BASIC_INFORMATION) == 8 && sizeof(LARGE_INTEGER) == 8 && sizeof(BOOLEAN) == 1);
