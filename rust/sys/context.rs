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

/// What the context of the caller forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// The caller may sleep.
    Passive,
    /// The caller must not sleep.
    Dispatch,
    /// Interrupts are off, so the caller must not sleep either.
    High,
}

/// The level of the caller. Any context.
pub(crate) fn level() -> Level {
    // SAFETY: Reads the state of the current CPU.
    let uninterrupted = unsafe { helpers::ntevent_helper_irqs_disabled() };
    // SAFETY: As above.
    if uninterrupted || in_hardirq() || unsafe { helpers::ntevent_helper_in_nmi() } {
        Level::High
    } else if may_sleep() {
        Level::Passive
    } else {
        Level::Dispatch
    }
}

/// Raises the level of the caller until [`lower`] is called. Does nothing if the level is already
/// as high as `to`. Any context.
pub(crate) fn raise(to: Level) {
    if level() >= to {
        return;
    }
    match to {
        Level::Passive => (),
        // SAFETY: The caller may sleep, so it is in process context, with interrupts on.
        Level::Dispatch => unsafe { helpers::ntevent_helper_disable_softirqs() },
        // SAFETY: Interrupts are on. The caller lowers the level again.
        Level::High => unsafe { helpers::ntevent_helper_disable_irqs() },
    }
}

/// Lowers the level of the caller to the level before [`raise`]. Does nothing if the level is
/// already as low as `to`. Any context.
pub(crate) fn lower(to: Level) {
    if to < Level::High {
        // SAFETY: The helper does nothing in an interrupt, or if interrupts are on.
        unsafe { helpers::ntevent_helper_enable_irqs() };
    }
    if to < Level::Dispatch {
        // SAFETY: The helper does nothing in an interrupt, or if softirqs are on.
        unsafe { helpers::ntevent_helper_enable_softirqs() };
    }
}

/// Logs which code outside this module asked for a wait where it must not sleep. The message is
/// rate limited. Any context.
pub(crate) fn log_refused_wait() {
    // SAFETY: It walks the current stack and prints.
    unsafe { helpers::ntevent_helper_log_refused_wait() }
}
