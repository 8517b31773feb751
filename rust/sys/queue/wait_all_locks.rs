// SPDX-License-Identifier: GPL-2.0

//! The locks that let a thread lock queues of several namespaces.

use super::{
    spin_lock_irq::common_lock,
    wait_all_lock::{
        WaitAllGuard,
        WaitAllLock, //
    },
    wait_all_lock_ref::WaitAllLockRef, //
};

/// The wait_all_locks of several queues. The value lives while a thread locks these queues at the
/// same time, or waits until a signaler locks them on its behalf.
///
/// If the locks are different, the thread takes the common lock instead. The locks are joined then,
/// so another thread that takes one of them takes the common lock before it. So two threads that
/// lock several queues exclude each other if they have a queue in common.
pub(crate) struct WaitAllLocks<'a, I: Iterator<Item = &'a WaitAllLockRef> + Clone> {
    locks: I,
    /// The lock, if all queues have the same one.
    only: Option<&'a WaitAllLock>,
}

impl<'a, I: Iterator<Item = &'a WaitAllLockRef> + Clone> WaitAllLocks<'a, I> {
    /// Joins the locks of queues if they are different. Any context, no lock held.
    #[inline]
    pub(crate) fn join(locks: I) -> Self {
        let mut others = locks.clone();
        let first = others.next();
        let only = first.filter(|first| others.all(|other| first.is_same(other)));
        let only = only.map(|only| &**only);
        let joined = Self { locks, only };
        if only.is_none() {
            joined.change_joined(1);
        }
        joined
    }

    /// Takes the lock of the queues, or the common lock if they have different ones. Any context,
    /// no queue locked.
    #[inline]
    pub(crate) fn lock(&self) -> WaitAllGuard<'a> {
        self.only
            .map_or_else(|| WaitAllGuard::new(common_lock()), WaitAllLock::lock)
    }

    #[cold]
    fn change_joined(&self, delta: u32) {
        for lock in self.locks.clone() {
            lock.change_joined(delta);
        }
    }
}

impl<'a, I: Iterator<Item = &'a WaitAllLockRef> + Clone> Drop for WaitAllLocks<'a, I> {
    #[inline]
    fn drop(&mut self) {
        if self.only.is_none() {
            self.change_joined(u32::MAX);
        }
    }
}
