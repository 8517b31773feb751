// SPDX-License-Identifier: GPL-2.0

//! How a command fails: an NTSTATUS for the argument's status field, and its errno.

use crate::{
    status::Status,
    sys, //
};
use kernel::prelude::*;

/// A failed command.
#[derive(Clone, Copy)]
pub(super) struct Failure {
    /// What NT calls it; none for what NT does not know, such as a Unix signal.
    pub(super) status: Option<Status>,
    /// What the system call returns.
    pub(super) errno: Error,
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self {
            status: Some(status),
            errno: errno_of(status),
        }
    }
}

impl Failure {
    /// A failure that has no NTSTATUS.
    pub(super) fn without_status(errno: Error) -> Self {
        Self {
            status: None,
            errno,
        }
    }

    /// The failure to make an fd.
    pub(super) fn of_new_file(errno: Error) -> Self {
        let status = match errno {
            EMFILE | ENFILE => Status::TOO_MANY_OPENED_FILES,
            EFAULT => Status::ACCESS_VIOLATION,
            _ => Status::INSUFFICIENT_RESOURCES,
        };
        Self {
            status: Some(status),
            errno,
        }
    }
}

/// The errno of a status, as the ABI's table has it.
fn errno_of(status: Status) -> Error {
    match status {
        Status::INVALID_HANDLE => EBADF,
        Status::ACCESS_DENIED => EACCES,
        Status::PRIVILEGE_NOT_HELD => EPERM,
        Status::INSUFFICIENT_RESOURCES => ENOMEM,
        Status::TOO_MANY_OPENED_FILES => EMFILE,
        Status::ACCESS_VIOLATION => EFAULT,
        Status::NOT_SUPPORTED => sys::not_supported(),
        // Every kind of parameter and name that cannot be.
        _ => EINVAL,
    }
}
