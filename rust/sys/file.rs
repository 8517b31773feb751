// SPDX-License-Identifier: GPL-2.0

//! Files that this module gives out.
//!
//! Every table of file operations has this module as its owner, so the module stays as long as a
//! file does. A file is recognised by the address of its table, of which there is one static for
//! each kind.
//!
//! It would be a `kernel::fs` trait for file operations, which the kernel crate has for misc
//! devices alone: see `misc_device`.
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

mod handle;
mod handle_box;
mod plain;
mod shared_dentry;

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

/// What a file without a name in a file system does; the value belongs to the file and goes with
/// it.
pub(crate) trait Anonymous: Sized + Send + Sync + 'static {
    /// [`HandleKind`] or [`PlainKind`].
    type Kind: 'static;

    /// The one table of operations of this type's files.
    const OPERATIONS: &'static Operations<Self, Self::Kind>;

    /// The dentry of the files of this kind.
    fn dentry() -> &'static SharedDentry;

    /// Prints the lines of `/proc/PID/fdinfo/N`.
    fn show_fdinfo(&self, out: &SeqFile);
}

/// A table of file operations for values of type `T`. `K` says what its release expects of the
/// file's private data, so that no file is made with the table of another kind.
pub(crate) struct Operations<T, K> {
    raw: bindings::file_operations,
    _kind: PhantomData<fn(T, K)>,
}

/// A file of a device node, which holds a leaked `KBox<T>`.
pub(crate) enum NodeKind {}
/// A file that is a handle, which holds a `HandleBox<T>`.
pub(crate) enum HandleKind {}
/// A file that is an object, which holds a leaked `Pin<KBox<T>>`.
pub(crate) enum PlainKind {}

impl<T, K> Operations<T, K> {
    /// The table.
    ///
    /// # Safety
    ///
    /// The functions of `raw` expect the private data of the kind `K`, for a value of type `T`.
    pub(super) const unsafe fn new(raw: bindings::file_operations) -> Self {
        Self {
            raw,
            _kind: PhantomData,
        }
    }
}

// SAFETY: The table is never written.
unsafe impl<T, K> Sync for Operations<T, K> {}

/// Which table of file operations a file has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Table(pub(super) *const bindings::file_operations);

impl<T, K> Operations<T, K> {
    /// Which it is.
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
    // SAFETY: The kernel holds the file for the call, and it is as the caller says.
    let value = unsafe { value_of::<T>(file) };
    // SAFETY: The kernel calls for a system call of that name, which takes an fd.
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
    // SAFETY: The private data of a file of each kind begins with a `T`, in a leaked box or in a
    // `HandleBox` that was given up to it. Only the release of its table takes that back.
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
/// Called by the kernel once for a file that holds a leaked `B`, when nobody else can use it any
/// more.
pub(super) unsafe extern "C" fn release<B: ForeignOwnable>(
    _inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: What made the file leaked the box into it, and the file ends here.
    drop(unsafe { B::from_foreign((*file).private_data) });
    0
}
