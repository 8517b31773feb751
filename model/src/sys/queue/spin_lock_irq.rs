// SPDX-License-Identifier: GPL-2.0

//! A lock that is taken before the locks of queues. It checks how it is used.

use crate::sys::world::{
    self,
    demand, //
};
use pin_init::PinInit;

/// Interrupts are not modelled here.
#[derive(Clone, Copy)]
pub(super) struct Flags;

/// A lock. [`world`] identifies it by its address. A static lock has the same address in every run.
pub(super) struct SpinLockIrq {
    /// The field gives each lock an address of its own.
    _address: u8,
}

static COMMON: SpinLockIrq = SpinLockIrq { _address: 0 };

/// The common lock, which a thread takes in place of several different wait_all_locks.
pub(super) fn common_lock() -> &'static SpinLockIrq {
    &COMMON
}

impl SpinLockIrq {
    /// A new lock.
    pub(super) fn new() -> impl PinInit<Self> {
        Self { _address: 0 }
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    /// Takes the lock.
    pub(super) fn lock(&self) -> Flags {
        world::demand_no_lock("a wait_all_lock comes before all queues");
        world::lock_outer(self.address());
        Flags
    }

    /// Takes the lock inside another lock, which the caller holds.
    pub(super) fn lock_inside(&self, outer: &SpinLockIrq) {
        outer.check();
        world::lock_outer(self.address());
    }

    /// Drops the lock.
    ///
    /// # Safety
    ///
    /// None. The function checks that the lock is held.
    pub(super) unsafe fn unlock(&self, _flags: Flags) {
        self.check();
        world::unlock_outer(self.address());
    }

    /// Drops the lock.
    ///
    /// # Safety
    ///
    /// None. The function checks that the lock is held.
    pub(super) unsafe fn unlock_inside(&self) {
        self.check();
        world::unlock_outer(self.address());
    }

    /// Checks that the calling thread holds the lock.
    #[track_caller]
    pub(super) fn check(&self) {
        demand(
            world::holds_outer(self.address()),
            "wait_all_lock is held by who locks under it",
        );
    }
}
