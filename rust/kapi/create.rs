// SPDX-License-Identifier: GPL-2.0

//! Creating and opening events. NT: S3, S4, sections C2, C3; V139 to V145, V217 to V225, V239.

use super::{
    attributes::Captured,
    c,
    done,
    event::event_type,
    in_both_modes,
    memory,
    ntstatus,
    object::{
        address_of,
        Number, //
    },
    require_aligned,
    routines,
    shared::{
        add_handle,
        close_handle,
        namespace,
        with_handle, //
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
        fd::free_fd,
        file::install,
        memory::Memory, //
    }, //
};
use kernel::prelude::*;

const SUCCESS: u32 = 0;
const OBJECT_NAME_EXISTS: u32 = 0x4000_0000;

/// Gives a new handle its number, and tells it. A permanent name is `kept` last, when nothing can
/// fail any more.
///
/// Errors: `ACCESS_VIOLATION`, `INSUFFICIENT_RESOURCES`, `TOO_MANY_OPENED_FILES`, `QUOTA_EXCEEDED`.
fn publish(
    handle: Handle<Event>,
    attributes: Attributes,
    mode: AccessMode,
    kept: bool,
    place: Memory,
) -> Result<(), Status> {
    let for_kernel = attributes.has(Attributes::KERNEL_HANDLE) || context::is_kernel_caller();
    if mode == AccessMode::Kernel && for_kernel {
        return publish_to_kernel(handle, kept, place);
    }
    if !context::has_files() {
        return Err(Status::TOO_MANY_OPENED_FILES);
    }
    // No handle is null.
    let fd = free_fd(1, !attributes.has(Attributes::INHERIT)).map_err(Status::of_new_file)?;
    let fd = install(handle, fd, |handle, fd| {
        place.write(&u64::from(fd))?;
        if kept && handle.keep_name().is_err() {
            place.write(&0u64)?;
            return Err(sys::quota_exceeded());
        }
        Ok(())
    });
    fd.map(|_| ()).map_err(Status::of_new_file)
}

fn publish_to_kernel(handle: Handle<Event>, kept: bool, place: Memory) -> Result<(), Status> {
    let number = add_handle(handle)?;
    let value = Number::Kernel(number).value();
    let told = place.write(&value).map_err(|_| Status::ACCESS_VIOLATION);
    if kept {
        let another = with_handle(number, Handle::another);
        if let Err(status) = another.and_then(|handle| handle.keep_name()) {
            place.write(&0u64).map_err(|_| Status::ACCESS_VIOLATION)?;
            close_handle(number)?;
            return Err(status);
        }
    }
    told
}

/// Clears where a handle goes; so it is known to be writable. NT: C2 step 1.
///
/// Errors: `ACCESS_VIOLATION`; `DATATYPE_MISALIGNMENT` if it is a user's.
fn clear(place: Memory) -> Result<(), Status> {
    require_aligned::<u64>(place)?;
    place.write(&0u64).map_err(|_| Status::ACCESS_VIOLATION)
}

/// # Safety
///
/// See `memory`, for the handle's place, the attributes, and all that these point to.
unsafe fn create_event(
    mode: AccessMode,
    place: *mut c::HANDLE,
    desired: u32,
    attributes: *const c::_OBJECT_ATTRIBUTES,
    number: c::EVENT_TYPE,
    signaled: bool,
) -> Result<u32, Status> {
    // SAFETY: The caller's promise.
    let place = unsafe { memory(mode, place) };
    clear(place)?;
    let event_type = event_type(number).ok_or(Status::INVALID_PARAMETER)?;
    // SAFETY: The caller's promise.
    let captured = Captured::read(unsafe { memory(mode, attributes) }, true)?;
    let attributes = captured.attributes();
    let namespace = namespace(mode)?;
    let (handle, existed) = captured.request(mode, desired, |request| {
        Handle::create_event(&namespace, request, event_type, signaled)
    })?;
    let kept = attributes.has(Attributes::PERMANENT) && !existed;
    publish(handle, attributes, mode, kept, place)?;
    Ok(if existed { OBJECT_NAME_EXISTS } else { SUCCESS })
}

/// # Safety
///
/// As `create_event`.
unsafe fn open_event(
    mode: AccessMode,
    place: *mut c::HANDLE,
    desired: u32,
    attributes: *const c::_OBJECT_ATTRIBUTES,
) -> Result<(), Status> {
    // SAFETY: The caller's promise.
    let place = unsafe { memory(mode, place) };
    clear(place)?;
    // SAFETY: The caller's promise.
    let captured = Captured::read(unsafe { memory(mode, attributes) }, false)?;
    let attributes = captured.attributes();
    let namespace = namespace(mode)?;
    let handle = captured.request(mode, desired, |request| Handle::open(&namespace, request))?;
    publish(handle, attributes, mode, false, place)
}

/// Creates an event that is signaled, or opens one, with a kernel handle; the event is there while
/// the handle is. NT: S3, F20, V217 to V225.
///
/// # Safety
///
/// `name` is null or a string, and `place` null or good for writing.
unsafe fn io_create(
    name: *const c::_UNICODE_STRING,
    place: *mut c::HANDLE,
    event_type: EventType,
) -> Result<*mut c::_KEVENT, Status> {
    if place.is_null() {
        return Err(Status::ACCESS_VIOLATION);
    }
    let mode = AccessMode::Kernel;
    // SAFETY: The caller's promise.
    let captured = Captured::for_kernel(unsafe { Memory::kernel(name as usize) })?;
    let namespace = namespace(mode)?;
    let (handle, _) = captured.request(mode, c::EVENT_ALL_ACCESS, |request| {
        Handle::create_event(&namespace, request, event_type, true)
    })?;
    let event = address_of(&handle.object);
    let number = add_handle(handle)?;
    // SAFETY: The caller's promise.
    unsafe { place.write(Number::Kernel(number).value() as c::HANDLE) };
    Ok(event)
}

routines! {
    /// Process context, may sleep.
    ///
    /// # Safety
    ///
    /// See `io_create`.
    fn IoCreateNotificationEvent(name: c::PUNICODE_STRING, place: c::PHANDLE) -> c::PKEVENT {
        // SAFETY: The caller's promise.
        unsafe { io_create(name, place, EventType::Notification) }.unwrap_or(core::ptr::null_mut())
    }

    /// Process context, may sleep.
    ///
    /// # Safety
    ///
    /// See `io_create`.
    fn IoCreateSynchronizationEvent(name: c::PUNICODE_STRING, place: c::PHANDLE) -> c::PKEVENT {
        // SAFETY: The caller's promise.
        unsafe { io_create(name, place, EventType::Synchronization) }.unwrap_or(core::ptr::null_mut())
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
        place: c::PHANDLE,
        desired: c::ACCESS_MASK,
        attributes: c::POBJECT_ATTRIBUTES,
        number: c::EVENT_TYPE,
        state: c::BOOLEAN
    ) {
        // SAFETY: The caller's promise.
        ntstatus(unsafe { create_event(mode, place, desired, attributes, number, state != 0) })
    }

    /// Process context, may sleep.
    ///
    /// # Safety
    ///
    /// See `create_event`.
    ZwOpenEvent, NtOpenEvent(
        mode,
        place: c::PHANDLE,
        desired: c::ACCESS_MASK,
        attributes: c::POBJECT_ATTRIBUTES
    ) {
        // SAFETY: The caller's promise.
        done(unsafe { open_event(mode, place, desired, attributes) })
    }
}
