// SPDX-License-Identifier: GPL-2.0

//! The names in a directory, ordered for lookups, and numbered for listings.

use super::{
    name::Name,
    object::{
        AnyObject,
        Header, //
    }, //
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

/// What the lock of a directory protects.
pub(super) struct Entries {
    names: RBTree<Name, Entry>,
    /// The objects by their names without regard to case.
    variants: RBTree<Variant, AnyObject>,
    /// The objects by the number that a listing knows them by.
    listing: RBTree<u32, AnyObject>,
    /// Where to look for a number for the next entry.
    pub(super) next: u32,
    /// Whether the directory is out of reach, so that nothing may be named in it any more.
    pub(super) gone: bool,
}

struct Entry {
    any: AnyObject,
    number: u32,
}

/// Orders names that differ in case alone by their numbers, the highest first: of these it was
/// given last, until the numbers begin anew.
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

/// An object that is about to get its name, with the memory that its entry needs.
pub(super) struct ReservedEntry {
    any: AnyObject,
    /// Its name.
    pub(super) name: Name,
    in_names: RBTreeNodeReservation<Name, Entry>,
    in_variants: RBTreeNodeReservation<Variant, AnyObject>,
    in_listing: RBTreeNodeReservation<u32, AnyObject>,
}

impl ReservedEntry {
    /// Gets the memory. Process context, may sleep.
    pub(super) fn new(any: AnyObject, name: Name) -> Result<Self, AllocError> {
        Ok(Self {
            any,
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

/// An entry that was removed, to be freed without the directory's lock.
pub(super) struct RemovedEntry {
    _in_names: RBTreeNode<Name, Entry>,
    _in_variants: Option<RBTreeNode<Variant, AnyObject>>,
    _in_listing: Option<RBTreeNode<u32, AnyObject>>,
}

impl Entries {
    /// No name.
    pub(super) fn new() -> Self {
        Self {
            names: RBTree::new(),
            variants: RBTree::new(),
            listing: RBTree::new(),
            next: 0,
            gone: false,
        }
    }

    /// The object that has `name`; without regard to case, if `fold` says so, the one that got such
    /// a name last. NT: V184 to V188.
    pub(super) fn find(&self, name: &Name, fold: bool) -> Option<&AnyObject> {
        if !fold {
            return Some(&self.names.get(name)?.any);
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

    /// Inserts an entry, whose name nothing has.
    pub(super) fn insert(&mut self, reserved: ReservedEntry) {
        let ReservedEntry {
            any,
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
            .insert(in_listing.into_node(number, any.clone()));
        self.variants
            .insert(in_variants.into_node(variant, any.clone()));
        self.names
            .insert(in_names.into_node(name, Entry { any, number }));
    }

    /// The next number that no entry has. The highest is none, so that one can follow each.
    fn free_number(&mut self) -> u32 {
        loop {
            let number = self.next;
            self.next = number.wrapping_add(1) % u32::MAX;
            if self.listing.get(&number).is_none() {
                return number;
            }
        }
    }

    /// Takes the name of `object` away, if it is there still. What is returned is to be dropped
    /// without the lock.
    pub(super) fn remove(&mut self, name: &Name, object: &Header) -> Option<RemovedEntry> {
        let found = self.names.find_mut(name)?;
        if !core::ptr::eq(found.get().any.header(), object) {
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

    /// The first object with a number of at least `cursor`, and its number.
    pub(super) fn from(&self, cursor: u32) -> Option<(AnyObject, u32)> {
        let found = self.listing.cursor_lower_bound(&cursor)?;
        let (number, any) = found.current();
        Some((any.clone(), *number))
    }

    /// The first name, and who has it.
    pub(super) fn first(&self) -> Option<(Name, AnyObject)> {
        let first = self.names.cursor_front()?;
        let (name, entry) = first.current();
        Some((name.clone(), entry.any.clone()))
    }
}
