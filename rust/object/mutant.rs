// SPDX-License-Identifier: GPL-2.0

//! The mutant, which programs know as the mutex: owned by one at a time, as often as it likes.

use crate::dispatcher::{
    Audience,
    Signal,
    Waiter, //
};

/// The state of a mutant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mutant {
    /// Who owns it, 0 for nobody.
    owner: u32,
    /// How often.
    count: u32,
    /// Its last owner ended without releasing it, and nobody owned it since.
    abandoned: bool,
}

/// Somebody else owns the mutant, or nobody does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotOwner;

impl Mutant {
    /// The state of a new mutant that `owner` owns `count` times; both are 0, or neither is.
    pub(crate) fn new(owner: u32, count: u32) -> Option<Self> {
        ((owner == 0) == (count == 0)).then_some(Self {
            owner,
            count,
            abandoned: false,
        })
    }

    /// Makes sure that `owner`, which is not 0, owns it.
    ///
    /// Errors: `NotOwner`.
    pub(crate) fn require_owner(&self, owner: u32) -> Result<(), NotOwner> {
        if self.owner == owner {
            Ok(())
        } else {
            Err(NotOwner)
        }
    }

    /// Lets its `owner`, which is not 0, own it once less; returns the previous count.
    ///
    /// Errors: `NotOwner`.
    pub(crate) fn release(&mut self, owner: u32) -> Result<u32, NotOwner> {
        self.require_owner(owner)?;
        let previous = self.count;
        self.count = previous.saturating_sub(1);
        if self.count == 0 {
            self.owner = 0;
        }
        Ok(previous)
    }

    /// Takes it from its `owner`, which is not 0 and has ended.
    ///
    /// Errors: `NotOwner`.
    pub(crate) fn abandon(&mut self, owner: u32) -> Result<(), NotOwner> {
        self.require_owner(owner)?;
        *self = Self {
            owner: 0,
            count: 0,
            abandoned: true,
        };
        Ok(())
    }

    /// Owner and count.
    pub(crate) fn query(&self) -> (u32, u32) {
        (self.owner, self.count)
    }

    /// Whether it was abandoned, and nobody owned it since.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned
    }
}

impl Signal for Mutant {
    const ALL_FIRST: bool = false;

    #[inline]
    fn audience(&self) -> Audience {
        match (self.owner, self.count) {
            (0, _) => Audience::ANYBODY,
            // Once more would not be counted.
            (_, u32::MAX) => Audience::NOBODY,
            (owner, _) => Audience::owner(owner),
        }
    }

    #[inline]
    fn satisfy(&mut self, waiter: Waiter) -> bool {
        self.owner = waiter.owner;
        self.count = self.count.saturating_add(1);
        core::mem::take(&mut self.abandoned)
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
            assert!(mutant.audience().admits(ONE) && !mutant.satisfy(ONE));
            assert_eq!(mutant.query(), (1, count));
        }
        assert_eq!(mutant.audience(), Audience::owner(1));
        assert_eq!(
            (mutant.release(2), mutant.release(1)),
            (Err(NotOwner), Ok(2))
        );
        assert_eq!(
            (mutant.release(1), mutant.release(1)),
            (Ok(1), Err(NotOwner))
        );
        assert_eq!(mutant.audience(), Audience::ANYBODY);
        Ok(())
    }

    #[test]
    fn at_the_end_of_the_count_nobody_gets_it() {
        let mutant = Mutant::new(1, u32::MAX);
        let audiences = mutant.map(|mut mutant| {
            let before = mutant.audience();
            (before, mutant.release(1), mutant.audience())
        });
        let expected = (Audience::NOBODY, Ok(u32::MAX), Audience::owner(1));
        assert_eq!(audiences, Some(expected));
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
