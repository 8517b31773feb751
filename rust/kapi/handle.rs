// SPDX-License-Identifier: GPL-2.0

//! Operations on the handle of an event. NT: sections C1, C3; V23 to V32, V125 to V138.

use super::{
    c,
    done,
    in_both_modes,
    memory,
    ntstatus,
    object::{
        close,
        event_of,
        waitable_of,
        HandleValue,
        Waitable, //
    },
    require_aligned,
    results::{
        probe,
        probe_if_wanted, //
    },
    shared::another_handle,
    wait::{
        wait,
        wait_type,
        WaitParams,
        MAX, //
    }, //
};
use crate::{
    dispatcher::WaitType,
    namespace::{
        access::Access,
        fd,
        AccessMode,
        Directory,
        Event,
        Handle,
        ObjectType,
        SymbolicLink, //
    },
    object::event::EventType,
    status::Status,
    sys::{
        array_vec::ArrayVec,
        file,
        files::Files,
        storage::Storage, //
    },
};

/// Runs `change` on the event of a handle and stores the previous state if the caller wants it.
/// First checks that it can be stored. NT: F13, V134.
///
/// # Safety
///
/// See `memory`.
unsafe fn change(
    mode: AccessMode,
    handle: c::HANDLE,
    previous: *mut c::LONG,
    change: impl FnOnce(&Event) -> bool,
) -> Result<(), Status> {
    // SAFETY: The caller's promise.
    let out = unsafe { memory(mode, previous) };
    probe_if_wanted::<i32>(out)?;
    let event = event_of(handle, mode, Access::MODIFY_STATE)?;
    let was = i32::from(change(event.as_ref()));
    if !out.is_null() {
        // The user may have unmapped the memory in the meantime. That is not a failure.
        let _ = out.write(&was);
    }
    Ok(())
}

/// Reports the type and state. The class is checked first, and then the length.
/// NT: C3, V129 to V133.
///
/// # Safety
///
/// See `memory`.
unsafe fn query(
    mode: AccessMode,
    handle: c::HANDLE,
    class: c::EVENT_INFORMATION_CLASS,
    information: c::PVOID,
    length: u32,
    returned: *mut c::ULONG,
) -> Result<(), Status> {
    if class != c::EventBasicInformation {
        return Err(Status::INVALID_INFO_CLASS);
    }
    if length as usize != size_of::<c::_EVENT_BASIC_INFORMATION>() {
        return Err(Status::INFO_LENGTH_MISMATCH);
    }
    // SAFETY: The caller's promise.
    let out = unsafe { memory(mode, information) };
    // SAFETY: The caller's promise.
    let returned = unsafe { memory(mode, returned) };
    probe::<[u32; 2]>(out)?;
    probe_if_wanted::<u32>(returned)?;
    let event = event_of(handle, mode, Access::QUERY_STATE)?;
    let (event_type, signaled) = event.as_ref().query();
    let event_type = match event_type {
        EventType::Notification => c::NotificationEvent,
        EventType::Synchronization => c::SynchronizationEvent,
    };
    let written = out.write(&[event_type, signaled.into()]);
    written.map_err(|_| Status::ACCESS_VIOLATION)?;
    if !returned.is_null() {
        // As in `change`.
        let _ = returned.write(&length);
    }
    Ok(())
}

/// # Safety
///
/// See `memory`.
unsafe fn wait_for_one(
    mode: AccessMode,
    handle: c::HANDLE,
    alertable: bool,
    timeout: *const c::_LARGE_INTEGER,
) -> Result<u32, Status> {
    // SAFETY: The caller's promise.
    let timeout = WaitParams::timeout(unsafe { memory(mode, timeout) })?;
    let object = waitable_of(handle, mode, Access::SYNCHRONIZE)?;
    let params = WaitParams::new(mode, alertable, timeout);
    wait(&[object.as_ref()], WaitType::Any, &params, Storage::Heap)
}

/// Handles are looked up in order, and the first that fails decides the error.
/// NT: V61 to V65, V83, V84.
///
/// # Safety
///
/// See `memory`, also for the array of `count` handles.
unsafe fn wait_for_many(
    mode: AccessMode,
    count: c::ULONG,
    handles: *const c::HANDLE,
    wait_type: c::WAIT_TYPE,
    alertable: bool,
    timeout: *const c::_LARGE_INTEGER,
) -> Result<u32, Status> {
    let mut values = [0u64; MAX];
    let values = match values.get_mut(..count as usize) {
        Some(values) if count != 0 => values,
        _ => return Err(Status::INVALID_PARAMETER_1),
    };
    let wait_type = self::wait_type(wait_type)?;
    // SAFETY: The caller's promise.
    let array = unsafe { memory(mode, handles) };
    // SAFETY: The caller's promise.
    let timeout = WaitParams::timeout(unsafe { memory(mode, timeout) })?;
    require_aligned::<c::HANDLE>(array)?;
    array
        .read_slice(kernel::transmute::AsBytes::as_bytes_mut(values))
        .map_err(|_| Status::ACCESS_VIOLATION)?;
    let mut held = ArrayVec::<Waitable, MAX>::new();
    for &value in values.iter() {
        held.push(waitable_of(value as c::HANDLE, mode, Access::SYNCHRONIZE)?)?;
    }
    let mut objects = ArrayVec::<&Event, MAX>::new();
    for object in held.iter() {
        objects.push(object.as_ref())?;
    }
    let params = WaitParams::new(mode, alertable, timeout);
    wait(&objects, wait_type, &params, Storage::Heap)
}

/// Makes the name of an object temporary, so that the last handle removes it. NT: V206, V207.
///
/// Errors: those of `look_up`, `ACCESS_DENIED`.
fn make_temporary(mode: AccessMode, handle: c::HANDLE) -> Result<(), Status> {
    match HandleValue::new(handle, mode)? {
        HandleValue::Kernel(number) => match another_handle(number) {
            Ok(handle) => {
                handle.make_temporary();
                Ok(())
            }
            // A thread has no name.
            Err(Status::OBJECT_TYPE_MISMATCH) => Ok(()),
            Err(status) => Err(status),
        },
        HandleValue::User(files, fd) => match make_fd_temporary::<Event>(files, fd, mode) {
            Err(Status::OBJECT_TYPE_MISMATCH) => {
                match make_fd_temporary::<Directory>(files, fd, mode) {
                    Err(Status::OBJECT_TYPE_MISMATCH) => {
                        make_fd_temporary::<SymbolicLink>(files, fd, mode)
                    }
                    result => result,
                }
            }
            result => result,
        },
    }
}

fn make_fd_temporary<T: ObjectType>(files: Files, fd: i32, mode: AccessMode) -> Result<(), Status>
where
    Handle<T>: file::Handle,
{
    let handle = fd::look_up::<T>(files, fd)?;
    if mode == AccessMode::User {
        handle.granted.require(Access::DELETE)?;
    }
    handle.make_temporary();
    Ok(())
}

in_both_modes! {
    /// NT: V13, V14, V29, V134. Process context, or any for a kernel handle.
    ///
    /// # Safety
    ///
    /// See `memory`.
    ZwSetEvent, NtSetEvent(mode, handle: c::HANDLE, previous: c::PLONG) {
        // SAFETY: The caller's promise.
        done(unsafe { change(mode, handle, previous, Event::set) })
    }

    /// NT: V15, V16. Context as for setting.
    ///
    /// # Safety
    ///
    /// See `memory`.
    ZwResetEvent, NtResetEvent(mode, handle: c::HANDLE, previous: c::PLONG) {
        // SAFETY: The caller's promise.
        done(unsafe { change(mode, handle, previous, Event::reset) })
    }

    /// NT: V25. Context as for setting.
    ///
    /// # Safety
    ///
    /// None.
    ZwClearEvent, NtClearEvent(mode, handle: c::HANDLE) {
        // SAFETY: The pointer is null.
        done(unsafe { change(mode, handle, core::ptr::null_mut(), Event::reset) })
    }

    /// NT: V17, V18. Context as for setting.
    ///
    /// # Safety
    ///
    /// See `memory`.
    ZwPulseEvent, NtPulseEvent(mode, handle: c::HANDLE, previous: c::PLONG) {
        // SAFETY: The caller's promise.
        done(unsafe { change(mode, handle, previous, Event::pulse) })
    }

    /// NT: V5, V6, V26, V129 to V133. Context as for setting.
    ///
    /// # Safety
    ///
    /// See `memory`, for information and returned length.
    ZwQueryEvent, NtQueryEvent(
        mode,
        handle: c::HANDLE,
        class: c::EVENT_INFORMATION_CLASS,
        information: c::PVOID,
        length: c::ULONG,
        returned: c::PULONG
    ) {
        // SAFETY: The caller's promise.
        done(unsafe { query(mode, handle, class, information, length, returned) })
    }

    /// NT: V28 to V30, S4. Process context, or any for a kernel handle and a timeout of zero.
    ///
    /// # Safety
    ///
    /// See `memory`.
    ZwWaitForSingleObject, NtWaitForSingleObject(
        mode,
        handle: c::HANDLE,
        alertable: c::BOOLEAN,
        timeout: c::PLARGE_INTEGER
    ) {
        // SAFETY: The caller's promise.
        ntstatus(unsafe { wait_for_one(mode, handle, alertable != 0, timeout) })
    }

    /// NT: V54 to V85. Context as for one object.
    ///
    /// # Safety
    ///
    /// See `wait_for_many`.
    ZwWaitForMultipleObjects, NtWaitForMultipleObjects(
        mode,
        count: c::ULONG,
        handles: *mut c::HANDLE,
        wait_type: c::WAIT_TYPE,
        alertable: c::BOOLEAN,
        timeout: c::PLARGE_INTEGER
    ) {
        // SAFETY: The caller's promise.
        ntstatus(unsafe { wait_for_many(mode, count, handles, wait_type, alertable != 0, timeout) })
    }

    /// NT: C6. Process context, may sleep.
    ///
    /// # Safety
    ///
    /// None.
    ZwClose, NtClose(mode, handle: c::HANDLE) {
        done(close(handle, mode))
    }

    /// NT: V206, V207. Process context, may sleep.
    ///
    /// # Safety
    ///
    /// None.
    ZwMakeTemporaryObject, NtMakeTemporaryObject(mode, handle: c::HANDLE) {
        done(make_temporary(mode, handle))
    }
}
