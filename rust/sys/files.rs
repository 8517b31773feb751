// SPDX-License-Identifier: GPL-2.0

//! The table of fds of the current task.
//!
//! It would be a method of `kernel::task::CurrentTask`, which has one for the task's memory.
//! `FileDescriptorReservation` and `LocalFile` of `kernel::fs::file` assume that there is a table.
//! Nothing there closes an fd.
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

/// Proof that the current task has a table of fds. It has no size. It is not used after the call in
/// which it was made. Only the task itself drops its table, and not during a call.
///
/// # Invariants
///
/// `current->files` is not null.
#[derive(Clone, Copy)]
pub(crate) struct Files(NotThreadSafe);

impl Files {
    /// The table of the current task. `None` if the task is exiting and has no table any more, or
    /// if the caller must not sleep. Any context. An interrupt does not act for the task that it
    /// interrupted.
    pub(crate) fn current() -> Option<Self> {
        // INVARIANT: The helper says that it is not null.
        // SAFETY: Reads the current task's state.
        let is_there = may_sleep() && unsafe { helpers::ntevent_helper_has_files() };
        is_there.then_some(Self(NotThreadSafe))
    }

    /// The table of the task whose system call is in progress.
    ///
    /// # Safety
    ///
    /// The system call takes an fd.
    #[inline]
    pub(super) unsafe fn of_system_call() -> Self {
        // INVARIANT: The task found the fd in its table. It does not drop the table before it
        // exits.
        Self(NotThreadSafe)
    }

    /// Whether another thread may close an fd of the table.
    #[inline]
    pub(super) fn are_shared(self) -> bool {
        // SAFETY: By the type invariant the task has a table.
        unsafe { helpers::ntevent_helper_files_are_shared() }
    }

    /// Takes the lowest free fd that is at least `lowest`, which is 0 or 1. Process context.
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

    /// Closes `fd`. Another thread of the process may have closed it, or opened another file as
    /// `fd`, since the caller looked at it. Only the threads of the process can prevent that.
    /// Process context, may sleep.
    ///
    /// # Safety
    ///
    /// No [`super::fd::Fd`] of this file is in use in the current call, because it may have no
    /// reference.
    pub(crate) unsafe fn close(self, fd: i32) {
        // SAFETY: By the type invariant the task has a table. A number that is not open is refused.
        // The caller says that nothing here uses the file.
        unsafe { helpers::close_fd(fd as c_uint) };
    }
}
