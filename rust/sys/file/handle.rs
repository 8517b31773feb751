// SPDX-License-Identifier: GPL-2.0

//! Files that are a handle: they can be polled, and are told when nobody can use them any more.
//!
//! It would be the same trait of `kernel::fs`, with `flush` and `poll`. `kernel::sync::poll` takes
//! the queue of a `CondVar` alone, and ours is also the queue of the wait engine.

use super::{
    handle_box::{
        EmbedsHandle,
        HandleBox,
        HandleFile, //
    },
    ioctl,
    show_fdinfo,
    value_of,
    Anonymous,
    HandleKind,
    Ioctl,
    Operations, //
};
use crate::sys::{
    files::Files,
    full_barrier,
    helpers,
    module::this_module,
    queue::Queue,
    Atomic,
    Full,
    Relaxed, //
};
use core::marker::PhantomData;
use kernel::{
    bindings,
    fs::file::FileDescriptorReservation,
    prelude::*,
    uaccess::UserPtr, //
};

/// What a file made by [`install`] does.
pub(crate) trait Handle: Anonymous<Kind = HandleKind> + EmbedsHandle {
    /// An ioctl on the file; the value is what the system call returns.
    fn ioctl(&self, call: Call<'_>, command: u32, argument: UserPtr) -> Result<u32>;

    /// No new call can use the file any more; those that sleep may go on.
    fn close(&self);

    /// The queue that tells pollers of changes; `None` if the file must not be polled.
    fn poll_queue(&self) -> Option<PollQueue<'_>> {
        None
    }

    /// What a poller finds now.
    fn is_readable(&self) -> bool {
        false
    }
}

/// The queue of something that a file holds. The kernel takes a poller's entry out of it before it
/// releases the file, so whatever can be borrowed from the file's value outlives the entry.
pub(crate) struct PollQueue<'a> {
    head: *mut bindings::wait_queue_head,
    _queue: PhantomData<&'a ()>,
}

impl<'a> PollQueue<'a> {
    /// That of an object.
    pub(crate) fn new<T, B>(queue: &'a Queue<T, B>) -> Self {
        Self {
            head: queue.as_raw(),
            _queue: PhantomData,
        }
    }
}

impl<T: Handle> Operations<T, HandleKind> {
    /// The table of a file made by [`install`].
    pub(crate) const fn handle() -> Self {
        // SAFETY: The functions are those of this kind.
        unsafe {
            Self::new(bindings::file_operations {
                owner: this_module(),
                flush: Some(handle_flush::<T>),
                release: Some(handle_release::<T>),
                unlocked_ioctl: Some(ioctl::<HandleFile<T>>),
                compat_ioctl: bindings::compat_ptr_ioctl,
                poll: Some(handle_poll::<T>),
                show_fdinfo: Some(show_fdinfo::<T>),
                ..pin_init::zeroed()
            })
        }
    }
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
    // SAFETY: The kernel holds the file for the call, and its table is that of `T`.
    let handle_file = unsafe { value_of::<HandleFile<T>>(file) };
    full_barrier();
    let before = handle_file.asleep.load(Relaxed);
    full_barrier();
    // SAFETY: The kernel holds the file for the call.
    let references = unsafe { helpers::ntevent_helper_file_count(file) };
    full_barrier();
    let sleeping = before as u32 as c_ulong;
    if references == sleeping + 1 && handle_file.asleep.load(Relaxed) == before {
        handle_file.value.close();
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
    // SAFETY: As in `handle_flush`.
    let handle = unsafe { value_of::<T>(file) };
    let Some(queue) = handle.poll_queue() else {
        return bindings::POLLERR;
    };
    // Before the look: a change after it finds the poller in the queue.
    // SAFETY: File and table are valid for the call. The queue is borrowed from the file's value,
    // so it stays until the file is released.
    unsafe { bindings::poll_wait(file, queue.head, table) };
    if handle.is_readable() {
        bindings::POLLIN | bindings::POLLRDNORM
    } else {
        0
    }
}

/// # Safety
///
/// Called by the kernel once for a file of kind `T`, when nobody else can use it any more.
unsafe extern "C" fn handle_release<T: Handle>(
    _inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: [`install`] gave the box up to the file, which ends here.
    drop(unsafe { HandleBox::<T>::from_raw((*file).private_data) });
    0
}

impl<T: Handle> Ioctl for HandleFile<T> {
    #[inline]
    fn ioctl(&self, files: Files, command: u32, argument: UserPtr) -> Result<u32> {
        let asleep = &self.asleep;
        self.value.ioctl(Call { asleep, files }, command, argument)
    }
}

/// One more call sleeps.
const BEGINS: u64 = (1 << 32) + 1;

/// An ioctl in progress.
pub(crate) struct Call<'a> {
    asleep: &'a Atomic<u64>,
    /// The fds of the task that calls.
    pub(crate) files: Files,
}

impl<'a> Call<'a> {
    /// Sleeps: until the value is dropped, the call does not count as a use of the file.
    pub(crate) fn asleep(self) -> Asleep<'a> {
        // A task that shares its table with nobody has no reference for the call: nobody could
        // close the fd meanwhile. It cannot begin to share before the call ends.
        let counted = self.files.are_shared();
        if counted {
            self.asleep.fetch_add(BEGINS, Full);
        }
        Asleep {
            asleep: self.asleep,
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

/// Makes a file that holds `handle` and installs it in the current task's table: the fd. `commit`
/// learns its number when nothing else can fail; if it fails, no fd exists. Process context.
///
/// Errors: `ENFILE`, `ENOMEM`, and those of `commit`.
pub(crate) fn install<T: Handle>(
    handle: T,
    fd: FileDescriptorReservation,
    commit: impl FnOnce(&T, u32) -> Result,
) -> Result<u32> {
    let raw = HandleBox::new(handle)?.into_raw();
    // SAFETY: The operations are static, and expect a `HandleBox` that is given up to them.
    let file = unsafe { T::dentry().open(T::OPERATIONS.as_raw(), raw) }.inspect_err(|_| {
        // SAFETY: No file was made.
        drop(unsafe { HandleBox::<T>::from_raw(raw) });
    })?;
    let number = fd.reserved_fd();
    // SAFETY: The file was made for this kind, and is held.
    let value = unsafe { value_of::<T>(file.as_ptr()) };
    // The file itself may go later.
    commit(value, number).inspect_err(|_| value.close())?;
    fd.fd_install(file);
    Ok(number)
}
