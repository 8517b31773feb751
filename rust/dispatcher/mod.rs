// SPDX-License-Identifier: GPL-2.0

//! The wait engine: objects that are signaled, and threads that wait for them. A signal satisfies
//! the waits for the object in the critical section that makes it.
//!
//! The engine knows of an object only what [`Signal`] says. The protocol, and why it is right, is
//! in `docs/locking.md`; in short:
//!
//! 1. The lock of an object's wait queue guards all of the object's state. The lock is irq-safe,
//!    and held for a walk of the queue at most.
//! 2. A signal satisfies waits inside the critical section that made it, the oldest wait first. So
//!    no wait that an object could satisfy is left in its queue when the lock is dropped.
//! 3. Whoever ends a wait does so by one compare-and-exchange of [`block::Wait`], so there is one
//!    winner.
//! 4. Whoever locks two queues holds the [`WaitAllLock`](crate::sys::queue::WaitAllLock) around
//!    them, or gets the second lock without waiting.
//! 5. The blocks of a wait leave their queues when it returns, by a destructor.
//! 6. The outcome of a wait is published, and its thread woken, after all locks are dropped. What
//!    the thread shared may be gone from then on.

use crate::sys::task::SleepMode;

mod all_locked;
mod block;
mod deadline;
mod object;
mod satisfy;
mod signal;
mod signal_and_wait;
mod signal_state;
mod try_wait;
mod wait;
mod wait_block;
mod wake_queue;

pub(crate) use block::WaitType;
pub(crate) use deadline::Deadline;
pub(crate) use object::Object;
pub(crate) use signal_and_wait::signal_and_wait;
pub(crate) use signal_state::SignalState;
/// For the model, which tries without waiting.
#[cfg(test)]
pub(crate) use try_wait::{
    try_all,
    try_any, //
};
pub(crate) use wait::{
    wait,
    Outcome,
    WaitError,
    WaitObjects,
    WaitRequest, //
};
pub(crate) use wait_block::WaitBlock;

/// What satisfied a wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Satisfied {
    /// Which of the objects it was; 0 for all of them.
    pub(crate) index: usize,
    /// Whether one of the objects that the wait took was abandoned by its last owner.
    pub(crate) abandoned: bool,
}

/// On whose behalf a wait is: the owner that a mutant would get, which events do not use, and how
/// the thread sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Waiter {
    /// The owner, 0 for nobody.
    pub(crate) owner: u32,
    /// What ends the wait early.
    pub(crate) sleep_mode: SleepMode,
}

impl Waiter {
    /// A program that can own nothing.
    pub(crate) const NOBODY: Self = Self::with_sleep_mode(SleepMode::Freezable);

    /// Somebody who can own nothing, and sleeps so.
    pub(crate) const fn with_sleep_mode(sleep_mode: SleepMode) -> Self {
        Self {
            owner: 0,
            sleep_mode,
        }
    }
}

/// The state of a type of object, and its rule of satisfaction. Called under the object's lock.
pub(crate) trait Signal {
    /// Whether waits for all that an object takes part in are satisfied before other waits for it,
    /// whenever they began; else the oldest wait comes first.
    const ALL_FIRST: bool;

    /// Whether objects of the type are used in any context up to hard interrupt. If not, they are
    /// used in process context only, and under no spinlock.
    const IN_INTERRUPTS: bool;

    /// For whom this object is signaled now.
    fn signal_state(&self) -> SignalState;

    /// What satisfying a wait by `waiter`, for whom the object is signaled, changes. The object
    /// never becomes signaled by it for anybody for whom it was not. Returns whether the object was
    /// abandoned by its last owner.
    fn satisfy(&mut self, waiter: Waiter) -> bool;
}
