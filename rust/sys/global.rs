// SPDX-License-Identifier: GPL-2.0

//! A value of the module that its exported functions use.
//!
//! It would be in `kernel::sync`, beside `SetOnce`. A `SetOnce` owns its value, which is not pinned
//! and is never withdrawn. A `Global` points to a value that the module drops at its exit.

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
/// The address is zero, or that of a `T`. The `T` stays until it is withdrawn and nobody uses a
/// result of [`Self::get`] any more.
pub(crate) struct Global<T>(Atomic<usize>, PhantomData<fn() -> T>);

impl<T: Sync + 'static> Global<T> {
    /// No value.
    pub(crate) const fn new() -> Self {
        Self(Atomic::new(0), PhantomData)
    }

    /// Makes [`Self::get`] return the value.
    ///
    /// # Safety
    ///
    /// The value stays in place until [`Self::withdraw`]. That is called when no function that may
    /// find the value runs or will be called.
    pub(crate) unsafe fn publish(&self, value: *const T) {
        // INVARIANT: The caller's promise.
        self.0.store(value as usize, Release);
    }

    /// Makes [`Self::get`] return `None` again.
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
