// SPDX-License-Identifier: GPL-2.0

//! Counting many numbers in a table of fixed size.

use super::{
    Atomic,
    Relaxed, //
};

/// How many there are of each number, or more: numbers that share a slot are counted together.
pub(crate) struct Tally([Atomic<u32>; SLOTS]);

/// Numbers that follow each other, at whatever step, are spread evenly.
const SLOTS: usize = 1 << BITS;
const BITS: u32 = 12;

impl Tally {
    /// None of any number.
    pub(crate) const fn new() -> Self {
        Self([const { Atomic::new(0) }; SLOTS])
    }

    /// One more. Any context.
    pub(crate) fn add(&self, number: u32) {
        if let Some(slot) = self.slot(number) {
            slot.add(1, Relaxed);
        }
    }

    /// One less. Any context.
    pub(crate) fn remove(&self, number: u32) {
        if let Some(slot) = self.slot(number) {
            slot.add(u32::MAX, Relaxed);
        }
    }

    /// There are not more of a number; those counted that the caller knows of, by a lock say. Any
    /// context.
    pub(crate) fn most(&self, number: u32) -> u32 {
        self.slot(number)
            .map_or(u32::MAX, |slot| slot.load(Relaxed))
    }

    fn slot(&self, number: u32) -> Option<&Atomic<u32>> {
        // The golden ratio of 2^32.
        let hash = number.wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS);
        self.0.get(hash as usize)
    }
}
