// SPDX-License-Identifier: GPL-2.0

//! The satisfied waits whose threads a signaler must still wake.

use super::block::Block;
use crate::sys::{
    queue::{
        Entry,
        WakeList, //
    },
    task::PreemptGuard,
    LOCKS_SLEEP, //
};
use core::ptr::NonNull;

/// Waits that were claimed and satisfied. Their threads are woken when all locks are dropped.
///
/// The thread of a claimed wait can do nothing until the outcome is published. It cannot even die.
/// So the signaler is not preempted after its first claim, even after it has dropped the lock. If
/// locks sleep, a thread is woken at once, under the locks, and the queue stays empty.
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

    /// The number of waits in the queue.
    #[inline]
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Adds the wait of `entry`.
    ///
    /// # Safety
    ///
    /// The caller has claimed the wait and taken the entry out of its queue. It holds the lock of
    /// that queue, and does not use the entry any more.
    pub(super) unsafe fn push(&mut self, entry: NonNull<Entry<Block<O>>>) {
        if LOCKS_SLEEP {
            // SAFETY: The caller's promise.
            return unsafe { wake(entry) };
        }
        self.preempt_guard.get_or_insert_with(PreemptGuard::new);
        // Cannot overflow, because memory has no room for that many entries.
        self.count = self.count.wrapping_add(1);
        // SAFETY: The entry is in no queue, by the caller's promise. The wait is claimed but not
        // published, so its thread keeps the entry in place.
        unsafe { self.list.push(entry) }
    }

    /// Publishes the outcome of every wait and wakes its thread, in the order in which the waits
    /// were satisfied. The caller holds no lock. Any context.
    #[inline]
    pub(super) fn wake_all(mut self) {
        while let Some(entry) = self.list.pop() {
            // SAFETY: As in `push`.
            unsafe { wake(entry) };
        }
    }
}

/// Publishes the outcome of a wait and wakes its thread. Any context.
///
/// # Safety
///
/// The caller has claimed the wait and taken the entry out of its queue. It does not use the entry
/// any more.
#[inline]
unsafe fn wake<O>(entry: NonNull<Entry<Block<O>>>) {
    // SAFETY: The wait is claimed but not published, so its thread keeps the entry in place. This
    // borrow ends before the wait is published.
    let block = unsafe { &entry.as_ref().body };
    let (wait, index) = (block.wait(), block.index);
    let sleeper = wait.sleeper;
    let publish = || wait.publish(index);
    // SAFETY: The thread stays in its wait until `publish` stores, so it is alive before that.
    unsafe { sleeper.publish_and_wake(publish) };
}
