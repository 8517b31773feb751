// SPDX-License-Identifier: GPL-2.0

//! What lets a thread lock several queues.

use crate::sys::helpers;
use kernel::{
    prelude::*,
    types::NotThreadSafe, //
};

/// The lock that is taken, outside all queues, by who waits for a second queue's lock while it
/// holds one. There is one in the module.
pub(crate) struct Gate {
    flags: c_ulong,
    _not_send: NotThreadSafe,
}

impl Gate {
    /// Takes it. Any context, no queue locked.
    pub(crate) fn lock() -> Self {
        // SAFETY: The gate is static.
        let flags = unsafe { helpers::ntevent_helper_gate_lock() };
        Self {
            flags,
            _not_send: NotThreadSafe,
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // SAFETY: `lock` took it, and the guards of the queues inside cannot outlive `self`.
        unsafe { helpers::ntevent_helper_gate_unlock(self.flags) }
    }
}
