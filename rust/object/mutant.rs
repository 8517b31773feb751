// SPDX-License-Identifier: GPL-2.0

//! The mutant, which user programs call a mutex. It has one owner, which may acquire it repeatedly.

use crate::dispatcher::{
    Signal,
    SignalState,
    Waiter, //
};
use core::num::NonZeroU32;

/// The state of a mutant.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mutant {
    /// It has no owner.
    Free {
        /// The last owner ended without releasing it.
        abandoned: bool,
    },
    /// It has an owner.
    Owned {
        /// The owner.
        owner: NonZeroU32,
        /// How often the owner has acquired it.
        count: NonZeroU32,
    },
}

/// The mutant has another owner or none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotOwner;

impl Mutant {
    /// The state of a new mutant that `owner` acquired `count` times. Both are 0, or neither is.
    pub(crate) fn new(owner: u32, count: u32) -> Option<Self> {
        match (NonZeroU32::new(owner), NonZeroU32::new(count)) {
            (Some(owner), Some(count)) => Some(Self::Owned { owner, count }),
            (None, None) => Some(Self::Free { abandoned: false }),
            _ => None,
        }
    }

    /// How often `owner` has acquired it.
    ///
    /// Errors: `NotOwner`.
    pub(crate) fn count_of(&self, owner: u32) -> Result<u32, NotOwner> {
        match *self {
            Self::Owned { owner: own, count } if own.get() == owner => Ok(count.get()),
            _ => Err(NotOwner),
        }
    }

    /// Releases it once for `owner`. Returns the previous count.
    ///
    /// Errors: `NotOwner`.
    pub(crate) fn release(&mut self, owner: u32) -> Result<u32, NotOwner> {
        match *self {
            Self::Owned { owner: own, count } if own.get() == owner => {
                *self = match NonZeroU32::new(count.get() - 1) {
                    Some(count) => Self::Owned { owner: own, count },
                    None => Self::Free { abandoned: false },
                };
                Ok(count.get())
            }
            _ => Err(NotOwner),
        }
    }

    /// Takes it from its `owner`, which has ended.
    ///
    /// Errors: `NotOwner`.
    pub(crate) fn abandon(&mut self, owner: u32) -> Result<(), NotOwner> {
        self.count_of(owner)?;
        *self = Self::Free { abandoned: true };
        Ok(())
    }

    /// The owner and the count. Both are 0 without an owner.
    pub(crate) fn query(&self) -> (u32, u32) {
        match *self {
            Self::Free { .. } => (0, 0),
            Self::Owned { owner, count } => (owner.get(), count.get()),
        }
    }

    /// Whether it was abandoned and has had no owner since.
    pub(crate) fn is_abandoned(&self) -> bool {
        matches!(self, Self::Free { abandoned: true })
    }
}

impl Signal for Mutant {
    const ALL_FIRST: bool = false;

    const IN_INTERRUPTS: bool = false;

    #[inline]
    fn signal_state(&self) -> SignalState {
        match *self {
            Self::Free { .. } => SignalState::SIGNALED,
            // The count would overflow.
            Self::Owned {
                count: NonZeroU32::MAX,
                ..
            } => SignalState::NOT_SIGNALED,
            Self::Owned { owner, .. } => SignalState::for_owner(owner.get()),
        }
    }

    #[inline]
    fn satisfy(&mut self, waiter: Waiter) -> bool {
        let abandoned = self.is_abandoned();
        match self {
            // PANIC: The count is below its maximum, at which the mutant satisfies nobody.
            Self::Owned { count, .. } => *count = count.saturating_add(1),
            Self::Free { .. } => {
                *self = match NonZeroU32::new(waiter.owner) {
                    Some(owner) => Self::Owned {
                        owner,
                        count: NonZeroU32::MIN,
                    },
                    // A wait by nobody leaves the mutant free.
                    None => Self::Free { abandoned: false },
                }
            }
        }
        abandoned
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_mutant)]
mod tests {
    use super::*;

    const ONE: Waiter = Waiter {
        owner: 1,
        ..Waiter::NOBODY
    };

    #[test]
    fn owner_and_count_go_together() {
        assert!(Mutant::new(0, 1).is_none() && Mutant::new(1, 0).is_none());
        assert!(Mutant::new(0, 0).is_some() && Mutant::new(1, u32::MAX).is_some());
    }

    #[test]
    fn its_owner_owns_it_again() -> Result<(), NotOwner> {
        let Some(mut mutant) = Mutant::new(0, 0) else {
            return Err(NotOwner);
        };
        assert_eq!(mutant.release(1), Err(NotOwner));
        for count in [1, 2] {
            assert!(mutant.signal_state().is_signaled_for(ONE) && !mutant.satisfy(ONE));
            assert_eq!(mutant.query(), (1, count));
        }
        assert_eq!(mutant.signal_state(), SignalState::for_owner(1));
        assert_eq!(
            (mutant.release(2), mutant.release(1)),
            (Err(NotOwner), Ok(2))
        );
        assert_eq!(
            (mutant.release(1), mutant.release(1)),
            (Ok(1), Err(NotOwner))
        );
        assert_eq!(mutant.signal_state(), SignalState::SIGNALED);
        Ok(())
    }

    #[test]
    fn at_the_end_of_the_count_nobody_gets_it() {
        let mutant = Mutant::new(1, u32::MAX);
        let states = mutant.map(|mut mutant| {
            let before = mutant.signal_state();
            (before, mutant.release(1), mutant.signal_state())
        });
        let expected = (
            SignalState::NOT_SIGNALED,
            Ok(u32::MAX),
            SignalState::for_owner(1),
        );
        assert_eq!(states, Some(expected));
    }

    #[test]
    fn the_next_owner_learns_that_it_was_abandoned() -> Result<(), NotOwner> {
        let Some(mut mutant) = Mutant::new(2, 5) else {
            return Err(NotOwner);
        };
        assert_eq!(mutant.abandon(1), Err(NotOwner));
        assert!(!mutant.is_abandoned());
        mutant.abandon(2)?;
        assert!(mutant.is_abandoned() && mutant.query() == (0, 0));
        assert!(mutant.satisfy(ONE) && !mutant.satisfy(ONE));
        assert!(!mutant.is_abandoned());
        Ok(())
    }
}
