// SPDX-License-Identifier: GPL-2.0

//! A process, kept so that it can be recognised later.
//!
//! It would be a `kernel::pid`. In the kernel crate a `Pid` is a number, which may be given to
//! another process later. A reference to a `Task` would keep all of its `task_struct`.

use super::helpers;
use core::ptr::NonNull;
use kernel::bindings;

/// A process, which is a thread group. It may have exited, and its number may belong to another
/// process now. It still differs from that process.
///
/// # Invariants
///
/// The pointer holds a reference.
pub(crate) struct Process(NonNull<bindings::pid>);

// SAFETY: A `struct pid` may be used and put on any thread.
unsafe impl Send for Process {}
// SAFETY: As above.
unsafe impl Sync for Process {}

impl Process {
    /// The process of the current task. Process context.
    pub(crate) fn current() -> Self {
        // SAFETY: A running task has a thread group.
        let pid = unsafe { helpers::ntevent_helper_get_process() };
        // INVARIANT: The helper took a reference.
        // SAFETY: A running task has a thread group, so it is not null.
        Self(unsafe { NonNull::new_unchecked(pid) })
    }

    /// Whether the current task belongs to this process. Process context.
    pub(crate) fn is_current(&self) -> bool {
        // SAFETY: As in `current`.
        self.0.as_ptr() == unsafe { helpers::ntevent_helper_process() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SAFETY: By the type invariant there is a reference to give back.
        unsafe { bindings::put_pid(self.0.as_ptr()) }
    }
}
