// SPDX-License-Identifier: GPL-2.0

//! The only home of the kernel's C interfaces: each file wraps one of them for safe use above.
//!
//! Each file says what the wrapper would be in the kernel crate, and why that of the kernel crate
//! does not do.

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
pub(crate) mod init_at;
pub(crate) mod ipc;
pub(crate) mod memory;
pub(crate) mod misc_device;
mod module;
pub(crate) mod process;
pub(crate) mod queue;
pub(crate) mod storage;
pub(crate) mod task;
pub(crate) mod user;

/// Atomics as the kernel's memory model has them.
pub(crate) use kernel::sync::atomic::{
    Acquire,
    Atomic,
    Full,
    Relaxed,
    Release, //
};

/// `EDQUOT`, which the kernel crate has no name for.
pub(crate) fn quota_exceeded() -> Error {
    Error::from_errno(-(bindings::EDQUOT as i32))
}

/// `EOWNERDEAD`, which it has none for either.
pub(crate) fn owner_died() -> Error {
    Error::from_errno(-(bindings::EOWNERDEAD as i32))
}

/// Warns in the kernel's log, once for the module, if `condition` holds, which only a bug of the
/// module makes possible. Returns the condition. Any context.
#[inline]
pub(crate) fn warn_on_once(condition: bool) -> bool {
    if condition {
        // SAFETY: The helper writes to the log and nothing else.
        unsafe { helpers::ntevent_helper_warn_once() };
    }
    condition
}

/// A full memory barrier: what the caller stored before is visible before what it loads after.
///
/// `kernel::sync::barrier::smp_mb` takes an argument on 7.3 and none on 7.2.
#[inline]
pub(crate) fn full_barrier() {
    // SAFETY: The helper is the barrier and nothing else.
    unsafe { helpers::ntevent_helper_smp_mb() }
}
