// SPDX-License-Identifier: GPL-2.0

//! Copying a name into the kernel. NT: V146 to V151.

use super::name::Name;
use crate::{
    status::Status,
    sys::memory::Memory, //
};
use kernel::transmute::AsBytes;

/// Copies a name of `length` bytes. `None` if it is empty. Process context, may sleep.
///
/// Errors: `OBJECT_NAME_INVALID`, `DATATYPE_MISALIGNMENT`, `ACCESS_VIOLATION`,
/// `INSUFFICIENT_RESOURCES`.
pub(crate) fn capture_name(name: Memory, length: u32) -> Result<Option<Name>, Status> {
    let bytes = length as usize;
    match length {
        0 => return Ok(None),
        // NT's lengths have 16 bits.
        65535.. => return Err(Status::OBJECT_NAME_INVALID),
        _ if !name.is_aligned(2) => return Err(Status::DATATYPE_MISALIGNMENT),
        _ => (),
    }
    let is_name = bytes % 2 == 0 && bytes.div_ceil(2) <= Name::MAX_UNITS;
    if !is_name && !name.is_user() {
        return Err(Status::OBJECT_NAME_INVALID);
    }
    // A user's name is read before it is refused, so that a bad pointer decides the status.
    let mut units = Name::zeroed(bytes.div_ceil(2))?;
    let buffer = AsBytes::as_bytes_mut(units.as_mut_slice())
        .get_mut(..bytes)
        .unwrap_or_default();
    name.read_slice(buffer)
        .map_err(|_| Status::ACCESS_VIOLATION)?;
    if !is_name {
        return Err(Status::OBJECT_NAME_INVALID);
    }
    Ok(Some(Name::new(units)?))
}
