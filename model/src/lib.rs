// SPDX-License-Identifier: GPL-2.0

//! A model check of the wait engine. The engine's own source is compiled for user space with a
//! stand-in for `rust/sys`, and run under every schedule of a scenario, or many of them.
//!
//! `rust/dispatcher` and `rust/object` are the real sources. [`sys`] models locks, atomics, sleep
//! and wake-up, and time. It also checks the engine's promises to the kernel, and panics at the
//! first that is broken: see [`sys::world`].
//!
//! This check cannot find bugs that need the weak memory order of a real CPU, as every atomic is
//! sequentially consistent here. It cannot find bugs with an interrupt on the CPU that holds a
//! lock, which lockdep finds.

#![cfg(test)]

// The engine uses the kernel's name of the crate.
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
