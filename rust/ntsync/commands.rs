// SPDX-License-Identifier: GPL-2.0

//! The commands on open files of `/dev/ntsync`.

use super::{
    device::Device,
    object::install,
    primitive::Primitive,
    uapi,
    wait::wait, //
};
use crate::{
    dispatcher::WaitType,
    object::{
        event::{
            Event,
            EventType, //
        },
        mutant::Mutant,
        semaphore::Semaphore, //
    },
    sys::{
        file::{
            Ioctl,
            NodeKind,
            Operations, //
        },
        files::Files,
        user::load, //
    },
};
use kernel::{
    prelude::*,
    uaccess::UserPtr, //
};

/// The file operations of the node.
pub(super) static OPERATIONS: Operations<Device, NodeKind> = Operations::device();

impl Ioctl for Device {
    fn ioctl(&self, files: Files, command: u32, argument: UserPtr) -> Result<u32> {
        match command {
            uapi::WAIT_ANY => wait(self, files, argument, WaitType::Any),
            uapi::WAIT_ALL => wait(self, files, argument, WaitType::All),
            uapi::CREATE_EVENT => create_event(self, files, argument),
            uapi::CREATE_MUTEX => create_mutex(self, files, argument),
            uapi::CREATE_SEM => create_semaphore(self, files, argument),
            _ => Err(ENOTTY),
        }
    }
}

fn create_event(device: &Device, files: Files, argument: UserPtr) -> Result<u32> {
    let arguments: uapi::ntsync_event_args = load(argument)?;
    let event_type = if arguments.manual != 0 {
        EventType::Notification
    } else {
        EventType::Synchronization
    };
    let event = Event::new(event_type, arguments.signaled != 0);
    install(&device.wait_all_lock, files, Primitive::Event(event))
}

fn create_mutex(device: &Device, files: Files, argument: UserPtr) -> Result<u32> {
    let arguments: uapi::ntsync_mutex_args = load(argument)?;
    let mutant = Mutant::new(arguments.owner, arguments.count).ok_or(EINVAL)?;
    install(&device.wait_all_lock, files, Primitive::Mutex(mutant))
}

fn create_semaphore(device: &Device, files: Files, argument: UserPtr) -> Result<u32> {
    let arguments: uapi::ntsync_sem_args = load(argument)?;
    let semaphore = Semaphore::new(arguments.count, arguments.max).map_err(|_| EINVAL)?;
    install(
        &device.wait_all_lock,
        files,
        Primitive::Semaphore(semaphore),
    )
}
