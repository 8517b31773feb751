// SPDX-License-Identifier: GPL-2.0

//! Who the current task is, for access checks. Ids are the kernel's own (`kuid_t`, `kgid_t` values), so they
//! compare across user namespaces. Process context.

use super::helpers;
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

/// Whether the current task holds `capability` in the user namespace that owns its IPC namespace.
pub(crate) fn capable(capability: u32) -> bool {
    // SAFETY: The current task runs a system call, so it has a namespace proxy, which holds the IPC
    // namespace, which holds its user namespace.
    unsafe { helpers::ntevent_helper_ipc_ns_capable(capability as i32) }
}
