// SPDX-License-Identifier: GPL-2.0

//! The wait blocks of a waiting thread: one for each object that it waits for.

use super::{
    all_locked::{
        with_all_locked,
        AllLocked, //
    },
    block::{
        Block,
        Wait,
        WaitType, //
    },
    object::{
        Locked,
        QueueEntry, //
    },
    try_wait::has_duplicates,
    Object,
    Satisfied,
    Signal,
    Waiter, //
};
use crate::sys::{
    queue::{
        Entry,
        WaitAllGuard, //
    },
    storage::{
        pinned,
        with_array,
        AllocError,
        Storage, //
    },
    LOCKS_SLEEP, //
};
use core::{
    marker::PhantomData,
    pin::Pin,
    ptr::eq, //
};

/// A wait block: one object that a thread waits for, and the entry in that object's queue.
#[repr(transparent)]
pub(crate) struct WaitBlock<'w, S: Signal> {
    entry: QueueEntry<S>,
    _borrows: PhantomData<(&'w Wait, &'w Object<S>)>,
}

/// The result of joining an object's queue.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Joined {
    /// The block is in the queue.
    Queued,
    /// The object was signaled and has satisfied the wait.
    Satisfied(Satisfied),
    /// The wait had ended, or was claimed, before.
    Ended,
}

impl<'w, S: Signal> WaitBlock<'w, S> {
    fn new(wait: &'w Wait, object: &'w Object<S>, index: u32) -> Self {
        // SAFETY: The block borrows both. Only `with_wait_blocks` makes blocks. It takes each out
        // of its queue before it drops the block.
        let block = unsafe { Block::new(wait, object, index) };
        Self {
            entry: Entry::new(block),
            _borrows: PhantomData,
        }
    }

    fn object(&self) -> &Object<S> {
        self.entry.body.object()
    }

    fn entry(self: Pin<&Self>) -> Pin<&QueueEntry<S>> {
        // SAFETY: The entry is a field of the block, which is pinned.
        unsafe { self.map_unchecked(|block| &block.entry) }
    }

    /// Takes the signal of the locked `object` for the wait. If it is not signaled, queues the
    /// block.
    fn join(self: Pin<&Self>, object: &mut Locked<'_, S>) -> Joined {
        let block = &self.get_ref().entry.body;
        let wait = block.wait();
        if !wait.is_pending() {
            return Joined::Ended;
        }
        if !object.is_signaled_for(wait.waiter) {
            object.enqueue(self.entry());
            return Joined::Queued;
        }
        if !wait.end() {
            return Joined::Ended;
        }
        Joined::Satisfied(Satisfied {
            index: block.index as usize,
            abandoned: object.inner().state.satisfy(wait.waiter),
        })
    }
}

impl<S: Signal> AsRef<Object<S>> for Pin<&WaitBlock<'_, S>> {
    fn as_ref(&self) -> &Object<S> {
        self.object()
    }
}

/// A wait of the current thread, and its blocks in the order of their indices. Dropping it takes
/// the blocks out of their queues.
pub(super) struct WaitBlocks<'a, 'w, S: Signal> {
    wait: &'a Wait,
    blocks: Pin<&'a [WaitBlock<'w, S>]>,
}

/// Calls `f` with the blocks of a wait by `waiter` for any or all of `objects`, or for the `alert`.
/// The objects of a wait for all are distinct. The alert has the index behind the last object.
/// `storage` is for more than nine blocks. Process context, may sleep. Fails only for lack of
/// memory.
#[inline]
pub(super) fn with_wait_blocks<S: Signal, O: AsRef<Object<S>>, R>(
    objects: &[O],
    alert: Option<&Object<S>>,
    wait_type: WaitType,
    waiter: Waiter,
    storage: Storage<'_>,
    f: impl FnOnce(&WaitBlocks<'_, '_, S>) -> R,
) -> Result<R, AllocError> {
    let members = match wait_type {
        WaitType::Any => 0,
        WaitType::All => objects.len(),
    };
    let wait = &Wait::new(waiter, members);
    let has_repeated = wait_type == WaitType::Any && objects.len() > 1 && has_duplicates(objects);
    // Cannot overflow, because no memory has room for that many objects.
    let count = objects.len().wrapping_add(usize::from(alert.is_some()));
    let mut next = 0;
    let blocks = core::iter::from_fn(|| loop {
        let index = next;
        let object = match objects.get(index) {
            Some(object) => object.as_ref(),
            None => alert.filter(|_| index == objects.len())?,
        };
        // Cannot overflow, because it is at most the count.
        next = index.wrapping_add(1);
        // An object that occurs twice gets one block. The alert always has a block of its own.
        let mut before = (0..index).zip(objects);
        let may_repeat = has_repeated && index != objects.len();
        if !may_repeat || !before.any(|(_, other)| eq(other.as_ref(), object)) {
            return Some(WaitBlock::new(wait, object, index as u32));
        }
    });
    with_array(count, storage, blocks, |blocks| {
        // `blocks` is dropped before the array.
        let blocks = WaitBlocks { wait, blocks };
        f(&blocks)
    })
}

impl<S: Signal> WaitBlocks<'_, '_, S> {
    /// The wait that the blocks belong to.
    pub(super) fn wait(&self) -> &Wait {
        self.wait
    }

    /// Waits until the signaler that has claimed the wait publishes its outcome. Process context.
    pub(super) fn wait_for_waker(&self) -> Satisfied {
        // The signaler publishes it under the lock of one of the objects if locks sleep. It gets
        // the priority of a thread that takes this lock. When the thread has the lock, the signaler
        // does not use the object any more.
        if LOCKS_SLEEP {
            for block in self.blocks.iter() {
                drop(block.object().lock());
            }
        }
        self.wait.wait_for_waker()
    }

    /// Takes the signal of the first object, which is locked. If it is not signaled, queues the
    /// first block. The wait is for any.
    pub(super) fn join_first(&self, object: &mut Locked<'_, S>) -> Joined {
        let first = pinned(self.blocks).next();
        first.map_or(Joined::Ended, |block| block.join(object))
    }

    /// Goes through the objects in order. Takes the signal of the first object that is signaled,
    /// and queues the blocks before it. If no object is signaled, queues all blocks. Leaves out the
    /// blocks before `first`, and those of a wait for all.
    pub(super) fn join_each(&self, first: u32) -> Joined {
        let first = first.max(self.wait.members as u32);
        for block in pinned(self.blocks).filter(|block| block.entry.body.index >= first) {
            match block.join(&mut block.object().lock()) {
                Joined::Queued => (),
                ended => return ended,
            }
        }
        Joined::Queued
    }

    /// Takes the signals of all objects of a wait for all, or queues their blocks, in one step.
    pub(super) fn join_all(&self, guard: &WaitAllGuard<'_>) -> Joined {
        // A thread that finds one of the blocks in a queue reaches the others from it.
        let _ = self.blocks.as_ptr().expose_provenance();
        let is_member =
            |block: &Pin<&WaitBlock<'_, S>>| block.entry.body.wait_type == WaitType::All;
        let members = pinned(self.blocks).filter(is_member);
        let join = |all: &mut AllLocked<_, _>| match all.satisfy(self.wait.waiter) {
            Some(satisfied) => Joined::Satisfied(satisfied),
            None => {
                all.for_each(|block: &Pin<&WaitBlock<'_, S>>, object| {
                    object.enqueue(block.entry());
                });
                Joined::Queued
            }
        };
        // SAFETY: The blocks do not change. Their objects are distinct. This thread has locked
        // none.
        unsafe { with_all_locked(guard, members, join) }
    }
}

impl<S: Signal> Drop for WaitBlocks<'_, '_, S> {
    #[inline]
    fn drop(&mut self) {
        self.wait.leave();
        for block in self.blocks.iter() {
            // The signaler took out the block that satisfied the wait, or all members.
            if block.entry.is_queued() {
                block.object().lock().dequeue(&block.entry);
            }
        }
    }
}
