// SPDX-License-Identifier: GPL-2.0

//! The reference: docs/semantics.md as sequential code, as plain as possible.

use crate::operations::{Fd, Operation, Signal, Time};

/// The status field if the kernel does not write it.
pub const UNSTORED: u32 = 0xdead_beef;

/// NTSTATUS values.
pub mod status {
    pub const USER_APC: u32 = 0xc0;
    pub const TIMEOUT: u32 = 0x102;
    pub const INVALID_HANDLE: u32 = 0xc000_0008;
    pub const INVALID_PARAMETER: u32 = 0xc000_000d;
    pub const ACCESS_DENIED: u32 = 0xc000_0022;
    pub const INVALID_PARAMETER_MIX: u32 = 0xc000_0030;
    pub const PRIVILEGE_NOT_HELD: u32 = 0xc000_0061;
    pub const INVALID_PARAMETER_1: u32 = 0xc000_00ef;
}

/// Rights.
pub mod access {
    pub const QUERY_STATE: u32 = 1;
    pub const MODIFY_STATE: u32 = 2;
    pub const SYNCHRONIZE: u32 = 0x10_0000;
    pub const ALL: u32 = 0x1f_0003;
    pub const SYSTEM_SECURITY: u32 = 0x100_0000;
    pub const MAXIMUM_ALLOWED: u32 = 0x200_0000;
    /// The generic rights, and their mapping for an event (V196).
    pub const GENERIC: [(u32, u32); 4] = [
        (0x8000_0000, 0x2_0001),
        (0x4000_0000, 0x2_0002),
        (0x2000_0000, 0x12_0000),
        (0x1000_0000, ALL),
    ];
    /// The bits that are rights or stand for rights.
    pub const KNOWN: u32 = ALL | SYSTEM_SECURITY | MAXIMUM_ALLOWED | 0xf000_0000;
}

/// Bits of a wait's flags. That of the timeout follows from the operation's [`Time`].
pub mod flags {
    pub const ALL: u32 = 1;
    pub const TIMEOUT: u32 = 2;
    pub const ALERT: u32 = 4;
    /// The timeout is a time of the monotonic clock.
    pub const MONOTONIC: u32 = 8;
}

/// Attributes of a new object.
pub mod attributes {
    pub const INHERIT: u32 = 0x2;
    pub const PERMANENT: u32 = 0x10;
    pub const EXCLUSIVE: u32 = 0x20;
    /// PROTECT_CLOSE and OPENLINK.
    pub const REFUSED: u32 = 0x101;
    /// Every attribute that NT defines.
    pub const KNOWN: u32 = 0x17f3;
}

/// The outcome of a call for its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The ioctl's value, or minus the errno. An fd counts as 0.
    pub value: i32,
    /// The stored NTSTATUS, or [`UNSTORED`].
    pub status: u32,
    /// The type and state that a query returned.
    pub info: Option<(u32, u32)>,
    /// The rights of a new handle.
    pub access: Option<u32>,
}

impl Outcome {
    pub fn of(value: i32) -> Self {
        Self {
            value,
            status: UNSTORED,
            info: None,
            access: None,
        }
    }
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
pub struct Handle {
    pub event: usize,
    pub access: u32,
}

#[derive(Debug)]
pub struct Event {
    pub synchronization: bool,
    pub signaled: bool,
    /// The waiters, oldest first, each with the event's index in its wait.
    pub queue: Vec<(u8, usize)>,
}

/// A blocked wait.
#[derive(Clone, Debug)]
pub struct Wait {
    /// The events, followed by the alert.
    pub events: Vec<usize>,
    pub(crate) count: usize,
    pub(crate) all: bool,
}

pub struct Model {
    privileged: bool,
    pub handles: Vec<Option<Handle>>,
    pub events: Vec<Event>,
    pub waiters: Vec<Option<Wait>>,
}

type Checked<T> = Result<T, Outcome>;

impl Model {
    pub fn new(privileged: bool, slots: usize, waiters: usize) -> Self {
        Self {
            privileged,
            handles: vec![None; slots],
            events: Vec::new(),
            waiters: vec![None; waiters],
        }
    }

    pub(crate) fn failure(&self, status: u32) -> Outcome {
        let errno = match status {
            status::INVALID_HANDLE => libc::EBADF,
            status::ACCESS_DENIED => libc::EACCES,
            status::PRIVILEGE_NOT_HELD => libc::EPERM,
            _ => libc::EINVAL,
        };
        Outcome {
            status,
            ..Outcome::of(-errno)
        }
    }

    pub(crate) fn slot(&self, fd: Fd) -> Option<Handle> {
        match fd {
            Fd::Slot(slot) => self.handles[usize::from(slot)],
            _ => None,
        }
    }

    /// The handle that a command is called on. The kernel or the device refuses other fds.
    pub(crate) fn own_handle(&self, fd: Fd) -> Checked<Handle> {
        self.slot(fd).ok_or(match fd {
            Fd::Device | Fd::Null => Outcome::of(-libc::ENOTTY),
            _ => Outcome::of(-libc::EBADF),
        })
    }

    /// The event of a handle in an argument.
    pub(crate) fn named(&self, fd: Fd, right: u32) -> Checked<usize> {
        let handle = self.slot(fd).ok_or(self.failure(status::INVALID_HANDLE))?;
        self.require(handle, right)
    }

    fn require(&self, handle: Handle, right: u32) -> Checked<usize> {
        if handle.access & right == right {
            Ok(handle.event)
        } else {
            Err(self.failure(status::ACCESS_DENIED))
        }
    }

    /// Whether the operation is possible in this state. A replay without some of its lines may name
    /// a waiter that is busy or idle, or a slot that is taken.
    pub fn is_applicable(&self, operation: &Operation) -> bool {
        let is_free = |slot: u8| self.handles[usize::from(slot)].is_none();
        match operation {
            Operation::Create { slot, .. } | Operation::Duplicate { slot, .. } => is_free(*slot),
            Operation::Close { slot } => !is_free(*slot),
            Operation::Interrupt { waiter } => self.waiters[usize::from(*waiter)].is_some(),
            Operation::Wait(wait) => match wait.waiter {
                None => wait.time != Time::Forever,
                Some(waiter) => self.waiters[usize::from(waiter)].is_none(),
            },
            Operation::Signal { .. } | Operation::Query { .. } => true,
        }
    }

    /// Does the operation, which is applicable.
    pub fn apply(&mut self, operation: &Operation) -> Step {
        let mut step = Step::default();
        let released = &mut step.released;
        let direct = match operation {
            Operation::Create {
                slot,
                kind,
                state,
                access,
                attributes,
            } => {
                let granted = self.check_create(*kind, *access, *attributes);
                granted.map(|access| {
                    self.events.push(Event {
                        synchronization: *kind == 1,
                        signaled: *state != 0,
                        queue: Vec::new(),
                    });
                    let event = self.events.len() - 1;
                    self.open(*slot, Handle { event, access }, 0)
                })
            }
            Operation::Duplicate {
                from,
                slot,
                access,
                options,
                attributes,
            } => self
                .check_duplicate(*from, *access, *options, *attributes)
                .map(|handle| self.open(*slot, handle, UNSTORED)),
            Operation::Close { slot } => {
                self.handles[usize::from(*slot)] = None;
                Ok(Outcome::of(0))
            }
            Operation::Signal { what, fd } => self
                .own_handle(*fd)
                .and_then(|handle| self.require(handle, access::MODIFY_STATE))
                .map_err(|failure| Outcome::of(failure.value))
                .map(|event| Outcome::of(self.signal(*what, event, released).into())),
            Operation::Query { fd } => self
                .own_handle(*fd)
                .and_then(|handle| self.require(handle, access::QUERY_STATE))
                .map_err(|failure| Outcome::of(failure.value))
                .map(|event| Outcome {
                    info: Some(self.info(event)),
                    ..Outcome::of(0)
                }),
            Operation::Wait(wait) => match self.wait(wait, released) {
                Ok(Some(value)) => Ok(Outcome::of(value as i32)),
                Ok(None) => return step,
                Err(failure) => Err(failure),
            },
            Operation::Interrupt { waiter } => {
                self.leave(*waiter);
                released.push((*waiter, Outcome::of(-libc::EINTR)));
                return step;
            }
        };
        step.direct = Some(direct.unwrap_or_else(|failure| failure));
        step
    }

    /// The type and state that a query returns.
    pub fn info(&self, event: usize) -> (u32, u32) {
        let event = &self.events[event];
        (event.synchronization.into(), event.signaled.into())
    }

    fn open(&mut self, slot: u8, handle: Handle, stored: u32) -> Outcome {
        self.handles[usize::from(slot)] = Some(handle);
        Outcome {
            status: stored,
            access: Some(handle.access),
            ..Outcome::of(0)
        }
    }

    /// The rights that `desired` stands for. `maximum` is what MAXIMUM_ALLOWED grants.
    fn requested(&self, desired: u32, maximum: u32) -> Checked<u32> {
        let special = access::SYSTEM_SECURITY | access::MAXIMUM_ALLOWED;
        let mut granted = desired & !special;
        for (generic, rights) in access::GENERIC {
            if desired & generic != 0 {
                granted = granted & !generic | rights;
            }
        }
        if granted & !access::ALL != 0 {
            return Err(self.failure(status::ACCESS_DENIED));
        }
        if desired & access::MAXIMUM_ALLOWED != 0 {
            granted |= maximum;
        }
        Ok(granted | desired & access::SYSTEM_SECURITY)
    }

    fn check_create(&self, kind: u32, desired: u32, attributes: u32) -> Checked<u32> {
        let has = |bits| attributes & bits != 0;
        if kind > 1
            || has(!attributes::KNOWN)
            || has(attributes::REFUSED)
            || has(attributes::EXCLUSIVE) && has(attributes::INHERIT)
        {
            return Err(self.failure(status::INVALID_PARAMETER));
        }
        if has(attributes::PERMANENT) && !self.privileged {
            return Err(self.failure(status::PRIVILEGE_NOT_HELD));
        }
        // Creating is not refused because of other bits.
        let granted = self.requested(desired & access::KNOWN, access::ALL)?;
        if granted & access::SYSTEM_SECURITY != 0 && !self.privileged {
            return Err(self.failure(status::PRIVILEGE_NOT_HELD));
        }
        Ok(granted)
    }

    /// The caller owns every object here, with the default mode, so it can have every right.
    fn check_duplicate(
        &self,
        from: Fd,
        desired: u32,
        options: u32,
        attributes: u32,
    ) -> Checked<Handle> {
        const SAME_ACCESS: u32 = 2;
        let source = self.own_handle(from)?;
        if options & !SAME_ACCESS != 0 || attributes & !attributes::INHERIT != 0 {
            return Err(self.failure(status::INVALID_PARAMETER));
        }
        if options & SAME_ACCESS != 0 {
            return Ok(source);
        }
        let access = self.requested(desired, source.access | access::ALL)?;
        if access & !source.access & access::SYSTEM_SECURITY != 0 && !self.privileged {
            return Err(self.failure(status::PRIVILEGE_NOT_HELD));
        }
        Ok(Handle { access, ..source })
    }

    fn signal(&mut self, what: Signal, event: usize, released: &mut Vec<(u8, Outcome)>) -> bool {
        let previous = self.events[event].signaled;
        match what {
            Signal::Set | Signal::Pulse => {
                if !previous {
                    self.events[event].signaled = true;
                    self.deliver(event, released);
                }
                if what == Signal::Pulse {
                    self.events[event].signaled = false;
                }
            }
            Signal::Reset | Signal::Clear => self.events[event].signaled = false,
        }
        previous && what != Signal::Clear
    }
}
