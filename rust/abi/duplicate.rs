// SPDX-License-Identifier: GPL-2.0

//! Another handle to the same object, with rights of its own.

use super::{
    arguments::{
        require,
        with_arguments, //
    },
    failure::Failure,
    handle::Handle, //
};
use crate::{
    namespace::access::{
        Access,
        EVENT, //
    },
    status::Status,
    sys::file::install,
    uapi, //
};
use kernel::{
    prelude::*,
    uaccess::UserPtr, //
};

/// Duplicates a handle. Rights that the source has need no check; others are granted if the
/// object's descriptor allows them to the caller. NT: C6, V195 to V200.
pub(super) fn duplicate(source: &Handle, argument: UserPtr) -> Result<u32> {
    with_arguments::<uapi::ntevent_duplicate_args>(argument, |arguments| {
        let same_access = uapi::NTEVENT_DUPLICATE_SAME_ACCESS;
        require(arguments.options & !same_access == 0)?;
        require(arguments.attributes & !uapi::NTEVENT_OBJ_INHERIT == 0)?;
        let granted = if arguments.options & same_access != 0 {
            source.granted
        } else {
            requested(source, arguments.desired_access)?
        };
        let object = source.object.clone();
        let inherit = arguments.attributes & uapi::NTEVENT_OBJ_INHERIT != 0;
        let fd = install(Handle { object, granted }, !inherit, || Ok(()))
            .map_err(Failure::of_new_file)?;
        Ok(fd)
    })
}

fn requested(source: &Handle, desired: u32) -> Result<Access, Status> {
    let descriptor = &source.object.descriptor;
    let maximum = || source.granted.union(descriptor.allowed(&EVENT));
    let access = EVENT.requested(desired, maximum)?;
    let more = access.without(source.granted);
    if more.contains(Access::SYSTEM_SECURITY) {
        descriptor.require_privilege()?;
    }
    if more.without(Access::SYSTEM_SECURITY) != Access::NONE {
        let allowed = descriptor.allowed(&EVENT).union(Access::SYSTEM_SECURITY);
        allowed.require(more)?;
    }
    Ok(access)
}
