// SPDX-License-Identifier: GPL-2.0

//! Whose waits an object satisfies, and how that is told without the object's lock.

use super::Waiter;

/// Whose waits an object satisfies: nobody's, those of one owner, or anybody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Audience(u64);

/// The bits of an audience in a [`Turns`]: an owner and one more.
const BITS: u32 = u32::BITS + 1;

impl Audience {
    /// The object is not signaled.
    pub(crate) const NOBODY: Self = Self(0);
    /// The object is signaled.
    pub(crate) const ANYBODY: Self = Self(1);

    /// The object is signaled for waits by `owner`, which is not 0, alone.
    #[inline]
    pub(crate) const fn owner(owner: u32) -> Self {
        Self((owner as u64) << 1)
    }

    /// Signaled for anybody or for nobody.
    #[inline]
    pub(crate) const fn anybody_if(signaled: bool) -> Self {
        Self(signaled as u64)
    }

    /// The one owner for whose waits alone the object is signaled.
    #[inline]
    pub(crate) fn sole_owner(self) -> Option<u32> {
        (self.0 > Self::ANYBODY.0).then_some((self.0 >> 1) as u32)
    }

    /// Whether a wait by `waiter` is satisfied.
    #[inline]
    pub(crate) fn admits(self, waiter: Waiter) -> bool {
        self == Self::ANYBODY || (waiter.owner != 0 && self == Self::owner(waiter.owner))
    }
}

/// How often an object's audience changed, as seen between critical sections, and what it is. The
/// sum of several objects' readings grows with every change, so two equal sums say that none
/// changed in between; unless the counts, of 31 bits, went round together to exactly the same sum
/// while the reader stood still. Then what it finds did not hold at one instant, and no more: what
/// it takes it takes under a lock.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Turns(pub(super) u64);

impl Turns {
    /// The reading of a new object.
    pub(super) fn first(audience: Audience) -> Self {
        Self(audience.0)
    }

    /// The audience.
    #[inline]
    pub(super) fn audience(self) -> Audience {
        Audience(self.0 & ((1 << BITS) - 1))
    }

    /// The reading after one more change, to `audience`.
    #[inline]
    pub(super) fn next(self, audience: Audience) -> Self {
        let count = (self.0 >> BITS).wrapping_add(1);
        Self((count << BITS) | audience.0)
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_audience)]
mod tests {
    use super::*;

    fn waiter(owner: u32) -> Waiter {
        Waiter {
            owner,
            ..Waiter::NOBODY
        }
    }

    #[test]
    fn who_is_admitted() {
        for owner in [0, 1, 2, u32::MAX] {
            assert!(Audience::ANYBODY.admits(waiter(owner)));
            assert!(!Audience::NOBODY.admits(waiter(owner)));
        }
        for owner in [1, 2, u32::MAX] {
            let audience = Audience::owner(owner);
            assert!(audience.admits(waiter(owner)));
            assert!(!audience.admits(waiter(owner - 1)));
            assert!(!audience.admits(waiter(0)));
        }
    }

    #[test]
    fn every_change_grows_the_reading() {
        let audiences = [
            Audience::NOBODY,
            Audience::ANYBODY,
            Audience::owner(1),
            Audience::owner(u32::MAX),
        ];
        for before in audiences {
            for after in audiences {
                let first = Turns::first(before);
                let second = first.next(after);
                assert!(first.audience() == before && second.audience() == after);
                assert!(second.0 > first.0);
            }
        }
    }
}
