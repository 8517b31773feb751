// SPDX-License-Identifier: GPL-2.0

//! The IPC namespace, which says what names a process sees. On a kernel without them it is the user
//! namespace that does (`Kbuild` says so).
//!
//! C header: [`include/linux/ipc_namespace.h`](srctree/include/linux/ipc_namespace.h)

use super::{
    cred::UserNamespace,
    helpers, //
};

/// An IPC namespace: its number, which no other ever has, and the user namespace that owns it.
pub(crate) struct Ipc {
    id: u64,
    user_ns: UserNamespace,
}

impl Ipc {
    /// That of the current task; none if it exits and has none any more. Process context.
    pub(crate) fn current() -> Option<Self> {
        // SAFETY: A task alone drops its namespace proxy, which holds the IPC namespace.
        Self::new(|id| unsafe { helpers::ntevent_helper_current_ipc(id) })
    }

    /// The initial one.
    pub(crate) fn initial() -> Option<Self> {
        // SAFETY: It is always there.
        Self::new(|id| unsafe { helpers::ntevent_helper_initial_ipc(id) })
    }

    fn new(get: impl FnOnce(&mut u64) -> *mut kernel::bindings::user_namespace) -> Option<Self> {
        let mut id = 0;
        let user_ns = get(&mut id);
        if user_ns.is_null() {
            return None;
        }
        // SAFETY: The helpers return the owner of an IPC namespace with a new reference.
        let user_ns = unsafe { UserNamespace::from_raw(user_ns) };
        Some(Self { id, user_ns })
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
