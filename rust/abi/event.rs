// SPDX-License-Identifier: GPL-2.0

//! The file of an event handle, and its commands.

use super::{
    arguments::store,
    failure::Failure,
    fdinfo,
    handle::common,
    wait::wait_one,
    DENTRY, //
};
use crate::{
    namespace::{
        access::Access,
        Event,
        Handle, //
    },
    object::event::EventType,
    sys::file::{
        self,
        Call,
        HandleKind,
        Operations,
        PollQueue, //
    },
    uapi, //
};
use kernel::{
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    uaccess::UserPtr, //
};

static OPERATIONS: Operations<Handle<Event>, HandleKind> = Operations::handle();

/// The event. The handle must have `right`.
#[inline]
fn event(handle: &Handle<Event>, right: Access) -> Result<&Event> {
    match handle.granted.require(right) {
        Ok(()) => Ok(&handle.object.body),
        Err(status) => Err(Failure::from(status).errno),
    }
}

impl file::Anonymous for Handle<Event> {
    type Kind = HandleKind;
    const OPERATIONS: &'static Operations<Self, HandleKind> = &OPERATIONS;

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
            _ => common(self, call.files, command, argument),
        }
    }

    fn close(&self) {
        Handle::close(self);
    }

    fn poll_queue(&self) -> Option<PollQueue<'_>> {
        let can_wait = self.granted.contains(Access::SYNCHRONIZE);
        can_wait.then(|| PollQueue::new(self.object.body.queue()))
    }

    fn is_readable(&self) -> bool {
        self.object.body.is_signaled()
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
