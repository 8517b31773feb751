// SPDX-License-Identifier: GPL-2.0

//! /dev/ntevent: the arguments of its commands, as in uapi/linux/ntevent.h.

use crate::fdinfo::Fdinfo;
use crate::model::{flags, Outcome, UNSTORED};
use crate::operations::{Form, Signal, Time};
use crate::sys::{self, Direction};
use std::{
    fs::File,
    os::fd::{AsRawFd, OwnedFd},
};

/// A wait whose handles are fds.
#[derive(Clone, Debug)]
pub struct RawWait {
    pub form: Form,
    pub fds: Vec<i32>,
    /// All flags but that of the timeout.
    pub flags: u32,
    pub time: Time,
    pub alert: i32,
}

/// A short timeout, usually long enough for the waiter to fall asleep.
pub const SHORT_NANOSECONDS: i64 = 300_000;

/// A new handle, if any, and the outcome.
pub type Made = (Option<OwnedFd>, Outcome);

#[repr(C)]
#[derive(Default)]
pub struct CreateEvent {
    name: u64,
    name_length: u32,
    attributes: u32,
    root: i32,
    mode: u32,
    desired_access: u32,
    event_type: u32,
    initial_state: u32,
    status: u32,
}

#[repr(C)]
pub struct WaitMany {
    handles: u64,
    timeout: i64,
    count: u32,
    flags: u32,
    alert: i32,
    status: u32,
}

#[repr(C)]
pub struct WaitOne {
    timeout: i64,
    flags: u32,
    alert: i32,
    status: u32,
    pad: u32,
}

#[repr(C)]
pub struct SignalAndWait {
    timeout: i64,
    signal: i32,
    wait: i32,
    flags: u32,
    alert: i32,
    status: u32,
    pad: u32,
}

#[repr(C)]
pub struct EventInfo {
    event_type: u32,
    event_state: u32,
}

#[repr(C)]
pub struct Duplicate {
    desired_access: u32,
    options: u32,
    attributes: u32,
    status: u32,
}

const CREATE_EVENT: u8 = 0x90;
const WAIT: u8 = 0x96;
const SIGNAL_AND_WAIT: u8 = 0x97;
const SET: u8 = 0x98;
const RESET: u8 = 0x99;
const CLEAR: u8 = 0x9a;
const PULSE: u8 = 0x9b;
const QUERY: u8 = 0x9c;
const WAIT_ONE: u8 = 0x9d;
const DUPLICATE: u8 = 0x9e;

fn outcome(value: i32, status: u32) -> Outcome {
    Outcome {
        status,
        ..Outcome::of(value)
    }
}

/// The handle that a command made, with the rights in its fdinfo.
fn made(value: i32, status: u32) -> Made {
    if value < 0 {
        return (None, outcome(value, status));
    }
    let handle: OwnedFd = sys::own(value);
    let access = Fdinfo::open(value).and_then(|info| info.number("access"));
    let outcome = Outcome {
        access,
        ..outcome(0, status)
    };
    (Some(handle), outcome)
}

/// A timeout in NT's units, and the flag that it needs.
fn timeout(time: Time) -> (i64, u32) {
    match time {
        Time::Zero => (0, flags::TIMEOUT),
        Time::Past => (1, flags::TIMEOUT),
        Time::Short => (-SHORT_NANOSECONDS / 100, flags::TIMEOUT),
        Time::Forever => (0, 0),
    }
}

pub fn duplicate(fd: i32, access: u32, options: u32, attributes: u32) -> Made {
    let mut argument = Duplicate {
        desired_access: access,
        options,
        attributes,
        status: UNSTORED,
    };
    let value = sys::ioctl(fd, Direction::Both, DUPLICATE, &mut argument);
    made(value, argument.status)
}

pub fn signal(what: Signal, fd: i32) -> Outcome {
    let number = match what {
        Signal::Set => SET,
        Signal::Reset => RESET,
        Signal::Clear => CLEAR,
        Signal::Pulse => PULSE,
    };
    Outcome::of(sys::ioctl_plain(fd, number))
}

pub fn query(fd: i32) -> Outcome {
    let mut info = EventInfo {
        event_type: UNSTORED,
        event_state: UNSTORED,
    };
    let value = sys::ioctl(fd, Direction::Read, QUERY, &mut info);
    let stored = (info.event_type, info.event_state);
    Outcome {
        info: (stored != (UNSTORED, UNSTORED)).then_some(stored),
        ..Outcome::of(value)
    }
}

pub struct Device(File);

impl Device {
    pub fn open() -> std::io::Result<Self> {
        File::open("/dev/ntevent").map(Self)
    }

    pub fn fd(&self) -> i32 {
        self.0.as_raw_fd()
    }

    pub fn create(&self, kind: u32, state: u32, access: u32, attributes: u32) -> Made {
        let mut argument = CreateEvent {
            attributes,
            root: -1,
            desired_access: access,
            event_type: kind,
            initial_state: state,
            status: UNSTORED,
            ..CreateEvent::default()
        };
        let value = sys::ioctl(self.fd(), Direction::Both, CREATE_EVENT, &mut argument);
        made(value, argument.status)
    }

    /// Blocks.
    pub fn wait(&self, wait: &RawWait) -> Outcome {
        let (timeout, flag) = timeout(wait.time);
        let flags = wait.flags | flag;
        let alert = wait.alert;
        let status = UNSTORED;
        match wait.form {
            Form::One => {
                let mut argument = WaitOne {
                    timeout,
                    flags,
                    alert,
                    status,
                    pad: 0,
                };
                let value = sys::ioctl(wait.fds[0], Direction::Both, WAIT_ONE, &mut argument);
                outcome(value, argument.status)
            }
            Form::Many => {
                let mut argument = WaitMany {
                    handles: wait.fds.as_ptr() as u64,
                    timeout,
                    count: wait.fds.len() as u32,
                    flags,
                    alert,
                    status,
                };
                let value = sys::ioctl(self.fd(), Direction::Both, WAIT, &mut argument);
                outcome(value, argument.status)
            }
            Form::SignalAndWait => {
                let mut argument = SignalAndWait {
                    timeout,
                    signal: wait.fds[0],
                    wait: wait.fds[1],
                    flags,
                    alert,
                    status,
                    pad: 0,
                };
                let device = self.fd();
                let value = sys::ioctl(device, Direction::Both, SIGNAL_AND_WAIT, &mut argument);
                outcome(value, argument.status)
            }
        }
    }
}
