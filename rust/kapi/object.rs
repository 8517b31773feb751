// SPDX-License-Identifier: GPL-2.0

//! Handles and pointers to their objects. NT: V226 to V230; D3.
//!
//! A handle is either a number with the highest bits set, for an entry in the table of kernel
//! handles, or an fd of the current process. The values of the two do not overlap.

use super::{
    c,
    done,
    event_at,
    routines,
    shared::{
        close_handle,
        with_handle, //
    },
    wait::wait_mode, //
};
use crate::{
    namespace::{
        self,
        access::{
            Access,
            EVENT, //
        },
        AccessMode,
        Event,
        EventRef,
        Handle,
        Object, //
    },
    status::Status,
    sys::{
        files::Files,
        queue::Magic, //
    },
};
use kernel::{
    container_of,
    sync::Arc, //
};

/// The bits that all kernel handles have. Their values increase in steps of four from here.
const KERNEL: usize = 0xffff_ffff_8000_0000;

/// What the value of a handle refers to.
#[derive(Clone, Copy)]
pub(super) enum HandleValue {
    /// An entry of the table of kernel handles.
    Kernel(u32),
    /// An fd, and proof that there are any.
    User(Files, i32),
}

impl HandleValue {
    /// The two lowest bits of a kernel handle are ignored. NT: C6.
    ///
    /// Errors: `INVALID_HANDLE` for a null handle, for a value that is too large for an fd, and for
    /// a kernel handle from a user.
    pub(super) fn new(handle: c::HANDLE, mode: AccessMode) -> Result<Self, Status> {
        let value = handle as usize;
        if value & KERNEL == KERNEL && mode == AccessMode::Kernel {
            return Ok(Self::Kernel((value & !KERNEL) as u32 >> 2));
        }
        match (i32::try_from(value), Files::current()) {
            (Ok(fd @ 1..), Some(files)) => Ok(Self::User(files, fd)),
            _ => Err(Status::INVALID_HANDLE),
        }
    }

    /// The value of the handle.
    pub(super) fn value(self) -> u64 {
        match self {
            Self::Kernel(number) => (KERNEL | (number as usize) << 2) as u64,
            Self::User(_, fd) => u64::from(fd.unsigned_abs()),
        }
    }
}

/// The event of a handle, and the rights of the handle. Any context for a kernel handle.
///
/// Errors: `INVALID_HANDLE`, `OBJECT_TYPE_MISMATCH`.
pub(super) fn look_up(value: HandleValue) -> Result<(EventRef, Access), Status> {
    let found = |handle: &Handle<Event>| (handle.event_ref(), handle.granted);
    match value {
        HandleValue::Kernel(number) => with_handle(number, found),
        HandleValue::User(files, fd) => {
            namespace::fd::look_up::<Event>(files, fd).map(|handle| found(&handle))
        }
    }
}

/// The event of a handle. A user needs `right`. Any context for a kernel handle.
///
/// Errors: those of [`look_up`], `ACCESS_DENIED`.
pub(super) fn event_of(
    handle: c::HANDLE,
    mode: AccessMode,
    right: Access,
) -> Result<EventRef, Status> {
    let (event, granted) = look_up(HandleValue::new(handle, mode)?)?;
    if mode == AccessMode::User {
        granted.require(right)?;
    }
    Ok(event)
}

/// Closes a handle. Process context, may sleep. NT: C6.
///
/// Errors: `INVALID_HANDLE`.
pub(super) fn close(handle: c::HANDLE, mode: AccessMode) -> Result<(), Status> {
    match HandleValue::new(handle, mode)? {
        HandleValue::Kernel(number) => close_handle(number),
        HandleValue::User(files, fd) => {
            // A handle of any type. Drop the reference first, so that the close is the last use.
            match namespace::fd::look_up::<Event>(files, fd).map(drop) {
                Ok(()) | Err(Status::OBJECT_TYPE_MISMATCH) => (),
                Err(status) => return Err(status),
            }
            // SAFETY: The reference was dropped above. A routine uses no other handle before this
            // close.
            unsafe { files.close(fd) };
            Ok(())
        }
    }
}

/// The pointer that drivers get for an event.
pub(super) fn address_of(object: &Arc<Object<Event>>) -> *mut c::_KEVENT {
    // SAFETY: The object is alive, and taking a field's address reads nothing.
    unsafe { &raw const (*Arc::as_ptr(object)).body }
        .cast_mut()
        .cast()
}

/// The object of an event, unless the event is in a driver's storage.
///
/// # Safety
///
/// See `event_at`. The driver got the pointer from [`address_of`], or it points to the driver's own
/// storage.
unsafe fn object_at(pointer: c::PVOID) -> Option<*const Object<Event>> {
    // SAFETY: The caller's promise.
    let event = unsafe { event_at(pointer.cast()) }?;
    if event.magic() != Magic::MANAGED {
        return None;
    }
    // The pointer does not come from the reference, which covers only the event.
    let body = pointer.cast::<Event>().cast_const();
    // SAFETY: Every event with that magic number is the body of an object. The pointer came from
    // `address_of`, so it may be used for the whole object.
    Some(unsafe { container_of!(body, Object<Event>, body) })
}

/// An object type, which is only an address.
#[repr(transparent)]
pub(crate) struct Type(u8);

static EVENT_TYPE: Type = Type(0);
static FILE_TYPE: Type = Type(1);

/// The type of events, for `ObReferenceObjectByHandle`.
#[no_mangle]
#[allow(non_upper_case_globals, reason = "the name is NT's")]
pub(crate) static ExEventObjectType: &&Type = &&EVENT_TYPE;

/// The type of files. No handle here has it.
#[no_mangle]
#[allow(non_upper_case_globals, reason = "the name is NT's")]
pub(crate) static IoFileObjectType: &&Type = &&FILE_TYPE;

/// A reference to the event of a handle, and the rights of the handle.
fn reference(
    handle: c::HANDLE,
    desired: u32,
    object_type: c::POBJECT_TYPE,
    mode: c::KPROCESSOR_MODE,
) -> Result<(EventRef, Access), Status> {
    let mode = wait_mode(mode)?;
    let (event, granted) = look_up(HandleValue::new(handle, mode)?)?;
    let asked = object_type.cast::<Type>().cast_const();
    if !asked.is_null() && !core::ptr::eq(asked, &EVENT_TYPE) {
        return Err(Status::OBJECT_TYPE_MISMATCH);
    }
    if mode == AccessMode::User {
        granted.require(EVENT.requested(desired, || Access::NONE)?)?;
    }
    Ok((event, granted))
}

routines! {
    /// NT: V226 to V230, D2. Process context, or any for a kernel handle.
    ///
    /// # Safety
    ///
    /// `object` and `information` are null or writable.
    fn ObReferenceObjectByHandle(
        handle: c::HANDLE,
        desired: c::ACCESS_MASK,
        object_type: c::POBJECT_TYPE,
        mode: c::KPROCESSOR_MODE,
        object: *mut c::PVOID,
        information: c::POBJECT_HANDLE_INFORMATION,
    ) -> c::NTSTATUS {
        if object.is_null() {
            return done(Err(Status::ACCESS_VIOLATION));
        }
        let found = reference(handle, desired, object_type, mode).map(|(event, granted)| {
            if !information.is_null() {
                let told = c::_OBJECT_HANDLE_INFORMATION {
                    HandleAttributes: 0,
                    GrantedAccess: granted.bits(),
                };
                // SAFETY: The caller's promise.
                unsafe { information.write(told) };
            }
            let address = address_of(&event.0).cast();
            // The driver owns the reference until it dereferences the object.
            core::mem::forget(event);
            address
        });
        let address = *found.as_ref().unwrap_or(&core::ptr::null_mut());
        // SAFETY: The caller's promise.
        unsafe { object.write(address) };
        done(found.map(|_| ()))
    }

    /// Any context.
    ///
    /// # Safety
    ///
    /// See `event_at`. The caller has a reference to the object, or a handle.
    fn ObReferenceObject(object: c::PVOID) {
        // SAFETY: The caller's promise.
        if let Some(object) = unsafe { object_at(object) } {
            // SAFETY: The object is in an `Arc`. The caller has a reference and keeps it.
            let held = core::mem::ManuallyDrop::new(unsafe { Arc::from_raw(object) });
            core::mem::forget(Arc::clone(&held));
        }
    }

    /// The last reference may be dropped in any context.
    ///
    /// # Safety
    ///
    /// See `event_at`. The caller gives up a reference to the object.
    fn ObDereferenceObject(object: c::PVOID) {
        // SAFETY: The caller's promise.
        if let Some(object) = unsafe { object_at(object) } {
            // SAFETY: The object is in an `Arc`. The caller gives up a reference.
            drop(unsafe { Arc::from_raw(object) });
        }
    }
}
