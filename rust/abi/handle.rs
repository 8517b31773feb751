// SPDX-License-Identifier: GPL-2.0

//! Finding handles by fd; the handles of events, and the commands on them.

use super::{
    arguments::{
        store,
        with_arguments, //
    },
    duplicate::duplicate,
    failure::Failure,
    fdinfo,
    query::query_object,
    wait::wait_one,
    DENTRY, //
};
use crate::{
    namespace::{
        access::Access,
        Directory,
        Event,
        Handle,
        ObjectType,
        SymbolicLink, //
    },
    object::event::EventType,
    status::Status,
    sys::{
        fd::Fd,
        file::{
            self,
            Call,
            Operations,
            PollTable,
            Readiness,
            Table, //
        },
    },
    uapi, //
};
use kernel::{
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    uaccess::UserPtr, //
};

static OPERATIONS: Operations<Handle<Event>> = Operations::handle();

/// The handle of a type that `fd` is. Process context.
///
/// Errors: `INVALID_HANDLE`, `OBJECT_TYPE_MISMATCH`.
#[inline]
pub(crate) fn look_up<T: ObjectType>(fd: i32) -> Result<Fd<Handle<T>>, Status>
where
    Handle<T>: file::Handle,
{
    Fd::get(fd).map_err(not_that)
}

/// What it means that a file of another table was found, or none.
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

/// The event that `fd` is, if it grants `right`. Process context.
///
/// Errors: `INVALID_HANDLE`, `OBJECT_TYPE_MISMATCH`, `ACCESS_DENIED`, in this order.
#[inline]
pub(super) fn event_with(fd: i32, right: Access) -> Result<Fd<Handle<Event>>, Status> {
    let handle = look_up::<Event>(fd)?;
    handle.granted.require(right)?;
    Ok(handle)
}

impl AsRef<Event> for Fd<Handle<Event>> {
    #[inline]
    fn as_ref(&self) -> &Event {
        &self.object.body
    }
}

/// The event, if the handle grants `right`.
#[inline]
fn event(handle: &Handle<Event>, right: Access) -> Result<&Event> {
    match handle.granted.require(right) {
        Ok(()) => Ok(&handle.object.body),
        Err(status) => Err(Failure::from(status).errno),
    }
}

/// The commands on handles of every type, and what those of another type come to.
pub(super) fn common<T: ObjectType>(
    handle: &Handle<T>,
    command: u32,
    argument: UserPtr,
) -> Result<u32>
where
    Handle<T>: file::Handle,
{
    let plain = |result: Result<(), Status>| match result {
        Ok(()) => Ok(0),
        Err(status) => Err(Failure::from(status).errno),
    };
    let mismatch = Status::OBJECT_TYPE_MISMATCH;
    match command {
        uapi::NTEVENT_IOC_DUPLICATE => duplicate(handle, argument),
        uapi::NTEVENT_IOC_QUERY_OBJECT => query_object(handle, argument),
        uapi::NTEVENT_IOC_MAKE_TEMPORARY => plain(
            handle
                .granted
                .require(Access::DELETE)
                .map(|()| handle.make_temporary()),
        ),
        uapi::NTEVENT_IOC_MAKE_PERMANENT => plain(handle.make_permanent()),
        uapi::NTEVENT_IOC_SET
        | uapi::NTEVENT_IOC_RESET
        | uapi::NTEVENT_IOC_CLEAR
        | uapi::NTEVENT_IOC_PULSE
        | uapi::NTEVENT_IOC_QUERY => plain(Err(mismatch)),
        uapi::NTEVENT_IOC_WAIT_ONE if argument.as_const_ptr().is_null() => plain(Err(mismatch)),
        uapi::NTEVENT_IOC_WAIT_ONE => {
            with_arguments::<uapi::ntevent_wait_one_args>(argument, |_| Err(mismatch.into()))
        }
        uapi::NTEVENT_IOC_QUERY_DIRECTORY => {
            with_arguments::<uapi::ntevent_directory_entry>(argument, |_| Err(mismatch.into()))
        }
        _ => Err(ENOTTY),
    }
}

impl file::Anonymous for Handle<Event> {
    const OPERATIONS: &'static Operations<Self> = &OPERATIONS;

    fn dentry() -> &'static file::SharedDentry {
        &DENTRY
    }

    fn show_fdinfo(&self, out: &SeqFile) {
        let event = &self.object.body;
        let (event_type, signaled) = event.query();
        let event_type = match event_type {
            EventType::Notification => "notification",
            EventType::Synchronization => "synchronization",
        };
        fdinfo::show(out, "event", self);
        seq_print!(out, "event-type:\t{}\n", event_type);
        seq_print!(out, "state:\t{}\n", u32::from(signaled));
        seq_print!(out, "waiters:\t{}\n", event.waiters());
    }
}

impl file::Handle for Handle<Event> {
    #[inline]
    fn ioctl(&self, call: Call<'_>, command: u32, argument: UserPtr) -> Result<u32> {
        match command {
            uapi::NTEVENT_IOC_SET => Ok(event(self, Access::MODIFY_STATE)?.set().into()),
            uapi::NTEVENT_IOC_RESET => Ok(event(self, Access::MODIFY_STATE)?.reset().into()),
            uapi::NTEVENT_IOC_CLEAR => {
                event(self, Access::MODIFY_STATE)?.reset();
                Ok(0)
            }
            uapi::NTEVENT_IOC_PULSE => Ok(event(self, Access::MODIFY_STATE)?.pulse().into()),
            uapi::NTEVENT_IOC_QUERY => query(event(self, Access::QUERY_STATE)?, argument),
            uapi::NTEVENT_IOC_WAIT_ONE => wait_one(self, call, argument),
            _ => common(self, command, argument),
        }
    }

    fn close(&self) {
        Handle::close(self);
    }

    fn poll(&self, table: &PollTable) -> Readiness {
        if !self.granted.contains(Access::SYNCHRONIZE) {
            return Readiness::Error;
        }
        table.register(self.object.body.queue());
        if self.object.body.is_signaled() {
            Readiness::Readable
        } else {
            Readiness::Nothing
        }
    }
}

fn query(event: &Event, argument: UserPtr) -> Result<u32> {
    let (event_type, signaled) = event.query();
    let info = uapi::ntevent_event_info {
        event_type: match event_type {
            EventType::Notification => uapi::NTEVENT_NOTIFICATION_EVENT,
            EventType::Synchronization => uapi::NTEVENT_SYNCHRONIZATION_EVENT,
        },
        event_state: signaled.into(),
    };
    store(argument, &info)?;
    Ok(0)
}
