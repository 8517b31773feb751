// SPDX-License-Identifier: GPL-2.0

//! The two clocks of deadlines, in nanoseconds.
//!
//! In the kernel crate this is `kernel::time`. The nanoseconds of its `Instant` are private to the
//! crate. So a deadline can neither be made from a number there nor be moved to another time
//! namespace.

use super::helpers;
use kernel::bindings;

/// The clock of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Runs evenly from boot. Steps of the wall clock and suspends do not move it.
    Monotonic,
    /// The wall clock, in nanoseconds since 1970. It can be set.
    Realtime,
}

impl Clock {
    /// The time now. Any context.
    #[inline]
    pub(crate) fn now(self) -> i64 {
        match self {
            // SAFETY: It reads the timekeeper, which is allowed in every context.
            Clock::Monotonic => unsafe { bindings::ktime_get() },
            // SAFETY: As above.
            Clock::Realtime => unsafe { bindings::ktime_get_real() },
        }
    }

    /// Translates a time from the current task's time namespace to the host's. Process context.
    pub(crate) fn timens_to_host(self, time: i64) -> i64 {
        // SAFETY: The current task has namespaces.
        unsafe { helpers::ntevent_helper_timens_to_host(self.id(), time) }
    }

    /// The id of this clock for timers.
    pub(super) fn id(self) -> bindings::clockid_t {
        match self {
            Clock::Monotonic => bindings::CLOCK_MONOTONIC as bindings::clockid_t,
            Clock::Realtime => bindings::CLOCK_REALTIME as bindings::clockid_t,
        }
    }
}
