// SPDX-License-Identifier: GPL-2.0

//! The symbolic link: a name that stands for a path. NT: C4.

use super::{
    access::{
        self,
        Access,
        GenericMapping, //
    },
    name::Name,
    object::{
        Kind,
        Node,
        Object, //
    },
};
use kernel::sync::Arc;

/// The body of a symbolic link.
pub(crate) struct SymbolicLink {
    /// The path that it stands for. It is looked up each time, so it need not exist.
    pub(crate) target: Name,
}

impl Kind for SymbolicLink {
    const RIGHTS: &'static GenericMapping = &access::SYMBOLIC_LINK;
    const CREATE: Access = Access::CREATE_OBJECT;

    fn node(object: Arc<Object<Self>>) -> Node {
        Node::SymbolicLink(object)
    }

    fn of(node: &Node) -> Option<&Arc<Object<Self>>> {
        match node {
            Node::SymbolicLink(object) => Some(object),
            _ => None,
        }
    }
}
