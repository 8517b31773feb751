// SPDX-License-Identifier: GPL-2.0
/*
 * In the coverage build of ntevent.ko: what the compiler calls on every edge. The kernel's own function of this
 * name records for tasks that asked for it; this one records for whoever comes by, interrupts too.
 */

#include <linux/module.h>
#include <linux/uaccess.h>

#include "coverage.h"

/* The compiler's; here for W=1. */
void __sanitizer_cov_trace_pc(void);

void notrace __sanitizer_cov_trace_pc(void)
{
	/* objtool lets a function of this name be called in the midst of a user copy, but no other from here. */
	unsigned long flags = user_access_save();

	ntevent_coverage_record(THIS_MODULE, _RET_IP_);
	user_access_restore(flags);
}
