// SPDX-License-Identifier: GPL-2.0

//! The names in a directory. They are ordered for lookups and numbered for listings.

use super::lookup::{
    Answer,
    Candidate,
    Known,
    Lookup, //
};
use crate::{
    namespace::{
        name::Name,
        path::Hashes, //
    },
    sys::allocated,
};
use core::cmp::Ordering;
use kernel::{
    alloc::AllocError,
    prelude::*,
    rbtree::{
        RBTree,
        RBTreeNode,
        RBTreeNodeReservation, //
    }, //
};

/// What the lock of a directory protects. `T` is a reference to an object.
pub(crate) struct Entries<T> {
    /// The entries by the hashes of their names.
    names: RBTree<Key, Entry<T>>,
    /// The entries by the hashes of their names without regard to case.
    variants: RBTree<Key, Entry<T>>,
    /// The objects by their numbers in a listing.
    listing: RBTree<u32, Listed<T>>,
    /// The number to try first for the next entry.
    pub(super) next: u32,
    /// Whether the directory is out of reach. Nothing may be named in it any more then.
    pub(super) gone: bool,
}

/// A key that orders entries by their hashes. Entries with the same hash are ordered by their
/// numbers, the highest first. The highest number is the newest, until the numbers begin at 0
/// again.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    hash: u64,
    number: u32,
}

impl Key {
    /// The first possible key with a hash. A search from it finds the newest entry.
    fn newest(hash: u64) -> Self {
        Self {
            hash,
            number: u32::MAX,
        }
    }

    /// The next possible key with the same hash. A search from it finds the next older entry.
    fn older(&self) -> Option<Self> {
        let number = self.number.checked_sub(1)?;
        Some(Self { number, ..*self })
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let hashes = self.hash.cmp(&other.hash);
        hashes.then_with(|| other.number.cmp(&self.number))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

struct Entry<T> {
    name: Name,
    object: T,
}

struct Listed<T> {
    hashes: Hashes,
    object: T,
}

/// An object that is about to get its name, with the memory for its entry.
pub(crate) struct ReservedEntry<T> {
    object: T,
    name: Name,
    hashes: Hashes,
    in_names: RBTreeNodeReservation<Key, Entry<T>>,
    in_variants: RBTreeNodeReservation<Key, Entry<T>>,
    in_listing: RBTreeNodeReservation<u32, Listed<T>>,
}

impl<T> ReservedEntry<T> {
    /// The bytes of memory that an entry takes.
    pub(crate) const BYTES: usize =
        2 * node_bytes::<Key, Entry<T>>() + node_bytes::<u32, Listed<T>>();

    /// Reserves the memory. Process context, may sleep.
    pub(crate) fn new(object: T, name: Name, hashes: Hashes) -> Result<Self, AllocError> {
        Ok(Self {
            object,
            name,
            hashes,
            in_names: reserve()?,
            in_variants: reserve()?,
            in_listing: reserve()?,
        })
    }
}

fn reserve<K, V>() -> Result<RBTreeNodeReservation<K, V>, AllocError> {
    RBTreeNodeReservation::new(GFP_KERNEL_ACCOUNT).map_err(|_| AllocError)
}

/// The bytes of memory of a tree node. It has a key, a value and three words.
const fn node_bytes<K, V>() -> usize {
    allocated(size_of::<(K, V)>() + 3 * size_of::<usize>())
}

/// An entry that was removed. It is freed without the directory's lock.
pub(super) struct RemovedEntry<T> {
    _in_names: Option<RBTreeNode<Key, Entry<T>>>,
    _in_variants: Option<RBTreeNode<Key, Entry<T>>>,
    _in_listing: RBTreeNode<u32, Listed<T>>,
}

/// The result of a lookup.
pub(super) enum Found<R> {
    /// No entry has the name.
    Nothing,
    /// The result of the closure, which was called for the object that has the name.
    Object(R),
    /// An entry whose name must be compared without the lock.
    Unknown(Candidate),
}

impl<T: Clone> Entries<T> {
    /// No entries.
    pub(super) fn new() -> Self {
        Self {
            names: RBTree::new(),
            variants: RBTree::new(),
            listing: RBTree::new(),
            next: 0,
            gone: false,
        }
    }

    /// Calls `f` for the object that has the name of `lookup`. If case is ignored, the newest of
    /// several names wins. NT: V184 to V188.
    pub(super) fn find<R>(
        &self,
        lookup: &Lookup,
        known: Known,
        f: impl FnOnce(&T) -> R,
    ) -> Found<R> {
        let tree = if lookup.fold {
            &self.variants
        } else {
            &self.names
        };
        let mut from = Some(Key::newest(lookup.hash));
        while let Some(found) = from.and_then(|from| tree.cursor_lower_bound(&from)) {
            let (key, entry) = found.current();
            if key.hash != lookup.hash {
                break;
            }
            match known.ask(lookup, key.number, &entry.name) {
                Answer::Yes => return Found::Object(f(&entry.object)),
                Answer::No => from = key.older(),
                Answer::Unknown => {
                    return Found::Unknown(Candidate {
                        number: key.number,
                        name: entry.name.clone(),
                    })
                }
            }
        }
        Found::Nothing
    }

    /// Inserts an entry. No object has its name.
    pub(super) fn insert(&mut self, reserved: ReservedEntry<T>) {
        let ReservedEntry {
            object,
            name,
            hashes,
            in_names,
            in_variants,
            in_listing,
        } = reserved;
        let number = self.free_number();
        let key = |hash| Key { hash, number };
        let entry = || Entry {
            name: name.clone(),
            object: object.clone(),
        };
        self.names
            .insert(in_names.into_node(key(hashes.exact), entry()));
        self.variants
            .insert(in_variants.into_node(key(hashes.folded), entry()));
        self.listing
            .insert(in_listing.into_node(number, Listed { hashes, object }));
    }

    /// The next number that no entry has. The highest number is never used, so that each has a
    /// successor.
    fn free_number(&mut self) -> u32 {
        loop {
            let number = self.next;
            self.next = number.wrapping_add(1) % u32::MAX;
            if self.listing.get(&number).is_none() {
                return number;
            }
        }
    }

    /// The number of the entry whose name has the hash `exact` and for whose object `is` returns
    /// true.
    pub(super) fn number(&self, exact: u64, is: impl Fn(&T) -> bool) -> Option<u32> {
        let mut from = Some(Key::newest(exact));
        while let Some(found) = from.and_then(|from| self.names.cursor_lower_bound(&from)) {
            let (key, entry) = found.current();
            if key.hash != exact {
                break;
            }
            if is(&entry.object) {
                return Some(key.number);
            }
            from = key.older();
        }
        None
    }

    /// Removes the entry with a number. The result must be dropped without the lock.
    pub(super) fn remove(&mut self, number: u32) -> Option<RemovedEntry<T>> {
        let listed = self.listing.find_mut(&number)?;
        let hashes = listed.get().hashes;
        let key = |hash| Key { hash, number };
        Some(RemovedEntry {
            _in_names: self.names.remove_node(&key(hashes.exact)),
            _in_variants: self.variants.remove_node(&key(hashes.folded)),
            _in_listing: listed.remove_node(),
        })
    }

    /// The object with the lowest number that is at least `cursor`, and its number.
    pub(super) fn from(&self, cursor: u32) -> Option<(T, u32)> {
        let found = self.listing.cursor_lower_bound(&cursor)?;
        let (number, listed) = found.current();
        Some((listed.object.clone(), *number))
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_entries)]
mod tests {
    use super::*;

    /// A name of `count` units, the last of which is `last`.
    fn name(count: usize, last: u16) -> Result<Name> {
        let mut units = Name::zeroed(count)?;
        if let Some(unit) = units.as_mut_slice().last_mut() {
            *unit = last;
        }
        Ok(Name::new(units)?)
    }

    fn find(entries: &Entries<u32>, lookup: &Lookup) -> (Option<u32>, u32) {
        let (mut known, mut compared) = (Known::nothing(), 0);
        loop {
            match entries.find(lookup, known, |&object| object) {
                Found::Nothing => return (None, compared),
                Found::Object(object) => return (Some(object), compared),
                Found::Unknown(candidate) => known = candidate.compare(lookup, known),
            }
            compared += 1;
        }
    }

    /// All names have the same hashes.
    fn collide(count: usize) -> Result {
        let hashes = Hashes {
            exact: 7,
            folded: 7,
        };
        let mut entries = Entries::new();
        for (number, last) in (0..).zip([0x61, 0x41, 0x62, 0x43]) {
            entries.insert(ReservedEntry::new(number, name(count, last)?, hashes)?);
        }
        for (last, fold, object) in [
            (0x61, false, Some(0)),
            (0x41, false, Some(1)),
            (0x42, false, None),
            (0x61, true, Some(1)),
            (0x42, true, Some(2)),
            (0x63, true, Some(3)),
            (0x64, true, None),
        ] {
            let mut lookup = Lookup::new(name(count, last)?, fold);
            lookup.hash = 7;
            assert_eq!(find(&entries, &lookup).0, object);
        }
        assert_eq!(entries.number(7, |&object| object == 2), Some(2));
        assert!(entries.remove(2).is_some() && entries.remove(2).is_none());
        assert_eq!(entries.number(7, |&object| object == 2), None);
        assert_eq!(entries.from(2), Some((3, 3)));
        Ok(())
    }

    #[test]
    fn short_names_with_one_hash() -> Result {
        collide(3)
    }

    #[test]
    fn long_names_with_one_hash() -> Result {
        collide(300)
    }

    #[test]
    fn f02_long_names_are_compared_without_the_lock() -> Result {
        let mut entries = Entries::new();
        for last in [0x61, 0x62] {
            for count in [64, 65, 3000] {
                let name = name(count, last)?;
                let hashes = name.hashes();
                entries.insert(ReservedEntry::new(last.into(), name, hashes)?);
            }
        }
        for (count, compared) in [(64, 0), (65, 1), (3000, 1)] {
            for (last, fold) in [(0x61, false), (0x62, false), (0x42, true)] {
                let lookup = Lookup::new(name(count, last)?, fold);
                let object = u32::from(last) | 0x20;
                assert_eq!(find(&entries, &lookup), (Some(object), compared));
            }
        }
        assert_eq!(
            find(&entries, &Lookup::new(name(3000, 0x63)?, false)),
            (None, 0)
        );
        Ok(())
    }

    #[test]
    fn the_comparison_of_an_entry_that_goes_does_not_count() -> Result {
        let mut entries = Entries::new();
        let lookup = Lookup::new(name(300, 0x61)?, true);
        let mut known = Known::nothing();
        // A newer variant is inserted before each lookup.
        for object in 0..20u32 {
            let name = name(300, 0x61)?;
            let hashes = name.hashes();
            entries.insert(ReservedEntry::new(object, name, hashes)?);
            match entries.find(&lookup, known, |&object| object) {
                Found::Unknown(candidate) => known = candidate.compare(&lookup, known),
                Found::Object(found) => assert!(found == object && object >= 8),
                Found::Nothing => return Err(ENOENT),
            }
        }
        Ok(())
    }
}
