// SPDX-License-Identifier: GPL-2.0

//! The ABI of ntsync: the types that bindgen makes from the kernel's `uapi/linux/ntsync.h`, and the
//! numbers of its commands.

#![allow(
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unreachable_pub
)]

use crate::uapi::plain;
use kernel::{
    ffi,
    ioctl::{
        _IOR,
        _IOW,
        _IOWR, //
    },
    transmute::{
        AsBytes,
        FromBytes, //
    },
};

include!(env!("NTEVENT_NTSYNC_RS"));

plain! {
    ntsync_sem_args: 8 = count: u32, max: u32;
    ntsync_mutex_args: 8 = owner: u32, count: u32;
    ntsync_event_args: 8 = manual: u32, signaled: u32;
    ntsync_wait_args: 40 =
        timeout: u64, objs: u64, count: u32, index: u32, flags: u32, owner: u32, alert: u32,
        pad: u32;
}

const TYPE: u32 = 'N' as u32;

pub(super) const CREATE_SEM: u32 = _IOW::<ntsync_sem_args>(TYPE, 0x80);
pub(super) const SEM_RELEASE: u32 = _IOWR::<u32>(TYPE, 0x81);
pub(super) const WAIT_ANY: u32 = _IOWR::<ntsync_wait_args>(TYPE, 0x82);
pub(super) const WAIT_ALL: u32 = _IOWR::<ntsync_wait_args>(TYPE, 0x83);
pub(super) const CREATE_MUTEX: u32 = _IOW::<ntsync_mutex_args>(TYPE, 0x84);
pub(super) const MUTEX_UNLOCK: u32 = _IOWR::<ntsync_mutex_args>(TYPE, 0x85);
pub(super) const MUTEX_KILL: u32 = _IOW::<u32>(TYPE, 0x86);
pub(super) const CREATE_EVENT: u32 = _IOW::<ntsync_event_args>(TYPE, 0x87);
pub(super) const EVENT_SET: u32 = _IOR::<u32>(TYPE, 0x88);
pub(super) const EVENT_RESET: u32 = _IOR::<u32>(TYPE, 0x89);
pub(super) const EVENT_PULSE: u32 = _IOR::<u32>(TYPE, 0x8a);
pub(super) const SEM_READ: u32 = _IOR::<ntsync_sem_args>(TYPE, 0x8b);
pub(super) const MUTEX_READ: u32 = _IOR::<ntsync_mutex_args>(TYPE, 0x8c);
pub(super) const EVENT_READ: u32 = _IOR::<ntsync_event_args>(TYPE, 0x8d);
