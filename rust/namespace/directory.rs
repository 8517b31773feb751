// SPDX-License-Identifier: GPL-2.0

//! The object directory: names, and the objects that have them.
//!
//! A directory has one lock, for its names and for what decides whether a name stays: the last
//! handle and permanence of the objects named in it. No two directories are locked at once, and
//! nothing is allocated, freed or copied to a user under the lock.

use super::{
    access::{
        self,
        Access,
        GenericMapping, //
    },
    contents::{
        Contents,
        Newcomer, //
    },
    name::Name,
    object::{
        Header,
        Kind,
        Node,
        Object, //
    },
    Namespace, //
};
use crate::status::Status;
use kernel::{
    new_mutex,
    prelude::*,
    sync::{
        Arc,
        Mutex, //
    }, //
};

/// The body of a directory.
#[pin_data]
pub(crate) struct Directory {
    #[pin]
    contents: Mutex<Contents>,
}

/// How entering a directory ended.
pub(super) enum Entered<T> {
    /// The object has its name now.
    New,
    /// The name was taken; this is what the caller made of its object.
    Taken(T),
}

impl Directory {
    /// An empty directory.
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            contents <- new_mutex!(Contents::new(), "ntevent_directory"),
        })
    }

    /// Looks `name` up, without regard to case if `fold` says so, and has `f` look at what it finds
    /// while it cannot go. Process context, may sleep; `f` must not.
    ///
    /// Errors: `OBJECT_PATH_NOT_FOUND` if the directory is out of reach, and those of `f`.
    pub(super) fn with<T>(
        &self,
        name: &Name,
        fold: bool,
        f: impl FnOnce(&Node) -> Result<T, Status>,
    ) -> Result<Option<T>, Status> {
        let contents = self.contents.lock();
        if contents.gone {
            return Err(Status::OBJECT_PATH_NOT_FOUND);
        }
        contents.find(name, fold).map(f).transpose()
    }

    /// Puts a newcomer in its place, unless the name is taken; then has `f` look at who has it.
    /// Process context, may sleep; `f` must not.
    ///
    /// Errors: as [`Self::with`].
    pub(super) fn enter<T>(
        &self,
        newcomer: Newcomer,
        fold: bool,
        f: impl FnOnce(&Node) -> Result<T, Status>,
    ) -> Result<Entered<T>, Status> {
        let mut contents = self.contents.lock();
        if contents.gone {
            return Err(Status::OBJECT_PATH_NOT_FOUND);
        }
        if let Some(node) = contents.find(&newcomer.name, fold) {
            return f(node).map(Entered::Taken);
        }
        contents.insert(newcomer);
        Ok(Entered::New)
    }

    /// Puts a newcomer in a new directory, where nothing has its name. Process context, may sleep.
    pub(super) fn begin_with(&self, newcomer: Newcomer) {
        self.contents.lock().insert(newcomer);
    }

    /// Takes a handle of an object that is, or was, named here off the count, and its name with the
    /// last handle, unless it is permanent. Whether the object is out of reach then. Process
    /// context, may sleep. NT: C6, V209, V210.
    pub(super) fn leave(&self, object: &Header, name: &Name) -> bool {
        let mut contents = self.contents.lock();
        if !object.handles.remove() || object.is_permanent() {
            return false;
        }
        let leaver = contents.remove(name, object);
        drop(contents);
        drop(leaver);
        true
    }

    /// Makes the name of an object permanent or temporary; whether that changed it. The caller has
    /// a handle to the object. Process context, may sleep.
    pub(super) fn set_permanent(&self, object: &Header, permanent: bool) -> bool {
        let contents = self.contents.lock();
        // What is out of reach for ever must not stay for ever.
        !contents.gone && object.set_permanent(permanent)
    }

    /// The first object with a number of at least `cursor`, and the cursor behind it. Process
    /// context, may sleep.
    pub(crate) fn next(&self, cursor: u32) -> Option<(Node, u32)> {
        let contents = self.contents.lock();
        let (node, number) = contents.from(cursor)?;
        Some((node, number.saturating_add(1)))
    }

    /// Takes one object out of a directory that is out of reach, and says whether its name was
    /// permanent.
    fn evict(&self) -> Option<(Node, bool)> {
        let mut contents = self.contents.lock();
        contents.gone = true;
        let (name, node) = contents.first()?;
        let permanent = node.header().set_permanent(false);
        let leaver = contents.remove(&name, node.header());
        drop(contents);
        drop(leaver);
        Some((node, permanent))
    }
}

/// Empties a directory that neither a handle nor a name leads to any more, and those below it that
/// were to be reached through it alone. Returns how many permanent names went. Process context, may
/// sleep.
pub(super) fn dismantle(top: &Arc<Object<Directory>>) -> u32 {
    let mut gone = 0u32;
    let mut directory = top.clone();
    loop {
        if let Some((node, permanent)) = directory.body.evict() {
            gone = gone.wrapping_add(permanent.into());
            match node {
                Node::Directory(below) if below.header.handles() == 0 => directory = below,
                _ => (),
            }
            continue;
        }
        let place = directory.header.place();
        match place.filter(|_| !Arc::ptr_eq(&directory, top)) {
            Some(place) => directory = place.directory.clone(),
            None => return gone,
        }
    }
}

impl Kind for Directory {
    const RIGHTS: &'static GenericMapping = &access::DIRECTORY;
    const CREATE: Access = Access::CREATE_SUBDIRECTORY;

    fn node(object: Arc<Object<Self>>) -> Node {
        Node::Directory(object)
    }

    fn of(node: &Node) -> Option<&Arc<Object<Self>>> {
        match node {
            Node::Directory(object) => Some(object),
            _ => None,
        }
    }

    fn go(object: &Arc<Object<Self>>, namespace: &Namespace) {
        namespace.remove_permanent(dismantle(object));
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_directory)]
mod tests {
    use super::*;
    use crate::namespace::{
        object::Place,
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

    /// Puts a link with one handle in `directory`.
    fn enter(directory: &Arc<Object<Directory>>, text: &str) -> Result<Node> {
        let place = Place::new(directory.clone(), name(text)?);
        let header = Header::new(Descriptor::of_current(0), None, 1).at(place)?;
        let target = name("\\")?;
        let node = Node::SymbolicLink(Object::new(header, SymbolicLink { target })?);
        let newcomer = Newcomer::new(node.clone(), name(text)?)?;
        match directory.body.enter(newcomer, false, |_| Ok(())) {
            Ok(Entered::New) => Ok(node),
            _ => Err(EEXIST),
        }
    }

    fn found(directory: &Arc<Object<Directory>>, text: &str, fold: bool) -> Result<Option<Name>> {
        let called = |node: &Node| Ok(node.header().place().map(|place| place.name.clone()));
        let found = directory.body.with(&name(text)?, fold, called);
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
        // the newest of them
        assert!(found(&top, "tEST", true)? == Some(name("Test")?));
        assert!(found(&top, "tes", true)?.is_none());
        dismantle(&top);
        Ok(())
    }

    #[test]
    fn v209_last_handle_takes_the_name() -> Result {
        let top = directory()?;
        let node = enter(&top, "x")?;
        node.header().handles.add();
        assert!(!top.body.leave(node.header(), &name("x")?));
        assert!(found(&top, "x", false)?.is_some());
        assert!(top.body.set_permanent(node.header(), true));
        assert!(!top.body.set_permanent(node.header(), true));
        assert!(!top.body.leave(node.header(), &name("x")?));
        assert!(found(&top, "x", false)?.is_some());
        node.header().handles.add();
        assert!(top.body.set_permanent(node.header(), false));
        assert!(top.body.leave(node.header(), &name("x")?));
        assert!(found(&top, "x", false)?.is_none());
        assert!(top.body.next(0).is_none());
        Ok(())
    }

    #[test]
    fn a_name_is_taken_from_who_has_it_alone() -> Result {
        let (top, elsewhere) = (directory()?, directory()?);
        let (node, other) = (enter(&top, "x")?, enter(&elsewhere, "x")?);
        assert!(top.body.leave(other.header(), &name("x")?));
        assert!(found(&top, "x", false)?.is_some());
        assert!(top.body.leave(node.header(), &name("x")?));
        assert!(found(&top, "x", false)?.is_none());
        dismantle(&elsewhere);
        Ok(())
    }

    #[test]
    fn numbers_are_of_one_entry_each() -> Result {
        let top = directory()?;
        top.body.contents.lock().next = u32::MAX - 1;
        for text in ["a", "b", "c"] {
            enter(&top, text)?;
        }
        top.body.contents.lock().next = u32::MAX - 1;
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
        let node = enter(&top, "x")?;
        top.body.set_permanent(node.header(), true);
        assert_eq!(dismantle(&top), 1);
        assert!(!node.header().is_permanent());
        assert!(enter(&top, "y").is_err() && found(&top, "x", false).is_err());
        assert!(!top.body.set_permanent(node.header(), true));
        assert!(!node.header().is_permanent());
        Ok(())
    }
}
