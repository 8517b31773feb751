// SPDX-License-Identifier: GPL-2.0

//! References to namespaces, and the registry of the namespaces that belong to IPC namespaces.

use super::{
    count::Count,
    quota::Quota,
    space::Namespace, //
};
use crate::{
    status::Status,
    sys::{
        cred,
        ipc::Ipc,
        queue::WaitAllLockRef,
        siphash, //
    }, //
};
use core::ops::Deref;
use kernel::{
    alloc::AllocError,
    new_mutex,
    prelude::*,
    rbtree::{
        RBTree,
        RBTreeNodeReservation, //
    },
    sync::{
        Arc,
        Mutex, //
    }, //
};

/// The namespaces that are in use and not private.
#[pin_data]
pub(crate) struct Registry {
    #[pin]
    namespaces: Mutex<RBTree<u64, Arc<Shared>>>,
    quota: Arc<Quota>,
}

impl Registry {
    /// A registry without namespaces. Makes the key of the hashes of names. Each user may take
    /// `limit` bytes. Process context, may sleep.
    pub(crate) fn new(limit: u64) -> Result<Arc<Self>, AllocError> {
        siphash::make_key();
        let quota = Quota::new(limit)?;
        let registry = pin_init!(Self {
            namespaces <- new_mutex!(RBTree::new(), "ntevent_registry"),
            quota,
        });
        Arc::pin_init(registry, GFP_KERNEL).map_err(|_| AllocError)
    }

    /// The namespace that belongs to `ipc`. It is made if it does not exist. Fails for lack of
    /// memory or quota, or if `ipc` is `None`. Process context, may sleep.
    pub(crate) fn enter(self: &Arc<Self>, ipc: Option<Ipc>) -> Result<NamespaceRef, Status> {
        let ipc = ipc.ok_or(AllocError)?;
        let id = ipc.id();
        if let Some(namespace) = self.find(id) {
            return Ok(NamespaceRef::new(namespace)?);
        }
        let user_ns = ipc.into_user_ns();
        let (uid, gid) = user_ns.owner();
        let namespace = Namespace::new(&self.quota, user_ns, uid, gid)?;
        let fresh = NamespaceRef::first(namespace, Some((self.clone(), id)))?;
        let node = RBTreeNodeReservation::new(GFP_KERNEL_ACCOUNT).map_err(|_| AllocError)?;
        let mut namespaces = self.namespaces.lock();
        if let Some(namespace) = namespaces.get(&id) {
            // Another thread was faster.
            let namespace = Reference::another(namespace);
            drop(namespaces);
            return Ok(NamespaceRef::new(namespace)?);
        }
        namespaces.insert(node.into_node(id, fresh.0.reference.shared.clone()));
        drop(namespaces);
        Ok(fresh)
    }

    fn find(&self, id: u64) -> Option<Reference> {
        let namespaces = self.namespaces.lock();
        namespaces.get(&id).map(Reference::another)
    }

    /// Counts off a reference to `namespace`. Removes the namespace from the registry with the last
    /// one. Process context, may sleep.
    fn leave(&self, id: u64, namespace: &Arc<Shared>) {
        let mut namespaces = self.namespaces.lock();
        if !namespace.refs.dec_and_test() {
            return;
        }
        // If two threads made the namespace at the same time, the later one is not registered.
        let entry = namespaces
            .find_mut(&id)
            .filter(|entry| Arc::ptr_eq(entry.get(), namespace))
            .map(|entry| entry.remove_node());
        drop(namespaces);
        drop(entry);
    }
}

/// A namespace, and the count of references to it.
struct Shared {
    namespace: Namespace,
    /// The number of references. The last reference to a registered namespace is counted off under
    /// the registry's lock.
    refs: Count,
    /// The registry and the number under which it is registered. `None` if it is private.
    registered: Option<(Arc<Registry>, u64)>,
}

/// A counted reference to a namespace.
struct Reference {
    shared: Arc<Shared>,
}

impl Reference {
    /// Another reference. The caller has a reference, or the registry's lock.
    fn another(shared: &Arc<Shared>) -> Self {
        shared.refs.inc();
        Self {
            shared: shared.clone(),
        }
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        if self.shared.refs.dec_not_one() {
            return;
        }
        if let Some((registry, id)) = &self.shared.registered {
            registry.leave(*id, &self.shared);
        }
    }
}

/// A reference to a namespace. Open files of the device and handles have one. Its clones share one
/// count, which is not the count of the namespace. So processes that use the same namespace through
/// device files of their own do not write the same cache line for each handle.
#[derive(Clone)]
pub(crate) struct NamespaceRef(Arc<Inner>);

struct Inner {
    reference: Reference,
    /// The lock of the namespace. Its clones do not share the count of the namespace's own
    /// reference.
    wait_all_lock: WaitAllLockRef,
}

impl NamespaceRef {
    fn new(reference: Reference) -> Result<Self, AllocError> {
        let wait_all_lock = reference.shared.namespace.wait_all_lock.another()?;
        let inner = Inner {
            reference,
            wait_all_lock,
        };
        Ok(Self(Arc::new(inner, GFP_KERNEL_ACCOUNT)?))
    }

    /// The first reference to a new namespace.
    fn first(
        namespace: Namespace,
        registered: Option<(Arc<Registry>, u64)>,
    ) -> Result<Self, AllocError> {
        let shared = Shared {
            namespace,
            refs: Count::new(1),
            registered,
        };
        let shared = Arc::new(shared, GFP_KERNEL_ACCOUNT)?;
        Self::new(Reference { shared })
    }

    /// A new private namespace. Its first objects belong to the caller. Process context, may sleep.
    pub(crate) fn private(&self) -> Result<Self, Status> {
        let (user_ns, uid, gid) = (self.user_ns.clone(), cred::euid(), cred::egid());
        let namespace = Namespace::new(self.quota(), user_ns, uid, gid)?;
        Ok(Self::first(namespace, None)?)
    }

    /// The lock that is taken before several events of the namespace are locked.
    pub(super) fn wait_all_lock(&self) -> WaitAllLockRef {
        self.0.wait_all_lock.clone()
    }
}

impl Deref for NamespaceRef {
    type Target = Namespace;

    fn deref(&self) -> &Namespace {
        &self.0.reference.shared.namespace
    }
}
