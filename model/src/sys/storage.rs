// SPDX-License-Identifier: GPL-2.0

//! Storage for a few values, in memory that is not reused in the same run.

use super::world;
use std::{
    alloc::Layout,
    pin::Pin,
    ptr::NonNull, //
};

/// There is no memory.
#[derive(Debug)]
pub(crate) struct AllocError;

/// Dead memory is filled with this.
const POISON: u8 = 0x6b;

/// The place of an array of many values. It makes no difference here.
pub(crate) enum Storage<'a> {
    /// On the heap.
    Heap,
    /// In the caller's storage.
    #[allow(dead_code, reason = "no scenario has any")]
    Caller(&'a mut [std::mem::MaybeUninit<u8>]),
}

/// The values of an array, each in its place until it is dropped.
pub(crate) fn pinned<T>(values: Pin<&[T]>) -> impl Iterator<Item = Pin<&T>> + Clone {
    // SAFETY: A slice that is pinned pins its values.
    let pin = |value| unsafe { Pin::new_unchecked(value) };
    values.get_ref().iter().map(pin)
}

/// Puts at most `count` `values` in an array, calls `f` with it, and drops them.
pub(crate) fn with_array<T, R>(
    count: usize,
    _storage: Storage<'_>,
    values: impl Iterator<Item = T>,
    f: impl FnOnce(Pin<&[T]>) -> R,
) -> Result<R, AllocError> {
    world::demand_may_sleep();
    let layout = Layout::array::<T>(count.max(1)).map_err(|_| AllocError)?;
    // SAFETY: A block has a size, so the layout has one too.
    let memory = NonNull::new(unsafe { std::alloc::alloc(layout) }).ok_or(AllocError)?;
    let first = memory.cast::<T>();
    let mut filled = 0;
    for value in values {
        assert!(filled < count, "more values than the array's capacity");
        // SAFETY: The memory has room for `count` values, and this is one of them.
        unsafe { first.add(filled).write(value) };
        filled += 1;
    }
    let slice = NonNull::slice_from_raw_parts(first, filled);
    // SAFETY: That many values were written, and none is written while `f` runs.
    let result = f(unsafe { Pin::new_unchecked(slice.as_ref()) });
    // SAFETY: They are still valid, and not used again.
    unsafe { slice.drop_in_place() };
    // SAFETY: The memory is ours until it is freed with the run.
    unsafe { memory.write_bytes(POISON, layout.size()) };
    world::bury(memory, layout);
    Ok(result)
}
