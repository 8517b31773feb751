// SPDX-License-Identifier: GPL-2.0

//! Files that this module gives out.
//!
//! Every table of file operations has this module as its owner, so the module stays as long as a
//! file does. A file is recognised by the address of its table, of which there is one static for
//! each kind.
//!
//! C headers: [`include/linux/fs.h`](srctree/include/linux/fs.h),
//! [`include/linux/file.h`](srctree/include/linux/file.h)

use super::{
    full_barrier,
    helpers,
    misc_device::Registration,
    module::this_module,
    queue::Queue,
    Atomic,
    Full,
    Relaxed, //
};
use core::{
    marker::PhantomData,
    ptr::NonNull, //
};
use kernel::{
    bindings,
    error::from_err_ptr,
    fs::file::{
        File,
        FileDescriptorReservation, //
    },
    prelude::*,
    seq_file::SeqFile,
    sync::aref::ARef,
    uaccess::UserPtr, //
};

/// What an open file of a device node does; the value belongs to the file and goes with it.
pub(crate) trait Device: Sized + Send + Sync + 'static {
    /// What all files of the node share; it belongs to the node.
    type Shared: Send + Sync + 'static;

    /// Opens the node.
    fn open(shared: &Self::Shared) -> Result<Self>;

    /// An ioctl on the file; the value is what the system call returns.
    fn ioctl(&self, command: u32, argument: UserPtr) -> Result<u32>;
}

/// What a file made by [`install`] does; the value belongs to the file and goes with it.
pub(crate) trait Handle: Sized + Send + Sync + 'static {
    /// The one table of operations of this kind.
    const OPERATIONS: &'static Operations<Self>;

    /// What `/proc/PID/fd/N` shows behind `anon_inode:`.
    const NAME: &'static CStr;

    /// An ioctl on the file; the value is what the system call returns.
    fn ioctl(&self, call: Call<'_>, command: u32, argument: UserPtr) -> Result<u32>;

    /// No new call can use the file any more; those that sleep may go on.
    fn close(&self);

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

/// Which table of file operations a file has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Table(pub(super) *const bindings::file_operations);

impl<T> Operations<T> {
    /// Which it is.
    pub(crate) fn table(&self) -> Table {
        Table(self.as_raw())
    }

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
                open: Some(device_open::<T>),
                release: Some(release::<T>),
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
                flush: Some(handle_flush::<T>),
                release: Some(release::<Slot<T>>),
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
/// Called by the kernel for a new file of a [`Registration`] of kind `T`.
unsafe extern "C" fn device_open<T: Device>(
    _inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: The misc class stored its device there, and keeps it registered during this call.
    let shared = unsafe { Registration::<T>::shared_of((*file).private_data.cast()) };
    match T::open(shared).and_then(|device| Ok(KBox::new(device, GFP_KERNEL_ACCOUNT)?)) {
        Ok(device) => {
            // SAFETY: Nobody else uses the new file yet.
            unsafe { (*file).private_data = KBox::into_raw(device).cast() };
            0
        }
        Err(error) => error.to_errno(),
    }
}

/// # Safety
///
/// Called by the kernel for a file of a device of kind `T`.
unsafe extern "C" fn device_ioctl<T: Device>(
    file: *mut bindings::file,
    command: c_uint,
    argument: c_ulong,
) -> c_long {
    // SAFETY: The kernel holds the file for the call, and its table is that of `T`.
    let device = unsafe { value_of::<T>(file) };
    ioctl_result(device.ioctl(command, UserPtr::from_addr(argument)))
}

/// The value that a file of kind `T` holds.
///
/// # Safety
///
/// `file` was made by [`install`] with a slot, or opened by `device_open` with a device, of type
/// `T`, and is not released while `'a` lasts.
#[inline]
pub(super) unsafe fn value_of<'a, T>(file: *mut bindings::file) -> &'a T {
    // SAFETY: Both stored a leaked box of `T` there, and `release` alone takes it back.
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
    let slot = unsafe { value_of::<Slot<T>>(file) };
    let call = Call(&slot.asleep);
    ioctl_result(
        slot.value
            .ioctl(call, command, UserPtr::from_addr(argument)),
    )
}

/// Called for each fd of the file that is closed; the file itself may go later, as its task returns
/// to user space. If what refers to the file is this closing and
/// calls that sleep, and nothing else, then nobody can come to use it any more: it is in no table
/// of fds, in no message, in no other call.
///
/// Nothing else refers to it at the instant at which the references are counted, if their number is
/// that of the sleeping calls and one. For with the word of the sleepers the same before and after,
/// they were the same calls all the time, and each of them had its reference before it said that it
/// sleeps and has it until after it said that it does not. And it stays so: a reference comes from
/// another one, or from a table. A thread that found the fd in the table before it was taken out
/// counts its reference, a full barrier, and then looks at the table again; here the fd was taken
/// out (of a task that exits, the table) before the barrier and the counting. So either it is
/// counted here, or it finds the fd gone. Epoll alone may still come, and poll, which it may.
///
/// # Safety
///
/// Called by the kernel for a file of kind `T`.
unsafe extern "C" fn handle_flush<T: Handle>(
    file: *mut bindings::file,
    _table: bindings::fl_owner_t,
) -> c_int {
    // SAFETY: As in `handle_ioctl`.
    let slot = unsafe { value_of::<Slot<T>>(file) };
    full_barrier();
    let before = slot.asleep.load(Relaxed);
    full_barrier();
    // SAFETY: The kernel holds the file for the call.
    let references = unsafe { helpers::ntevent_helper_file_count(file) };
    full_barrier();
    let others = references.wrapping_sub(before as u32 as c_ulong);
    if others == 1 && slot.asleep.load(Relaxed) == before {
        slot.value.close();
    }
    0
}

/// # Safety
///
/// Called by the kernel for a file of kind `T`.
unsafe extern "C" fn handle_poll<T: Handle>(
    file: *mut bindings::file,
    table: *mut bindings::poll_table_struct,
) -> bindings::__poll_t {
    // SAFETY: As in `handle_ioctl`.
    let handle = unsafe { &value_of::<Slot<T>>(file).value };
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
    let handle = unsafe { &value_of::<Slot<T>>(file).value };
    // SAFETY: The kernel gives a valid seq file that it lets nobody else use meanwhile.
    handle.show_fdinfo(unsafe { SeqFile::from_raw(out) });
}

/// # Safety
///
/// Called by the kernel once for a file of kind `T`, when nobody else can use it any more.
unsafe extern "C" fn release<T>(_inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
    // SAFETY: `install` or `device_open` leaked this box into the file, and the file ends here.
    drop(unsafe { KBox::<T>::from_raw((*file).private_data.cast()) });
    0
}

/// What a file made by [`install`] holds.
pub(super) struct Slot<T> {
    /// The file's value.
    pub(super) value: T,
    /// In the low half how many calls on the file sleep and have a reference to it, in the high half
    /// how many began to, so that the word is never again as it was.
    asleep: Atomic<u64>,
}

/// One more call sleeps.
const BEGINS: u64 = (1 << 32) + 1;

/// An ioctl in progress.
pub(crate) struct Call<'a>(&'a Atomic<u64>);

impl<'a> Call<'a> {
    /// Sleeps: until the value is dropped, the call does not count as a use of the file.
    pub(crate) fn asleep(self) -> Asleep<'a> {
        // A task that shares its table with nobody has no reference for the call: nobody could
        // close the fd meanwhile. It cannot begin to share before the call ends.
        // SAFETY: In a system call the current task has a table.
        let counted = unsafe { helpers::ntevent_helper_files_are_shared() };
        if counted {
            self.0.fetch_add(BEGINS, Full);
        }
        Asleep {
            asleep: self.0,
            counted,
        }
    }
}

/// An ioctl that sleeps.
pub(crate) struct Asleep<'a> {
    asleep: &'a Atomic<u64>,
    counted: bool,
}

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        if self.counted {
            self.asleep.fetch_sub(1, Full);
        }
    }
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
/// learns its number when nothing else can fail; if it fails, no fd exists. Process context.
///
/// Errors: `ENFILE`, `ENOMEM`, and those of `commit`.
pub(crate) fn install<T: Handle>(
    handle: T,
    fd: FileDescriptorReservation,
    commit: impl FnOnce(&T, u32) -> Result,
) -> Result<u32> {
    let slot = Slot {
        value: handle,
        asleep: Atomic::new(0),
    };
    let file = new_file(KBox::new(slot, GFP_KERNEL_ACCOUNT)?)?;
    let number = fd.reserved_fd();
    // SAFETY: The file was made for this kind, and is held.
    let value = unsafe { &value_of::<Slot<T>>(file.as_ptr()).value };
    // The file itself may go later.
    commit(value, number).inspect_err(|_| value.close())?;
    fd.fd_install(file);
    Ok(number)
}

fn new_file<T: Handle>(slot: KBox<Slot<T>>) -> Result<ARef<File>> {
    let private = KBox::into_raw(slot);
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
