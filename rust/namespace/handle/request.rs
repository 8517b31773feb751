// SPDX-License-Identifier: GPL-2.0

//! What a caller says of the object that it wants to create or open.

use crate::{
    namespace::{
        name::Name,
        AccessMode,
        Attributes,
        Descriptor,
        Directory,
        Handle,
        NamespaceRef, //
    },
    status::Status,
    sys::process::Process, //
};

/// A request, its parameters checked as far as they can be without looking at objects.
pub(crate) struct Request<'a> {
    /// The directory that the path is relative to, if it is relative; or why there is none, which
    /// matters to a path alone.
    pub(crate) root: Result<Option<&'a Handle<Directory>>, Status>,
    /// The path; none for an object without a name, and for the root itself.
    pub(crate) path: Option<Name>,
    /// What else is asked for.
    pub(crate) attributes: Attributes,
    /// Who asks.
    pub(crate) mode: AccessMode,
    /// What the object is to be audited for is said, which takes a privilege.
    pub(crate) audited: bool,
    /// The rights wanted, generic ones included.
    pub(crate) desired: u32,
    /// Who may do what with what is created.
    pub(crate) descriptor: Descriptor,
}

impl<'a> Request<'a> {
    /// The namespace that a new object would belong to: that of the root, if it gets a name there,
    /// or else `callers`. What the caller may do counts there.
    pub(crate) fn home(&self, callers: &'a NamespaceRef) -> &'a NamespaceRef {
        match self.root {
            Ok(Some(root)) if self.path.is_some() => &root.namespace,
            _ => callers,
        }
    }

    /// The directory that the path is relative to, and the namespace in which it is looked up: that
    /// of the directory, or else `callers`.
    pub(crate) fn root(
        &self,
        callers: &'a NamespaceRef,
    ) -> Result<(Option<&'a Handle<Directory>>, &'a NamespaceRef), Status> {
        Ok(match self.root? {
            Some(root) => (Some(root), &root.namespace),
            None => (None, callers),
        })
    }

    /// Whether names are compared without regard to case.
    pub(crate) fn folds(&self) -> bool {
        self.attributes.has(Attributes::CASE_INSENSITIVE)
    }

    /// Whether the name is to stay without a handle.
    pub(crate) fn is_permanent(&self) -> bool {
        self.attributes.has(Attributes::PERMANENT)
    }

    /// Whether one process alone may open the object.
    pub(crate) fn is_exclusive(&self) -> bool {
        self.attributes.has(Attributes::EXCLUSIVE)
    }

    /// The process that the object belongs to, if it is exclusive.
    pub(crate) fn owner(&self) -> Option<Process> {
        self.is_exclusive().then(Process::current)
    }
}
