// SPDX-License-Identifier: GPL-2.0

//! NTSTATUS, the result of an NT operation.

use crate::{
    dispatcher::WaitError,
    sys,
    uapi, //
};
use kernel::{
    alloc::AllocError,
    prelude::*, //
};

/// The status of an operation that failed and changed nothing. The names are NT's. The user ABI
/// decides when each is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(u32);

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $value:ident;)+) => {
        impl Status {$(
            $(#[$doc])*
            pub(crate) const $name: Self = Self(uapi::$value);
        )+}
    };
}

statuses! {
    /// A pointer to an argument is invalid.
    ACCESS_VIOLATION = NTEVENT_STATUS_ACCESS_VIOLATION;
    /// A pointer is misaligned.
    DATATYPE_MISALIGNMENT = NTEVENT_STATUS_DATATYPE_MISALIGNMENT;
    /// The fd is not an open handle of this device.
    INVALID_HANDLE = NTEVENT_STATUS_INVALID_HANDLE;
    /// An invalid type, flag, attribute or padding.
    INVALID_PARAMETER = NTEVENT_STATUS_INVALID_PARAMETER;
    /// A wait for no object, or for too many.
    INVALID_PARAMETER_1 = NTEVENT_STATUS_INVALID_PARAMETER_1;
    /// A wait for all has an object twice.
    INVALID_PARAMETER_MIX = NTEVENT_STATUS_INVALID_PARAMETER_MIX;
    /// A right is missing.
    ACCESS_DENIED = NTEVENT_STATUS_ACCESS_DENIED;
    /// A privilege is missing.
    PRIVILEGE_NOT_HELD = NTEVENT_STATUS_PRIVILEGE_NOT_HELD;
    /// The object has another type.
    OBJECT_TYPE_MISMATCH = NTEVENT_STATUS_OBJECT_TYPE_MISMATCH;
    /// No object has the name.
    OBJECT_NAME_NOT_FOUND = NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND;
    /// The name is taken.
    OBJECT_NAME_COLLISION = NTEVENT_STATUS_OBJECT_NAME_COLLISION;
    /// A directory on the path does not exist.
    OBJECT_PATH_NOT_FOUND = NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND;
    /// An absolute path in place of a relative one, or the other way round.
    OBJECT_PATH_SYNTAX_BAD = NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD;
    /// A name does not fit into its buffer.
    BUFFER_TOO_SMALL = NTEVENT_STATUS_BUFFER_TOO_SMALL;
    /// The directory has no more entries.
    NO_MORE_ENTRIES = NTEVENT_STATUS_NO_MORE_ENTRIES;
    /// A limit of this module is reached.
    QUOTA_EXCEEDED = NTEVENT_STATUS_QUOTA_EXCEEDED;
    /// The path goes through a link, although the request forbids links.
    REPARSE_POINT_ENCOUNTERED = NTEVENT_STATUS_REPARSE_POINT_ENCOUNTERED;
    /// The name is malformed.
    OBJECT_NAME_INVALID = NTEVENT_STATUS_OBJECT_NAME_INVALID;
    /// Out of memory.
    INSUFFICIENT_RESOURCES = NTEVENT_STATUS_INSUFFICIENT_RESOURCES;
    /// No fd is free.
    TOO_MANY_OPENED_FILES = NTEVENT_STATUS_TOO_MANY_OPENED_FILES;
}

/// Statuses that only drivers get.
impl Status {
    /// Events do not have this information class.
    pub(crate) const INVALID_INFO_CLASS: Self = Self(0xc000_0003);
    /// The buffer does not have the size of the information.
    pub(crate) const INFO_LENGTH_MISMATCH: Self = Self(0xc000_0004);
    /// The revision of the security descriptor is unknown.
    pub(crate) const UNKNOWN_REVISION: Self = Self(0xc000_0058);
    /// The security descriptor has an access control list.
    pub(crate) const INVALID_SECURITY_DESCR: Self = Self(0xc000_0079);
    /// The caller must not sleep, so it cannot wait.
    pub(crate) const CANT_WAIT: Self = Self(0xc000_00d8);
    /// A null object, or no array of objects.
    pub(crate) const INVALID_PARAMETER_2: Self = Self(0xc000_00f0);
    /// An invalid wait type or mode, or no interval.
    pub(crate) const INVALID_PARAMETER_3: Self = Self(0xc000_00f1);
    /// An invalid mode.
    pub(crate) const INVALID_PARAMETER_4: Self = Self(0xc000_00f2);
    /// No array of wait blocks.
    pub(crate) const INVALID_PARAMETER_8: Self = Self(0xc000_00f6);
}

impl Status {
    /// NT's number for this status.
    pub(crate) fn code(self) -> u32 {
        self.0
    }

    /// The reason why no fd was made.
    pub(crate) fn of_new_file(errno: Error) -> Self {
        match errno {
            EMFILE | ENFILE => Self::TOO_MANY_OPENED_FILES,
            EFAULT => Self::ACCESS_VIOLATION,
            _ if errno == sys::quota_exceeded() => Self::QUOTA_EXCEEDED,
            _ => Self::INSUFFICIENT_RESOURCES,
        }
    }
}

impl From<WaitError> for Status {
    fn from(error: WaitError) -> Self {
        match error {
            WaitError::Duplicate => Self::INVALID_PARAMETER_MIX,
            WaitError::NoMemory => Self::INSUFFICIENT_RESOURCES,
        }
    }
}

impl From<AllocError> for Status {
    fn from(_: AllocError) -> Self {
        Self::INSUFFICIENT_RESOURCES
    }
}
