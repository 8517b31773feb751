// SPDX-License-Identifier: GPL-2.0

//! Who the current task is, for access checks. Ids are the kernel's own (`kuid_t`, `kgid_t`
//! values), so they compare across user namespaces. Process context.

use super::helpers;
use core::ptr::NonNull;
use kernel::bindings;

/// The capability that stands for `SeCreatePermanentPrivilege` and `SeSecurityPrivilege`.
pub(crate) const CAP_SYS_ADMIN: u32 = bindings::CAP_SYS_ADMIN;

/// The capability that passes every check of an object's mode.
pub(crate) const CAP_IPC_OWNER: u32 = bindings::CAP_IPC_OWNER;

/// The effective user of the current task.
pub(crate) fn euid() -> u32 {
    // SAFETY: Reads the current task's credentials, which it alone replaces.
    unsafe { helpers::ntevent_helper_current_euid() }
}

/// The effective group of the current task.
pub(crate) fn egid() -> u32 {
    // SAFETY: As for `euid`.
    unsafe { helpers::ntevent_helper_current_egid() }
}

/// Whether the current task is in group `gid`.
pub(crate) fn in_group(gid: u32) -> bool {
    // SAFETY: As for `euid`.
    unsafe { helpers::ntevent_helper_in_group(gid) }
}

/// A user namespace: where a capability must be held to count for what belongs to the namespace.
///
/// # Invariants
///
/// The pointer holds a reference.
pub(crate) struct UserNamespace(NonNull<bindings::user_namespace>);

// SAFETY: A user namespace may be used and put on any thread.
unsafe impl Send for UserNamespace {}
// SAFETY: As above.
unsafe impl Sync for UserNamespace {}

impl UserNamespace {
    /// The user namespace that owns the current task's IPC namespace.
    pub(crate) fn of_current_ipc() -> Self {
        // SAFETY: The current task runs a system call, so it has a namespace proxy, which holds the
        // IPC namespace, which holds its user namespace.
        let ns = unsafe { helpers::ntevent_helper_get_ipc_user_ns() };
        // INVARIANT: The helper took a reference.
        // SAFETY: Every IPC namespace has a user namespace.
        Self(unsafe { NonNull::new_unchecked(ns) })
    }

    /// Whether the current task holds `capability` in this namespace.
    pub(crate) fn grants(&self, capability: u32) -> bool {
        // SAFETY: By the type invariant the namespace is alive.
        unsafe { bindings::ns_capable(self.0.as_ptr(), capability as i32) }
    }
}

impl Drop for UserNamespace {
    fn drop(&mut self) {
        // SAFETY: By the type invariant there is a reference to give back.
        unsafe { helpers::ntevent_helper_put_user_ns(self.0.as_ptr()) }
    }
}
