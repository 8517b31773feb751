// SPDX-License-Identifier: GPL-2.0

//! The table of fds of the current task.
//!
//! It would be a method of `kernel::task::CurrentTask`, as its memory is.
//! `FileDescriptorReservation` and `LocalFile` of `kernel::fs::file` take for granted that there is
//! a table, and nothing there closes an fd.
//!
//! C header: [`include/linux/fdtable.h`](srctree/include/linux/fdtable.h)

use super::{
    context::may_sleep,
    helpers, //
};
use kernel::{
    fs::file::{
        flags,
        FileDescriptorReservation, //
    },
    prelude::*,
    types::NotThreadSafe, //
};

/// Proof that the current task has a table of fds. It is of no size, and goes with the call in
/// which it was made: the task alone can drop its table, and does so when no call is in progress.
///
/// # Invariants
///
/// `current->files` is not null.
#[derive(Clone, Copy)]
pub(crate) struct Files(NotThreadSafe);

impl Files {
    /// That of the task that calls; none if it exits and has none any more. Any context: nobody
    /// asks for a task that was interrupted, so there is none then.
    pub(crate) fn current() -> Option<Self> {
        // INVARIANT: Not null.
        // SAFETY: Reads the current task's state.
        let is_there = may_sleep() && unsafe { helpers::ntevent_helper_has_files() };
        is_there.then_some(Self(NotThreadSafe))
    }

    /// That of the task whose system call is in progress.
    ///
    /// # Safety
    ///
    /// It is one that takes an fd.
    #[inline]
    pub(super) unsafe fn of_system_call() -> Self {
        // INVARIANT: The task found the fd in its table, and does not drop that before it exits.
        Self(NotThreadSafe)
    }

    /// Whether another thread may close an fd of the table.
    #[inline]
    pub(super) fn are_shared(self) -> bool {
        // SAFETY: By the type invariant the task has a table.
        unsafe { helpers::ntevent_helper_files_are_shared() }
    }

    /// Takes the lowest free fd that is not below `lowest`, 0 or 1. Process context.
    ///
    /// Errors: `EMFILE`.
    pub(crate) fn free_fd(
        self,
        lowest: u32,
        close_on_exec: bool,
    ) -> Result<FileDescriptorReservation> {
        let fd_flags = if close_on_exec { flags::O_CLOEXEC } else { 0 };
        let fd = FileDescriptorReservation::get_unused_fd_flags(fd_flags)?;
        if fd.reserved_fd() >= lowest {
            return Ok(fd);
        }
        FileDescriptorReservation::get_unused_fd_flags(fd_flags)
    }

    /// Closes `fd`. Process context, may sleep. What it is may have changed since it was looked at,
    /// and it may be closed already: that is between the threads of the process.
    ///
    /// # Safety
    ///
    /// No [`super::fd::Fd`] of this file is in use in the current call: it may lack a reference.
    pub(crate) unsafe fn close(self, fd: i32) {
        // SAFETY: By the type invariant the task has a table; a number that is not open is refused.
        // The caller says that nothing here uses the file.
        unsafe { helpers::close_fd(fd as c_uint) };
    }
}
