// SPDX-License-Identifier: GPL-2.0

//! The failure of a command: an NTSTATUS for the argument's status field, and an errno.

use crate::{
    status::Status,
    sys, //
};
use kernel::prelude::*;

/// A failed command.
#[derive(Clone, Copy)]
pub(super) struct Failure {
    /// The NTSTATUS. `None` if NT has no such failure, for example a Unix signal.
    pub(super) status: Option<Status>,
    /// The errno of the system call.
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
        Self {
            status: Some(Status::of_new_file(errno)),
            errno,
        }
    }
}

/// The errno of a status in the user ABI.
pub(super) fn errno_of(status: Status) -> Error {
    match status {
        Status::INVALID_HANDLE => EBADF,
        Status::ACCESS_DENIED => EACCES,
        Status::PRIVILEGE_NOT_HELD => EPERM,
        Status::INSUFFICIENT_RESOURCES => ENOMEM,
        Status::TOO_MANY_OPENED_FILES => EMFILE,
        Status::ACCESS_VIOLATION => EFAULT,
        Status::OBJECT_NAME_NOT_FOUND | Status::OBJECT_PATH_NOT_FOUND | Status::NO_MORE_ENTRIES => {
            ENOENT
        }
        Status::OBJECT_NAME_COLLISION => EEXIST,
        Status::BUFFER_TOO_SMALL => ERANGE,
        Status::QUOTA_EXCEEDED => sys::quota_exceeded(),
        Status::REPARSE_POINT_ENCOUNTERED => sys::too_many_links(),
        Status::INVALID_PARAMETER
        | Status::INVALID_PARAMETER_1
        | Status::INVALID_PARAMETER_MIX
        | Status::OBJECT_NAME_INVALID
        | Status::OBJECT_PATH_SYNTAX_BAD
        | Status::OBJECT_TYPE_MISMATCH
        | Status::DATATYPE_MISALIGNMENT => EINVAL,
        _ => {
            // No user can cause this. Only the routines of `kapi` return these statuses.
            sys::warn_on_once(true);
            EINVAL
        }
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_failure)]
mod tests {
    use super::*;

    #[test]
    fn errnos_of_statuses() {
        let table = [
            (Status::INVALID_PARAMETER, EINVAL),
            (Status::INVALID_PARAMETER_1, EINVAL),
            (Status::INVALID_PARAMETER_MIX, EINVAL),
            (Status::OBJECT_NAME_INVALID, EINVAL),
            (Status::DATATYPE_MISALIGNMENT, EINVAL),
            (Status::OBJECT_TYPE_MISMATCH, EINVAL),
            (Status::OBJECT_PATH_SYNTAX_BAD, EINVAL),
            (Status::OBJECT_NAME_NOT_FOUND, ENOENT),
            (Status::OBJECT_PATH_NOT_FOUND, ENOENT),
            (Status::NO_MORE_ENTRIES, ENOENT),
            (Status::OBJECT_NAME_COLLISION, EEXIST),
            (Status::BUFFER_TOO_SMALL, ERANGE),
            (Status::QUOTA_EXCEEDED, sys::quota_exceeded()),
            (Status::REPARSE_POINT_ENCOUNTERED, sys::too_many_links()),
            (Status::INVALID_HANDLE, EBADF),
            (Status::ACCESS_DENIED, EACCES),
            (Status::PRIVILEGE_NOT_HELD, EPERM),
            (Status::INSUFFICIENT_RESOURCES, ENOMEM),
            (Status::TOO_MANY_OPENED_FILES, EMFILE),
            (Status::ACCESS_VIOLATION, EFAULT),
        ];
        for (status, errno) in table {
            assert_eq!(Failure::from(status).errno.to_errno(), errno.to_errno());
        }
    }

    #[test]
    fn errors_of_new_files() {
        for (errno, status) in [
            (EMFILE, Status::TOO_MANY_OPENED_FILES),
            (ENFILE, Status::TOO_MANY_OPENED_FILES),
            (ENOMEM, Status::INSUFFICIENT_RESOURCES),
            (EFAULT, Status::ACCESS_VIOLATION),
            (sys::quota_exceeded(), Status::QUOTA_EXCEEDED),
        ] {
            let failure = Failure::of_new_file(errno);
            assert_eq!(failure.status, Some(status));
            assert_eq!(failure.errno.to_errno(), errno.to_errno());
        }
    }
}
