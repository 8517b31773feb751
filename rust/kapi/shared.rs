// SPDX-License-Identifier: GPL-2.0

//! What the exported routines share: the namespaces, and the table of kernel handles.

use crate::{
    namespace::{
        AccessMode,
        Event,
        Handle,
        Membership,
        Registry, //
    },
    status::Status,
    sys::{
        global::Global,
        handles::Handles,
        ipc::Ipc, //
    },
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

static SHARED: Global<Shared> = Global::new();

/// What there is one of.
#[pin_data]
pub(super) struct Shared {
    registry: Arc<Registry>,
    /// Where the kernel's names are.
    initial: Membership,
    /// The kernel handles. NT: S3, D3.
    #[pin]
    pub(super) handles: Handles<Handle<Event>>,
}

impl Shared {
    /// It. Any context.
    ///
    /// Errors: `INSUFFICIENT_RESOURCES` if the module is not there yet, or no more, which no other
    /// module can see.
    pub(super) fn get() -> Result<&'static Self, Status> {
        SHARED.get().ok_or(Status::INSUFFICIENT_RESOURCES)
    }

    /// The namespace in which who asks finds names: the kernel in the initial one, a user in that of
    /// the current task's IPC namespace. Process context, may sleep.
    pub(super) fn namespace(&self, mode: AccessMode) -> Result<Membership, Status> {
        match mode {
            AccessMode::Kernel => Ok(self.initial.clone()),
            AccessMode::User => Ok(self.registry.enter(Ipc::current())?),
        }
    }
}

/// The routines' ability to be called; it begins before the module can be linked against, and ends
/// when no module is linked against it any more.
#[pin_data(PinnedDrop)]
pub(crate) struct Registration {
    #[pin]
    shared: Shared,
}

impl Registration {
    /// Begins it. Process context, may sleep.
    pub(crate) fn new(registry: Arc<Registry>, initial: Membership) -> impl PinInit<Self> {
        let registration = pin_init!(Self {
            shared <- pin_init!(Shared {
                registry,
                initial,
                handles <- Handles::new(),
            }),
        });
        registration.pin_chain(|this| {
            // SAFETY: It is pinned, and withdrawn when it is dropped, as the module goes: then no
            // module that could call is there any more.
            unsafe { SHARED.publish(&this.shared) };
            Ok(())
        })
    }
}

#[pinned_drop]
impl PinnedDrop for Registration {
    fn drop(self: Pin<&mut Self>) {
        SHARED.withdraw();
    }
}
