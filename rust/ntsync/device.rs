// SPDX-License-Identifier: GPL-2.0

//! `/dev/ntsync`: its opens, and the commands on them.

use super::{
    object::{
        install,
        Object, //
    },
    primitive::Primitive,
    uapi,
    wait::wait, //
};
use crate::{
    object::{
        event::{
            Event,
            EventType, //
        },
        mutant::Mutant,
        semaphore::Semaphore, //
    },
    sys::{
        fd::Fd,
        file::{
            self,
            Ioctl,
            Operations, //
        },
        user::load, //
    },
};
use kernel::{
    prelude::*,
    sync::Arc,
    uaccess::UserPtr, //
};

/// An open of the node. Its objects can be waited for by it alone.
pub(crate) struct Device {
    open: Arc<Open>,
}

/// Which open of the node it is: its address tells.
pub(super) struct Open;

/// What can be done with the node's files.
pub(super) static OPERATIONS: Operations<Device> = Operations::device();

impl file::Device for Device {
    type Shared = ();

    fn open((): &()) -> Result<Self> {
        let open = Arc::new(Open, GFP_KERNEL_ACCOUNT)?;
        Ok(Self { open })
    }
}

impl Ioctl for Device {
    fn ioctl(&self, command: u32, argument: UserPtr) -> Result<u32> {
        match command {
            uapi::WAIT_ANY => wait(self, argument, false),
            uapi::WAIT_ALL => wait(self, argument, true),
            uapi::CREATE_EVENT => self.create_event(argument),
            uapi::CREATE_MUTEX => self.create_mutex(argument),
            uapi::CREATE_SEM => self.create_semaphore(argument),
            _ => Err(ENOTTY),
        }
    }
}

impl Device {
    /// The object of this open that `fd` is.
    ///
    /// Errors: `EINVAL`, for whatever else it is.
    #[inline]
    pub(super) fn find(&self, fd: i32) -> Result<Fd<Object>> {
        let object = Fd::<Object>::get(fd).map_err(|_| EINVAL)?;
        if Arc::ptr_eq(&object.open, &self.open) {
            Ok(object)
        } else {
            Err(EINVAL)
        }
    }

    fn create_event(&self, argument: UserPtr) -> Result<u32> {
        let arguments: uapi::ntsync_event_args = load(argument)?;
        let event_type = if arguments.manual != 0 {
            EventType::Notification
        } else {
            EventType::Synchronization
        };
        let event = Event::new(event_type, arguments.signaled != 0);
        install(&self.open, Primitive::Event(event))
    }

    fn create_mutex(&self, argument: UserPtr) -> Result<u32> {
        let arguments: uapi::ntsync_mutex_args = load(argument)?;
        let mutant = Mutant::new(arguments.owner, arguments.count).ok_or(EINVAL)?;
        install(&self.open, Primitive::Mutex(mutant))
    }

    fn create_semaphore(&self, argument: UserPtr) -> Result<u32> {
        let arguments: uapi::ntsync_sem_args = load(argument)?;
        let semaphore = Semaphore::new(arguments.count, arguments.max).map_err(|_| EINVAL)?;
        install(&self.open, Primitive::Semaphore(semaphore))
    }
}
