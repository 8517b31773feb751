// SPDX-License-Identifier: GPL-2.0

//! The commands on handles of any type.

use super::{
    arguments::with_arguments,
    duplicate::duplicate,
    failure::Failure,
    query::query_object,
    wait::deny_wait_one, //
};
use crate::{
    namespace::{
        access::Access,
        Handle,
        ObjectType, //
    },
    status::Status,
    sys::{
        file, //
        files::Files,
    },
    uapi, //
};
use kernel::{
    prelude::*,
    uaccess::UserPtr, //
};

/// The commands on handles of any type, and the failure of commands for another type.
pub(super) fn common<T: ObjectType>(
    handle: &Handle<T>,
    files: Files,
    command: u32,
    argument: UserPtr,
) -> Result<u32>
where
    Handle<T>: file::Handle,
{
    let plain = |result: Result<(), Status>| match result {
        Ok(()) => Ok(0),
        Err(status) => Err(Failure::from(status).errno),
    };
    let mismatch = Status::OBJECT_TYPE_MISMATCH;
    match command {
        uapi::NTEVENT_IOC_DUPLICATE => duplicate(handle, files, argument),
        uapi::NTEVENT_IOC_QUERY_OBJECT => query_object(handle, argument),
        uapi::NTEVENT_IOC_MAKE_TEMPORARY => plain(
            handle
                .granted
                .require(Access::DELETE)
                .map(|()| handle.make_temporary()),
        ),
        uapi::NTEVENT_IOC_MAKE_PERMANENT => plain(handle.make_permanent()),
        uapi::NTEVENT_IOC_SET
        | uapi::NTEVENT_IOC_RESET
        | uapi::NTEVENT_IOC_CLEAR
        | uapi::NTEVENT_IOC_PULSE
        | uapi::NTEVENT_IOC_QUERY => plain(Err(mismatch)),
        uapi::NTEVENT_IOC_WAIT_ONE => deny_wait_one(argument),
        uapi::NTEVENT_IOC_QUERY_DIRECTORY => {
            with_arguments::<uapi::ntevent_directory_entry>(argument, |_| Err(mismatch.into()))
        }
        uapi::NTEVENT_IOC_QUERY_SYMBOLIC_LINK => {
            with_arguments::<uapi::ntevent_symbolic_link_info>(argument, |_| Err(mismatch.into()))
        }
        _ => Err(ENOTTY),
    }
}
