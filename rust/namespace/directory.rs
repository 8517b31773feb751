// SPDX-License-Identifier: GPL-2.0

//! The object directory: names, and the objects that have them.
//!
//! A directory has one lock. It guards changes of the names in the directory, and what removes a
//! name: the last handle of the object, and its permanence. No two directories are locked at once.
//! Nothing is allocated, freed or copied to a user under the lock.
//!
//! A name is looked up without the lock, so that processors which open objects do not write the
//! same memory. If the names change meanwhile, it is looked up again under the lock.

use super::object::{
    AnyObject,
    Directory,
    Header,
    Object, //
};
use crate::{
    status::Status,
    sys::{
        reading::Reading,
        Atomic,
        Relaxed, //
    }, //
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

mod entries;
mod key;
mod lookup;
mod walk;

use entries::{
    find,
    insert,
    no_entries,
    number_of,
    remove,
    Found, //
};
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
            entries <- no_entries(),
            gone: Atomic::new(false),
        })
    }

    /// Looks a name up and calls `f` with the object that it finds. `f` returns `None` if the
    /// object is about to lose its name. Process context, may sleep. `f` must not sleep.
    ///
    /// Errors: `OBJECT_PATH_NOT_FOUND` if the directory is out of reach, and those of `f`.
    pub(super) fn with<'a, T>(
        &'a self,
        reading: &'a Reading,
        lookup: &Lookup,
        f: impl Fn(&'a AnyObject) -> Result<Option<T>, Status>,
    ) -> Result<Option<T>, Status> {
        let known = Known::nothing_without_lock();
        let found = self.entries.read(reading, |entries| {
            (find(entries, lookup, known), self.gone.load(Relaxed))
        });
        match found {
            Some((_, true)) => return Err(Status::OBJECT_PATH_NOT_FOUND),
            Some((Found::Nothing, _)) => return Ok(None),
            Some((Found::Object(any), _)) => {
                if let Some(result) = f(any)? {
                    return Ok(Some(result));
                }
            }
            Some((Found::Unknown(_), _)) | None => (),
        }
        match self.with_lock(None, reading, lookup, f)? {
            Entered::New => Ok(None),
            Entered::Taken(result) => Ok(Some(result)),
        }
    }

    /// Inserts an entry. If the name is taken, calls `f` with the object that has it instead.
    /// Process context, may sleep. `f` must not sleep.
    ///
    /// Errors: as [`Self::with`].
    pub(super) fn enter<'a, T>(
        &'a self,
        reserved: ReservedEntry<AnyObject>,
        reading: &'a Reading,
        lookup: &Lookup,
        f: impl Fn(&'a AnyObject) -> Result<Option<T>, Status>,
    ) -> Result<Entered<T>, Status> {
        self.with_lock(Some(reserved), reading, lookup, f)
    }

    /// [`Self::enter`], or [`Self::with`] under the lock if there is no `reserved` entry. Returns
    /// `New` if no object has the name.
    fn with_lock<'a, T>(
        &'a self,
        reserved: Option<ReservedEntry<AnyObject>>,
        reading: &'a Reading,
        lookup: &Lookup,
        f: impl Fn(&'a AnyObject) -> Result<Option<T>, Status>,
    ) -> Result<Entered<T>, Status> {
        let mut known = Known::nothing();
        loop {
            let mut entries = self.entries.lock();
            if self.gone.load(Relaxed) {
                return Err(Status::OBJECT_PATH_NOT_FOUND);
            }
            // An object that is found under the lock does not lose its name.
            let found = match find(self.entries.view(reading), lookup, known) {
                Found::Object(any) => f(any)?,
                Found::Nothing => None,
                Found::Unknown(candidate) => {
                    drop(entries);
                    known = candidate.compare(lookup, known);
                    continue;
                }
            };
            if let Some(result) = found {
                return Ok(Entered::Taken(result));
            }
            if let Some(reserved) = reserved {
                insert(&mut entries, reserved);
            }
            return Ok(Entered::New);
        }
    }

    /// Inserts an entry in a new directory, where no object has its name. Process context, may
    /// sleep.
    pub(super) fn insert(&self, reserved: ReservedEntry<AnyObject>) {
        insert(&mut self.entries.lock(), reserved);
    }

    /// Counts off a handle of an object that is or was named here. Removes the name with the last
    /// handle, unless the name is permanent. `hash` is the exact hash of the name. Returns whether
    /// the object is out of reach then. Process context, may sleep. NT: C6, V209, V210.
    pub(super) fn leave(&self, object: &Header, hash: u64) -> bool {
        let reading = Reading::begin();
        let mut entries = self.entries.lock();
        if !object.handles.dec_and_test() {
            return false;
        }
        let is_its = |any: &AnyObject| core::ptr::eq(any.header(), object);
        let number = number_of(self.entries.view(&reading), hash, is_its);
        let removed = number.and_then(|number| remove(&mut entries, number));
        drop(entries);
        drop(removed);
        true
    }

    /// Makes the name of an object permanent or temporary. Returns whether that changed it. The
    /// caller has a handle to the object. Process context, may sleep.
    pub(super) fn set_permanent(&self, object: &Header, permanent: bool) -> bool {
        let _entries = self.entries.lock();
        // An object that can never be reached must not stay for ever.
        !self.gone.load(Relaxed) && object.handles.set_permanent(permanent)
    }

    /// The object with the lowest number that is at least `cursor`, and the cursor behind it.
    /// Process context, may sleep.
    pub(crate) fn next(&self, cursor: u32) -> Option<(AnyObject, u32)> {
        let mut entries = self.entries.lock();
        let (any, number) = entries.data().from(cursor)?;
        Some((any, number.saturating_add(1)))
    }

    /// Takes one object out of a directory that is out of reach. Returns the object, and whether
    /// its name was permanent.
    fn evict(&self) -> Option<(AnyObject, bool)> {
        let mut entries = self.entries.lock();
        self.gone.store(true, Relaxed);
        let (any, number) = entries.data().from(0)?;
        let permanent = any.header().handles.set_permanent(false);
        let removed = remove(&mut entries, number);
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
        let reading = Reading::begin();
        match directory
            .body
            .enter(reserved, &reading, &lookup, |_| Ok(Some(())))
        {
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
        let reading = Reading::begin();
        let found = directory.body.with(&reading, &lookup(text, fold)?, called);
        Ok(found.map_err(|_| ENOENT)?)
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
        top.body.entries.lock().data().next = u32::MAX - 1;
        for text in ["a", "b", "c"] {
            enter(&top, text)?;
        }
        top.body.entries.lock().data().next = u32::MAX - 1;
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
