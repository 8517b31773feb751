// SPDX-License-Identifier: GPL-2.0

//! A model check of the wait engine: the engine's own source, compiled for user space against a
//! stand-in for `rust/sys`, and run under every schedule that a scenario has, or many of them.
//!
//! What is real: `rust/dispatcher` and `rust/object`, to the letter. What is modelled: locks,
//! atomics, sleep and wake, and time, in [`sys`]. The stand-in also watches the engine's promises
//! to the kernel, and panics at the first that is broken: see [`sys::world`].
//!
//! What cannot be found here: whatever needs the weak memory order of a real CPU (every atomic acts
//! as if sequentially consistent), or an interrupt on the CPU that holds a lock (lockdep sees to
//! those).

#![cfg(test)]

// The engine names the crate as the kernel does.
extern crate pinned_init as pin_init;

#[path = "../../rust/dispatcher/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the model has no callers for some of it"
)]
mod dispatcher;
#[path = "../../rust/object/mod.rs"]
#[allow(dead_code, reason = "as above")]
mod object;

mod explore;
mod scenarios;
mod sys;
