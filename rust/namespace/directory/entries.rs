// SPDX-License-Identifier: GPL-2.0

//! The names in a directory. They are ordered for lookups and numbered for listings.

use crate::namespace::name::Name;
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
    names: RBTree<Name, Entry<T>>,
    /// The objects by their names without regard to case.
    variants: RBTree<Variant, T>,
    /// The objects by their numbers in a listing.
    listing: RBTree<u32, T>,
    /// The number to try first for the next entry.
    pub(super) next: u32,
    /// Whether the directory is out of reach. Nothing may be named in it any more then.
    pub(super) gone: bool,
}

struct Entry<T> {
    object: T,
    number: u32,
}

/// A key that ignores case. Names that differ only in case are ordered by their numbers, the
/// highest first. The highest number is the newest, until the numbers begin at 0 again.
struct Variant {
    name: Name,
    number: u32,
}

impl Ord for Variant {
    fn cmp(&self, other: &Self) -> Ordering {
        let names = self.name.folded().cmp(other.name.folded());
        names.then_with(|| other.number.cmp(&self.number))
    }
}

impl PartialOrd for Variant {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Variant {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Variant {}

/// An object that is about to get its name, with the memory for its entry.
pub(crate) struct ReservedEntry<T> {
    object: T,
    /// Its name.
    pub(super) name: Name,
    in_names: RBTreeNodeReservation<Name, Entry<T>>,
    in_variants: RBTreeNodeReservation<Variant, T>,
    in_listing: RBTreeNodeReservation<u32, T>,
}

impl<T> ReservedEntry<T> {
    /// Reserves the memory. Process context, may sleep.
    pub(crate) fn new(object: T, name: Name) -> Result<Self, AllocError> {
        Ok(Self {
            object,
            name,
            in_names: reserve()?,
            in_variants: reserve()?,
            in_listing: reserve()?,
        })
    }
}

fn reserve<K, V>() -> Result<RBTreeNodeReservation<K, V>, AllocError> {
    RBTreeNodeReservation::new(GFP_KERNEL_ACCOUNT).map_err(|_| AllocError)
}

/// An entry that was removed. It is freed without the directory's lock.
pub(super) struct RemovedEntry<T> {
    _in_names: RBTreeNode<Name, Entry<T>>,
    _in_variants: Option<RBTreeNode<Variant, T>>,
    _in_listing: Option<RBTreeNode<u32, T>>,
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

    /// The object that has `name`. With `fold`, case is ignored, and the newest of several names
    /// wins. NT: V184 to V188.
    pub(super) fn find(&self, name: &Name, fold: bool) -> Option<&T> {
        if !fold {
            return Some(&self.names.get(name)?.object);
        }
        let newest = Variant {
            name: name.clone(),
            number: u32::MAX,
        };
        let number = {
            let found = self.variants.cursor_lower_bound(&newest)?;
            let (variant, _) = found.current();
            (variant.name.folded() == name.folded()).then_some(variant.number)?
        };
        self.listing.get(&number)
    }

    /// Inserts an entry. No object has its name.
    pub(super) fn insert(&mut self, reserved: ReservedEntry<T>) {
        let ReservedEntry {
            object,
            name,
            in_names,
            in_variants,
            in_listing,
        } = reserved;
        let number = self.free_number();
        let variant = Variant {
            name: name.clone(),
            number,
        };
        self.listing
            .insert(in_listing.into_node(number, object.clone()));
        self.variants
            .insert(in_variants.into_node(variant, object.clone()));
        self.names
            .insert(in_names.into_node(name, Entry { object, number }));
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

    /// Removes `name` if `is` returns true for the object that has it. The result must be dropped
    /// without the lock.
    pub(super) fn remove(
        &mut self,
        name: &Name,
        is: impl FnOnce(&T) -> bool,
    ) -> Option<RemovedEntry<T>> {
        let found = self.names.find_mut(name)?;
        if !is(&found.get().object) {
            return None;
        }
        let number = found.get().number;
        let variant = Variant {
            name: name.clone(),
            number,
        };
        Some(RemovedEntry {
            _in_names: found.remove_node(),
            _in_variants: self.variants.remove_node(&variant),
            _in_listing: self.listing.remove_node(&number),
        })
    }

    /// The object with the lowest number that is at least `cursor`, and its number.
    pub(super) fn from(&self, cursor: u32) -> Option<(T, u32)> {
        let found = self.listing.cursor_lower_bound(&cursor)?;
        let (number, object) = found.current();
        Some((object.clone(), *number))
    }

    /// The first name, and the object that has it.
    pub(super) fn first(&self) -> Option<(Name, T)> {
        let first = self.names.cursor_front()?;
        let (name, entry) = first.current();
        Some((name.clone(), entry.object.clone()))
    }
}
