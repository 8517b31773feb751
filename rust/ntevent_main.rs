// SPDX-License-Identifier: GPL-2.0

//! ntevent: the event objects of Windows NT for Linux.
//!
//! Imports go down only, which `tools/imports` checks. `kapi` (what drivers call) and `abi` (ioctls
//! and fds) use `namespace` (handles, names, rights). `namespace` and `ntsync` (the ABI of another
//! driver) use `object` (event, mutant, semaphore). `object` uses `dispatcher` (how waits are
//! satisfied). `dispatcher` uses `sys`, the only home of the kernel's C interfaces.

#![crate_name = "ntevent"]

use kernel::{
    prelude::*,
    InPlaceModule, //
};

mod abi;
mod dispatcher;
mod kapi;
mod namespace;
mod ntsync;
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
    params: {
        ntsync: u8 {
            default: 0,
            description: "1: serve /dev/ntsync too, as the driver ntsync does",
        },
    },
}

/// The loaded module: the kernel API, the device nodes, and the parts that must outlive them, which
/// are the work that drops deferred values and the dentries of the files. Fields are dropped in
/// this order.
#[pin_data]
struct Module {
    #[pin]
    kapi: kapi::Registration,
    #[pin]
    device: sys::misc_device::Registration<abi::device::Device>,
    ntsync: Option<ntsync::Node>,
    deferred: sys::deferred::Flush,
    _dentries: [sys::file::SharedDentryGuard; 2],
}

impl InPlaceModule for Module {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let registry = namespace::Registry::new();
        let initial = registry
            .as_ref()
            .map_err(|_| ENOMEM)
            .and_then(|registry| Ok(registry.enter(Some(sys::ipc::Ipc::initial()))?));
        let serves_ntsync = ntsync::is_wanted();
        // A node can be opened as soon as it exists, so nothing may fail after that.
        try_pin_init!(Self {
            _dentries: [abi::DENTRY.create()?, ntsync::DENTRY.create()?],
            deferred: serves_ntsync.map(|_| sys::deferred::Flush)?,
            kapi <- kapi::Registration::new(registry.clone()?, initial?),
            device <- sys::misc_device::Registration::new(
                c"ntevent",
                0o666,
                &abi::commands::OPERATIONS,
                registry?,
            ),
            ntsync: match serves_ntsync {
                Ok(true) => ntsync::register(&device),
                _ => None,
            },
        })
    }
}
