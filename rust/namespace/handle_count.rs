// SPDX-License-Identifier: GPL-2.0

//! The count of an object's handles, together with the permanence of its name.

use crate::sys::{
    Atomic,
    Full,
    Relaxed, //
};

/// Set if the name is permanent.
const PERMANENT: u32 = 1;

/// What a handle adds. The kernel has one open file for each 10 KiB of memory at most, unless root
/// allows more. So the count does not overflow.
const HANDLE: u32 = 2;

/// The number of handles, and whether the name stays without a handle. While one of the two is so,
/// the object keeps its name. An object that has lost its name never gets it back. Any context.
pub(super) struct HandleCount(Atomic<u32>);

impl HandleCount {
    /// A count of `handles` handles to an object whose name is not permanent.
    pub(super) fn new(handles: u32) -> Self {
        Self(Atomic::new(handles.wrapping_mul(HANDLE)))
    }

    /// The number of handles.
    pub(super) fn get(&self) -> u32 {
        self.0.load(Relaxed) / HANDLE
    }

    /// Whether the name is permanent.
    pub(super) fn is_permanent(&self) -> bool {
        self.0.load(Relaxed) & PERMANENT != 0
    }

    /// Whether the object keeps its name.
    pub(super) fn keeps_name(&self) -> bool {
        self.0.load(Relaxed) != 0
    }

    /// Adds a handle. The caller has one.
    pub(super) fn inc(&self) {
        self.0.fetch_add(HANDLE, Full);
    }

    /// Adds a handle, if the object keeps its name. Returns whether it did.
    pub(super) fn inc_if_named(&self) -> bool {
        self.change(|value| (value != 0).then_some(value.wrapping_add(HANDLE)))
    }

    /// Removes a handle of the caller, unless the object would lose its name by that. Returns
    /// whether it did.
    pub(super) fn dec_not_last(&self) -> bool {
        self.change(|value| (value > HANDLE).then_some(value.wrapping_sub(HANDLE)))
    }

    /// Removes a handle of the caller. Returns whether the object loses its name by that. If it has
    /// a name, the caller has the lock of its directory.
    pub(super) fn dec_and_test(&self) -> bool {
        self.0.fetch_sub(HANDLE, Full) == HANDLE
    }

    /// Makes the name permanent or not. Returns whether that changed it. The caller has the lock of
    /// the directory, or nobody else has the object.
    pub(super) fn set_permanent(&self, permanent: bool) -> bool {
        let bit = if permanent { PERMANENT } else { 0 };
        self.change(|value| (value & PERMANENT != bit).then_some(value ^ PERMANENT))
    }

    /// Replaces the value by that of `next`, unless it is `None`. Returns whether it did.
    fn change(&self, next: impl Fn(u32) -> Option<u32>) -> bool {
        let mut value = self.0.load(Relaxed);
        while let Some(changed) = next(value) {
            match self.0.cmpxchg(value, changed, Full) {
                Ok(_) => return true,
                Err(now) => value = now,
            }
        }
        false
    }
}
