// SPDX-License-Identifier: GPL-2.0

//! The files of this module.
//!
//! The owner of every table of file operations is this module, so the module stays as long as a
//! file does. Each kind of file has one static table. The address of the table identifies the kind.
//!
//! It would be a trait of `kernel::fs` for file operations. The kernel crate has such a trait only
//! for misc devices: see `misc_device`.
//!
//! C headers: [`include/linux/fs.h`](srctree/include/linux/fs.h),
//! [`include/linux/file.h`](srctree/include/linux/file.h)

use super::files::Files;
use core::marker::PhantomData;
use kernel::{
    bindings,
    prelude::*,
    seq_file::SeqFile,
    types::ForeignOwnable,
    uaccess::UserPtr, //
};

mod closing;
mod handle;
mod handle_box;
mod plain;
mod shared_dentry;
mod sleepers;

pub(crate) use closing::Work;
pub(crate) use handle::{
    install,
    Call,
    Handle,
    PollQueue, //
};
pub(crate) use handle_box::{
    EmbeddedHandle,
    EmbedsHandle, //
};
pub(crate) use plain::install_plain;
pub(crate) use shared_dentry::{
    SharedDentry,
    SharedDentryGuard, //
};

/// What an ioctl on a file does.
pub(crate) trait Ioctl {
    /// The value is what the system call returns.
    fn ioctl(&self, files: Files, command: u32, argument: UserPtr) -> Result<u32>;
}

/// What a file without a name in a file system does. The value belongs to the file and is dropped
/// with it.
pub(crate) trait Anonymous: Sized + Send + Sync + 'static {
    /// [`HandleKind`] or [`PlainKind`].
    type Kind: 'static;

    /// The one table of operations of this type's files.
    const OPERATIONS: &'static Operations<Self, Self::Kind>;

    /// The dentry that the files of this type share.
    fn dentry() -> &'static SharedDentry;

    /// Prints the lines of `/proc/PID/fdinfo/N`.
    fn show_fdinfo(&self, out: &SeqFile);
}

/// A table of file operations for values of type `T`. `K` says what `release` expects in the file's
/// private data, so that no file gets the table of another kind.
pub(crate) struct Operations<T, K> {
    raw: bindings::file_operations,
    _kind: PhantomData<fn(T, K)>,
}

/// A file of a device node. It holds a leaked `KBox<T>`.
pub(crate) enum NodeKind {}
/// A file that is a handle. It holds a `HandleBox<T>`.
pub(crate) enum HandleKind {}
/// A file that is an object. It holds a leaked `Pin<KBox<T>>`.
pub(crate) enum PlainKind {}

impl<T, K> Operations<T, K> {
    /// A table of these functions.
    ///
    /// # Safety
    ///
    /// The functions of `raw` expect private data of kind `K` with a value of type `T`.
    pub(super) const unsafe fn new(raw: bindings::file_operations) -> Self {
        Self {
            raw,
            _kind: PhantomData,
        }
    }
}

// SAFETY: The table is never written.
unsafe impl<T, K> Sync for Operations<T, K> {}

/// Identifies a table of file operations, and with it a kind of file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Table(pub(super) *const bindings::file_operations);

impl<T, K> Operations<T, K> {
    /// Identifies this table.
    pub(crate) fn table(&self) -> Table {
        Table(self.as_raw())
    }

    /// The table, for C.
    pub(super) fn as_raw(&self) -> *const bindings::file_operations {
        &self.raw
    }
}

/// # Safety
///
/// Called by the kernel for a file whose private data begins with a `T`.
pub(super) unsafe extern "C" fn ioctl<T: Ioctl>(
    file: *mut bindings::file,
    command: c_uint,
    argument: c_ulong,
) -> c_long {
    // SAFETY: The kernel holds the file for the call. The caller says that it begins with a `T`.
    let value = unsafe { value_of::<T>(file) };
    // SAFETY: The kernel calls this for the system call ioctl, which takes an fd.
    let files = unsafe { Files::of_system_call() };
    match value.ioctl(files, command, UserPtr::from_addr(argument)) {
        Ok(value) => value as c_long,
        Err(error) => error.to_errno() as c_long,
    }
}

/// The value that a file of kind `T` holds.
///
/// # Safety
///
/// `file` is of kind `T`, and is not released while `'a` lasts.
#[inline]
pub(super) unsafe fn value_of<'a, T>(file: *mut bindings::file) -> &'a T {
    // SAFETY: The private data of a file of each kind begins with a `T`. It is a leaked box, or a
    // `HandleBox` that the file owns. Only the `release` of the file's table takes it back.
    unsafe { &*(*file).private_data.cast::<T>() }
}

/// # Safety
///
/// Called by the kernel for an anonymous file of kind `T`.
unsafe extern "C" fn show_fdinfo<T: Anonymous>(
    out: *mut bindings::seq_file,
    file: *mut bindings::file,
) {
    // SAFETY: The kernel holds the file for the call, and its table is that of `T`.
    let value = unsafe { value_of::<T>(file) };
    // SAFETY: The kernel gives a valid seq file that it lets nobody else use meanwhile.
    value.show_fdinfo(unsafe { SeqFile::from_raw(out) });
}

/// # Safety
///
/// Called by the kernel once for a file that holds a leaked `B`, when nothing else uses the file
/// any more.
pub(super) unsafe extern "C" fn release<B: ForeignOwnable>(
    _inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: The file was made with a leaked box. The file ends here, so the box is taken back
    // once.
    drop(unsafe { B::from_foreign((*file).private_data) });
    0
}
