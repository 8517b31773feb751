// SPDX-License-Identifier: GPL-2.0

//! A table of numbered values that can be looked up in any context.
//!
//! It would be a `kernel::xarray::XArray` that allocates numbers. The one of the kernel crate finds
//! no free number, and its lock does not disable interrupts.
//!
//! C header: [`include/linux/xarray.h`](srctree/include/linux/xarray.h)

use super::{
    helpers,
    task::PreemptGuard,
    Acquire,
    Atomic,
    Full,
    Relaxed, //
};
use core::{
    marker::PhantomData,
    mem::ManuallyDrop,
    ptr::NonNull, //
};
use kernel::{
    alloc::AllocError,
    bindings,
    prelude::*,
    sync::rcu,
    types::Opaque, //
};

/// A table of values. Each is on the heap and has a number from 1 to 2^29 - 2. A look-up writes
/// only memory of the value that it finds.
///
/// # Invariants
///
/// Every entry is a leaked `KBox<Entry<T>>`. It is freed after a grace period of RCU.
#[pin_data(PinnedDrop)]
pub(crate) struct Handles<T> {
    #[pin]
    entries: Opaque<bindings::xarray>,
    _values: PhantomData<KBox<Entry<T>>>,
}

/// A value in the table.
#[repr(C)]
struct Entry<T> {
    /// For the grace period. It is the first field, so that it has the address of the entry.
    head: Opaque<bindings::callback_head>,
    /// One for the table, and one for each look-up that uses the value. Nobody uses the value once
    /// it is 0.
    users: Atomic<u32>,
    value: ManuallyDrop<T>,
}

// SAFETY: The values may be moved to another thread with the table, because `T` is `Send`.
unsafe impl<T: Send> Send for Handles<T> {}
// SAFETY: The table has its own lock. The values that it shares and gives out are `Send` and
// `Sync`.
unsafe impl<T: Send + Sync> Sync for Handles<T> {}

impl<T> Entry<T> {
    /// Begins to use the value, unless the entry was removed.
    fn begin(&self) -> bool {
        let mut users = self.users.load(Relaxed);
        while users != 0 {
            // Cannot overflow, because there is at most one look-up on each processor and level of
            // interrupts.
            match self.users.cmpxchg(users, users.wrapping_add(1), Full) {
                Ok(_) => return true,
                Err(now) => users = now,
            }
        }
        false
    }

    /// Ends a use of the value.
    fn end(&self) {
        self.users.fetch_sub(1, Full);
    }
}

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
        const { assert!(align_of::<Entry<T>>() >= 4) };
        let memory = KBox::<Entry<T>>::new_uninit(GFP_KERNEL_ACCOUNT)?;
        // From here on the value is dropped by hand.
        let entry = KBox::into_raw(KBox::write(
            memory,
            Entry {
                head: Opaque::uninit(),
                users: Atomic::new(1),
                value: ManuallyDrop::new(value),
            },
        ));
        let mut number = 0;
        // SAFETY: The table is initialised. The pointer is aligned, as an entry must be.
        let result = unsafe {
            helpers::ntevent_helper_handles_add(self.entries.get(), entry.cast(), &mut number)
        };
        if result < 0 {
            // SAFETY: It did not go into the table, so it is still ours.
            let mut entry = unsafe { KBox::from_raw(entry) };
            // SAFETY: The value is not used again.
            unsafe { ManuallyDrop::drop(&mut entry.value) };
            return Err(AllocError);
        }
        Ok(number)
    }

    /// Calls `f` with the value of a number. The value stays during the call. Any context. `f` must
    /// not sleep.
    pub(crate) fn with<R>(&self, number: u32, f: impl FnOnce(&T) -> R) -> Option<R> {
        // Whoever removes the entry waits for this.
        let _preempt_guard = PreemptGuard::new();
        let entry = self.find(number)?;
        let result = f(&entry.value);
        entry.end();
        Some(result)
    }

    /// The entry of a number, with a use of its value begun.
    fn find(&self, number: u32) -> Option<&Entry<T>> {
        let _rcu = rcu::read_lock();
        // SAFETY: The table is initialised.
        let entry = unsafe { bindings::xa_load(self.entries.get(), number as c_ulong) };
        // SAFETY: By the type invariant it is a leaked box, or null. It is not freed before the end
        // of the RCU critical section, and not while its value is used.
        let entry = unsafe { entry.cast::<Entry<T>>().as_ref() }?;
        entry.begin().then_some(entry)
    }

    /// Takes the value of a number out. Waits for look-ups that use it, which do not sleep. Process
    /// context.
    pub(crate) fn remove(&self, number: u32) -> Option<T> {
        // SAFETY: The table is initialised.
        let entry = unsafe { helpers::ntevent_helper_handles_remove(self.entries.get(), number) };
        let entry = NonNull::new(entry.cast::<Entry<T>>())?;
        // SAFETY: By the type invariant it is a leaked box. Nobody else got it, so it is not freed.
        let users = unsafe { &(*entry.as_ptr()).users };
        users.fetch_sub(1, Full);
        while users.load(Acquire) != 0 {
            core::hint::spin_loop();
        }
        // SAFETY: Nobody uses the value any more, and it is not used in the entry again.
        let value = unsafe { ManuallyDrop::take(&mut (*entry.as_ptr()).value) };
        // SAFETY: It was allocated as a box, and the head is at its beginning.
        unsafe { helpers::ntevent_helper_free_after_rcu(entry.as_ptr().cast()) };
        Some(value)
    }

    /// Takes some value out.
    fn remove_any(&self) -> Option<T> {
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
