// SPDX-License-Identifier: GPL-2.0

//! A wait queue and its lock, which check how they are used.

use super::{
    entry::Location,
    task,
    world::{
        self,
        demand,
        How, //
    },
    Acquire,
    Atomic,
    Full,
    Relaxed, //
};
use shuttle::future::batch_semaphore::{
    BatchSemaphore,
    Fairness, //
};
use std::{
    cell::UnsafeCell,
    collections::VecDeque,
    marker::PhantomData,
    pin::Pin,
    ptr::NonNull, //
};

mod spin_lock_irq;
#[path = "../../../rust/sys/queue/wait_all_lock.rs"]
mod wait_all_lock;

mod wait_all_lock_ref;
#[path = "../../../rust/sys/queue/wait_all_locks.rs"]
mod wait_all_locks;

pub(crate) use wait_all_lock::{
    WaitAllGuard,
    WaitAllLock, //
};
pub(crate) use wait_all_lock_ref::WaitAllLockRef;
pub(crate) use wait_all_locks::WaitAllLocks;

pub(crate) use super::entry::{
    Entry,
    WakeList, //
};

/// An item of a queue.
enum QueueItem<B> {
    /// A waiter of the engine.
    Waiter(NonNull<Entry<B>>),
    /// A polling thread, which the engine's walk skips.
    Poller(usize),
}

impl<B> QueueItem<B> {
    fn is(&self, entry: &Entry<B>) -> bool {
        matches!(self, Self::Waiter(other) if *other == NonNull::from(entry))
    }

    fn is_priority(&self) -> bool {
        // SAFETY: Entries in a queue are valid, as `Guard::push` requires.
        matches!(self, Self::Waiter(entry) if unsafe { entry.as_ref() }.priority.get())
    }
}

/// The number that says whose memory the queue is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Magic(u32);

impl Magic {
    /// The module's memory.
    pub(crate) const MANAGED: Self = Self(1);
    /// A driver's memory.
    pub(crate) const CALLER: Self = Self(2);
    /// A thread of a driver.
    pub(crate) const THREAD: Self = Self(3);
}

/// What an entry carries.
pub(crate) trait Body {
    /// Whether its queues are used in interrupts. It makes no difference here.
    #[allow(dead_code)]
    const IN_INTERRUPTS: bool;
}

/// A wait queue of entries with body `B`, and the data `T` that its lock guards.
pub(crate) struct Queue<T, B> {
    /// One permit, given in order of arrival. The scheduler decides that order, so every order of
    /// holders is tried.
    lock: BatchSemaphore,
    entries: UnsafeCell<VecDeque<QueueItem<B>>>,
    data: UnsafeCell<T>,
    snapshot: Atomic<u64>,
    magic: Magic,
}

// SAFETY: The data moves with the queue, and entries are reached only under the lock.
unsafe impl<T: Send, B: Sync> Send for Queue<T, B> {}
// SAFETY: Data and entries are reached through a `Guard`, which checks that the lock is held.
unsafe impl<T: Send, B: Sync> Sync for Queue<T, B> {}

impl<T, B> Queue<T, B> {
    /// An empty queue.
    pub(crate) fn new(data: T, snapshot: u64, magic: Magic) -> impl pin_init::PinInit<Self> {
        Self {
            magic,
            snapshot: Atomic::new(snapshot),
            lock: BatchSemaphore::new(1, Fairness::StrictlyFair),
            entries: UnsafeCell::new(VecDeque::new()),
            data: UnsafeCell::new(data),
        }
    }

    /// Nothing searches for queues by bare pointers here.
    ///
    /// # Safety
    ///
    /// None.
    pub(crate) unsafe fn is_at(_: *const Self) -> bool {
        true
    }

    /// Its magic number.
    pub(crate) fn magic(&self) -> Magic {
        self.magic
    }

    /// The snapshot that the last holder of the lock published.
    pub(crate) fn snapshot(&self) -> u64 {
        self.snapshot.load(Acquire)
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(&self.lock) as usize
    }

    fn take(&self, how: How) -> Guard<'_, T, B> {
        world::may_lock(self.address(), how);
        // It fails only while a failed run is torn down.
        let _ = self.lock.acquire_blocking(1);
        world::locked(self.address(), how);
        Guard::new(self, how == How::Alone)
    }

    /// Takes the lock.
    pub(crate) fn lock(&self) -> Guard<'_, T, B> {
        self.take(How::Alone)
    }

    /// Takes the lock inside wait_all_lock.
    pub(crate) fn lock_nested<'a>(&'a self, outer: &'a WaitAllGuard<'_>) -> Guard<'a, T, B> {
        outer.held().check();
        self.take(How::Nested)
    }

    /// Takes the lock of a second queue, if it is free.
    ///
    /// # Safety
    ///
    /// The second guard is dropped before the first, which is checked.
    pub(crate) unsafe fn try_lock_second<'a>(
        &'a self,
        first: &Guard<'_, T, B>,
    ) -> Option<Guard<'a, T, B>> {
        first.check();
        world::may_lock(self.address(), How::Second);
        self.lock.try_acquire(1).ok()?;
        world::locked(self.address(), How::Second);
        Some(Guard::new(self, false))
    }

    /// A guard for a lock whose guard was forgotten.
    ///
    /// # Safety
    ///
    /// No reference to the data is in use, and exactly one of the guards of this hold is dropped. A
    /// check ensures that the lock is held.
    pub(crate) unsafe fn assume_locked(&self) -> Guard<'_, T, B> {
        let guard = Guard::new(self, false);
        guard.check();
        guard
    }
}

impl<T, B> Queue<T, B> {
    /// Polls as the system call does: joins the queue, checks, sleeps until it is told, and checks
    /// again.
    pub(crate) fn poll(&self, is_ready: &dyn Fn() -> bool) {
        let me = task::current();
        self.lock().entries().push_back(QueueItem::Poller(me));
        task::sleep_for_waker(is_ready);
        let is_me =
            |item: &QueueItem<B>| matches!(item, QueueItem::Poller(thread) if *thread == me);
        self.lock().entries().retain(|item| !is_me(item));
    }
}

impl<T, B> Drop for Queue<T, B> {
    fn drop(&mut self) {
        demand(
            self.entries.get_mut().is_empty(),
            "an object goes after its waiters",
        );
        demand(
            self.lock.available_permits() == 1,
            "an object goes unlocked",
        );
    }
}

/// Proof that a queue is locked; dropping it unlocks.
pub(crate) struct Guard<'q, T, B> {
    queue: &'q Queue<T, B>,
    /// Whether it restores the interrupt state.
    restores: bool,
    /// Whether the walk has passed a poller.
    pollers: bool,
    _not_send: PhantomData<*mut ()>,
}

impl<'q, T, B> Guard<'q, T, B> {
    fn new(queue: &'q Queue<T, B>, restores: bool) -> Self {
        Self {
            queue,
            restores,
            pollers: false,
            _not_send: PhantomData,
        }
    }

    #[track_caller]
    fn check(&self) {
        demand(
            world::holds(self.queue.address()),
            "who uses a queue holds its lock",
        );
    }

    /// The data that the lock protects.
    pub(crate) fn data(&mut self) -> &mut T {
        self.check();
        // SAFETY: The lock is held, and `&mut self` excludes another reference from this guard.
        unsafe { &mut *self.queue.data.get() }
    }

    /// The snapshot that can be read without the lock.
    pub(crate) fn snapshot(&self) -> u64 {
        self.check();
        self.queue.snapshot.load(Relaxed)
    }

    /// Publishes another snapshot.
    pub(crate) fn set_snapshot(&mut self, snapshot: u64) {
        self.check();
        self.queue.snapshot.xchg(snapshot, Full);
    }

    fn entries(&mut self) -> &mut VecDeque<QueueItem<B>> {
        self.check();
        // SAFETY: As in `data`.
        unsafe { &mut *self.queue.entries.get() }
    }

    /// Adds `entry` at the tail, or with `priority` after the other priority entries and before the
    /// rest.
    ///
    /// # Safety
    ///
    /// The entry stays valid and in place until [`Guard::remove`] has removed it. Checks ensure
    /// that it is in no queue before, and alive while it is in this one.
    pub(crate) unsafe fn push(&mut self, entry: Pin<&Entry<B>>, priority: bool) {
        entry.go(Location::Nowhere, Location::Queue(self.queue.address()));
        entry.priority.set(priority);
        let entries = self.entries();
        let at = if priority {
            entries.iter().take_while(|item| item.is_priority()).count()
        } else {
            entries.len()
        };
        entries.insert(at, QueueItem::Waiter(NonNull::from(entry.get_ref())));
    }

    /// Removes `entry` if it is in this queue.
    ///
    /// # Safety
    ///
    /// None. That the entry is in no other queue is checked.
    pub(crate) unsafe fn remove(&mut self, entry: &Entry<B>) -> bool {
        if !entry.is_queued() {
            return false;
        }
        entry.go(Location::Queue(self.queue.address()), Location::Nowhere);
        self.entries().retain(|item| !item.is(entry));
        true
    }

    /// Whether the queue has neither a waiter nor a poller.
    pub(crate) fn is_empty(&mut self) -> bool {
        self.entries().is_empty()
    }

    /// The oldest entry.
    pub(crate) fn first(&mut self) -> Option<NonNull<Entry<B>>> {
        self.first_from(0)
    }

    /// The entry after `entry`.
    ///
    /// # Safety
    ///
    /// `entry` is in the queue.
    pub(crate) unsafe fn after(&mut self, entry: NonNull<Entry<B>>) -> Option<NonNull<Entry<B>>> {
        // SAFETY: It is in the queue, or the demand below fails.
        let entry = unsafe { entry.as_ref() };
        let at = self.entries().iter().position(|item| item.is(entry));
        demand(at.is_some(), "a walk of the queue stays in it");
        self.first_from(at? + 1)
    }

    fn first_from(&mut self, start: usize) -> Option<NonNull<Entry<B>>> {
        let mut pollers = false;
        let found = self
            .entries()
            .iter()
            .skip(start)
            .find_map(|item| match item {
                QueueItem::Waiter(entry) => Some(*entry),
                QueueItem::Poller(_) => {
                    pollers = true;
                    None
                }
            });
        self.pollers |= pollers;
        found
    }

    /// Tells the pollers that the object is readable, if the walk has passed any.
    pub(crate) fn notify_pollers(&mut self) {
        self.check();
        if !self.pollers {
            return;
        }
        let poller = |item: &QueueItem<B>| match item {
            QueueItem::Waiter(_) => None,
            QueueItem::Poller(thread) => Some(*thread),
        };
        for thread in self.entries().iter().filter_map(poller).collect::<Vec<_>>() {
            world::wake(thread);
        }
    }
}

impl<T, B> Drop for Guard<'_, T, B> {
    fn drop(&mut self) {
        world::unlocking(self.queue.address(), self.restores);
        self.queue.lock.release(1);
    }
}
