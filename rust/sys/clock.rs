// SPDX-License-Identifier: GPL-2.0

//! The two clocks that a wait can end by, in nanoseconds.
//!
//! In the kernel crate this is `kernel::time`, whose `Instant` keeps its nanoseconds to the crate.
//! So no deadline can be made of a number there, nor be moved to another time namespace.

use super::helpers;
use kernel::bindings;

/// The clock of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Runs evenly from boot; steps of the wall clock and time spent suspended do not move it.
    Monotonic,
    /// The wall clock, nanoseconds since 1970; it can be set.
    Realtime,
}

impl Clock {
    /// The time now. Any context.
    #[inline]
    pub(crate) fn now(self) -> i64 {
        match self {
            // SAFETY: Reads the timekeeper; allowed in every context once it runs.
            Clock::Monotonic => unsafe { bindings::ktime_get() },
            // SAFETY: As above.
            Clock::Realtime => unsafe { bindings::ktime_get_real() },
        }
    }

    /// Translates a time of the current task's time namespace to the host's. Process context.
    pub(crate) fn timens_to_host(self, time: i64) -> i64 {
        // SAFETY: The current task has namespaces.
        unsafe { helpers::ntevent_helper_timens_to_host(self.id(), time) }
    }

    /// The id that timers know this clock by.
    pub(super) fn id(self) -> bindings::clockid_t {
        match self {
            Clock::Monotonic => bindings::CLOCK_MONOTONIC as bindings::clockid_t,
            Clock::Realtime => bindings::CLOCK_REALTIME as bindings::clockid_t,
        }
    }
}
