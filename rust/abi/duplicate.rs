// SPDX-License-Identifier: GPL-2.0

//! Duplicating a handle.

use super::{
    arguments::{
        require,
        with_arguments, //
    },
    failure::Failure, //
};
use crate::{
    namespace::{
        Handle,
        ObjectType, //
    },
    sys::{
        file::{
            self,
            install, //
        },
        files::Files, //
    },
    uapi, //
};
use kernel::{
    prelude::*,
    uaccess::UserPtr, //
};

/// Makes another handle to the same object, and an fd for it.
pub(super) fn duplicate<T: ObjectType>(
    source: &Handle<T>,
    files: Files,
    argument: UserPtr,
) -> Result<u32>
where
    Handle<T>: file::Handle,
{
    with_arguments::<uapi::ntevent_duplicate_args>(argument, |arguments| {
        let same_access = uapi::NTEVENT_DUPLICATE_SAME_ACCESS;
        require(arguments.options & !same_access == 0)?;
        require(arguments.attributes & !uapi::NTEVENT_OBJ_INHERIT == 0)?;
        let desired = (arguments.options & same_access == 0).then_some(arguments.desired_access);
        let handle = source.duplicate(desired)?;
        let inherit = arguments.attributes & uapi::NTEVENT_OBJ_INHERIT != 0;
        files
            .free_fd(0, !inherit)
            .and_then(|fd| install(handle, fd, |_, _| Ok(())))
            .map_err(Failure::of_new_file)
    })
}
