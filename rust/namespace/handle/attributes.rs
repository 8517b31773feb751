// SPDX-License-Identifier: GPL-2.0

//! The attributes of a request. NT: C1.

use crate::{
    status::Status,
    uapi, //
};

/// The attributes that NT defines but that no object here can have.
const IMPOSSIBLE: u32 = uapi::NTEVENT_OBJ_PROTECT_CLOSE | uapi::NTEVENT_OBJ_OPENLINK;

/// The attributes that a request may have.
const POSSIBLE: u32 = uapi::NTEVENT_OBJ_INHERIT
    | uapi::NTEVENT_OBJ_PERMANENT
    | uapi::NTEVENT_OBJ_EXCLUSIVE
    | uapi::NTEVENT_OBJ_CASE_INSENSITIVE
    | uapi::NTEVENT_OBJ_OPENIF
    | uapi::NTEVENT_OBJ_KERNEL_HANDLE
    | uapi::NTEVENT_OBJ_FORCE_ACCESS_CHECK
    | uapi::NTEVENT_OBJ_DONT_REPARSE;

/// A set of attributes. NT defines all of them.
#[derive(Clone, Copy)]
pub(crate) struct Attributes(u32);

impl Attributes {
    /// The fd stays open on exec.
    pub(crate) const INHERIT: u32 = uapi::NTEVENT_OBJ_INHERIT;
    /// The name stays without a handle.
    pub(crate) const PERMANENT: u32 = uapi::NTEVENT_OBJ_PERMANENT;
    /// Only one process may open the object.
    pub(crate) const EXCLUSIVE: u32 = uapi::NTEVENT_OBJ_EXCLUSIVE;
    /// Case is ignored in names.
    pub(crate) const CASE_INSENSITIVE: u32 = uapi::NTEVENT_OBJ_CASE_INSENSITIVE;
    /// A create command opens an object that exists.
    pub(crate) const OPENIF: u32 = uapi::NTEVENT_OBJ_OPENIF;
    /// The handle is a kernel handle.
    pub(crate) const KERNEL_HANDLE: u32 = uapi::NTEVENT_OBJ_KERNEL_HANDLE;
    /// The kernel's rights are checked like a user's.
    pub(crate) const FORCE_ACCESS_CHECK: u32 = uapi::NTEVENT_OBJ_FORCE_ACCESS_CHECK;
    /// The path must not go through a link.
    pub(crate) const DONT_REPARSE: u32 = uapi::NTEVENT_OBJ_DONT_REPARSE;

    /// Checks that NT defines all `bits`. Any context.
    ///
    /// Errors: `INVALID_PARAMETER` (V174).
    pub(crate) fn defined(bits: u32) -> Result<Self, Status> {
        if bits & !(POSSIBLE | IMPOSSIBLE) != 0 {
            return Err(Status::INVALID_PARAMETER);
        }
        Ok(Self(bits))
    }

    /// Refuses attributes that no object here can have. NT checks this after it has read the name.
    /// NT: V173, V213.
    ///
    /// Errors: `INVALID_PARAMETER`.
    pub(crate) fn require_possible(self) -> Result<(), Status> {
        let both = Self::EXCLUSIVE | Self::INHERIT;
        if self.0 & IMPOSSIBLE != 0 || self.0 & both == both {
            return Err(Status::INVALID_PARAMETER);
        }
        Ok(())
    }

    /// Whether `attribute` is among them.
    pub(crate) fn has(self, attribute: u32) -> bool {
        self.0 & attribute != 0
    }
}
