// SPDX-License-Identifier: GPL-2.0

//! Files that are an object, and do nothing but ioctls.

use super::{
    ioctl_result,
    new_file,
    release,
    show_fdinfo,
    value_of,
    Anonymous,
    Operations, //
};
use crate::sys::module::this_module;
use core::marker::PhantomData;
use kernel::{
    bindings,
    fs::file::FileDescriptorReservation,
    prelude::*,
    uaccess::UserPtr, //
};

/// What a file made by [`install_plain`] does.
pub(crate) trait Plain: Anonymous {
    /// An ioctl on the file; the value is what the system call returns.
    fn ioctl(&self, command: u32, argument: UserPtr) -> Result<u32>;
}

impl<T: Plain> Operations<T> {
    /// The table of a file made by [`install_plain`].
    pub(crate) const fn plain() -> Self {
        Self {
            raw: bindings::file_operations {
                owner: this_module(),
                release: Some(release::<Pin<KBox<T>>>),
                unlocked_ioctl: Some(plain_ioctl::<T>),
                compat_ioctl: bindings::compat_ptr_ioctl,
                show_fdinfo: Some(show_fdinfo::<T>),
                ..pin_init::zeroed()
            },
            _kind: PhantomData,
        }
    }
}

/// # Safety
///
/// Called by the kernel for a file of kind `T`.
unsafe extern "C" fn plain_ioctl<T: Plain>(
    file: *mut bindings::file,
    command: c_uint,
    argument: c_ulong,
) -> c_long {
    // SAFETY: The kernel holds the file for the call, and its table is that of `T`.
    let value = unsafe { value_of::<T>(file) };
    ioctl_result(value.ioctl(command, UserPtr::from_addr(argument)))
}

/// Makes a file that is `value` and installs it in the current task's table: the fd. Process
/// context.
///
/// Errors: `ENFILE`, `ENOMEM`.
pub(crate) fn install_plain<T: Plain>(
    value: Pin<KBox<T>>,
    fd: FileDescriptorReservation,
) -> Result<u32> {
    let file = new_file::<T, _>(value)?;
    let number = fd.reserved_fd();
    fd.fd_install(file);
    Ok(number)
}
