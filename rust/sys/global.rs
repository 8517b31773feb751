// SPDX-License-Identifier: GPL-2.0

//! A value of the module that its exported functions reach.
//!
//! It would be in `kernel::sync`, beside `SetOnce`. That owns its value, which is neither pinned
//! nor ever taken back; this one points into what the module drops as it goes.

use super::{
    Acquire,
    Atomic,
    Release, //
};
use core::marker::PhantomData;

/// A pointer to the module's one value of a type, while there is one.
///
/// # Invariants
///
/// The address is zero, or that of a `T` that stays until after it is withdrawn, and until nobody
/// uses what [`Self::get`] gave.
pub(crate) struct Global<T>(Atomic<usize>, PhantomData<fn() -> T>);

impl<T: Sync + 'static> Global<T> {
    /// No value.
    pub(crate) const fn new() -> Self {
        Self(Atomic::new(0), PhantomData)
    }

    /// Has the value be found.
    ///
    /// # Safety
    ///
    /// The value stays in place until [`Self::withdraw`], which is called when no function that may
    /// find it runs or will be called.
    pub(crate) unsafe fn publish(&self, value: *const T) {
        // INVARIANT: The caller's promise.
        self.0.store(value as usize, Release);
    }

    /// Has the value be found no more.
    pub(crate) fn withdraw(&self) {
        self.0.store(0, Release);
    }

    /// The value, if there is one. Any context.
    pub(crate) fn get(&self) -> Option<&'static T> {
        let value = self.0.load(Acquire) as *const T;
        // SAFETY: By the type invariant it is null, or stays while it is used.
        unsafe { value.as_ref() }
    }
}
