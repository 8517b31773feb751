// SPDX-License-Identifier: GPL-2.0

//! The types of dispatcher objects: each a state, and its rule of satisfaction.

pub(crate) mod event;
pub(crate) mod mutant;
pub(crate) mod semaphore;
