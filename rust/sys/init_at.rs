// SPDX-License-Identifier: GPL-2.0

//! Initialising a value in memory that C code owns.
//!
//! It would be in `kernel::init`. The kernel crate initialises values in a box or in a larger
//! value. Its function for bare memory is the one that is called here. The name of that function
//! depends on the kernel version.

use core::convert::Infallible;
use pin_init::PinInit;

/// Initialises a value at `pointer`. The context is that of the initialiser.
///
/// # Safety
///
/// The memory can be written. It has the size and the alignment of a `T`. What is there is not
/// dropped. The value stays in place for as long as it is used.
pub(crate) unsafe fn init_at<T>(pointer: *mut T, init: impl PinInit<T>) {
    #[cfg(NTEVENT_KERNEL_7_3)]
    // SAFETY: The caller's promise.
    let made: Result<(), Infallible> = unsafe { init.__init(pointer) };
    #[cfg(not(NTEVENT_KERNEL_7_3))]
    // SAFETY: The caller's promise.
    let made: Result<(), Infallible> = unsafe { init.__pinned_init(pointer) };
    let Ok(()) = made;
}
