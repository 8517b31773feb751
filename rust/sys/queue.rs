// SPDX-License-Identifier: GPL-2.0

//! A kernel wait queue whose own spinlock also guards the state that is waited for.
//!
//! It has two kinds of entries. An [`Entry`] is a waiter's. The holder of the lock walks these
//! entries and decides which waiters to release. Poll, epoll and io_uring put the other entries
//! there. The walk skips them, and [`Guard::notify_pollers`] wakes them.
//!
//! The lock disables interrupts. If the queues of a type are used in interrupts
//! ([`Body::IN_INTERRUPTS`]), the lock also saves the interrupt state. Then every operation here
//! works in any context up to hard interrupt, or on PREEMPT_RT in any context that may take a
//! `spinlock_t`. Other queues are used only in process context, and under no other lock.
//!
//! C header: [`include/linux/wait.h`](srctree/include/linux/wait.h)

use super::{
    helpers,
    Acquire,
    Atomic,
    Full, //
};
use core::{
    cell::UnsafeCell,
    marker::PhantomData,
    mem::offset_of,
    ptr::NonNull, //
};
use kernel::{
    bindings,
    prelude::*,
    types::{
        NotThreadSafe,
        Opaque, //
    }, //
};

mod entry;
mod spin_lock_irq;
mod wait_all_lock;
mod wait_all_lock_ref;
mod wait_all_locks;
mod wake_list;

pub(crate) use entry::Entry;
pub(crate) use wait_all_lock::{
    WaitAllGuard,
    WaitAllLock, //
};
pub(crate) use wait_all_lock_ref::{
    init_static_locks,
    WaitAllLockRef, //
};
pub(crate) use wait_all_locks::WaitAllLocks;
pub(crate) use wake_list::WakeList;

/// What an entry carries.
pub(crate) trait Body {
    /// Whether queues of such entries are used in any context up to hard interrupt.
    const IN_INTERRUPTS: bool;
}

/// A wait queue of entries with body `B`, and the data `T` that its lock guards.
///
/// # Invariants
///
/// The entries in the queue are [`Entry<B>`]s, which stay valid and in place until they are
/// removed, and entries of pollers.
#[pin_data]
pub(crate) struct Queue<T, B> {
    #[pin]
    head: Opaque<bindings::wait_queue_head>,
    data: UnsafeCell<T>,
    /// Written under the lock, but read without it too.
    snapshot: Atomic<u64>,
    magic: Magic,
    _entries: PhantomData<NonNull<Entry<B>>>,
}

// SAFETY: The data moves with the queue. Entries are used only under the lock.
unsafe impl<T: Send, B: Sync> Send for Queue<T, B> {}
// SAFETY: The data is reached through a `Guard`. There is one guard at a time.
unsafe impl<T: Send, B: Sync> Sync for Queue<T, B> {}

impl<T, B> Queue<T, B> {
    /// The wait queue, for `poll_wait`.
    pub(super) fn as_raw(&self) -> *mut bindings::wait_queue_head {
        self.head.get()
    }
}

impl<T, B: Body> Queue<T, B> {
    /// An empty queue. Any context.
    pub(crate) fn new(data: T, snapshot: u64, magic: Magic) -> impl PinInit<Self> {
        pin_init!(Self {
            head <- Opaque::ffi_init(|slot| {
                // SAFETY: Only the address is used.
                #[cfg(CONFIG_DEBUG_OBJECTS)]
                unsafe { helpers::ntevent_helper_debug_queue_free(slot) };
                // SAFETY: The slot is valid for writes and pinned.
                unsafe { helpers::ntevent_helper_queue_init(slot) }
            }),
            data: UnsafeCell::new(data),
            snapshot: Atomic::new(snapshot),
            magic,
            _entries: PhantomData,
        })
    }

    /// Whether there is a queue at `address`, by its magic number. Any context.
    ///
    /// # Safety
    ///
    /// Memory of the size of a queue can be read at `address`, and the address is aligned.
    pub(crate) unsafe fn is_at(address: *const Self) -> bool {
        // SAFETY: The caller's promise.
        let magic = unsafe { (&raw const (*address).magic).read() };
        magic == Magic::MANAGED || magic == Magic::CALLER || magic == Magic::THREAD
    }

    /// The magic number of this queue. Any context.
    pub(crate) fn magic(&self) -> Magic {
        self.magic
    }

    /// The snapshot that was published last. Stores before it was published are visible afterwards.
    /// Any context.
    #[inline]
    pub(crate) fn snapshot(&self) -> u64 {
        self.snapshot.load(Acquire)
    }

    /// Takes the lock. Any context if the queue is used in interrupts. Otherwise process context,
    /// under no other lock.
    #[inline]
    pub(crate) fn lock(&self) -> Guard<'_, T, B> {
        let flags = if B::IN_INTERRUPTS {
            // SAFETY: The head is initialised and pinned.
            unsafe { helpers::ntevent_helper_queue_lock(self.head.get()) }
        } else {
            // SAFETY: As above. Interrupts are enabled, because such a queue is used in process
            // context and under no other lock.
            unsafe { helpers::ntevent_helper_queue_lock_irq(self.head.get()) };
            0
        };
        Guard::new(self, Some(flags))
    }

    /// Takes the lock under wait_all_lock. Any number of queues may be locked so, in any order.
    #[inline]
    pub(crate) fn lock_nested<'a>(&'a self, outer: &'a WaitAllGuard<'_>) -> Guard<'a, T, B> {
        let (head, outer) = (self.head.get(), outer.held().as_raw());
        // SAFETY: The head is initialised and pinned. wait_all_lock is held, which lockdep checks.
        unsafe { helpers::ntevent_helper_queue_lock_nested(head, outer) };
        Guard::new(self, None)
    }

    /// Takes the lock of a second queue if it is free. This never waits, so it needs no order of
    /// locks. The first guard keeps interrupts off for both.
    ///
    /// # Safety
    ///
    /// The second guard is dropped before the first.
    #[inline]
    pub(crate) unsafe fn try_lock_second<'a>(
        &'a self,
        _first: &Guard<'_, T, B>,
    ) -> Option<Guard<'a, T, B>> {
        // SAFETY: The head is initialised and pinned. The guard of the first queue keeps interrupts
        // off. It outlives the second guard (the caller's promise).
        let locked = unsafe { helpers::ntevent_helper_queue_trylock(self.head.get()) };
        locked.then(|| Guard::new(self, None))
    }

    /// Another guard of a lock that is held already, under wait_all_lock or another queue's lock.
    ///
    /// # Safety
    ///
    /// The caller holds the lock and uses no reference to the data. Of all guards of one hold,
    /// exactly one is dropped. The others are forgotten.
    #[inline]
    pub(crate) unsafe fn assume_locked(&self) -> Guard<'_, T, B> {
        Guard::new(self, None)
    }
}

/// An arbitrary number that tells a queue from other memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Magic(u32);

impl Magic {
    /// A queue in the module's own memory.
    pub(crate) const MANAGED: Self = Self(0x6e74_65b1);
    /// A queue in a driver's storage.
    pub(crate) const CALLER: Self = Self(0x6e74_65b2);
    /// The queue of a thread, in the module's memory.
    pub(crate) const THREAD: Self = Self(0x6e74_65b3);
}

/// Proof that a queue is locked. Dropping it unlocks the queue.
pub(crate) struct Guard<'q, T, B: Body> {
    queue: &'q Queue<T, B>,
    /// The interrupt state to restore. `None` if an outer lock keeps interrupts off.
    flags: Option<c_ulong>,
    /// Whether the walk has passed an entry of a poller.
    pollers: bool,
    _not_send: NotThreadSafe,
}

impl<'q, T, B: Body> Guard<'q, T, B> {
    #[inline]
    fn new(queue: &'q Queue<T, B>, flags: Option<c_ulong>) -> Self {
        Self {
            queue,
            flags,
            pollers: false,
            _not_send: NotThreadSafe,
        }
    }

    /// The data behind the lock.
    #[inline]
    pub(crate) fn data(&mut self) -> &mut T {
        // SAFETY: The lock is held, and by `&mut self` no other reference came from this guard.
        unsafe { &mut *self.queue.data.get() }
    }

    /// The snapshot that was published last.
    #[inline]
    pub(crate) fn snapshot(&self) -> u64 {
        // SAFETY: It is written only under the lock, which is held.
        unsafe { self.queue.snapshot.as_ptr().read() }
    }

    /// Publishes another snapshot. The store is ordered before the caller's later loads. A reader
    /// orders its own earlier stores before its load of the snapshot. So at least one of the two
    /// sees what the other stored.
    #[inline]
    pub(crate) fn set_snapshot(&mut self, snapshot: u64) {
        self.queue.snapshot.xchg(snapshot, Full);
    }

    /// Puts `entry` at the tail. With `priority`, puts it behind the entries that have priority
    /// already, and before all others.
    ///
    /// # Safety
    ///
    /// The entry is in no queue and no wake list, and it is removed before it is dropped.
    pub(crate) unsafe fn push(&mut self, entry: Pin<&Entry<B>>, priority: bool) {
        let (head, raw) = (self.queue.head.get(), Entry::as_raw(entry.get_ref()));
        #[cfg(CONFIG_DEBUG_OBJECTS)]
        if self.first().is_none() {
            // SAFETY: The queue is initialised and locked.
            unsafe { helpers::ntevent_helper_debug_queue_activate(head) };
        }
        if priority {
            // SAFETY: The lock is held. The entry is pinned and removed before it is dropped, so it
            // is valid for as long as it is in the queue.
            unsafe { helpers::ntevent_helper_queue_add_priority(head, raw) }
        } else {
            // SAFETY: As above.
            unsafe { helpers::ntevent_helper_queue_add(head, raw) }
        }
    }

    /// Takes `entry` out of the queue if it is there. Returns whether it was.
    ///
    /// # Safety
    ///
    /// The entry is in this queue or in none.
    pub(crate) unsafe fn remove(&mut self, entry: &Entry<B>) -> bool {
        let raw = Entry::as_raw(entry);
        if !entry.is_queued() {
            return false;
        }
        // SAFETY: The entry is in this queue, whose lock is held.
        unsafe { helpers::ntevent_helper_queue_remove(self.queue.head.get(), raw) };
        // SAFETY: The entry is valid, and the lock guards its link.
        unsafe { (*raw).entry.next = core::ptr::null_mut() };
        #[cfg(CONFIG_DEBUG_OBJECTS)]
        if self.first().is_none() {
            // SAFETY: The queue is locked, and was occupied by the entry.
            unsafe { helpers::ntevent_helper_debug_queue_deactivate(self.queue.head.get()) };
        }
        true
    }

    /// Whether the queue has no entry, neither a waiter's nor a poller's.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        let head = self.queue.head.get();
        // SAFETY: The head is valid. Taking the address of a field reads nothing.
        let list = unsafe { &raw mut (*head).head };
        // SAFETY: The head's links are guarded by the lock, which is held.
        core::ptr::eq(unsafe { (*list).next }, list)
    }

    /// The oldest entry of a waiter.
    #[inline]
    pub(crate) fn first(&mut self) -> Option<NonNull<Entry<B>>> {
        let head = self.queue.head.get();
        // SAFETY: The head is valid. Taking the address of a field reads nothing.
        let list = unsafe { &raw mut (*head).head };
        self.entry_from(list, list)
    }

    /// The next waiter's entry behind `entry`.
    ///
    /// # Safety
    ///
    /// `entry` is in the queue.
    #[inline]
    pub(crate) unsafe fn after(&mut self, entry: NonNull<Entry<B>>) -> Option<NonNull<Entry<B>>> {
        let head = self.queue.head.get();
        // SAFETY: As in `first`.
        let list = unsafe { &raw mut (*head).head };
        let raw = Entry::as_raw(entry.as_ptr());
        // SAFETY: The entry is in the queue, so it is valid.
        let link = unsafe { &raw mut (*raw).entry };
        self.entry_from(link, list)
    }

    /// The first waiter's entry behind `link`. Notes whether it passed an entry of a poller.
    #[inline]
    fn entry_from(
        &mut self,
        mut link: *mut bindings::list_head,
        list: *mut bindings::list_head,
    ) -> Option<NonNull<Entry<B>>> {
        loop {
            // SAFETY: `link` is the head or in the list, and the lock is held.
            link = unsafe { (*link).next };
            if link == list {
                return None;
            }
            // Entries of the wait queue are linked by their field `entry`.
            let raw = link
                .wrapping_byte_sub(offset_of!(bindings::wait_queue_entry, entry))
                .cast::<bindings::wait_queue_entry>();
            // SAFETY: By the type invariant the entry is valid, and the lock is held.
            if let Some(entry) = unsafe { Entry::from_raw(raw) } {
                return NonNull::new(entry);
            }
            self.pollers = true;
        }
    }

    /// Tells pollers that the object is readable, if the walk so far has passed any.
    pub(crate) fn notify_pollers(&mut self) {
        if !self.pollers {
            return;
        }
        let key = (bindings::POLLIN | bindings::POLLRDNORM) as usize;
        // SAFETY: The lock is held. Our own entries ignore the call.
        unsafe {
            bindings::__wake_up_locked_key(
                self.queue.head.get(),
                bindings::TASK_INTERRUPTIBLE | bindings::TASK_UNINTERRUPTIBLE,
                key as *mut c_void,
            )
        }
    }
}

impl<T, B: Body> Drop for Guard<'_, T, B> {
    #[inline]
    fn drop(&mut self) {
        let head = self.queue.head.get();
        match self.flags {
            // SAFETY: This guard took the lock and saved `flags`.
            Some(flags) if B::IN_INTERRUPTS => unsafe {
                helpers::ntevent_helper_queue_unlock_irqrestore(head, flags)
            },
            // SAFETY: This guard took the lock, when interrupts were on.
            Some(_) => unsafe { helpers::ntevent_helper_queue_unlock_irq(head) },
            // SAFETY: This guard took the lock inside one that keeps interrupts off.
            None => unsafe { helpers::ntevent_helper_queue_unlock(head) },
        }
    }
}
