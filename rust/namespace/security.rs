// SPDX-License-Identifier: GPL-2.0

//! The security descriptor: the owner of an object, and the rights that others may get.

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

/// Owner, group and mode of an object. As in the mode of a file, each class has `r`, `w` and `x`.
/// They stand for the rights that the type maps from the generic rights to read, write and execute.
// Without two bytes of padding behind the mode, an event fits into 128 bytes.
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
    /// The mode of an object whose creator asked for no mode.
    pub(crate) const DEFAULT_MODE: u16 = 0o700;

    /// The descriptor of an object that the current task creates. `None` if `mode` has bits that
    /// are not permissions. Process context.
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

    /// All rights of the type that the current task may get. CAP_IPC_OWNER in `user_ns` gives all
    /// of them. Process context.
    fn allowed(&self, mapping: &GenericMapping, user_ns: &UserNamespace) -> Access {
        let by_mode = self.allowed_by_mode(mapping);
        if !by_mode.contains(mapping.all) && user_ns.is_capable_noaudit(cred::CAP_IPC_OWNER) {
            return mapping.all;
        }
        by_mode
    }

    /// Checks that the current task may have `right`. Process context.
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

    /// Whether users other than the owner may write: everybody, or a group. A group with the
    /// owner's number does not count. By custom it is the private group of the owner.
    fn lets_others_write(&self) -> bool {
        self.mode & 0o002 != 0 || (self.mode & 0o020 != 0 && self.gid != self.uid)
    }

    /// The rights by owner and mode. The first class that fits decides: owner, group, others.
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

/// On whose behalf a request is. Only a user's rights are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccessMode {
    /// The kernel, for itself.
    Kernel,
    /// A user, or the kernel for one.
    User,
}

/// On whose behalf a request is, and where a capability must be held to count.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// The kernel or a user.
    pub(super) mode: AccessMode,
    /// The user namespace in which a capability must be held.
    pub(super) user_ns: &'a UserNamespace,
}

impl Subject<'_> {
    /// Checks that the subject may have `right` to an object. Process context.
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

    /// Refuses to follow a link that another user may have planted in its directory, as Linux's
    /// `protected_symlinks` does. A user may follow their own links. Everybody may follow a link of
    /// the directory's owner, and a link in a directory where only its owner may write.
    /// Capabilities are no exception, because such a link is meant to mislead a privileged task.
    /// The kernel is no exception either. No link counts as the kernel's own. Process context.
    ///
    /// Errors: `ACCESS_DENIED`.
    pub(super) fn require_trusted(
        self,
        link: &Descriptor,
        directory: &Descriptor,
    ) -> Result<(), Status> {
        let own = self.mode == AccessMode::User && link.uid == cred::euid();
        if own || link.uid == directory.uid || !directory.lets_others_write() {
            Ok(())
        } else {
            Err(Status::ACCESS_DENIED)
        }
    }

    /// All rights of the type that the subject may get. Process context.
    pub(super) fn allowed(self, descriptor: &Descriptor, mapping: &GenericMapping) -> Access {
        match self.mode {
            AccessMode::Kernel => mapping.all,
            AccessMode::User => descriptor.allowed(mapping, self.user_ns),
        }
    }

    /// Checks that the subject has the privileges. CAP_SYS_ADMIN stands for
    /// `SeCreatePermanentPrivilege` and `SeSecurityPrivilege`. Process context.
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
