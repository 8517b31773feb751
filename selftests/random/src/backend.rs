// SPDX-License-Identifier: GPL-2.0

//! What a device under test must be able to do, in terms of fds.

use crate::model::{Outcome, Rules};
use crate::operations::{Form, Signal, Time};
use std::os::fd::OwnedFd;

/// A wait, with fds for its handles.
#[derive(Clone, Debug)]
pub struct RawWait {
    pub form: Form,
    pub fds: Vec<i32>,
    /// Without that of the timeout.
    pub flags: u32,
    pub time: Time,
    pub alert: i32,
}

/// How a short timeout is: long enough for the waiter to go to sleep as a rule.
pub const SHORT_NANOSECONDS: i64 = 300_000;

/// A new handle, and what its maker was told; or what it was told instead.
pub type Made = (Option<OwnedFd>, Outcome);

pub trait Backend: Send + Sync {
    /// How the device differs from docs/semantics.md.
    fn rules(&self) -> &'static Rules;
    fn device(&self) -> i32;
    fn create(&self, kind: u32, state: u32, access: u32, attributes: u32) -> Made;
    fn duplicate(&self, fd: i32, access: u32, options: u32, attributes: u32) -> Made;
    fn signal(&self, what: Signal, fd: i32) -> Outcome;
    fn query(&self, fd: i32) -> Outcome;
    /// Blocks.
    fn wait(&self, wait: &RawWait) -> Outcome;
    /// Whether the number of waiters in an event's queue can be read in its fdinfo.
    fn counts_waiters(&self) -> bool;
    /// Whether the thread sleeps in a wait, for devices that do not tell their waiters.
    fn is_asleep(&self, tid: i32) -> bool;
}
