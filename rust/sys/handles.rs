// SPDX-License-Identifier: GPL-2.0

//! A table of numbered values that can be looked up in any context.
//!
//! It would be a `kernel::xarray::XArray` that allocates numbers. The one of the kernel crate finds
//! no free number, and its lock does not disable interrupts.
//!
//! C header: [`include/linux/xarray.h`](srctree/include/linux/xarray.h)

use super::helpers;
use core::marker::PhantomData;
use kernel::{
    alloc::AllocError,
    bindings,
    prelude::*,
    types::Opaque, //
};

/// A table of values. Each is on the heap and has a number from 1 to 2^29 - 2.
///
/// # Invariants
///
/// Every entry is a leaked `KBox<T>`.
#[pin_data(PinnedDrop)]
pub(crate) struct Handles<T> {
    #[pin]
    entries: Opaque<bindings::xarray>,
    _values: PhantomData<KBox<T>>,
}

// SAFETY: The values may be moved to another thread with the table, because `T` is `Send`.
unsafe impl<T: Send> Send for Handles<T> {}
// SAFETY: The table has its own lock. The values that it shares and gives out are `Send` and
// `Sync`.
unsafe impl<T: Send + Sync> Sync for Handles<T> {}

impl<T> Handles<T> {
    /// An empty table.
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            // SAFETY: The slot is valid for writes and pinned.
            entries <- Opaque::ffi_init(|slot| unsafe { helpers::ntevent_helper_handles_init(slot) }),
            _values: PhantomData,
        })
    }

    /// Puts a value in under the lowest free number. Process context, may sleep.
    ///
    /// Errors: there is no memory, or no free number.
    pub(crate) fn add(&self, value: T) -> Result<u32, AllocError> {
        const { assert!(align_of::<T>() >= 4 && size_of::<T>() != 0) };
        let value = KBox::into_raw(KBox::new(value, GFP_KERNEL_ACCOUNT)?);
        let mut number = 0;
        // SAFETY: The table is initialised. The pointer is aligned, as an entry must be.
        let result = unsafe {
            helpers::ntevent_helper_handles_add(self.entries.get(), value.cast(), &mut number)
        };
        if result < 0 {
            // SAFETY: It did not go into the table, so it is still ours.
            drop(unsafe { KBox::from_raw(value) });
            return Err(AllocError);
        }
        Ok(number)
    }

    /// Calls `f` with the value of a number. The value stays during the call. Any context. `f` must
    /// not sleep.
    pub(crate) fn with<R>(&self, number: u32, f: impl FnOnce(&T) -> R) -> Option<R> {
        let entries = self.entries.get();
        // SAFETY: The table is initialised.
        let flags = unsafe { helpers::ntevent_helper_handles_lock(entries) };
        // SAFETY: As above.
        let value = unsafe { bindings::xa_load(entries, number as c_ulong) }.cast::<T>();
        // SAFETY: By the type invariant it is a leaked box, or null. The box stays while the lock
        // is held.
        let result = unsafe { value.as_ref() }.map(f);
        // SAFETY: Locked above.
        unsafe { helpers::ntevent_helper_handles_unlock(entries, flags) };
        result
    }

    /// Takes the value of a number out. Any context.
    pub(crate) fn remove(&self, number: u32) -> Option<KBox<T>> {
        // SAFETY: The table is initialised.
        let value = unsafe { helpers::ntevent_helper_handles_remove(self.entries.get(), number) }
            .cast::<T>();
        if value.is_null() {
            return None;
        }
        // SAFETY: By the type invariant it is a leaked box. Nobody else got it.
        Some(unsafe { KBox::from_raw(value) })
    }

    /// Takes some value out.
    fn remove_any(&self) -> Option<KBox<T>> {
        let mut number = 0;
        // SAFETY: The table is initialised. The filter is XA_PRESENT.
        let found = unsafe {
            bindings::xa_find(
                self.entries.get(),
                &mut number,
                c_ulong::MAX,
                bindings::XA_PRESENT,
            )
        };
        if found.is_null() {
            return None;
        }
        self.remove(number as u32)
    }
}

#[pinned_drop]
impl<T> PinnedDrop for Handles<T> {
    fn drop(self: Pin<&mut Self>) {
        while self.remove_any().is_some() {}
        // SAFETY: Nobody uses the table any more.
        unsafe { bindings::xa_destroy(self.entries.get()) };
    }
}
