// SPDX-License-Identifier: GPL-2.0

//! The symbolic link as the object manager sees it.

use super::{
    access::{
        self,
        Access,
        GenericMapping, //
    },
    object::{
        AnyObject,
        Object,
        ObjectType,
        SymbolicLink, //
    },
};
use kernel::sync::Arc;

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
