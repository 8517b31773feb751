// SPDX-License-Identifier: GPL-2.0

//! Counters for many keys. Each key has its own counter here, so the caller gets the tightest
//! bound.

use std::{
    collections::BTreeMap,
    sync::Mutex, //
};

/// A counter for each number. It is static, and empty between runs.
pub(crate) struct HashedCounters(Mutex<BTreeMap<u32, u32>>);

impl HashedCounters {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    pub(crate) fn increment(&self, number: u32) {
        *self.counts().entry(number).or_default() += 1;
    }

    pub(crate) fn decrement(&self, number: u32) {
        *self.counts().entry(number).or_default() -= 1;
    }

    pub(crate) fn upper_bound(&self, number: u32) -> u32 {
        *self.counts().entry(number).or_default()
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, BTreeMap<u32, u32>> {
        // A run that panicked has failed already.
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
