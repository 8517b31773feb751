// SPDX-License-Identifier: GPL-2.0

//! Checks of the caller's memory for results, before anything is changed. NT: F13, V134, V142.

use super::require_aligned;
use crate::{
    status::Status,
    sys::memory::Memory, //
};
use kernel::transmute::{
    AsBytes,
    FromBytes, //
};

/// Checks that memory is writable, by writing back its contents. Process context if the memory is a
/// user's.
///
/// Errors: `ACCESS_VIOLATION`, and `DATATYPE_MISALIGNMENT` in a user's memory.
pub(super) fn probe<T: FromBytes + AsBytes + Default>(memory: Memory) -> Result<(), Status> {
    require_aligned::<T>(memory)?;
    let there = memory.read::<T>();
    there
        .and_then(|value| memory.write(&value))
        .map_err(|_| Status::ACCESS_VIOLATION)
}

/// Like [`probe`], for a result that the caller may not want.
pub(super) fn probe_if_wanted<T: FromBytes + AsBytes + Default>(
    memory: Memory,
) -> Result<(), Status> {
    if memory.is_null() {
        return Ok(());
    }
    probe::<T>(memory)
}

/// Stores a null handle or pointer, which shows that the memory is writable. NT: C2 step 1.
///
/// Errors: those of [`probe`].
pub(super) fn clear(memory: Memory) -> Result<(), Status> {
    require_aligned::<u64>(memory)?;
    memory.write(&0u64).map_err(|_| Status::ACCESS_VIOLATION)
}
