// SPDX-License-Identifier: GPL-2.0

//! What a waiting thread shares with the threads that may end its wait: the wait itself, and the
//! content of a wait block for each object.

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

/// Nobody has ended the wait yet.
const PENDING: u32 = u32::MAX;
/// A signaler has the right to end the wait, and will end it.
const CLAIMED: u32 = u32::MAX - 1;
/// The waiter has ended it.
const ENDED: u32 = u32::MAX - 2;

/// Counts the waits of each owner that may be in a queue.
static WAITS: HashedCounters = HashedCounters::new();

/// An upper bound of the waits by `owner` in the queue of an object. The caller holds that object's
/// lock.
pub(super) fn max_waits_of(owner: u32) -> u32 {
    // A wait is counted before it is queued. It is queued under the lock.
    WAITS.upper_bound(owner)
}

/// A wait of the current thread. It is on the thread's stack. Other threads reach it through its
/// blocks.
pub(super) struct Wait {
    /// [`PENDING`] at first. A signaler changes it to [`CLAIMED`], and later to the index of the
    /// block that satisfied the wait. The waiter changes it to [`ENDED`] when it gives up, or when
    /// it finds an object signaled while it queues.
    outcome: Atomic<u32>,
    /// Not 0 if the wait took an abandoned object. The signaler that claimed the wait writes it.
    /// The waiter reads it after the outcome is published.
    abandoned: Atomic<u32>,
    pub(super) sleeper: Sleeper,
    /// On whose behalf the wait is.
    pub(super) waiter: Waiter,
    /// The number of blocks whose objects must be signaled together. They are the first blocks.
    pub(super) members: usize,
    /// The index of a member that a signaler found not signaled. While that member is not signaled,
    /// the next signaler need not look at the other members.
    unsignaled: Atomic<u32>,
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
            unsignaled: Atomic::new(0),
        }
    }

    /// The member that was last found not signaled. A hint.
    #[inline]
    pub(super) fn unsignaled(&self) -> usize {
        self.unsignaled.load(Relaxed) as usize
    }

    /// Notes a member that is not signaled.
    #[inline]
    pub(super) fn note_unsignaled(&self, index: u32) {
        self.unsignaled.store(index, Relaxed);
    }

    /// Claims the right to end the wait, for a signaler. Returns true to one caller only.
    #[inline]
    pub(super) fn claim(&self) -> bool {
        self.outcome.cmpxchg(PENDING, CLAIMED, Full).is_ok()
    }

    /// Ends the wait, for its own thread. Returns false if a signaler has claimed it.
    #[inline]
    pub(super) fn end(&self) -> bool {
        self.outcome.cmpxchg(PENDING, ENDED, Full).is_ok()
    }

    /// Whether nobody has claimed or ended the wait yet.
    #[inline]
    pub(super) fn is_pending(&self) -> bool {
        self.outcome.load(Acquire) == PENDING
    }

    /// Notes that the wait takes an abandoned object. The caller has claimed the wait.
    pub(super) fn take_abandoned(&self) {
        self.abandoned.store(1, Relaxed);
    }

    /// Publishes the index of the block that satisfied the wait. The caller has claimed the wait.
    /// The memory of the wait may be gone when this returns.
    pub(super) fn publish(&self, index: u32) {
        self.outcome.store(index, Release);
    }

    /// The block that satisfied the wait, once that is published.
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
    #[inline]
    pub(super) fn wait_for_waker(&self) -> Satisfied {
        loop {
            if let Some(satisfied) = self.satisfied() {
                return satisfied;
            }
            sleep_for_waker(&|| self.satisfied().is_some());
        }
    }

    /// Makes sure that the wait has ended and that no signaler has it claimed. Afterwards other
    /// threads reach the wait only through the queues. Process context.
    #[inline]
    pub(super) fn leave(&self) {
        match self.outcome.load(Acquire) {
            PENDING | CLAIMED if !self.end() => {
                self.wait_for_waker();
            }
            _ => (),
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

/// How the objects of a wait satisfy it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitType {
    /// The object satisfies the wait alone.
    Any,
    /// The object satisfies the wait together with the wait's other objects.
    All,
}

/// The content of a wait block.
///
/// # Invariants
///
/// While one block of the wait can be reached through a queue or a wake queue, `wait`, `object` and
/// all blocks of the wait are valid. [`WaitBlocks`](super::wait_block::WaitBlocks) takes all blocks
/// out before it drops the first.
pub(crate) struct Block<O> {
    wait: NonNull<Wait>,
    object: NonNull<O>,
    /// Its position among the blocks of the wait.
    pub(super) index: u32,
    pub(super) wait_type: WaitType,
}

// SAFETY: The accessors say under which rules the pointers are used.
unsafe impl<O: Sync> Sync for Block<O> {}
// SAFETY: As above.
unsafe impl<O: Sync> Send for Block<O> {}

impl<O> Block<O> {
    /// The block of `wait` for `object`, which is number `index` of its objects.
    ///
    /// # Safety
    ///
    /// The invariant of the type holds.
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

/// All blocks whose objects satisfy the wait of `entry` together. `entry` is one of them.
///
/// # Safety
///
/// `entry` is a block of type [`WaitType::All`] in a queue whose lock is held.
pub(super) unsafe fn members<'a, O>(entry: NonNull<Entry<Block<O>>>) -> &'a [Entry<Block<O>>] {
    // SAFETY: The entry is in a queue whose lock is held, so it is valid.
    let block = unsafe { &entry.as_ref().body };
    let first = entry.as_ptr().wrapping_sub(block.index as usize).addr();
    let first = core::ptr::with_exposed_provenance(first);
    // SAFETY: The blocks `0..members` of a wait are one array in the order of their indices. The
    // array was exposed before the first block was queued. By the type invariant they are valid.
    unsafe { core::slice::from_raw_parts(first, block.wait().members) }
}
