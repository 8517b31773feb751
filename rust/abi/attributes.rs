// SPDX-License-Identifier: GPL-2.0

//! Copying in what a command says of an object: its name, its root, its protection. The order of
//! the checks is NT's, section C2.

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

/// Copies in and checks what a command says of an object, and asks the object manager with it; the
/// root cannot be closed meanwhile. Process context, may sleep.
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

/// The directory that `fd` is; none for -1.
fn root(files: Files, fd: i32) -> Result<Option<Fd<Handle<Directory>>>, Status> {
    match fd {
        -1 => Ok(None),
        fd => look_up(files, fd).map(Some),
    }
}

/// Copies a name in; none if it is empty. Process context, may sleep.
///
/// Errors: those of [`capture_name`].
pub(super) fn name_at(pointer: u64, length: u32) -> Result<Option<Name>, Status> {
    capture_name(Memory::user(pointer as usize), length)
}
