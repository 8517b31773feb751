// SPDX-License-Identifier: GPL-2.0

//! The commands of /dev/ntevent that deal with names, in a namespace of their own.

use crate::device;
use crate::names::{Kind, Named};
use crate::names_model::{Info, Outcome};
use crate::sys::{self, Direction};
use std::{
    fs::File,
    os::fd::{AsRawFd, OwnedFd},
};

#[repr(C)]
struct ObjectAttributes {
    name: u64,
    name_length: u32,
    attributes: u32,
    root: i32,
    mode: u32,
}

#[repr(C)]
pub struct Create {
    object: ObjectAttributes,
    desired_access: u32,
    event_type: u32,
    initial_state: u32,
    status: u32,
}

#[repr(C)]
pub struct Open {
    object: ObjectAttributes,
    desired_access: u32,
    status: u32,
}

#[repr(C)]
pub struct CreateLink {
    object: ObjectAttributes,
    target: u64,
    target_length: u32,
    desired_access: u32,
    status: u32,
    pad: u32,
}

#[repr(C)]
#[derive(Default)]
pub struct ObjectInfo {
    name: u64,
    name_size: u32,
    kind: u32,
    granted_access: u32,
    attributes: u32,
    handle_count: u32,
    uid: u32,
    gid: u32,
    mode: u32,
    status: u32,
    pad: u32,
}

#[repr(C)]
#[derive(Default)]
pub struct Entry {
    name: u64,
    name_size: u32,
    kind: u32,
    cursor: u32,
    status: u32,
}

const CREATE_EVENT: u8 = 0x90;
const OPEN_EVENT: u8 = 0x91;
const CREATE_DIRECTORY: u8 = 0x92;
const OPEN_DIRECTORY: u8 = 0x93;
const CREATE_LINK: u8 = 0x94;
const OPEN_LINK: u8 = 0x95;
const SET: u8 = 0x98;
const RESET: u8 = 0x99;
const QUERY_OBJECT: u8 = 0x9f;
const MAKE_TEMPORARY: u8 = 0xa0;
const MAKE_PERMANENT: u8 = 0xa1;
const QUERY_DIRECTORY: u8 = 0xa2;
const NEW_NAMESPACE: u8 = 0xa3;

const NO_MORE_ENTRIES: u32 = 0x8000_001a;
const SYNCHRONIZATION: u32 = 1;
const SAME_ACCESS: u32 = 2;

/// The most units of a path here.
const ROOM: usize = 2000;

/// The status field if the kernel does not write it.
const UNSTORED: u32 = 0xdead_beef;

/// A new handle, if any, and the outcome.
type Made = (Option<OwnedFd>, Outcome);

pub struct Device(File);

/// Every right of an object.
fn all_access(kind: Kind) -> u32 {
    match kind {
        Kind::Event => 0x1f_0003,
        Kind::Directory => 0xf_000f,
        Kind::Link => 0xf_0001,
    }
}

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn text(units: &[u16], bytes: u32) -> String {
    String::from_utf16_lossy(units.get(..bytes as usize / 2).unwrap_or_default())
}

fn plain(value: i32) -> Outcome {
    Outcome {
        value,
        status: None,
    }
}

fn made(value: i32, status: u32) -> Made {
    let handle = (value >= 0).then(|| sys::own(value));
    let status = Some(status);
    (
        handle,
        Outcome {
            value: value.min(0),
            status,
        },
    )
}

/// The object attributes of `named`, whose name is in `name`.
fn object(named: &Named, name: &[u16], root: i32) -> ObjectAttributes {
    ObjectAttributes {
        // For an empty name the address of an empty slice will do.
        name: named.path.as_ref().map_or(0, |_| name.as_ptr() as u64),
        name_length: size_of_val(name) as u32,
        attributes: named.attributes,
        root,
        mode: 0,
    }
}

impl Device {
    /// Opens the device with a namespace of its own.
    pub fn open() -> std::io::Result<Self> {
        let device = File::open("/dev/ntevent")?;
        match sys::ioctl_plain(device.as_raw_fd(), NEW_NAMESPACE) {
            0 => Ok(Self(device)),
            errno => Err(std::io::Error::from_raw_os_error(-errno)),
        }
    }

    pub fn fd(&self) -> i32 {
        self.0.as_raw_fd()
    }

    fn command<T: sys::Argument>(&self, number: u8, argument: &mut T) -> i32 {
        sys::ioctl(self.fd(), Direction::Both, number, argument)
    }

    pub fn create(&self, named: &Named, target: &str, root: i32) -> Made {
        let name = units(named.path.as_deref().unwrap_or_default());
        let object = object(named, &name, root);
        let desired_access = all_access(named.kind);
        let status = UNSTORED;
        match named.kind {
            Kind::Event => {
                let mut argument = Create {
                    object,
                    desired_access,
                    event_type: SYNCHRONIZATION,
                    initial_state: 0,
                    status,
                };
                made(self.command(CREATE_EVENT, &mut argument), argument.status)
            }
            Kind::Directory => {
                let mut argument = Open {
                    object,
                    desired_access,
                    status,
                };
                made(
                    self.command(CREATE_DIRECTORY, &mut argument),
                    argument.status,
                )
            }
            Kind::Link => {
                let target = units(target);
                let mut argument = CreateLink {
                    object,
                    target: target.as_ptr() as u64,
                    target_length: size_of_val(target.as_slice()) as u32,
                    desired_access,
                    status,
                    pad: 0,
                };
                made(self.command(CREATE_LINK, &mut argument), argument.status)
            }
        }
    }

    pub fn open_object(&self, named: &Named, root: i32) -> Made {
        let name = units(named.path.as_deref().unwrap_or_default());
        let mut argument = Open {
            object: object(named, &name, root),
            desired_access: all_access(named.kind),
            status: UNSTORED,
        };
        let number = match named.kind {
            Kind::Event => OPEN_EVENT,
            Kind::Directory => OPEN_DIRECTORY,
            Kind::Link => OPEN_LINK,
        };
        made(self.command(number, &mut argument), argument.status)
    }
}

pub fn make_permanent(fd: i32) -> Outcome {
    plain(sys::ioctl_plain(fd, MAKE_PERMANENT))
}

pub fn make_temporary(fd: i32) -> Outcome {
    plain(sys::ioctl_plain(fd, MAKE_TEMPORARY))
}

/// Sets an event, or resets it if it was signaled. The value is the previous state.
pub fn flip(fd: i32) -> Outcome {
    match sys::ioctl_plain(fd, SET) {
        1 => plain(sys::ioctl_plain(fd, RESET)),
        value => plain(value),
    }
}

/// Another handle with the same rights.
pub fn duplicate(fd: i32) -> Made {
    let (handle, outcome) = device::duplicate(fd, 0, SAME_ACCESS, 0);
    (handle, plain(outcome.value))
}

/// Whether an event is signaled, or minus the errno.
pub fn state(fd: i32) -> Result<bool, i32> {
    let outcome = device::query(fd);
    outcome
        .info
        .map(|(_, state)| state == 1)
        .ok_or(outcome.value)
}

/// The result of QUERY_OBJECT, or minus the errno.
pub fn query_object(fd: i32) -> Result<Info, i32> {
    let mut name = vec![0u16; ROOM];
    let mut info = ObjectInfo {
        name: name.as_mut_ptr() as u64,
        name_size: size_of_val(name.as_slice()) as u32,
        ..ObjectInfo::default()
    };
    match sys::ioctl(fd, Direction::Both, QUERY_OBJECT, &mut info) {
        0 => Ok(Info {
            path: text(&name, info.name_size),
            kind: info.kind,
            attributes: info.attributes,
            handles: info.handle_count,
        }),
        errno => Err(errno),
    }
}

/// The names and types of the objects in a directory, in the order of names, or minus the errno.
pub fn list(fd: i32) -> Result<Vec<(String, u32)>, i32> {
    let mut name = vec![0u16; ROOM];
    let mut entry = Entry::default();
    let mut list = Vec::new();
    loop {
        entry.name = name.as_mut_ptr() as u64;
        entry.name_size = size_of_val(name.as_slice()) as u32;
        match sys::ioctl(fd, Direction::Both, QUERY_DIRECTORY, &mut entry) {
            0 => list.push((text(&name, entry.name_size), entry.kind)),
            _ if entry.status == NO_MORE_ENTRIES => break,
            errno => return Err(errno),
        }
    }
    list.sort();
    Ok(list)
}
