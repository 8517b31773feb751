// SPDX-License-Identifier: GPL-2.0

//! Files that are handles. They can be polled. They are told when no new call can use them.
//!
//! It would be the trait of `kernel::fs` that `file` describes, with `flush` and `poll`.
//! `kernel::sync::poll` takes only the queue of a `CondVar`. Here the queue is also that of the
//! wait engine.

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
    /// An ioctl on the file. The value is what the system call returns.
    fn ioctl(&self, call: Call<'_>, command: u32, argument: UserPtr) -> Result<u32>;

    /// Called when no new call can use the file any more. Calls that sleep may go on.
    fn close(&self);

    /// The queue that pollers wait in. `None` if the file must not be polled.
    fn poll_queue(&self) -> Option<PollQueue<'_>> {
        None
    }

    /// Whether a poller finds the file readable now.
    fn is_readable(&self) -> bool {
        false
    }
}

/// A queue for the pollers of a file. It is borrowed from the file's value. The kernel takes a
/// poller's entry out of it before it releases the file, so the queue outlives the entry.
pub(crate) struct PollQueue<'a> {
    head: *mut bindings::wait_queue_head,
    _queue: PhantomData<&'a ()>,
}

impl<'a> PollQueue<'a> {
    /// The queue of an object.
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

/// Called for each fd of the file that is closed. The file itself may be released later, when its
/// task returns to user space. If only this close and sleeping calls refer to the file, then no new
/// call can use it: it is in no table of fds, in no message and in no other call.
///
/// This is so at the instant at which the references are counted, if their number is that of the
/// sleeping calls plus one. The word that counts the sleeping calls is the same before and after,
/// so the same calls slept all the time. Each of them had its reference before it began to count as
/// sleeping, and has it until after it stops.
///
/// It stays so. A new reference comes from another reference, or from a table of fds. A thread that
/// finds the fd in a table counts its reference, has a full barrier, and then looks at the table
/// again. Here the fd was taken out of the table before the barrier and the count. (A task that
/// exits has given up the whole table by then.) So either the thread's reference is counted here,
/// or the thread finds the fd gone. Only epoll can still call `poll`, which is allowed.
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
    // The poller is queued before the state is read, so that a later change finds it in the queue.
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
/// Called by the kernel once for a file of kind `T`, when nothing else uses the file any more.
unsafe extern "C" fn handle_release<T: Handle>(
    _inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: [`install`] gave the box to the file. The file ends here, so it is taken back once.
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

/// Added to the word of sleeping calls when one more call sleeps.
const BEGINS: u64 = (1 << 32) + 1;

/// An ioctl in progress.
pub(crate) struct Call<'a> {
    asleep: &'a Atomic<u64>,
    /// The fds of the task that calls.
    pub(crate) files: Files,
}

impl<'a> Call<'a> {
    /// Lets the call sleep. Until the result is dropped, the call does not count as a use of the
    /// file.
    pub(crate) fn asleep(self) -> Asleep<'a> {
        // A task that does not share its table has no reference for the call, because nobody else
        // can close the fd. The task cannot begin to share its table before the call ends.
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

/// Makes a file that holds `handle`, installs it in the current task's table, and returns the fd.
/// `commit` is called with the fd when nothing else can fail. If it fails, no fd exists. Process
/// context.
///
/// Errors: `ENFILE`, `ENOMEM`, and those of `commit`.
pub(crate) fn install<T: Handle>(
    handle: T,
    fd: FileDescriptorReservation,
    commit: impl FnOnce(&T, u32) -> Result,
) -> Result<u32> {
    let raw = HandleBox::new(handle)?.into_raw();
    // SAFETY: The operations are static. They expect a `HandleBox` that the file owns.
    let file = unsafe { T::dentry().open(T::OPERATIONS.as_raw(), raw) }.inspect_err(|_| {
        // SAFETY: No file was made, so the box is still ours.
        drop(unsafe { HandleBox::<T>::from_raw(raw) });
    })?;
    let number = fd.reserved_fd();
    // SAFETY: The file was made with the table of `T`, and `file` keeps it.
    let value = unsafe { value_of::<T>(file.as_ptr()) };
    // If `commit` fails, the file itself may be released later. So the handle is closed here.
    commit(value, number).inspect_err(|_| value.close())?;
    fd.fd_install(file);
    Ok(number)
}
