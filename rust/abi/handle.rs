// SPDX-License-Identifier: GPL-2.0

//! The handle: an fd's reference to an object, with the rights that were granted when it was made;
//! and the commands on it.

use super::{
    arguments::store,
    duplicate::duplicate,
    failure::Failure,
    wait::wait_one, //
};
use crate::{
    dispatcher,
    namespace::{
        access::Access,
        Object, //
    },
    object::event::{
        Event,
        EventType, //
    },
    status::Status,
    sys::file::{
        self,
        Fd,
        Operations,
        PollTable,
        Readiness, //
    },
    uapi, //
};
use kernel::{
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    sync::Arc,
    uaccess::UserPtr, //
};

/// A handle. It goes with the last fd of its open file description.
pub(super) struct Handle {
    pub(super) object: Arc<Object>,
    pub(super) granted: Access,
}

static OPERATIONS: Operations<Handle> = Operations::handle();

impl Handle {
    /// The handle that `fd` is, if it grants `right`. Process context.
    ///
    /// Errors: `INVALID_HANDLE`, `ACCESS_DENIED`.
    #[inline]
    pub(super) fn get(fd: i32, right: Access) -> Result<Fd<Self>, Status> {
        let handle = Fd::<Self>::get(fd).ok_or(Status::INVALID_HANDLE)?;
        handle.granted.require(right)?;
        Ok(handle)
    }

    /// The event, if the handle grants `right`.
    #[inline]
    fn event(&self, right: Access) -> Result<&dispatcher::Object<Event>> {
        match self.granted.require(right) {
            Ok(()) => Ok(&self.object.event),
            Err(status) => Err(Failure::from(status).errno),
        }
    }
}

impl AsRef<dispatcher::Object<Event>> for Fd<Handle> {
    #[inline]
    fn as_ref(&self) -> &dispatcher::Object<Event> {
        &self.object.event
    }
}

impl file::Handle for Handle {
    const OPERATIONS: &'static Operations<Self> = &OPERATIONS;
    const NAME: &'static CStr = c"[ntevent]";

    #[inline]
    fn ioctl(&self, command: u32, argument: UserPtr) -> Result<u32> {
        match command {
            uapi::NTEVENT_IOC_SET => Ok(self.event(Access::MODIFY_STATE)?.set().into()),
            uapi::NTEVENT_IOC_RESET => Ok(self.event(Access::MODIFY_STATE)?.reset().into()),
            uapi::NTEVENT_IOC_CLEAR => {
                self.event(Access::MODIFY_STATE)?.reset();
                Ok(0)
            }
            uapi::NTEVENT_IOC_PULSE => Ok(self.event(Access::MODIFY_STATE)?.pulse().into()),
            uapi::NTEVENT_IOC_QUERY => query(self.event(Access::QUERY_STATE)?, argument),
            uapi::NTEVENT_IOC_WAIT_ONE => wait_one(self, argument),
            uapi::NTEVENT_IOC_DUPLICATE => duplicate(self, argument),
            _ => Err(ENOTTY),
        }
    }

    fn poll(&self, table: &PollTable) -> Readiness {
        if !self.granted.contains(Access::SYNCHRONIZE) {
            return Readiness::Error;
        }
        table.register(self.object.event.queue());
        if self.object.event.is_signaled() {
            Readiness::Readable
        } else {
            Readiness::Nothing
        }
    }

    fn show_fdinfo(&self, out: &SeqFile) {
        let event = &self.object.event;
        let (event_type, signaled) = event.query();
        let event_type = match event_type {
            EventType::Notification => "notification",
            EventType::Synchronization => "synchronization",
        };
        seq_print!(out, "type:\tevent\n");
        seq_print!(out, "event-type:\t{}\n", event_type);
        seq_print!(out, "state:\t{}\n", u32::from(signaled));
        seq_print!(out, "access:\t0x{:08x}\n", self.granted.bits());
        seq_print!(out, "name:\t\n");
        seq_print!(out, "waiters:\t{}\n", event.waiters());
    }
}

fn query(event: &dispatcher::Object<Event>, argument: UserPtr) -> Result<u32> {
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
