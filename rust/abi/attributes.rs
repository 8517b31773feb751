// SPDX-License-Identifier: GPL-2.0

//! Copying in what a command says of an object: its name, its root, its protection. The order of
//! the checks is NT's, section C2.

use super::{
    arguments::require,
    handle::look_up, //
};
use crate::{
    namespace::{
        name::Name,
        Descriptor,
        Directory,
        Handle,
        Request, //
    },
    status::Status,
    sys::fd::Fd,
    uapi, //
};
use kernel::{
    prelude::*,
    transmute::AsBytes,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

/// The attributes that NT defines and no object here can have.
const IMPOSSIBLE: u32 = uapi::NTEVENT_OBJ_PROTECT_CLOSE | uapi::NTEVENT_OBJ_OPENLINK;

/// The attributes that an object may have.
const ATTRIBUTES: u32 = uapi::NTEVENT_OBJ_INHERIT
    | uapi::NTEVENT_OBJ_PERMANENT
    | uapi::NTEVENT_OBJ_EXCLUSIVE
    | uapi::NTEVENT_OBJ_CASE_INSENSITIVE
    | uapi::NTEVENT_OBJ_OPENIF
    | uapi::NTEVENT_OBJ_KERNEL_HANDLE
    | uapi::NTEVENT_OBJ_FORCE_ACCESS_CHECK;

/// Copies in and checks what a command says of an object, and asks the object manager with it; the
/// root cannot be closed meanwhile. Process context, may sleep.
///
/// Errors: `INVALID_PARAMETER`, `OBJECT_NAME_INVALID`, those of [`capture_name`] and of `f`.
pub(super) fn with_request<T>(
    object: &uapi::ntevent_object_attributes,
    desired: u32,
    f: impl FnOnce(&Request<'_>) -> Result<T, Status>,
) -> Result<T, Status> {
    let has = |attribute| object.attributes & attribute != 0;
    require(!has(!(ATTRIBUTES | IMPOSSIBLE)))?;
    if object.name == 0 && object.root != -1 {
        return Err(Status::OBJECT_NAME_INVALID);
    }
    let path = match object.name {
        0 => None,
        pointer => capture_name(pointer, object.name_length)?,
    };
    require(!has(IMPOSSIBLE))?;
    require(!(has(uapi::NTEVENT_OBJ_EXCLUSIVE) && has(uapi::NTEVENT_OBJ_INHERIT)))?;
    let descriptor = Descriptor::for_creator(object.mode).ok_or(Status::INVALID_PARAMETER)?;
    let root = root(object.root);
    f(&Request {
        root: root
            .as_ref()
            .map(Option::as_deref)
            .map_err(|status| *status),
        path,
        fold: has(uapi::NTEVENT_OBJ_CASE_INSENSITIVE),
        open_if: has(uapi::NTEVENT_OBJ_OPENIF),
        permanent: has(uapi::NTEVENT_OBJ_PERMANENT),
        exclusive: has(uapi::NTEVENT_OBJ_EXCLUSIVE),
        desired,
        descriptor,
    })
}

/// The directory that `fd` is; none for -1.
fn root(fd: i32) -> Result<Option<Fd<Handle<Directory>>>, Status> {
    match fd {
        -1 => Ok(None),
        fd => look_up(fd).map(Some),
    }
}

/// Copies a name in; none if it is empty. Process context, may sleep. NT: V146 to V151.
///
/// Errors: `OBJECT_NAME_INVALID`, `DATATYPE_MISALIGNMENT`, `ACCESS_VIOLATION`,
/// `INSUFFICIENT_RESOURCES`.
pub(super) fn capture_name(pointer: u64, length: u32) -> Result<Option<Name>, Status> {
    let bytes = length as usize;
    match length {
        0 => return Ok(None),
        // NT's lengths are of 16 bits.
        65535.. => return Err(Status::OBJECT_NAME_INVALID),
        _ if pointer & 1 != 0 => return Err(Status::DATATYPE_MISALIGNMENT),
        _ => (),
    }
    let mut units = Name::room(bytes.div_ceil(2))?;
    let room = AsBytes::as_bytes_mut(units.as_mut_slice())
        .get_mut(..bytes)
        .ok_or(Status::OBJECT_NAME_INVALID)?;
    UserSlice::new(UserPtr::from_addr(pointer as usize), bytes)
        .reader()
        .read_slice(room)
        .map_err(|_| Status::ACCESS_VIOLATION)?;
    if bytes % 2 != 0 || units.len() > Name::MAX_UNITS {
        return Err(Status::OBJECT_NAME_INVALID);
    }
    Ok(Some(Name::new(units)?))
}
