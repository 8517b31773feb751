// SPDX-License-Identifier: GPL-2.0

//! Where a file keeps its handle: in the object of the handle, which embeds the memory of one
//! handle, so that an object and its first handle are one allocation; or in a box of its own.
//!
//! It would be a `ForeignOwnable` of this module. It is here because it is made of what a file
//! holds.

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
    /// In the low half how many calls on the file sleep and have a reference to it, in the high
    /// half how many began to, so that the word is never again as it was.
    pub(super) asleep: Atomic<u64>,
}

/// A handle whose object embeds the memory of one such handle.
///
/// # Safety
///
/// A handle always returns the same memory, which stays in place while the handle lives, also when
/// the handle moves.
pub(crate) unsafe trait EmbedsHandle: Sized {
    /// The memory in the object.
    fn embedded_handle(&self) -> &EmbeddedHandle<Self>;
}

/// Memory in an object for the handle of one file at a time.
///
/// # Invariants
///
/// While it is taken, the memory belongs to one [`HandleBox`].
pub(crate) struct EmbeddedHandle<T> {
    taken: Atomic<bool>,
    file: UnsafeCell<MaybeUninit<HandleFile<T>>>,
}

// SAFETY: By the type invariant one thread at a time owns the memory, or many share what is in it,
// which `T` allows.
unsafe impl<T: Send + Sync> Sync for EmbeddedHandle<T> {}

impl<T> EmbeddedHandle<T> {
    /// Memory that nobody has taken.
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

/// An owned [`HandleFile`]. Dropping it drops the handle, and frees the memory.
///
/// # Invariants
///
/// The pointer is that of a leaked box, or of the embedded memory of the handle's object, taken for
/// this value.
pub(super) struct HandleBox<T: EmbedsHandle>(NonNull<HandleFile<T>>);

impl<T: EmbedsHandle> HandleBox<T> {
    /// Moves a handle to the memory in its object, or to a box if that is taken. Process context,
    /// may sleep.
    pub(super) fn new(value: T) -> Result<Self, AllocError> {
        let asleep = Atomic::new(0);
        let file = HandleFile { value, asleep };
        let embedded = file.value.embedded_handle();
        let raw = if embedded.taken.xchg(true, Full) {
            KBox::into_raw(KBox::new(file, GFP_KERNEL_ACCOUNT)?)
        } else {
            let raw = embedded.as_ptr();
            // SAFETY: The memory was not taken, and is from now on, so nobody else has it. It stays
            // in place, by the safety requirement of `EmbedsHandle`.
            unsafe { raw.write(file) };
            raw
        };
        // INVARIANT: One or the other. Neither address is null.
        // SAFETY: As above.
        Ok(Self(unsafe { NonNull::new_unchecked(raw) }))
    }

    /// Gives up ownership to a file.
    pub(super) fn into_raw(self) -> *mut c_void {
        let raw = self.0.as_ptr().cast();
        core::mem::forget(self);
        raw
    }

    /// Takes it back.
    ///
    /// # Safety
    ///
    /// It came from [`Self::into_raw`], and nobody else can use it any more.
    pub(super) unsafe fn from_raw(raw: *mut c_void) -> Self {
        // INVARIANT: As `into_raw` left it.
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
            // SAFETY: By the type invariant it is a leaked box then, for a handle always returns
            // the same embedded memory, by the safety requirement of `EmbedsHandle`.
            drop(unsafe { KBox::from_raw(raw) });
            return;
        }
        // SAFETY: By the type invariant the memory belongs to this value, which ends.
        let file = unsafe { raw.read() };
        // The handle that was read keeps the object alive until after this.
        embedded.taken.store(false, Release);
        drop(file);
    }
}
