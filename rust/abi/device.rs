// SPDX-License-Identifier: GPL-2.0

//! `/dev/ntevent`: its open files, and the commands on them.

use super::{
    arguments::store,
    create::{
        create_directory,
        create_event,
        create_link,
        open, //
    },
    wait::{
        signal_and_wait,
        wait, //
    }, //
};
use crate::{
    namespace::{
        Directory,
        Event,
        NamespaceRef,
        Registry,
        SymbolicLink, //
    },
    sys::{
        file::{
            self,
            Ioctl,
            Operations, //
        },
        ipc::Ipc, //
    },
    uapi, //
};
use kernel::{
    new_mutex,
    prelude::*,
    sync::{
        Arc,
        Mutex,
        SetOnce, //
    },
    uaccess::UserPtr, //
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

/// What can be done with the node's files.
pub(crate) static OPERATIONS: Operations<Device> = Operations::device();

impl file::Device for Device {
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

impl Ioctl for Device {
    #[inline]
    fn ioctl(&self, command: u32, argument: UserPtr) -> Result<u32> {
        match command {
            uapi::NTEVENT_IOC_WAIT => wait(argument),
            uapi::NTEVENT_IOC_SIGNAL_AND_WAIT => signal_and_wait(argument),
            uapi::NTEVENT_IOC_CREATE_EVENT => create_event(self, argument),
            uapi::NTEVENT_IOC_OPEN_EVENT => open::<Event>(self, argument),
            uapi::NTEVENT_IOC_CREATE_DIRECTORY => create_directory(self, argument),
            uapi::NTEVENT_IOC_OPEN_DIRECTORY => open::<Directory>(self, argument),
            uapi::NTEVENT_IOC_CREATE_SYMBOLIC_LINK => create_link(self, argument),
            uapi::NTEVENT_IOC_OPEN_SYMBOLIC_LINK => open::<SymbolicLink>(self, argument),
            uapi::NTEVENT_IOC_NEW_NAMESPACE => self.new_namespace(),
            uapi::NTEVENT_IOC_GET_INFO => get_info(argument),
            _ => Err(ENOTTY),
        }
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
    fn new_namespace(&self) -> Result<u32> {
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
        view.creations = view.creations.wrapping_sub(1);
        if self.succeeded && self.device.fixed_namespace.as_ref().is_none() {
            self.device.fixed_namespace.populate(self.namespace.clone());
        }
    }
}

fn get_info(argument: UserPtr) -> Result<u32> {
    let info = uapi::ntevent_info {
        abi_version: uapi::NTEVENT_ABI_VERSION,
        max_wait_objects: uapi::NTEVENT_MAX_WAIT_OBJECTS,
        features: u64::from(uapi::NTEVENT_FEATURE_EVENTS | uapi::NTEVENT_FEATURE_NAMES),
    };
    store(argument, &info)?;
    Ok(0)
}
