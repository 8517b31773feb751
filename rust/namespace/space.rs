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
    quota::{
        within_quota,
        Charge,
        Quota, //
    },
    security::Subject,
    AccessMode,
    Descriptor,
    Directory,
    SymbolicLink, //
};
use crate::{
    dispatcher,
    object::event::{
        self,
        EventType, //
    },
    status::Status,
    sys::{
        cred::UserNamespace,
        queue::WaitAllLockRef,
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

/// The events in `\KernelObjects`, and whether each is signaled while there is no lack of memory.
/// This module never changes them. docs/kernel-api.md says why. NT: C5.
const CONDITIONS: [(&str, bool); 9] = [
    ("LowMemoryCondition", false),
    ("HighMemoryCondition", true),
    ("LowPagedPoolCondition", false),
    ("HighPagedPoolCondition", true),
    ("LowNonPagedPoolCondition", false),
    ("HighNonPagedPoolCondition", true),
    // The events above are about free memory. The following ones are about used memory.
    ("LowCommitCondition", true),
    ("HighCommitCondition", false),
    ("MaximumCommitCondition", false),
];

/// The approximate bytes of memory of a namespace in which nobody has created anything.
const START_UP_BYTES: usize = 8192;

/// A namespace.
pub(crate) struct Namespace {
    root: Arc<Object<Directory>>,
    /// Capabilities in this user namespace count for objects of the namespace.
    pub(super) user_ns: UserNamespace,
    /// The number of permanent names.
    permanent: Atomic<u32>,
    /// The lock that all events of the namespace share. Waits for all of several events take it.
    pub(super) wait_all_lock: WaitAllLockRef,
    /// The quota of all users.
    quota: Arc<Quota>,
    _charge: Charge,
}

impl Namespace {
    /// A namespace with its first directories, links and events. They belong to `uid` and `gid`.
    /// The current task's user is charged for them. Process context, may sleep.
    ///
    /// Errors: `QUOTA_EXCEEDED`, `INSUFFICIENT_RESOURCES`.
    pub(super) fn new(
        quota: &Arc<Quota>,
        user_ns: UserNamespace,
        uid: u32,
        gid: u32,
    ) -> Result<Self, Status> {
        let charge = within_quota(|| quota.charge(AccessMode::User, START_UP_BYTES))?;
        let descriptor = |mode| Descriptor { uid, gid, mode };
        let root = Header::new(descriptor(0o755), None, 0).permanent();
        let namespace = Self {
            root: Object::new(root, Directory::new())?,
            user_ns,
            permanent: Atomic::new(0),
            wait_all_lock: WaitAllLockRef::new()?,
            quota: quota.clone(),
            _charge: charge,
        };
        namespace.populate(descriptor)?;
        Ok(namespace)
    }

    /// Makes the first directories, links and events. NT: C5.
    fn populate(&self, descriptor: impl Fn(u16) -> Descriptor) -> Result<(), AllocError> {
        let directory = |parent: &Arc<Object<Directory>>, name, mode| {
            self.add(parent, name, descriptor(mode), Directory::new())
        };
        let link = |parent: &Arc<Object<Directory>>, name, target| {
            let target = SymbolicLink::new(Name::from_ascii(target)?, Charge::none());
            self.add(parent, name, descriptor(0o755), target)
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
        directory(&base, "Restricted", 0o777)?;
        directory(&self.root, "RPC Control", 0o777)?;
        directory(&self.root, "??", 0o755)?;
        directory(&self.root, "GLOBAL??", 0o755)?;
        let kernel = directory(&self.root, "KernelObjects", 0o755)?;
        for (name, signaled) in CONDITIONS {
            let event = event::Event::new(EventType::Notification, signaled);
            // Everybody may query the event and wait for it.
            let descriptor = descriptor(0o555);
            self.add(
                &kernel,
                name,
                descriptor,
                dispatcher::Object::new(event, self.wait_all_lock.clone()),
            )?;
        }
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
        let hashes = name.hashes();
        let entry = DirectoryEntry::new(parent.clone(), name.clone(), hashes);
        let header = Header::new(descriptor, None, 0)
            .permanent()
            .with_entry(entry)?;
        let object = Object::new(header, body)?;
        let reserved = ReservedEntry::new(T::into_any(object.clone()), name, hashes)?;
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

    /// The quota of all users, which all namespaces share.
    pub(super) fn quota(&self) -> &Arc<Quota> {
        &self.quota
    }

    /// A symbolic link. The current task's user is charged for its target. Process context, may
    /// sleep.
    ///
    /// Errors: `QUOTA_EXCEEDED`, `INSUFFICIENT_RESOURCES`.
    pub(crate) fn link_to(&self, target: &Name, mode: AccessMode) -> Result<SymbolicLink, Status> {
        let charge = self.quota.charge(mode, target.bytes())?;
        Ok(SymbolicLink::new(target.clone(), charge))
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
