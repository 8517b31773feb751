// SPDX-License-Identifier: GPL-2.0

//! The walk along a path to the directory that has its last component. NT: C4, V156 to V172.

use crate::{
    namespace::{
        access::{
            Access,
            DIRECTORY, //
        },
        name::Name,
        object::{
            AnyObject,
            Object, //
        },
        AccessMode,
        Directory,
        Handle,
        Namespace,
        Request, //
    },
    status::Status, //
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
    mode: AccessMode,
    /// Whether case is ignored.
    fold: bool,
    directory: Arc<Object<Directory>>,
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
        root: Option<&Handle<Directory>>,
        request: &Request<'_>,
    ) -> Result<Self, Status> {
        Self::along(
            namespace,
            root,
            request.path.as_ref(),
            request.folds(),
            request.mode,
        )
    }

    fn along(
        namespace: &'a Namespace,
        root: Option<&Handle<Directory>>,
        path: Option<&Name>,
        fold: bool,
        mode: AccessMode,
    ) -> Result<Self, Status> {
        let root = root.map(|root| &root.object);
        let (directory, rest) = match (root, path) {
            (Some(root), None) => (root, None),
            (Some(root), Some(path)) if !path.is_absolute() => (root, Some(path.clone())),
            (None, Some(path)) if path.is_absolute() => (namespace.root(), path.behind_first()),
            _ => return Err(Status::OBJECT_PATH_SYNTAX_BAD),
        };
        Ok(Self {
            namespace,
            mode,
            fold,
            directory: directory.clone(),
            rest,
            links: 0,
        })
    }

    /// The directory that the walk has reached.
    pub(crate) fn directory(&self) -> &Arc<Object<Directory>> {
        &self.directory
    }

    /// Whether case is ignored.
    pub(crate) fn fold(&self) -> bool {
        self.fold
    }

    /// Goes to the directory that has the last component, and returns that component. `None` if the
    /// path ends at the directory where it began. Process context, may sleep.
    ///
    /// Errors: `OBJECT_NAME_INVALID` if a component is empty, `OBJECT_TYPE_MISMATCH` if a component
    /// is not a directory, `OBJECT_PATH_NOT_FOUND`, `ACCESS_DENIED`, and those of [`Self::follow`].
    pub(crate) fn last(&mut self) -> Result<Option<Name>, Status> {
        loop {
            let Some(path) = &self.rest else {
                return Ok(None);
            };
            let (component, rest) = path.split();
            if component.is_empty() {
                return Err(Status::OBJECT_NAME_INVALID);
            }
            self.require_traverse()?;
            let Some(rest) = rest else {
                return Ok(Some(component));
            };
            let found = self
                .directory
                .body
                .with(&component, self.fold, |any| Ok(any.clone()))?;
            match found {
                None => return Err(Status::OBJECT_PATH_NOT_FOUND),
                Some(AnyObject::Event(_)) => return Err(Status::OBJECT_TYPE_MISMATCH),
                Some(AnyObject::Directory(directory)) => {
                    self.directory = directory;
                    self.rest = Some(rest);
                }
                Some(AnyObject::SymbolicLink(link)) => {
                    self.follow(&link.body.target.join(&rest)?)?
                }
            }
        }
    }

    /// Goes on at the namespace's root with the path `target`, which replaces a link.
    ///
    /// Errors: `OBJECT_NAME_NOT_FOUND` after too many links, `OBJECT_PATH_SYNTAX_BAD` if `target`
    /// is relative.
    pub(crate) fn follow(&mut self, target: &Name) -> Result<(), Status> {
        if self.links == MAX_LINKS {
            return Err(Status::OBJECT_NAME_NOT_FOUND);
        }
        let links = self.links.wrapping_add(1);
        *self = Self::along(self.namespace, None, Some(target), self.fold, self.mode)?;
        self.links = links;
        Ok(())
    }

    fn require_traverse(&self) -> Result<(), Status> {
        self.namespace.subject(self.mode).require(
            &self.directory.header.descriptor,
            &DIRECTORY,
            Access::DIRECTORY_TRAVERSE,
        )
    }
}
