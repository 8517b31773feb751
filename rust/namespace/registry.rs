// SPDX-License-Identifier: GPL-2.0

//! The registry: which namespace belongs to which IPC namespace.

use super::space::{
    Namespace,
    NamespaceRef, //
};
use crate::sys::ipc::Ipc;
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

/// The namespaces in use that are not private.
#[pin_data]
pub(crate) struct Registry {
    #[pin]
    namespaces: Mutex<RBTree<u64, Arc<Namespace>>>,
}

impl Registry {
    /// An empty registry. Process context, may sleep.
    pub(crate) fn new() -> Result<Arc<Self>, AllocError> {
        let registry = pin_init!(Self {
            namespaces <- new_mutex!(RBTree::new(), "ntevent_registry"),
        });
        Arc::pin_init(registry, GFP_KERNEL).map_err(|_| AllocError)
    }

    /// The namespace that belongs to `ipc`, made if there is none; without one there is no memory
    /// for it either. Process context, may sleep.
    pub(crate) fn enter(self: &Arc<Self>, ipc: Option<Ipc>) -> Result<NamespaceRef, AllocError> {
        let ipc = ipc.ok_or(AllocError)?;
        let id = ipc.id();
        if let Some(namespace) = self.find(id) {
            return Ok(namespace);
        }
        let user_ns = ipc.into_user_ns();
        let (uid, gid) = user_ns.owner();
        let fresh = NamespaceRef::of_new(user_ns, uid, gid, Some((self.clone(), id)))?;
        let node = RBTreeNodeReservation::new(GFP_KERNEL_ACCOUNT).map_err(|_| AllocError)?;
        let mut namespaces = self.namespaces.lock();
        if let Some(namespace) = namespaces.get(&id) {
            // Somebody was faster.
            let namespace = NamespaceRef::of_registered(namespace);
            drop(namespaces);
            return Ok(namespace);
        }
        namespaces.insert(node.into_node(id, fresh.namespace().clone()));
        drop(namespaces);
        Ok(fresh)
    }

    fn find(&self, id: u64) -> Option<NamespaceRef> {
        let namespaces = self.namespaces.lock();
        namespaces.get(&id).map(NamespaceRef::of_registered)
    }

    /// Drops a reference to `namespace`; whether it was the last. Process context, may sleep.
    pub(super) fn leave(&self, id: u64, namespace: &Arc<Namespace>) -> bool {
        let mut namespaces = self.namespaces.lock();
        if !namespace.refs.dec_and_test() {
            return false;
        }
        // It may be the one of two that came too late to be registered.
        let entry = namespaces
            .find_mut(&id)
            .filter(|entry| Arc::ptr_eq(entry.get(), namespace))
            .map(|entry| entry.remove_node());
        drop(namespaces);
        drop(entry);
        true
    }
}
