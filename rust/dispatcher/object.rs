// SPDX-License-Identifier: GPL-2.0

//! The dispatcher object: a state, and the threads that wait for it.

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
        WaitAllGuard,
        WaitAllLockRef, //
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

/// An object that can be waited for. `S` is its state, with the rule by which it satisfies waits.
///
/// The queue's lock guards everything except the queue's snapshot, which is a [`Snapshot`].
#[pin_data]
pub(crate) struct Object<S> {
    #[pin]
    queue: Queue<Inner<S>, Block<Object<S>>>,
    /// The lock to take before several objects are locked. All objects of a namespace share it.
    wait_all_lock: WaitAllLockRef,
}

/// A waiter's entry in an object's queue.
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

/// What the object's lock guards.
pub(super) struct Inner<S> {
    pub(super) state: S,
    /// The number of waiters' entries in the queue.
    waiters: u32,
    /// The number of those entries that belong to waits for all.
    pub(super) all_waiters: u32,
}

impl<S: Signal> Object<S> {
    /// An object of the object manager in `state`. Nobody waits for it. Any context.
    pub(crate) fn new(state: S, wait_all_lock: WaitAllLockRef) -> impl PinInit<Self> {
        Self::with_magic(state, Magic::MANAGED, wait_all_lock)
    }

    /// An object in a driver's storage. Nobody waits for it. Any context.
    pub(crate) fn in_caller_storage(state: S) -> impl PinInit<Self> {
        Self::with_magic(state, Magic::CALLER, WaitAllLockRef::of_drivers())
    }

    /// An object that is signaled when a thread has ended. Nobody waits for it. Any context.
    pub(crate) fn of_thread(state: S) -> impl PinInit<Self> {
        Self::with_magic(state, Magic::THREAD, WaitAllLockRef::of_drivers())
    }

    fn with_magic(state: S, magic: Magic, wait_all_lock: WaitAllLockRef) -> impl PinInit<Self> {
        let snapshot = Snapshot::first(state.signal_state());
        let inner = Inner {
            state,
            waiters: 0,
            all_waiters: 0,
        };
        pin_init!(Self {
            queue <- Queue::new(inner, snapshot.0, magic),
            wait_all_lock,
        })
    }

    /// Whether there is an object at `address`, by its magic number. Any context.
    ///
    /// # Safety
    ///
    /// Memory of the size of an object can be read at `address`, and the address is aligned.
    pub(crate) unsafe fn is_at(address: *const Self) -> bool {
        // SAFETY: The caller's promise. The queue is a field of the object.
        unsafe { Queue::is_at(&raw const (*address).queue) }
    }

    /// The magic number of this object. Any context.
    pub(crate) fn magic(&self) -> Magic {
        self.queue.magic()
    }

    /// Calls `look` with the state. Any context up to hard interrupt.
    #[inline]
    pub(crate) fn look<R>(&self, look: impl FnOnce(&S) -> R) -> R {
        look(&self.queue.lock().data().state)
    }

    /// Changes the state. The change must not let the object satisfy a wait in its queue. Any
    /// context up to hard interrupt.
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

    /// The number of waiters in the queue. If a wait is for several objects, it counts on each of
    /// them until its thread has run. Any context.
    pub(crate) fn waiters(&self) -> u32 {
        self.queue.lock().data().waiters
    }

    /// The queue, for pollers.
    pub(crate) fn queue(&self) -> &Queue<impl Sized + use<'_, S>, impl Sized + use<'_, S>> {
        &self.queue
    }

    /// The lock that is taken before several objects are locked.
    #[inline]
    pub(crate) fn wait_all_lock(&self) -> &WaitAllLockRef {
        &self.wait_all_lock
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
    pub(super) fn lock_nested<'a>(&'a self, guard: &'a WaitAllGuard<'_>) -> Locked<'a, S> {
        Locked {
            object: self,
            guard: self.queue.lock_nested(guard),
        }
    }

    /// Takes the lock too, if it is free, while `first` is locked.
    ///
    /// # Safety
    ///
    /// The result is dropped before `first`.
    #[inline]
    pub(super) unsafe fn try_lock_second<'a>(
        &'a self,
        first: &Locked<'_, S>,
    ) -> Option<Locked<'a, S>> {
        // SAFETY: The caller's promise.
        let guard = unsafe { self.queue.try_lock_second(&first.guard) }?;
        Some(Locked {
            object: self,
            guard,
        })
    }

    /// A view of a locked object. The lock belongs to a [`Locked`] that was forgotten, or to one
    /// that is not used meanwhile.
    ///
    /// # Safety
    ///
    /// The caller holds the lock. Nothing that was borrowed from another view of the object is in
    /// use. Of all views of one hold, exactly one is dropped.
    #[inline]
    pub(super) unsafe fn assume_locked(&self) -> ManuallyDrop<Locked<'_, S>> {
        ManuallyDrop::new(Locked {
            object: self,
            // SAFETY: The caller's promise.
            guard: unsafe { self.queue.assume_locked() },
        })
    }
}

/// An object whose lock is held. Dropping it updates the snapshot and drops the lock.
pub(super) struct Locked<'o, S: Signal> {
    pub(super) object: &'o Object<S>,
    guard: Guard<'o, Inner<S>, Block<Object<S>>>,
}

impl<S: Signal> Locked<'_, S> {
    #[inline]
    pub(super) fn inner(&mut self) -> &mut Inner<S> {
        self.guard.data()
    }

    /// Whether the queue has no entry, neither a waiter's nor a poller's.
    #[inline]
    pub(super) fn is_queue_empty(&mut self) -> bool {
        self.guard.is_empty()
    }

    /// Updates the snapshot and wakes pollers.
    #[inline]
    pub(super) fn notify_pollers(&mut self) {
        // The snapshot comes first, because pollers look without the lock.
        update_snapshot(&mut self.guard);
        self.guard.notify_pollers();
    }

    /// Satisfies a wait by `waiter` if the object is signaled for it. Returns whether the object
    /// was abandoned, or `None` if it is not signaled for `waiter`.
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

    /// Queues a waiter's entry. The entry is for this object and in no queue.
    pub(super) fn enqueue(&mut self, entry: Pin<&QueueEntry<S>>) {
        if warn_on_once(!self.is_object_of(&entry) || entry.is_queued()) {
            return;
        }
        let priority = S::ALL_FIRST && entry.body.wait_type == WaitType::All;
        // SAFETY: The entry is in no queue. It is in no wake list, because its wait has not ended.
        // It belongs to a wait block, which leaves its queue before it is dropped.
        unsafe { self.guard.push(entry, priority) };
        self.count(&entry, 1);
    }

    /// Takes a waiter's entry out of the queue if it is still there. The entry is for this object.
    pub(super) fn dequeue(&mut self, entry: &QueueEntry<S>) {
        if warn_on_once(!self.is_object_of(entry)) {
            return;
        }
        // SAFETY: An entry is queued only on its own object.
        if unsafe { self.guard.remove(entry) } {
            self.count(entry, u32::MAX);
        }
    }

    fn is_object_of(&self, entry: &QueueEntry<S>) -> bool {
        core::ptr::eq(self.object, entry.body.object())
    }

    /// Adds `delta`, which is one or minus one, to the counts of waiters. They cannot overflow:
    /// memory has no room for that many entries, and each entry is added and subtracted once.
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

    /// The next younger waiter's entry behind `entry`.
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
    /// Locks the `second` object too, if its lock is free. Otherwise gives the first back.
    #[inline]
    pub(super) fn try_lock(
        first: Locked<'o, S>,
        second: &'o Object<S>,
    ) -> Result<Self, Locked<'o, S>> {
        // SAFETY: The fields of the result are dropped in their order, which drops the second guard
        // first.
        match unsafe { second.try_lock_second(&first) } {
            Some(second) => Ok(Self { second, first }),
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
