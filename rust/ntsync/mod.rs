// SPDX-License-Identifier: GPL-2.0

//! The ntsync personality: `/dev/ntsync` with the ABI of the kernel's own driver of that name, for
//! programs that know it, such as Wine.
//!
//! It translates, and keeps nothing but which open of the node an object belongs to. Where that
//! driver's rules are not those of NT as the rest of the module has them, the rule stands here, at
//! one place each; `docs/ntsync.md` lists them.
//!
//! C header: [`include/uapi/linux/ntsync.h`](srctree/include/uapi/linux/ntsync.h)

use crate::sys::misc_device::Registration;
use kernel::prelude::*;

mod device;
mod object;
mod primitive;
mod uapi;
mod wait;

/// The registered node.
pub(crate) type Node = Pin<KBox<Registration<device::Device>>>;

/// Registers the node if the module's parameter asks for it, unless somebody has one of the name:
/// that is told to the log. Process context.
///
/// Errors: `EINVAL` for a parameter that means nothing, `ENOMEM`.
pub(crate) fn register<T: crate::sys::file::Device>(
    device: &Registration<T>,
) -> Result<Option<Node>> {
    match crate::module_parameters::ntsync.value() {
        0 => return Ok(None),
        1 => (),
        _ => return Err(EINVAL),
    }
    let name = c"ntsync";
    let node = if device.is_taken(name) {
        Err(EEXIST)
    } else {
        let node = Registration::new(name, 0o666, &device::OPERATIONS, ());
        KBox::pin_init(node, GFP_KERNEL)
    };
    match node {
        Err(EEXIST) => {
            pr_warn!("/dev/ntsync is another driver's; loaded without it\n");
            Ok(None)
        }
        node => node.map(Some),
    }
}
