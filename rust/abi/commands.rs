// SPDX-License-Identifier: GPL-2.0

//! The commands on files of `/dev/ntevent`.

use super::{
    arguments::store,
    create::{
        create_directory,
        create_event,
        create_link,
        open, //
    },
    device::Device,
    wait::{
        signal_and_wait,
        wait, //
    }, //
};
use crate::{
    namespace::{
        Directory,
        Event,
        SymbolicLink, //
    },
    sys::{
        file::{
            Ioctl,
            NodeKind,
            Operations, //
        },
        files::Files,
    },
    uapi, //
};
use kernel::{
    prelude::*,
    uaccess::UserPtr, //
};

/// The file operations of the node.
pub(crate) static OPERATIONS: Operations<Device, NodeKind> = Operations::device();

impl Ioctl for Device {
    #[inline]
    fn ioctl(&self, files: Files, command: u32, argument: UserPtr) -> Result<u32> {
        match command {
            uapi::NTEVENT_IOC_WAIT => wait(files, argument),
            uapi::NTEVENT_IOC_SIGNAL_AND_WAIT => signal_and_wait(files, argument),
            uapi::NTEVENT_IOC_CREATE_EVENT => create_event(self, files, argument),
            uapi::NTEVENT_IOC_OPEN_EVENT => open::<Event>(self, files, argument),
            uapi::NTEVENT_IOC_CREATE_DIRECTORY => create_directory(self, files, argument),
            uapi::NTEVENT_IOC_OPEN_DIRECTORY => open::<Directory>(self, files, argument),
            uapi::NTEVENT_IOC_CREATE_SYMBOLIC_LINK => create_link(self, files, argument),
            uapi::NTEVENT_IOC_OPEN_SYMBOLIC_LINK => open::<SymbolicLink>(self, files, argument),
            uapi::NTEVENT_IOC_NEW_NAMESPACE => self.new_namespace(),
            uapi::NTEVENT_IOC_GET_INFO => get_info(argument),
            _ => Err(ENOTTY),
        }
    }
}

fn get_info(argument: UserPtr) -> Result<u32> {
    let info = uapi::ntevent_info {
        abi_version: uapi::NTEVENT_ABI_VERSION,
        max_wait_objects: uapi::NTEVENT_MAX_WAIT_OBJECTS,
        features: u64::from(uapi::NTEVENT_FEATURE_EVENTS | uapi::NTEVENT_FEATURE_NAMES),
    };
    store(argument, &info)?;
    Ok(0)
}
