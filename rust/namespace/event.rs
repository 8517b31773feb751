// SPDX-License-Identifier: GPL-2.0

//! The event as the object manager sees it.

use super::{
    access::{
        self,
        Access,
        GenericMapping, //
    },
    handle::Handle,
    object::{
        Event,
        Kind,
        Node,
        Object, //
    },
};
use kernel::sync::Arc;

impl Kind for Event {
    const RIGHTS: &'static GenericMapping = &access::EVENT;
    const CREATE: Access = Access::CREATE_OBJECT;

    fn node(object: Arc<Object<Self>>) -> Node {
        Node::Event(object)
    }

    fn of(node: &Node) -> Option<&Arc<Object<Self>>> {
        match node {
            Node::Event(object) => Some(object),
            _ => None,
        }
    }
}

/// An event for as long as a wait lasts, or a command on it.
pub(crate) struct Held(pub(crate) Arc<Object<Event>>);

impl AsRef<Event> for Held {
    #[inline]
    fn as_ref(&self) -> &Event {
        &self.0.body
    }
}

impl Handle<Event> {
    /// The object, to be waited for after the handle is closed.
    pub(crate) fn hold(&self) -> Held {
        Held(self.object.clone())
    }
}
