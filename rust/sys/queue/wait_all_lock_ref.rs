// SPDX-License-Identifier: GPL-2.0

//! A reference to a wait_all_lock.

use super::{
    spin_lock_irq::{
        common_lock,
        SpinLockIrq, //
    },
    WaitAllLock, //
};
use crate::sys::Atomic;
use core::ops::Deref;
use kernel::{
    alloc::AllocError,
    prelude::*,
    sync::Arc, //
};

/// The lock of threads and of the events in the storage of drivers.
static OF_DRIVERS: WaitAllLock = WaitAllLock {
    // SAFETY: `init_static_locks` initialises the lock before there is an event.
    lock: unsafe { SpinLockIrq::uninit() },
    joined: Atomic::new(0),
};

/// Initialises the static locks.
///
/// # Safety
///
/// It is called once, before there is a queue.
pub(crate) unsafe fn init_static_locks() {
    // SAFETY: The caller's promise.
    unsafe { common_lock().init() };
    // SAFETY: As above.
    unsafe { OF_DRIVERS.lock.init() };
}

/// A reference to a wait_all_lock. Its clones share one count. [`Self::another`] makes a reference
/// with a new count, so that its clones do not write the cache line of the first count.
#[derive(Clone)]
pub(crate) struct WaitAllLockRef(Option<Arc<Arc<WaitAllLock>>>);

impl WaitAllLockRef {
    /// A new lock, charged to the caller's memory cgroup. Process context, may sleep.
    pub(crate) fn new() -> Result<Self, AllocError> {
        let lock = Arc::pin_init(WaitAllLock::new(), GFP_KERNEL_ACCOUNT);
        Self::with_count(lock.map_err(|_| AllocError)?)
    }

    /// Another reference to the lock, with a count of its own, charged to the caller's memory
    /// cgroup. Process context, may sleep.
    pub(crate) fn another(&self) -> Result<Self, AllocError> {
        match &self.0 {
            Some(lock) => Self::with_count((**lock).clone()),
            None => Ok(Self(None)),
        }
    }

    fn with_count(lock: Arc<WaitAllLock>) -> Result<Self, AllocError> {
        Ok(Self(Some(Arc::new(lock, GFP_KERNEL_ACCOUNT)?)))
    }

    /// The lock of threads and of the events in the storage of drivers. Any context.
    pub(crate) fn of_drivers() -> Self {
        Self(None)
    }

    /// Whether both refer to the same lock.
    #[inline]
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.is_clone_of(other) || core::ptr::eq(&**self, &**other)
    }

    /// Whether one is a clone of the other, so that both share one count.
    #[inline]
    pub(crate) fn is_clone_of(&self, other: &Self) -> bool {
        let count = |lock: &Self| lock.0.as_ref().map(Arc::as_ptr);
        count(self) == count(other)
    }
}

impl Deref for WaitAllLockRef {
    type Target = WaitAllLock;

    #[inline]
    fn deref(&self) -> &WaitAllLock {
        match &self.0 {
            Some(lock) => lock,
            None => &OF_DRIVERS,
        }
    }
}
