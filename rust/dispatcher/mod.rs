// SPDX-License-Identifier: GPL-2.0

//! The wait engine: objects that are signaled, and threads that wait for them.
//!
//! The engine knows only what [`Signal`] says of an object. `docs/locking.md` has the protocol, and
//! says why it is correct. In short:
//!
//! 1. The lock of an object's wait queue guards all of the object's state. It disables interrupts.
//!    It is held for one walk of the queue at most.
//! 2. A signal satisfies waits in the critical section that changes the state, the oldest wait
//!    first. So when the lock is dropped, the queue has no wait that the object could satisfy.
//! 3. A thread ends a wait by one compare-and-exchange of [`block::Wait`]. So exactly one thread
//!    wins.
//! 4. A thread that locks two queues holds the [`WaitAllLock`](crate::sys::queue::WaitAllLock)
//!    around both locks, or gets the second lock without waiting.
//! 5. The blocks of a wait leave their queues when the wait returns, by a destructor.
//! 6. The outcome of a wait is published after all locks are dropped. Then the thread is woken.
//!    What the thread shared may be gone once the outcome is published.

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
pub(crate) use deadline::{
    Deadline,
    NANOSECONDS,
    UNIX_EPOCH, //
};
pub(crate) use object::Object;
pub(crate) use signal_and_wait::signal_and_wait;
pub(crate) use signal_state::SignalState;
/// For the model, which calls these without waiting.
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
    /// The index of the object, or 0 for a wait for all.
    pub(crate) index: usize,
    /// Whether the wait took an object that its last owner had abandoned.
    pub(crate) abandoned: bool,
}

/// On whose behalf a wait is. Events do not use the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Waiter {
    /// The owner that a mutant would get, or 0 for nobody.
    pub(crate) owner: u32,
    /// What ends the wait early.
    pub(crate) sleep_mode: SleepMode,
}

impl Waiter {
    /// A program that cannot own anything.
    pub(crate) const NOBODY: Self = Self::with_sleep_mode(SleepMode::Freezable);

    /// A waiter that cannot own anything, with this sleep mode.
    pub(crate) const fn with_sleep_mode(sleep_mode: SleepMode) -> Self {
        Self {
            owner: 0,
            sleep_mode,
        }
    }
}

/// The state of a type of object, and the rule by which it satisfies a wait. All functions are
/// called under the object's lock.
pub(crate) trait Signal {
    /// Whether an object satisfies waits for all before other waits. If not, the oldest wait comes
    /// first.
    const ALL_FIRST: bool;

    /// Whether objects of the type are used in any context up to hard interrupt. If not, they are
    /// used only in process context and under no spinlock.
    const IN_INTERRUPTS: bool;

    /// For whom this object is signaled now.
    fn signal_state(&self) -> SignalState;

    /// Changes the state as a satisfied wait by `waiter` does. The object is signaled for `waiter`.
    /// The change never makes the object signaled for anybody for whom it was not signaled. Returns
    /// whether the object's last owner had abandoned it.
    fn satisfy(&mut self, waiter: Waiter) -> bool;
}
