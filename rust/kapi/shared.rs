// SPDX-License-Identifier: GPL-2.0

//! The state of the exported routines: the namespaces and the table of kernel handles.

use super::thread::Thread;
use crate::{
    namespace::{
        access::Access,
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
        ipc::Ipc,
        queue::init_static_locks,
        warn_on_once, //
    },
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

static SHARED: Global<Shared> = Global::new();

/// The state of the module that all routines share.
#[pin_data]
struct Shared {
    registry: Arc<Registry>,
    /// The namespace of names that the kernel uses.
    initial: NamespaceRef,
    /// The kernel handles. NT: S3, D3.
    #[pin]
    handles: Handles<KernelHandle>,
}

/// A kernel handle. Dropping the value closes the handle.
pub(super) enum KernelHandle {
    /// A handle to an event.
    Event(Handle<Event>),
    /// A handle to a thread, and the rights of the handle. Threads have no names, and only drivers
    /// have handles to them.
    Thread(Arc<Thread>, Access),
}

/// The shared state. It exists whenever another module can call a routine. Any context.
///
/// Errors: with a warning, `INSUFFICIENT_RESOURCES` if it does not exist.
fn shared() -> Result<&'static Shared, Status> {
    SHARED.get().ok_or_else(|| {
        // Nobody can cause this. A calling module is linked against this one. It is loaded after
        // this one is initialised, and unloaded before this one exits.
        warn_on_once(true);
        Status::INSUFFICIENT_RESOURCES
    })
}

/// The namespace in which the caller finds names: the initial one for the kernel, and that of the
/// current task's IPC namespace for a user. Process context, may sleep.
///
/// Errors: `INSUFFICIENT_RESOURCES`.
pub(super) fn namespace(mode: AccessMode) -> Result<NamespaceRef, Status> {
    let shared = shared()?;
    match mode {
        AccessMode::Kernel => Ok(shared.initial.clone()),
        AccessMode::User => Ok(shared.registry.enter(Ipc::current())?),
    }
}

/// Adds a kernel handle to the table. Process context, may sleep.
///
/// Errors: `INSUFFICIENT_RESOURCES`.
pub(super) fn add_handle(handle: KernelHandle) -> Result<u32, Status> {
    Ok(shared()?.handles.add(handle)?)
}

/// Calls `f` with a kernel handle, which cannot be closed in the meantime. `f` must not sleep. Any
/// context.
///
/// Errors: `INVALID_HANDLE`.
pub(super) fn with_handle<R>(number: u32, f: impl FnOnce(&KernelHandle) -> R) -> Result<R, Status> {
    let found = shared()?.handles.with(number, f);
    found.ok_or(Status::INVALID_HANDLE)
}

/// Another handle to the event of a kernel handle. Any context.
///
/// Errors: `INVALID_HANDLE`, `OBJECT_TYPE_MISMATCH`.
pub(super) fn another_handle(number: u32) -> Result<Handle<Event>, Status> {
    with_handle(number, |handle| match handle {
        KernelHandle::Event(handle) => Ok(handle.another()),
        KernelHandle::Thread(..) => Err(Status::OBJECT_TYPE_MISMATCH),
    })?
}

/// Removes a kernel handle from the table and closes it. Process context, may sleep.
///
/// Errors: `INVALID_HANDLE`.
pub(super) fn close_handle(number: u32) -> Result<(), Status> {
    let found = shared()?.handles.remove(number);
    found.map(drop).ok_or(Status::INVALID_HANDLE)
}

/// Makes the shared state available to the routines while it exists. It is created before other
/// modules can link against this one, and dropped when none does any more.
#[pin_data(PinnedDrop)]
pub(crate) struct Registration {
    #[pin]
    shared: Shared,
}

impl Registration {
    /// Makes the state available. Process context, may sleep.
    pub(crate) fn new(registry: Arc<Registry>, initial: NamespaceRef) -> impl PinInit<Self> {
        let registration = pin_init!(Self {
            shared <- pin_init!(Shared {
                registry,
                initial,
                handles <- Handles::new(),
            }),
        });
        registration.pin_chain(|this| {
            // SAFETY: Module init makes the only registration. There is no node yet to create an
            // event with, and no driver calls a routine before module init has returned.
            unsafe { init_static_locks() };
            // SAFETY: The state is pinned, and withdrawn when it is dropped at module exit. No
            // module that could call a routine is left then.
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
