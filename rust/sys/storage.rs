// SPDX-License-Identifier: GPL-2.0

//! An array of values that stay in place. Few values are on the stack. Many are on the heap or in
//! the caller's storage.

use core::{
    mem::MaybeUninit,
    pin::Pin, //
};
use kernel::prelude::*;

pub(crate) use kernel::alloc::AllocError;

/// The most values on the stack. A wait for eight objects and an alert fits.
const SMALL: usize = 9;

/// Where an array of many values is.
pub(crate) enum Storage<'a> {
    /// On the heap, charged to the caller's memory cgroup.
    Heap,
    /// In the caller's storage. Its unaligned ends are not used.
    Caller(&'a mut [MaybeUninit<u8>]),
}

/// Puts `values` in an array, calls `f` with it, and drops them. There are at most `count` values.
/// `storage` is used only if `count` is above nine. The heap may sleep.
///
/// Errors: the heap has no memory, or the caller's storage has no room for `count` values. `values`
/// has not been asked for any value then.
#[inline]
pub(crate) fn with_array<T, R>(
    count: usize,
    storage: Storage<'_>,
    values: impl Iterator<Item = T>,
    f: impl FnOnce(Pin<&[T]>) -> R,
) -> Result<R, AllocError> {
    let mut small = [const { MaybeUninit::<T>::uninit() }; SMALL];
    if let Some(slots) = small.get_mut(..count) {
        return Ok(fill(slots, values, f));
    }
    if let Storage::Caller(bytes) = storage {
        // SAFETY: Uninitialised bytes are uninitialised values.
        let (_, slots, _) = unsafe { bytes.align_to_mut::<MaybeUninit<T>>() };
        return Ok(fill(slots.get_mut(..count).ok_or(AllocError)?, values, f));
    }
    let mut large = KVec::<T>::with_capacity(count, GFP_KERNEL_ACCOUNT)?;
    let first = large.as_mut_ptr().cast::<MaybeUninit<T>>();
    // SAFETY: The vector has a capacity of `count` values and holds none.
    let slots = unsafe { core::slice::from_raw_parts_mut(first, count) };
    Ok(fill(slots, values, f))
}

/// The values of a pinned array, each of them pinned.
pub(crate) fn pinned<T>(values: Pin<&[T]>) -> impl Iterator<Item = Pin<&T>> + Clone {
    // SAFETY: A slice that is pinned pins its values.
    let pin = |value| unsafe { Pin::new_unchecked(value) };
    values.get_ref().iter().map(pin)
}

#[inline]
fn fill<T, R>(
    slots: &mut [MaybeUninit<T>],
    values: impl Iterator<Item = T>,
    f: impl FnOnce(Pin<&[T]>) -> R,
) -> R {
    let first = slots.as_mut_ptr().cast::<T>();
    let mut count = 0usize;
    for (slot, value) in slots.iter_mut().zip(values) {
        slot.write(value);
        // Cannot overflow, because there are no more than `slots`.
        count = count.wrapping_add(1);
    }
    // SAFETY: The first `count` slots were written above.
    let values = unsafe { core::slice::from_raw_parts(first, count) };
    // SAFETY: The values are dropped where they are.
    let result = f(unsafe { Pin::new_unchecked(values) });
    // SAFETY: As above, and nobody uses the values any more.
    unsafe { core::ptr::slice_from_raw_parts_mut(first, count).drop_in_place() };
    result
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_storage)]
mod tests {
    use super::*;
    use kernel::sync::Arc;

    #[test]
    fn few_and_many_values() -> Result {
        let value = Arc::new(1u32, GFP_KERNEL)?;
        for count in [0, 1, SMALL, SMALL + 1, 65] {
            let values = (0..count).map(|index| (index, value.clone()));
            let sum = with_array(count, Storage::Heap, values, |values| {
                values.iter().map(|(index, _)| *index).sum::<usize>()
            });
            assert_eq!(sum.ok(), Some((0..count).sum()));
        }
        assert!(Arc::into_unique_or_drop(value).is_some());
        Ok(())
    }

    #[test]
    fn caller_storage() {
        const COUNT: usize = SMALL + 1;
        let mut bytes = [const { MaybeUninit::<u8>::uninit() }; (COUNT + 1) * size_of::<usize>()];
        let range = bytes.as_ptr_range();
        let found = with_array(COUNT, Storage::Caller(&mut bytes), 0..COUNT, |values| {
            let is_inside = range.contains(&values.as_ptr().cast());
            (is_inside, values.iter().sum::<usize>())
        });
        assert_eq!(found.ok(), Some((true, (0..COUNT).sum())));
        let too_small = Storage::Caller(&mut bytes);
        assert!(with_array(COUNT + 2, too_small, 0..COUNT, |_| ()).is_err());
    }
}
