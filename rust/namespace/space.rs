// SPDX-License-Identifier: GPL-2.0

//! The namespace: a root directory, and all objects that are named below it.

use super::{
    directory::{
        dismantle,
        ReservedEntry, //
    },
    name::Name,
    object::{
        DirectoryEntry,
        Header,
        Object,
        ObjectType, //
    },
    security::Subject,
    AccessMode,
    Descriptor,
    Directory,
    SymbolicLink, //
};
use crate::{
    status::Status,
    sys::{
        cred::UserNamespace,
        Atomic,
        Relaxed, //
    },
};
use kernel::{
    alloc::AllocError,
    prelude::*,
    sync::Arc, //
};

/// The largest number of permanent names in one namespace.
const MAX_PERMANENT: u32 = 4096;

/// A namespace.
pub(crate) struct Namespace {
    root: Arc<Object<Directory>>,
    /// Capabilities in this user namespace count for objects of the namespace.
    pub(super) user_ns: UserNamespace,
    /// The number of permanent names.
    permanent: Atomic<u32>,
}

impl Namespace {
    /// A namespace with its first directories and links. They belong to `uid` and `gid`. Process
    /// context, may sleep.
    pub(super) fn new(user_ns: UserNamespace, uid: u32, gid: u32) -> Result<Self, AllocError> {
        let descriptor = |mode| Descriptor { uid, gid, mode };
        let root = Header::new(descriptor(0o755), None, 0).permanent();
        let namespace = Self {
            root: Object::new(root, Directory::new())?,
            user_ns,
            permanent: Atomic::new(0),
        };
        namespace.populate(descriptor)?;
        Ok(namespace)
    }

    /// Makes the first directories and links. NT: C5.
    fn populate(&self, descriptor: impl Fn(u16) -> Descriptor) -> Result<(), AllocError> {
        let directory = |parent: &Arc<Object<Directory>>, name, mode| {
            self.add(parent, name, descriptor(mode), Directory::new())
        };
        let link = |parent: &Arc<Object<Directory>>, name, target| {
            let target = Name::from_ascii(target)?;
            self.add(parent, name, descriptor(0o755), SymbolicLink { target })
        };
        let base = directory(&self.root, "BaseNamedObjects", 0o777)?;
        link(&base, "Global", "\\BaseNamedObjects")?;
        link(&base, "Local", "\\BaseNamedObjects")?;
        link(&base, "Session", "\\Sessions\\BNOLINKS")?;
        let sessions = directory(&self.root, "Sessions", 0o755)?;
        let zero = directory(&sessions, "0", 0o755)?;
        link(&zero, "BaseNamedObjects", "\\BaseNamedObjects")?;
        let links = directory(&sessions, "BNOLINKS", 0o755)?;
        link(&links, "0", "\\Sessions\\0\\BaseNamedObjects")?;
        directory(&self.root, "KernelObjects", 0o755)?;
        Ok(())
    }

    /// Puts a permanent object in a new directory.
    fn add<T: ObjectType>(
        &self,
        parent: &Arc<Object<Directory>>,
        name: &str,
        descriptor: Descriptor,
        body: impl PinInit<T>,
    ) -> Result<Arc<Object<T>>, AllocError> {
        let name = Name::from_ascii(name)?;
        let entry = DirectoryEntry::new(parent.clone(), name.clone());
        let header = Header::new(descriptor, None, 0)
            .permanent()
            .with_entry(entry)?;
        let object = Object::new(header, body)?;
        let reserved = ReservedEntry::new(T::into_any(object.clone()), name)?;
        parent.body.insert(reserved);
        self.permanent.fetch_add(1, Relaxed);
        Ok(object)
    }

    /// The root directory.
    pub(crate) fn root(&self) -> &Arc<Object<Directory>> {
        &self.root
    }

    /// The subject of a request in this namespace.
    pub(super) fn subject(&self, mode: AccessMode) -> Subject<'_> {
        let user_ns = &self.user_ns;
        Subject { mode, user_ns }
    }

    /// Counts a name that is about to become permanent.
    ///
    /// Errors: `QUOTA_EXCEEDED`.
    pub(super) fn add_permanent(&self) -> Result<QuotaCharge<'_>, Status> {
        let charge = QuotaCharge(self);
        if self.permanent.fetch_add(1, Relaxed) < MAX_PERMANENT {
            Ok(charge)
        } else {
            Err(Status::QUOTA_EXCEEDED)
        }
    }

    /// Counts off permanent names.
    pub(super) fn remove_permanent(&self, names: u32) {
        self.permanent.fetch_sub(names, Relaxed);
    }
}

/// Removes the permanent objects, because nobody can reach them any more. Process context, may
/// sleep.
impl Drop for Namespace {
    fn drop(&mut self) {
        dismantle(&self.root);
    }
}

/// A charge to the quota of permanent names. It is given back unless the name becomes permanent.
pub(super) struct QuotaCharge<'a>(&'a Namespace);

impl QuotaCharge<'_> {
    /// Keeps the charge, because the name is permanent now.
    pub(super) fn commit(self) {
        core::mem::forget(self);
    }
}

impl Drop for QuotaCharge<'_> {
    fn drop(&mut self) {
        self.0.remove_permanent(1);
    }
}
