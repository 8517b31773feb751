// SPDX-License-Identifier: GPL-2.0

//! A character device of the misc class, with its own owner and mode.
//!
//! In the kernel crate this is `kernel::miscdevice`. Its `MiscDeviceRegistration` sets no mode. On
//! 7.2 it also sets no owner, so the module could be unloaded while a file is open. Its files share
//! nothing.
//!
//! C header: [`include/linux/miscdevice.h`](srctree/include/linux/miscdevice.h)

use super::{
    file::{
        ioctl,
        release,
        Ioctl,
        NodeKind,
        Operations, //
    },
    module::this_module, //
};
use kernel::{
    bindings,
    container_of,
    error::to_result,
    prelude::*,
    types::{
        ForeignOwnable,
        Opaque, //
    }, //
};

/// What an open file of a device node does. The value belongs to the file and is dropped with it.
pub(crate) trait Device: Ioctl + Sized + Send + Sync + 'static {
    /// What all files of the node share. It belongs to the node.
    type Shared: Send + Sync + 'static;

    /// Makes the value of a file that is being opened.
    fn open(shared: &Self::Shared) -> Result<Self>;
}

/// A registered device. Dropping it removes the node.
///
/// # Invariants
///
/// `inner` is registered.
#[pin_data(PinnedDrop)]
pub(crate) struct Registration<T: Device> {
    shared: T::Shared,
    #[pin]
    inner: Opaque<bindings::miscdevice>,
}

// SAFETY: `misc_deregister` may be called from any thread, and `T::Shared` may be dropped on any.
unsafe impl<T: Device> Send for Registration<T> {}
// SAFETY: A shared registration gives access to `T::Shared`, which is `Sync`, and to fields that do
// not change.
unsafe impl<T: Device> Sync for Registration<T> {}

impl<T: Device> Registration<T> {
    /// Registers `/dev/<name>` with a dynamic minor. Its files share `shared`. Fails with the errno
    /// of `misc_register`, for example `EEXIST` if the name is taken. Process context.
    pub(crate) fn new(
        name: &'static CStr,
        mode: u16,
        operations: &'static Operations<T, NodeKind>,
        shared: T::Shared,
    ) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            // `shared` is initialised before the node exists, because the node can be opened at
            // once.
            shared,
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
                // SAFETY: `slot` was filled above and is pinned. It is deregistered before it is
                // freed. Name and operations are static.
                to_result(unsafe { bindings::misc_register(slot) })
            }),
        })
    }

    /// Whether a misc device has this name. Process context.
    pub(crate) fn is_taken(&self, name: &CStr) -> bool {
        // SAFETY: By the type invariant it is registered, so it has a device of the misc class.
        let class = unsafe { (*(*self.inner.get()).this_device).class };
        // SAFETY: The class stays registered while it has a device. The function expects a string.
        let found = unsafe {
            bindings::class_find_device(
                class,
                core::ptr::null(),
                name.as_char_ptr().cast(),
                Some(bindings::device_match_name),
            )
        };
        if found.is_null() {
            return false;
        }
        // SAFETY: The search took a reference.
        unsafe { bindings::put_device(found) };
        true
    }

    /// What the files of a node share.
    ///
    /// # Safety
    ///
    /// `device` is a field of a registration of this type. The registration stays while `'a` lasts.
    unsafe fn shared_of<'a>(device: *mut bindings::miscdevice) -> &'a T::Shared {
        // SAFETY: The caller says that it is the field of a registration.
        let registration = unsafe { container_of!(device.cast::<Opaque<_>>(), Self, inner) };
        // SAFETY: The caller says that the registration stays.
        unsafe { &(*registration).shared }
    }
}

#[pinned_drop]
impl<T: Device> PinnedDrop for Registration<T> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: By the type invariant `inner` is registered.
        unsafe { bindings::misc_deregister(self.inner.get()) };
    }
}

impl<T: Device> Operations<T, NodeKind> {
    /// The table of a device node.
    pub(crate) const fn device() -> Self {
        // SAFETY: The functions are those of this kind.
        unsafe {
            Self::new(bindings::file_operations {
                owner: this_module(),
                open: Some(device_open::<T>),
                release: Some(release::<KBox<T>>),
                unlocked_ioctl: Some(ioctl::<T>),
                compat_ioctl: bindings::compat_ptr_ioctl,
                ..pin_init::zeroed()
            })
        }
    }
}

/// # Safety
///
/// Called by the kernel for a new file of a [`Registration`] for `T`.
unsafe extern "C" fn device_open<T: Device>(
    inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: The misc class stored its device there. It keeps the device registered for this call.
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
