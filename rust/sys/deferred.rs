// SPDX-License-Identifier: GPL-2.0

//! Values that need process context to be dropped, and that code in any context may release.
//!
//! It would use `kernel::workqueue`. That needs a work item in each value. It also has no way to
//! wait for all of them, as a module must before it is gone. Here one static work item drops a
//! list.

use super::{
    helpers,
    Acquire,
    Atomic,
    Full,
    Relaxed, //
};
use core::{
    mem::{
        offset_of,
        MaybeUninit, //
    },
    ops::Deref,
    ptr::NonNull, //
};
use kernel::{
    alloc::AllocError,
    bindings,
    prelude::*, //
};

/// A value that can be dropped later. Deferring it needs no memory.
#[repr(C)]
pub(crate) struct Deferrable<T> {
    link: Link,
    value: T,
}

/// The part of a deferred value that does not depend on its type.
struct Link {
    /// The address of the next link, or zero.
    next: usize,
    /// Drops the value that this link belongs to.
    drop: unsafe fn(*mut Link),
}

/// The address of the link that was added last, or zero.
static LAST: Atomic<usize> = Atomic::new(0);

impl<T: Send + 'static> Deferrable<T> {
    /// A value on the heap, charged to the caller's memory cgroup. Process context, may sleep.
    /// Fails for lack of memory.
    pub(crate) fn new(value: T) -> Result<KBox<Self>, AllocError> {
        Ok(Self::write(Self::new_uninit()?, value))
    }

    /// The memory of [`Self::new`], for [`Self::write`].
    pub(super) fn new_uninit() -> Result<KBox<MaybeUninit<Self>>, AllocError> {
        KBox::new_uninit(GFP_KERNEL_ACCOUNT)
    }

    /// Puts the value into its memory. Any context.
    pub(super) fn write(memory: KBox<MaybeUninit<Self>>, value: T) -> KBox<Self> {
        let link = Link {
            next: 0,
            drop: drop_value::<T>,
        };
        KBox::write(memory, Self { link, value })
    }

    /// Drops the value soon, in process context, when every task that reads now has ended that. Any
    /// context.
    pub(crate) fn drop_soon(this: KBox<Self>) {
        let link = KBox::into_raw(this).cast::<Link>();
        let mut last = LAST.load(Relaxed);
        loop {
            // SAFETY: The box was leaked above. It is not in the list yet.
            unsafe { (*link).next = last };
            match LAST.cmpxchg(last, link as usize, Full) {
                Ok(_) => break,
                Err(now) => last = now,
            }
        }
        // SAFETY: It schedules a static work item.
        unsafe { helpers::ntevent_helper_drop_soon() }
    }
}

impl<T> Deferrable<T> {
    /// Leaks the box. Returns the address of the value in it.
    pub(super) fn into_raw(this: KBox<Self>) -> NonNull<T> {
        let this = NonNull::from(KBox::leak(this));
        // SAFETY: The value is a field of the leaked box.
        unsafe { this.byte_add(offset_of!(Self, value)) }.cast()
    }

    /// The box that [`Self::into_raw`] has leaked.
    ///
    /// # Safety
    ///
    /// `into_raw` returned `value`, and this is called once for it.
    pub(super) unsafe fn from_raw(value: NonNull<T>) -> KBox<Self> {
        // SAFETY: The value is a field of the leaked box.
        let this = unsafe { value.byte_sub(offset_of!(Self, value)) };
        // SAFETY: The box was leaked, and nobody else owns it (the caller's promise).
        unsafe { KBox::from_raw(this.cast().as_ptr()) }
    }

    /// The value itself.
    pub(crate) fn into_value(this: KBox<Self>) -> T {
        KBox::into_inner(this).value
    }
}

impl<T> Deref for Deferrable<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// # Safety
///
/// `link` is the link of a leaked box of a `Deferrable<T>`. The box is not used again.
unsafe fn drop_value<T>(link: *mut Link) {
    // SAFETY: The link is the first field of a `Deferrable<T>`, by the safety requirement.
    drop(unsafe { KBox::from_raw(link.cast::<Deferrable<T>>()) });
}

/// The work item. It drops all deferred values.
#[no_mangle]
extern "C" fn ntevent_drop_deferred(_work: *mut bindings::work_struct) {
    let mut next = LAST.xchg(0, Full) as *mut Link;
    // SAFETY: This is process context, and the work item does not read.
    unsafe { helpers::ntevent_helper_wait_for_readers() };
    while !next.is_null() {
        let link = next;
        // SAFETY: The list was taken whole. Each link in it belongs to a leaked box.
        let drop = unsafe { (*link).drop };
        // SAFETY: As above.
        next = unsafe { (*link).next } as *mut Link;
        // SAFETY: As above, and `link` is not used again.
        unsafe { drop(link) };
    }
}

/// Drops the values that were deferred before the call, and waits until they are dropped. Process
/// context, may sleep. The caller does not read.
pub(crate) fn drop_now() {
    // SAFETY: The caller may sleep.
    unsafe { helpers::ntevent_helper_drop_now() }
}

/// Makes the module outlive the deferred values. Dropping it waits until all of them are dropped.
pub(crate) struct Flush;

impl Drop for Flush {
    fn drop(&mut self) {
        // Dropping a value may defer another one.
        loop {
            // SAFETY: This is the exit of the module, which may sleep.
            unsafe { helpers::ntevent_helper_drop_now() };
            if LAST.load(Acquire) == 0 {
                break;
            }
            // SAFETY: As in `drop_soon`.
            unsafe { helpers::ntevent_helper_drop_soon() };
        }
    }
}
