// SPDX-License-Identifier: GPL-2.0

//! What a waiting thread shares with those who may end its wait: the wait itself, and one wait
//! block for each object, which is in that object's queue.

use super::{
    Satisfied,
    Waiter, //
};
use crate::sys::{
    hashed_counters::HashedCounters,
    queue::{
        Entry,
        WakeList, //
    },
    task::{
        PreemptGuard,
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
/// Somebody has the right to end it, and will.
const CLAIMED: u32 = u32::MAX - 1;

/// The waits of each owner that may be in a queue.
static WAITS: HashedCounters = HashedCounters::new();

/// How many waits by `owner` there are at most, for who holds the lock of an object of all of them
/// that are in its queue.
pub(super) fn max_waits_of(owner: u32) -> u32 {
    // Each was counted before it was queued, under the lock.
    WAITS.upper_bound(owner)
}

/// A wait of the current thread. It lives on the thread's stack; others get to it through its
/// blocks.
pub(super) struct Wait {
    /// [`PENDING`], then [`CLAIMED`], then the index of the block that satisfied the wait. The one
    /// who changes PENDING to CLAIMED ends the wait: a signaler, or the waiter when it gives up or
    /// helps itself.
    outcome: Atomic<u32>,
    /// Not 0: an object that the wait took was abandoned. For whoever claimed the wait, and for the
    /// waiter once the outcome is published.
    abandoned: Atomic<u32>,
    sleeper: Sleeper,
    /// On whose behalf.
    pub(super) waiter: Waiter,
    /// How many of the blocks, from the first, are for objects that must be signaled together.
    members: usize,
}

impl Wait {
    /// A wait of the current thread whose first `members` blocks are of type
    /// [`WaitType::All`].
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

    /// Takes the right to end the wait; true for one caller only.
    #[inline]
    pub(super) fn claim(&self) -> bool {
        self.outcome.cmpxchg(PENDING, CLAIMED, Full).is_ok()
    }

    /// Whether nobody has ended the wait so far.
    #[inline]
    pub(super) fn is_pending(&self) -> bool {
        self.outcome.load(Acquire) == PENDING
    }

    /// Notes that an object that the wait takes was abandoned. For who claimed the wait.
    pub(super) fn take_abandoned(&self) {
        self.abandoned.store(1, Relaxed);
    }

    /// Which block satisfied the wait, once that is published.
    #[inline]
    pub(super) fn satisfied(&self) -> Option<Satisfied> {
        match self.outcome.load(Acquire) {
            PENDING | CLAIMED => None,
            index => Some(Satisfied {
                index: index as usize,
                abandoned: self.abandoned.load(Relaxed) != 0,
            }),
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
pub(super) enum WaitType {
    /// It satisfies the wait.
    Any,
    /// It does so together with the wait's other objects.
    All,
}

/// A wait block: one object, of type `O`, that a thread waits for.
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
    /// The block of `wait` for `object`, the `index`th of its objects. Wait and object must outlive
    /// the block's time in the object's queue, which its owner sees to.
    pub(super) fn new(wait: &Wait, object: &O, index: usize) -> Self {
        Self {
            wait: NonNull::from(wait),
            object: NonNull::from(object),
            index: index as u32,
            wait_type: if index < wait.members {
                WaitType::All
            } else {
                WaitType::Any
            },
        }
    }

    /// The wait that this block belongs to.
    #[inline]
    pub(super) fn wait(&self) -> &Wait {
        // SAFETY: The waiter keeps wait and blocks until no queue and no wake list holds a block.
        unsafe { self.wait.as_ref() }
    }

    /// The object that this block is for.
    #[inline]
    pub(super) fn object(&self) -> &O {
        // SAFETY: The waiter holds its objects for as long as its blocks.
        unsafe { self.object.as_ref() }
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
    let first = entry.as_ptr().wrapping_sub(block.index as usize);
    // SAFETY: The waiter's blocks are one array in the order of their indices, alive as long as any
    // of them is in a queue, and blocks `0..members` are initialised before the first is queued.
    unsafe { core::slice::from_raw_parts(first, block.wait().members) }
}

/// Waits that were claimed and satisfied, and whose threads are woken when all locks are dropped.
///
/// The thread of a claimed wait can do nothing, not even die, until the outcome is published. So
/// the signaler is not preempted from its first claim on, also after it dropped the lock.
pub(super) struct WakeQueue<O> {
    list: WakeList<Block<O>>,
    count: u32,
    preempt_guard: Option<PreemptGuard>,
}

impl<O> WakeQueue<O> {
    #[inline]
    pub(super) fn new() -> Self {
        Self {
            list: WakeList::new(),
            count: 0,
            preempt_guard: None,
        }
    }

    /// How many they are.
    #[inline]
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Adds the wait of `entry`.
    ///
    /// # Safety
    ///
    /// The caller has claimed the wait and taken the entry out of its queue.
    pub(super) unsafe fn push(&mut self, entry: NonNull<Entry<Block<O>>>) {
        self.preempt_guard.get_or_insert_with(PreemptGuard::new);
        self.count = self.count.wrapping_add(1);
        // SAFETY: In no queue, by the caller's promise; and since the wait is claimed but not
        // published, its thread keeps the entry in place.
        unsafe { self.list.push(entry) }
    }

    /// Publishes the outcome of every wait, and wakes its thread, in the order in which the waits
    /// were satisfied. No lock may be held. Any context.
    #[inline]
    pub(super) fn wake_all(mut self) {
        while let Some(entry) = self.list.pop() {
            // SAFETY: As in `push`; this borrow ends before the wait is published.
            let block = unsafe { &entry.as_ref().body };
            let (wait, index) = (block.wait, block.index);
            // SAFETY: The wait is not published.
            let sleeper = unsafe { wait.as_ref() }.sleeper;
            // SAFETY: Not published before the store; nothing is touched after it.
            let publish = || unsafe { wait.as_ref() }.outcome.store(index, Release);
            // SAFETY: The thread stays in its wait until `publish` stores, so it is alive before
            // it.
            unsafe { sleeper.publish_and_wake(publish) };
        }
    }
}
