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
        AnyObject,
        Object,
        ObjectType, //
    },
};
use kernel::sync::Arc;

/// The body of a symbolic link.
pub(crate) struct SymbolicLink {
    /// The path that it stands for. It is looked up each time, so it need not exist.
    pub(crate) target: Name,
}

impl ObjectType for SymbolicLink {
    const RIGHTS: &'static GenericMapping = &access::SYMBOLIC_LINK;
    const CREATE: Access = Access::CREATE_OBJECT;

    fn into_any(object: Arc<Object<Self>>) -> AnyObject {
        AnyObject::SymbolicLink(object)
    }

    fn downcast(any: &AnyObject) -> Option<&Arc<Object<Self>>> {
        match any {
            AnyObject::SymbolicLink(object) => Some(object),
            _ => None,
        }
    }
}
