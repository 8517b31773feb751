// SPDX-License-Identifier: GPL-2.0

//! Handles and pointers to their objects, which are events and threads. NT: V226 to V230; D3.
//!
//! A handle is either a number with the highest bits set, for an entry in the table of kernel
//! handles, or an fd of the current process. The values of the two do not overlap.

use super::{
    c,
    done,
    memory,
    results::{
        clear,
        probe_if_wanted, //
    },
    routines,
    shared::{
        close_handle,
        with_handle,
        KernelHandle, //
    },
    thread::Thread,
    wait::wait_mode,
    waitable_at, //
};
use crate::{
    namespace::{
        self,
        access::{
            Access,
            GenericMapping,
            EVENT,
            THREAD, //
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
use core::mem::ManuallyDrop;
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

/// A reference to the object of a handle.
pub(super) enum Waitable {
    /// An event.
    Event(EventRef),
    /// A thread.
    Thread(Arc<Thread>),
}

impl AsRef<Event> for Waitable {
    #[inline]
    fn as_ref(&self) -> &Event {
        match self {
            Self::Event(event) => event.as_ref(),
            Self::Thread(thread) => (**thread).as_ref(),
        }
    }
}

impl Waitable {
    /// The type of the object, and the rights that the generic rights stand for.
    fn object_type(&self) -> (&'static Type, &'static GenericMapping) {
        match self {
            Self::Event(_) => (&EVENT_TYPE, &EVENT),
            Self::Thread(_) => (&THREAD_TYPE, &THREAD),
        }
    }

    /// The pointer that drivers get for the object.
    fn address(&self) -> c::PVOID {
        match self {
            Self::Event(event) => address_of(&event.0).cast(),
            Self::Thread(thread) => Thread::address_of(thread),
        }
    }
}

/// The object of a handle, and the rights of the handle. Any context for a kernel handle.
///
/// Errors: `INVALID_HANDLE`, `OBJECT_TYPE_MISMATCH`.
pub(super) fn look_up(value: HandleValue) -> Result<(Waitable, Access), Status> {
    let event = |handle: &Handle<Event>| (Waitable::Event(handle.event_ref()), handle.granted);
    match value {
        HandleValue::Kernel(number) => with_handle(number, |handle| match handle {
            KernelHandle::Event(handle) => event(handle),
            KernelHandle::Thread(thread, granted) => (Waitable::Thread(thread.clone()), *granted),
        }),
        HandleValue::User(files, fd) => {
            namespace::fd::look_up::<Event>(files, fd).map(|handle| event(&handle))
        }
    }
}

/// The object of a handle. A user needs `right`. Any context for a kernel handle.
///
/// Errors: those of [`look_up`], `ACCESS_DENIED`.
pub(super) fn waitable_of(
    handle: c::HANDLE,
    mode: AccessMode,
    right: Access,
) -> Result<Waitable, Status> {
    let found = look_up(HandleValue::new(handle, mode)?);
    if mode == AccessMode::Kernel {
        return found.map(|(object, _)| object);
    }
    let (object, granted) = found.map_err(|status| namespace::fd::failure_for(right, status))?;
    granted.require(right)?;
    Ok(object)
}

/// Like [`waitable_of`], for an event. A thread gives `OBJECT_TYPE_MISMATCH`.
pub(super) fn event_of(
    handle: c::HANDLE,
    mode: AccessMode,
    right: Access,
) -> Result<EventRef, Status> {
    match waitable_of(handle, mode, right)? {
        Waitable::Event(event) => Ok(event),
        Waitable::Thread(_) => Err(Status::OBJECT_TYPE_MISMATCH),
    }
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

/// The object of a pointer. The driver keeps its reference to the object. `None` for an event in a
/// driver's storage.
///
/// # Safety
///
/// See `waitable_at`. The driver got the pointer from [`Waitable::address`], or it points to the
/// driver's own storage.
unsafe fn object_at(pointer: c::PVOID) -> Option<ManuallyDrop<Waitable>> {
    // SAFETY: The caller's promise.
    let magic = unsafe { waitable_at(pointer.cast()) }?.magic();
    // The pointer to the object does not come from the reference, which covers only the event.
    if magic == Magic::MANAGED {
        let body = pointer.cast::<Event>().cast_const();
        // SAFETY: Every event with that magic number is the body of an object. The pointer came
        // from `address_of`, so it may be used for the whole object.
        let object = unsafe { container_of!(body, Object<Event>, body) };
        // SAFETY: The object is in an `Arc`. `ManuallyDrop` leaves the driver's reference alone.
        let object = unsafe { Arc::from_raw(object) };
        Some(ManuallyDrop::new(Waitable::Event(EventRef(object))))
    } else if magic == Magic::THREAD {
        // SAFETY: Every event with that magic number is the field of a thread. The pointer came
        // from `Thread::address_of`, and the thread is alive.
        let thread = unsafe { Thread::at(pointer) };
        // SAFETY: The thread is in an `Arc`. `ManuallyDrop` leaves the driver's reference alone.
        let thread = unsafe { Arc::from_raw(thread) };
        Some(ManuallyDrop::new(Waitable::Thread(thread)))
    } else {
        None
    }
}

/// Gives the driver a reference, which it owns until it dereferences the object.
fn give(object: &Waitable) {
    match object {
        Waitable::Event(event) => core::mem::forget(event.0.clone()),
        Waitable::Thread(thread) => core::mem::forget(thread.clone()),
    }
}

/// An object type, which is only an address.
#[repr(transparent)]
pub(crate) struct Type(u8);

static EVENT_TYPE: Type = Type(0);
static FILE_TYPE: Type = Type(1);
static THREAD_TYPE: Type = Type(2);

/// The type of events, for `ObReferenceObjectByHandle`.
#[no_mangle]
#[allow(non_upper_case_globals, reason = "the name is NT's")]
pub(crate) static ExEventObjectType: &&Type = &&EVENT_TYPE;

/// The type of files. No handle here has it.
#[no_mangle]
#[allow(non_upper_case_globals, reason = "the name is NT's")]
pub(crate) static IoFileObjectType: &&Type = &&FILE_TYPE;

/// The type of threads.
#[no_mangle]
#[allow(non_upper_case_globals, reason = "the name is NT's")]
pub(crate) static PsThreadType: &&Type = &&THREAD_TYPE;

/// A reference to the object of a handle, and the rights of the handle.
fn reference(
    handle: c::HANDLE,
    desired: u32,
    object_type: c::POBJECT_TYPE,
    mode: c::KPROCESSOR_MODE,
) -> Result<(Waitable, Access), Status> {
    let mode = wait_mode(mode)?;
    let (object, granted) = look_up(HandleValue::new(handle, mode)?)?;
    let (its_type, rights) = object.object_type();
    let asked = object_type.cast::<Type>().cast_const();
    if !asked.is_null() && !core::ptr::eq(asked, its_type) {
        return Err(Status::OBJECT_TYPE_MISMATCH);
    }
    if mode == AccessMode::User {
        granted.require(rights.requested(desired, || Access::NONE)?)?;
    }
    Ok((object, granted))
}

/// Checks the type and the mode that a driver passes with a pointer to an object. As in NT, the
/// type matters only for a user.
///
/// Errors: `OBJECT_TYPE_MISMATCH`, `INVALID_PARAMETER_4`.
fn require_type(
    object: &Waitable,
    object_type: c::POBJECT_TYPE,
    mode: c::KPROCESSOR_MODE,
) -> Result<(), Status> {
    let mode = wait_mode(mode).map_err(|_| Status::INVALID_PARAMETER_4)?;
    let asked = object_type.cast::<Type>().cast_const();
    if mode == AccessMode::User && !core::ptr::eq(asked, object.object_type().0) {
        return Err(Status::OBJECT_TYPE_MISMATCH);
    }
    Ok(())
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
        // SAFETY: The caller's promise.
        let object = unsafe { memory(AccessMode::Kernel, object) };
        // SAFETY: The caller's promise.
        let information = unsafe { memory(AccessMode::Kernel, information) };
        let referenced = || {
            clear(object)?;
            probe_if_wanted::<[u32; 2]>(information)?;
            let (referenced, granted) = reference(handle, desired, object_type, mode)?;
            if !information.is_null() {
                // HandleAttributes and GrantedAccess.
                let _ = information.write(&[0, granted.bits()]);
            }
            object
                .write(&(referenced.address() as u64))
                .map_err(|_| Status::ACCESS_VIOLATION)?;
            give(&referenced);
            Ok(())
        };
        done(referenced())
    }

    /// NT: D2. Any context.
    ///
    /// # Safety
    ///
    /// See `object_at`. The caller has a reference to the object, or a handle.
    fn ObReferenceObjectByPointer(
        object: c::PVOID,
        _desired: c::ACCESS_MASK,
        object_type: c::POBJECT_TYPE,
        mode: c::KPROCESSOR_MODE,
    ) -> c::NTSTATUS {
        // SAFETY: The caller's promise.
        let object = match unsafe { object_at(object) } {
            Some(object) => object,
            None if object.is_null() => return done(Err(Status::INVALID_PARAMETER_1)),
            None => return done(Err(Status::OBJECT_TYPE_MISMATCH)),
        };
        done(require_type(&object, object_type, mode).map(|()| give(&object)))
    }

    /// Any context.
    ///
    /// # Safety
    ///
    /// See `object_at`. The caller has a reference to the object, or a handle.
    fn ObReferenceObject(object: c::PVOID) {
        // SAFETY: The caller's promise.
        if let Some(object) = unsafe { object_at(object) } {
            give(&object);
        }
    }

    /// The last reference may be dropped in any context.
    ///
    /// # Safety
    ///
    /// See `object_at`. The caller gives up a reference to the object.
    fn ObDereferenceObject(object: c::PVOID) {
        // SAFETY: The caller's promise.
        if let Some(object) = unsafe { object_at(object) } {
            drop(ManuallyDrop::into_inner(object));
        }
    }
}
