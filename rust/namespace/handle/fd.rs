// SPDX-License-Identifier: GPL-2.0

//! Finding the handle of an fd of the current task.

use crate::{
    namespace::{
        access::Access,
        Directory,
        Event,
        Handle,
        ObjectType,
        Root,
        SymbolicLink, //
    },
    status::Status,
    sys::{
        fd::Fd,
        file::{
            self,
            Table, //
        },
        files::Files,
    }, //
};

/// The handle that `fd` is. Process context.
///
/// Errors: `INVALID_HANDLE`, `OBJECT_TYPE_MISMATCH`.
#[inline]
pub(crate) fn look_up<T: ObjectType>(files: Files, fd: i32) -> Result<Fd<Handle<T>>, Status>
where
    Handle<T>: file::Handle,
{
    Fd::get(files, fd).map_err(not_that)
}

/// The status if the file has another table, or if there is no file.
#[cold]
fn not_that(found: Option<Table>) -> Status {
    let handles = [
        <Handle<Event> as file::Anonymous>::OPERATIONS.table(),
        <Handle<Directory> as file::Anonymous>::OPERATIONS.table(),
        <Handle<SymbolicLink> as file::Anonymous>::OPERATIONS.table(),
    ];
    match found {
        Some(table) if handles.contains(&table) => Status::OBJECT_TYPE_MISMATCH,
        _ => Status::INVALID_HANDLE,
    }
}

/// The handle of an object where a path begins.
pub(crate) enum RootFd {
    /// A directory.
    Directory(Fd<Handle<Directory>>),
    /// A link.
    Link(Fd<Handle<SymbolicLink>>),
}

impl RootFd {
    /// The directory or link that `fd` is. Process context.
    ///
    /// Errors: `INVALID_HANDLE`, `OBJECT_TYPE_MISMATCH`.
    pub(crate) fn look_up(files: Files, fd: i32) -> Result<Self, Status> {
        match look_up(files, fd) {
            Ok(directory) => Ok(Self::Directory(directory)),
            Err(Status::OBJECT_TYPE_MISMATCH) => look_up(files, fd).map(Self::Link),
            Err(status) => Err(status),
        }
    }

    /// The root of a request.
    pub(crate) fn as_root(&self) -> Root<'_> {
        match self {
            Self::Directory(handle) => Root::Directory(handle),
            Self::Link(handle) => Root::Link(handle),
        }
    }
}

/// The status for a user who needs `right`, after an event was not found. In NT a wait asks only
/// for the right to wait and not for a type. An object that is not an event cannot grant that
/// right.
#[cold]
pub(crate) fn failure_for(right: Access, found: Status) -> Status {
    match found {
        Status::OBJECT_TYPE_MISMATCH if right == Access::SYNCHRONIZE => Status::ACCESS_DENIED,
        found => found,
    }
}

/// The handle of an event that `fd` is. It must have `right`. Process context.
///
/// Errors: `INVALID_HANDLE`, `OBJECT_TYPE_MISMATCH`, `ACCESS_DENIED`, in this order. If `right` is
/// SYNCHRONIZE, a mismatch is `ACCESS_DENIED`.
#[inline]
pub(crate) fn event_with(
    files: Files,
    fd: i32,
    right: Access,
) -> Result<Fd<Handle<Event>>, Status> {
    let handle = look_up::<Event>(files, fd).map_err(|found| failure_for(right, found))?;
    handle.granted.require(right)?;
    Ok(handle)
}

impl AsRef<Event> for Fd<Handle<Event>> {
    #[inline]
    fn as_ref(&self) -> &Event {
        &self.object.body
    }
}
