// SPDX-License-Identifier: GPL-2.0

//! The security descriptor: whose an object is, and what others may have of it.

use super::access::{
    Access,
    GenericMapping, //
};
use crate::{
    status::Status,
    sys::cred::{
        self,
        UserNamespace, //
    }, //
};

/// Owner, group and mode of an object, and the user namespace whose capabilities count for it. In
/// the mode, as in that of a file, `r`, `w` and `x` of a class grant it what the type maps from the
/// generic rights to read, write and execute.
pub(crate) struct Descriptor {
    uid: u32,
    gid: u32,
    mode: u16,
    namespace: UserNamespace,
}

impl Descriptor {
    /// The mode of an object whose creator asked for none.
    const DEFAULT_MODE: u16 = 0o700;

    /// The descriptor of what the current task creates; `None` if `mode` has bits that are no
    /// permissions. Process context.
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
            namespace: UserNamespace::of_current_ipc(),
        })
    }

    /// Refuses who holds no privilege for this object: CAP_SYS_ADMIN stands for
    /// `SeCreatePermanentPrivilege` and `SeSecurityPrivilege`. Process context.
    ///
    /// Errors: `PRIVILEGE_NOT_HELD`.
    pub(crate) fn require_privilege(&self) -> Result<(), Status> {
        if self.namespace.grants(cred::CAP_SYS_ADMIN) {
            Ok(())
        } else {
            Err(Status::PRIVILEGE_NOT_HELD)
        }
    }

    /// All rights of the type that the current task may be granted. CAP_IPC_OWNER gives what the
    /// mode does not. Process context.
    pub(crate) fn allowed(&self, mapping: &GenericMapping) -> Access {
        let by_mode = self.allowed_by_mode(mapping);
        if !by_mode.contains(mapping.all) && self.namespace.grants(cred::CAP_IPC_OWNER) {
            return mapping.all;
        }
        by_mode
    }

    /// What owner and mode give. The class that decides is the first that fits: owner, group,
    /// others.
    fn allowed_by_mode(&self, mapping: &GenericMapping) -> Access {
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
