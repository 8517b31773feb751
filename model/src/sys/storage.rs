// SPDX-License-Identifier: GPL-2.0

//! Storage for a few values, in memory that is not used again in the same run.

use super::world;
use std::{
    alloc::Layout,
    ptr::NonNull, //
};

/// No memory.
#[derive(Debug)]
pub(crate) struct AllocError;

/// What dead memory is filled with.
const POISON: u8 = 0x6b;

/// Where an array of many values is: here it makes no difference.
pub(crate) enum Storage<'a, T> {
    /// On the heap.
    Heap,
    /// In the caller's storage.
    #[allow(dead_code, reason = "no scenario has any")]
    Caller(&'a mut [std::mem::MaybeUninit<T>]),
}

/// As many values as [`with_small_array`] takes.
const FEW: usize = 9;

/// As [`with_array`], for few values.
pub(crate) fn with_small_array<T, R>(
    values: impl Iterator<Item = T>,
    f: impl FnOnce(&[T]) -> R,
) -> R {
    with_array(FEW, Storage::Heap, values, f).expect("memory")
}

/// Puts `values`, of which there are at most `count`, in an array, calls `f` with it, and drops
/// them.
pub(crate) fn with_array<T, R>(
    count: usize,
    _storage: Storage<'_, T>,
    values: impl Iterator<Item = T>,
    f: impl FnOnce(&[T]) -> R,
) -> Result<R, AllocError> {
    world::demand_may_sleep();
    let layout = Layout::array::<T>(count.max(1)).map_err(|_| AllocError)?;
    // SAFETY: A block is not of size zero, and neither is the layout.
    let memory = NonNull::new(unsafe { std::alloc::alloc(layout) }).ok_or(AllocError)?;
    let first = memory.cast::<T>();
    let mut filled = 0;
    for value in values {
        assert!(filled < count, "more values than the array's capacity");
        // SAFETY: The memory is for `count` values, and this is one of them.
        unsafe { first.add(filled).write(value) };
        filled += 1;
    }
    let slice = NonNull::slice_from_raw_parts(first, filled);
    // SAFETY: So many values were written, and nobody writes while `f` looks.
    let result = f(unsafe { slice.as_ref() });
    // SAFETY: They are valid still, and used no more.
    unsafe { slice.drop_in_place() };
    // SAFETY: The memory is ours until it is freed with the run.
    unsafe { memory.write_bytes(POISON, layout.size()) };
    world::bury(memory, layout);
    Ok(result)
}
