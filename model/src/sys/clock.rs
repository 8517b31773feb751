// SPDX-License-Identifier: GPL-2.0

//! Clocks that stand still: a deadline in the future comes when the scheduler says so, not when a
//! clock does.

/// A clock that a deadline is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Runs evenly from boot.
    Monotonic,
    /// The wall clock, nanoseconds since 1970.
    Realtime,
}

impl Clock {
    /// The time now, and ever.
    pub(crate) fn now(self) -> i64 {
        match self {
            Clock::Monotonic => 1_000_000_000,
            Clock::Realtime => 1_700_000_000_000_000_000,
        }
    }
}
