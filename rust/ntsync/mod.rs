// SPDX-License-Identifier: GPL-2.0

//! The ntsync personality: `/dev/ntsync` with the ABI of the kernel's own driver of that name, for
//! programs that know it, such as Wine.
//!
//! It translates, and keeps nothing but which open of the node an object belongs to. Where that
//! driver's rules are not those of NT as the rest of the module has them, the rule stands here, at
//! one place each; `docs/ntsync.md` lists them.
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

/// Whether the module's parameter asks for the node.
///
/// Errors: `EINVAL` for a parameter that means nothing.
pub(crate) fn is_wanted() -> Result<bool> {
    match crate::module_parameters::ntsync.value() {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(EINVAL),
    }
}

/// Registers the node. If somebody has one of the name, or it cannot be, the log is told, and there
/// is none: `device` can be open already, so that loading must not fail any more. Process context.
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
