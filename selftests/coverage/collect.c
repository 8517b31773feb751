// SPDX-License-Identifier: GPL-2.0
/*
 * The compiler calls this function on every edge of the coverage build of ntevent.ko. The kernel's
 * own function of this name records only for tasks that asked for it. This one records in any
 * context, including interrupts.
 */

#include <linux/module.h>
#include <linux/uaccess.h>

#include "coverage.h"

/* The compiler declares it too. This is for W=1. */
void __sanitizer_cov_trace_pc(void);

void notrace __sanitizer_cov_trace_pc(void)
{
	/* objtool allows a call of this function during a user copy, but no call from it. */
	unsigned long flags = user_access_save();

	ntevent_coverage_record(THIS_MODULE, _RET_IP_);
	user_access_restore(flags);
}
