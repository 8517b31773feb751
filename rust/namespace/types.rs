// SPDX-License-Identifier: GPL-2.0

//! The types of objects, and their properties in the object manager.

use super::{
    access::{
        self,
        Access,
        GenericMapping, //
    },
    directory::dismantle,
    handle::Handle,
    object::{
        AnyObject,
        Directory,
        Event,
        Object,
        ObjectType,
        SymbolicLink, //
    },
};
use kernel::sync::Arc;

impl ObjectType for Event {
    type Handle = Handle<Self>;

    const RIGHTS: &'static GenericMapping = &access::EVENT;
    const CREATE: Access = Access::CREATE_OBJECT;
    const FOLDS: bool = false;

    fn into_any(object: Arc<Object<Self>>) -> AnyObject {
        AnyObject::Event(object)
    }

    fn downcast(any: &AnyObject) -> Option<&Arc<Object<Self>>> {
        match any {
            AnyObject::Event(object) => Some(object),
            _ => None,
        }
    }
}

impl ObjectType for Directory {
    type Handle = Handle<Self>;

    const RIGHTS: &'static GenericMapping = &access::DIRECTORY;
    const CREATE: Access = Access::CREATE_SUBDIRECTORY;
    const FOLDS: bool = true;

    fn into_any(object: Arc<Object<Self>>) -> AnyObject {
        AnyObject::Directory(object)
    }

    fn downcast(any: &AnyObject) -> Option<&Arc<Object<Self>>> {
        match any {
            AnyObject::Directory(object) => Some(object),
            _ => None,
        }
    }

    fn on_unreachable(object: &Arc<Object<Self>>) -> u32 {
        dismantle(object)
    }
}

impl ObjectType for SymbolicLink {
    type Handle = Handle<Self>;

    const RIGHTS: &'static GenericMapping = &access::SYMBOLIC_LINK;
    const CREATE: Access = Access::CREATE_OBJECT;
    const FOLDS: bool = true;

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
