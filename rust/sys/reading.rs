// SPDX-License-Identifier: GPL-2.0

//! Reading what other tasks change, without a lock.
//!
//! It would be in `kernel::sync`, which has no SRCU on 7.2.
//!
//! C header: [`include/linux/srcu.h`](srctree/include/linux/srcu.h)

use super::helpers;
use kernel::{
    prelude::*,
    types::NotThreadSafe, //
};

/// Proof that the current task reads. What it finds meanwhile in an [`Index`](super::index::Index)
/// is not freed before this is dropped. Beginning and ending write only memory of the processor.
pub(crate) struct Reading {
    period: c_int,
    _not_send: NotThreadSafe,
}

impl Reading {
    /// Begins to read. The task may sleep meanwhile. Process context.
    #[inline]
    pub(crate) fn begin() -> Self {
        Self {
            // SAFETY: Process context. `drop` ends it on the same task.
            period: unsafe { helpers::ntevent_helper_begin_reading() },
            _not_send: NotThreadSafe,
        }
    }
}

impl Drop for Reading {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: `begin` returned the number.
        unsafe { helpers::ntevent_helper_end_reading(self.period) }
    }
}
