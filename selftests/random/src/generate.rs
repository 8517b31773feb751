// SPDX-License-Identifier: GPL-2.0

//! Draws operations that are likely to be interesting in the current state of the model.

use crate::model::{access, attributes, flags, Model};
use crate::operations::{Fd, Form, Operation, Signal, Time, WaitOperation, MAX_WAIT};

/// splitmix64: small, and every seed is good.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// True with a probability of `percent`.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// What kind of sequence to draw.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The most handles.
    pub slots: usize,
    /// The number of threads that block.
    pub waiters: usize,
    /// The percentage of operations with an error in them.
    pub wrong: usize,
    /// The percentage of new handles without full access.
    pub rights: usize,
    /// Whether waits have many objects.
    pub wide: bool,
}

impl Profile {
    /// One of the kinds: single-threaded, with blocked waiters, or with many objects.
    pub fn draw(random: &mut Random, waiters: usize) -> Self {
        let blocked = waiters != 0 && random.chance(50);
        let wide = random.chance(4);
        Self {
            slots: if wide { 70 } else { 3 + random.below(10) },
            waiters: if blocked { waiters } else { 0 },
            wrong: if blocked { 2 } else { 12 },
            rights: if blocked { 0 } else { 40 },
            wide,
        }
    }
}

pub struct Generator<'a> {
    pub random: &'a mut Random,
    pub profile: &'a Profile,
    pub model: &'a Model,
}

impl Generator<'_> {
    fn slots(&self, open: bool) -> Vec<u8> {
        let used = self.profile.slots;
        let slots = (0u8..).zip(&self.model.handles[..used]);
        let fit = slots.filter(|(_, handle)| handle.is_some() == open);
        fit.map(|(slot, _)| slot).collect()
    }

    fn waiter(&mut self, busy: bool) -> Option<u8> {
        let waiters = (0u8..).zip(&self.model.waiters[..self.profile.waiters]);
        let fit = waiters.filter(|(_, wait)| wait.is_some() == busy);
        let fit: Vec<u8> = fit.map(|(waiter, _)| waiter).collect();
        (!fit.is_empty()).then(|| self.random.pick(&fit))
    }

    /// A handle, or sometimes something else.
    fn fd(&mut self) -> Fd {
        let open = self.slots(true);
        if open.is_empty() || self.random.chance(self.profile.wrong / 2) {
            let closed = Fd::Slot(self.random.below(self.profile.slots) as u8);
            return self.random.pick(&[closed, Fd::None, Fd::Device, Fd::Null]);
        }
        Fd::Slot(self.random.pick(&open))
    }

    fn access(&mut self) -> u32 {
        if !self.random.chance(self.profile.rights) {
            return access::ALL;
        }
        let bit = 1 << self.random.below(32);
        let generic = 1 << (28 + self.random.below(4));
        let useful = self.random.next() as u32 & 0x10_0003;
        let valid = self.random.next() as u32 & access::ALL;
        let any = self.random.next() as u32;
        let security = access::SYSTEM_SECURITY | valid;
        let maximum = access::MAXIMUM_ALLOWED | useful;
        let picks = [
            0, bit, generic, useful, useful, useful, valid, any, security, maximum,
        ];
        self.random.pick(&picks)
    }

    /// The next operation.
    pub fn operation(&mut self) -> Operation {
        let open = self.slots(true).len();
        let free = self.slots(false);
        let wanted = if self.profile.wide { 66 } else { 2 };
        if open < wanted && !free.is_empty() {
            return self.create(free[0]);
        }
        match self.random.below(100) {
            0..4 if !free.is_empty() => {
                let slot = self.random.pick(&free);
                self.create(slot)
            }
            4..9 if !free.is_empty() => {
                let slot = self.random.pick(&free);
                self.duplicate(slot)
            }
            9..12 if !self.profile.wide => Operation::Close {
                slot: self.random.pick(&self.slots(true)),
            },
            12..16 => Operation::Query { fd: self.fd() },
            16..20 => match self.waiter(true) {
                Some(waiter) => Operation::Interrupt { waiter },
                None => self.signal(),
            },
            20..62 => self.signal(),
            62..88 => {
                let waiter = self.waiter(false);
                self.wait(waiter)
            }
            _ => self.wait(None),
        }
    }

    fn create(&mut self, slot: u8) -> Operation {
        let wrong = self.random.chance(self.profile.wrong / 3);
        let attribute = 1 << self.random.below(32);
        let pairs = attributes::EXCLUSIVE | attributes::INHERIT;
        let attributes = match self.random.below(10) {
            0 if wrong => attribute,
            1 if wrong => pairs,
            2 => self.random.next() as u32 & attributes::KNOWN & !attributes::REFUSED,
            _ => 0,
        };
        Operation::Create {
            slot,
            kind: if wrong && attributes == 0 {
                attribute
            } else {
                self.random.below(2) as u32
            },
            state: self.random.pick(&[0, 0, 0, 1, 1, 0x100, u32::MAX]),
            access: self.access(),
            attributes,
        }
    }

    fn duplicate(&mut self, slot: u8) -> Operation {
        let from = self.fd();
        let wrong = self.random.chance(self.profile.wrong);
        let bit = 1 << self.random.below(32);
        Operation::Duplicate {
            from,
            slot,
            access: self.access(),
            options: if wrong {
                bit
            } else {
                self.random.pick(&[0, 0, 2])
            },
            attributes: if wrong && self.random.chance(50) {
                bit
            } else {
                self.random.pick(&[0, 0, attributes::INHERIT])
            },
        }
    }

    fn signal(&mut self) -> Operation {
        let what = match self.random.below(10) {
            0..5 => Signal::Set,
            5..8 => Signal::Pulse,
            8 => Signal::Reset,
            _ => Signal::Clear,
        };
        Operation::Signal {
            what,
            fd: self.fd(),
        }
    }

    fn wait(&mut self, waiter: Option<u8>) -> Operation {
        let form = match self.random.below(10) {
            0..2 => Form::One,
            2 | 3 => Form::SignalAndWait,
            _ => Form::Many,
        };
        let mut wanted = 0;
        let handles = match form {
            Form::One => vec![self.fd()],
            Form::SignalAndWait => vec![self.fd(), self.fd()],
            Form::Many => {
                if self.random.chance(45) {
                    wanted |= flags::ALL;
                }
                self.several(wanted != 0)
            }
        };
        if self.random.chance(20) {
            wanted |= flags::ALERT;
        }
        if self.random.chance(self.profile.wrong / 4) {
            wanted |= (1 << self.random.below(32)) & !flags::TIMEOUT;
        }
        let time = match self.random.below(20) {
            0 => Time::Short,
            1..19 if waiter.is_some() => Time::Forever,
            1..12 => Time::Zero,
            _ => Time::Past,
        };
        Operation::Wait(WaitOperation {
            waiter,
            form,
            handles,
            flags: wanted,
            time,
            alert: if wanted & flags::ALERT != 0 {
                self.fd()
            } else {
                Fd::None
            },
        })
    }

    /// The handles of a wait: mostly few, and mostly different in a wait for all.
    fn several(&mut self, all: bool) -> Vec<Fd> {
        if self.random.chance(self.profile.wrong / 3) {
            let count = self.random.pick(&[0, MAX_WAIT + 1]);
            return (0..count).map(|_| self.fd()).collect();
        }
        let few = 1 + self.random.below(4);
        let many = self.random.pick(&[
            MAX_WAIT,
            MAX_WAIT - 1,
            1 + self.random.0 as usize % MAX_WAIT,
        ]);
        let is_many = self.profile.wide && self.random.chance(50) || self.random.chance(1);
        let count = if is_many { many } else { few };
        if !all || self.random.chance(8) {
            return (0..count).map(|_| self.fd()).collect();
        }
        let mut open = self.slots(true);
        let mut handles = Vec::new();
        let mut events = Vec::new();
        while handles.len() < count && !open.is_empty() {
            let slot = open.swap_remove(self.random.below(open.len()));
            let event = self.model.handle(Fd::Slot(slot)).map(|handle| handle.event);
            if !events.contains(&event) {
                events.push(event);
                handles.push(Fd::Slot(slot));
            }
        }
        handles
    }
}
