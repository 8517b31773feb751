// SPDX-License-Identifier: GPL-2.0

//! Runs operations on /dev/ntsync and on its reference. Compares the outcome for the caller, for
//! the waiters that it releases, and the resulting state.

use crate::asleep::Watched;
use crate::generate::Random;
use crate::ntsync::{Command, Fd, Kind, Memory, Operation, Wait};
use crate::ntsync_device::{self as device, Device, RawWait};
use crate::ntsync_generate::{Generator, Profile};
use crate::ntsync_model::{Model, Outcome, Step, UNTOUCHED};
use crate::ntsync_text;
use crate::run::{compare, CLOSED};
use crate::sys;
use crate::waiters::{patience, watch, Waiters};
use std::{
    fs::File,
    os::fd::{AsRawFd, OwnedFd},
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    thread,
    time::{Duration, Instant},
};

/// Slots for handles in every sequence.
pub const SLOTS: usize = 80;

/// What all trials share.
pub struct Bench {
    pub waiters: Waiters<RawWait, Outcome>,
    /// How long to wait for something that must happen.
    pub patience: Duration,
    watched: Vec<Watched>,
    device: Device,
    null: File,
    progress: Arc<AtomicU64>,
}

impl Bench {
    pub fn new(waiters: usize) -> std::io::Result<Self> {
        let device = Device::open()?;
        let waiters = Waiters::start(waiters, device::wait);
        let tids = (0..waiters.count() as u8).map(|waiter| waiters.tid(waiter));
        Ok(Self {
            watched: tids.map(Watched::open).collect::<Result<_, _>>()?,
            waiters,
            patience: patience(10),
            device,
            null: File::open("/dev/null")?,
            progress: watch(),
        })
    }

    /// Draws a sequence while it runs. Returns the operations, and how they diverged.
    pub fn random(&mut self, seed: u64, length: usize) -> (Vec<Operation>, Option<String>) {
        let random = &mut Random::new(seed);
        let profile = Profile::draw(random, self.waiters.count());
        let mut trial = Trial::new(self);
        let mut sequence = Vec::new();
        // A wide sequence begins by making the objects, which is not its purpose.
        let length = if profile.wide { length * 2 } else { length };
        for _ in 0..length {
            let mut generator = Generator {
                random,
                profile: &profile,
                model: &trial.model,
            };
            let operation = generator.operation();
            let read = ntsync_text::parse(&operation.to_string());
            assert_eq!(read.as_ref(), Ok(&operation), "the text form");
            let result = trial.step(&operation);
            sequence.push(operation);
            if let Err(how) = result {
                return (sequence, Some(how));
            }
        }
        (sequence, trial.finish().err())
    }

    /// Runs a whole sequence. The error is the number of the operation that diverged, and how.
    pub fn replay(&mut self, operations: &[Operation]) -> Result<(), (usize, String)> {
        let mut trial = Trial::new(self);
        for (index, operation) in operations.iter().enumerate() {
            trial.step(operation).map_err(|how| (index, how))?;
        }
        trial.finish().map_err(|how| (operations.len(), how))
    }
}

/// One sequence.
struct Trial<'a> {
    bench: &'a mut Bench,
    model: Model,
    handles: Vec<Option<OwnedFd>>,
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        self.bench.waiters.recall();
    }
}

impl<'a> Trial<'a> {
    fn new(bench: &'a mut Bench) -> Self {
        Self {
            model: Model::new(SLOTS),
            handles: (0..SLOTS).map(|_| None).collect(),
            bench,
        }
    }

    /// Does one operation on both sides, unless it is not applicable.
    fn step(&mut self, operation: &Operation) -> Result<(), String> {
        if !self.model.is_applicable(operation) {
            return Ok(());
        }
        self.bench.progress.fetch_add(1, Ordering::Relaxed);
        let expected = self.model.apply(operation);
        match operation {
            Operation::Wait(wait) => self.enter(wait, &expected)?,
            Operation::Interrupt { waiter } => self.bench.waiters.interrupt(*waiter),
            Operation::Restart { waiter } => self.restart(*waiter)?,
            _ => {
                let found = self.perform(operation);
                compare("result", expected.direct, Some(found))?;
            }
        }
        let may = |other| expected.released.iter().any(|released| released.0 == other);
        for (waiter, outcome) in &expected.released {
            let patience = self.bench.patience;
            let found = self.bench.waiters.result_beside(*waiter, patience, may);
            compare(&format!("waiter w{waiter}"), Some(*outcome), found)?;
        }
        self.check_state()
    }

    /// Ends the sequence. Interrupts all blocked waiters, which must still be blocked.
    fn finish(mut self) -> Result<(), String> {
        for waiter in 0..self.bench.waiters.count() as u8 {
            let operation = Operation::Interrupt { waiter };
            self.step(&operation)
                .map_err(|how| format!("{operation}, at the end: {how}"))?;
        }
        Ok(())
    }

    fn fd(&self, fd: Fd) -> i32 {
        match fd {
            Fd::Slot(slot) => self.handles[usize::from(slot)]
                .as_ref()
                .map_or(CLOSED, AsRawFd::as_raw_fd),
            Fd::Closed => -1,
            Fd::Device => self.bench.device.fd(),
            Fd::Other => self.bench.device.other(),
            Fd::Null => self.bench.null.as_raw_fd(),
        }
    }

    /// Does a wait. Returns when it has ended, or when its thread blocks as expected.
    fn enter(&mut self, wait: &Wait, expected: &Step) -> Result<(), String> {
        let raw = RawWait {
            on: self.fd(wait.on),
            all: wait.all,
            fds: wait.fds.iter().map(|fd| self.fd(*fd)).collect(),
            count: wait.count,
            owner: wait.owner,
            flags: wait.flags,
            pad: wait.pad,
            time: wait.time,
            alert: wait.alert.map_or(0, |fd| self.fd(fd)),
            memory: wait.memory,
            readable: wait.readable,
        };
        let Some(waiter) = wait.waiter else {
            return compare("result", expected.direct, Some(device::wait(&raw)));
        };
        self.bench.waiters.enter(waiter, raw);
        if expected.direct.is_none() {
            return self.await_blocked(waiter);
        }
        let found = self.bench.waiters.result(waiter, self.bench.patience);
        compare("result", expected.direct, found)
    }

    /// Makes a blocked wait restart. Returns when it sleeps again.
    fn restart(&mut self, waiter: u8) -> Result<(), String> {
        let before = sys::restarts();
        sys::restart(self.bench.waiters.tid(waiter));
        let end = Instant::now() + self.bench.patience;
        while sys::restarts() == before {
            if Instant::now() > end {
                return Err(format!("w{waiter} does not see its signal"));
            }
            thread::yield_now();
        }
        self.await_blocked(waiter)
    }

    /// Does an operation of the driver.
    fn perform(&mut self, operation: &Operation) -> Outcome {
        let done = Outcome {
            value: 0,
            words: [0, 0],
        };
        match *operation {
            Operation::Create {
                kind,
                slot,
                words,
                on,
                memory,
            } => {
                let (handle, outcome) = device::create(self.fd(on), kind, words, memory);
                self.handles[usize::from(slot)] = handle;
                outcome
            }
            Operation::Command {
                what,
                fd,
                words,
                memory,
            } => device::command(self.fd(fd), what, words, memory),
            Operation::Unknown { fd, command } => device::unknown(self.fd(fd), command),
            Operation::Duplicate { from, slot } => {
                let value = sys::dup(self.fd(Fd::Slot(from)));
                self.handles[usize::from(slot)] = (value >= 0).then(|| sys::own(value));
                Outcome {
                    value: value.min(0),
                    ..done
                }
            }
            Operation::Close { slot } => {
                self.handles[usize::from(slot)] = None;
                done
            }
            Operation::Wait(_) | Operation::Interrupt { .. } | Operation::Restart { .. } => {
                unreachable!()
            }
        }
    }

    /// Returns when a waiter blocks that must.
    fn await_blocked(&mut self, waiter: u8) -> Result<(), String> {
        let end = Instant::now() + self.bench.patience;
        let mut looks = 0;
        while !self.bench.watched[usize::from(waiter)].is_asleep() {
            if self.bench.waiters.has_returned(waiter) {
                let found = self.bench.waiters.result(waiter, self.bench.patience);
                return compare("result", None, found);
            }
            if Instant::now() > end {
                return Err(format!("w{waiter} neither blocks nor returns"));
            }
            // Poll less and less often.
            looks += 1;
            match looks {
                ..20 => thread::yield_now(),
                _ => thread::sleep(Duration::from_micros(50)),
            }
        }
        Ok(())
    }

    /// Compares every object that has a handle. Checks that every waiter blocks that must.
    fn check_state(&mut self) -> Result<(), String> {
        let mut seen = vec![false; self.model.objects.len()];
        for slot in 0..SLOTS as u8 {
            let Some(handle) = self.model.handle(Fd::Slot(slot)) else {
                continue;
            };
            if std::mem::replace(&mut seen[handle.object], true) {
                continue;
            }
            let state = self.model.objects[handle.object].state;
            let read = match state.kind() {
                Kind::Sem => Command::ReadSem,
                Kind::Mutex => Command::ReadMutex,
                Kind::Event => Command::ReadEvent,
            };
            let fd = self.fd(Fd::Slot(slot));
            let found = device::command(fd, read, [UNTOUCHED; 2], Memory::Writable);
            let (value, words) = state.read();
            let expected = Outcome { value, words };
            if found != expected {
                compare(&format!("state of h{slot}"), expected, found)?;
            }
        }
        match self.bench.waiters.any_returned() {
            Some((waiter, outcome)) => compare(&format!("waiter w{waiter}"), None, Some(outcome)),
            None => Ok(()),
        }
    }
}
