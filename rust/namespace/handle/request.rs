// SPDX-License-Identifier: GPL-2.0

//! The description of an object that a caller wants to create or open.

use crate::{
    namespace::{
        name::Name,
        AccessMode,
        Attributes,
        Descriptor,
        Directory,
        Handle,
        NamespaceRef,
        ObjectType,
        SymbolicLink, //
    },
    status::Status,
    sys::process::Process, //
};

/// The object where a path begins.
#[derive(Clone, Copy)]
pub(crate) enum Root<'a> {
    /// A directory. The path is relative to it.
    Directory(&'a Handle<Directory>),
    /// A link. The path must be empty.
    Link(&'a Handle<SymbolicLink>),
}

impl<'a> Root<'a> {
    fn namespace(self) -> &'a NamespaceRef {
        match self {
            Self::Directory(handle) => &handle.namespace,
            Self::Link(handle) => &handle.namespace,
        }
    }
}

/// A request. Its parameters were checked as far as possible without looking at objects.
pub(crate) struct Request<'a> {
    /// The object that a relative path begins at. `None` if the path begins at the namespace's
    /// root. An error is the reason why the object cannot be used. It matters only if there is a
    /// path.
    pub(crate) root: Result<Option<Root<'a>>, Status>,
    /// The path. `None` for an object without a name, and for the root itself.
    pub(crate) path: Option<Name>,
    /// The attributes of the request.
    pub(crate) attributes: Attributes,
    /// On whose behalf the request is.
    pub(crate) mode: AccessMode,
    /// Whether the request says how the object is to be audited. That needs a privilege.
    pub(crate) audited: bool,
    /// The rights that the caller asks for. They may be generic.
    pub(crate) desired: u32,
    /// The owner, group and mode of an object that is created.
    pub(crate) descriptor: Descriptor,
}

impl<'a> Request<'a> {
    /// The namespace of a new object. It is that of the root if the object gets a name there,
    /// otherwise `callers`. The caller's capabilities are checked against it.
    pub(crate) fn home(&self, callers: &'a NamespaceRef) -> &'a NamespaceRef {
        match self.root {
            Ok(Some(root)) if self.path.is_some() => root.namespace(),
            _ => callers,
        }
    }

    /// The directory that the path begins at, and the namespace in which the path is looked up. The
    /// namespace is that of the directory, or `callers` if there is no directory.
    pub(crate) fn root(
        &self,
        callers: &'a NamespaceRef,
    ) -> Result<(Option<Root<'a>>, &'a NamespaceRef), Status> {
        Ok(match self.root? {
            Some(root) => (Some(root), root.namespace()),
            None => (None, callers),
        })
    }

    /// Whether case is ignored in names.
    pub(crate) fn folds<T: ObjectType>(&self) -> bool {
        T::FOLDS || self.attributes.has(Attributes::CASE_INSENSITIVE)
    }

    /// Whether the name will stay without a handle.
    pub(crate) fn is_permanent(&self) -> bool {
        self.attributes.has(Attributes::PERMANENT)
    }

    /// Whether only one process may open the object.
    pub(crate) fn is_exclusive(&self) -> bool {
        self.attributes.has(Attributes::EXCLUSIVE)
    }

    /// The process that the object belongs to if it is exclusive.
    pub(crate) fn owner(&self) -> Option<Process> {
        self.is_exclusive().then(Process::current)
    }
}
