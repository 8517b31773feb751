// SPDX-License-Identifier: GPL-2.0

//! This module, as the owner of what it registers.
//!
//! `kernel::module` has it on 7.3. On 7.2 the macro `module!` makes a static of it.

use kernel::bindings;

/// What C calls `THIS_MODULE`.
#[cfg(NTEVENT_KERNEL_7_3)]
pub(super) const fn this_module() -> *mut bindings::module {
    kernel::module::this_module::<crate::Module>().as_ptr()
}

/// What C calls `THIS_MODULE`.
#[cfg(not(NTEVENT_KERNEL_7_3))]
pub(super) const fn this_module() -> *mut bindings::module {
    crate::THIS_MODULE.as_ptr()
}
