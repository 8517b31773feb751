// SPDX-License-Identifier: GPL-2.0

//! A vector of fixed capacity on the stack.

use super::{
    storage::AllocError,
    warn_on_once, //
};
use core::{
    mem::MaybeUninit,
    ops::Deref,
    ptr, //
};

/// Up to `N` values on the stack. As an iterator it gives the values in the order in which they
/// were pushed.
pub(crate) struct ArrayVec<T, const N: usize> {
    slots: [MaybeUninit<T>; N],
    /// The slots from `start` up to `end` hold values.
    start: usize,
    end: usize,
}

impl<T, const N: usize> ArrayVec<T, N> {
    /// An empty vector.
    #[inline]
    pub(crate) fn new() -> Self {
        Self {
            slots: [const { MaybeUninit::uninit() }; N],
            start: 0,
            end: 0,
        }
    }

    /// Adds a value. If the vector is full, warns and fails. Only a bug of the caller fills it.
    #[inline]
    pub(crate) fn push(&mut self, value: T) -> Result<(), AllocError> {
        let Some(slot) = self.slots.get_mut(self.end) else {
            warn_on_once(true);
            return Err(AllocError);
        };
        slot.write(value);
        // Cannot overflow: it was an index.
        self.end = self.end.wrapping_add(1);
        Ok(())
    }
}

impl<T, const N: usize> Deref for ArrayVec<T, N> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        let first = self.slots.as_ptr().wrapping_add(self.start).cast();
        // SAFETY: These slots hold values.
        unsafe { core::slice::from_raw_parts(first, self.end.wrapping_sub(self.start)) }
    }
}

impl<T, const N: usize> Iterator for ArrayVec<T, N> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if self.start == self.end {
            return None;
        }
        let slot = self.slots.get(self.start)?;
        // Cannot overflow: it was an index.
        self.start = self.start.wrapping_add(1);
        // SAFETY: The slot held a value. By the line above it is no longer in the vector.
        Some(unsafe { slot.assume_init_read() })
    }
}

impl<T, const N: usize> Drop for ArrayVec<T, N> {
    #[inline]
    fn drop(&mut self) {
        let first = self.slots.as_mut_ptr().wrapping_add(self.start).cast();
        let left = ptr::slice_from_raw_parts_mut::<T>(first, self.end.wrapping_sub(self.start));
        // SAFETY: These slots hold values, which are not used again.
        unsafe { ptr::drop_in_place(left) };
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_array_vec)]
mod tests {
    use super::*;
    use kernel::{
        prelude::*,
        sync::Arc, //
    };

    #[test]
    fn keeps_order_and_drops_what_is_left() -> Result {
        let value = Arc::new(1u32, GFP_KERNEL)?;
        let mut values = ArrayVec::<(usize, Arc<u32>), 3>::new();
        for index in 0..3 {
            values.push((index, value.clone()))?;
        }
        assert_eq!(values.len(), 3);
        assert_eq!(values.next().map(|(index, _)| index), Some(0));
        assert_eq!(values.first().map(|(index, _)| *index), Some(1));
        drop(values);
        assert!(Arc::into_unique_or_drop(value).is_some());
        Ok(())
    }
}
