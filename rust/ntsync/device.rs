// SPDX-License-Identifier: GPL-2.0

//! An open file of `/dev/ntsync`, and its objects.

use super::object::Object;
use crate::sys::{
    fd::Fd,
    files::Files,
    misc_device,
    queue::WaitAllLockRef, //
};
use kernel::prelude::*;

/// An open file of the node. Only it can wait for its objects.
pub(crate) struct Device {
    /// The lock that all its objects share. It also tells its objects from those of other open
    /// files.
    pub(super) wait_all_lock: WaitAllLockRef,
}

impl misc_device::Device for Device {
    type Shared = ();

    fn open((): &()) -> Result<Self> {
        let wait_all_lock = WaitAllLockRef::new()?;
        Ok(Self { wait_all_lock })
    }
}

impl Device {
    /// The object of this open file that `fd` refers to.
    ///
    /// Errors: `EINVAL` if it is anything else.
    #[inline]
    pub(super) fn find(&self, files: Files, fd: i32) -> Result<Fd<Object>> {
        let object = Fd::<Object>::get(files, fd).map_err(|_| EINVAL)?;
        if object.body.wait_all_lock().is_clone_of(&self.wait_all_lock) {
            Ok(object)
        } else {
            Err(EINVAL)
        }
    }
}
