// SPDX-License-Identifier: GPL-2.0

//! Passing the end of a wait to a system call that the kernel restarts.
//!
//! The kernel restarts a call that returns `-ERESTARTNOHAND` with the same arguments, unless a
//! signal handler runs. The kernel's own sleeps keep the rest of the sleep in a restart block,
//! which has the address of a function. A module must not leave such an address in a task. The task
//! keeps the address after a handler that jumps away, and its children inherit it. The module
//! cannot find all these tasks when it is unloaded. So no address is used here. The time is stored
//! in a field of the restart block that is data. A mark in the upper half of the call's number says
//! that the time is there. The kernel ignores that half, because the number is an int. If a handler
//! runs, `EINTR` replaces the number. So the mark reaches a restarted call and no other call.
//!
//! In the kernel crate it would be a method of `kernel::task::CurrentTask`.

use super::helpers;
use kernel::prelude::*;

/// How the system call in progress began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Started {
    /// The program made the call.
    Anew,
    /// The kernel restarted the call after [`restart_with`], which was given this time.
    Again(i64),
    /// The kernel restarted the call, but the time was overwritten. A handler ran in the instant
    /// between, and slept.
    AgainWithoutTime,
}

/// The highest byte of a mark. Its highest bit is clear, so the number stays positive.
const MARK: u32 = 0x4e << 24;

/// The mark of a time. If the time is overwritten, the mark does not match it any more.
fn mark_of(time: i64) -> u32 {
    // The product may wrap, because it is a hash.
    let hash = (time as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    MARK | (hash >> 40) as u32
}

/// How the system call in progress began. The current task is in a system call.
#[inline]
pub(crate) fn started() -> Started {
    // SAFETY: Reads the current task's registers.
    match unsafe { helpers::ntevent_helper_restart_mark() } {
        0 => Started::Anew,
        mark => started_with(mark),
    }
}

#[cold]
fn started_with(mark: u32) -> Started {
    if mark >> 24 != MARK >> 24 {
        return Started::Anew;
    }
    // SAFETY: Reads a field of the current task.
    let time = unsafe { helpers::ntevent_helper_restart_time() };
    if mark == mark_of(time) {
        Started::Again(time)
    } else {
        Started::AgainWithoutTime
    }
}

/// The error of a system call that a Unix signal ended. If no handler runs, the kernel restarts the
/// call, and [`started`] returns `time` there. The error is `EINTR` where this is impossible. The
/// current task is in a system call.
#[cold]
pub(crate) fn restart_with(time: i64) -> Error {
    // SAFETY: The helper changes the current task's own state, as the kernel's sleeps do.
    if unsafe { helpers::ntevent_helper_restart_with(mark_of(time), time) } {
        ERESTARTNOHAND
    } else {
        EINTR
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_restart)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_no_errors_and_differ() {
        for time in [0, 1, -1, i64::MAX, i64::MIN, 1_000_000_000] {
            assert_eq!(mark_of(time) >> 24, 0x4e);
            assert_ne!(mark_of(time), mark_of(time ^ 1));
        }
    }
}
