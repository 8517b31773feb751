// SPDX-License-Identifier: GPL-2.0

//! Looking up a name in a directory. Long names are compared without the directory's lock.

use crate::namespace::{
    name::Name,
    path::Hashes, //
};

/// The length in units up to which names are always compared under the lock.
const SHORT: usize = 64;

/// How often a lookup compares a long name without the lock, before it compares under the lock.
const TRIES: u8 = 8;

/// A name, and how it is looked up.
pub(crate) struct Lookup {
    /// The name.
    pub(crate) name: Name,
    /// Whether case is ignored.
    pub(super) fold: bool,
    /// The hash of the name, which ignores case if `fold` is set.
    pub(super) hash: u64,
}

impl Lookup {
    /// A lookup of `name`. It ignores case if `fold` is set. Any context.
    pub(crate) fn new(name: Name, fold: bool) -> Self {
        let hash = name.hash(fold);
        Self { name, fold, hash }
    }

    /// Both hashes of the name. Any context.
    pub(crate) fn hashes(&self) -> Hashes {
        let other = self.name.hash(!self.fold);
        if self.fold {
            Hashes {
                exact: other,
                folded: self.hash,
            }
        } else {
            Hashes {
                exact: self.hash,
                folded: other,
            }
        }
    }
}

/// What a lookup has found out about the entries whose names have its hash.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// The number of an entry that has the name.
    same: Option<u32>,
    /// How often the lookup may still compare a name without the lock.
    tries: u8,
}

/// Whether an entry has the name that is looked up.
pub(super) enum Answer {
    Yes,
    No,
    /// The comparison would take too long under the lock.
    Unknown,
}

impl Known {
    /// Nothing is known yet.
    pub(super) fn nothing() -> Self {
        Self {
            same: None,
            tries: TRIES,
        }
    }

    /// Nothing is known, and no lock is held, so a name of any length is compared at once.
    pub(super) fn nothing_without_lock() -> Self {
        Self {
            same: None,
            tries: 0,
        }
    }

    /// Whether the entry `number`, whose name is `name`, has the name that is looked up. Takes
    /// bounded time.
    pub(super) fn ask(self, lookup: &Lookup, number: u32, name: &Name) -> Answer {
        let is_short = name.len() <= SHORT;
        if name.len() != lookup.name.len() {
            Answer::No
        } else if self.same == Some(number) {
            Answer::Yes
        } else if !is_short && self.tries != 0 {
            Answer::Unknown
        } else if name.is_same(&lookup.name, lookup.fold) {
            Answer::Yes
        } else {
            Answer::No
        }
    }
}

/// An entry with a long name, to be compared without the lock.
pub(super) struct Candidate {
    pub(super) number: u32,
    pub(super) name: Name,
}

impl Candidate {
    /// Compares the name with that of the lookup, and returns what is known then. Meanwhile another
    /// entry may have been inserted, which must be compared too. The number of tries is limited, so
    /// a task that inserts many entries cannot make the lookup go on for ever. Different names with
    /// the same hash are not expected. If there are any, names are compared under the lock from
    /// then on.
    pub(super) fn compare(self, lookup: &Lookup, known: Known) -> Known {
        let is_same = self.name.is_same(&lookup.name, lookup.fold);
        Known {
            same: is_same.then_some(self.number),
            tries: if is_same {
                known.tries.saturating_sub(1)
            } else {
                0
            },
        }
    }
}
