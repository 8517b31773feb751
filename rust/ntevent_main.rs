// SPDX-License-Identifier: GPL-2.0

//! ntevent: the event objects of Windows NT for Linux.
//!
//! Imports go down only: `abi` (ioctls and fds) uses `namespace` (handles, names, rights), that
//! uses `object` (what an event is), that uses `dispatcher` (how waits are satisfied), that uses
//! `sys`, the only home of the kernel's C interfaces.

#![crate_name = "ntevent"]

use kernel::{
    prelude::*,
    InPlaceModule, //
};

mod abi;
mod dispatcher;
mod namespace;
mod object;
mod status;
mod sys;
mod uapi;

module! {
    type: Module,
    name: "ntevent",
    authors: ["The ntevent developers"],
    description: "Windows NT event objects",
    license: "GPL",
}

/// The loaded module: the device node, for as long as it lives.
#[pin_data]
struct Module {
    #[pin]
    device: sys::misc_device::Registration<abi::device::Device>,
}

impl InPlaceModule for Module {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let shared = abi::device::Shared::new();
        try_pin_init!(Self {
            device <- sys::misc_device::Registration::new(
                c"ntevent",
                0o666,
                &abi::device::OPERATIONS,
                shared?,
            ),
        })
    }
}
