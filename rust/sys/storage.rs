// SPDX-License-Identifier: GPL-2.0

//! An array of values that stay in place: on the stack if they are few, else on the heap or in the
//! caller's storage.

use core::mem::MaybeUninit;
use kernel::prelude::*;

pub(crate) use kernel::alloc::AllocError;

/// The most values on the stack: waits of up to eight objects and an alert.
const SMALL: usize = 9;

/// Where an array of many values is.
pub(crate) enum Storage<'a, T> {
    /// On the heap, charged to the caller's memory cgroup.
    Heap,
    /// In the caller's storage.
    Caller(&'a mut [MaybeUninit<T>]),
}

/// Puts `values`, of which there are at most `count`, in an array, calls `f` with it, and drops
/// them. `storage` is used only if `count` is above nine. The heap may sleep, and may fail, before
/// `values` is asked for any; the caller's storage fails if it is smaller than `count`.
#[inline]
pub(crate) fn with_array<T, R>(
    count: usize,
    storage: Storage<'_, T>,
    values: impl Iterator<Item = T>,
    f: impl FnOnce(&[T]) -> R,
) -> Result<R, AllocError> {
    if count <= SMALL {
        return Ok(with_small_array(values, f));
    }
    if let Storage::Caller(slots) = storage {
        return Ok(fill(slots.get_mut(..count).ok_or(AllocError)?, values, f));
    }
    let mut large = KVec::<T>::with_capacity(count, GFP_KERNEL_ACCOUNT)?;
    let first = large.as_mut_ptr().cast::<MaybeUninit<T>>();
    // SAFETY: The vector has a capacity of `count` values, and holds none.
    let slots = unsafe { core::slice::from_raw_parts_mut(first, count) };
    Ok(fill(slots, values, f))
}

/// The same for at most nine `values`, on the stack. More are not asked for.
#[inline]
pub(crate) fn with_small_array<T, R>(
    values: impl Iterator<Item = T>,
    f: impl FnOnce(&[T]) -> R,
) -> R {
    let mut slots = [const { MaybeUninit::<T>::uninit() }; SMALL];
    fill(&mut slots, values, f)
}

#[inline]
fn fill<T, R>(
    slots: &mut [MaybeUninit<T>],
    values: impl Iterator<Item = T>,
    f: impl FnOnce(&[T]) -> R,
) -> R {
    let first = slots.as_mut_ptr().cast::<T>();
    let mut count = 0usize;
    for (slot, value) in slots.iter_mut().zip(values) {
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
        let mut slots = [const { MaybeUninit::<usize>::uninit() }; SMALL + 1];
        let first = slots.as_ptr().cast::<usize>();
        let found = with_array(
            SMALL + 1,
            Storage::Caller(&mut slots),
            0..SMALL + 1,
            |values| (values.as_ptr() == first, values.iter().sum::<usize>()),
        );
        assert_eq!(found.ok(), Some((true, (0..SMALL + 1).sum())));
        assert!(with_array(SMALL + 2, Storage::Caller(&mut slots), 0..1, |_| ()).is_err());
    }
}
