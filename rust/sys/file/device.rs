// SPDX-License-Identifier: GPL-2.0

//! Open files of a device node.

use super::{
    ioctl,
    release,
    Ioctl,
    Operations, //
};
use crate::sys::{
    misc_device::Registration,
    module::this_module, //
};
use core::marker::PhantomData;
use kernel::{
    bindings,
    prelude::*,
    types::ForeignOwnable, //
};

/// What an open file of a device node does; the value belongs to the file and goes with it.
pub(crate) trait Device: Ioctl + Sized + Send + Sync + 'static {
    /// What all files of the node share; it belongs to the node.
    type Shared: Send + Sync + 'static;

    /// Opens the node.
    fn open(shared: &Self::Shared) -> Result<Self>;
}

impl<T: Device> Operations<T> {
    /// The table of a device node.
    pub(crate) const fn device() -> Self {
        Self {
            raw: bindings::file_operations {
                owner: this_module(),
                open: Some(device_open::<T>),
                release: Some(release::<KBox<T>>),
                unlocked_ioctl: Some(ioctl::<T>),
                compat_ioctl: bindings::compat_ptr_ioctl,
                ..pin_init::zeroed()
            },
            _kind: PhantomData,
        }
    }
}

/// # Safety
///
/// Called by the kernel for a new file of a [`Registration`] of kind `T`.
unsafe extern "C" fn device_open<T: Device>(
    inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: The misc class stored its device there, and keeps it registered during this call.
    let shared = unsafe { Registration::<T>::shared_of((*file).private_data.cast()) };
    match T::open(shared).and_then(|device| Ok(KBox::new(device, GFP_KERNEL_ACCOUNT)?)) {
        Ok(device) => {
            // SAFETY: Nobody else uses the new file yet.
            unsafe { (*file).private_data = device.into_foreign() };
            // SAFETY: As above.
            unsafe { bindings::nonseekable_open(inode, file) }
        }
        Err(error) => error.to_errno(),
    }
}
