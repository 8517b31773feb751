// SPDX-License-Identifier: GPL-2.0

//! Draws operations on /dev/ntsync that are likely to be interesting in the model's current state.

use crate::generate::Random;
use crate::ntsync::{Command, Fd, Kind, Memory, Operation, Time, Wait};
use crate::ntsync_device;
use crate::ntsync_model::{flags, Model, State, MAX_WAIT};

/// What kind of sequence to draw.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The most handles.
    slots: usize,
    /// The number of threads that block.
    waiters: usize,
    /// The percentage of operations with an error in them.
    wrong: usize,
    /// Only a few owners, so that they meet.
    owners: Vec<u32>,
    /// The kinds of objects.
    kinds: Vec<Kind>,
    /// Whether waits have many objects.
    pub wide: bool,
}

impl Profile {
    pub fn draw(random: &mut Random, waiters: usize) -> Self {
        let blocked = waiters != 0 && random.chance(70);
        let wide = random.chance(3);
        let owners = [1, 2, 3, 0x8000_0000, u32::MAX];
        let kinds: &[Kind] = match random.below(6) {
            0 => &[Kind::Mutex],
            1 => &[Kind::Mutex, Kind::Event],
            2 => &[Kind::Sem, Kind::Sem, Kind::Event],
            _ => &[Kind::Sem, Kind::Mutex, Kind::Event],
        };
        Self {
            slots: if wide { 70 } else { 3 + random.below(6) },
            waiters: if blocked { waiters } else { 0 },
            wrong: if blocked { 2 } else { 12 },
            owners: (0..2 + random.below(2))
                .map(|_| random.pick(&owners))
                .collect(),
            kinds: kinds.to_vec(),
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
        let slots = (0u8..).zip(&self.model.handles[..self.profile.slots]);
        let fit = slots.filter(|(_, handle)| handle.is_some() == open);
        fit.map(|(slot, _)| slot).collect()
    }

    /// Whether to make this error, in `share` percent of the operations that may have one.
    fn errs(&mut self, share: usize) -> bool {
        self.random.chance(self.profile.wrong) && self.random.chance(share)
    }

    fn memory(&mut self) -> Memory {
        if !self.errs(30) {
            return Memory::Writable;
        }
        self.random.pick(&[
            Memory::Odd,
            Memory::ReadOnly,
            Memory::ReadOnly,
            Memory::Unmapped,
        ])
    }

    fn no_object(&mut self) -> Fd {
        let slot = Fd::Slot(self.random.below(self.profile.slots) as u8);
        self.random
            .pick(&[slot, Fd::Closed, Fd::Null, Fd::Device, Fd::Other])
    }

    /// A handle, or sometimes something else.
    fn fd(&mut self) -> Fd {
        let open = self.slots(true);
        if open.is_empty() || self.errs(25) {
            return self.no_object();
        }
        Fd::Slot(self.random.pick(&open))
    }

    /// The fd on which to call a command of the device.
    fn on(&mut self, other: usize) -> Fd {
        match self.errs(8) {
            true => self.no_object(),
            false if self.random.chance(other) => Fd::Other,
            false => Fd::Device,
        }
    }

    fn owner(&mut self) -> u32 {
        match self.errs(20) {
            true => 0,
            false => self.random.pick(&self.profile.owners),
        }
    }

    /// The next operation.
    pub fn operation(&mut self) -> Operation {
        let open = self.slots(true);
        let free = self.slots(false);
        let wanted = if self.profile.wide { 66 } else { 2 };
        if open.len() < wanted && !free.is_empty() {
            return self.create(free[0]);
        }
        let busy: Vec<u8> = self.model.blocked.iter().map(|wait| wait.waiter).collect();
        match self.random.below(100) {
            0..5 if !free.is_empty() => {
                let slot = self.random.pick(&free);
                self.create(slot)
            }
            5..8 if !free.is_empty() && !open.is_empty() => Operation::Duplicate {
                from: self.random.pick(&open),
                slot: self.random.pick(&free),
            },
            8..12 if !self.profile.wide && !open.is_empty() => Operation::Close {
                slot: self.random.pick(&open),
            },
            12..14 if !busy.is_empty() => Operation::Interrupt {
                waiter: self.random.pick(&busy),
            },
            14..17 if !busy.is_empty() => Operation::Restart {
                waiter: self.random.pick(&busy),
            },
            17 => self.unknown(),
            18..62 => self.command(),
            62..88 => {
                let waiters = (0..self.profile.waiters).map(|waiter| waiter as u8);
                let idle: Vec<u8> = waiters.filter(|waiter| !busy.contains(waiter)).collect();
                let waiter = (!idle.is_empty()).then(|| self.random.pick(&idle));
                self.wait(waiter)
            }
            _ => self.wait(None),
        }
    }

    fn create(&mut self, slot: u8) -> Operation {
        let kind = self.random.pick(&self.profile.kinds);
        let owner = self.random.pick(&self.profile.owners);
        let max = u32::MAX;
        let words = match kind {
            Kind::Sem if self.errs(30) => self.random.pick(&[[1, 0], [max, max - 1], [3, 2]]),
            Kind::Sem => self.random.pick(&[
                [0, 1],
                [0, 1],
                [1, 1],
                [0, 2],
                [1, 3],
                [0, 0],
                [max - 1, max],
                [max, max],
                [0, max],
            ]),
            Kind::Mutex if self.errs(30) => self.random.pick(&[[owner, 0], [0, 1], [0, max]]),
            Kind::Mutex => self.random.pick(&[
                [0, 0],
                [0, 0],
                [0, 0],
                [owner, 1],
                [owner, 1],
                [owner, 2],
                [owner, max - 1],
                [owner, max],
            ]),
            Kind::Event => self
                .random
                .pick(&[[0, 0], [0, 0], [1, 0], [0, 1], [1, 1], [max, 256]]),
        };
        Operation::Create {
            kind,
            slot,
            words,
            on: self.on(2),
            memory: self.memory(),
        }
    }

    /// Numbers of existing commands with other sizes and directions, and numbers near them.
    fn unknown(&mut self) -> Operation {
        let known = self.random.pick(&ntsync_device::ALL);
        let wrong = match self.random.below(3) {
            0 => known ^ (1 << (16 + self.random.below(16))),
            1 => known & !0xff | 0x80 | self.random.below(0x20) as u32,
            _ => 0x4e80 | self.random.below(0x20) as u32,
        };
        let command = match ntsync_device::ALL.contains(&wrong) {
            true => 0x4e80,
            false => wrong,
        };
        let fd = match self.random.chance(50) {
            true => self.fd(),
            false => self.no_object(),
        };
        Operation::Unknown { fd, command }
    }

    fn command(&mut self) -> Operation {
        let fd = self.fd();
        let state = self.model.state(fd);
        let kind = match state {
            Some(state) if !self.errs(30) => state.kind(),
            _ => self.random.pick(&[Kind::Sem, Kind::Mutex, Kind::Event]),
        };
        let (what, word) = match kind {
            Kind::Sem => self.release(state),
            Kind::Mutex => self.unlock(state),
            Kind::Event => {
                use Command::{Pulse, ReadEvent, Reset, Set};
                (
                    self.random
                        .pick(&[Set, Set, Set, Set, Pulse, Pulse, Reset, ReadEvent]),
                    0,
                )
            }
        };
        Operation::Command {
            what,
            fd,
            words: [word, 0],
            memory: self.memory(),
        }
    }

    fn release(&mut self, state: Option<State>) -> (Command, u32) {
        if self.random.chance(8) {
            return (Command::ReadSem, 0);
        }
        let room = match state {
            Some(State::Sem { count, max }) => max - count,
            _ => 1,
        };
        let next = room.wrapping_add(1);
        let few = 1 + self.random.below(3) as u32;
        let picks = [1, 1, 1, few.min(room), few, 0, room, next, u32::MAX];
        (Command::Release, self.random.pick(&picks))
    }

    fn unlock(&mut self, state: Option<State>) -> (Command, u32) {
        let owner = match state {
            Some(State::Mutex { owner, .. }) if owner != 0 && self.random.chance(80) => owner,
            _ => self.owner(),
        };
        let what = match self.random.below(10) {
            0..6 => Command::Unlock,
            6..9 => Command::Kill,
            _ => Command::ReadMutex,
        };
        (what, owner)
    }

    fn wait(&mut self, waiter: Option<u8>) -> Operation {
        let all = self.random.chance(45);
        let on = self.on(1);
        let mut fds = self.several(all);
        let mut count = fds.len() as u32;
        if self.errs(10) {
            count = self
                .random
                .pick(&[MAX_WAIT as u32 + 1, 0x4000_0001, u32::MAX]);
        } else if self.errs(10) {
            count = self.random.below(fds.len() + 1) as u32;
        }
        if self.random.chance(1) {
            fds.clear();
            count = 0;
        }
        let mut flags = if self.random.chance(30) {
            flags::REALTIME
        } else {
            0
        };
        let mut pad = 0;
        if self.errs(15) {
            flags |= 1 << self.random.below(32);
        } else if self.errs(10) {
            pad = 1 << self.random.below(32);
        }
        Operation::Wait(Wait {
            waiter,
            all,
            fds,
            count,
            owner: self.owner(),
            flags,
            pad,
            time: self.time(waiter.is_some()),
            alert: self.random.chance(25).then(|| self.fd()),
            on,
            memory: self.memory(),
            readable: !self.errs(10),
        })
    }

    fn time(&mut self, may_block: bool) -> Time {
        use Time::{Hour, Last, Latest, Negative, Now, Past, Short, Zero};
        match self.random.below(20) {
            0 => Short,
            1 => self.random.pick(&[Negative, Last]),
            2..18 if may_block => Time::Forever,
            18.. if may_block => self.random.pick(&[Hour, Latest]),
            _ => self.random.pick(&[Zero, Zero, Past, Now]),
        }
    }

    /// The objects of a wait: mostly few, and mostly different in a wait for all.
    fn several(&mut self, all: bool) -> Vec<Fd> {
        let few = 1 + self.random.below(3);
        let many = [
            MAX_WAIT,
            MAX_WAIT,
            MAX_WAIT - 1,
            1 + self.random.below(MAX_WAIT),
        ];
        let count = match self.profile.wide && self.random.chance(50) || self.random.chance(1) {
            true => self.random.pick(&many),
            false => few,
        };
        if !all || self.random.chance(8) {
            return (0..count).map(|_| self.fd()).collect();
        }
        let mut open = self.slots(true);
        let mut fds = Vec::new();
        let mut objects = Vec::new();
        while fds.len() < count && !open.is_empty() {
            let fd = Fd::Slot(open.swap_remove(self.random.below(open.len())));
            let object = self.model.handle(fd).map(|handle| handle.object);
            if !objects.contains(&object) {
                objects.push(object);
                fds.push(fd);
            }
        }
        fds
    }
}
