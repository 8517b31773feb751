// SPDX-License-Identifier: GPL-2.0

//! What the code that called may do: the nearest that Linux has to an IRQL, and to a previous mode.
//!
//! It would be a part of `kernel::task`, which cannot tell a context: a driver in Rust knows its
//! own. A routine of NT is called by C code, in every context, and refuses some.

use super::helpers;

/// Whether the caller may sleep: it is in process context, preemptible, with interrupts on, and in
/// no RCU read section, which on PREEMPT_RT every spinlock is. Any context.
pub(crate) fn may_sleep() -> bool {
    // SAFETY: Reads the state of the current CPU and task.
    unsafe { helpers::ntevent_helper_may_sleep() }
}

/// Whether the caller is a hardware interrupt. Any context.
pub(crate) fn in_hardirq() -> bool {
    // SAFETY: As above.
    unsafe { helpers::ntevent_helper_in_hardirq() }
}

/// Whether the kernel calls for itself: in an interrupt, or in a kernel thread. Any context.
pub(crate) fn is_kernel_caller() -> bool {
    // SAFETY: As above.
    unsafe { helpers::ntevent_helper_is_kernel_caller() }
}

/// Logs, rate limited, which code outside this module asked for a wait where it must not sleep. Any
/// context.
pub(crate) fn log_refused_wait() {
    // SAFETY: Walks the current stack, and prints.
    unsafe { helpers::ntevent_helper_log_refused_wait() }
}
