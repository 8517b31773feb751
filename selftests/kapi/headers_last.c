// SPDX-License-Identifier: GPL-2.0
/* Only has to compile: the headers after kernel headers that have some of their names. */
#include <linux/nfs4.h>
#include <linux/acpi.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sunrpc/clnt.h>
#include <linux/sunrpc/svc.h>
#include <linux/sunrpc/xdr.h>
#include <net/sock.h>
#include <ntevent/wdm.h>
#include <ntevent/storport.h>

static_assert(TRUE == 1 && FALSE == 0);
