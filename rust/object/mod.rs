// SPDX-License-Identifier: GPL-2.0

//! The types of dispatcher objects: the state of each, and the rule by which it satisfies waits.

pub(crate) mod event;
pub(crate) mod mutant;
pub(crate) mod semaphore;
