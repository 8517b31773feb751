// SPDX-License-Identifier: GPL-2.0

//! Kernel threads that run a function of another module.
//!
//! It would be `kernel::kthread`. The kernel crate has work queues and no threads.
//!
//! C header: [`include/linux/kthread.h`](srctree/include/linux/kthread.h)

use super::helpers;
use kernel::{
    bindings,
    error::from_err_ptr,
    prelude::*, //
};

/// What a thread does.
pub(crate) trait Main: Send + Sized + 'static {
    /// The function that the thread is named after.
    fn name(&self) -> *const c_void;

    /// Called in the thread, in process context. It may end the thread by [`exit_current`].
    fn run(&self);

    /// Called in the thread after [`Self::run`]. From here on the thread runs only code of this
    /// module and of the kernel.
    fn on_end(self);
}

/// Starts a thread. `before` is called with the id of the thread, before the thread runs. The
/// thread keeps this module from being unloaded until it runs no code of the module any more.
/// Process context, may sleep.
///
/// Errors: `ENOMEM`, and `EINTR` if the caller is killed meanwhile. After an error no thread was
/// started, and `value` is dropped.
pub(crate) fn start<T: Main>(value: T, before: impl FnOnce(i32)) -> Result {
    let name = value.name();
    let data = KBox::into_raw(KBox::new(value, GFP_KERNEL)?);
    // SAFETY: The function takes such data. It does not run before the thread is woken.
    let created =
        unsafe { helpers::ntevent_helper_create_thread(Some(main::<T>), data.cast(), name) };
    let task = from_err_ptr(created).inspect_err(|_| {
        // SAFETY: No thread was created that could own the box.
        drop(unsafe { KBox::from_raw(data) });
    })?;
    // SAFETY: The thread does not run yet, so it has not ended.
    before(unsafe { (*task).pid });
    // SAFETY: As above. `task` is not used after this.
    unsafe { bindings::wake_up_process(task) };
    Ok(())
}

/// Ends the current thread, if [`start`] started it for a `T`. Otherwise returns. Any context.
///
/// # Safety
///
/// The thread may sleep. Nobody else uses anything on its stack, and no value there needs to be
/// dropped.
pub(crate) unsafe fn exit_current<T: Main>() {
    // SAFETY: The helper looks at the current task.
    let data = unsafe { helpers::ntevent_helper_thread_data(Some(main::<T>)) };
    if !data.is_null() {
        // SAFETY: It is the data of this thread, which runs `main`. `end` does not return, so
        // `main` does not use the data again.
        unsafe { end::<T>(data) };
    }
}

/// # Safety
///
/// Called by the kernel as the function of a thread that [`start`] created, with its data.
unsafe extern "C" fn main<T: Main>(data: *mut c_void) -> c_int {
    // SAFETY: The thread owns the box until it ends, which is below or in `exit_current`.
    unsafe { &*data.cast::<T>() }.run();
    // SAFETY: As above. Nothing borrows it any more.
    unsafe { end::<T>(data) }
}

/// # Safety
///
/// Called once in a thread that [`start`] created, with the data of the thread. The data is not
/// used again.
unsafe fn end<T: Main>(data: *mut c_void) -> ! {
    // SAFETY: The caller's promise: `start` leaked the box.
    let value = KBox::into_inner(unsafe { KBox::from_raw(data.cast::<T>()) });
    value.on_end();
    // SAFETY: This is a kernel thread that holds a reference to the module.
    unsafe { helpers::ntevent_helper_exit_thread() }
}
