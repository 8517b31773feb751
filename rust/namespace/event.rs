// SPDX-License-Identifier: GPL-2.0

//! Creating an event, and a reference to one.

use super::{
    object::{
        Event,
        Object, //
    },
    Handle,
    NamespaceRef,
    Request, //
};
use crate::{
    dispatcher,
    object::event::{
        self,
        EventType, //
    },
    status::Status, //
};
use kernel::sync::Arc;

/// A reference to an event, for as long as a wait lasts, or a command on it.
pub(crate) struct EventRef(pub(crate) Arc<Object<Event>>);

impl AsRef<Event> for EventRef {
    #[inline]
    fn as_ref(&self) -> &Event {
        &self.0.body
    }
}

impl Handle<Event> {
    /// Creates an event, or opens the one that has the name; the second value tells which. Context
    /// and errors as [`Handle::create`].
    pub(crate) fn create_event(
        namespace: &NamespaceRef,
        request: &Request<'_>,
        event_type: EventType,
        signaled: bool,
    ) -> Result<(Self, bool), Status> {
        Self::create(namespace, request, || {
            dispatcher::Object::new(event::Event::new(event_type, signaled))
        })
    }

    /// The object, to be waited for after the handle is closed.
    pub(crate) fn event_ref(&self) -> EventRef {
        EventRef(self.object.clone())
    }
}
