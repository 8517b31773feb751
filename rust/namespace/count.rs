// SPDX-License-Identifier: GPL-2.0

//! A count of holders. The last holder does something under a lock.

use crate::sys::{
    Atomic,
    Full,
    Relaxed, //
};

/// A count of holders. A thread that is not a holder finds the counted thing only under a lock. The
/// last holder is counted off under the same lock. Any context.
pub(super) struct Count(Atomic<u32>);

impl Count {
    /// A count of `holders`.
    pub(super) fn new(holders: u32) -> Self {
        Self(Atomic::new(holders))
    }

    /// The number of holders.
    pub(super) fn get(&self) -> u32 {
        self.0.load(Relaxed)
    }

    /// Adds a holder. The caller is a holder, or has the lock.
    pub(super) fn inc(&self) {
        self.0.fetch_add(1, Full);
    }

    /// Removes a holder, unless it may be the last one. Returns whether it did.
    pub(super) fn dec_not_one(&self) -> bool {
        let mut count = self.get();
        while count > 1 {
            match self.0.cmpxchg(count, count.wrapping_sub(1), Full) {
                Ok(_) => return true,
                Err(now) => count = now,
            }
        }
        false
    }

    /// Removes a holder. Returns whether it was the last one. The caller has the lock, if there is
    /// one.
    pub(super) fn dec_and_test(&self) -> bool {
        self.0.fetch_sub(1, Full) == 1
    }
}
