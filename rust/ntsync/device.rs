// SPDX-License-Identifier: GPL-2.0

//! An open file of `/dev/ntsync`, and its objects.

use super::object::{
    Object,
    Open, //
};
use crate::sys::{
    fd::Fd,
    files::Files,
    misc_device, //
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

/// An open file of the node. Only it can wait for its objects.
pub(crate) struct Device {
    pub(super) open: Arc<Open>,
}

impl misc_device::Device for Device {
    type Shared = ();

    fn open((): &()) -> Result<Self> {
        let open = Arc::new(Open, GFP_KERNEL_ACCOUNT)?;
        Ok(Self { open })
    }
}

impl Device {
    /// The object of this open file that `fd` refers to.
    ///
    /// Errors: `EINVAL` if it is anything else.
    #[inline]
    pub(super) fn find(&self, files: Files, fd: i32) -> Result<Fd<Object>> {
        let object = Fd::<Object>::get(files, fd).map_err(|_| EINVAL)?;
        if Arc::ptr_eq(&object.open, &self.open) {
            Ok(object)
        } else {
            Err(EINVAL)
        }
    }
}
