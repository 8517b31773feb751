// SPDX-License-Identifier: GPL-2.0

//! The lock that lets a thread lock several queues.

use super::spin_lock_irq::{
    common_lock,
    Flags,
    SpinLockIrq, //
};
use crate::sys::{
    Atomic,
    Relaxed, //
};
use core::marker::PhantomData;
use pin_init::{
    pin_data,
    pin_init,
    PinInit, //
};

/// A lock that several queues share. A thread that locks several of these queues takes it first. If
/// the queues have different wait_all_locks, see `WaitAllLocks`.
#[pin_data]
pub(crate) struct WaitAllLock {
    #[pin]
    pub(super) lock: SpinLockIrq,
    /// The number of `WaitAllLocks` that join this lock to another. It changes with the lock
    /// held.
    pub(super) joined: Atomic<u32>,
}

impl WaitAllLock {
    /// A new lock. Any context.
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            lock <- SpinLockIrq::new(),
            joined: Atomic::new(0),
        })
    }

    /// Takes the lock. While the lock is joined to another, takes the common lock before it. Any
    /// context, no queue locked.
    #[inline]
    pub(crate) fn lock(&self) -> WaitAllGuard<'_> {
        let guard = WaitAllGuard::new(&self.lock);
        if self.joined.load(Relaxed) == 0 {
            return guard;
        }
        drop(guard);
        let mut guard = WaitAllGuard::new(common_lock());
        self.lock.lock_inside(guard.outer);
        guard.inner = Some(&self.lock);
        guard
    }

    /// Adds `delta`, which is one or minus one, to the number of `WaitAllLocks` that join this
    /// lock to another.
    pub(super) fn change_joined(&self, delta: u32) {
        let _guard = WaitAllGuard::new(&self.lock);
        // Cannot overflow, because a thread adds at most 65 at a time and subtracts them again.
        self.joined.add(delta, Relaxed);
    }
}

/// A guard of a wait_all_lock, of the common lock, or of both.
pub(crate) struct WaitAllGuard<'a> {
    outer: &'a SpinLockIrq,
    flags: Flags,
    inner: Option<&'a SpinLockIrq>,
    _not_send: PhantomData<*mut ()>,
}

impl<'a> WaitAllGuard<'a> {
    /// Takes a wait_all_lock alone, or the common lock. Any context, no queue locked.
    #[inline]
    pub(super) fn new(outer: &'a SpinLockIrq) -> Self {
        Self {
            outer,
            flags: outer.lock(),
            inner: None,
            _not_send: PhantomData,
        }
    }

    /// A lock that is held, for lockdep.
    #[inline]
    pub(super) fn held(&self) -> &SpinLockIrq {
        self.outer
    }
}

impl Drop for WaitAllGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(inner) = self.inner {
            // SAFETY: The inner lock was taken inside the outer one.
            unsafe { inner.unlock_inside() };
        }
        // SAFETY: `new` took the lock and saved the flags. The guards of the queues inside cannot
        // outlive `self`.
        unsafe { self.outer.unlock(self.flags) };
    }
}
