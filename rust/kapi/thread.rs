// SPDX-License-Identifier: GPL-2.0

//! The thread object. It can be waited for, as an event can. It is signaled when the thread has
//! ended, and stays signaled.

use super::c;
use crate::{
    dispatcher,
    namespace::Event,
    object::event::{
        self,
        EventType, //
    },
};
use kernel::{
    alloc::AllocError,
    container_of,
    prelude::*,
    sync::Arc, //
};

/// A thread of a driver. It lives while it has a handle, a reference or a waiter, and while the
/// thread runs.
#[pin_data]
pub(super) struct Thread {
    #[pin]
    ended: Event,
}

impl Thread {
    /// The object of a thread that has not ended. Process context, may sleep.
    pub(super) fn new() -> Result<Arc<Self>, AllocError> {
        let ended = event::Event::new(EventType::Notification, false);
        let thread = pin_init!(Self {
            ended <- dispatcher::Object::of_thread(ended),
        });
        Arc::pin_init(thread, GFP_KERNEL_ACCOUNT).map_err(|_| AllocError)
    }

    /// Signals the object. Called when the thread has run the driver's code for the last time. Any
    /// context.
    pub(super) fn end(&self) {
        self.ended.set();
    }

    /// The pointer that drivers get for the thread.
    pub(super) fn address_of(thread: &Arc<Self>) -> c::PVOID {
        // SAFETY: The object is alive, and taking a field's address reads nothing.
        unsafe { &raw const (*Arc::as_ptr(thread)).ended }
            .cast_mut()
            .cast()
    }

    /// The thread that a pointer refers to.
    ///
    /// # Safety
    ///
    /// The pointer came from [`Self::address_of`], and a reference to the thread is held.
    pub(super) unsafe fn at(pointer: c::PVOID) -> *const Self {
        let ended = pointer.cast::<Event>().cast_const();
        // SAFETY: By the caller's promise it points to the field of a thread, and may be used for
        // the whole thread.
        unsafe { container_of!(ended, Self, ended) }
    }
}

impl AsRef<Event> for Thread {
    fn as_ref(&self) -> &Event {
        &self.ended
    }
}
