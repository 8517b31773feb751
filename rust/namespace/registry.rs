// SPDX-License-Identifier: GPL-2.0

//! References to namespaces, and the registry of the namespaces that belong to IPC namespaces.

use super::{
    count::Count,
    space::Namespace, //
};
use crate::sys::{
    cred,
    ipc::Ipc, //
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
}

impl Registry {
    /// An empty registry. Process context, may sleep.
    pub(crate) fn new() -> Result<Arc<Self>, AllocError> {
        let registry = pin_init!(Self {
            namespaces <- new_mutex!(RBTree::new(), "ntevent_registry"),
        });
        Arc::pin_init(registry, GFP_KERNEL).map_err(|_| AllocError)
    }

    /// The namespace that belongs to `ipc`. It is made if it does not exist. Fails for lack of
    /// memory, or if `ipc` is `None`. Process context, may sleep.
    pub(crate) fn enter(self: &Arc<Self>, ipc: Option<Ipc>) -> Result<NamespaceRef, AllocError> {
        let ipc = ipc.ok_or(AllocError)?;
        let id = ipc.id();
        if let Some(namespace) = self.find(id) {
            return Ok(namespace);
        }
        let user_ns = ipc.into_user_ns();
        let (uid, gid) = user_ns.owner();
        let namespace = Namespace::new(user_ns, uid, gid)?;
        let fresh = NamespaceRef::first(namespace, Some((self.clone(), id)))?;
        let node = RBTreeNodeReservation::new(GFP_KERNEL_ACCOUNT).map_err(|_| AllocError)?;
        let mut namespaces = self.namespaces.lock();
        if let Some(namespace) = namespaces.get(&id) {
            // Another thread was faster.
            let namespace = NamespaceRef::another(namespace);
            drop(namespaces);
            return Ok(namespace);
        }
        namespaces.insert(node.into_node(id, fresh.0.clone()));
        drop(namespaces);
        Ok(fresh)
    }

    fn find(&self, id: u64) -> Option<NamespaceRef> {
        let namespaces = self.namespaces.lock();
        namespaces.get(&id).map(NamespaceRef::another)
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

/// A reference to a namespace. Open files of the device and handles have one.
pub(crate) struct NamespaceRef(Arc<Shared>);

impl NamespaceRef {
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
        Ok(Self(Arc::new(shared, GFP_KERNEL_ACCOUNT)?))
    }

    /// Another reference. The caller has a reference, or the registry's lock.
    fn another(shared: &Arc<Shared>) -> Self {
        shared.refs.inc();
        Self(shared.clone())
    }

    /// A new private namespace. Its first objects belong to the caller. Process context, may sleep.
    pub(crate) fn private(&self) -> Result<Self, AllocError> {
        let namespace = Namespace::new(self.user_ns.clone(), cred::euid(), cred::egid())?;
        Self::first(namespace, None)
    }
}

impl Clone for NamespaceRef {
    fn clone(&self) -> Self {
        Self::another(&self.0)
    }
}

impl Deref for NamespaceRef {
    type Target = Namespace;

    fn deref(&self) -> &Namespace {
        &self.0.namespace
    }
}

impl Drop for NamespaceRef {
    fn drop(&mut self) {
        if self.0.refs.dec_not_one() {
            return;
        }
        if let Some((registry, id)) = &self.0.registered {
            registry.leave(*id, &self.0);
        }
    }
}
