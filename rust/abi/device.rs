// SPDX-License-Identifier: GPL-2.0

//! An open file of `/dev/ntevent`: which namespace its commands see.

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
    /// The namespace, which is fixed once an object was created or opened. Written under the lock.
    fixed_namespace: SetOnce<NamespaceRef>,
}

/// What names an open file sees.
struct View {
    namespace: NamespaceRef,
    /// Commands in progress that create or open an object, perhaps the first.
    creations: usize,
}

impl misc_device::Device for Device {
    type Shared = Arc<Registry>;

    fn open(registry: &Arc<Registry>) -> Result<Self> {
        let view = View {
            namespace: registry.enter(Ipc::current())?,
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

    /// Gives this file a namespace of its own. Fails while an object is being created here, as if
    /// it were created already.
    ///
    /// Errors: `EBUSY`, `ENOMEM`.
    pub(super) fn new_namespace(&self) -> Result<u32> {
        let before = self.changeable(&self.view.lock())?.clone();
        let mut namespace = before.private()?;
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

/// A command in progress that creates or opens an object.
pub(super) enum Creation<'a> {
    /// The file's namespace is fixed.
    Fixed(&'a NamespaceRef),
    /// It does not change meanwhile, and is fixed if the command succeeds.
    Tentative(TentativeCreation<'a>),
}

impl Creation<'_> {
    /// Where the object is.
    pub(super) fn namespace(&self) -> &NamespaceRef {
        match self {
            Self::Fixed(namespace) => namespace,
            Self::Tentative(creation) => &creation.namespace,
        }
    }

    /// The object is created, which fixes the namespace of the file.
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
        // PANIC: At most one for each thread, of which there are fewer than 2^32.
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
