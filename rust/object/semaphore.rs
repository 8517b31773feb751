// SPDX-License-Identifier: GPL-2.0

//! The semaphore: signaled while its count is not zero.

use crate::dispatcher::{
    Signal,
    SignalState,
    Waiter, //
};

/// The state of a semaphore.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Semaphore {
    count: u32,
    maximum: u32,
}

/// The count would exceed its maximum.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LimitExceeded;

impl Semaphore {
    /// The state of a new semaphore.
    ///
    /// Errors: `LimitExceeded`.
    pub(crate) fn new(count: u32, maximum: u32) -> Result<Self, LimitExceeded> {
        if count > maximum {
            return Err(LimitExceeded);
        }
        Ok(Self { count, maximum })
    }

    /// Adds to the count. Returns the previous count.
    ///
    /// Errors: `LimitExceeded`. The count is unchanged.
    pub(crate) fn release(&mut self, add: u32) -> Result<u32, LimitExceeded> {
        match self.count.checked_add(add) {
            Some(sum) if sum <= self.maximum => Ok(core::mem::replace(&mut self.count, sum)),
            _ => Err(LimitExceeded),
        }
    }

    /// The count and the maximum.
    pub(crate) fn query(&self) -> (u32, u32) {
        (self.count, self.maximum)
    }
}

impl Signal for Semaphore {
    const ALL_FIRST: bool = false;

    const IN_INTERRUPTS: bool = false;

    #[inline]
    fn signal_state(&self) -> SignalState {
        SignalState::signaled_if(self.count != 0)
    }

    #[inline]
    fn satisfy(&mut self, _waiter: Waiter) -> bool {
        // The count is not 0, as the semaphore is signaled.
        self.count = self.count.saturating_sub(1);
        false
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_semaphore)]
mod tests {
    use super::*;

    #[test]
    fn count_and_maximum() {
        assert_eq!(Semaphore::new(3, 2).err(), Some(LimitExceeded));
        let none = Semaphore::new(0, 0).map(|mut none| (none.release(0), none.release(1)));
        assert_eq!(none.ok(), Some((Ok(0), Err(LimitExceeded))));
        let full = Semaphore::new(u32::MAX, u32::MAX).map(|mut full| full.release(1));
        assert_eq!(full.ok(), Some(Err(LimitExceeded)));
    }

    #[test]
    fn each_wait_takes_one() -> Result<(), LimitExceeded> {
        let mut semaphore = Semaphore::new(0, 3)?;
        assert_eq!(semaphore.signal_state(), SignalState::NOT_SIGNALED);
        assert_eq!(semaphore.release(2)?, 0);
        assert_eq!(semaphore.release(2), Err(LimitExceeded));
        for left in [1, 0] {
            assert_eq!(semaphore.signal_state(), SignalState::SIGNALED);
            assert!(!semaphore.satisfy(Waiter::NOBODY));
            assert_eq!(semaphore.query(), (left, 3));
        }
        assert_eq!(semaphore.signal_state(), SignalState::NOT_SIGNALED);
        Ok(())
    }
}
