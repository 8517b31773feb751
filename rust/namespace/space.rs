// SPDX-License-Identifier: GPL-2.0

//! The namespace: a root directory, and all that is named below it.

use super::{
    count::Count,
    directory::dismantle,
    entries::ReservedEntry,
    name::Name,
    object::{
        DirectoryEntry,
        Header,
        Object,
        ObjectType, //
    },
    registry::Registry,
    security::Subject,
    AccessMode,
    Descriptor,
    Directory,
    SymbolicLink, //
};
use crate::{
    status::Status,
    sys::{
        cred::{
            self,
            UserNamespace, //
        },
        Atomic,
        Relaxed, //
    },
};
use core::ops::Deref;
use kernel::{
    alloc::AllocError,
    prelude::*,
    sync::Arc, //
};

/// The most permanent names in one namespace.
const MAX_PERMANENT: u32 = 4096;

/// A namespace. It is taken apart when its last [`NamespaceRef`] is dropped.
pub(crate) struct Namespace {
    root: Arc<Object<Directory>>,
    user_ns: UserNamespace,
    /// References. Those of a registered namespace go from one to zero, and from zero to one, under
    /// the registry's lock.
    pub(super) refs: Count,
    /// Permanent names.
    permanent: Atomic<u32>,
    /// Where it is registered, and as what; none if it is private.
    registered: Option<(Arc<Registry>, u64)>,
}

impl Namespace {
    /// A namespace of its own for who asks: the caller owns what it begins with. Process context,
    /// may sleep.
    pub(crate) fn private(&self) -> Result<NamespaceRef, AllocError> {
        NamespaceRef::of_new(self.user_ns.clone(), cred::euid(), cred::egid(), None)
    }

    /// NT: C5.
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

    /// Who asks in a mode, with what counts here.
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

    /// Counts permanent names off.
    pub(super) fn remove_permanent(&self, names: u32) {
        self.permanent.fetch_sub(names, Relaxed);
    }
}

/// A charge to the quota of permanent names, for a name that is not permanent yet.
pub(super) struct QuotaCharge<'a>(&'a Namespace);

impl QuotaCharge<'_> {
    /// The name is permanent now.
    pub(super) fn commit(self) {
        core::mem::forget(self);
    }
}

impl Drop for QuotaCharge<'_> {
    fn drop(&mut self) {
        self.0.remove_permanent(1);
    }
}

/// A reference to a namespace, which keeps it: that of an open file of the device, or of a handle.
pub(crate) struct NamespaceRef(Arc<Namespace>);

impl NamespaceRef {
    /// The first reference to a new namespace, with its first directories and links, which belong
    /// to `uid` and `gid`. Capabilities in `user_ns` count for what is in it. Process context, may
    /// sleep.
    pub(super) fn of_new(
        user_ns: UserNamespace,
        uid: u32,
        gid: u32,
        registered: Option<(Arc<Registry>, u64)>,
    ) -> Result<Self, AllocError> {
        let descriptor = |mode| Descriptor { uid, gid, mode };
        let root = Header::new(descriptor(0o755), None, 0).permanent();
        let namespace = Namespace {
            root: Object::new(root, Directory::new())?,
            user_ns,
            refs: Count::new(1),
            permanent: Atomic::new(0),
            registered,
        };
        let namespace = Self(Arc::new(namespace, GFP_KERNEL_ACCOUNT)?);
        namespace.populate(descriptor)?;
        Ok(namespace)
    }

    /// A reference to a registered namespace. The caller holds the registry's lock.
    pub(super) fn of_registered(namespace: &Arc<Namespace>) -> Self {
        namespace.refs.inc();
        Self(namespace.clone())
    }

    /// The namespace, for the registry.
    pub(super) fn namespace(&self) -> &Arc<Namespace> {
        &self.0
    }
}

impl Clone for NamespaceRef {
    fn clone(&self) -> Self {
        self.0.refs.inc();
        Self(self.0.clone())
    }
}

impl Deref for NamespaceRef {
    type Target = Namespace;

    fn deref(&self) -> &Namespace {
        &self.0
    }
}

/// Without a reference nobody can name anything here, so permanent objects go too.
impl Drop for NamespaceRef {
    fn drop(&mut self) {
        if self.refs.dec_not_one() {
            return;
        }
        let last = match &self.registered {
            Some((registry, id)) => registry.leave(*id, &self.0),
            None => self.refs.dec_and_test(),
        };
        if last {
            dismantle(&self.root);
        }
    }
}
