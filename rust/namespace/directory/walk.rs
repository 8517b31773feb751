// SPDX-License-Identifier: GPL-2.0

//! The walk along a path to the directory that has its last component. NT: C4, V156 to V172.

use super::{
    Entered,
    Lookup,
    ReservedEntry, //
};
use crate::{
    namespace::{
        access::{
            Access,
            DIRECTORY, //
        },
        name::Name,
        object::{
            AnyObject,
            Header,
            Object, //
        },
        AccessMode,
        Attributes,
        Directory,
        Namespace,
        Request,
        Root,
        SymbolicLink, //
    },
    status::Status,
    sys::reading::Reading, //
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

/// The most links that one path may go through. NT: F17, V172.
const MAX_LINKS: u32 = 32;

/// A walk: the directory that it has reached, and the rest of the path.
pub(crate) struct Walk<'a> {
    namespace: &'a Namespace,
    /// What the walk passes is not freed.
    reading: &'a Reading,
    mode: AccessMode,
    /// Whether case is ignored.
    fold: bool,
    /// Whether the path may go through links.
    reparse: bool,
    directory: &'a Arc<Object<Directory>>,
    /// The link where the path begins, if the path ends there too.
    link: Option<&'a Arc<Object<SymbolicLink>>>,
    /// The rest of the path. `None` if the path ends at `directory`.
    rest: Option<Name>,
    links: u32,
}

impl<'a> Walk<'a> {
    /// Begins at `root`, or at the namespace's root if there is none. A request without a path is
    /// for `root` itself.
    ///
    /// Errors: `OBJECT_PATH_SYNTAX_BAD` if the path is absolute and there is a root, or if it is
    /// relative or missing and there is no root.
    pub(crate) fn new(
        namespace: &'a Namespace,
        reading: &'a Reading,
        root: Option<Root<'a>>,
        request: &Request<'_>,
        fold: bool,
    ) -> Result<Self, Status> {
        let top = namespace.root();
        let (directory, link, rest) = match (root, &request.path) {
            (Some(Root::Directory(root)), None) => (&root.object, None, None),
            (Some(Root::Directory(root)), Some(path)) if !path.is_absolute() => {
                (&root.object, None, Some(path.clone()))
            }
            (Some(Root::Link(root)), None) => (top, Some(&root.object), None),
            (Some(Root::Link(_)), Some(_)) => return Err(Status::OBJECT_TYPE_MISMATCH),
            (None, Some(path)) if path.is_absolute() => (top, None, path.behind_first()),
            _ => return Err(Status::OBJECT_PATH_SYNTAX_BAD),
        };
        Ok(Self {
            namespace,
            reading,
            mode: request.mode,
            fold,
            reparse: !request.attributes.has(Attributes::DONT_REPARSE),
            directory,
            link,
            rest,
            links: 0,
        })
    }

    /// The object where the path begins. Used if the path ends there.
    pub(crate) fn start(&self) -> AnyObject {
        match self.link {
            Some(link) => AnyObject::SymbolicLink(link.clone()),
            None => AnyObject::Directory(self.directory.clone()),
        }
    }

    /// The directory that the walk has reached.
    pub(crate) fn directory(&self) -> &Arc<Object<Directory>> {
        self.directory
    }

    /// [`Directory::with`] of the directory that the walk has reached.
    pub(crate) fn with<T>(
        &self,
        lookup: &Lookup,
        f: impl Fn(&'a AnyObject) -> Result<Option<T>, Status>,
    ) -> Result<Option<T>, Status> {
        self.directory.body.with(self.reading, lookup, f)
    }

    /// [`Directory::enter`] of the directory that the walk has reached.
    pub(crate) fn enter<T>(
        &self,
        reserved: ReservedEntry<AnyObject>,
        lookup: &Lookup,
        f: impl Fn(&'a AnyObject) -> Result<Option<T>, Status>,
    ) -> Result<Entered<T>, Status> {
        self.directory.body.enter(reserved, self.reading, lookup, f)
    }

    /// Goes to the directory that has the last component, and returns the lookup of that component.
    /// `None` if the path ends where it began. Process context, may sleep.
    ///
    /// Errors: `OBJECT_NAME_INVALID` if a component is empty, `OBJECT_TYPE_MISMATCH` if a component
    /// is not a directory, `OBJECT_PATH_NOT_FOUND`, `ACCESS_DENIED`, and those of [`Self::follow`].
    pub(crate) fn last(&mut self) -> Result<Option<Lookup>, Status> {
        loop {
            let Some(path) = &self.rest else {
                return Ok(None);
            };
            let (component, rest) = path.split();
            if component.is_empty() {
                return Err(Status::OBJECT_NAME_INVALID);
            }
            self.require_traverse()?;
            let lookup = Lookup::new(component, self.fold);
            let Some(rest) = rest else {
                return Ok(Some(lookup));
            };
            match self.with(&lookup, |any| Ok(Some(any)))? {
                None => return Err(Status::OBJECT_PATH_NOT_FOUND),
                Some(AnyObject::Event(_)) => return Err(Status::OBJECT_TYPE_MISMATCH),
                Some(AnyObject::Directory(directory)) => {
                    self.directory = directory;
                    self.rest = Some(rest);
                }
                Some(AnyObject::SymbolicLink(link)) => self.follow(link, Some(&rest))?,
            }
        }
    }

    /// Goes on at the namespace's root with the target of `link` and the `rest` of the path.
    ///
    /// Errors: `REPARSE_POINT_ENCOUNTERED` if the path may not go through links, `ACCESS_DENIED` if
    /// the link is not trusted, `OBJECT_NAME_NOT_FOUND` after too many links,
    /// `OBJECT_PATH_SYNTAX_BAD` if the target is relative.
    pub(crate) fn follow(
        &mut self,
        link: &Object<SymbolicLink>,
        rest: Option<&Name>,
    ) -> Result<(), Status> {
        if !self.reparse {
            return Err(Status::REPARSE_POINT_ENCOUNTERED);
        }
        self.require_trusted(&link.header)?;
        if self.links == MAX_LINKS {
            return Err(Status::OBJECT_NAME_NOT_FOUND);
        }
        let target = &link.body.target;
        if !target.is_empty() && !target.is_absolute() {
            return Err(Status::OBJECT_PATH_SYNTAX_BAD);
        }
        let path = match rest {
            Some(rest) => target.join(rest)?,
            None => target.clone(),
        };
        self.links = self.links.wrapping_add(1);
        self.link = None;
        self.directory = self.namespace.root();
        self.rest = path.behind_first();
        Ok(())
    }

    fn require_trusted(&self, link: &Header) -> Result<(), Status> {
        let Some(entry) = link.directory_entry() else {
            return Ok(());
        };
        let directory = &entry.directory.header.descriptor;
        let subject = self.namespace.subject(self.mode);
        subject.require_trusted(&link.descriptor, directory)
    }

    fn require_traverse(&self) -> Result<(), Status> {
        self.namespace.subject(self.mode).require(
            &self.directory.header.descriptor,
            &DIRECTORY,
            Access::DIRECTORY_TRAVERSE,
        )
    }
}
