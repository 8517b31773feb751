// SPDX-License-Identifier: GPL-2.0

//! Safe wrappers of the kernel's C interfaces. Only this folder calls them.
//!
//! Most files say where in the kernel crate the wrapper would be. If the kernel crate has a similar
//! one, they say why it is not enough.

use kernel::{
    bindings,
    error::Error, //
};

pub(crate) mod array_vec;
pub(crate) mod clock;
pub(crate) mod context;
pub(crate) mod cred;
pub(crate) mod deferred;
pub(crate) mod fd;
pub(crate) mod file;
pub(crate) mod files;
pub(crate) mod global;
pub(crate) mod handles;
pub(crate) mod hashed_counters;
mod helpers;
pub(crate) mod index;
pub(crate) mod init_at;
pub(crate) mod ipc;
pub(crate) mod memory;
pub(crate) mod misc_device;
mod module;
pub(crate) mod process;
pub(crate) mod queue;
pub(crate) mod reading;
pub(crate) mod restart;
pub(crate) mod siphash;
pub(crate) mod storage;
pub(crate) mod task;
pub(crate) mod thread;
pub(crate) mod user;

/// Atomics of the kernel's memory model.
pub(crate) use kernel::sync::atomic::{
    Acquire,
    Atomic,
    Full,
    Relaxed,
    Release, //
};

/// `EDQUOT`, which has no name in the kernel crate.
pub(crate) fn quota_exceeded() -> Error {
    Error::from_errno(-(bindings::EDQUOT as i32))
}

/// `ELOOP`, which has no name in the kernel crate either.
pub(crate) fn too_many_links() -> Error {
    Error::from_errno(-(bindings::ELOOP as i32))
}

/// `EOWNERDEAD`, which has no name in the kernel crate either.
pub(crate) fn owner_died() -> Error {
    Error::from_errno(-(bindings::EOWNERDEAD as i32))
}

/// Whether a thread that holds the lock of a queue can be preempted, and gets the priority of a
/// thread that waits for the lock.
pub(crate) const LOCKS_SLEEP: bool = cfg!(CONFIG_PREEMPT_RT);

/// The largest memory that an allocation of `bytes` takes.
pub(crate) const fn allocated(bytes: usize) -> usize {
    match bytes.checked_next_power_of_two() {
        Some(size) => size,
        None => usize::MAX,
    }
}

/// Logs a warning, once for the module, if `condition` holds. Only a bug of the module can make it
/// hold. Returns the condition. Any context.
#[inline]
pub(crate) fn warn_on_once(condition: bool) -> bool {
    if condition {
        // SAFETY: The helper writes to the log and nothing else.
        unsafe { helpers::ntevent_helper_warn_once() };
    }
    condition
}

/// A full memory barrier. It orders the caller's earlier stores before its later loads.
///
/// `kernel::sync::barrier::smp_mb` takes an argument on 7.3 and none on 7.2.
#[inline]
pub(crate) fn full_barrier() {
    // SAFETY: The helper is the barrier and nothing else.
    unsafe { helpers::ntevent_helper_smp_mb() }
}
