// SPDX-License-Identifier: GPL-2.0

//! Copying in the name, root and protection of an object, with the checks in the order of NT's C2.

use crate::{
    namespace::{
        capture_name,
        fd::RootFd,
        name::Name,
        AccessMode,
        Attributes,
        Descriptor,
        Request, //
    },
    status::Status,
    sys::{
        files::Files,
        memory::Memory, //
    },
    uapi, //
};

/// Copies in and checks the attributes of an object, and calls `f` with a request for the object
/// manager. The root cannot be closed in the meantime. Process context, may sleep.
///
/// Errors: `INVALID_PARAMETER`, those of [`capture_name`] and of `f`.
pub(super) fn with_request<T>(
    files: Files,
    object: &uapi::ntevent_object_attributes,
    desired: u32,
    f: impl FnOnce(&Request<'_>) -> Result<T, Status>,
) -> Result<T, Status> {
    let attributes = Attributes::defined(object.attributes)?;
    // Without a name the root is ignored, because it is fd 0 in a struct of zeroes.
    let (path, root) = match object.name {
        0 => (None, uapi::NTEVENT_NO_ROOT),
        pointer => (name_at(pointer, object.name_length)?, object.root),
    };
    attributes.require_possible()?;
    let descriptor = Descriptor::for_creator(object.mode).ok_or(Status::INVALID_PARAMETER)?;
    let root = self::root(files, root);
    f(&Request {
        root: root
            .as_ref()
            .map(|root| root.as_ref().map(RootFd::as_root))
            .map_err(|status| *status),
        path,
        attributes,
        mode: AccessMode::User,
        audited: false,
        desired,
        descriptor,
    })
}

/// The directory or link of `fd`. `None` for `NTEVENT_NO_ROOT`.
fn root(files: Files, fd: i32) -> Result<Option<RootFd>, Status> {
    match fd {
        uapi::NTEVENT_NO_ROOT => Ok(None),
        fd => RootFd::look_up(files, fd).map(Some),
    }
}

/// Copies a name. `None` if it is empty. Process context, may sleep.
///
/// Errors: those of [`capture_name`].
pub(super) fn name_at(pointer: u64, length: u32) -> Result<Option<Name>, Status> {
    capture_name(Memory::user(pointer as usize), length)
}
