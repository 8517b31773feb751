// SPDX-License-Identifier: GPL-2.0

//! Starting and ending the threads of drivers.

use super::{
    attributes::CapturedAttributes,
    c,
    done,
    memory,
    object::HandleValue,
    results::{
        clear,
        probe_if_wanted, //
    },
    routines,
    shared::{
        add_handle,
        close_handle,
        KernelHandle, //
    },
    thread::Thread, //
};
use crate::{
    namespace::{
        access::{
            Access,
            THREAD, //
        },
        AccessMode, //
    },
    status::Status,
    sys::{
        context,
        memory::Memory,
        thread, //
    }, //
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

/// What a thread runs: a driver's function and its argument.
struct Start {
    thread: Arc<Thread>,
    routine: unsafe extern "C" fn(*mut c_void),
    context: c::PVOID,
}

// SAFETY: The argument belongs to the driver, which has asked that another thread use it.
unsafe impl Send for Start {}

impl thread::Main for Start {
    fn name(&self) -> *const c_void {
        self.routine as *const c_void
    }

    fn run(&self) {
        // SAFETY: The driver passed the routine and the context for this call. It does not unload
        // before the thread has ended.
        unsafe { (self.routine)(self.context) }
    }

    fn on_end(self) {
        self.thread.end();
    }
}

/// Where the handle and the ids of a new thread go.
struct Results {
    handle: Memory,
    /// A CLIENT_ID, or null.
    ids: Memory,
}

/// Starts a thread with a kernel handle. Process context, may sleep.
///
/// Errors: `ACCESS_VIOLATION`, `ACCESS_DENIED`, `INVALID_PARAMETER`, `INVALID_HANDLE`,
/// `INSUFFICIENT_RESOURCES`, those of [`CapturedAttributes::read`].
fn create(
    results: &Results,
    desired: u32,
    attributes: Memory,
    process: c::HANDLE,
    routine: c::PKSTART_ROUTINE,
    context: c::PVOID,
) -> Result<(), Status> {
    clear(results.handle)?;
    probe_if_wanted::<[u64; 2]>(results.ids)?;
    let routine = routine.ok_or(Status::INVALID_PARAMETER)?;
    if CapturedAttributes::read(attributes, true)?.has_name() {
        return Err(Status::INVALID_PARAMETER);
    }
    if !process.is_null() {
        return Err(Status::INVALID_HANDLE);
    }
    let granted = THREAD.requested(desired, || THREAD.all)?;
    let thread = Thread::new()?;
    let start = Start {
        thread: thread.clone(),
        routine,
        context,
    };
    let number = publish(thread, granted, results.handle)?;
    let told = |id: i32| {
        if !results.ids.is_null() {
            let id = u64::from(id.unsigned_abs());
            // An error is ignored. The memory was writable before, and the thread must start.
            let _ = results.ids.write(&[id, id]);
        }
    };
    thread::start(start, told).map_err(|_| {
        let _ = clear(results.handle);
        // This fails if the driver has closed the handle already.
        let _ = close_handle(number);
        Status::INSUFFICIENT_RESOURCES
    })
}

/// Makes a kernel handle and stores it.
fn publish(thread: Arc<Thread>, granted: Access, handle_out: Memory) -> Result<u32, Status> {
    let number = add_handle(KernelHandle::Thread(thread, granted))?;
    if handle_out
        .write(&HandleValue::Kernel(number).value())
        .is_err()
    {
        close_handle(number)?;
        return Err(Status::ACCESS_VIOLATION);
    }
    Ok(number)
}

routines! {
    /// Process context, may sleep.
    ///
    /// # Safety
    ///
    /// See `memory`. This holds for `handle_out`, `attributes` and `ids`. `routine` may be called
    /// with `context` until the thread has ended.
    fn PsCreateSystemThread(
        handle_out: c::PHANDLE,
        desired: c::ULONG,
        attributes: c::POBJECT_ATTRIBUTES,
        process: c::HANDLE,
        ids: c::PCLIENT_ID,
        routine: c::PKSTART_ROUTINE,
        context: c::PVOID,
    ) -> c::NTSTATUS {
        let results = Results {
            // SAFETY: The caller's promise.
            handle: unsafe { memory(AccessMode::Kernel, handle_out) },
            // SAFETY: The caller's promise.
            ids: unsafe { memory(AccessMode::Kernel, ids) },
        };
        // SAFETY: The caller's promise.
        let attributes = unsafe { memory(AccessMode::Kernel, attributes) };
        done(create(&results, desired, attributes, process, routine, context))
    }

    /// Ends the current thread, if `PsCreateSystemThread` started it. The status is ignored. Fails
    /// where the caller must not sleep. Any context.
    ///
    /// # Safety
    ///
    /// Nobody else uses anything on the thread's stack.
    fn PsTerminateSystemThread(_status: c::NTSTATUS) -> c::NTSTATUS {
        if context::may_sleep() {
            // SAFETY: The caller may sleep. Nobody else uses its stack, by its promise. This
            // function has nothing to drop.
            unsafe { thread::exit_current::<Start>() };
        }
        done(Err(Status::INVALID_PARAMETER))
    }
}
