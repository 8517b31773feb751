// SPDX-License-Identifier: GPL-2.0

//! The satisfied waits whose threads a signaler has yet to wake.

use super::block::Block;
use crate::sys::{
    queue::{
        Entry,
        WakeList, //
    },
    task::PreemptGuard, //
};
use core::ptr::NonNull;

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
        // Cannot overflow: no memory has room for that many entries.
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
            let (wait, index) = (block.wait(), block.index);
            let sleeper = wait.sleeper;
            let publish = || wait.publish(index);
            // SAFETY: The thread stays in its wait until `publish` stores, so it is alive before
            // it.
            unsafe { sleeper.publish_and_wake(publish) };
        }
    }
}
