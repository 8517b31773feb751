// SPDX-License-Identifier: GPL-2.0

//! Clocks that stand still. A deadline in the future expires when the scheduler wants.

/// The clock of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Runs evenly from boot.
    Monotonic,
    /// The wall clock, nanoseconds since 1970.
    Realtime,
}

impl Clock {
    /// The time, which is always the same.
    pub(crate) fn now(self) -> i64 {
        match self {
            Clock::Monotonic => 1_000_000_000,
            Clock::Realtime => 1_700_000_000_000_000_000,
        }
    }
}
