// SPDX-License-Identifier: GPL-2.0

//! The IPC namespace, which decides what names a process sees. On a kernel without IPC namespaces
//! the user namespace decides.
//!
//! It would be a `kernel::ipc_namespace`. The kernel crate has only `kernel::pid_namespace`.
//!
//! C header: [`include/linux/ipc_namespace.h`](srctree/include/linux/ipc_namespace.h)

use super::{
    cred::UserNamespace,
    helpers, //
};
use kernel::bindings;

/// An IPC namespace: its number, which no other namespace ever has, and the user namespace that
/// owns it.
pub(crate) struct Ipc {
    id: u64,
    user_ns: UserNamespace,
}

impl Ipc {
    /// The IPC namespace of the current task. `None` if the task is exiting and has none any more.
    /// Process context.
    pub(crate) fn current() -> Option<Self> {
        let mut id = 0;
        // SAFETY: Only the task itself drops its namespace proxy, which holds the IPC namespace.
        let owner = unsafe { helpers::ntevent_helper_current_ipc(&mut id) };
        // SAFETY: The helper took a reference to the owner, if it is not null.
        (!owner.is_null()).then(|| unsafe { Self::new(id, owner) })
    }

    /// The initial IPC namespace, which always exists.
    pub(crate) fn initial() -> Self {
        let mut id = 0;
        // SAFETY: The initial namespaces are static.
        let owner = unsafe { helpers::ntevent_helper_initial_ipc(&mut id) };
        // SAFETY: The helper took a reference to the owner, which is not null.
        unsafe { Self::new(id, owner) }
    }

    /// # Safety
    ///
    /// `owner` is valid and comes with a reference.
    unsafe fn new(id: u64, owner: *mut bindings::user_namespace) -> Self {
        // SAFETY: The caller's promise.
        let user_ns = unsafe { UserNamespace::from_raw(owner) };
        Self { id, user_ns }
    }

    /// Its number.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// The user namespace that owns it.
    pub(crate) fn into_user_ns(self) -> UserNamespace {
        self.user_ns
    }
}
