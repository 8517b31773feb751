// SPDX-License-Identifier: GPL-2.0

//! Room for a few values, in memory that is not used again in the same run.

use super::world;
use std::{
    alloc::Layout,
    ptr::NonNull, //
};

/// No memory for many values.
#[derive(Debug)]
pub(crate) struct NoRoom;

/// What dead memory is filled with.
const POISON: u8 = 0x6b;

/// Where many values find room: here it is all the same.
pub(crate) enum Room<'a, T> {
    /// On the heap.
    Heap,
    /// In memory of the caller's.
    #[allow(dead_code, reason = "no scenario lends any")]
    Lent(&'a mut [std::mem::MaybeUninit<T>]),
}

/// As many values as [`with_few`] takes.
const FEW: usize = 9;

/// As [`with_room`], for few values.
pub(crate) fn with_few<T, R>(values: impl Iterator<Item = T>, f: impl FnOnce(&[T]) -> R) -> R {
    with_room(FEW, Room::Heap, values, f).expect("memory")
}

/// Puts `values`, of which there are at most `count`, side by side where they stay, shows them to
/// `f`, and drops them.
pub(crate) fn with_room<T, R>(
    count: usize,
    _many: Room<'_, T>,
    values: impl Iterator<Item = T>,
    f: impl FnOnce(&[T]) -> R,
) -> Result<R, NoRoom> {
    world::demand_may_sleep();
    let layout = Layout::array::<T>(count.max(1)).map_err(|_| NoRoom)?;
    // SAFETY: A block is not of size zero, and neither is the layout.
    let memory = NonNull::new(unsafe { std::alloc::alloc(layout) }).ok_or(NoRoom)?;
    let first = memory.cast::<T>();
    let mut filled = 0;
    for value in values {
        assert!(filled < count, "more values than there is room for");
        // SAFETY: The room is for `count` values, and this is in it.
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
