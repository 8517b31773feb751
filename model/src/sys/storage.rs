// SPDX-License-Identifier: GPL-2.0

//! Storage for a few values, in memory that is not used again in the same run.

use super::world;
use std::{
    alloc::Layout,
    pin::Pin,
    ptr::NonNull, //
};

/// No memory.
#[derive(Debug)]
pub(crate) struct AllocError;

/// What dead memory is filled with.
const POISON: u8 = 0x6b;

/// Where an array of many values is: here it makes no difference.
pub(crate) enum Storage<'a> {
    /// On the heap.
    Heap,
    /// In the caller's storage.
    #[allow(dead_code, reason = "no scenario has any")]
    Caller(&'a mut [std::mem::MaybeUninit<u8>]),
}

/// The values of an array, each in its place until it is dropped.
pub(crate) fn pinned<'a, T>(values: Pin<&'a [T]>) -> impl Iterator<Item = Pin<&'a T>> + Clone {
    // SAFETY: A slice that is pinned pins its values.
    let pin = |value| unsafe { Pin::new_unchecked(value) };
    values.get_ref().iter().map(pin)
}

/// Puts `values`, of which there are at most `count`, in an array, calls `f` with it, and drops
/// them.
pub(crate) fn with_array<T, R>(
    count: usize,
    _storage: Storage<'_>,
    values: impl Iterator<Item = T>,
    f: impl FnOnce(Pin<&[T]>) -> R,
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
    // SAFETY: So many values were written, nobody writes while `f` looks, and they are dropped here.
    let result = f(unsafe { Pin::new_unchecked(slice.as_ref()) });
    // SAFETY: They are valid still, and used no more.
    unsafe { slice.drop_in_place() };
    // SAFETY: The memory is ours until it is freed with the run.
    unsafe { memory.write_bytes(POISON, layout.size()) };
    world::bury(memory, layout);
    Ok(result)
}
