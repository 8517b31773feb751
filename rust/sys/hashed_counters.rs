// SPDX-License-Identifier: GPL-2.0

//! Counters for many keys in a hash table of fixed size.

use super::{
    Atomic,
    Relaxed, //
};

/// A counter for each number. Numbers with the same hash share one, so a count is an upper bound.
pub(crate) struct HashedCounters([Atomic<u32>; SLOTS]);

/// The hash evenly spreads numbers that have a fixed distance from each other.
const SLOTS: usize = 1 << BITS;
const BITS: u32 = 12;

impl HashedCounters {
    /// All counters at zero.
    pub(crate) const fn new() -> Self {
        Self([const { Atomic::new(0) }; SLOTS])
    }

    /// Adds one to the counter of a number. Any context.
    pub(crate) fn increment(&self, number: u32) {
        if let Some(counter) = self.counter(number) {
            counter.add(1, Relaxed);
        }
    }

    /// Subtracts one from the counter of a number. Any context.
    pub(crate) fn decrement(&self, number: u32) {
        if let Some(counter) = self.counter(number) {
            counter.add(u32::MAX, Relaxed);
        }
    }

    /// An upper bound of a number's count. It includes each increment that happened before this
    /// call, for example under a lock that the caller now holds. Any context.
    pub(crate) fn upper_bound(&self, number: u32) -> u32 {
        self.counter(number)
            .map_or(u32::MAX, |counter| counter.load(Relaxed))
    }

    fn counter(&self, number: u32) -> Option<&Atomic<u32>> {
        // 2^32 divided by the golden ratio.
        let hash = number.wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS);
        self.0.get(hash as usize)
    }
}
