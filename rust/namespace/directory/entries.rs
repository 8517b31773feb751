// SPDX-License-Identifier: GPL-2.0

//! The names in a directory. They are ordered for lookups and numbered for listings.

use super::{
    key::Key,
    lookup::{
        Answer,
        Candidate,
        Known,
        Lookup, //
    },
};
use crate::{
    namespace::{
        name::Name,
        path::Hashes, //
    },
    sys::{
        allocated,
        index::{
            Index,
            Locked,
            Removed,
            Reserved,
            View, //
        },
    },
};
use kernel::{
    alloc::AllocError,
    new_mutex,
    prelude::*,
    rbtree::{
        RBTree,
        RBTreeNode,
        RBTreeNodeReservation, //
    }, //
};

/// A reference to an object.
pub(crate) trait Reference: Clone + Send + Sync + Unpin + 'static {}

impl<T: Clone + Send + Sync + Unpin + 'static> Reference for T {}

/// The names in a directory. `T` is a reference to an object. Names are looked up without the lock.
pub(crate) type Entries<T> = Index<Key, Entry<T>, Listing<T>>;

type LockedEntries<'a, T> = Locked<'a, Key, Entry<T>, Listing<T>>;

/// The numbers of the entries in a directory.
pub(crate) struct Listing<T> {
    /// The objects by their numbers.
    objects: RBTree<u32, Listed<T>>,
    /// The number to try first for the next entry.
    pub(super) next: u32,
}

/// An object and its name.
pub(crate) struct Entry<T> {
    name: Name,
    object: T,
}

struct Listed<T> {
    hashes: Hashes,
    object: T,
}

/// An object that is about to get its name, with the memory for its entry.
pub(crate) struct ReservedEntry<T: 'static> {
    object: T,
    name: Name,
    hashes: Hashes,
    in_names: [Reserved<Key, Entry<T>>; 2],
    in_listing: RBTreeNodeReservation<u32, Listed<T>>,
}

impl<T: Send> ReservedEntry<T> {
    /// The bytes of memory that an entry takes.
    pub(crate) const BYTES: usize =
        2 * Reserved::<Key, Entry<T>>::BYTES + node_bytes::<u32, Listed<T>>();

    /// Reserves the memory. Process context, may sleep.
    pub(crate) fn new(object: T, name: Name, hashes: Hashes) -> Result<Self, AllocError> {
        Ok(Self {
            object,
            name,
            hashes,
            in_names: [Reserved::new()?, Reserved::new()?],
            in_listing: RBTreeNodeReservation::new(GFP_KERNEL_ACCOUNT).map_err(|_| AllocError)?,
        })
    }
}

/// The bytes of memory of a tree node. It has a key, a value and three words.
const fn node_bytes<K, V>() -> usize {
    allocated(size_of::<(K, V)>() + 3 * size_of::<usize>())
}

/// An entry that was removed. It is dropped without the directory's lock.
pub(super) struct RemovedEntry<T: Send + 'static> {
    _in_names: [Option<Removed<Key, Entry<T>>>; 2],
    _in_listing: RBTreeNode<u32, Listed<T>>,
}

/// The result of a lookup.
pub(super) enum Found<R> {
    /// No entry has the name.
    Nothing,
    /// The object that has the name.
    Object(R),
    /// An entry whose name must be compared without the lock.
    Unknown(Candidate),
}

/// No entries.
pub(super) fn no_entries<T: Reference>() -> impl PinInit<Entries<T>> {
    let listing = Listing {
        objects: RBTree::new(),
        next: 0,
    };
    Index::new(new_mutex!(listing, "ntevent_directory"))
}

/// The entries whose names have a hash, and their numbers. The newest comes first.
fn with_hash<'a, T>(
    entries: View<'a, Key, Entry<T>>,
    hash: u64,
    fold: bool,
) -> impl Iterator<Item = (u32, &'a Entry<T>)> {
    let newest = Key::newest(hash, fold);
    let mut from = Some(newest);
    core::iter::from_fn(move || {
        let (key, entry) = entries.lower_bound(&from?)?;
        from = key.older();
        key.has_hash_of(&newest).then_some((key.number, entry))
    })
}

/// The object that has the name of `lookup`. If case is ignored, the newest of several names wins.
/// NT: V184 to V188.
pub(super) fn find<'a, T>(
    entries: View<'a, Key, Entry<T>>,
    lookup: &Lookup,
    known: Known,
) -> Found<&'a T> {
    for (number, entry) in with_hash(entries, lookup.hash, lookup.fold) {
        match known.ask(lookup, number, &entry.name) {
            Answer::Yes => return Found::Object(&entry.object),
            Answer::No => (),
            Answer::Unknown => {
                return Found::Unknown(Candidate {
                    number,
                    name: entry.name.clone(),
                })
            }
        }
    }
    Found::Nothing
}

/// The number of the entry whose name has the hash `exact` and for whose object `is` returns true.
pub(super) fn number_of<T>(
    entries: View<'_, Key, Entry<T>>,
    exact: u64,
    is: impl Fn(&T) -> bool,
) -> Option<u32> {
    let mut entries = with_hash(entries, exact, false);
    let (number, _) = entries.find(|(_, entry)| is(&entry.object))?;
    Some(number)
}

/// Inserts an entry. No object has its name.
pub(super) fn insert<T: Reference>(entries: &mut LockedEntries<'_, T>, reserved: ReservedEntry<T>) {
    let ReservedEntry {
        object,
        name,
        hashes,
        in_names: [exact, folded],
        in_listing,
    } = reserved;
    let number = entries.data().free_number();
    let entry = || Entry {
        name: name.clone(),
        object: object.clone(),
    };
    let [exact_key, folded_key] = hashes.keys(number);
    entries.insert(exact, exact_key, entry());
    entries.insert(folded, folded_key, entry());
    let listed = Listed { hashes, object };
    let node = in_listing.into_node(number, listed);
    entries.data().objects.insert(node);
}

/// Removes the entry with a number. The result must be dropped without the lock.
pub(super) fn remove<T: Reference>(
    entries: &mut LockedEntries<'_, T>,
    number: u32,
) -> Option<RemovedEntry<T>> {
    let listed = entries.data().objects.find_mut(&number)?;
    let keys = listed.get().hashes.keys(number);
    let in_listing = listed.remove_node();
    Some(RemovedEntry {
        _in_names: keys.map(|key| entries.remove(&key)),
        _in_listing: in_listing,
    })
}

impl<T: Clone> Listing<T> {
    /// The next number that no entry has. The highest number is never used, so that each has a
    /// successor.
    fn free_number(&mut self) -> u32 {
        loop {
            let number = self.next;
            self.next = number.wrapping_add(1) % u32::MAX;
            if self.objects.get(&number).is_none() {
                return number;
            }
        }
    }

    /// The object with the lowest number that is at least `cursor`, and its number.
    pub(super) fn from(&self, cursor: u32) -> Option<(T, u32)> {
        let found = self.objects.cursor_lower_bound(&cursor)?;
        let (number, listed) = found.current();
        Some((listed.object.clone(), *number))
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_entries)]
mod tests {
    use super::*;
    use crate::sys::reading::Reading;

    /// A name of `count` units, the last of which is `last`.
    fn name(count: usize, last: u16) -> Result<Name> {
        let mut units = Name::zeroed(count)?;
        if let Some(unit) = units.as_mut_slice().last_mut() {
            *unit = last;
        }
        Ok(Name::new(units)?)
    }

    fn entries() -> Result<Pin<KBox<Entries<u32>>>> {
        KBox::pin_init(no_entries(), GFP_KERNEL)
    }

    fn found(entries: &Entries<u32>, lookup: &Lookup) -> (Option<u32>, u32) {
        let reading = Reading::begin();
        let (mut known, mut compared) = (Known::nothing(), 0);
        loop {
            match find(entries.view(&reading), lookup, known) {
                Found::Nothing => return (None, compared),
                Found::Object(&object) => return (Some(object), compared),
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
        let entries = entries()?;
        for (number, last) in (0..).zip([0x61, 0x41, 0x62, 0x43]) {
            let reserved = ReservedEntry::new(number, name(count, last)?, hashes)?;
            insert(&mut entries.lock(), reserved);
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
            assert_eq!(found(&entries, &lookup).0, object);
        }
        let reading = Reading::begin();
        let number = || number_of(entries.view(&reading), 7, |&object| object == 2);
        assert_eq!(number(), Some(2));
        let removed = remove(&mut entries.lock(), 2);
        assert!(removed.is_some() && remove(&mut entries.lock(), 2).is_none());
        assert_eq!(number(), None);
        assert_eq!(entries.lock().data().from(2), Some((3, 3)));
        Ok(())
    }

    #[test]
    fn names_with_one_hash() -> Result {
        collide(3)?;
        collide(300)
    }

    #[test]
    fn f02_long_names_are_compared_without_the_lock() -> Result {
        let entries = entries()?;
        for last in [0x61, 0x62] {
            for count in [64, 65, 3000] {
                let name = name(count, last)?;
                let hashes = name.hashes();
                insert(
                    &mut entries.lock(),
                    ReservedEntry::new(last.into(), name, hashes)?,
                );
            }
        }
        for (count, compared) in [(64, 0), (65, 1), (3000, 1)] {
            for (last, fold) in [(0x61, false), (0x62, false), (0x42, true)] {
                let lookup = Lookup::new(name(count, last)?, fold);
                let object = u32::from(last) | 0x20;
                assert_eq!(found(&entries, &lookup), (Some(object), compared));
            }
        }
        assert_eq!(
            found(&entries, &Lookup::new(name(3000, 0x63)?, false)),
            (None, 0)
        );
        Ok(())
    }

    #[test]
    fn the_comparison_of_an_entry_that_goes_does_not_count() -> Result {
        let entries = entries()?;
        let lookup = Lookup::new(name(300, 0x61)?, true);
        let mut known = Known::nothing();
        let reading = Reading::begin();
        // A newer variant is inserted before each lookup.
        for object in 0..20u32 {
            let name = name(300, 0x61)?;
            let hashes = name.hashes();
            insert(
                &mut entries.lock(),
                ReservedEntry::new(object, name, hashes)?,
            );
            match find(entries.view(&reading), &lookup, known) {
                Found::Unknown(candidate) => known = candidate.compare(&lookup, known),
                Found::Object(&found) => assert!(found == object && object >= 8),
                Found::Nothing => return Err(ENOENT),
            }
        }
        Ok(())
    }
}
