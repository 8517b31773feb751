// SPDX-License-Identifier: GPL-2.0

//! The state of an ntsync object: an event, a mutex or a semaphore. One wait can be for all three.

use crate::{
    dispatcher::{
        Signal,
        SignalState,
        Waiter, //
    },
    object::{
        event::Event,
        mutant::Mutant,
        semaphore::Semaphore, //
    },
};
use kernel::prelude::*;

/// The state of an object, whose type does not change.
#[derive(Clone, Copy)]
pub(super) enum Primitive {
    /// An event.
    Event(Event),
    /// A mutex.
    Mutex(Mutant),
    /// A semaphore.
    Semaphore(Semaphore),
}

/// A separate cold function, so that the fast path is short.
#[cold]
fn mismatch() -> Error {
    EINVAL
}

impl Primitive {
    /// Errors: `EINVAL` if it is not an event.
    #[inline]
    pub(super) fn event(&mut self) -> Result<&mut Event> {
        match self {
            Self::Event(event) => Ok(event),
            _ => Err(mismatch()),
        }
    }

    /// Errors: `EINVAL` if it is not a mutex.
    #[inline]
    pub(super) fn mutex(&mut self) -> Result<&mut Mutant> {
        match self {
            Self::Mutex(mutant) => Ok(mutant),
            _ => Err(mismatch()),
        }
    }

    /// Errors: `EINVAL` if it is not a semaphore.
    #[inline]
    pub(super) fn semaphore(&mut self) -> Result<&mut Semaphore> {
        match self {
            Self::Semaphore(semaphore) => Ok(semaphore),
            _ => Err(mismatch()),
        }
    }
}

impl Signal for Primitive {
    /// ntsync serves waits for all before waits for any.
    const ALL_FIRST: bool = true;

    const IN_INTERRUPTS: bool = false;

    #[inline]
    fn signal_state(&self) -> SignalState {
        match self {
            Self::Event(event) => event.signal_state(),
            Self::Mutex(mutant) => mutant.signal_state(),
            Self::Semaphore(semaphore) => semaphore.signal_state(),
        }
    }

    #[inline]
    fn satisfy(&mut self, waiter: Waiter) -> bool {
        match self {
            Self::Event(event) => event.satisfy(waiter),
            Self::Mutex(mutant) => mutant.satisfy(waiter),
            Self::Semaphore(semaphore) => semaphore.satisfy(waiter),
        }
    }
}
