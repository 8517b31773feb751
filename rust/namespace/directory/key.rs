// SPDX-License-Identifier: GPL-2.0

//! The order of the names in a directory.

use crate::namespace::path::Hashes;
use core::cmp::Ordering;

/// A key that orders entries by their hashes. Each entry has two keys: one with the hash of its
/// name, and one with the hash of its name without regard to case. Entries with the same hash are
/// ordered by their numbers, the highest first. The highest number is the newest, until the numbers
/// begin at 0 again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    hash: u64,
    /// The number of the entry.
    pub(super) number: u32,
    /// Whether the hash is the one without regard to case.
    fold: bool,
}

impl Key {
    /// The first possible key with a hash. A search from it finds the newest entry.
    pub(super) fn newest(hash: u64, fold: bool) -> Self {
        Self {
            hash,
            number: u32::MAX,
            fold,
        }
    }

    /// Whether the other key has the same hash.
    pub(super) fn has_hash_of(&self, other: &Self) -> bool {
        (self.fold, self.hash) == (other.fold, other.hash)
    }

    /// The next possible key with the same hash. A search from it finds the next older entry.
    pub(super) fn older(&self) -> Option<Self> {
        let number = self.number.checked_sub(1)?;
        Some(Self { number, ..*self })
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let hashes = (self.fold, self.hash).cmp(&(other.fold, other.hash));
        hashes.then_with(|| other.number.cmp(&self.number))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hashes {
    /// The keys of the entry with these hashes and a number.
    pub(super) fn keys(&self, number: u32) -> [Key; 2] {
        [(self.exact, false), (self.folded, true)].map(|(hash, fold)| Key { hash, number, fold })
    }
}
