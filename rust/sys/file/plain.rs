// SPDX-License-Identifier: GPL-2.0

//! Files that are objects. They have ioctls and fdinfo only.
//!
//! It would be the trait of `kernel::fs` that `file` describes.

use super::{
    ioctl,
    release,
    show_fdinfo,
    Anonymous,
    Ioctl,
    Operations,
    PlainKind, //
};
use crate::sys::module::this_module;
use kernel::{
    bindings,
    fs::file::FileDescriptorReservation,
    prelude::*,
    types::ForeignOwnable, //
};

impl<T: Anonymous<Kind = PlainKind> + Ioctl> Operations<T, PlainKind> {
    /// The table of a file made by [`install_plain`].
    pub(crate) const fn plain() -> Self {
        // SAFETY: The functions are those of this kind.
        unsafe {
            Self::new(bindings::file_operations {
                owner: this_module(),
                release: Some(release::<Pin<KBox<T>>>),
                unlocked_ioctl: Some(ioctl::<T>),
                compat_ioctl: bindings::compat_ptr_ioctl,
                show_fdinfo: Some(show_fdinfo::<T>),
                ..pin_init::zeroed()
            })
        }
    }
}

/// Makes a file that holds `value`, installs it in the current task's table, and returns the fd.
/// Process context.
///
/// Errors: `ENFILE`, `ENOMEM`.
pub(crate) fn install_plain<T: Anonymous<Kind = PlainKind> + Ioctl>(
    value: Pin<KBox<T>>,
    fd: FileDescriptorReservation,
) -> Result<u32> {
    let private = value.into_foreign();
    // SAFETY: The operations are static. They expect a leaked box.
    let file = unsafe { T::dentry().open(T::OPERATIONS.as_raw(), private) }.inspect_err(|_| {
        // SAFETY: No file was made, so the box is still ours.
        drop(unsafe { Pin::<KBox<T>>::from_foreign(private) });
    })?;
    let number = fd.reserved_fd();
    fd.fd_install(file);
    Ok(number)
}
