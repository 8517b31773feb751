// SPDX-License-Identifier: GPL-2.0

//! An object: a body of some kind, and what the object manager keeps for it.

use super::Descriptor;
use crate::{
    dispatcher,
    object::event::{
        Event,
        EventType, //
    },
};
use kernel::{
    alloc::AllocError,
    prelude::*,
    sync::Arc, //
};

/// An object that handles refer to. It lives as long as a handle or a waiter holds it.
#[pin_data]
pub(crate) struct Object {
    /// Who may do what with it.
    pub(crate) descriptor: Descriptor,
    /// Its body.
    #[pin]
    pub(crate) event: dispatcher::Object<Event>,
}

impl Object {
    /// A new event without a name, charged to the caller's memory cgroup. Process context, may
    /// sleep.
    pub(crate) fn new_event(
        descriptor: Descriptor,
        event_type: EventType,
        signaled: bool,
    ) -> Result<Arc<Self>, AllocError> {
        let object = pin_init!(Self {
            descriptor,
            event <- dispatcher::Object::new(Event::new(event_type, signaled)),
        });
        Arc::pin_init(object, GFP_KERNEL_ACCOUNT).map_err(|_| AllocError)
    }
}
