// SPDX-License-Identifier: GPL-2.0

//! ntevent: the event objects of Windows NT for Linux.
//!
//! Imports go down only, which `tools/imports` checks. `kapi` (what drivers call) and `abi` (ioctls
//! and fds) use `namespace` (handles, names, rights). `namespace` and `ntsync` (the ABI of another
//! driver) use `object` (event, mutant, semaphore). `object` uses `dispatcher` (how waits are
//! satisfied). `dispatcher` uses `sys`, the only home of the kernel's C interfaces.

#![crate_name = "ntevent"]

use core::borrow::Borrow;
use kernel::{
    prelude::*,
    sync::Arc,
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
        user_bytes: u64 {
            default: 16 * 1024 * 1024,
            description: "the most bytes of names, named objects and links that a user may have",
        },
    },
}

/// The loaded module: the kernel API, the device nodes, and the parts that must outlive them, which
/// are the work that drops deferred values, the work that looks at closed files, and the dentries
/// of the files. Fields are dropped in this order.
#[pin_data]
struct Module {
    #[pin]
    kapi: kapi::Registration,
    #[pin]
    device: sys::misc_device::Registration<abi::device::Device>,
    ntsync: Option<ntsync::Node>,
    registry: Arc<namespace::Registry>,
    deferred: sys::deferred::Flush,
    _closing: sys::file::Work,
    _dentries: [sys::file::SharedDentryGuard; 2],
}

/// The value of a parameter, of which `value` returns a reference on 7.2 and a copy on 7.3.
fn copied(value: impl Borrow<u64>) -> u64 {
    *value.borrow()
}

impl InPlaceModule for Module {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let user_bytes = copied(module_parameters::user_bytes.value());
        let serves_ntsync = ntsync::is_wanted();
        // If a field fails, those before it are dropped. So what may defer values comes after
        // `deferred`. A node can be opened as soon as it exists, so nothing may fail after that.
        try_pin_init!(Self {
            _closing: sys::file::Work::new(),
            _dentries: [abi::DENTRY.create()?, ntsync::DENTRY.create()?],
            deferred: serves_ntsync.map(|_| sys::deferred::Flush)?,
            registry: namespace::Registry::new(user_bytes)?,
            kapi <- kapi::Registration::new(
                registry.clone(),
                registry
                    .enter(Some(sys::ipc::Ipc::initial()))
                    .map_err(|_| ENOMEM)?,
            ),
            device <- sys::misc_device::Registration::new(
                c"ntevent",
                0o666,
                &abi::commands::OPERATIONS,
                registry.clone(),
            ),
            ntsync: match serves_ntsync {
                Ok(true) => ntsync::register(&device),
                _ => None,
            },
        })
    }
}
