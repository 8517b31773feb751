// SPDX-License-Identifier: GPL-2.0

//! The lock that lets a thread lock several queues.

use crate::sys::helpers;
use kernel::{
    prelude::*,
    types::NotThreadSafe, //
};

/// A guard of wait_all_lock, which is one lock for the whole module. A thread that waits for the
/// lock of a second queue while it holds a first one takes wait_all_lock before both.
pub(crate) struct WaitAllLock {
    flags: c_ulong,
    _not_send: NotThreadSafe,
}

impl WaitAllLock {
    /// Takes the lock. Any context, no queue locked.
    pub(crate) fn lock() -> Self {
        // SAFETY: The lock is static.
        let flags = unsafe { helpers::ntevent_helper_wait_all_lock() };
        Self {
            flags,
            _not_send: NotThreadSafe,
        }
    }
}

impl Drop for WaitAllLock {
    fn drop(&mut self) {
        // SAFETY: `lock` took it, and the guards of the queues inside cannot outlive `self`.
        unsafe { helpers::ntevent_helper_wait_all_unlock(self.flags) }
    }
}
