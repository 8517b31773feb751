// SPDX-License-Identifier: GPL-2.0

//! The security descriptor: whose an object is, and what others may have of it.

use super::access::{
    Access,
    GenericMapping, //
};
use crate::sys::cred;

/// Owner, group and mode of an object. In the mode, as in that of a file, `r`, `w` and `x` of a class grant it
/// what the type maps from the generic rights to read, write and execute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Descriptor {
    uid: u32,
    gid: u32,
    mode: u16,
}

impl Descriptor {
    /// The mode of an object whose creator asked for none.
    const DEFAULT_MODE: u16 = 0o700;

    /// The descriptor of what the current task creates; `None` if `mode` has bits that are no permissions.
    /// Process context.
    pub(crate) fn for_creator(mode: u32) -> Option<Self> {
        let mode = match u16::try_from(mode) {
            Ok(0) => Self::DEFAULT_MODE,
            Ok(mode @ ..=0o777) => mode,
            _ => return None,
        };
        Some(Self {
            uid: cred::euid(),
            gid: cred::egid(),
            mode,
        })
    }

    /// All that the current task may be granted. The class that decides is the first that fits: owner, group,
    /// others. Process context.
    pub(crate) fn allowed(&self, mapping: &GenericMapping) -> Access {
        if cred::capable(cred::CAP_IPC_OWNER) {
            return mapping.all;
        }
        let (class, mut allowed) = if cred::euid() == self.uid {
            (self.mode >> 6, Access::OWNER)
        } else if cred::in_group(self.gid) {
            (self.mode >> 3, Access::NONE)
        } else {
            (self.mode, Access::NONE)
        };
        for (bit, rights) in [(4, mapping.read), (2, mapping.write), (1, mapping.execute)] {
            if class & bit != 0 {
                allowed = allowed.union(rights);
            }
        }
        allowed
    }
}
