// SPDX-License-Identifier: GPL-2.0

//! Events by pointer. NT: section D2, S1 and S2; V1 to V32.
//!
//! These routines ignore memory that is not an initialised event. NT would crash.

use super::{
    c,
    event_at,
    routines, //
};
use crate::{
    namespace::Event,
    object::event::{
        self,
        EventType, //
    },
    sys::init_at::init_at, //
};

// A KEVENT must have room for the module's event.
const _: () = assert!(size_of::<Event>() <= size_of::<c::_KEVENT>());
const _: () = assert!(align_of::<Event>() <= align_of::<c::_KEVENT>());

/// The event type of a number in C, or none.
pub(super) fn event_type(number: u32) -> Option<EventType> {
    match number {
        c::NotificationEvent => Some(EventType::Notification),
        c::SynchronizationEvent => Some(EventType::Synchronization),
        _ => None,
    }
}

/// Whether the storage can hold an event.
pub(super) fn is_storage(storage: *mut c::_KEVENT) -> bool {
    !storage.is_null() && storage.is_aligned()
}

/// Initialises an event in a driver's storage, which must not hold an event in use. Any context.
///
/// # Safety
///
/// The storage is writable.
pub(super) unsafe fn initialize(storage: *mut c::_KEVENT, event_type: EventType, signaled: bool) {
    let init = Event::in_caller_storage(event::Event::new(event_type, signaled));
    // SAFETY: The storage is writable and has the size and alignment (asserted above). The contract
    // of KEVENT says that it stays in place while it is an event.
    unsafe { init_at(storage.cast(), init) };
}

routines! {
    /// NT: S1, V1 to V4. A null pointer or another type changes nothing. Any context.
    ///
    /// # Safety
    ///
    /// The pointer is null, or to storage for an event.
    fn KeInitializeEvent(storage: *mut c::_KEVENT, number: c::EVENT_TYPE, state: c::BOOLEAN) {
        if let (true, Some(event_type)) = (is_storage(storage), event_type(number)) {
            // SAFETY: The caller's promise.
            unsafe { initialize(storage, event_type, state != 0) };
        }
    }

    /// NT: S2, V13, V14, V33 to V41. The priority increment and the wait hint have no effect. Any
    /// context.
    ///
    /// # Safety
    ///
    /// See `event_at`.
    fn KeSetEvent(event: *mut c::_KEVENT, _increment: c::KPRIORITY, _wait: c::BOOLEAN) -> c::LONG {
        // SAFETY: The caller's promise.
        unsafe { event_at(event) }.map_or(0, |event| event.set().into())
    }

    /// NT: V11, V15, V16. Any context.
    ///
    /// # Safety
    ///
    /// See `event_at`.
    fn KeResetEvent(event: *mut c::_KEVENT) -> c::LONG {
        // SAFETY: The caller's promise.
        unsafe { event_at(event) }.map_or(0, |event| event.reset().into())
    }

    /// NT: V21. Any context.
    ///
    /// # Safety
    ///
    /// See `event_at`.
    fn KeClearEvent(event: *mut c::_KEVENT) {
        // SAFETY: The caller's promise.
        if let Some(event) = unsafe { event_at(event) } {
            event.reset();
        }
    }

    /// NT: V17 to V19, V36, V37. Any context.
    ///
    /// # Safety
    ///
    /// See `event_at`.
    fn KePulseEvent(event: *mut c::_KEVENT, _increment: c::KPRIORITY, _wait: c::BOOLEAN) -> c::LONG {
        // SAFETY: The caller's promise.
        unsafe { event_at(event) }.map_or(0, |event| event.pulse().into())
    }

    /// NT: V1 to V4. Takes the lock, so that a thread that sees the event signaled may free it: the
    /// thread that set it no longer uses it. Any context.
    ///
    /// # Safety
    ///
    /// See `event_at`.
    fn KeReadStateEvent(event: *mut c::_KEVENT) -> c::LONG {
        // SAFETY: The caller's promise.
        unsafe { event_at(event) }.map_or(0, |event| event.query().1.into())
    }
}
