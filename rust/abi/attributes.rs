// SPDX-License-Identifier: GPL-2.0

//! Copying in the name, root and protection of an object, with the checks in the order of NT's C2.

use crate::{
    namespace::{
        capture_name,
        fd::look_up,
        name::Name,
        AccessMode,
        Attributes,
        Descriptor,
        Directory,
        Handle,
        Request, //
    },
    status::Status,
    sys::{
        fd::Fd,
        files::Files,
        memory::Memory, //
    },
    uapi, //
};

/// Copies in and checks the attributes of an object, and calls `f` with a request for the object
/// manager. The root cannot be closed in the meantime. Process context, may sleep.
///
/// Errors: `INVALID_PARAMETER`, `OBJECT_NAME_INVALID`, those of [`capture_name`] and of `f`.
pub(super) fn with_request<T>(
    files: Files,
    object: &uapi::ntevent_object_attributes,
    desired: u32,
    f: impl FnOnce(&Request<'_>) -> Result<T, Status>,
) -> Result<T, Status> {
    let attributes = Attributes::defined(object.attributes)?;
    if object.name == 0 && object.root != -1 {
        return Err(Status::OBJECT_NAME_INVALID);
    }
    let path = match object.name {
        0 => None,
        pointer => name_at(pointer, object.name_length)?,
    };
    attributes.require_possible()?;
    let descriptor = Descriptor::for_creator(object.mode).ok_or(Status::INVALID_PARAMETER)?;
    let root = root(files, object.root);
    f(&Request {
        root: root
            .as_ref()
            .map(Option::as_deref)
            .map_err(|status| *status),
        path,
        attributes,
        mode: AccessMode::User,
        audited: false,
        desired,
        descriptor,
    })
}

/// The directory of `fd`. `None` for -1.
fn root(files: Files, fd: i32) -> Result<Option<Fd<Handle<Directory>>>, Status> {
    match fd {
        -1 => Ok(None),
        fd => look_up(files, fd).map(Some),
    }
}

/// Copies a name. `None` if it is empty. Process context, may sleep.
///
/// Errors: those of [`capture_name`].
pub(super) fn name_at(pointer: u64, length: u32) -> Result<Option<Name>, Status> {
    capture_name(Memory::user(pointer as usize), length)
}
