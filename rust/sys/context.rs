// SPDX-License-Identifier: GPL-2.0

//! What the calling code may do. It is the nearest that Linux has to NT's IRQL and previous mode.
//!
//! It would be a part of `kernel::task`. Nothing there tells the context, because a driver in Rust
//! knows its own. But C code calls the routines of NT in every context, and some routines refuse
//! some contexts.

use super::helpers;

/// Whether the caller may sleep: it is in process context, preemptible, with interrupts on, and in
/// no RCU read section. On PREEMPT_RT code under a spinlock is in an RCU read section. Any context.
pub(crate) fn may_sleep() -> bool {
    // SAFETY: Reads the state of the current CPU and task.
    unsafe { helpers::ntevent_helper_may_sleep() }
}

/// Whether the caller runs in a hardware interrupt. Any context.
pub(crate) fn in_hardirq() -> bool {
    // SAFETY: As above.
    unsafe { helpers::ntevent_helper_in_hardirq() }
}

/// Whether the kernel is the caller: in an interrupt, or in a kernel thread. Any context.
pub(crate) fn is_kernel_caller() -> bool {
    // SAFETY: As above.
    unsafe { helpers::ntevent_helper_is_kernel_caller() }
}

/// Logs which code outside this module asked for a wait where it must not sleep. The message is
/// rate limited. Any context.
pub(crate) fn log_refused_wait() {
    // SAFETY: It walks the current stack and prints.
    unsafe { helpers::ntevent_helper_log_refused_wait() }
}
