// SPDX-License-Identifier: GPL-2.0

//! `/dev/ntevent`: the commands on the device node.

use super::{
    arguments::store,
    create::create_event,
    wait::{
        signal_and_wait,
        wait, //
    }, //
};
use crate::{
    sys::file::{
        self,
        Operations, //
    },
    uapi, //
};
use kernel::{
    prelude::*,
    uaccess::UserPtr, //
};

/// The device node.
pub(crate) struct Device;

/// What can be done with the node's files.
pub(crate) static OPERATIONS: Operations<Device> = Operations::device();

impl file::Device for Device {
    #[inline]
    fn ioctl(command: u32, argument: UserPtr) -> Result<u32> {
        match command {
            uapi::NTEVENT_IOC_WAIT => wait(argument),
            uapi::NTEVENT_IOC_SIGNAL_AND_WAIT => signal_and_wait(argument),
            uapi::NTEVENT_IOC_CREATE_EVENT => create_event(argument),
            uapi::NTEVENT_IOC_GET_INFO => get_info(argument),
            _ => Err(ENOTTY),
        }
    }
}

fn get_info(argument: UserPtr) -> Result<u32> {
    let info = uapi::ntevent_info {
        abi_version: uapi::NTEVENT_ABI_VERSION,
        max_wait_objects: uapi::NTEVENT_MAX_WAIT_OBJECTS,
        features: u64::from(uapi::NTEVENT_FEATURE_EVENTS),
    };
    store(argument, &info)?;
    Ok(0)
}
