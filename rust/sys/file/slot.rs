// SPDX-License-Identifier: GPL-2.0

//! Where a file keeps its handle: in the object that the handle is of, where there is room for one,
//! so that an object and its first handle are one allocation; or in a box of its own.

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
pub(super) struct Slot<T> {
    /// The file's value.
    pub(super) value: T,
    /// In the low half how many calls on the file sleep and have a reference to it, in the high half
    /// how many began to, so that the word is never again as it was.
    pub(super) asleep: Atomic<u64>,
}

/// A value with room for it in what it is of.
///
/// # Safety
///
/// A value always gives the same room, which it keeps in place, also when it moves itself.
pub(crate) unsafe trait Housed: Sized {
    /// The room.
    fn room(&self) -> &Inline<Self>;
}

/// Room in an object for the handle of one file at a time.
///
/// # Invariants
///
/// While it is taken, the slot is that of one [`Kept`].
pub(crate) struct Inline<T> {
    taken: Atomic<bool>,
    slot: UnsafeCell<MaybeUninit<Slot<T>>>,
}

// SAFETY: By the type invariant one thread at a time has the slot, or many share it, as they may.
unsafe impl<T: Send + Sync> Sync for Inline<T> {}

impl<T> Inline<T> {
    /// Room that nobody has taken.
    pub(crate) fn new() -> Self {
        Self {
            taken: Atomic::new(false),
            slot: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    fn slot(&self) -> *mut Slot<T> {
        self.slot.get().cast()
    }
}

/// A slot with its handle. Dropping it drops both.
///
/// # Invariants
///
/// The slot is a leaked box, or that of the handle's room, taken for this value.
pub(super) struct Kept<T: Housed>(NonNull<Slot<T>>);

impl<T: Housed> Kept<T> {
    /// Puts a handle where there is room. Process context, may sleep.
    pub(super) fn new(value: T) -> Result<Self, AllocError> {
        let asleep = Atomic::new(0);
        let slot = Slot { value, asleep };
        let room = slot.value.room();
        let raw = if room.taken.xchg(true, Full) {
            KBox::into_raw(KBox::new(slot, GFP_KERNEL_ACCOUNT)?)
        } else {
            let raw = room.slot();
            // SAFETY: The room was not taken, and is from now on, so nobody else has the slot. It stays
            // where it is, by the safety requirement of `Housed`.
            unsafe { raw.write(slot) };
            raw
        };
        // INVARIANT: One or the other. Neither address is null.
        // SAFETY: As above.
        Ok(Self(unsafe { NonNull::new_unchecked(raw) }))
    }

    /// Leaves the slot to a file.
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
        // SAFETY: No slot is at null.
        Self(unsafe { NonNull::new_unchecked(raw.cast()) })
    }
}

impl<T: Housed> Drop for Kept<T> {
    fn drop(&mut self) {
        let raw = self.0.as_ptr();
        // SAFETY: By the type invariant there is a slot.
        let room = unsafe { &*raw }.value.room();
        if room.slot() != raw {
            // SAFETY: By the type invariant it is a leaked box then, for there is one room for the handle,
            // by the safety requirement of `Housed`.
            drop(unsafe { KBox::from_raw(raw) });
            return;
        }
        // SAFETY: By the type invariant the slot is this value's, which ends.
        let slot = unsafe { raw.read() };
        // What was read keeps the room until after this.
        room.taken.store(false, Release);
        drop(slot);
    }
}
