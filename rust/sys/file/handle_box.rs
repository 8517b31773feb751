// SPDX-License-Identifier: GPL-2.0

//! Where a file keeps its handle. Each object embeds the memory of one handle, so that an object
//! and its first handle are one allocation. Other handles are in boxes of their own.
//!
//! It would be a `ForeignOwnable` of the object manager. It is here because it is the private data
//! of a file.

use super::sleepers::Sleepers;
use crate::sys::{
    Atomic,
    Full,
    Release, //
};
use core::{
    cell::UnsafeCell,
    mem::MaybeUninit,
    ptr::NonNull, //
};
use kernel::{
    alloc::AllocError,
    prelude::*, //
};

/// What a file made by [`super::install`] holds.
#[repr(C)]
pub(super) struct HandleFile<T> {
    /// The file's value.
    pub(super) value: T,
    /// The calls on the file that sleep.
    pub(super) asleep: Sleepers,
}

/// A handle whose object embeds the memory of one such handle.
///
/// # Safety
///
/// A handle always returns the same memory. The memory stays in place while the handle lives, also
/// when the handle moves.
pub(crate) unsafe trait EmbedsHandle: Sized {
    /// The memory in the object.
    fn embedded_handle(&self) -> &EmbeddedHandle<Self>;
}

/// Memory in an object for the handle of one file at a time.
///
/// # Invariants
///
/// While the memory is taken, it belongs to one [`HandleBox`].
pub(crate) struct EmbeddedHandle<T> {
    taken: Atomic<bool>,
    file: UnsafeCell<MaybeUninit<HandleFile<T>>>,
}

// SAFETY: By the type invariant one thread owns the memory, or several threads share the value in
// it. `T` allows both.
unsafe impl<T: Send + Sync> Sync for EmbeddedHandle<T> {}

impl<T> EmbeddedHandle<T> {
    /// Memory that is not taken.
    pub(crate) fn new() -> Self {
        Self {
            taken: Atomic::new(false),
            file: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    fn as_ptr(&self) -> *mut HandleFile<T> {
        self.file.get().cast()
    }
}

/// An owned [`HandleFile`]. Dropping it drops the handle and frees the memory.
///
/// # Invariants
///
/// The pointer is that of a leaked box, or of the embedded memory of the handle's object. The
/// embedded memory was taken for this value.
pub(super) struct HandleBox<T: EmbedsHandle>(NonNull<HandleFile<T>>);

impl<T: EmbedsHandle> HandleBox<T> {
    /// Moves a handle to the memory in its object, or to a box if that memory is taken. Process
    /// context, may sleep.
    pub(super) fn new(value: T) -> Result<Self, AllocError> {
        let asleep = Sleepers::new();
        let file = HandleFile { value, asleep };
        let embedded = file.value.embedded_handle();
        let raw = if embedded.taken.xchg(true, Full) {
            KBox::into_raw(KBox::new(file, GFP_KERNEL_ACCOUNT)?)
        } else {
            let raw = embedded.as_ptr();
            // SAFETY: The memory was not taken and now is, so nobody else has it. It stays in
            // place, by the safety requirement of `EmbedsHandle`.
            unsafe { raw.write(file) };
            raw
        };
        // INVARIANT: It is a leaked box, or embedded memory that was taken above.
        // SAFETY: Neither address is null.
        Ok(Self(unsafe { NonNull::new_unchecked(raw) }))
    }

    /// Gives the box to a file.
    pub(super) fn into_raw(self) -> *mut c_void {
        let raw = self.0.as_ptr().cast();
        core::mem::forget(self);
        raw
    }

    /// Takes the box back from a file.
    ///
    /// # Safety
    ///
    /// `raw` came from [`Self::into_raw`], and nobody else uses it any more.
    pub(super) unsafe fn from_raw(raw: *mut c_void) -> Self {
        // INVARIANT: `into_raw` did not change it.
        // SAFETY: `into_raw` never returns null.
        Self(unsafe { NonNull::new_unchecked(raw.cast()) })
    }
}

impl<T: EmbedsHandle> Drop for HandleBox<T> {
    fn drop(&mut self) {
        let raw = self.0.as_ptr();
        // SAFETY: By the type invariant there is a value.
        let embedded = unsafe { &*raw }.value.embedded_handle();
        if embedded.as_ptr() != raw {
            // SAFETY: `raw` is not the embedded memory, which is always the same for a handle, by
            // the safety requirement of `EmbedsHandle`. So by the type invariant it is a leaked
            // box.
            drop(unsafe { KBox::from_raw(raw) });
            return;
        }
        // SAFETY: By the type invariant the memory belongs to this value, which ends here.
        let file = unsafe { raw.read() };
        // `file` holds the handle, so the object stays until `file` is dropped.
        embedded.taken.store(false, Release);
        drop(file);
    }
}
