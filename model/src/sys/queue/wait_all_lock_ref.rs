// SPDX-License-Identifier: GPL-2.0

//! A reference to a wait_all_lock.

use super::WaitAllLock;
use crate::sys::{
    storage::AllocError,
    world, //
};
use pin_init::InPlaceInit;
use std::{
    ops::Deref,
    pin::Pin,
    sync::Arc, //
};

/// A reference to a wait_all_lock.
#[derive(Clone)]
pub(crate) struct WaitAllLockRef(Pin<Arc<WaitAllLock>>);

impl WaitAllLockRef {
    /// A new lock.
    pub(crate) fn new() -> Result<Self, AllocError> {
        Arc::pin_init(WaitAllLock::new())
            .map(Self)
            .map_err(|_| AllocError)
    }

    /// The lock of the objects of a scenario that name no lock.
    pub(crate) fn of_drivers() -> Self {
        world::default_lock()
    }

    /// Whether both refer to the same lock.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(&**self, &**other)
    }
}

impl Deref for WaitAllLockRef {
    type Target = WaitAllLock;

    fn deref(&self) -> &WaitAllLock {
        &self.0
    }
}
