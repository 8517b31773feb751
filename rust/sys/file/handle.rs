// SPDX-License-Identifier: GPL-2.0

//! Files that are handles. They can be polled. They are told when no new call can use them.
//!
//! It would be the trait of `kernel::fs` that `file` describes, with `flush` and `poll`.
//! `kernel::sync::poll` takes only the queue of a `CondVar`. Here the queue is also that of the
//! wait engine.

use super::{
    closing::{
        file_goes,
        look_for_a_while,
        Kind, //
    },
    handle_box::{
        EmbedsHandle,
        HandleBox,
        HandleFile, //
    },
    show_fdinfo,
    sleepers::Sleepers,
    value_of,
    Anonymous,
    HandleKind,
    Operations, //
};
use crate::sys::{
    context::is_kernel_caller,
    files::Files,
    helpers,
    module::this_module,
    queue::Queue, //
};
use core::marker::PhantomData;
use kernel::{
    bindings,
    error::to_result,
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
                unlocked_ioctl: Some(handle_ioctl::<T>),
                compat_ioctl: bindings::compat_ptr_ioctl,
                poll: Some(handle_poll::<T>),
                show_fdinfo: Some(show_fdinfo::<T>),
                ..pin_init::zeroed()
            })
        }
    }
}

/// Closes the handle if only this closing and calls that sleep refer to the file. Otherwise has
/// others look again.
///
/// # Safety
///
/// The caller runs for an fd that is closed, of a file of kind `T`. The kernel holds the file
/// meanwhile, and drops the fd's reference after that.
unsafe fn fd_closes<T: Handle>(file: *mut bindings::file) {
    // SAFETY: The caller's promise.
    let handle_file = unsafe { value_of::<HandleFile<T>>(file) };
    let asleep = &handle_file.asleep;
    // SAFETY: The caller's promise.
    if unsafe { asleep.alone_have(file, 1) } {
        handle_file.value.close();
        return;
    }
    // If no other task shares the table and no call sleeps, the last reference is dropped soon, and
    // the handle is closed with it.
    let is_shared = Files::current().is_some_and(Files::are_shared);
    if !is_shared && !asleep.are_any() {
        return;
    }
    asleep.mark();
    let kind = Kind {
        is_unused: is_unused::<T>,
        close: close::<T>,
    };
    // If there is no memory, the work item does not look at the file.
    // SAFETY: The caller's promise. `handle_release` calls `file_goes` for a marked file.
    let _ = unsafe { look_for_a_while(file, kind) };
    // A call may have returned before it could see the mark. Another may return while this closing
    // still has its reference.
    // SAFETY: As above.
    let _ = unsafe { look_on_the_way_out::<T>(file) };
}

/// A look at a file when the current task returns to user space.
#[repr(C)]
struct Look {
    head: bindings::callback_head,
    file: *mut bindings::file,
}

/// Makes the current task count the references again when it returns to user space. The task has no
/// other reference to the file then. Until then a reference keeps the file and the module. It
/// counts as the reference of a call that sleeps.
///
/// # Safety
///
/// The caller holds `file`, of kind `T`.
unsafe fn look_on_the_way_out<T: Handle>(file: *mut bindings::file) -> Result {
    if is_kernel_caller() {
        return Ok(());
    }
    // SAFETY: The caller's promise.
    let asleep = &unsafe { value_of::<HandleFile<T>>(file) }.asleep;
    let head = bindings::callback_head {
        next: core::ptr::null_mut(),
        func: Some(look_now::<T>),
    };
    let look = KBox::into_raw(KBox::new(Look { head, file }, GFP_KERNEL_ACCOUNT)?);
    // SAFETY: The caller holds the file.
    unsafe { helpers::ntevent_helper_get_file(file) };
    asleep.begin();
    // SAFETY: The current task is valid. The work was leaked. It belongs to the task if the call
    // succeeds.
    let error = unsafe {
        bindings::task_work_add(
            bindings::get_current(),
            &raw mut (*look).head,
            bindings::task_work_notify_mode_TWA_RESUME,
        )
    };
    to_result(error).inspect_err(|_| {
        asleep.end();
        // SAFETY: Gives up the reference from above, which is not the last.
        unsafe { bindings::fput(file) };
        // SAFETY: The call failed, so the work does not belong to the task.
        drop(unsafe { KBox::from_raw(look) });
    })
}

/// # Safety
///
/// Called by the kernel for the `head` of a [`Look`] that [`look_on_the_way_out`] leaked.
unsafe extern "C" fn look_now<T: Handle>(head: *mut bindings::callback_head) {
    // SAFETY: The head is the first field of a leaked box.
    let look = unsafe { KBox::from_raw(head.cast::<Look>()) };
    // SAFETY: The look has a reference to the file. It counts as the reference of a call that
    // sleeps.
    unsafe { self::look::<T>(look.file, 0) };
    // SAFETY: As above.
    unsafe { value_of::<HandleFile<T>>(look.file) }.asleep.end();
    // SAFETY: Gives up the look's reference. If it is the last, the kernel releases the file after
    // this function, so the module stays until then.
    unsafe { bindings::fput(look.file) };
}

/// Closes the handle of a file if only the caller's `own` references and calls that sleep refer to
/// the file.
///
/// # Safety
///
/// The caller holds `file`, of kind `T`.
#[cold]
unsafe fn look<T: Handle>(file: *mut bindings::file, own: u32) {
    // SAFETY: The caller's promise.
    let handle_file = unsafe { value_of::<HandleFile<T>>(file) };
    // SAFETY: The caller's promise.
    if unsafe { handle_file.asleep.alone_have(file, own) } {
        handle_file.value.close();
    }
}

/// # Safety
///
/// `file` is of kind `T`, and is not released meanwhile.
unsafe fn is_unused<T: Handle>(file: *mut bindings::file) -> bool {
    // SAFETY: The caller's promise.
    let handle_file = unsafe { value_of::<HandleFile<T>>(file) };
    // SAFETY: The caller's promise.
    unsafe { handle_file.asleep.alone_have(file, 0) }
}

/// # Safety
///
/// `file` is of kind `T`, and is not released meanwhile.
unsafe fn close<T: Handle>(file: *mut bindings::file) {
    // SAFETY: The caller's promise.
    unsafe { value_of::<HandleFile<T>>(file) }.value.close();
}

/// Called for each fd of the file that is closed. The file itself may be released later, when its
/// task returns to user space or when a call on it ends.
///
/// # Safety
///
/// Called by the kernel for a file of kind `T`.
unsafe extern "C" fn handle_flush<T: Handle>(
    file: *mut bindings::file,
    _table: bindings::fl_owner_t,
) -> c_int {
    // SAFETY: The kernel holds the file for the call, and its table is that of `T`.
    unsafe { fd_closes::<T>(file) };
    0
}

/// # Safety
///
/// Called by the kernel for a file of kind `T`.
unsafe extern "C" fn handle_ioctl<T: Handle>(
    file: *mut bindings::file,
    command: c_uint,
    argument: c_ulong,
) -> c_long {
    // SAFETY: As in `handle_flush`.
    let handle_file = unsafe { value_of::<HandleFile<T>>(file) };
    // SAFETY: The kernel calls this for the system call ioctl, which takes an fd.
    let files = unsafe { Files::of_system_call() };
    let call = Call {
        asleep: &handle_file.asleep,
        files,
    };
    let argument = UserPtr::from_addr(argument);
    let result = handle_file.value.ioctl(call, command, argument);
    // In a table that is not shared, the fd is still there, and the call has no reference of its
    // own.
    if handle_file.asleep.are_marked() && files.are_shared() {
        // SAFETY: As in `handle_flush`.
        unsafe { look::<T>(file, 1) };
    }
    match result {
        Ok(value) => value as c_long,
        Err(error) => error.to_errno() as c_long,
    }
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
    // SAFETY: As in `handle_flush`.
    if unsafe { value_of::<HandleFile<T>>(file) }
        .asleep
        .are_marked()
    {
        file_goes(file);
    }
    // SAFETY: [`install`] gave the box to the file. The file ends here, so it is taken back once.
    drop(unsafe { HandleBox::<T>::from_raw((*file).private_data) });
    0
}

/// An ioctl in progress.
pub(crate) struct Call<'a> {
    asleep: &'a Sleepers,
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
            self.asleep.begin();
        }
        Asleep {
            asleep: self.asleep,
            counted,
        }
    }
}

/// An ioctl that sleeps.
pub(crate) struct Asleep<'a> {
    asleep: &'a Sleepers,
    counted: bool,
}

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        if self.counted {
            self.asleep.end();
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
