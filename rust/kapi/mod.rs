// SPDX-License-Identifier: GPL-2.0

//! The kernel-mode API: the routines of NT drivers, by their own names, for other kernel modules.
//!
//! This is an edge as `sys` is one: pointers of C code come in here. What each routine does with
//! what it is given is told in `docs/kernel-api.md`; the C prototypes are in `include/ntevent`, and
//! [`c`] is what bindgen makes of them, against which every definition here is checked.
//!
//! A user's handle is an fd of `/dev/ntevent`, which the object manager looks up.

mod attributes;
mod create;
mod event;
mod handle;
mod object;
mod shared;
mod storport;
mod string;
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
        memory::Memory, //
    }, //
};

/// The C headers as Rust sees them.
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

/// Defines exported routines, and has the compiler compare each with its C prototype.
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
            // Both arms are of one type.
            if true { $crate::kapi::c::$name } else { $name };
        };
    )+};
}
use routines;

/// A routine in its two forms: the kernel asks, or whoever the previous mode says.
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

/// How an operation ended, for C.
fn ntstatus(result: Result<u32, Status>) -> c::NTSTATUS {
    let code = match result {
        Ok(code) => code,
        Err(status) => status.code(),
    };
    code as c::NTSTATUS
}

/// As [`ntstatus`], where success has no more to say.
fn done(result: Result<(), Status>) -> c::NTSTATUS {
    ntstatus(result.map(|()| 0))
}

/// The previous mode: in a process of user space the user asks, in a kernel thread or an interrupt
/// the kernel. Any context.
fn previous_mode() -> AccessMode {
    if context::is_kernel_caller() {
        AccessMode::Kernel
    } else {
        AccessMode::User
    }
}

/// What a pointer of a caller points to.
///
/// # Safety
///
/// If the kernel asks, the pointer is null, or good for what the routine reads and writes there.
unsafe fn memory<T>(mode: AccessMode, pointer: *const T) -> Memory {
    match mode {
        AccessMode::User => Memory::user(pointer as usize),
        // SAFETY: The caller's promise.
        AccessMode::Kernel => unsafe { Memory::kernel(pointer as usize) },
    }
}

/// Refuses memory of a user's that is not aligned as a `T` is; the kernel's need not be.
///
/// Errors: `DATATYPE_MISALIGNMENT`.
fn require_aligned<T>(memory: Memory) -> Result<(), Status> {
    if memory.is_user() && !memory.is_aligned(align_of::<T>()) {
        return Err(Status::DATATYPE_MISALIGNMENT);
    }
    Ok(())
}

/// A pointer of the kernel's to an event.
///
/// # Safety
///
/// The pointer is null, or good for reading a `KEVENT`'s worth of memory while `'a` lasts; and if
/// an event is there, it stays in place.
unsafe fn event_at<'a>(pointer: *const c::_KEVENT) -> Option<&'a Event> {
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
