// SPDX-License-Identifier: GPL-2.0

//! Finding the handle of an fd of the current task.

use crate::{
    namespace::{
        access::Access,
        Directory,
        Event,
        Handle,
        ObjectType,
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

/// The handle of an event that `fd` is. It must have `right`. Process context.
///
/// Errors: `INVALID_HANDLE`, `OBJECT_TYPE_MISMATCH`, `ACCESS_DENIED`, in this order.
#[inline]
pub(crate) fn event_with(
    files: Files,
    fd: i32,
    right: Access,
) -> Result<Fd<Handle<Event>>, Status> {
    let handle = look_up::<Event>(files, fd)?;
    handle.granted.require(right)?;
    Ok(handle)
}

impl AsRef<Event> for Fd<Handle<Event>> {
    #[inline]
    fn as_ref(&self) -> &Event {
        &self.object.body
    }
}
