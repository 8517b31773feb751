// SPDX-License-Identifier: GPL-2.0

//! The stand-in for `rust/sys`: the same names, with a scheduler that decides every race.

mod atomic;
pub(crate) mod clock;
mod entry;
pub(crate) mod hashed_counters;
pub(crate) mod queue;
pub(crate) mod storage;
pub(crate) mod task;
pub(crate) mod world;

/// Panics where the kernel would warn.
#[track_caller]
pub(crate) fn warn_on_once(condition: bool) -> bool {
    world::demand(!condition, "what only a bug makes possible does not happen");
    condition
}

/// The model has the locks of a kernel without PREEMPT_RT.
pub(crate) const LOCKS_SLEEP: bool = false;

pub(crate) use atomic::{
    full_barrier,
    Acquire,
    Atomic,
    Full,
    Relaxed,
    Release, //
};
