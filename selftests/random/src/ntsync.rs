// SPDX-License-Identifier: GPL-2.0

//! The operations on /dev/ntsync.

use crate::ntsync_model::MAX_WAIT;

/// What is passed as an fd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fd {
    /// A handle, or a closed fd if the slot is empty.
    Slot(u8),
    /// -1.
    Closed,
    /// The device, and another open file of it.
    Device,
    Other,
    /// A file of another kind.
    Null,
}

/// Where an argument is in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    Writable,
    /// At an odd address.
    Odd,
    ReadOnly,
    Unmapped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sem,
    Mutex,
    Event,
}

/// A command on an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Release,
    Unlock,
    Kill,
    Set,
    Reset,
    Pulse,
    ReadSem,
    ReadMutex,
    ReadEvent,
}

/// When a wait times out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    Zero,
    /// 1 ns after the clock's zero.
    Past,
    Now,
    /// The driver does nothing else until this has passed.
    Short,
    /// 2^63 and 2^64 - 2, which are negative to the kernel. They expire at any time between now and
    /// never: `ktime_add_safe()` turns them into the end of time, but `__hrtimer_run_queues()`
    /// compares the original. So only a wait that ends before it checks its deadline may have one.
    Negative,
    Last,
    /// In an hour, and 2^63 - 1.
    Hour,
    Latest,
    /// 2^64 - 1.
    Forever,
}

impl Time {
    /// Whether it passes at once or shortly.
    pub fn passes(self) -> bool {
        matches!(self, Self::Zero | Self::Past | Self::Now | Self::Short)
    }

    /// Whether it lasts longer than a sequence.
    pub fn lasts(self) -> bool {
        matches!(self, Self::Hour | Self::Latest | Self::Forever)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The thread that waits. None is the driver, which does not block.
    pub waiter: Option<u8>,
    pub all: bool,
    pub fds: Vec<Fd>,
    /// The count in the argument, which is at most the number of objects, or too large.
    pub count: u32,
    pub owner: u32,
    pub flags: u32,
    pub pad: u32,
    pub time: Time,
    /// None is 0.
    pub alert: Option<Fd>,
    pub on: Fd,
    pub memory: Memory,
    /// Whether the array of objects can be read.
    pub readable: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    Create {
        kind: Kind,
        slot: u8,
        words: [u32; 2],
        on: Fd,
        memory: Memory,
    },
    Command {
        what: Command,
        fd: Fd,
        words: [u32; 2],
        memory: Memory,
    },
    /// An unknown command.
    Unknown {
        fd: Fd,
        command: u32,
    },
    Duplicate {
        from: u8,
        slot: u8,
    },
    Close {
        slot: u8,
    },
    Wait(Wait),
    /// Sends a blocked waiter a Unix signal that ends the wait.
    Interrupt {
        waiter: u8,
    },
    /// Sends a Unix signal after which the wait is restarted.
    Restart {
        waiter: u8,
    },
}

impl Operation {
    /// Whether all slots and waiters in it exist, and all that a wait reads.
    pub fn fits(&self, slots: usize, waiters: usize) -> bool {
        let is_slot = |slot: u8| usize::from(slot) < slots;
        let is_waiter = |waiter: u8| usize::from(waiter) < waiters;
        let is_fd = |fd: &Fd| match fd {
            Fd::Slot(slot) => is_slot(*slot),
            _ => true,
        };
        match self {
            Self::Create { slot, on, .. } => is_slot(*slot) && is_fd(on),
            Self::Command { fd, .. } | Self::Unknown { fd, .. } => is_fd(fd),
            Self::Duplicate { from, slot } => is_slot(*from) && is_slot(*slot),
            Self::Close { slot } => is_slot(*slot),
            Self::Interrupt { waiter } | Self::Restart { waiter } => is_waiter(*waiter),
            Self::Wait(wait) => {
                let named = wait.fds.iter().chain(&wait.alert).chain([&wait.on]);
                let count = wait.count as usize;
                wait.waiter.is_none_or(is_waiter)
                    && named.copied().all(|fd| is_fd(&fd))
                    && (count <= wait.fds.len() || count > MAX_WAIT)
            }
        }
    }
}
