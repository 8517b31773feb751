// SPDX-License-Identifier: GPL-2.0

//! The clocks of NT, in units of 100 ns.

use super::{
    c,
    routines, //
};
use crate::{
    dispatcher::{
        NANOSECONDS,
        UNIX_EPOCH, //
    },
    sys::clock::Clock, //
};

/// The number of units in a second.
const FREQUENCY: i64 = 10_000_000;

routines! {
    /// Any context except NMI.
    ///
    /// # Safety
    ///
    /// `time` is null or valid for writing.
    fn KeQuerySystemTime(time: c::PLARGE_INTEGER) {
        if time.is_null() {
            return;
        }
        let since_1970 = Clock::Realtime.now().div_euclid(NANOSECONDS);
        let now = UNIX_EPOCH.saturating_add(since_1970);
        // SAFETY: The caller's promise.
        unsafe { time.write(c::LARGE_INTEGER { QuadPart: now }) };
    }

    /// Counts from boot at a fixed rate. The counter stands still in suspend. Any context except
    /// NMI.
    ///
    /// # Safety
    ///
    /// `frequency` is null or valid for writing.
    fn KeQueryPerformanceCounter(frequency: c::PLARGE_INTEGER) -> c::LARGE_INTEGER {
        if !frequency.is_null() {
            // SAFETY: The caller's promise.
            unsafe { frequency.write(c::LARGE_INTEGER { QuadPart: FREQUENCY }) };
        }
        c::LARGE_INTEGER { QuadPart: Clock::Monotonic.now().div_euclid(NANOSECONDS) }
    }
}
