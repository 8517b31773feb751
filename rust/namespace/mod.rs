// SPDX-License-Identifier: GPL-2.0

//! The object manager: names and where they are, handles, and who may do what with an object.

pub(crate) mod access;
mod attributes;
mod capture;
mod count;
mod directory;
mod entries;
mod event;
pub(crate) mod fd;
mod handle;
pub(crate) mod name;
mod object;
mod open;
mod path;
mod registry;
mod request;
mod security;
mod space;
mod types;
mod upcase;
mod walk;

pub(crate) use attributes::Attributes;
pub(crate) use capture::capture_name;
pub(crate) use event::EventRef;
pub(crate) use handle::Handle;
pub(crate) use object::{
    AnyObject,
    Directory,
    Event,
    Object,
    ObjectType,
    SymbolicLink, //
};
pub(crate) use path::Path;
pub(crate) use registry::{
    NamespaceRef,
    Registry, //
};
pub(crate) use request::Request;
pub(crate) use security::{
    AccessMode,
    Descriptor, //
};
pub(crate) use space::Namespace;
