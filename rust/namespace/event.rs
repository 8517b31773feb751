// SPDX-License-Identifier: GPL-2.0

//! Creating an event, and references to events.

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

/// A reference to an event, for the time of a wait or of a command.
pub(crate) struct EventRef(pub(crate) Arc<Object<Event>>);

impl AsRef<Event> for EventRef {
    #[inline]
    fn as_ref(&self) -> &Event {
        &self.0.body
    }
}

impl Handle<Event> {
    /// Creates an event, or opens the one that has the name. The second value says whether the
    /// event existed. Context and errors are those of [`Handle::create`].
    pub(crate) fn create_event(
        namespace: &NamespaceRef,
        request: &Request<'_>,
        event_type: EventType,
        signaled: bool,
    ) -> Result<(Self, bool), Status> {
        Self::create(namespace, request, |namespace| {
            let state = event::Event::new(event_type, signaled);
            Ok(dispatcher::Object::new(state, namespace.wait_all_lock()))
        })
    }

    /// A reference to the event, which a thread can wait for after the handle is closed.
    pub(crate) fn event_ref(&self) -> EventRef {
        EventRef(self.object.clone())
    }
}
