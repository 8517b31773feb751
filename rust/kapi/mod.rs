// SPDX-License-Identifier: GPL-2.0

//! The kernel API: the routines that NT drivers call, under their own names, for other kernel
//! modules.
//!
//! Like `sys` this is a boundary, where pointers of C code come in. `docs/kernel-api.md` says what
//! each routine does. The C prototypes are in `include/ntevent`. [`c`] is what bindgen makes of
//! them, and every definition here is checked against it.
//!
//! A user's handle is an fd of `/dev/ntevent`, which the object manager looks up.

mod attributes;
mod create;
mod delay;
mod event;
mod handle;
mod irql;
mod object;
mod results;
mod shared;
mod storport;
mod string;
mod system_thread;
mod thread;
mod time;
mod wait;

pub(crate) use shared::Registration;

use crate::{
    namespace::{
        AccessMode,
        Event, //
    },
    status::Status,
    sys::{
        context,
        memory::Memory,
        queue::Magic, //
    }, //
};

/// The C headers as Rust code.
#[allow(
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    dead_code,
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unreachable_pub,
    unused_imports
)]
mod c {
    use kernel::ffi;

    include!(env!("NTEVENT_KAPI_RS"));
}

/// Defines exported routines. The compiler checks each against its C prototype.
macro_rules! routines {
    ($(
        $(#[$attribute:meta])*
        fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block
    )+) => {$(
        $(#[$attribute])*
        #[no_mangle]
        #[allow(non_snake_case, reason = "the names are those of NT")]
        pub(crate) unsafe extern "C" fn $name($($argument: $type),*) $(-> $result)? $body

        const _: () = {
            // Both branches must have the same type.
            if true { $crate::kapi::c::$name } else { $name };
        };
    )+};
}
use routines;

/// A routine in its two forms: called for the kernel, or for the previous mode.
macro_rules! in_both_modes {
    ($(
        $(#[$attribute:meta])*
        $zw:ident, $nt:ident($mode:ident, $($argument:ident: $type:ty),*) $body:block
    )+) => {$(
        $crate::kapi::routines! {
            $(#[$attribute])*
            fn $zw($($argument: $type),*) -> $crate::kapi::c::NTSTATUS {
                let $mode = $crate::namespace::AccessMode::Kernel;
                $body
            }

            $(#[$attribute])*
            fn $nt($($argument: $type),*) -> $crate::kapi::c::NTSTATUS {
                let $mode = $crate::kapi::previous_mode();
                $body
            }
        }
    )+};
}
use in_both_modes;

/// The result of an operation as an NTSTATUS.
fn ntstatus(result: Result<u32, Status>) -> c::NTSTATUS {
    let code = match result {
        Ok(code) => code,
        Err(status) => status.code(),
    };
    code as c::NTSTATUS
}

/// Like [`ntstatus`], for operations whose success has no value.
fn done(result: Result<(), Status>) -> c::NTSTATUS {
    ntstatus(result.map(|()| 0))
}

/// The previous mode. Any context.
///
/// It is user in a process of user space, and kernel in a kernel thread or an interrupt.
fn previous_mode() -> AccessMode {
    if context::is_kernel_caller() {
        AccessMode::Kernel
    } else {
        AccessMode::User
    }
}

/// The memory that a caller's pointer refers to.
///
/// # Safety
///
/// For the kernel, the caller lets the routine overwrite the memory if the routine writes there.
/// Memory that cannot be read or written gives an error. The same is true of the pointers in that
/// memory.
unsafe fn memory<T>(mode: AccessMode, pointer: *const T) -> Memory {
    match mode {
        AccessMode::User => Memory::user(pointer as usize),
        // SAFETY: The caller's promise.
        AccessMode::Kernel => unsafe { Memory::kernel(pointer as usize) },
    }
}

/// Refuses user memory that is not aligned for a `T`. Kernel memory may be misaligned.
///
/// Errors: `DATATYPE_MISALIGNMENT`.
fn require_aligned<T>(memory: Memory) -> Result<(), Status> {
    if memory.is_user() && !memory.is_aligned(align_of::<T>()) {
        return Err(Status::DATATYPE_MISALIGNMENT);
    }
    Ok(())
}

/// The event that a kernel pointer refers to.
///
/// # Safety
///
/// See `waitable_at`.
unsafe fn event_at<'a>(pointer: *const c::_KEVENT) -> Option<&'a Event> {
    // SAFETY: The caller's promise.
    let event = unsafe { waitable_at(pointer) };
    event.filter(|event| event.magic() != Magic::THREAD)
}

/// The object of a kernel pointer, if it can be waited for. It is an event or a thread. For a
/// thread this is the event that is set when the thread has ended.
///
/// # Safety
///
/// The pointer is null, or valid for reading a `KEVENT` during `'a`. An event there stays in place.
unsafe fn waitable_at<'a>(pointer: *const c::_KEVENT) -> Option<&'a Event> {
    if pointer.is_null() || !pointer.is_aligned() {
        return None;
    }
    let event = pointer.cast::<Event>();
    // SAFETY: The caller says that the memory can be read.
    unsafe { Event::is_at(event) }.then(|| {
        // SAFETY: It has the magic number of an event.
        unsafe { &*event }
    })
}
