// SPDX-License-Identifier: GPL-2.0

//! The object manager: names, handles and rights.
//!
//! Its parts, from the bottom up:
//!
//! - `security`: rights, and the callers that get them.
//! - `path`: names, how they are compared, and how they are copied in.
//! - `object`: what every object has, and the bodies of the types.
//! - `directory`: the table of names, its lock, and the walk along a path.
//! - `space` and `registry`: namespaces, and the references to them.
//! - `handle`: handles, which are made when an object is created or opened.
//! - `types`: the properties of each type of object.

mod count;
mod directory;
mod event;
mod handle;
mod handle_count;
mod object;
mod path;
mod quota;
mod registry;
mod security;
mod space;
mod types;

pub(crate) use event::EventRef;
pub(crate) use handle::{
    fd,
    Attributes,
    Handle,
    Request,
    Root, //
};
pub(crate) use object::{
    AnyObject,
    Directory,
    Event,
    Object,
    ObjectType,
    SymbolicLink, //
};
pub(crate) use path::{
    capture_name,
    name,
    Path, //
};
pub(crate) use registry::{
    NamespaceRef,
    Registry, //
};
pub(crate) use security::{
    access,
    AccessMode,
    Descriptor, //
};
pub(crate) use space::Namespace;
