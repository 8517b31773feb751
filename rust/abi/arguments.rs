// SPDX-License-Identifier: GPL-2.0

//! Reads a command's argument once, and stores its status.

use super::failure::Failure;
use crate::{
    status::Status,
    sys::user::load,
    uapi, //
};
use core::mem::offset_of;
use kernel::{
    prelude::*,
    transmute::FromBytes,
    uaccess::UserPtr, //
};

/// Stores a result.
pub(super) use crate::sys::user::{
    store,
    store_u32, //
};

/// An argument with a status field.
pub(super) trait Arguments: FromBytes {
    /// The offset of the status field.
    const STATUS: usize;
}

macro_rules! arguments {
    ($($name:ident),+ $(,)?) => {$(
        impl Arguments for uapi::$name {
            const STATUS: usize = offset_of!(uapi::$name, status);
        }
    )+};
}

arguments!(
    ntevent_create_event_args,
    ntevent_open_args,
    ntevent_create_link_args,
    ntevent_object_info,
    ntevent_directory_entry,
    ntevent_symbolic_link_info,
    ntevent_wait_args,
    ntevent_wait_one_args,
    ntevent_signal_and_wait_args,
    ntevent_duplicate_args,
);

/// An argument that describes an object to create or open.
pub(super) trait ObjectArguments: Arguments {
    /// The name, root and protection of the object.
    fn object(&self) -> &uapi::ntevent_object_attributes;

    /// The rights of the new handle.
    fn desired_access(&self) -> u32;
}

macro_rules! object_arguments {
    ($($name:ident),+ $(,)?) => {$(
        impl ObjectArguments for uapi::$name {
            fn object(&self) -> &uapi::ntevent_object_attributes {
                &self.object
            }

            fn desired_access(&self) -> u32 {
                self.desired_access
            }
        }
    )+};
}

object_arguments!(
    ntevent_create_event_args,
    ntevent_open_args,
    ntevent_create_link_args,
);

/// Runs a command on its argument. Stores the NTSTATUS of a failure in the argument, if that can be
/// written. Returns `EFAULT` if the argument cannot be read.
#[inline]
pub(super) fn with_arguments<T: Arguments>(
    pointer: UserPtr,
    command: impl FnOnce(&T) -> Result<u32, Failure>,
) -> Result<u32> {
    let arguments = load::<T>(pointer)?;
    command(&arguments).map_err(|failure| tell(failure, status_of::<T>(pointer)))
}

/// Stores the failure's NTSTATUS, if it has one. Returns its errno.
fn tell(failure: Failure, status_out: UserPtr) -> Error {
    if let Some(status) = failure.status {
        let _ = store_u32(status_out, status.code());
    }
    failure.errno
}

/// The address of the argument's status field.
pub(super) fn status_of<T: Arguments>(argument: UserPtr) -> UserPtr {
    argument.wrapping_byte_add(T::STATUS)
}

/// Refuses a reserved field that is not zero.
pub(super) fn require_zero(pad: u32) -> Result<(), Status> {
    require(pad == 0)
}

/// Refuses an invalid parameter.
pub(super) fn require(holds: bool) -> Result<(), Status> {
    if holds {
        Ok(())
    } else {
        Err(Status::INVALID_PARAMETER)
    }
}
