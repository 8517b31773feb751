// SPDX-License-Identifier: GPL-2.0

//! For whom an object is signaled. This can be read without the object's lock.

use super::Waiter;

/// For whom an object is signaled: for nobody, for one owner, or for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SignalState(u64);

/// The number of bits of a signal state in a [`Snapshot`]: those of an owner, and one more.
const BITS: u32 = u32::BITS + 1;

impl SignalState {
    /// The object is not signaled.
    pub(crate) const NOT_SIGNALED: Self = Self(0);
    /// The object is signaled for everybody.
    pub(crate) const SIGNALED: Self = Self(1);

    /// The object is signaled only for waits by `owner`, which is not 0.
    #[inline]
    pub(crate) const fn for_owner(owner: u32) -> Self {
        Self((owner as u64) << 1)
    }

    /// Signaled for everybody or for nobody.
    #[inline]
    pub(crate) const fn signaled_if(signaled: bool) -> Self {
        Self(signaled as u64)
    }

    /// The owner, if the object is signaled for one owner only.
    #[inline]
    pub(crate) fn sole_owner(self) -> Option<u32> {
        (self.0 > Self::SIGNALED.0).then_some((self.0 >> 1) as u32)
    }

    /// Whether the object satisfies a wait by `waiter`.
    #[inline]
    pub(crate) fn is_signaled_for(self, waiter: Waiter) -> bool {
        self == Self::SIGNALED || (waiter.owner != 0 && self == Self::for_owner(waiter.owner))
    }
}

/// An object's signal state and its generation. The generation counts the changes of the signal
/// state between critical sections.
///
/// Every change increases the value, and so the sum of the values of several objects. If two sums
/// are equal, no object changed in between. Generations have 31 bits. They may wrap to exactly the
/// same sum while the reader does not run. Then the reader's result did not hold at one instant.
/// There is no other harm, because a test takes signals under a lock.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Snapshot(pub(super) u64);

impl Snapshot {
    /// The snapshot of a new object.
    pub(super) fn first(signal_state: SignalState) -> Self {
        Self(signal_state.0)
    }

    /// The signal state.
    #[inline]
    pub(super) fn signal_state(self) -> SignalState {
        SignalState(self.0 & ((1 << BITS) - 1))
    }

    /// The snapshot after a change to `signal_state`.
    #[inline]
    pub(super) fn next(self, signal_state: SignalState) -> Self {
        let generation = (self.0 >> BITS).wrapping_add(1);
        Self((generation << BITS) | signal_state.0)
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_signal_state)]
mod tests {
    use super::*;

    fn waiter(owner: u32) -> Waiter {
        Waiter {
            owner,
            ..Waiter::NOBODY
        }
    }

    #[test]
    fn for_whom_it_is_signaled() {
        for owner in [0, 1, 2, u32::MAX] {
            assert!(SignalState::SIGNALED.is_signaled_for(waiter(owner)));
            assert!(!SignalState::NOT_SIGNALED.is_signaled_for(waiter(owner)));
        }
        for owner in [1, 2, u32::MAX] {
            let signal_state = SignalState::for_owner(owner);
            assert!(signal_state.is_signaled_for(waiter(owner)));
            assert!(!signal_state.is_signaled_for(waiter(owner - 1)));
            assert!(!signal_state.is_signaled_for(waiter(0)));
        }
    }

    #[test]
    fn every_change_increases_the_snapshot() {
        let states = [
            SignalState::NOT_SIGNALED,
            SignalState::SIGNALED,
            SignalState::for_owner(1),
            SignalState::for_owner(u32::MAX),
        ];
        for before in states {
            for after in states {
                let first = Snapshot::first(before);
                let second = first.next(after);
                assert!(first.signal_state() == before && second.signal_state() == after);
                assert!(second.0 > first.0);
            }
        }
    }
}
