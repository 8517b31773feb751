// SPDX-License-Identifier: GPL-2.0

//! Reading an object's attributes from the caller's memory. The order of checks is NT's, section
//! C2.

use super::{
    c,
    object::{
        look_up,
        HandleValue, //
    },
    require_aligned, //
};
use crate::{
    namespace::{
        capture_name,
        fd::RootFd,
        name::Name,
        AccessMode,
        Attributes,
        Descriptor,
        Request, //
    },
    status::Status,
    sys::memory::Memory,
};
use core::mem::offset_of;
use kernel::transmute::{
    AsBytes,
    FromBytes, //
};

/// Declares a C structure without padding, and checks its layout at compile time.
macro_rules! structures {
    ($($(#[$attribute:meta])* $name:ident = $c:ident { $($field:ident: $type:ty,)+ } at {
        $($mine:ident: $theirs:ident,)+
    })+) => {$(
        $(#[$attribute])*
        #[repr(C)]
        #[derive(Default)]
        struct $name { $($field: $type,)+ }
        const _: () = {
            assert!(size_of::<$name>() == size_of::<c::$c>());
            assert!($(size_of::<$type>() +)+ 0 == size_of::<$name>());
            $(assert!(offset_of!($name, $mine) == offset_of!(c::$c, $theirs));)+
        };
        // SAFETY: Every field is an integer, so every bit pattern is a value.
        unsafe impl FromBytes for $name {}
        // SAFETY: The fields fill the struct (asserted above).
        unsafe impl AsBytes for $name {}
    )+};
}

structures! {
    /// OBJECT_ATTRIBUTES.
    ObjectAttributes = _OBJECT_ATTRIBUTES {
        length: u32, _pad: u32, root: u64, name: u64, attributes: u32, _pad2: u32, security: u64,
        _quality: u64,
    } at {
        length: Length, root: RootDirectory, name: ObjectName, attributes: Attributes,
        security: SecurityDescriptor,
    }
    /// UNICODE_STRING.
    UnicodeString = _UNICODE_STRING {
        length: u16, _maximum: u16, _pad: u32, buffer: u64,
    } at {
        length: Length, buffer: Buffer,
    }
    /// SECURITY_DESCRIPTOR.
    SecurityDescriptor = _SECURITY_DESCRIPTOR {
        revision: u8, _sbz: u8, control: u16, _pad: u32, _owner: u64, _group: u64, _sacl: u64,
        dacl: u64,
    } at {
        revision: Revision, control: Control, dacl: Dacl,
    }
}

/// Reads a structure of the caller.
///
/// Errors: `ACCESS_VIOLATION`, and `DATATYPE_MISALIGNMENT` in a user's memory.
fn read<T: FromBytes + AsBytes + Default>(source: Memory) -> Result<T, Status> {
    require_aligned::<T>(source)?;
    source.read().map_err(|_| Status::ACCESS_VIOLATION)
}

/// The attributes of an object, read and checked.
pub(super) struct CapturedAttributes {
    path: Option<Name>,
    root: u64,
    /// The OBJ_* attributes.
    attributes: Attributes,
    security: Security,
}

/// The contents of a security descriptor.
struct Security {
    descriptor: Descriptor,
    /// Whether it has a SACL.
    audited: bool,
}

impl CapturedAttributes {
    /// Reads the attributes from `source`. If that is null, the object is new and has no name. A
    /// security descriptor is read only if the object may be `created`. Process context, may sleep.
    ///
    /// Errors: `INVALID_PARAMETER`, `OBJECT_NAME_INVALID`, `UNKNOWN_REVISION`,
    /// `INVALID_SECURITY_DESCR`, those of [`read`] and of [`capture_name`].
    pub(super) fn read(source: Memory, created: bool) -> Result<Self, Status> {
        let said = match (source.is_null(), created) {
            (true, true) => ObjectAttributes {
                length: size_of::<ObjectAttributes>() as u32,
                ..Default::default()
            },
            (true, false) => return Err(Status::INVALID_PARAMETER),
            (false, _) => read::<ObjectAttributes>(source)?,
        };
        if said.length as usize != size_of::<ObjectAttributes>() {
            return Err(Status::INVALID_PARAMETER);
        }
        let attributes = Attributes::defined(said.attributes)?;
        let path = match said.name {
            0 if said.root != 0 => return Err(Status::OBJECT_NAME_INVALID),
            0 => None,
            name => {
                // SAFETY: Read there.
                let name = unsafe { source.to(name as usize) };
                path_at(name)?
            }
        };
        attributes.require_possible()?;
        let security = match said.security {
            security if created && security != 0 => {
                // SAFETY: Read there.
                let security = unsafe { source.to(security as usize) };
                security_at(security)?
            }
            _ => Security::default(),
        };
        Ok(Self {
            path,
            root: said.root,
            attributes,
            security,
        })
    }

    /// The attributes of an object that the kernel itself opens or creates. Process context, may
    /// sleep.
    ///
    /// Errors: those of [`path_at`].
    pub(super) fn for_kernel(name: Memory) -> Result<Self, Status> {
        let path = match name.is_null() {
            true => None,
            false => path_at(name)?,
        };
        Ok(Self {
            path,
            root: 0,
            attributes: Attributes::defined(Attributes::OPENIF | Attributes::KERNEL_HANDLE)?,
            security: Security::default(),
        })
    }

    /// The OBJ_* attributes.
    pub(super) fn attributes(&self) -> Attributes {
        self.attributes
    }

    /// Whether the object has a name.
    pub(super) fn has_name(&self) -> bool {
        self.path.is_some()
    }

    /// Calls `f` with a request for the object manager. The root cannot be closed in the meantime.
    /// Process context, may sleep.
    ///
    /// Errors: those of `f`. An invalid root is an error inside the request.
    pub(super) fn request<T>(
        self,
        mode: AccessMode,
        desired: u32,
        f: impl FnOnce(&Request<'_>) -> Result<T, Status>,
    ) -> Result<T, Status> {
        let root = root(self.root as c::HANDLE, mode);
        let forced = self.attributes.has(Attributes::FORCE_ACCESS_CHECK);
        f(&Request {
            root: root
                .as_ref()
                .map(|root| root.as_ref().map(RootFd::as_root))
                .map_err(|status| *status),
            path: self.path,
            attributes: self.attributes,
            // NT: V239.
            mode: if forced { AccessMode::User } else { mode },
            audited: self.security.audited,
            desired,
            descriptor: self.security.descriptor,
        })
    }
}

/// The directory or link of a handle, or `None` for a null handle. Kernel handles are always events
/// or threads.
fn root(handle: c::HANDLE, mode: AccessMode) -> Result<Option<RootFd>, Status> {
    if handle.is_null() {
        return Ok(None);
    }
    match HandleValue::new(handle, mode)? {
        HandleValue::User(files, fd) => RootFd::look_up(files, fd).map(Some),
        number => look_up(number).and(Err(Status::OBJECT_TYPE_MISMATCH)),
    }
}

/// Copies a counted string. `None` if it is empty.
fn path_at(source: Memory) -> Result<Option<Name>, Status> {
    let string = read::<UnicodeString>(source)?;
    // SAFETY: Read there.
    let buffer = unsafe { source.to(string.buffer as usize) };
    capture_name(buffer, string.length.into())
}

impl Default for Security {
    /// The security of an object without a descriptor.
    fn default() -> Self {
        Self {
            descriptor: Descriptor::of_current(Descriptor::DEFAULT_MODE),
            audited: false,
        }
    }
}

/// Reads a security descriptor. A DACL that is present and null grants everybody access. Without a
/// DACL the default applies.
///
/// Errors: those of [`read`], `UNKNOWN_REVISION` (V176), `INVALID_SECURITY_DESCR` for a DACL that
/// is not null.
fn security_at(source: Memory) -> Result<Security, Status> {
    let said = read::<SecurityDescriptor>(source)?;
    let has = |bit: u32| u32::from(said.control) & bit != 0;
    if u32::from(said.revision) != c::SECURITY_DESCRIPTOR_REVISION {
        return Err(Status::UNKNOWN_REVISION);
    }
    let audited = has(c::SE_SACL_PRESENT);
    let mode = match (has(c::SE_DACL_PRESENT), said.dacl) {
        (true, 0) => 0o777,
        (true, _) => return Err(Status::INVALID_SECURITY_DESCR),
        (false, _) => Descriptor::DEFAULT_MODE,
    };
    Ok(Security {
        descriptor: Descriptor::of_current(mode),
        audited,
    })
}
