// SPDX-License-Identifier: GPL-2.0

//! The full path of an object, for queries. NT: V190, V191.

use super::{
    name::SEPARATOR,
    object::{
        DirectoryEntry,
        Header, //
    },
    Namespace, //
};
use core::iter::successors;
use kernel::prelude::*;

mod capture;
mod hash;
pub(crate) mod name;
mod upcase;

pub(crate) use capture::capture_name;
pub(crate) use hash::Hashes;

/// Replaces the root if a directory above the object has lost its name.
const LOST: [u16; 3] = [b'.' as u16; 3];

/// The path of an object. It is empty if the object has no name. It does not change afterwards,
/// even if directories on it lose their names.
pub(crate) struct Path<'a> {
    object: &'a Header,
    start: &'static [u16],
    /// The number of components, each with a separator before it.
    components: usize,
    units: usize,
}

impl<'a> Path<'a> {
    /// The path of an object. The caller has a handle to the object.
    pub(crate) fn of(object: &'a Header, namespace: &Namespace) -> Self {
        let root = &namespace.root().header;
        let mut path = Self {
            object,
            start: &[],
            components: 0,
            units: 0,
        };
        if core::ptr::eq(object, root) {
            path.start = &[SEPARATOR];
        }
        for entry in entries(object) {
            path.components = path.components.saturating_add(1);
            path.units = path.units.saturating_add(entry.name.units().len());
            path.units = path.units.saturating_add(1);
            let directory = &entry.directory.header;
            if !core::ptr::eq(directory, root) && !directory.has_name() {
                path.start = &LOST;
                break;
            }
        }
        path.units = path.units.saturating_add(path.start.len());
        path
    }

    /// The length in units.
    pub(crate) fn units(&self) -> usize {
        self.units
    }

    /// Calls `f` with each part of the path and the part's offset in units. The last part comes
    /// first.
    pub(crate) fn for_each<E>(
        &self,
        mut f: impl FnMut(usize, &[u16]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut offset = self.units;
        for (_, entry) in (0..self.components).zip(entries(self.object)) {
            for part in [entry.name.units(), &[SEPARATOR]] {
                offset = offset.saturating_sub(part.len());
                f(offset, part)?;
            }
        }
        f(0, self.start)
    }
}

/// The directory entries of an object and of the directories above it, from the bottom up.
fn entries(object: &Header) -> impl Iterator<Item = &DirectoryEntry> {
    successors(object.directory_entry(), |entry| {
        entry.directory.header.directory_entry()
    })
}
