// SPDX-License-Identifier: GPL-2.0

//! The object directory: names, and the objects that have them.
//!
//! A directory has one lock. It guards the names in the directory, and what decides whether a name
//! stays: the last handle and the permanence of the objects named there. No two directories are
//! locked at once. Nothing is allocated, freed or copied to a user under the lock.

use super::object::{
    AnyObject,
    Directory,
    Header,
    Object, //
};
use crate::status::Status;
use kernel::{
    new_mutex,
    prelude::*,
    sync::Arc, //
};

mod entries;
mod lookup;
mod walk;

use entries::Found;
pub(crate) use entries::{
    Entries,
    ReservedEntry, //
};
use lookup::Known;
pub(crate) use lookup::Lookup;
pub(crate) use walk::Walk;

/// The result of entering a name in a directory.
pub(super) enum Entered<T> {
    /// The object has its name now.
    New,
    /// The name was taken. This is the result of looking at the object that has it.
    Taken(T),
}

impl Directory {
    /// An empty directory.
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            entries <- new_mutex!(Entries::new(), "ntevent_directory"),
        })
    }

    /// Looks a name up and calls `f` with the object that it finds. The object stays during the
    /// call. Process context, may sleep. `f` must not sleep.
    ///
    /// Errors: `OBJECT_PATH_NOT_FOUND` if the directory is out of reach, and those of `f`.
    pub(super) fn with<T>(
        &self,
        lookup: &Lookup,
        f: impl Fn(&AnyObject) -> Result<T, Status>,
    ) -> Result<Option<T>, Status> {
        let mut known = Known::nothing();
        loop {
            let entries = self.entries.lock();
            if entries.gone {
                return Err(Status::OBJECT_PATH_NOT_FOUND);
            }
            match entries.find(lookup, known, &f) {
                Found::Nothing => return Ok(None),
                Found::Object(result) => return result.map(Some),
                Found::Unknown(candidate) => {
                    drop(entries);
                    known = candidate.compare(lookup, known);
                }
            }
        }
    }

    /// Inserts an entry. If the name is taken, calls `f` with the object that has it instead.
    /// Process context, may sleep. `f` must not sleep.
    ///
    /// Errors: as [`Self::with`].
    pub(super) fn enter<T>(
        &self,
        reserved: ReservedEntry<AnyObject>,
        lookup: &Lookup,
        f: impl Fn(&AnyObject) -> Result<T, Status>,
    ) -> Result<Entered<T>, Status> {
        let mut known = Known::nothing();
        loop {
            let mut entries = self.entries.lock();
            if entries.gone {
                return Err(Status::OBJECT_PATH_NOT_FOUND);
            }
            match entries.find(lookup, known, &f) {
                Found::Nothing => {
                    entries.insert(reserved);
                    return Ok(Entered::New);
                }
                Found::Object(result) => return result.map(Entered::Taken),
                Found::Unknown(candidate) => {
                    drop(entries);
                    known = candidate.compare(lookup, known);
                }
            }
        }
    }

    /// Inserts an entry in a new directory, where no object has its name. Process context, may
    /// sleep.
    pub(super) fn insert(&self, reserved: ReservedEntry<AnyObject>) {
        self.entries.lock().insert(reserved);
    }

    /// Counts off a handle of an object that is or was named here. Removes the name with the last
    /// handle, unless the name is permanent. `hash` is the exact hash of the name. Returns whether
    /// the object is out of reach then. Process context, may sleep. NT: C6, V209, V210.
    pub(super) fn leave(&self, object: &Header, hash: u64) -> bool {
        let mut entries = self.entries.lock();
        if !object.handles.dec_and_test() || object.is_permanent() {
            return false;
        }
        let number = entries.number(hash, |any| core::ptr::eq(any.header(), object));
        let removed = number.and_then(|number| entries.remove(number));
        drop(entries);
        drop(removed);
        true
    }

    /// Makes the name of an object permanent or temporary. Returns whether that changed it. The
    /// caller has a handle to the object. Process context, may sleep.
    pub(super) fn set_permanent(&self, object: &Header, permanent: bool) -> bool {
        let entries = self.entries.lock();
        // An object that can never be reached must not stay for ever.
        !entries.gone && object.set_permanent(permanent)
    }

    /// The object with the lowest number that is at least `cursor`, and the cursor behind it.
    /// Process context, may sleep.
    pub(crate) fn next(&self, cursor: u32) -> Option<(AnyObject, u32)> {
        let entries = self.entries.lock();
        let (any, number) = entries.from(cursor)?;
        Some((any, number.saturating_add(1)))
    }

    /// Takes one object out of a directory that is out of reach. Returns the object, and whether
    /// its name was permanent.
    fn evict(&self) -> Option<(AnyObject, bool)> {
        let mut entries = self.entries.lock();
        entries.gone = true;
        let (any, number) = entries.from(0)?;
        let permanent = any.header().set_permanent(false);
        let removed = entries.remove(number);
        drop(entries);
        drop(removed);
        Some((any, permanent))
    }
}

/// Empties a directory that neither a handle nor a name leads to. Also empties the directories
/// below it that could be reached only through it. Returns the number of permanent names that were
/// removed. Process context, may sleep.
pub(super) fn dismantle(top: &Arc<Object<Directory>>) -> u32 {
    let mut gone = 0u32;
    let mut directory = top.clone();
    loop {
        if let Some((any, permanent)) = directory.body.evict() {
            gone = gone.wrapping_add(permanent.into());
            match any {
                AnyObject::Directory(below) if below.header.handles() == 0 => directory = below,
                _ => (),
            }
            continue;
        }
        let entry = directory.header.directory_entry();
        match entry.filter(|_| !Arc::ptr_eq(&directory, top)) {
            Some(entry) => directory = entry.directory.clone(),
            None => return gone,
        }
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_directory)]
mod tests {
    use super::*;
    use crate::namespace::{
        name::Name,
        object::DirectoryEntry,
        quota::Charge,
        Descriptor,
        SymbolicLink, //
    };

    fn name(text: &str) -> Result<Name> {
        Ok(Name::from_ascii(text)?)
    }

    fn directory() -> Result<Arc<Object<Directory>>> {
        let header = Header::new(Descriptor::of_current(0), None, 1);
        Ok(Object::new(header, Directory::new())?)
    }

    fn lookup(text: &str, fold: bool) -> Result<Lookup> {
        Ok(Lookup::new(name(text)?, fold))
    }

    /// Puts a link with one handle in `directory`.
    fn enter(directory: &Arc<Object<Directory>>, text: &str) -> Result<AnyObject> {
        let lookup = lookup(text, false)?;
        let hashes = lookup.hashes();
        let entry = DirectoryEntry::new(directory.clone(), name(text)?, hashes);
        let header = Header::new(Descriptor::of_current(0), None, 1).with_entry(entry)?;
        let link = SymbolicLink::new(name("\\")?, Charge::none());
        let any = AnyObject::SymbolicLink(Object::new(header, link)?);
        let reserved = ReservedEntry::new(any.clone(), name(text)?, hashes)?;
        match directory.body.enter(reserved, &lookup, |_| Ok(())) {
            Ok(Entered::New) => Ok(any),
            _ => Err(EEXIST),
        }
    }

    fn found(directory: &Arc<Object<Directory>>, text: &str, fold: bool) -> Result<Option<Name>> {
        let called = |any: &AnyObject| {
            Ok(any
                .header()
                .directory_entry()
                .map(|entry| entry.name.clone()))
        };
        let found = directory.body.with(&lookup(text, fold)?, called);
        Ok(found.map_err(|_| ENOENT)?.flatten())
    }

    #[test]
    fn v184_to_v188_case() -> Result {
        let top = directory()?;
        enter(&top, "test")?;
        enter(&top, "Test")?;
        assert!(enter(&top, "Test").is_err());
        enter(&top, "other")?;
        assert!(found(&top, "test", false)? == Some(name("test")?));
        assert!(found(&top, "TEST", false)?.is_none());
        // the newest of these names
        assert!(found(&top, "tEST", true)? == Some(name("Test")?));
        assert!(found(&top, "tes", true)?.is_none());
        dismantle(&top);
        Ok(())
    }

    #[test]
    fn v209_last_handle_takes_the_name() -> Result {
        let (top, x) = (directory()?, name("x")?.hash(false));
        let any = enter(&top, "x")?;
        any.header().handles.inc();
        assert!(!top.body.leave(any.header(), x));
        assert!(found(&top, "x", false)?.is_some());
        assert!(top.body.set_permanent(any.header(), true));
        assert!(!top.body.set_permanent(any.header(), true));
        assert!(!top.body.leave(any.header(), x));
        assert!(found(&top, "x", false)?.is_some());
        any.header().handles.inc();
        assert!(top.body.set_permanent(any.header(), false));
        assert!(top.body.leave(any.header(), x));
        assert!(found(&top, "x", false)?.is_none());
        assert!(top.body.next(0).is_none());
        Ok(())
    }

    #[test]
    fn a_name_is_taken_from_who_has_it_alone() -> Result {
        let (top, elsewhere, x) = (directory()?, directory()?, name("x")?.hash(false));
        let (any, other) = (enter(&top, "x")?, enter(&elsewhere, "x")?);
        assert!(top.body.leave(other.header(), x));
        assert!(found(&top, "x", false)?.is_some());
        assert!(top.body.leave(any.header(), x));
        assert!(found(&top, "x", false)?.is_none());
        dismantle(&elsewhere);
        Ok(())
    }

    #[test]
    fn numbers_are_of_one_entry_each() -> Result {
        let top = directory()?;
        top.body.entries.lock().next = u32::MAX - 1;
        for text in ["a", "b", "c"] {
            enter(&top, text)?;
        }
        top.body.entries.lock().next = u32::MAX - 1;
        enter(&top, "d")?;
        let mut cursor = 0;
        for number in [0, 1, 2, u32::MAX - 1] {
            let (_, next) = top.body.next(cursor).ok_or(ENOENT)?;
            assert_eq!(next, number + 1);
            cursor = next;
        }
        assert!(top.body.next(cursor).is_none());
        dismantle(&top);
        Ok(())
    }

    #[test]
    fn nothing_enters_what_is_gone() -> Result {
        let top = directory()?;
        let any = enter(&top, "x")?;
        top.body.set_permanent(any.header(), true);
        assert_eq!(dismantle(&top), 1);
        assert!(!any.header().is_permanent());
        assert!(enter(&top, "y").is_err() && found(&top, "x", false).is_err());
        assert!(!top.body.set_permanent(any.header(), true));
        assert!(!any.header().is_permanent());
        Ok(())
    }
}
