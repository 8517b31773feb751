// SPDX-License-Identifier: GPL-2.0

//! Counters for many keys in a hash table of fixed size.

use super::{
    Atomic,
    Relaxed, //
};

/// A counter for each number. Numbers with the same hash share one, so it is an upper bound.
pub(crate) struct HashedCounters([Atomic<u32>; SLOTS]);

/// The hash spreads numbers at any fixed distance from each other evenly.
const SLOTS: usize = 1 << BITS;
const BITS: u32 = 12;

impl HashedCounters {
    /// All counters at zero.
    pub(crate) const fn new() -> Self {
        Self([const { Atomic::new(0) }; SLOTS])
    }

    /// One more. Any context.
    pub(crate) fn increment(&self, number: u32) {
        if let Some(counter) = self.counter(number) {
            counter.add(1, Relaxed);
        }
    }

    /// One less. Any context.
    pub(crate) fn decrement(&self, number: u32) {
        if let Some(counter) = self.counter(number) {
            counter.add(u32::MAX, Relaxed);
        }
    }

    /// An upper bound of the number's counter. It includes the increments that the caller knows of,
    /// for example by a lock. Any context.
    pub(crate) fn upper_bound(&self, number: u32) -> u32 {
        self.counter(number)
            .map_or(u32::MAX, |counter| counter.load(Relaxed))
    }

    fn counter(&self, number: u32) -> Option<&Atomic<u32>> {
        // The golden ratio of 2^32.
        let hash = number.wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS);
        self.0.get(hash as usize)
    }
}
