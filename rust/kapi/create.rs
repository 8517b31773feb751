// SPDX-License-Identifier: GPL-2.0

//! Creating and opening events. NT: S3, S4, sections C2, C3; V139 to V145, V217 to V225, V239.

use super::{
    attributes::CapturedAttributes,
    c,
    done,
    event::event_type,
    in_both_modes,
    memory,
    ntstatus,
    object::{
        address_of,
        HandleValue, //
    },
    results::{
        clear,
        probe, //
    },
    routines,
    shared::{
        add_handle,
        another_handle,
        close_handle,
        namespace,
        KernelHandle, //
    }, //
};
use crate::{
    namespace::{
        AccessMode,
        Attributes,
        Event,
        Handle, //
    },
    object::event::EventType,
    status::Status,
    sys::{
        self,
        context,
        file::install,
        files::Files,
        memory::Memory, //
    }, //
};
use kernel::prelude::*;

const SUCCESS: u32 = 0;
const OBJECT_NAME_EXISTS: u32 = 0x4000_0000;

/// Gives `handle` a value and stores the value in `handle_out`. If `permanent`, makes the name
/// permanent last, when nothing else can fail.
///
/// Errors: `ACCESS_VIOLATION`, `INSUFFICIENT_RESOURCES`, `TOO_MANY_OPENED_FILES`, `QUOTA_EXCEEDED`.
fn publish(
    handle: Handle<Event>,
    attributes: Attributes,
    mode: AccessMode,
    permanent: bool,
    handle_out: Memory,
) -> Result<(), Status> {
    let for_kernel = attributes.has(Attributes::KERNEL_HANDLE) || context::is_kernel_caller();
    if mode == AccessMode::Kernel && for_kernel {
        return publish_to_kernel(handle, permanent, handle_out);
    }
    let files = Files::current().ok_or(Status::TOO_MANY_OPENED_FILES)?;
    // fd 0 would be the null handle.
    let fd = files.free_fd(1, !attributes.has(Attributes::INHERIT));
    let fd = fd.map_err(Status::of_new_file)?;
    let fd = install(handle, fd, |handle, fd| {
        handle_out.write(&u64::from(fd))?;
        if permanent && handle.keep_name().is_err() {
            handle_out.write(&0u64)?;
            return Err(sys::quota_exceeded());
        }
        Ok(())
    });
    fd.map(|_| ()).map_err(Status::of_new_file)
}

fn publish_to_kernel(
    handle: Handle<Event>,
    permanent: bool,
    handle_out: Memory,
) -> Result<(), Status> {
    let number = add_handle(KernelHandle::Event(handle))?;
    let value = HandleValue::Kernel(number).value();
    let told = handle_out
        .write(&value)
        .map_err(|_| Status::ACCESS_VIOLATION);
    let published = told.and_then(|()| match permanent {
        true => another_handle(number)?.keep_name(),
        false => Ok(()),
    });
    if published.is_err() {
        close_handle(number)?;
        let _ = clear(handle_out);
    }
    published
}

/// # Safety
///
/// See `memory`, for the handle's pointer, the attributes, and all that these point to.
unsafe fn create_event(
    mode: AccessMode,
    handle_out: *mut c::HANDLE,
    desired: u32,
    attributes: *const c::_OBJECT_ATTRIBUTES,
    number: c::EVENT_TYPE,
    signaled: bool,
) -> Result<u32, Status> {
    // SAFETY: The caller's promise.
    let handle_out = unsafe { memory(mode, handle_out) };
    clear(handle_out)?;
    let event_type = event_type(number).ok_or(Status::INVALID_PARAMETER)?;
    // SAFETY: The caller's promise.
    let captured = CapturedAttributes::read(unsafe { memory(mode, attributes) }, true)?;
    let attributes = captured.attributes();
    let namespace = namespace(mode)?;
    let (handle, existed) = captured.request(mode, desired, |request| {
        Handle::create_event(&namespace, request, event_type, signaled)
    })?;
    let permanent = attributes.has(Attributes::PERMANENT) && !existed;
    publish(handle, attributes, mode, permanent, handle_out)?;
    Ok(if existed { OBJECT_NAME_EXISTS } else { SUCCESS })
}

/// # Safety
///
/// As `create_event`.
unsafe fn open_event(
    mode: AccessMode,
    handle_out: *mut c::HANDLE,
    desired: u32,
    attributes: *const c::_OBJECT_ATTRIBUTES,
) -> Result<(), Status> {
    // SAFETY: The caller's promise.
    let handle_out = unsafe { memory(mode, handle_out) };
    clear(handle_out)?;
    // SAFETY: The caller's promise.
    let captured = CapturedAttributes::read(unsafe { memory(mode, attributes) }, false)?;
    let attributes = captured.attributes();
    let namespace = namespace(mode)?;
    let handle = captured.request(mode, desired, |request| Handle::open(&namespace, request))?;
    publish(handle, attributes, mode, false, handle_out)
}

/// Creates a signaled event, or opens one, with a kernel handle. The event lives until the handle
/// is closed. NT: S3, F20, V217 to V225.
///
/// # Safety
///
/// See `memory`. This holds for `name`, its buffer and `handle_out`.
unsafe fn io_create(
    name: *const c::_UNICODE_STRING,
    handle_out: *mut c::HANDLE,
    event_type: EventType,
) -> Result<*mut c::_KEVENT, Status> {
    let mode = AccessMode::Kernel;
    // SAFETY: The caller's promise.
    let handle_out = unsafe { memory(mode, handle_out) };
    probe::<u64>(handle_out)?;
    // SAFETY: The caller's promise.
    let captured = CapturedAttributes::for_kernel(unsafe { memory(mode, name) })?;
    let namespace = namespace(mode)?;
    let (handle, _) = captured.request(mode, c::EVENT_ALL_ACCESS, |request| {
        Handle::create_event(&namespace, request, event_type, true)
    })?;
    let event = address_of(&handle.object);
    publish_to_kernel(handle, false, handle_out)?;
    Ok(event)
}

routines! {
    /// Process context, may sleep.
    ///
    /// # Safety
    ///
    /// See `io_create`.
    fn IoCreateNotificationEvent(name: c::PUNICODE_STRING, handle_out: c::PHANDLE) -> c::PKEVENT {
        // SAFETY: The caller's promise.
        let event = unsafe { io_create(name, handle_out, EventType::Notification) };
        event.unwrap_or(core::ptr::null_mut())
    }

    /// Process context, may sleep.
    ///
    /// # Safety
    ///
    /// See `io_create`.
    fn IoCreateSynchronizationEvent(name: c::PUNICODE_STRING, handle_out: c::PHANDLE) -> c::PKEVENT {
        // SAFETY: The caller's promise.
        let event = unsafe { io_create(name, handle_out, EventType::Synchronization) };
        event.unwrap_or(core::ptr::null_mut())
    }
}

in_both_modes! {
    /// Process context, may sleep.
    ///
    /// # Safety
    ///
    /// See `create_event`.
    ZwCreateEvent, NtCreateEvent(
        mode,
        handle_out: c::PHANDLE,
        desired: c::ACCESS_MASK,
        attributes: c::POBJECT_ATTRIBUTES,
        number: c::EVENT_TYPE,
        state: c::BOOLEAN
    ) {
        // SAFETY: The caller's promise.
        ntstatus(unsafe { create_event(mode, handle_out, desired, attributes, number, state != 0) })
    }

    /// Process context, may sleep.
    ///
    /// # Safety
    ///
    /// See `create_event`.
    ZwOpenEvent, NtOpenEvent(
        mode,
        handle_out: c::PHANDLE,
        desired: c::ACCESS_MASK,
        attributes: c::POBJECT_ATTRIBUTES
    ) {
        // SAFETY: The caller's promise.
        done(unsafe { open_event(mode, handle_out, desired, attributes) })
    }
}
