// SPDX-License-Identifier: GPL-2.0

//! The dispatcher object: a state, and who waits for it.

use super::{
    block::{
        Block,
        WaitType, //
    },
    signal_state::Snapshot,
    Signal,
    SignalState,
    Waiter, //
};
use crate::sys::{
    queue::{
        Body,
        Entry,
        Guard,
        Magic,
        Queue,
        WaitAllLock, //
    },
    warn_on_once, //
};
use core::{
    mem::ManuallyDrop,
    pin::Pin,
    ptr::NonNull, //
};
use pin_init::{
    pin_data,
    pin_init,
    PinInit, //
};

/// An object that can be waited for; `S` is its state and the rule of it.
///
/// Locking: everything is behind the queue's lock but the queue's snapshot, which is a
/// [`Snapshot`].
#[pin_data]
pub(crate) struct Object<S> {
    #[pin]
    queue: Queue<Inner<S>, Block<Object<S>>>,
}

/// What a waiter has in an object's queue.
pub(super) type QueueEntry<S> = Entry<Block<Object<S>>>;

impl<S: Signal> Body for Block<Object<S>> {
    const IN_INTERRUPTS: bool = S::IN_INTERRUPTS;
}

impl<S> AsRef<Object<S>> for Object<S> {
    #[inline]
    fn as_ref(&self) -> &Self {
        self
    }
}

/// What the lock guards.
pub(super) struct Inner<S> {
    pub(super) state: S,
    /// Entries of waiters in the queue.
    waiters: u32,
    /// Those of them that belong to waits for all.
    pub(super) all_waiters: u32,
}

impl<S: Signal> Object<S> {
    /// An object of the object manager in `state`, with nobody waiting. Any context.
    pub(crate) fn new(state: S) -> impl PinInit<Self> {
        Self::with_magic(state, Magic::MANAGED)
    }

    /// The same in a driver's storage.
    pub(crate) fn in_caller_storage(state: S) -> impl PinInit<Self> {
        Self::with_magic(state, Magic::CALLER)
    }

    fn with_magic(state: S, magic: Magic) -> impl PinInit<Self> {
        let snapshot = Snapshot::first(state.signal_state());
        let inner = Inner {
            state,
            waiters: 0,
            all_waiters: 0,
        };
        pin_init!(Self {
            queue <- Queue::new(inner, snapshot.0, magic),
        })
    }

    /// Whether there is an object at an address, by its magic number. Any context.
    ///
    /// # Safety
    ///
    /// An object's worth of memory can be read there, and the address is aligned.
    pub(crate) unsafe fn is_at(address: *const Self) -> bool {
        // SAFETY: The caller's promise; the queue is a field.
        unsafe { Queue::is_at(&raw const (*address).queue) }
    }

    /// Its magic number. Any context.
    pub(crate) fn magic(&self) -> Magic {
        self.queue.magic()
    }

    /// Looks at the state. Any context up to hard interrupt.
    #[inline]
    pub(crate) fn look<R>(&self, look: impl FnOnce(&S) -> R) -> R {
        look(&self.queue.lock().data().state)
    }

    /// Changes the state in a way that satisfies nobody, but perhaps the caller. Any context up to
    /// hard interrupt.
    #[inline]
    pub(crate) fn update<R>(&self, change: impl FnOnce(&mut S) -> R) -> R {
        let mut guard = self.queue.lock();
        let result = change(&mut guard.data().state);
        update_snapshot(&mut guard);
        result
    }

    /// For whom the object was signaled at some moment of the call. Any context, takes no lock.
    #[inline]
    pub(crate) fn signal_state(&self) -> SignalState {
        self.snapshot().signal_state()
    }

    /// How many waiters are in the queue. A wait for one of several objects counts on each of
    /// them until its thread has run. Any context.
    pub(crate) fn waiters(&self) -> u32 {
        self.queue.lock().data().waiters
    }

    /// The queue, for pollers.
    pub(crate) fn queue(&self) -> &Queue<impl Sized + use<'_, S>, impl Sized + use<'_, S>> {
        &self.queue
    }

    #[inline]
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot(self.queue.snapshot())
    }

    #[inline]
    pub(super) fn lock(&self) -> Locked<'_, S> {
        Locked {
            object: self,
            guard: self.queue.lock(),
        }
    }

    #[inline]
    pub(super) fn lock_nested<'a>(&'a self, wait_all_lock: &'a WaitAllLock) -> Locked<'a, S> {
        Locked {
            object: self,
            guard: self.queue.lock_nested(wait_all_lock),
        }
    }

    /// A view of an object whose lock is held: by a [`Locked`] that was forgotten, or by one that
    /// is not used meanwhile.
    ///
    /// # Safety
    ///
    /// The lock is held by the caller, and nothing borrowed from another view of it is in use. Of
    /// all views of a hold exactly one is dropped.
    #[inline]
    pub(super) unsafe fn assume_locked(&self) -> ManuallyDrop<Locked<'_, S>> {
        ManuallyDrop::new(Locked {
            object: self,
            // SAFETY: The caller's promise.
            guard: unsafe { self.queue.assume_locked() },
        })
    }
}

/// An object whose lock is held. Dropping it updates the snapshot, and unlocks.
pub(super) struct Locked<'o, S: Signal> {
    pub(super) object: &'o Object<S>,
    guard: Guard<'o, Inner<S>, Block<Object<S>>>,
}

impl<S: Signal> Locked<'_, S> {
    #[inline]
    pub(super) fn inner(&mut self) -> &mut Inner<S> {
        self.guard.data()
    }

    /// Whether nobody waits.
    #[inline]
    pub(super) fn is_queue_empty(&mut self) -> bool {
        self.guard.is_empty()
    }

    /// Makes the object's state visible to those who look without the lock, and wakes pollers.
    #[inline]
    pub(super) fn notify_pollers(&mut self) {
        // Before pollers are woken: they look without the lock.
        update_snapshot(&mut self.guard);
        self.guard.notify_pollers();
    }

    /// Satisfies a wait by `waiter`, if the object does. Returns whether it was abandoned.
    #[inline]
    pub(super) fn take(&mut self, waiter: Waiter) -> Option<bool> {
        let state = &mut self.inner().state;
        let is_signaled = state.signal_state().is_signaled_for(waiter);
        is_signaled.then(|| state.satisfy(waiter))
    }

    /// Whether the object satisfies a wait by `waiter`.
    #[inline]
    pub(super) fn is_signaled_for(&mut self, waiter: Waiter) -> bool {
        self.inner().state.signal_state().is_signaled_for(waiter)
    }

    /// Whether the object is signaled for anybody at all.
    #[inline]
    pub(super) fn is_signaled(&mut self) -> bool {
        self.inner().state.signal_state() != SignalState::NOT_SIGNALED
    }

    /// Queues a waiter's entry, which is for this object and in no queue.
    pub(super) fn enqueue(&mut self, entry: Pin<&QueueEntry<S>>) {
        if warn_on_once(!self.is_object_of(&entry) || entry.is_queued()) {
            return;
        }
        let priority = S::ALL_FIRST && entry.body.wait_type == WaitType::All;
        // SAFETY: It is in no queue, and in no wake list: its wait has not ended. It is the entry
        // of a wait block, which leaves the queue of its object before it is dropped.
        unsafe { self.guard.push(entry, priority) };
        self.count(&entry, 1);
    }

    /// Takes a waiter's entry, which is for this object, out of the queue if it is still there.
    pub(super) fn dequeue(&mut self, entry: &QueueEntry<S>) {
        if warn_on_once(!self.is_object_of(entry)) {
            return;
        }
        // SAFETY: An entry is queued on its object alone.
        if unsafe { self.guard.remove(entry) } {
            self.count(entry, u32::MAX);
        }
    }

    fn is_object_of(&self, entry: &QueueEntry<S>) -> bool {
        core::ptr::eq(self.object, entry.body.object())
    }

    /// Adds `delta`, one or minus one, to the counts of waiters. They cannot overflow: no memory
    /// has room for that many entries, and each is added once and subtracted once.
    fn count(&mut self, entry: &QueueEntry<S>, delta: u32) {
        let inner = self.inner();
        inner.waiters = inner.waiters.wrapping_add(delta);
        if entry.body.wait_type == WaitType::All {
            inner.all_waiters = inner.all_waiters.wrapping_add(delta);
        }
    }

    /// The oldest waiter's entry.
    #[inline]
    pub(super) fn first(&mut self) -> Option<NonNull<QueueEntry<S>>> {
        self.guard.first()
    }

    /// The next younger waiter's entry.
    ///
    /// # Safety
    ///
    /// `entry` is in the queue.
    #[inline]
    pub(super) unsafe fn after(
        &mut self,
        entry: NonNull<QueueEntry<S>>,
    ) -> Option<NonNull<QueueEntry<S>>> {
        // SAFETY: The caller's promise.
        unsafe { self.guard.after(entry) }
    }
}

/// Two objects that are locked at the same time.
pub(super) struct BothLocked<'o, S: Signal> {
    // The fields are dropped in this order.
    second: Locked<'o, S>,
    first: Locked<'o, S>,
}

impl<'o, S: Signal> BothLocked<'o, S> {
    /// Locks the `second` object beside the `first`, if that needs no waiting; else gives the first
    /// back.
    #[inline]
    pub(super) fn try_lock(
        first: Locked<'o, S>,
        second: &'o Object<S>,
    ) -> Result<Self, Locked<'o, S>> {
        // SAFETY: The fields of the result are dropped in their order, the second guard first.
        match unsafe { second.queue.try_lock_second(&first.guard) } {
            Some(guard) => Ok(Self {
                second: Locked {
                    object: second,
                    guard,
                },
                first,
            }),
            None => Err(first),
        }
    }

    /// The first object and the second.
    #[inline]
    pub(super) fn both(&mut self) -> (&mut Locked<'o, S>, &mut Locked<'o, S>) {
        (&mut self.first, &mut self.second)
    }
}

impl<S: Signal> Drop for Locked<'_, S> {
    #[inline]
    fn drop(&mut self) {
        update_snapshot(&mut self.guard);
    }
}

/// Writes a new snapshot if the object's signal state changed since it was locked.
#[inline]
fn update_snapshot<S: Signal>(guard: &mut Guard<'_, Inner<S>, Block<Object<S>>>) {
    let signal_state = guard.data().state.signal_state();
    let snapshot = Snapshot(guard.snapshot());
    if snapshot.signal_state() != signal_state {
        guard.set_snapshot(snapshot.next(signal_state).0);
    }
}
