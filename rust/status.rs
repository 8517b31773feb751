// SPDX-License-Identifier: GPL-2.0

//! NTSTATUS: how an NT operation ended.

use crate::{
    dispatcher::WaitError,
    sys,
    uapi, //
};
use kernel::{
    alloc::AllocError,
    prelude::*, //
};

/// A status that says that an operation failed and changed nothing. The names are those of NT;
/// which one is given when is the user ABI's to say.
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
    /// A pointer to the operands cannot be used.
    ACCESS_VIOLATION = NTEVENT_STATUS_ACCESS_VIOLATION;
    /// A pointer is not aligned as its type is.
    DATATYPE_MISALIGNMENT = NTEVENT_STATUS_DATATYPE_MISALIGNMENT;
    /// No open handle of this device.
    INVALID_HANDLE = NTEVENT_STATUS_INVALID_HANDLE;
    /// A type, flag, attribute or pad that is not allowed.
    INVALID_PARAMETER = NTEVENT_STATUS_INVALID_PARAMETER;
    /// A wait on no object, or on too many.
    INVALID_PARAMETER_1 = NTEVENT_STATUS_INVALID_PARAMETER_1;
    /// One object twice in a wait for all.
    INVALID_PARAMETER_MIX = NTEVENT_STATUS_INVALID_PARAMETER_MIX;
    /// A right is missing.
    ACCESS_DENIED = NTEVENT_STATUS_ACCESS_DENIED;
    /// A privilege is missing.
    PRIVILEGE_NOT_HELD = NTEVENT_STATUS_PRIVILEGE_NOT_HELD;
    /// An object of another type.
    OBJECT_TYPE_MISMATCH = NTEVENT_STATUS_OBJECT_TYPE_MISMATCH;
    /// Nothing has the name.
    OBJECT_NAME_NOT_FOUND = NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND;
    /// The name is taken.
    OBJECT_NAME_COLLISION = NTEVENT_STATUS_OBJECT_NAME_COLLISION;
    /// A directory on the way is not there.
    OBJECT_PATH_NOT_FOUND = NTEVENT_STATUS_OBJECT_PATH_NOT_FOUND;
    /// An absolute path where a relative one must be, or the other way round.
    OBJECT_PATH_SYNTAX_BAD = NTEVENT_STATUS_OBJECT_PATH_SYNTAX_BAD;
    /// A name that does not fit where it should go.
    BUFFER_TOO_SMALL = NTEVENT_STATUS_BUFFER_TOO_SMALL;
    /// The end of a directory.
    NO_MORE_ENTRIES = NTEVENT_STATUS_NO_MORE_ENTRIES;
    /// A limit of this module.
    QUOTA_EXCEEDED = NTEVENT_STATUS_QUOTA_EXCEEDED;
    /// A name that cannot be one.
    OBJECT_NAME_INVALID = NTEVENT_STATUS_OBJECT_NAME_INVALID;
    /// Out of memory.
    INSUFFICIENT_RESOURCES = NTEVENT_STATUS_INSUFFICIENT_RESOURCES;
    /// No fd is left.
    TOO_MANY_OPENED_FILES = NTEVENT_STATUS_TOO_MANY_OPENED_FILES;
}

/// What only drivers are told.
impl Status {
    /// A class of information that an event does not have.
    pub(crate) const INVALID_INFO_CLASS: Self = Self(0xc000_0003);
    /// A buffer of another size than the information.
    pub(crate) const INFO_LENGTH_MISMATCH: Self = Self(0xc000_0004);
    /// A security descriptor of an unknown kind.
    pub(crate) const UNKNOWN_REVISION: Self = Self(0xc000_0058);
    /// A security descriptor with an access control list.
    pub(crate) const INVALID_SECURITY_DESCR: Self = Self(0xc000_0079);
    /// A wait where the caller must not sleep.
    pub(crate) const CANT_WAIT: Self = Self(0xc000_00d8);
    /// No object, or no array of them.
    pub(crate) const INVALID_PARAMETER_2: Self = Self(0xc000_00f0);
    /// A kind of wait, or a mode, that there is not.
    pub(crate) const INVALID_PARAMETER_3: Self = Self(0xc000_00f1);
    /// No wait blocks.
    pub(crate) const INVALID_PARAMETER_8: Self = Self(0xc000_00f6);
}

impl Status {
    /// The number that NT gives this status.
    pub(crate) fn code(self) -> u32 {
        self.0
    }

    /// Why no fd was made.
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
