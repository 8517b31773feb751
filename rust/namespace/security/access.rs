// SPDX-License-Identifier: GPL-2.0

//! Rights: what a handle may be used for. NT: C1.

use crate::{
    status::Status,
    uapi, //
};

/// A set of rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Access(u32);

impl Access {
    /// To read an event's state.
    pub(crate) const QUERY_STATE: Self = Self(uapi::NTEVENT_QUERY_STATE);
    /// To change an event's state.
    pub(crate) const MODIFY_STATE: Self = Self(uapi::NTEVENT_MODIFY_STATE);
    /// To wait for the object.
    pub(crate) const SYNCHRONIZE: Self = Self(uapi::NTEVENT_SYNCHRONIZE);
    /// To list a directory.
    pub(crate) const DIRECTORY_QUERY: Self = Self(uapi::NTEVENT_DIRECTORY_QUERY);
    /// To look names up in a directory.
    pub(crate) const DIRECTORY_TRAVERSE: Self = Self(uapi::NTEVENT_DIRECTORY_TRAVERSE);
    /// To create an object in a directory.
    pub(crate) const CREATE_OBJECT: Self = Self(uapi::NTEVENT_DIRECTORY_CREATE_OBJECT);
    /// To create a directory in a directory.
    pub(crate) const CREATE_SUBDIRECTORY: Self = Self(uapi::NTEVENT_DIRECTORY_CREATE_SUBDIRECTORY);
    /// To read the target of a link.
    pub(crate) const SYMBOLIC_LINK_QUERY: Self = Self(uapi::NTEVENT_SYMBOLIC_LINK_QUERY);
    /// To make an object temporary.
    pub(crate) const DELETE: Self = Self(uapi::NTEVENT_DELETE);
    /// No right.
    pub(crate) const NONE: Self = Self(0);

    /// To read and write the SACL. Only a privilege gives it.
    pub(crate) const SYSTEM_SECURITY: Self = Self(uapi::NTEVENT_ACCESS_SYSTEM_SECURITY);
    /// To delete the object, and to change its descriptor. An owner always has these rights.
    pub(crate) const OWNER: Self =
        Self(uapi::NTEVENT_DELETE | uapi::NTEVENT_WRITE_DAC | uapi::NTEVENT_WRITE_OWNER);

    /// The rights as bits.
    pub(crate) fn bits(self) -> u32 {
        self.0
    }

    /// The rights in `self` or in `other`.
    pub(crate) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The rights in `self` but not in `other`.
    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether `self` includes all rights in `other`.
    #[inline]
    pub(crate) fn contains(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Checks that a handle with these rights has `right`.
    ///
    /// Errors: `ACCESS_DENIED`.
    #[inline]
    pub(crate) fn require(self, right: Self) -> Result<(), Status> {
        if self.contains(right) {
            Ok(())
        } else {
            Err(Status::ACCESS_DENIED)
        }
    }
}

/// The rights that the generic rights stand for, for one type of object.
pub(crate) struct GenericMapping {
    /// `GENERIC_READ`.
    pub(crate) read: Access,
    /// `GENERIC_WRITE`.
    pub(crate) write: Access,
    /// `GENERIC_EXECUTE`.
    pub(crate) execute: Access,
    /// `GENERIC_ALL`, which is all valid rights of the type.
    pub(crate) all: Access,
}

/// The mapping of events. NT: C1, F14, V196.
pub(crate) const EVENT: GenericMapping = GenericMapping {
    read: Access(uapi::NTEVENT_READ_CONTROL | uapi::NTEVENT_QUERY_STATE),
    write: Access(uapi::NTEVENT_READ_CONTROL | uapi::NTEVENT_MODIFY_STATE),
    execute: Access(uapi::NTEVENT_READ_CONTROL | uapi::NTEVENT_SYNCHRONIZE),
    all: Access(uapi::NTEVENT_EVENT_ALL_ACCESS),
};

/// The mapping of directories. NT: C1.
pub(crate) const DIRECTORY: GenericMapping = GenericMapping {
    read: Access(
        uapi::NTEVENT_READ_CONTROL
            | uapi::NTEVENT_DIRECTORY_QUERY
            | uapi::NTEVENT_DIRECTORY_TRAVERSE,
    ),
    write: Access(
        uapi::NTEVENT_READ_CONTROL
            | uapi::NTEVENT_DIRECTORY_CREATE_OBJECT
            | uapi::NTEVENT_DIRECTORY_CREATE_SUBDIRECTORY,
    ),
    execute: Access(
        uapi::NTEVENT_READ_CONTROL
            | uapi::NTEVENT_DIRECTORY_QUERY
            | uapi::NTEVENT_DIRECTORY_TRAVERSE,
    ),
    all: Access(uapi::NTEVENT_DIRECTORY_ALL_ACCESS),
};

/// The mapping of symbolic links. C1 defines only `all`. NT: C1.
pub(crate) const SYMBOLIC_LINK: GenericMapping = GenericMapping {
    read: Access(uapi::NTEVENT_READ_CONTROL | uapi::NTEVENT_SYMBOLIC_LINK_QUERY),
    write: Access(uapi::NTEVENT_READ_CONTROL),
    execute: Access(uapi::NTEVENT_READ_CONTROL | uapi::NTEVENT_SYMBOLIC_LINK_QUERY),
    all: Access(uapi::NTEVENT_SYMBOLIC_LINK_ALL_ACCESS),
};

/// The mapping of threads, which is NT's. Only drivers have threads.
pub(crate) const THREAD: GenericMapping = GenericMapping {
    read: Access(0x0002_0048),
    write: Access(0x0002_0037),
    execute: Access(0x0012_0000),
    all: Access(0x001f_ffff),
};

/// The bits of a request that stand for other rights.
const GENERIC: u32 = uapi::NTEVENT_GENERIC_READ
    | uapi::NTEVENT_GENERIC_WRITE
    | uapi::NTEVENT_GENERIC_EXECUTE
    | uapi::NTEVENT_GENERIC_ALL
    | uapi::NTEVENT_MAXIMUM_ALLOWED;

impl GenericMapping {
    /// The bits of `desired` that are rights of the type or stand for rights. Creating an object is
    /// not refused because of other bits. Any context.
    pub(crate) fn known(&self, desired: u32) -> u32 {
        desired & (self.all.union(Access::SYSTEM_SECURITY).bits() | GENERIC)
    }

    /// The rights that `desired` asks for. The type maps the generic rights, and `maximum` replaces
    /// `MAXIMUM_ALLOWED`. This does not check whether the caller may have the rights. Process
    /// context.
    ///
    /// Errors: `ACCESS_DENIED` if a bit is not a right of the type (V200).
    pub(crate) fn requested(
        &self,
        desired: u32,
        maximum: impl FnOnce() -> Access,
    ) -> Result<Access, Status> {
        let mut rest = desired;
        let mut take = |bit: u32| {
            let asked = rest & bit != 0;
            rest &= !bit;
            asked
        };
        let system_security = take(uapi::NTEVENT_ACCESS_SYSTEM_SECURITY);
        let maximum_allowed = take(uapi::NTEVENT_MAXIMUM_ALLOWED);
        let generic = [
            (take(uapi::NTEVENT_GENERIC_READ), self.read),
            (take(uapi::NTEVENT_GENERIC_WRITE), self.write),
            (take(uapi::NTEVENT_GENERIC_EXECUTE), self.execute),
            (take(uapi::NTEVENT_GENERIC_ALL), self.all),
        ];
        self.all.require(Access(rest))?;
        let mut access = Access(rest);
        for (asked, rights) in generic {
            if asked {
                access = access.union(rights);
            }
        }
        if maximum_allowed {
            access = access.union(maximum());
        }
        if system_security {
            access = access.union(Access::SYSTEM_SECURITY);
        }
        Ok(access)
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_access)]
mod tests {
    use super::*;

    fn requested(desired: u32) -> Result<u32, u32> {
        let maximum = || Access(0x12_0000);
        EVENT
            .requested(desired, maximum)
            .map(Access::bits)
            .map_err(Status::code)
    }

    #[test]
    fn v196_generic_rights() {
        assert_eq!(requested(uapi::NTEVENT_GENERIC_READ), Ok(0x2_0001));
        assert_eq!(requested(uapi::NTEVENT_GENERIC_WRITE), Ok(0x2_0002));
        assert_eq!(requested(uapi::NTEVENT_GENERIC_EXECUTE), Ok(0x12_0000));
        assert_eq!(requested(uapi::NTEVENT_GENERIC_ALL), Ok(0x1f_0003));
    }

    #[test]
    fn v200_unknown_rights() {
        let denied = Err(Status::ACCESS_DENIED.code());
        assert_eq!(requested(0x4), denied);
        assert_eq!(requested(u32::MAX), denied);
    }

    #[test]
    fn f15_unknown_rights_are_masked() {
        assert_eq!(EVENT.known(0x1f_0007), 0x1f_0003);
        assert_eq!(EVENT.known(0x4c20_fffc), uapi::NTEVENT_GENERIC_WRITE);
        assert_eq!(EVENT.known(u32::MAX), 0xf31f_0003);
    }

    #[test]
    fn v202_maximum() {
        assert_eq!(requested(uapi::NTEVENT_MAXIMUM_ALLOWED), Ok(0x12_0000));
        assert_eq!(requested(uapi::NTEVENT_MAXIMUM_ALLOWED | 2), Ok(0x12_0002));
    }

    #[test]
    fn v215_system_security_is_asked_for() {
        assert_eq!(
            requested(uapi::NTEVENT_ACCESS_SYSTEM_SECURITY),
            Ok(0x100_0000)
        );
    }

    #[test]
    fn sets_of_rights() {
        let both = Access::QUERY_STATE.union(Access::MODIFY_STATE);
        assert!(both.contains(Access::QUERY_STATE) && !Access::QUERY_STATE.contains(both));
        assert!(both.without(Access::QUERY_STATE) == Access::MODIFY_STATE);
        assert!(both.require(Access::SYNCHRONIZE).is_err() && both.require(Access::NONE).is_ok());
    }
}
