// SPDX-License-Identifier: GPL-2.0

//! The security descriptor: whose an object is, and what others may have of it.

use crate::{
    status::Status,
    sys::cred::{
        self,
        UserNamespace, //
    }, //
};
use access::{
    Access,
    GenericMapping, //
};

pub(crate) mod access;

/// Owner, group and mode of an object. In the mode, as in that of a file, `r`, `w` and `x` of a
/// class grant it what the type maps from the generic rights to read, write and execute.
// Without the two bytes behind the mode an event fits 128.
#[repr(C, packed(2))]
#[derive(Clone, Copy)]
pub(crate) struct Descriptor {
    /// The owner, a `kuid_t` value.
    pub(crate) uid: u32,
    /// The group, a `kgid_t` value.
    pub(crate) gid: u32,
    /// Nine bits.
    pub(crate) mode: u16,
}

impl Descriptor {
    /// The mode of an object whose creator asked for none.
    pub(crate) const DEFAULT_MODE: u16 = 0o700;

    /// The descriptor of what the current task creates; `None` if `mode` has bits that are no
    /// permissions. Process context.
    pub(crate) fn for_creator(mode: u32) -> Option<Self> {
        let mode = match u16::try_from(mode) {
            Ok(0) => Self::DEFAULT_MODE,
            Ok(mode @ ..=0o777) => mode,
            _ => return None,
        };
        Some(Self::of_current(mode))
    }

    /// A descriptor with the current task as the owner. Process context.
    pub(crate) fn of_current(mode: u16) -> Self {
        Self {
            uid: cred::euid(),
            gid: cred::egid(),
            mode,
        }
    }

    /// All rights of the type that the current task may be granted; a capability in `user_ns` gives
    /// what the mode does not. Process context.
    fn allowed(&self, mapping: &GenericMapping, user_ns: &UserNamespace) -> Access {
        let by_mode = self.allowed_by_mode(mapping);
        if !by_mode.contains(mapping.all) && user_ns.is_capable_noaudit(cred::CAP_IPC_OWNER) {
            return mapping.all;
        }
        by_mode
    }

    /// Refuses the current task `right`, which objects of the type have, if it may not have it.
    /// Process context.
    ///
    /// Errors: `ACCESS_DENIED`.
    fn require(
        &self,
        mapping: &GenericMapping,
        user_ns: &UserNamespace,
        right: Access,
    ) -> Result<(), Status> {
        let by_mode = self.allowed_by_mode(mapping).require(right);
        if by_mode.is_err() && user_ns.is_capable(cred::CAP_IPC_OWNER) {
            return Ok(());
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

/// Who asks: the kernel, of which nothing is asked, or a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccessMode {
    /// The kernel, for itself.
    Kernel,
    /// A user, or the kernel for one.
    User,
}

/// Who asks, and where a capability must be held to count.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// Who.
    pub(super) mode: AccessMode,
    /// Where.
    pub(super) user_ns: &'a UserNamespace,
}

impl Subject<'_> {
    /// Refuses who may not have `right` of an object of the type. Process context.
    ///
    /// Errors: `ACCESS_DENIED`.
    pub(super) fn require(
        self,
        descriptor: &Descriptor,
        mapping: &GenericMapping,
        right: Access,
    ) -> Result<(), Status> {
        match self.mode {
            AccessMode::Kernel => Ok(()),
            AccessMode::User => descriptor.require(mapping, self.user_ns, right),
        }
    }

    /// All rights of the type that it may be granted. Process context.
    pub(super) fn allowed(self, descriptor: &Descriptor, mapping: &GenericMapping) -> Access {
        match self.mode {
            AccessMode::Kernel => mapping.all,
            AccessMode::User => descriptor.allowed(mapping, self.user_ns),
        }
    }

    /// Refuses who holds no privilege: CAP_SYS_ADMIN stands for `SeCreatePermanentPrivilege` and
    /// `SeSecurityPrivilege`. Process context.
    ///
    /// Errors: `PRIVILEGE_NOT_HELD`.
    pub(super) fn require_privilege(self) -> Result<(), Status> {
        if self.mode == AccessMode::Kernel || self.user_ns.is_capable(cred::CAP_SYS_ADMIN) {
            Ok(())
        } else {
            Err(Status::PRIVILEGE_NOT_HELD)
        }
    }
}
