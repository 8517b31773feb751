// SPDX-License-Identifier: GPL-2.0

//! The reference for /dev/ntsync: the mainline driver (drivers/misc/ntsync.c) as sequential code,
//! as plain as possible.

use crate::ntsync::{Fd, Kind, Memory, Operation};
use crate::ntsync_wait::Blocked;

/// The value of a word if the driver does not write it.
pub const UNTOUCHED: u32 = 0xdead_beef;

/// The most objects of a wait, not counting the alert.
pub const MAX_WAIT: usize = 64;

/// Bits of a wait's flags.
pub mod flags {
    pub const REALTIME: u32 = 1;
}

/// The outcome of a call for its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The ioctl's value, or minus the errno. An fd counts as 0.
    pub value: i32,
    /// The argument afterwards. For a wait: the index, and how many other words have changed.
    pub words: [u32; 2],
}

/// The outcome of an operation.
#[derive(Debug, Default)]
pub struct Step {
    /// The outcome for the caller. None while the caller is blocked.
    pub direct: Option<Outcome>,
    /// The waiters that it releases, with their outcomes.
    pub released: Vec<(u8, Outcome)>,
}

#[derive(Clone, Copy, Debug)]
pub enum State {
    Sem {
        count: u32,
        max: u32,
    },
    Mutex {
        owner: u32,
        count: u32,
        /// Its owner died and nobody has taken it since.
        abandoned: bool,
    },
    Event {
        manual: bool,
        signaled: bool,
    },
}

impl State {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Sem { .. } => Kind::Sem,
            Self::Mutex { .. } => Kind::Mutex,
            Self::Event { .. } => Kind::Event,
        }
    }

    /// Whether it is signaled to this owner.
    pub fn is_signaled(&self, by: u32) -> bool {
        match *self {
            Self::Sem { count, .. } => count != 0,
            Self::Mutex { owner, count, .. } => (owner == 0 || owner == by) && count < u32::MAX,
            Self::Event { signaled, .. } => signaled,
        }
    }

    /// Takes the object, which is signaled. Returns whether it was abandoned.
    pub fn take(&mut self, by: u32) -> bool {
        match self {
            Self::Sem { count, .. } => *count -= 1,
            Self::Mutex {
                owner,
                count,
                abandoned,
            } => {
                *owner = by;
                *count += 1;
                return std::mem::take(abandoned);
            }
            Self::Event { manual, signaled } => *signaled &= *manual,
        }
        false
    }

    /// The value of READ, and what it writes.
    pub fn read(&self) -> (i32, [u32; 2]) {
        match *self {
            Self::Sem { count, max } => (0, [count, max]),
            Self::Mutex {
                owner,
                count,
                abandoned,
            } => (
                if abandoned { -libc::EOWNERDEAD } else { 0 },
                [owner, count],
            ),
            Self::Event { manual, signaled } => (0, [manual.into(), signaled.into()]),
        }
    }
}

#[derive(Debug)]
pub struct Object {
    /// Whether it belongs to the other open file of the device.
    pub is_other: bool,
    pub state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    pub object: usize,
    /// Unique among the handles of a sequence.
    serial: usize,
}

pub struct Model {
    pub handles: Vec<Option<Handle>>,
    pub objects: Vec<Object>,
    /// The blocked waits, oldest first.
    pub blocked: Vec<Blocked>,
    serial: usize,
}

impl Model {
    pub fn new(slots: usize) -> Self {
        Self {
            handles: vec![None; slots],
            objects: Vec::new(),
            blocked: Vec::new(),
            serial: 0,
        }
    }

    pub fn handle(&self, fd: Fd) -> Option<Handle> {
        match fd {
            Fd::Slot(slot) => self.handles[usize::from(slot)],
            _ => None,
        }
    }

    pub fn state(&self, fd: Fd) -> Option<State> {
        self.handle(fd)
            .map(|handle| self.objects[handle.object].state)
    }

    /// Whether the operation is possible in this state. A replay without some of its lines may name
    /// a waiter that is busy or idle, or a slot that is taken.
    pub fn is_applicable(&self, operation: &Operation) -> bool {
        let is_free = |slot: u8| self.handles[usize::from(slot)].is_none();
        match operation {
            Operation::Create { slot, .. } => is_free(*slot),
            Operation::Duplicate { from, slot } => !is_free(*from) && is_free(*slot),
            Operation::Close { slot } => !is_free(*slot),
            Operation::Interrupt { waiter } => self.is_blocked(*waiter),
            Operation::Restart { waiter } => self.may_restart(*waiter),
            Operation::Wait(wait) => {
                let is_busy = wait.waiter.is_some_and(|waiter| self.is_blocked(waiter));
                let may_block = wait.waiter.is_some() && wait.time.lasts();
                !is_busy && (wait.time.passes() || may_block || self.is_over_at_once(wait))
            }
            Operation::Command { .. } | Operation::Unknown { .. } => true,
        }
    }

    /// Does the operation, which is applicable.
    pub fn apply(&mut self, operation: &Operation) -> Step {
        let mut step = Step::default();
        let value = |value| Outcome {
            value,
            words: [0, 0],
        };
        step.direct = match operation {
            Operation::Create {
                kind,
                slot,
                words,
                on,
                memory,
            } => Some(Outcome {
                value: self
                    .create(*kind, *slot, *words, *on, *memory)
                    .err()
                    .unwrap_or(0),
                words: *words,
            }),
            Operation::Command {
                what,
                fd,
                words,
                memory,
            } => Some(self.command(*what, *fd, *words, *memory, &mut step.released)),
            Operation::Unknown { fd, .. } => Some(value(match fd {
                Fd::Slot(_) if self.handle(*fd).is_none() => -libc::EBADF,
                Fd::Closed => -libc::EBADF,
                _ => -libc::ENOTTY,
            })),
            Operation::Duplicate { from, slot } => {
                if let Some(handle) = self.handle(Fd::Slot(*from)) {
                    self.open(*slot, handle.object);
                }
                Some(value(0))
            }
            Operation::Close { slot } => {
                self.handles[usize::from(*slot)] = None;
                Some(value(0))
            }
            Operation::Wait(wait) => self.wait(wait),
            Operation::Interrupt { waiter } => {
                self.blocked.retain(|blocked| blocked.waiter != *waiter);
                let outcome = Outcome {
                    value: -libc::EINTR,
                    words: [UNTOUCHED, 0],
                };
                step.released.push((*waiter, outcome));
                None
            }
            Operation::Restart { waiter } => {
                self.restart(*waiter);
                None
            }
        };
        step
    }

    fn open(&mut self, slot: u8, object: usize) {
        self.serial += 1;
        let serial = self.serial;
        self.handles[usize::from(slot)] = Some(Handle { object, serial });
    }

    /// The open file of the device that a command is called on. The kernel refuses other fds.
    pub(crate) fn device(&self, on: Fd) -> Result<bool, i32> {
        match on {
            Fd::Device => Ok(false),
            Fd::Other => Ok(true),
            Fd::Null => Err(-libc::ENOTTY),
            Fd::Closed => Err(-libc::EBADF),
            Fd::Slot(_) if self.handle(on).is_some() => Err(-libc::ENOTTY),
            Fd::Slot(_) => Err(-libc::EBADF),
        }
    }

    fn create(
        &mut self,
        kind: Kind,
        slot: u8,
        [a, b]: [u32; 2],
        on: Fd,
        memory: Memory,
    ) -> Result<(), i32> {
        let is_other = self.device(on)?;
        if memory == Memory::Unmapped {
            return Err(-libc::EFAULT);
        }
        let state = match kind {
            Kind::Sem if a > b => return Err(-libc::EINVAL),
            Kind::Sem => State::Sem { count: a, max: b },
            Kind::Mutex if (a == 0) != (b == 0) => return Err(-libc::EINVAL),
            Kind::Mutex => State::Mutex {
                owner: a,
                count: b,
                abandoned: false,
            },
            Kind::Event => State::Event {
                manual: a != 0,
                signaled: b != 0,
            },
        };
        self.objects.push(Object { is_other, state });
        self.open(slot, self.objects.len() - 1);
        Ok(())
    }
}
