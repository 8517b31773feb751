// SPDX-License-Identifier: GPL-2.0

//! Events by pointer. NT: section D2, S1 and S2; V1 to V32.
//!
//! What is no initialised event is left alone: NT crashes there.

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

// A KEVENT has room for what the module keeps in it.
const _: () = assert!(size_of::<Event>() <= size_of::<c::_KEVENT>());
const _: () = assert!(align_of::<Event>() <= align_of::<c::_KEVENT>());

/// The type that C gives a number; none for others.
pub(super) fn event_type(number: u32) -> Option<EventType> {
    match number {
        c::NotificationEvent => Some(EventType::Notification),
        c::SynchronizationEvent => Some(EventType::Synchronization),
        _ => None,
    }
}

/// Whether an event can be there.
pub(super) fn is_storage(storage: *mut c::_KEVENT) -> bool {
    !storage.is_null() && storage.is_aligned()
}

/// Makes an event of a driver's storage, where there is none, or none that is in use. Any context.
///
/// # Safety
///
/// The storage can be written.
pub(super) unsafe fn initialize(storage: *mut c::_KEVENT, event_type: EventType, signaled: bool) {
    let init = Event::in_caller_storage(event::Event::new(event_type, signaled));
    // SAFETY: The storage can be written, has the size and alignment (asserted above), and stays in
    // place while it is an event, which the contract of KEVENT says.
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

    /// NT: S2, V13, V14, V33 to V41. The boost of the thread's priority has no meaning here, and
    /// neither has what the caller is about to do. Any context.
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

    /// NT: V1 to V4. Who sees the event signaled may free its storage, so this waits for who
    /// signals it to be done with it. Any context.
    ///
    /// # Safety
    ///
    /// See `event_at`.
    fn KeReadStateEvent(event: *mut c::_KEVENT) -> c::LONG {
        // SAFETY: The caller's promise.
        unsafe { event_at(event) }.map_or(0, |event| event.query().1.into())
    }
}
