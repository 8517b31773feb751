// SPDX-License-Identifier: GPL-2.0

//! /dev/ntsync: the events of the driver in the mainline kernel, the part that both have. How it
//! differs is said in `model::Rules`.

use crate::backend::{Backend, Made, RawWait, SHORT_NANOSECONDS};
use crate::model::{flags, status, Outcome, Rules, NTSYNC, UNSTORED};
use crate::operations::{Signal, Time};
use crate::sys::{self, Direction};
use std::{
    fs::{self, File},
    os::fd::AsRawFd,
};

#[repr(C)]
pub struct EventArgs {
    manual: u32,
    signaled: u32,
}

#[repr(C)]
pub struct WaitArgs {
    timeout: u64,
    objs: u64,
    count: u32,
    index: u32,
    flags: u32,
    owner: u32,
    alert: u32,
    pad: u32,
}

const CREATE_EVENT: u8 = 0x87;
const EVENT_SET: u8 = 0x88;
const EVENT_RESET: u8 = 0x89;
const EVENT_PULSE: u8 = 0x8a;
const EVENT_READ: u8 = 0x8d;
const WAIT_ANY: u8 = 0x82;
const WAIT_ALL: u8 = 0x83;

/// The index that a failed wait must leave alone.
const UNTOUCHED: u32 = UNSTORED;

pub struct Ntsync {
    device: File,
}

impl Ntsync {
    pub fn open() -> std::io::Result<Self> {
        File::open("/dev/ntsync").map(|device| Self { device })
    }
}

fn made(value: i32) -> Made {
    if value < 0 {
        (None, Outcome::of(value))
    } else {
        (Some(sys::own(value)), Outcome::of(0))
    }
}

impl Backend for Ntsync {
    fn rules(&self) -> &'static Rules {
        &NTSYNC
    }

    fn device(&self) -> i32 {
        self.device.as_raw_fd()
    }

    fn create(&self, kind: u32, state: u32, _access: u32, _attributes: u32) -> Made {
        let mut argument = EventArgs {
            manual: (kind == 0).into(),
            signaled: state,
        };
        let device = self.device();
        let value = sys::ioctl(device, Direction::Write, CREATE_EVENT, &mut argument);
        made(value)
    }

    fn duplicate(&self, fd: i32, _access: u32, _options: u32, _attributes: u32) -> Made {
        made(sys::dup(fd))
    }

    fn signal(&self, what: Signal, fd: i32) -> Outcome {
        let number = match what {
            Signal::Set => EVENT_SET,
            Signal::Reset | Signal::Clear => EVENT_RESET,
            Signal::Pulse => EVENT_PULSE,
        };
        let mut previous = UNSTORED;
        match sys::ioctl(fd, Direction::Read, number, &mut previous) {
            0 => Outcome::of(previous as i32),
            failure => Outcome::of(failure),
        }
    }

    fn query(&self, fd: i32) -> Outcome {
        let mut info = EventArgs {
            manual: UNSTORED,
            signaled: UNSTORED,
        };
        let value = sys::ioctl(fd, Direction::Read, EVENT_READ, &mut info);
        let stored = (info.manual, info.signaled);
        Outcome {
            info: (value == 0).then_some((u32::from(stored.0 == 0), stored.1)),
            ..Outcome::of(value)
        }
    }

    fn wait(&self, wait: &RawWait) -> Outcome {
        let all = wait.flags & flags::ALL != 0;
        let alerted = wait.flags & flags::ALERT != 0;
        let mut argument = WaitArgs {
            timeout: match wait.time {
                Time::Zero => 0,
                Time::Past => 1,
                Time::Short => sys::monotonic() + SHORT_NANOSECONDS as u64,
                Time::Forever => u64::MAX,
            },
            objs: wait.fds.as_ptr() as u64,
            count: wait.fds.len() as u32,
            index: UNTOUCHED,
            flags: 0,
            owner: 1,
            alert: if alerted { wait.alert as u32 } else { 0 },
            pad: 0,
        };
        let number = if all { WAIT_ALL } else { WAIT_ANY };
        let value = sys::ioctl(self.device(), Direction::Both, number, &mut argument);
        match (value, argument.index) {
            (0, index) if index == argument.count => Outcome::of(status::USER_APC as i32),
            (0, index) => Outcome::of(index as i32),
            (failure, UNTOUCHED) if failure == -libc::ETIMEDOUT => {
                Outcome::of(status::TIMEOUT as i32)
            }
            (failure, UNTOUCHED) => Outcome::of(failure),
            (failure, index) => Outcome {
                status: index,
                ..Outcome::of(failure)
            },
        }
    }

    fn counts_waiters(&self) -> bool {
        false
    }

    /// ntsync queues first and sleeps then, interruptibly; all locks on the way are slept for
    /// uninterruptibly. `syscall` names the call only of a thread that is off its processor.
    fn is_asleep(&self, tid: i32) -> bool {
        let read = |name| fs::read_to_string(format!("/proc/self/task/{tid}/{name}"));
        let in_ioctl = |text: String| {
            let prefix = format!("{} {:#x} ", libc::SYS_ioctl, self.device());
            text.starts_with(&prefix)
        };
        let is_interruptible = |text: String| {
            // Behind the name, which is in parentheses.
            let state = text.rsplit(") ").next().unwrap_or_default();
            state.starts_with('S')
        };
        read("stat").is_ok_and(is_interruptible)
            && read("syscall").is_ok_and(in_ioctl)
            && read("stat").is_ok_and(is_interruptible)
    }
}
