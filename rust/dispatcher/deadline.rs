// SPDX-License-Identifier: GPL-2.0

//! When a wait gives up: an NT timeout as a point in time. NT: B3.

use crate::sys::{
    clock::Clock,
    task::WakeTime, //
};

/// The nanoseconds of one unit of an NT timeout.
pub(crate) const NANOSECONDS: i64 = 100;

/// The start of 1970 in NT time. NT time counts from the start of 1601.
pub(crate) const UNIX_EPOCH: i64 = 116_444_736_000_000_000;

/// The end of a wait. It is fixed when the wait begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    /// The deadline has passed already, so the wait only tests. NT: V88.
    Past,
    /// A time on a clock, in nanoseconds.
    At(Clock, i64),
    /// The wait has no end.
    Never,
}

impl Deadline {
    /// The deadline of a wait that begins now. `None` never comes, and 0 is past. A negative
    /// timeout counts from now, and steps of the wall clock do not move it. A positive timeout is a
    /// wall-clock time since 1601, and steps of that clock do move it. A time that does not fit
    /// into 64-bit nanoseconds never comes. Any context. NT: V87 to V98.
    pub(crate) fn from_nt(timeout: Option<i64>) -> Self {
        match timeout {
            None => Self::Never,
            Some(0) => Self::Past,
            Some(relative @ ..0) => Self::relative(relative, Clock::Monotonic.now()),
            Some(absolute) => Self::absolute(absolute, Clock::Realtime.now()),
        }
    }

    /// When a sleep gives up. `None` if the deadline has passed already.
    #[inline]
    pub(super) fn wake_time(self) -> Option<WakeTime> {
        match self {
            Self::Past => None,
            Self::At(clock, time) => Some(Some((clock, time))),
            Self::Never => Some(None),
        }
    }

    /// A time on a clock, in nanoseconds. It is past if the time has come. Any context.
    pub(crate) fn at(clock: Clock, time: i64) -> Self {
        Self::after(clock, time, clock.now())
    }

    fn after(clock: Clock, time: i64, now: i64) -> Self {
        if time <= now {
            Self::Past
        } else {
            Self::At(clock, time)
        }
    }

    fn relative(timeout: i64, now: i64) -> Self {
        let time = timeout
            .checked_mul(NANOSECONDS)
            .and_then(|nanoseconds| now.checked_sub(nanoseconds));
        time.map_or(Self::Never, |time| Self::At(Clock::Monotonic, time))
    }

    fn absolute(timeout: i64, now: i64) -> Self {
        // Does not saturate: a positive number less `UNIX_EPOCH` is above the least i64.
        let since_1970 = timeout.saturating_sub(UNIX_EPOCH);
        match since_1970.checked_mul(NANOSECONDS) {
            Some(time) => Self::after(Clock::Realtime, time, now),
            // For a time before 1970 the product overflows in the other direction.
            None if since_1970 < 0 => Self::Past,
            None => Self::Never,
        }
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_deadline)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000_000_000;

    #[test]
    fn v88_zero_is_past() {
        assert_eq!(Deadline::from_nt(Some(0)), Deadline::Past);
    }

    #[test]
    fn v87_none_is_never() {
        assert_eq!(Deadline::from_nt(None), Deadline::Never);
    }

    #[test]
    fn v90_relative_counts_from_now() {
        assert_eq!(
            Deadline::relative(-1, NOW),
            Deadline::At(Clock::Monotonic, NOW + 100)
        );
        assert_eq!(
            Deadline::relative(-1_000_000, NOW),
            Deadline::At(Clock::Monotonic, NOW + 100_000_000)
        );
    }

    #[test]
    fn v95_what_overflows_never_comes() {
        assert_eq!(Deadline::relative(i64::MIN, NOW), Deadline::Never);
        assert_eq!(Deadline::relative(i64::MIN / 100, NOW), Deadline::Never);
        assert_eq!(Deadline::absolute(i64::MAX, NOW), Deadline::Never);
        assert_eq!(
            Deadline::absolute(i64::MAX / 100 + UNIX_EPOCH + 1, NOW),
            Deadline::Never
        );
    }

    #[test]
    fn v92_absolute_counts_from_1601() {
        assert_eq!(
            Deadline::absolute(UNIX_EPOCH + NOW / 100 + 5, NOW),
            Deadline::At(Clock::Realtime, NOW + 500)
        );
    }

    #[test]
    fn v90_v92_clocks_are_two() {
        let (relative, absolute) = (
            Deadline::relative(-1, NOW),
            Deadline::absolute(UNIX_EPOCH + NOW / 100 + 1, NOW),
        );
        assert_eq!(relative, Deadline::At(Clock::Monotonic, NOW + 100));
        assert_eq!(absolute, Deadline::At(Clock::Realtime, NOW + 100));
        assert_ne!(relative, absolute);
    }

    #[test]
    fn v93_absolute_that_is_gone() {
        assert_eq!(Deadline::absolute(1, NOW), Deadline::Past);
        assert_eq!(Deadline::absolute(UNIX_EPOCH, NOW), Deadline::Past);
        assert_eq!(
            Deadline::absolute(UNIX_EPOCH + NOW / 100, NOW),
            Deadline::Past
        );
    }
}
