// SPDX-License-Identifier: GPL-2.0

//! The identity of the current task, for access checks. Ids are `kuid_t` and `kgid_t` values, so
//! they can be compared across user namespaces. Process context.
//!
//! It would be in `kernel::cred` and a `kernel::user_namespace`. The kernel crate has only the
//! effective user, in `kernel::task::Kuid`. It has no groups, no capabilities and no user
//! namespaces.

use super::helpers;
use core::ptr::NonNull;
use kernel::bindings;

/// The capability that stands for `SeCreatePermanentPrivilege` and `SeSecurityPrivilege`.
pub(crate) const CAP_SYS_ADMIN: u32 = bindings::CAP_SYS_ADMIN;

/// The capability that passes every check of an object's mode.
pub(crate) const CAP_IPC_OWNER: u32 = bindings::CAP_IPC_OWNER;

/// The effective user of the current task.
pub(crate) fn euid() -> u32 {
    // SAFETY: It reads the current task's credentials, which only the task replaces.
    unsafe { helpers::ntevent_helper_current_euid() }
}

/// The effective group of the current task.
pub(crate) fn egid() -> u32 {
    // SAFETY: As for `euid`.
    unsafe { helpers::ntevent_helper_current_egid() }
}

/// The user who is charged for the memory that the current task makes the module keep. `None` if
/// the task is root in the initial user namespace. In a user namespace that does not belong to
/// root, the owner of the namespace is charged. Of several nested owners, the outermost is charged.
pub(crate) fn payer() -> Option<u32> {
    let mut uid = 0;
    // SAFETY: As for `euid`. `uid` is writable. A user namespace has references to those above it.
    unsafe { helpers::ntevent_helper_payer(&mut uid) }.then_some(uid)
}

/// A user's id in the current task's user namespace, or the overflow id if it has none there.
pub(crate) fn from_kuid_munged(uid: u32) -> u32 {
    // SAFETY: As for `euid`.
    unsafe { helpers::ntevent_helper_from_kuid_munged(uid) }
}

/// A group's id in the current task's user namespace, or the overflow id if it has none there.
pub(crate) fn from_kgid_munged(gid: u32) -> u32 {
    // SAFETY: As for `euid`.
    unsafe { helpers::ntevent_helper_from_kgid_munged(gid) }
}

/// Whether the current task is in group `gid`.
pub(crate) fn in_group(gid: u32) -> bool {
    // SAFETY: As for `euid`.
    unsafe { helpers::ntevent_helper_in_group(gid) }
}

/// A user namespace. A capability counts for what belongs to the namespace only if it is held
/// there.
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
    /// Takes over a reference that the caller has.
    ///
    /// # Safety
    ///
    /// `ns` is valid and comes with a reference.
    pub(super) unsafe fn from_raw(ns: *mut bindings::user_namespace) -> Self {
        // INVARIANT: The caller hands over its reference.
        // SAFETY: The caller says that it is valid, so it is not null.
        Self(unsafe { NonNull::new_unchecked(ns) })
    }

    /// The user and group that own the namespace. For the initial namespace they are root's.
    pub(crate) fn owner(&self) -> (u32, u32) {
        // SAFETY: By the type invariant the namespace is alive. The two fields do not change.
        let ns = unsafe { self.0.as_ref() };
        (ns.owner.val, ns.group.val)
    }

    /// Whether the current task holds `capability` in this namespace. A lack of it is not audited.
    /// Use this where the capability is only one of several ways to get a right.
    pub(crate) fn is_capable_noaudit(&self, capability: u32) -> bool {
        // SAFETY: By the type invariant the namespace is alive.
        unsafe { bindings::ns_capable_noaudit(self.0.as_ptr(), capability as i32) }
    }

    /// Whether the current task holds `capability` in this namespace.
    pub(crate) fn is_capable(&self, capability: u32) -> bool {
        // SAFETY: By the type invariant the namespace is alive.
        unsafe { bindings::ns_capable(self.0.as_ptr(), capability as i32) }
    }
}

impl Clone for UserNamespace {
    fn clone(&self) -> Self {
        // SAFETY: By the type invariant the namespace is alive.
        let ns = unsafe { helpers::ntevent_helper_get_user_ns(self.0.as_ptr()) };
        // SAFETY: The helper took a reference.
        unsafe { Self::from_raw(ns) }
    }
}

impl Drop for UserNamespace {
    fn drop(&mut self) {
        // SAFETY: By the type invariant there is a reference to give back.
        unsafe { helpers::ntevent_helper_put_user_ns(self.0.as_ptr()) }
    }
}
