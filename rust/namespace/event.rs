// SPDX-License-Identifier: GPL-2.0

//! The event as the object manager sees it.

use super::{
    access::{
        self,
        Access,
        GenericMapping, //
    },
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
