// SPDX-License-Identifier: GPL-2.0

//! Runs operations on the device and on the reference. Compares the outcome for the caller, for the
//! waiters that it releases, and the resulting state.

use crate::device::{self, Device, RawWait};
use crate::fdinfo::Fdinfo;
use crate::model::{access, Model, Outcome};
use crate::operations::{Fd, Operation, WaitOperation};
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

/// An fd above every limit, so it is never open.
pub const CLOSED: i32 = 0x7fff_0000;

/// What all trials share.
pub struct Bench {
    device: Arc<Device>,
    pub waiters: Waiters<RawWait, Outcome>,
    /// How long to wait for something that must happen.
    pub patience: Duration,
    null: File,
    progress: Arc<AtomicU64>,
}

impl Bench {
    pub fn new(waiters: usize) -> std::io::Result<Self> {
        let device = Arc::new(Device::open()?);
        let theirs = device.clone();
        Ok(Self {
            waiters: Waiters::start(waiters, move |wait| theirs.wait(wait)),
            device,
            patience: patience(10),
            null: File::open("/dev/null")?,
            progress: watch(),
        })
    }

    /// Runs a whole sequence. The error is the number of the operation that diverged, and how.
    pub fn replay(
        &mut self,
        operations: &[Operation],
        slots: usize,
    ) -> Result<(), (usize, String)> {
        let mut trial = Trial::new(self, slots);
        for (index, operation) in operations.iter().enumerate() {
            trial.step(operation).map_err(|how| (index, how))?;
        }
        trial.finish().map_err(|how| (operations.len(), how))
    }
}

/// An event, seen through a handle of the tester's own.
struct Observer {
    handle: OwnedFd,
    info: Option<Fdinfo>,
    /// Whether a thread was ever told to wait for it.
    touched: bool,
}

/// One sequence.
pub struct Trial<'a> {
    bench: &'a mut Bench,
    pub model: Model,
    handles: Vec<Option<OwnedFd>>,
    observers: Vec<Observer>,
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        self.bench.waiters.recall();
    }
}

/// Fails with both values if they differ.
pub fn compare<T: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: T,
    found: T,
) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!("{what}: expected {expected:x?}, found {found:x?}"))
}

impl<'a> Trial<'a> {
    pub fn new(bench: &'a mut Bench, slots: usize) -> Self {
        let waiters = bench.waiters.count();
        Self {
            model: Model::new(sys::is_root(), slots, waiters),
            handles: (0..slots).map(|_| None).collect(),
            observers: Vec::new(),
            bench,
        }
    }

    /// Does one operation on both sides, unless it is not applicable.
    pub fn step(&mut self, operation: &Operation) -> Result<(), String> {
        if !self.model.is_applicable(operation) {
            return Ok(());
        }
        self.bench.progress.fetch_add(1, Ordering::Relaxed);
        // Look up the handles before the model closes or replaces some.
        let raw = match operation {
            Operation::Wait(wait) => Some(self.raw(wait)),
            _ => None,
        };
        let expected = self.model.apply(operation);
        let mut entered = None;
        match (operation, raw) {
            (Operation::Wait(wait), Some(raw)) => match wait.waiter {
                Some(waiter) => {
                    self.touch(wait);
                    self.bench.waiters.enter(waiter, raw);
                    if expected.direct.is_some() {
                        let found = self.bench.waiters.result(waiter, self.bench.patience);
                        compare("result", expected.direct, found)?;
                    }
                    entered = Some(waiter);
                }
                None => {
                    let found = self.bench.device.wait(&raw);
                    compare("result", expected.direct, Some(found))?;
                }
            },
            (Operation::Interrupt { waiter }, _) => self.bench.waiters.interrupt(*waiter),
            _ => {
                let found = self.perform(operation);
                compare("result", expected.direct, Some(found))?;
            }
        }
        let may = |other| entered == Some(other) || expected.released.iter().any(|r| r.0 == other);
        for (waiter, outcome) in &expected.released {
            let patience = self.bench.patience;
            let found = self.bench.waiters.result_beside(*waiter, patience, may);
            compare(&format!("waiter w{waiter}"), Some(*outcome), found)?;
        }
        // Only now, as released waiters count until they have run.
        if let (Some(waiter), None) = (entered, expected.direct) {
            self.await_blocked(waiter)?;
        }
        self.check_state()
    }

    /// Ends the sequence. Interrupts all blocked waiters, which must still be blocked.
    pub fn finish(mut self) -> Result<(), String> {
        for waiter in 0..self.model.waiters.len() as u8 {
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
            Fd::None => -1,
            Fd::Device => self.bench.device.fd(),
            Fd::Null => self.bench.null.as_raw_fd(),
        }
    }

    fn raw(&self, wait: &WaitOperation) -> RawWait {
        RawWait {
            form: wait.form,
            fds: wait.handles.iter().map(|fd| self.fd(*fd)).collect(),
            flags: wait.flags,
            time: wait.time,
            alert: self.fd(wait.alert),
        }
    }

    /// Does an operation of the driver.
    fn perform(&mut self, operation: &Operation) -> Outcome {
        match operation {
            Operation::Create {
                slot,
                kind,
                state,
                access,
                attributes,
            } => {
                let (handle, outcome) =
                    self.bench
                        .device
                        .create(*kind, *state, *access, *attributes);
                if let Some(handle) = handle {
                    self.observe(&handle);
                    self.handles[usize::from(*slot)] = Some(handle);
                }
                outcome
            }
            Operation::Duplicate {
                from,
                slot,
                access,
                options,
                attributes,
            } => {
                let from = self.fd(*from);
                let (handle, outcome) = device::duplicate(from, *access, *options, *attributes);
                self.handles[usize::from(*slot)] = handle;
                outcome
            }
            Operation::Close { slot } => {
                self.handles[usize::from(*slot)] = None;
                Outcome::of(0)
            }
            Operation::Signal { what, fd } => device::signal(*what, self.fd(*fd)),
            Operation::Query { fd } => device::query(self.fd(*fd)),
            Operation::Wait(_) | Operation::Interrupt { .. } => unreachable!(),
        }
    }

    /// Opens a view of a new event with every right.
    fn observe(&mut self, handle: &OwnedFd) {
        let fd = handle.as_raw_fd();
        let (observer, outcome) = device::duplicate(fd, access::ALL, 0, 0);
        let handle = observer.unwrap_or_else(|| panic!("no observer: {outcome:x?}"));
        self.observers.push(Observer {
            info: None,
            handle,
            touched: false,
        });
    }

    /// Notes the events that a thread is about to wait for.
    fn touch(&mut self, wait: &WaitOperation) {
        for fd in wait.handles.iter().chain([&wait.alert]) {
            if let Some(handle) = self.model.handle(*fd) {
                self.observers[handle.event].touched = true;
            }
        }
    }

    /// Returns when a waiter blocks that must.
    fn await_blocked(&mut self, waiter: u8) -> Result<(), String> {
        let end = Instant::now() + self.bench.patience;
        let mut looks = 0;
        while !self.is_blocked(waiter)? {
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

    /// Whether a waiter that must block is in all its queues.
    fn is_blocked(&mut self, waiter: u8) -> Result<bool, String> {
        if self.bench.waiters.has_returned(waiter) {
            let found = self.bench.waiters.result(waiter, self.bench.patience);
            return compare("result", None, found).map(|()| false);
        }
        let Some(wait) = self.model.waiters[usize::from(waiter)].clone() else {
            return Ok(true);
        };
        Ok(wait.events.iter().all(|event| {
            let expected = self.model.events[*event].queue.len();
            self.waiters_of(*event) == Some(expected as u32)
        }))
    }

    /// The number of waiters in the queue of an event.
    fn waiters_of(&mut self, event: usize) -> Option<u32> {
        let observer = &mut self.observers[event];
        if observer.info.is_none() {
            observer.info = Fdinfo::open(observer.handle.as_raw_fd());
        }
        observer.info.as_ref()?.number("waiters")
    }

    /// Compares every event. Checks that every waiter blocks that must.
    fn check_state(&mut self) -> Result<(), String> {
        for event in 0..self.observers.len() {
            let found = device::query(self.observers[event].handle.as_raw_fd());
            let what = format!("type and state of {}", self.names(event));
            compare_state(&what, self.model.info(event), found.info)?;
            if self.observers[event].touched {
                let expected = self.model.events[event].queue.len() as u32;
                let found = self.waiters_of(event);
                let what = || format!("number of waiters of {}", self.names(event));
                if found != Some(expected) {
                    compare(&what(), Some(expected), found)?;
                }
            }
        }
        if let Some((waiter, outcome)) = self.bench.waiters.any_returned() {
            return compare(&format!("waiter w{waiter}"), None, Some(outcome));
        }
        Ok(())
    }

    /// The handles of an event, which serve as its name.
    fn names(&self, event: usize) -> String {
        let slots = (0u8..).zip(&self.model.handles);
        let own = slots.filter(|(_, handle)| handle.is_some_and(|handle| handle.event == event));
        let names: Vec<_> = own.map(|(slot, _)| format!("h{slot}")).collect();
        if names.is_empty() {
            return format!("the event made as number {event}, closed");
        }
        names.join(", ")
    }
}

fn compare_state(
    what: &str,
    expected: (u32, u32),
    found: Option<(u32, u32)>,
) -> Result<(), String> {
    compare(what, Some(expected), found)
}
