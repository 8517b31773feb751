// SPDX-License-Identifier: GPL-2.0

//! Files that this module gives out, and finding them again by fd.
//!
//! Every table of file operations has this module as its owner, so the module stays as long as a
//! file does. A file is recognised by the address of its table, of which there is one static for
//! each kind.
//!
//! C headers: [`include/linux/fs.h`](srctree/include/linux/fs.h),
//! [`include/linux/file.h`](srctree/include/linux/file.h)

use super::{
    helpers,
    module::this_module,
    queue::Queue, //
};
use core::{
    marker::PhantomData,
    ops::Deref,
    ptr::NonNull, //
};
use kernel::{
    bindings,
    error::from_err_ptr,
    fs::file::{
        flags,
        File,
        FileDescriptorReservation, //
    },
    prelude::*,
    seq_file::SeqFile,
    sync::aref::ARef,
    types::NotThreadSafe,
    uaccess::UserPtr, //
};

/// What a device node does.
pub(crate) trait Device: 'static {
    /// An ioctl on the node; the value is what the system call returns.
    fn ioctl(command: u32, argument: UserPtr) -> Result<u32>;
}

/// What a file made by [`install`] does; the value belongs to the file and goes with it.
pub(crate) trait Handle: Sized + Send + Sync + 'static {
    /// The one table of operations of this kind.
    const OPERATIONS: &'static Operations<Self>;

    /// What `/proc/PID/fd/N` shows behind `anon_inode:`.
    const NAME: &'static CStr;

    /// An ioctl on the file; the value is what the system call returns.
    fn ioctl(&self, command: u32, argument: UserPtr) -> Result<u32>;

    /// Registers with the table and says what a poller finds now.
    fn poll(&self, table: &PollTable) -> Readiness;

    /// Prints the lines of `/proc/PID/fdinfo/N`.
    fn show_fdinfo(&self, out: &SeqFile);
}

/// What a poller finds.
pub(crate) enum Readiness {
    /// Nothing to be had.
    Nothing,
    /// The object is signaled.
    Readable,
    /// The file must not be polled.
    Error,
}

/// A table of file operations.
pub(crate) struct Operations<T> {
    raw: bindings::file_operations,
    _kind: PhantomData<fn(T)>,
}

// SAFETY: The table is never written.
unsafe impl<T> Sync for Operations<T> {}

impl<T> Operations<T> {
    /// The table, for C.
    pub(super) fn as_raw(&self) -> *const bindings::file_operations {
        &self.raw
    }
}

impl<T: Device> Operations<T> {
    /// The table of a device node.
    pub(crate) const fn device() -> Self {
        Self {
            raw: bindings::file_operations {
                owner: this_module(),
                unlocked_ioctl: Some(device_ioctl::<T>),
                compat_ioctl: bindings::compat_ptr_ioctl,
                ..pin_init::zeroed()
            },
            _kind: PhantomData,
        }
    }
}

impl<T: Handle> Operations<T> {
    /// The table of a file made by [`install`].
    pub(crate) const fn handle() -> Self {
        Self {
            raw: bindings::file_operations {
                owner: this_module(),
                release: Some(handle_release::<T>),
                unlocked_ioctl: Some(handle_ioctl::<T>),
                compat_ioctl: bindings::compat_ptr_ioctl,
                poll: Some(handle_poll::<T>),
                show_fdinfo: Some(handle_show_fdinfo::<T>),
                ..pin_init::zeroed()
            },
            _kind: PhantomData,
        }
    }
}

#[inline]
fn ioctl_result(result: Result<u32>) -> c_long {
    match result {
        Ok(value) => value as c_long,
        Err(error) => error.to_errno() as c_long,
    }
}

/// # Safety
///
/// Called by the kernel for a file of a device of kind `T`.
unsafe extern "C" fn device_ioctl<T: Device>(
    _file: *mut bindings::file,
    command: c_uint,
    argument: c_ulong,
) -> c_long {
    ioctl_result(T::ioctl(command, UserPtr::from_addr(argument)))
}

/// The value that a file of kind `T` holds.
///
/// # Safety
///
/// `file` was made by [`install`] for kind `T`, and is not released while `'a` lasts.
#[inline]
unsafe fn handle_of<'a, T: Handle>(file: *mut bindings::file) -> &'a T {
    // SAFETY: `install` stored a leaked box of `T` there, and `release` alone takes it back.
    unsafe { &*(*file).private_data.cast::<T>() }
}

/// # Safety
///
/// Called by the kernel for a file of kind `T`.
unsafe extern "C" fn handle_ioctl<T: Handle>(
    file: *mut bindings::file,
    command: c_uint,
    argument: c_ulong,
) -> c_long {
    // SAFETY: The kernel holds the file for the call, and its table is that of `T`.
    let handle = unsafe { handle_of::<T>(file) };
    ioctl_result(handle.ioctl(command, UserPtr::from_addr(argument)))
}

/// # Safety
///
/// Called by the kernel for a file of kind `T`.
unsafe extern "C" fn handle_poll<T: Handle>(
    file: *mut bindings::file,
    table: *mut bindings::poll_table_struct,
) -> bindings::__poll_t {
    // SAFETY: As in `handle_ioctl`.
    let handle = unsafe { handle_of::<T>(file) };
    match handle.poll(&PollTable { file, table }) {
        Readiness::Nothing => 0,
        Readiness::Readable => bindings::POLLIN | bindings::POLLRDNORM,
        Readiness::Error => bindings::POLLERR,
    }
}

/// # Safety
///
/// Called by the kernel for a file of kind `T`.
unsafe extern "C" fn handle_show_fdinfo<T: Handle>(
    out: *mut bindings::seq_file,
    file: *mut bindings::file,
) {
    // SAFETY: As in `handle_ioctl`.
    let handle = unsafe { handle_of::<T>(file) };
    // SAFETY: The kernel gives a valid seq file that it lets nobody else use meanwhile.
    handle.show_fdinfo(unsafe { SeqFile::from_raw(out) });
}

/// # Safety
///
/// Called by the kernel once for a file of kind `T`, when nobody else can use it any more.
unsafe extern "C" fn handle_release<T: Handle>(
    _inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: `install` leaked this box into the file, and the file ends here.
    drop(unsafe { KBox::<T>::from_raw((*file).private_data.cast()) });
    0
}

/// Who polls a file, for the time of one `poll` call.
pub(crate) struct PollTable {
    file: *mut bindings::file,
    table: *mut bindings::poll_table_struct,
}

impl PollTable {
    /// Has `queue` tell the poller of changes. The queue must belong to what the polled file holds,
    /// so that it outlives the file: the kernel takes its entries out before it releases a file.
    pub(crate) fn register<T, B>(&self, queue: &Queue<T, B>) {
        // SAFETY: File and table are valid for the call; the queue outlives the file.
        unsafe { bindings::poll_wait(self.file, queue.as_raw(), self.table) }
    }
}

/// Makes a file that holds `handle` and installs it in the current task's table: the fd. `commit`
/// runs when nothing else can fail any more; if it fails, no fd exists. Process context.
///
/// Errors: `EMFILE`, `ENFILE`, `ENOMEM`, and those of `commit`.
pub(crate) fn install<T: Handle>(
    handle: T,
    close_on_exec: bool,
    commit: impl FnOnce() -> Result,
) -> Result<u32> {
    let fd_flags = if close_on_exec { flags::O_CLOEXEC } else { 0 };
    let fd = FileDescriptorReservation::get_unused_fd_flags(fd_flags)?;
    let file = new_file(KBox::new(handle, GFP_KERNEL_ACCOUNT)?)?;
    commit()?;
    let number = fd.reserved_fd();
    fd.fd_install(file);
    Ok(number)
}

fn new_file<T: Handle>(handle: KBox<T>) -> Result<ARef<File>> {
    let private = KBox::into_raw(handle);
    // SAFETY: Name and table are static; the file keeps `private` for `release`.
    let file = from_err_ptr(unsafe {
        helpers::anon_inode_getfile(
            T::NAME.as_char_ptr(),
            T::OPERATIONS.as_raw(),
            private.cast(),
            bindings::O_RDWR as c_int,
        )
    });
    match file {
        // SAFETY: The new file comes with one reference, which is handed on, and has no `fdget_pos`
        // users.
        Ok(file) => Ok(unsafe { ARef::from_raw(NonNull::new_unchecked(file.cast())) }),
        Err(error) => {
            // SAFETY: No file was made, so the box is still ours.
            drop(unsafe { KBox::from_raw(private) });
            Err(error)
        }
    }
}

/// An open fd of the current task that is a file of kind `T`, for the time of a system call:
/// without a reference of its own if no other thread can close it.
///
/// # Invariants
///
/// `raw` came from `fdget` in the current system call, and is a file of kind `T`.
pub(crate) struct Fd<T> {
    raw: bindings::fd,
    _kind: PhantomData<T>,
    _not_send: NotThreadSafe,
}

impl<T: Handle> Fd<T> {
    /// Looks `fd` up; `None` if it is not open or is another kind of file. Process context.
    #[inline]
    pub(crate) fn get(fd: i32) -> Option<Self> {
        // A negative number is larger than any table, so it finds nothing.
        // SAFETY: In a system call; `Drop` puts it back.
        let raw = unsafe { bindings::fdget(fd as c_uint) };
        let file = Self::file(&raw);
        if file.is_null() {
            return None;
        }
        let found = Self {
            raw,
            _kind: PhantomData,
            _not_send: NotThreadSafe,
        };
        // SAFETY: The file is open, and `f_op` does not change while it is.
        let operations = unsafe { (*file).f_op };
        core::ptr::eq(operations, T::OPERATIONS.as_raw()).then_some(found)
    }
}

impl<T> Fd<T> {
    #[inline]
    fn file(raw: &bindings::fd) -> *mut bindings::file {
        let bits = bindings::FDPUT_FPUT | bindings::FDPUT_POS_UNLOCK;
        (raw.word & !(bits as c_ulong)) as *mut bindings::file
    }
}

impl<T: Handle> Deref for Fd<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: By the type invariant it is a file of kind `T`, open until `self` is dropped.
        unsafe { handle_of(Self::file(&self.raw)) }
    }
}

impl<T> Drop for Fd<T> {
    #[inline]
    fn drop(&mut self) {
        if self.raw.word & bindings::FDPUT_FPUT as c_ulong != 0 {
            // SAFETY: `fdget` took a reference, as its flag says, and this is its end.
            unsafe { bindings::fput(Self::file(&self.raw)) };
        }
    }
}
