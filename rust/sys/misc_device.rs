// SPDX-License-Identifier: GPL-2.0

//! A character device of the misc class, with its own owner and mode.
//!
//! The kernel crate's `MiscDeviceRegistration` sets neither, so a module could be unloaded under an
//! open fd.
//!
//! C header: [`include/linux/miscdevice.h`](srctree/include/linux/miscdevice.h)

use super::file::Operations;
use kernel::{
    bindings,
    error::to_result,
    prelude::*,
    types::Opaque, //
};

/// A registered device; dropping it takes the node away.
///
/// # Invariants
///
/// `inner` is registered.
#[pin_data(PinnedDrop)]
pub(crate) struct Registration {
    #[pin]
    inner: Opaque<bindings::miscdevice>,
}

// SAFETY: `misc_deregister` may be called from any thread.
unsafe impl Send for Registration {}
// SAFETY: A shared registration offers no operation.
unsafe impl Sync for Registration {}

impl Registration {
    /// Registers `/dev/<name>` with a dynamic minor. Process context. Fails with the errno of
    /// `misc_register`, for example `EEXIST` where the name is taken.
    pub(crate) fn new<T>(
        name: &'static CStr,
        mode: u16,
        operations: &'static Operations<T>,
    ) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            // INVARIANT: The initialiser succeeds only if `misc_register` did.
            inner <- Opaque::try_ffi_init(move |slot: *mut bindings::miscdevice| {
                let device = bindings::miscdevice {
                    minor: bindings::MISC_DYNAMIC_MINOR as c_int,
                    name: name.as_char_ptr(),
                    mode,
                    fops: operations.as_raw(),
                    ..pin_init::zeroed()
                };
                // SAFETY: `slot` is valid for writes.
                unsafe { slot.write(device) };
                // SAFETY: `slot` was filled above, is pinned, and is deregistered before it goes;
                // name and operations are static.
                to_result(unsafe { bindings::misc_register(slot) })
            }),
        })
    }
}

#[pinned_drop]
impl PinnedDrop for Registration {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: By the type invariant `inner` is registered.
        unsafe { bindings::misc_deregister(self.inner.get()) };
    }
}
