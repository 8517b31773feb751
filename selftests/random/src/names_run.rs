// SPDX-License-Identifier: GPL-2.0

//! Runs operations on names on the device and on the reference. Compares the outcome for the
//! caller, and then what is reported about every handle.

use crate::names::{Operation, Root};
use crate::names_device::{self as device, Device};
use crate::names_model::{Model, Outcome};
use crate::run::{compare, CLOSED};
use crate::sys;
use std::os::fd::{AsRawFd, OwnedFd};

/// Slots for handles.
pub const SLOTS: usize = 12;

/// One sequence, in a namespace of its own.
pub struct Trial {
    pub model: Model,
    device: Device,
    slots: Vec<Option<OwnedFd>>,
}

impl Trial {
    pub fn new() -> Result<Self, String> {
        Ok(Self {
            model: Model::new(sys::is_root(), SLOTS),
            device: Device::open().map_err(|error| format!("a namespace: {error}"))?,
            slots: (0..SLOTS).map(|_| None).collect(),
        })
    }

    /// Does one operation on both sides, unless it is not applicable.
    pub fn step(&mut self, operation: &Operation) -> Result<(), String> {
        if !self.model.is_applicable(operation) {
            return Ok(());
        }
        // The list can be fetched after this, as listing changes nothing.
        let found = self.perform(operation);
        let expected = self.model.apply(operation);
        compare("result", expected, found)?;
        if let Operation::List { slot } = operation {
            let expected = self.model.list(self.model.of(*slot));
            compare("list", Ok(expected), device::list(self.fd(*slot)))?;
        }
        self.check_state()
    }

    fn fd(&self, slot: u8) -> i32 {
        let handle = self.slots[usize::from(slot)].as_ref();
        handle.map_or(CLOSED, AsRawFd::as_raw_fd)
    }

    fn root(&self, root: Root) -> i32 {
        match root {
            Root::None => -1,
            Root::Slot(slot) => self.fd(slot),
            Root::Device => self.device.fd(),
        }
    }

    fn perform(&mut self, operation: &Operation) -> Outcome {
        let nothing = Outcome {
            value: 0,
            status: None,
        };
        let (slot, made) = match operation {
            Operation::Create(named, target) => {
                let target = target.as_deref().unwrap_or_default();
                let root = self.root(named.root);
                (named.slot, self.device.create(named, target, root))
            }
            Operation::Open(named) => {
                let root = self.root(named.root);
                (named.slot, self.device.open_object(named, root))
            }
            Operation::Duplicate { from, slot } => (*slot, device::duplicate(self.fd(*from))),
            Operation::Close { slot } => (*slot, (None, nothing)),
            Operation::MakePermanent { slot } => return device::make_permanent(self.fd(*slot)),
            Operation::MakeTemporary { slot } => return device::make_temporary(self.fd(*slot)),
            Operation::Flip { slot } => return device::flip(self.fd(*slot)),
            Operation::List { .. } => return nothing,
        };
        let (handle, outcome) = made;
        self.slots[usize::from(slot)] = handle;
        outcome
    }

    /// Compares what is reported about every handle, and the state of every event.
    fn check_state(&self) -> Result<(), String> {
        for slot in 0..SLOTS as u8 {
            let Some(object) = self.model.slots[usize::from(slot)] else {
                continue;
            };
            let found = device::query_object(self.fd(slot));
            compare(&format!("n{slot}"), Ok(self.model.info(object)), found)?;
            if let Some(signaled) = self.model.state(object) {
                let what = format!("state of n{slot}");
                compare(&what, Ok(signaled), device::state(self.fd(slot)))?;
            }
        }
        Ok(())
    }
}

/// Runs a whole sequence. The error is the number of the operation that diverged, and how.
pub fn replay(operations: &[Operation]) -> Result<(), (usize, String)> {
    let mut trial = Trial::new().map_err(|how| (0, how))?;
    for (index, operation) in operations.iter().enumerate() {
        trial.step(operation).map_err(|how| (index, how))?;
    }
    Ok(())
}
