// SPDX-License-Identifier: GPL-2.0

//! An open file of `/dev/ntevent`, and the namespace that its commands use.

use super::failure::errno_of;
use crate::{
    namespace::{
        NamespaceRef,
        Registry, //
    },
    sys::{
        ipc::Ipc,
        misc_device, //
    }, //
};
use kernel::{
    new_mutex,
    prelude::*,
    sync::{
        Arc,
        Mutex,
        SetOnce, //
    }, //
};

/// An open file of the node.
pub(crate) struct Device {
    view: Pin<KBox<Mutex<View>>>,
    /// The namespace, after the first object that was created or opened has fixed it. Written under
    /// the lock.
    fixed_namespace: SetOnce<NamespaceRef>,
}

/// The names that an open file sees.
struct View {
    namespace: NamespaceRef,
    /// The number of commands that are creating or opening an object, perhaps the first.
    creations: usize,
}

impl misc_device::Device for Device {
    type Shared = Arc<Registry>;

    fn open(registry: &Arc<Registry>) -> Result<Self> {
        let view = View {
            namespace: registry.enter(Ipc::current()).map_err(errno_of)?,
            creations: 0,
        };
        Ok(Self {
            view: KBox::pin_init(new_mutex!(view, "ntevent_device"), GFP_KERNEL_ACCOUNT)?,
            fixed_namespace: SetOnce::new(),
        })
    }
}

impl Device {
    /// Begins to create or open an object.
    pub(super) fn begin_creation(&self) -> Creation<'_> {
        match self.fixed_namespace.as_ref() {
            Some(namespace) => Creation::Fixed(namespace),
            None => Creation::Tentative(TentativeCreation::begin(self)),
        }
    }

    /// Gives this file a namespace of its own. Fails while an object is being created, as if it
    /// existed already.
    ///
    /// Errors: `EBUSY`, `EDQUOT`, `ENOMEM`.
    pub(super) fn new_namespace(&self) -> Result<u32> {
        let before = self.changeable(&self.view.lock())?.clone();
        let mut namespace = before.private().map_err(errno_of)?;
        let mut view = self.view.lock();
        self.changeable(&view)?;
        core::mem::swap(&mut view.namespace, &mut namespace);
        Ok(0)
    }

    /// The namespace, if it can still change.
    ///
    /// Errors: `EBUSY`.
    fn changeable<'a>(&self, view: &'a View) -> Result<&'a NamespaceRef> {
        if self.fixed_namespace.as_ref().is_some() || view.creations != 0 {
            return Err(EBUSY);
        }
        Ok(&view.namespace)
    }
}

/// A command that is creating or opening an object.
pub(super) enum Creation<'a> {
    /// The file's namespace is fixed.
    Fixed(&'a NamespaceRef),
    /// The namespace cannot change during the command, and is fixed if the command succeeds.
    Tentative(TentativeCreation<'a>),
}

impl Creation<'_> {
    /// The namespace of the object.
    pub(super) fn namespace(&self) -> &NamespaceRef {
        match self {
            Self::Fixed(namespace) => namespace,
            Self::Tentative(creation) => &creation.namespace,
        }
    }

    /// The object exists now, so the file's namespace is fixed.
    pub(super) fn succeed(self) {
        if let Self::Tentative(mut creation) = self {
            creation.succeeded = true;
        }
    }
}

/// A command that may be the first to succeed.
pub(super) struct TentativeCreation<'a> {
    device: &'a Device,
    namespace: NamespaceRef,
    succeeded: bool,
}

impl<'a> TentativeCreation<'a> {
    fn begin(device: &'a Device) -> Self {
        let mut view = device.view.lock();
        // PANIC: There is at most one for each thread, and there are fewer than 2^32 threads.
        view.creations = view.creations.wrapping_add(1);
        Self {
            device,
            namespace: view.namespace.clone(),
            succeeded: false,
        }
    }
}

impl Drop for TentativeCreation<'_> {
    fn drop(&mut self) {
        let mut view = self.device.view.lock();
        // PANIC: `begin` has counted this one.
        view.creations = view.creations.wrapping_sub(1);
        if self.succeeded && self.device.fixed_namespace.as_ref().is_none() {
            self.device.fixed_namespace.populate(self.namespace.clone());
        }
    }
}
