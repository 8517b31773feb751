// SPDX-License-Identifier: GPL-2.0

//! The ntsync personality: `/dev/ntsync` with the ABI of the kernel's own driver, for programs such
//! as Wine.
//!
//! This is a translation. Its only state is which open file of the node an object belongs to. Each
//! rule of that driver that differs from NT's is implemented here, in one place. `docs/ntsync.md`
//! lists them.
//!
//! C header: [`include/uapi/linux/ntsync.h`](srctree/include/uapi/linux/ntsync.h)

use crate::sys::misc_device::{
    Device,
    Registration, //
};
use kernel::prelude::*;

mod commands;
mod device;
mod object;
mod primitive;
mod uapi;
mod wait;

pub(crate) use object::DENTRY;

/// The registered node.
pub(crate) type Node = Pin<KBox<Registration<device::Device>>>;

/// Whether the module parameter asks for the node.
///
/// Errors: `EINVAL` for an invalid parameter.
pub(crate) fn is_wanted() -> Result<bool> {
    match crate::module_parameters::ntsync.value() {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(EINVAL),
    }
}

/// Registers the node. On failure, such as a node of the same name, logs a message and returns
/// none. Loading must not fail at this point, as `device` may be open already. Process context.
pub(crate) fn register<T: Device>(device: &Registration<T>) -> Option<Node> {
    let name = c"ntsync";
    let node = if device.is_taken(name) {
        Err(EEXIST)
    } else {
        let node = Registration::new(name, 0o666, &commands::OPERATIONS, ());
        KBox::pin_init(node, GFP_KERNEL)
    };
    match node {
        Ok(node) => return Some(node),
        Err(EEXIST) => pr_warn!("/dev/ntsync is another driver's; loaded without it\n"),
        Err(error) => pr_warn!("no /dev/ntsync: error {}\n", error.to_errno()),
    }
    None
}
