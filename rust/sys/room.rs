// SPDX-License-Identifier: GPL-2.0

//! Room for a few values on the stack, for many on the heap or where the caller says.

use core::{
    mem::MaybeUninit,
    ops::Deref, //
};
use kernel::prelude::*;

/// No memory for many values.
pub(crate) use kernel::alloc::AllocError as NoRoom;

/// As many values as the stack has room for: waits of up to eight objects and an alert.
const SMALL: usize = 9;

/// Where many values find room.
pub(crate) enum Room<'a, T> {
    /// On the heap, charged to the caller's memory cgroup.
    Heap,
    /// In memory of the caller's.
    Lent(&'a mut [MaybeUninit<T>]),
}

/// Puts `values`, of which there are at most `count`, side by side where they stay, shows them to
/// `f`, and drops them. Only a `count` above nine needs `many`: the heap may sleep, and may fail,
/// before `values` is asked for any; lent memory must have room for as many.
#[inline]
pub(crate) fn with_room<T, R>(
    count: usize,
    many: Room<'_, T>,
    values: impl Iterator<Item = T>,
    f: impl FnOnce(&[T]) -> R,
) -> Result<R, NoRoom> {
    if count <= SMALL {
        return Ok(with_few(values, f));
    }
    if let Room::Lent(room) = many {
        return Ok(fill(room.get_mut(..count).ok_or(NoRoom)?, values, f));
    }
    let mut large = KVec::<T>::with_capacity(count, GFP_KERNEL_ACCOUNT)?;
    let room = large.as_mut_ptr().cast::<MaybeUninit<T>>();
    // SAFETY: The vector has room for `count` values, and holds none.
    let room = unsafe { core::slice::from_raw_parts_mut(room, count) };
    Ok(fill(room, values, f))
}

/// The same for `values` of which there are nine at most: what is more is not asked for.
#[inline]
pub(crate) fn with_few<T, R>(values: impl Iterator<Item = T>, f: impl FnOnce(&[T]) -> R) -> R {
    let mut room = [const { MaybeUninit::<T>::uninit() }; SMALL];
    fill(&mut room, values, f)
}

#[inline]
fn fill<T, R>(
    room: &mut [MaybeUninit<T>],
    values: impl Iterator<Item = T>,
    f: impl FnOnce(&[T]) -> R,
) -> R {
    let first = room.as_mut_ptr().cast::<T>();
    let mut count = 0usize;
    for (slot, value) in room.iter_mut().zip(values) {
        slot.write(value);
        count = count.wrapping_add(1);
    }
    // SAFETY: The first `count` slots were written above.
    let values = unsafe { core::slice::from_raw_parts(first, count) };
    let result = f(values);
    // SAFETY: As above, and nobody uses the values any more.
    unsafe { core::ptr::slice_from_raw_parts_mut(first, count).drop_in_place() };
    result
}

/// Up to `N` values on the stack, taken out in the order in which they were put in.
pub(crate) struct Batch<T, const N: usize> {
    slots: [MaybeUninit<T>; N],
    /// The slots from `start` up to `end` hold values.
    start: usize,
    end: usize,
}

impl<T, const N: usize> Batch<T, N> {
    /// No values.
    #[inline]
    pub(crate) fn new() -> Self {
        Self {
            slots: [const { MaybeUninit::uninit() }; N],
            start: 0,
            end: 0,
        }
    }

    /// Puts a value in; drops it where there is no room.
    #[inline]
    pub(crate) fn push(&mut self, value: T) {
        if let Some(slot) = self.slots.get_mut(self.end) {
            slot.write(value);
            self.end = self.end.wrapping_add(1);
        }
    }
}

impl<T, const N: usize> Deref for Batch<T, N> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        let first = self.slots.as_ptr().wrapping_add(self.start).cast();
        // SAFETY: These slots hold values.
        unsafe { core::slice::from_raw_parts(first, self.end.wrapping_sub(self.start)) }
    }
}

impl<T, const N: usize> Iterator for Batch<T, N> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if self.start == self.end {
            return None;
        }
        let slot = self.slots.get(self.start)?;
        self.start = self.start.wrapping_add(1);
        // SAFETY: The slot held a value, and by the line above does so no more.
        Some(unsafe { slot.assume_init_read() })
    }
}

impl<T, const N: usize> Drop for Batch<T, N> {
    #[inline]
    fn drop(&mut self) {
        self.for_each(drop);
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_room)]
mod tests {
    use super::*;
    use kernel::sync::Arc;

    #[test]
    fn batch_keeps_order_and_drops_the_rest() -> Result {
        let value = Arc::new(1u32, GFP_KERNEL)?;
        let mut batch = Batch::<(usize, Arc<u32>), 3>::new();
        for index in 0..5 {
            batch.push((index, value.clone()));
        }
        assert_eq!(batch.len(), 3);
        assert_eq!(batch.next().map(|(index, _)| index), Some(0));
        assert_eq!(batch.first().map(|(index, _)| *index), Some(1));
        drop(batch);
        assert!(Arc::into_unique_or_drop(value).is_some());
        Ok(())
    }

    #[test]
    fn room_for_few_and_many() -> Result {
        let value = Arc::new(1u32, GFP_KERNEL)?;
        for count in [0, 1, SMALL, SMALL + 1, 65] {
            let values = (0..count).map(|index| (index, value.clone()));
            let sum = with_room(count, Room::Heap, values, |values| {
                values.iter().map(|(index, _)| *index).sum::<usize>()
            });
            assert_eq!(sum.ok(), Some((0..count).sum()));
        }
        assert!(Arc::into_unique_or_drop(value).is_some());
        Ok(())
    }

    #[test]
    fn lent_room() {
        let mut room = [const { MaybeUninit::<usize>::uninit() }; SMALL + 1];
        let first = room.as_ptr().cast::<usize>();
        let found = with_room(SMALL + 1, Room::Lent(&mut room), 0..SMALL + 1, |values| {
            (values.as_ptr() == first, values.iter().sum::<usize>())
        });
        assert_eq!(found.ok(), Some((true, (0..SMALL + 1).sum())));
        assert!(with_room(SMALL + 2, Room::Lent(&mut room), 0..1, |_| ()).is_err());
    }
}
