// SPDX-License-Identifier: GPL-2.0

//! Counting numbers: each for itself, so that whatever hangs on it is as narrow as can be.

use std::{
    collections::BTreeMap,
    sync::Mutex, //
};

/// How many there are of each number. It is static, and empty between the runs.
pub(crate) struct Tally(Mutex<BTreeMap<u32, u32>>);

impl Tally {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    pub(crate) fn add(&self, number: u32) {
        *self.counts().entry(number).or_default() += 1;
    }

    pub(crate) fn remove(&self, number: u32) {
        *self.counts().entry(number).or_default() -= 1;
    }

    pub(crate) fn most(&self, number: u32) -> u32 {
        *self.counts().entry(number).or_default()
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, BTreeMap<u32, u32>> {
        // A run that panicked has failed already.
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
