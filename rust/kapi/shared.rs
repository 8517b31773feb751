// SPDX-License-Identifier: GPL-2.0

//! What the exported routines share: the namespaces, and the table of kernel handles.

use crate::{
    namespace::{
        AccessMode,
        Event,
        Handle,
        NamespaceRef,
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
    sync::Arc,
    warn_on, //
};

static SHARED: Global<Shared> = Global::new();

/// What there is one of.
#[pin_data]
struct Shared {
    registry: Arc<Registry>,
    /// Where the kernel's names are.
    initial: NamespaceRef,
    /// The kernel handles. NT: S3, D3.
    #[pin]
    handles: Handles<Handle<Event>>,
}

/// It. Any context.
///
/// Errors: with a warning, `INSUFFICIENT_RESOURCES` if it is not there.
fn shared() -> Result<&'static Shared, Status> {
    SHARED.get().ok_or_else(|| {
        // Nobody can cause it: who calls is linked against this module, and so is loaded after it
        // was initialised, and unloaded before it goes.
        warn_on!(true);
        Status::INSUFFICIENT_RESOURCES
    })
}

/// The namespace in which who asks finds names: the kernel in the initial one, a user in that of
/// the current task's IPC namespace. Process context, may sleep.
///
/// Errors: `INSUFFICIENT_RESOURCES`.
pub(super) fn namespace(mode: AccessMode) -> Result<NamespaceRef, Status> {
    let shared = shared()?;
    match mode {
        AccessMode::Kernel => Ok(shared.initial.clone()),
        AccessMode::User => Ok(shared.registry.enter(Ipc::current())?),
    }
}

/// Puts a kernel handle in the table. Process context, may sleep.
///
/// Errors: `INSUFFICIENT_RESOURCES`.
pub(super) fn add_handle(handle: Handle<Event>) -> Result<u32, Status> {
    Ok(shared()?.handles.add(handle)?)
}

/// Has `f` look at a kernel handle, which stays meanwhile. Any context; `f` must not sleep.
///
/// Errors: `INVALID_HANDLE`.
pub(super) fn with_handle<R>(
    number: u32,
    f: impl FnOnce(&Handle<Event>) -> R,
) -> Result<R, Status> {
    let found = shared()?.handles.with(number, f);
    found.ok_or(Status::INVALID_HANDLE)
}

/// Takes a kernel handle out of the table, and closes it. Process context, may sleep.
///
/// Errors: `INVALID_HANDLE`.
pub(super) fn close_handle(number: u32) -> Result<(), Status> {
    let found = shared()?.handles.remove(number);
    found.map(drop).ok_or(Status::INVALID_HANDLE)
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
    pub(crate) fn new(registry: Arc<Registry>, initial: NamespaceRef) -> impl PinInit<Self> {
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
