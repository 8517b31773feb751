// SPDX-License-Identifier: GPL-2.0

//! Querying an object's name, owner and rights, the contents of a directory, and a link's target.

use super::{
    arguments::{
        require_zero,
        store,
        store_u32,
        with_arguments, //
    },
    failure::Failure, //
};
use crate::{
    namespace::{
        access::Access,
        AnyObject,
        Directory,
        Handle,
        ObjectType,
        Path,
        SymbolicLink, //
    },
    status::Status,
    sys::{
        cred,
        user::store_slice,
        warn_on_once, //
    },
    uapi, //
};
use core::mem::offset_of;
use kernel::{
    prelude::*,
    transmute::AsBytes,
    uaccess::UserPtr, //
};

/// Reports what the object manager knows about the object. Needs no right. NT: V190, V191, V204.
pub(super) fn query_object<T: ObjectType>(handle: &Handle<T>, argument: UserPtr) -> Result<u32> {
    type Info = uapi::ntevent_object_info;
    with_arguments::<Info>(argument, |info| {
        require_zero(info.pad)?;
        let header = &handle.object.header;
        let path = Path::of(header, &handle.namespace);
        let name = UserName::new(info.name, info.name_size, path.units());
        name.fits(argument.wrapping_byte_add(offset_of!(Info, name_size)))?;
        path.for_each(|offset, part| name.write(offset, part))
            .map_err(|_| Status::ACCESS_VIOLATION)?;
        let descriptor = &header.descriptor;
        let info = Info {
            name_size: name.size,
            type_: type_of(&T::into_any(handle.object.clone())),
            granted_access: handle.granted.bits(),
            attributes: attributes_of(header.is_permanent(), header.is_exclusive()),
            handle_count: header.handles(),
            uid: cred::from_kuid_munged(descriptor.uid),
            gid: cred::from_kgid_munged(descriptor.gid),
            mode: descriptor.mode.into(),
            ..*info
        };
        give(argument, &info)
    })
}

/// Reports the name and type of one object in a directory, and the cursor of the next. NT makes no
/// promise about objects that come and go between calls. Here an object that stays is listed once.
pub(super) fn query_directory(handle: &Handle<Directory>, argument: UserPtr) -> Result<u32> {
    type Entry = uapi::ntevent_directory_entry;
    with_arguments::<Entry>(argument, |entry| {
        handle.granted.require(Access::DIRECTORY_QUERY)?;
        let found = handle.object.body.next(entry.cursor);
        let (any, cursor) = found.ok_or(Status::NO_MORE_ENTRIES)?;
        let Some(directory_entry) = any.header().directory_entry() else {
            // No user can cause this. An object gets its entry when it is made, and only objects
            // with an entry are in directories.
            warn_on_once(true);
            return Err(Status::OBJECT_NAME_NOT_FOUND.into());
        };
        let units = directory_entry.name.units();
        let name = UserName::new(entry.name, entry.name_size, units.len());
        name.fits(argument.wrapping_byte_add(offset_of!(Entry, name_size)))?;
        name.write(0, units).map_err(|_| Status::ACCESS_VIOLATION)?;
        let entry = Entry {
            name_size: name.size,
            type_: type_of(&any),
            cursor,
            ..*entry
        };
        give(argument, &entry)
    })
}

/// Reports the target of a link as its creator gave it.
pub(super) fn query_link(handle: &Handle<SymbolicLink>, argument: UserPtr) -> Result<u32> {
    type Info = uapi::ntevent_symbolic_link_info;
    with_arguments::<Info>(argument, |info| {
        handle.granted.require(Access::SYMBOLIC_LINK_QUERY)?;
        let units = handle.object.body.target.units();
        let target = UserName::new(info.target, info.target_size, units.len());
        target.fits(argument.wrapping_byte_add(offset_of!(Info, target_size)))?;
        target
            .write(0, units)
            .map_err(|_| Status::ACCESS_VIOLATION)?;
        let info = Info {
            target_size: target.size,
            ..*info
        };
        give(argument, &info)
    })
}

/// The caller's buffer for a name.
struct UserName {
    pointer: u64,
    capacity: u32,
    /// The size of the name, in bytes.
    size: u32,
}

impl UserName {
    fn new(pointer: u64, capacity: u32, units: usize) -> Self {
        // PANIC: Names and the depth of directories are bounded, so a path has under 2^24 units.
        // Were it longer, it would fit nowhere.
        let size = units.saturating_mul(2).try_into().unwrap_or(u32::MAX);
        Self {
            pointer,
            capacity,
            size,
        }
    }

    /// If the name is too long, stores its size at `size` for the next try.
    fn fits(&self, size: UserPtr) -> Result<(), Failure> {
        if self.size <= self.capacity {
            return Ok(());
        }
        store_u32(size, self.size).map_err(|_| Status::ACCESS_VIOLATION)?;
        Err(Status::BUFFER_TOO_SMALL.into())
    }

    fn write(&self, offset: usize, units: &[u16]) -> Result {
        // PANIC: The offset lies in the name, whose size in bytes was counted. The user's address
        // may wrap, and is checked.
        let pointer = UserPtr::from_addr(self.pointer as usize);
        store_slice(pointer.wrapping_byte_add(offset.wrapping_mul(2)), units)
    }
}

fn give<T: AsBytes>(argument: UserPtr, value: &T) -> Result<u32, Failure> {
    store(argument, value).map_err(|_| Status::ACCESS_VIOLATION)?;
    Ok(0)
}

fn attributes_of(permanent: bool, exclusive: bool) -> u32 {
    let bit = |set, attribute| if set { attribute } else { 0 };
    bit(permanent, uapi::NTEVENT_OBJ_PERMANENT) | bit(exclusive, uapi::NTEVENT_OBJ_EXCLUSIVE)
}

fn type_of(any: &AnyObject) -> u32 {
    match any {
        AnyObject::Event(_) => uapi::NTEVENT_TYPE_EVENT,
        AnyObject::Directory(_) => uapi::NTEVENT_TYPE_DIRECTORY,
        AnyObject::SymbolicLink(_) => uapi::NTEVENT_TYPE_SYMBOLIC_LINK,
    }
}
