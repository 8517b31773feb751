// SPDX-License-Identifier: GPL-2.0

//! Initialising a value in memory that C code owns.
//!
//! It would be `kernel::init`. The kernel crate initialises what is in a box or in a larger value;
//! its function for bare memory is the one that is called here, and changes its name with the
//! version.

use core::convert::Infallible;
use pin_init::PinInit;

/// Initialises a value at `pointer`. Context as the initialiser has it.
///
/// # Safety
///
/// The memory can be written and is as large and as aligned as a `T`; what is there is not dropped;
/// the value stays in place for as long as it is used.
pub(crate) unsafe fn init_at<T>(pointer: *mut T, init: impl PinInit<T>) {
    #[cfg(NTEVENT_KERNEL_7_3)]
    // SAFETY: The caller's promise.
    let made: Result<(), Infallible> = unsafe { init.__init(pointer) };
    #[cfg(not(NTEVENT_KERNEL_7_3))]
    // SAFETY: The caller's promise.
    let made: Result<(), Infallible> = unsafe { init.__pinned_init(pointer) };
    let Ok(()) = made;
}
