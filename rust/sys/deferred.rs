// SPDX-License-Identifier: GPL-2.0

//! Values that need process context to be dropped, let go where there is none.
//!
//! It would stand on `kernel::workqueue`. That puts one work item into each value, and has no way
//! to wait for them all, which a module must do before it goes. Here one static item drops a list.

use super::{
    helpers,
    Acquire,
    Atomic,
    Full,
    Relaxed, //
};
use core::ops::Deref;
use kernel::{
    alloc::AllocError,
    bindings,
    prelude::*, //
};

/// A value that can be dropped later, without memory for it.
#[repr(C)]
pub(crate) struct Deferrable<T> {
    link: Link,
    value: T,
}

/// What is known of a deferred value without its type.
struct Link {
    /// The address of the next, or zero.
    next: usize,
    /// Drops the value of which this is the link.
    drop: unsafe fn(*mut Link),
}

/// The address of the link of the value that was deferred last, or zero.
static LAST: Atomic<usize> = Atomic::new(0);

impl<T: Send + 'static> Deferrable<T> {
    /// A value on the heap, charged to the caller's memory cgroup. Process context, may sleep;
    /// fails for lack of memory.
    pub(crate) fn new(value: T) -> Result<KBox<Self>, AllocError> {
        let link = Link {
            next: 0,
            drop: drop_value::<T>,
        };
        KBox::new(Self { link, value }, GFP_KERNEL_ACCOUNT)
    }

    /// The value itself.
    pub(crate) fn into_value(this: KBox<Self>) -> T {
        KBox::into_inner(this).value
    }

    /// Drops the value soon, in process context. Any context.
    pub(crate) fn drop_soon(this: KBox<Self>) {
        let link = KBox::into_raw(this).cast::<Link>();
        let mut last = LAST.load(Relaxed);
        loop {
            // SAFETY: The box was leaked above, and is not in the list yet.
            unsafe { (*link).next = last };
            match LAST.cmpxchg(last, link as usize, Full) {
                Ok(_) => break,
                Err(now) => last = now,
            }
        }
        // SAFETY: Schedules a static work item.
        unsafe { helpers::ntevent_helper_drop_soon() }
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
/// `link` is that of a leaked box of a `Deferrable<T>`, which is not used again.
unsafe fn drop_value<T>(link: *mut Link) {
    // SAFETY: The link is the first field of what the caller says.
    drop(unsafe { KBox::from_raw(link.cast::<Deferrable<T>>()) });
}

/// The work: drops what was deferred.
#[no_mangle]
extern "C" fn ntevent_drop_deferred(_work: *mut bindings::work_struct) {
    let mut next = LAST.xchg(0, Full) as *mut Link;
    while !next.is_null() {
        let link = next;
        // SAFETY: What was in the list is a leaked box, and the list was taken whole.
        let drop = unsafe { (*link).drop };
        // SAFETY: As above.
        next = unsafe { (*link).next } as *mut Link;
        // SAFETY: As above, and `link` is not used again.
        unsafe { drop(link) };
    }
}

/// Has the module outlive what it deferred: dropping it waits until all is dropped.
pub(crate) struct Flush;

impl Drop for Flush {
    fn drop(&mut self) {
        // What is dropped may defer more.
        loop {
            // SAFETY: In the exit of the module, which may sleep.
            unsafe { helpers::ntevent_helper_drop_now() };
            if LAST.load(Acquire) == 0 {
                break;
            }
            // SAFETY: As in `drop_soon`.
            unsafe { helpers::ntevent_helper_drop_soon() };
        }
    }
}
