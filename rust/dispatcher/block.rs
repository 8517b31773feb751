// SPDX-License-Identifier: GPL-2.0

//! What a waiting thread shares with those who may end its wait: the wait itself, and for each
//! object what a wait block holds.

use super::{
    Satisfied,
    Waiter, //
};
use crate::sys::{
    hashed_counters::HashedCounters,
    queue::Entry,
    task::{
        sleep_for_waker,
        Sleeper, //
    },
    Acquire,
    Atomic,
    Full,
    Relaxed,
    Release, //
};
use core::ptr::NonNull;

/// Nobody has ended the wait.
const PENDING: u32 = u32::MAX;
/// A signaler has the right to end it, and will.
const CLAIMED: u32 = u32::MAX - 1;
/// The waiter has ended it.
const ENDED: u32 = u32::MAX - 2;

/// The waits of each owner that may be in a queue.
static WAITS: HashedCounters = HashedCounters::new();

/// An upper bound on the waits by `owner` that are queued on an object. The caller holds that
/// object's lock.
pub(super) fn max_waits_of(owner: u32) -> u32 {
    // A wait is counted before it is queued, and queued under the lock.
    WAITS.upper_bound(owner)
}

/// A wait of the current thread. It lives on the thread's stack; others reach it through its
/// blocks.
pub(super) struct Wait {
    /// [`PENDING`] first. A signaler that changes it to [`CLAIMED`] then publishes the index of the
    /// block that satisfied the wait. The waiter changes it to [`ENDED`] when it gives up, or when
    /// it finds an object signaled while it queues.
    outcome: Atomic<u32>,
    /// Not 0 if an object that the wait took was abandoned. Written by whoever claimed the wait,
    /// read by the waiter once the outcome is published.
    abandoned: Atomic<u32>,
    pub(super) sleeper: Sleeper,
    /// On whose behalf.
    pub(super) waiter: Waiter,
    /// How many of the blocks, from the first, are for objects that must be signaled together.
    pub(super) members: usize,
}

impl Wait {
    /// A wait of the current thread whose first `members` blocks are of type [`WaitType::All`].
    pub(super) fn new(waiter: Waiter, members: usize) -> Self {
        if waiter.owner != 0 {
            WAITS.increment(waiter.owner);
        }
        Self {
            outcome: Atomic::new(PENDING),
            abandoned: Atomic::new(0),
            sleeper: Sleeper::current(),
            waiter,
            members,
        }
    }

    /// Takes the right to end the wait, for a signaler. True for one caller only.
    #[inline]
    pub(super) fn claim(&self) -> bool {
        self.outcome.cmpxchg(PENDING, CLAIMED, Full).is_ok()
    }

    /// Ends the wait, for its own thread. False if a signaler has claimed it.
    #[inline]
    pub(super) fn end(&self) -> bool {
        self.outcome.cmpxchg(PENDING, ENDED, Full).is_ok()
    }

    /// Whether nobody has ended the wait so far.
    #[inline]
    pub(super) fn is_pending(&self) -> bool {
        self.outcome.load(Acquire) == PENDING
    }

    /// Notes that an object that the wait takes was abandoned. The caller has claimed the wait.
    pub(super) fn take_abandoned(&self) {
        self.abandoned.store(1, Relaxed);
    }

    /// Publishes that the block of that index satisfied the wait. The caller has claimed the wait,
    /// whose memory may be gone when this returns.
    pub(super) fn publish(&self, index: u32) {
        self.outcome.store(index, Release);
    }

    /// Which block satisfied the wait, once that is published.
    #[inline]
    pub(super) fn satisfied(&self) -> Option<Satisfied> {
        match self.outcome.load(Acquire) {
            PENDING | CLAIMED | ENDED => None,
            index => Some(Satisfied {
                index: index as usize,
                abandoned: self.abandoned.load(Relaxed) != 0,
            }),
        }
    }

    /// Waits until the signaler that has claimed the wait publishes its outcome. Process context.
    pub(super) fn wait_for_waker(&self) -> Satisfied {
        loop {
            if let Some(satisfied) = self.satisfied() {
                return satisfied;
            }
            sleep_for_waker(&|| self.satisfied().is_some());
        }
    }

    /// Returns when the wait has ended and no signaler has it claimed. Then others reach it through
    /// the queues alone. Process context.
    #[inline]
    pub(super) fn leave(&self) {
        let is_over = self.outcome.load(Acquire) == ENDED || self.satisfied().is_some();
        if !is_over && !self.end() {
            self.wait_for_waker();
        }
    }
}

impl Drop for Wait {
    #[inline]
    fn drop(&mut self) {
        if self.waiter.owner != 0 {
            WAITS.decrement(self.waiter.owner);
        }
    }
}

/// What an object's signal means for a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitType {
    /// It satisfies the wait.
    Any,
    /// It does so together with the wait's other objects.
    All,
}

/// The content of a wait block, as the queue of its object has it.
///
/// # Invariants
///
/// `wait` and `object`, and all blocks of the wait, are valid for as long as one of these can be
/// reached through a queue or a wake queue. [`WaitBlocks`](super::wait_block::WaitBlocks) takes all
/// out before the first is dropped.
pub(crate) struct Block<O> {
    wait: NonNull<Wait>,
    object: NonNull<O>,
    /// Its place in the wait.
    pub(super) index: u32,
    pub(super) wait_type: WaitType,
}

// SAFETY: The pointers are used under the rules of their accessors.
unsafe impl<O: Sync> Sync for Block<O> {}
// SAFETY: As above.
unsafe impl<O: Sync> Send for Block<O> {}

impl<O> Block<O> {
    /// The block of `wait` for `object`, the `index`th of its objects.
    ///
    /// # Safety
    ///
    /// The type's invariant holds.
    pub(super) unsafe fn new(wait: &Wait, object: &O, index: u32) -> Self {
        // INVARIANT: The caller's promise.
        Self {
            wait: NonNull::from(wait),
            object: NonNull::from(object),
            index,
            wait_type: if (index as usize) < wait.members {
                WaitType::All
            } else {
                WaitType::Any
            },
        }
    }

    /// The wait that this block belongs to.
    #[inline]
    pub(super) fn wait(&self) -> &Wait {
        // SAFETY: By the type invariant.
        unsafe { self.wait.as_ref() }
    }

    /// The object that this block is for.
    #[inline]
    pub(super) fn object(&self) -> &O {
        // SAFETY: By the type invariant.
        unsafe { self.object.as_ref() }
    }
}

impl<O> AsRef<O> for Entry<Block<O>> {
    #[inline]
    fn as_ref(&self) -> &O {
        self.body.object()
    }
}

/// The blocks, this one among them, whose objects satisfy the wait of `entry` together.
///
/// # Safety
///
/// `entry` is a block of type [`WaitType::All`] in a queue whose lock is held.
pub(super) unsafe fn members<'a, O>(entry: NonNull<Entry<Block<O>>>) -> &'a [Entry<Block<O>>] {
    // SAFETY: Valid as long as it is in the queue.
    let block = unsafe { &entry.as_ref().body };
    let first = entry.as_ptr().wrapping_sub(block.index as usize).addr();
    let first = core::ptr::with_exposed_provenance(first);
    // SAFETY: The blocks `0..members` of a wait are one array in the order of their indices, which
    // was exposed before the first was queued. By the type invariant they are valid.
    unsafe { core::slice::from_raw_parts(first, block.wait().members) }
}
