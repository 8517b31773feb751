// SPDX-License-Identifier: GPL-2.0

//! A spinlock that saves the interrupt state.
//!
//! It would be `kernel::sync::SpinLock`, which can neither save the interrupt state nor be static
//! without a macro.

use crate::sys::helpers;
use kernel::{
    bindings,
    prelude::*,
    types::Opaque, //
};

/// The interrupt state from before a lock was taken.
pub(super) type Flags = c_ulong;

/// A spinlock that disables interrupts.
///
/// # Invariants
///
/// The lock is initialised and pinned, or it is a static that nobody uses before [`Self::init`]
/// initialises it.
#[pin_data]
pub(super) struct SpinLockIrq {
    #[pin]
    raw: Opaque<bindings::spinlock>,
}

// SAFETY: A spinlock can be used by any thread.
unsafe impl Send for SpinLockIrq {}
// SAFETY: As above.
unsafe impl Sync for SpinLockIrq {}

// SAFETY: `init_static_locks` initialises the lock before there is a queue.
static COMMON: SpinLockIrq = unsafe { SpinLockIrq::uninit() };

/// The common lock, which a thread takes in place of several different wait_all_locks.
pub(super) fn common_lock() -> &'static SpinLockIrq {
    &COMMON
}

impl SpinLockIrq {
    /// A new lock. Any context.
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            // SAFETY: The slot is valid for writes and pinned.
            raw <- Opaque::ffi_init(|slot| unsafe { helpers::ntevent_helper_lock_init(slot) }),
        })
    }

    /// A lock that is not initialised yet.
    ///
    /// # Safety
    ///
    /// It is static, and nobody uses it before [`Self::init`] has returned.
    pub(super) const unsafe fn uninit() -> Self {
        Self {
            raw: Opaque::uninit(),
        }
    }

    /// Initialises a lock that [`Self::uninit`] made.
    ///
    /// # Safety
    ///
    /// It is called once.
    pub(super) unsafe fn init(&'static self) {
        // SAFETY: The lock is static, and nobody uses it yet.
        unsafe { helpers::ntevent_helper_lock_init(self.raw.get()) }
    }

    /// Takes the lock and disables interrupts. Any context.
    #[inline]
    pub(super) fn lock(&self) -> Flags {
        // SAFETY: By the type invariant.
        unsafe { helpers::ntevent_helper_lock(self.raw.get()) }
    }

    /// Takes the lock inside another lock, which the caller holds.
    #[inline]
    pub(super) fn lock_inside(&self, _outer: &SpinLockIrq) {
        // SAFETY: By the type invariant.
        unsafe { helpers::ntevent_helper_lock_inside(self.raw.get()) }
    }

    /// Drops the lock and restores the interrupt state.
    ///
    /// # Safety
    ///
    /// The caller holds the lock, and [`Self::lock`] gave `flags`.
    #[inline]
    pub(super) unsafe fn unlock(&self, flags: Flags) {
        // SAFETY: The caller's promise.
        unsafe { helpers::ntevent_helper_unlock(self.raw.get(), flags) }
    }

    /// Drops the lock.
    ///
    /// # Safety
    ///
    /// [`Self::lock_inside`] took it.
    #[inline]
    pub(super) unsafe fn unlock_inside(&self) {
        // SAFETY: The caller's promise.
        unsafe { helpers::ntevent_helper_unlock_inside(self.raw.get()) }
    }

    /// The lock, for lockdep.
    #[inline]
    pub(super) fn as_raw(&self) -> *mut bindings::spinlock {
        self.raw.get()
    }
}
