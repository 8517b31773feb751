// SPDX-License-Identifier: GPL-2.0

//! A count of holders, the last of which does something under a lock.

use crate::sys::{
    Atomic,
    Full,
    Relaxed, //
};

/// A count of holders. What may find the counted thing without being a holder does so under some
/// lock, and so does who may be the last holder. Any context.
pub(super) struct Count(Atomic<u32>);

impl Count {
    /// `holders` holders.
    pub(super) fn new(holders: u32) -> Self {
        Self(Atomic::new(holders))
    }

    /// The holders.
    pub(super) fn get(&self) -> u32 {
        self.0.load(Relaxed)
    }

    /// One more. The caller is a holder, or has the lock.
    pub(super) fn inc(&self) {
        self.0.fetch_add(1, Full);
    }

    /// One less, unless the caller may be the last holder.
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

    /// One less; whether it was the last. The caller has the lock, if there is one.
    pub(super) fn dec_and_test(&self) -> bool {
        self.0.fetch_sub(1, Full) == 1
    }
}
