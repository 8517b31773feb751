// SPDX-License-Identifier: GPL-2.0

//! /dev/ntsync, opened twice, and its commands, as in linux/ntsync.h.

use crate::device::SHORT_NANOSECONDS;
use crate::ntsync::{Command, Kind, Memory, Time};
use crate::ntsync_model::{flags, Outcome, UNTOUCHED};
use crate::sys;
use std::{
    fs::File,
    os::fd::{AsRawFd, OwnedFd},
};

const CREATE_SEM: u32 = 0x4008_4e80;
const SEM_RELEASE: u32 = 0xc004_4e81;
const WAIT_ANY: u32 = 0xc028_4e82;
const WAIT_ALL: u32 = 0xc028_4e83;
const CREATE_MUTEX: u32 = 0x4008_4e84;
const MUTEX_UNLOCK: u32 = 0xc008_4e85;
const MUTEX_KILL: u32 = 0x4004_4e86;
const CREATE_EVENT: u32 = 0x4008_4e87;
const EVENT_SET: u32 = 0x8004_4e88;
const EVENT_RESET: u32 = 0x8004_4e89;
const EVENT_PULSE: u32 = 0x8004_4e8a;
const SEM_READ: u32 = 0x8008_4e8b;
const MUTEX_READ: u32 = 0x8008_4e8c;
const EVENT_READ: u32 = 0x8008_4e8d;

/// All commands.
pub const ALL: [u32; 14] = [
    CREATE_SEM,
    SEM_RELEASE,
    WAIT_ANY,
    WAIT_ALL,
    CREATE_MUTEX,
    MUTEX_UNLOCK,
    MUTEX_KILL,
    CREATE_EVENT,
    EVENT_SET,
    EVENT_RESET,
    EVENT_PULSE,
    SEM_READ,
    MUTEX_READ,
    EVENT_READ,
];

/// A wait with raw numbers.
#[derive(Clone, Debug)]
pub struct RawWait {
    pub on: i32,
    pub all: bool,
    pub fds: Vec<i32>,
    pub count: u32,
    pub owner: u32,
    pub flags: u32,
    pub pad: u32,
    pub time: Time,
    /// 0 is none.
    pub alert: i32,
    pub memory: Memory,
    pub readable: bool,
}

pub struct Device {
    device: File,
    other: File,
}

impl Device {
    pub fn open() -> std::io::Result<Self> {
        Ok(Self {
            device: File::open("/dev/ntsync")?,
            other: File::open("/dev/ntsync")?,
        })
    }

    pub fn fd(&self) -> i32 {
        self.device.as_raw_fd()
    }

    pub fn other(&self) -> i32 {
        self.other.as_raw_fd()
    }
}

/// Makes an object.
pub fn create(
    on: i32,
    kind: Kind,
    mut words: [u32; 2],
    memory: Memory,
) -> (Option<OwnedFd>, Outcome) {
    let command = match kind {
        Kind::Sem => CREATE_SEM,
        Kind::Mutex => CREATE_MUTEX,
        Kind::Event => CREATE_EVENT,
    };
    let value = sys::ioctl_words(on, command, &mut words, memory);
    let fd = (value >= 0).then(|| sys::own(value));
    let value = value.min(0);
    (fd, Outcome { value, words })
}

pub fn command(fd: i32, what: Command, mut words: [u32; 2], memory: Memory) -> Outcome {
    let command = match what {
        Command::Release => SEM_RELEASE,
        Command::Unlock => MUTEX_UNLOCK,
        Command::Kill => MUTEX_KILL,
        Command::Set => EVENT_SET,
        Command::Reset => EVENT_RESET,
        Command::Pulse => EVENT_PULSE,
        Command::ReadSem => SEM_READ,
        Command::ReadMutex => MUTEX_READ,
        Command::ReadEvent => EVENT_READ,
    };
    let value = sys::ioctl_words(fd, command, &mut words, memory);
    Outcome { value, words }
}

/// An unknown command, which does not change its argument.
pub fn unknown(fd: i32, command: u32) -> Outcome {
    let mut words = [UNTOUCHED; 16];
    let value = sys::ioctl_words(fd, command, &mut words, Memory::Writable);
    let changed = words.iter().filter(|word| **word != UNTOUCHED).count();
    Outcome {
        value,
        words: [0, changed as u32],
    }
}

/// The deadline of a wait.
fn deadline(time: Time, flags: u32) -> u64 {
    let now = || match flags & flags::REALTIME {
        0 => sys::now(libc::CLOCK_MONOTONIC),
        _ => sys::now(libc::CLOCK_REALTIME),
    };
    match time {
        Time::Zero => 0,
        Time::Past => 1,
        Time::Now => now(),
        Time::Short => now() + SHORT_NANOSECONDS as u64,
        Time::Negative => 1 << 63,
        Time::Last => u64::MAX - 1,
        Time::Hour => now() + 3_600_000_000_000,
        Time::Latest => (1 << 63) - 1,
        Time::Forever => u64::MAX,
    }
}

/// Blocks. The words are the index, and how many other words have changed.
pub fn wait(wait: &RawWait) -> Outcome {
    let halves = |number: u64| [number as u32, (number >> 32) as u32];
    let [timeout, timeout_high] = halves(deadline(wait.time, wait.flags));
    let objs = if wait.readable {
        wait.fds.as_ptr() as usize
    } else {
        sys::UNMAPPED
    };
    let [objs, objs_high] = halves(objs as u64);
    let before = [
        timeout,
        timeout_high,
        objs,
        objs_high,
        wait.count,
        UNTOUCHED,
        wait.flags,
        wait.owner,
        wait.alert as u32,
        wait.pad,
    ];
    let mut words = before;
    let command = if wait.all { WAIT_ALL } else { WAIT_ANY };
    let value = sys::ioctl_words(wait.on, command, &mut words, wait.memory);
    let index = std::mem::replace(&mut words[5], UNTOUCHED);
    let changed = before.iter().zip(&words).filter(|(old, new)| old != new);
    Outcome {
        value,
        words: [index, changed.count() as u32],
    }
}
