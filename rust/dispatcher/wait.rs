// SPDX-License-Identifier: GPL-2.0

//! Waiting: joining the queues, sleeping, and leaving with one outcome.

use super::{
    block::{
        Block,
        Wait, //
    },
    object::{
        Locked,
        WaitBlock, //
    },
    try_wait::with_all_locked,
    Deadline,
    Object,
    Satisfied,
    Signal,
    Waiter, //
};
use crate::sys::{
    clock::Clock,
    queue::{
        Entry,
        WaitAllLock, //
    },
    storage::{
        with_array,
        AllocError,
        Storage, //
    },
    task::{
        sleep,
        sleep_for_waker,
        Woken, //
    },
};

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The wait was satisfied.
    Satisfied(Satisfied),
    /// The deadline came; nothing was consumed.
    Timeout,
    /// A Unix signal came; nothing was consumed.
    Interrupted,
}

/// What came of joining an object's queue.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Joined {
    /// The block is in the queue.
    Queued,
    /// The object was signaled and has satisfied the wait.
    Satisfied(Satisfied),
    /// Somebody ended the wait before.
    Ended,
}

/// Waits until any of `objects` is signaled. Where several are when the wait is queued, the first
/// wins. `blocks` is the storage for many wait blocks. Process context, may sleep. Fails only for
/// lack of memory, with nothing changed. NT: A3 rules 8 to 10.
pub(crate) fn wait_any<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    waiter: Waiter,
    deadline: Deadline,
    blocks: Storage<'_, WaitBlock<S>>,
) -> Result<Outcome, AllocError> {
    let wait = Wait::new(waiter, 0);
    let entries = entries_of(&wait, objects, None);
    with_array(objects.len(), blocks, entries, |entries| {
        for entry in entries {
            // SAFETY: `leave` or `finish` takes every entry out before this returns.
            match unsafe { join(entry) } {
                Joined::Queued => (),
                Joined::Satisfied(satisfied) => {
                    leave(entries.iter().take(satisfied.index));
                    return Outcome::Satisfied(satisfied);
                }
                Joined::Ended => break,
            }
        }
        finish(&wait, entries, 0, deadline)
    })
}

/// Waits until all of `objects`, which are distinct, are signaled at one instant, or the `alert` is
/// while they are not; the alert counts as the object behind the last. Context and errors as
/// [`wait_any`]. NT: A3 rules 4, 5; V69 to V72.
pub(crate) fn wait_all<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    alert: Option<&Object<S>>,
    waiter: Waiter,
    deadline: Deadline,
    blocks: Storage<'_, WaitBlock<S>>,
) -> Result<Outcome, AllocError> {
    let count = objects.len();
    let wait = Wait::new(waiter, count);
    let capacity = count.saturating_add(usize::from(alert.is_some()));
    let entries = entries_of(&wait, objects, alert);
    with_array(capacity, blocks, entries, |entries| {
        // SAFETY: `leave` or `finish` takes every entry out before this returns.
        if let Joined::Satisfied(all) = unsafe { join_all(objects, entries, waiter) } {
            return Outcome::Satisfied(all);
        }
        for alert in entries.iter().skip(count) {
            // SAFETY: As above.
            if let Joined::Satisfied(satisfied) = unsafe { join(alert) } {
                leave(entries.iter().take(count));
                return Outcome::Satisfied(satisfied);
            }
        }
        finish(&wait, entries, count, deadline)
    })
}

/// The entries of `wait` for `objects` and the `alert`.
fn entries_of<'a, S: Signal + 'a, O: AsRef<Object<S>>>(
    wait: &'a Wait,
    objects: &'a [O],
    alert: Option<&'a Object<S>>,
) -> impl Iterator<Item = WaitBlock<S>> + 'a {
    let mut index = 0usize;
    core::iter::from_fn(move || {
        let object = match objects.get(index) {
            Some(object) => object.as_ref(),
            None => alert.filter(|_| index == objects.len())?,
        };
        let entry = Entry::new(Block::new(wait, object, index));
        index = index.wrapping_add(1);
        Some(entry)
    })
}

/// Takes the signal of the entry's object for the wait, or else queues the entry.
///
/// # Safety
///
/// The entry stays in place until it left the queue.
pub(super) unsafe fn join<S: Signal>(entry: &WaitBlock<S>) -> Joined {
    // SAFETY: The caller's promise.
    unsafe { join_locked(&mut entry.body.object().lock(), entry) }
}

/// As [`join`], with the entry's object locked.
///
/// # Safety
///
/// As [`join`].
pub(super) unsafe fn join_locked<S: Signal>(
    object: &mut Locked<'_, S>,
    entry: &WaitBlock<S>,
) -> Joined {
    let wait = entry.body.wait();
    if !wait.is_pending() {
        return Joined::Ended;
    }
    if !object.is_signaled_for(wait.waiter) {
        // SAFETY: The caller's promise; a new entry is in no queue.
        unsafe { object.enqueue(entry) };
        return Joined::Queued;
    }
    if !wait.claim() {
        return Joined::Ended;
    }
    Joined::Satisfied(Satisfied {
        index: entry.body.index as usize,
        abandoned: object.inner().state.satisfy(wait.waiter),
    })
}

/// Takes the signals of all of `objects` for the wait, or else queues the entries of all of them,
/// atomically.
///
/// # Safety
///
/// As [`join`].
unsafe fn join_all<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    entries: &[WaitBlock<S>],
    waiter: Waiter,
) -> Joined {
    let wait_all_lock = WaitAllLock::lock();
    with_all_locked(&wait_all_lock, objects, |all| {
        if let Some(satisfied) = all.satisfy(waiter) {
            return Joined::Satisfied(satisfied);
        }
        for (entry, mut object) in entries.iter().zip(all.iter()) {
            // SAFETY: The caller's promise; a new entry is in no queue.
            unsafe { object.enqueue(entry) };
        }
        Joined::Queued
    })
}

/// Sleeps until somebody ended the wait or it is time to give up, and takes the entries that are
/// left out of their queues. The first `members` entries are those of a wait for all.
///
/// The thread takes no lock that the waker held: the entry that satisfied the wait is out of its
/// queue, and so are all members with it.
pub(super) fn finish<S: Signal>(
    wait: &Wait,
    entries: &[WaitBlock<S>],
    members: usize,
    deadline: Deadline,
) -> Outcome {
    let is_satisfied = || wait.satisfied().is_some();
    let time = match deadline {
        Deadline::Never => None,
        Deadline::At(clock, time) => Some((clock, time)),
        // Callers test first and come here to sleep; a sleep that ends at boot is none.
        Deadline::Past => Some((Clock::Monotonic, 0)),
    };
    let woken = sleep(&is_satisfied, time, wait.waiter.sleep_mode);
    if woken != Woken::Ready {
        if wait.claim() {
            leave(entries.iter());
            return match woken {
                Woken::Signal => Outcome::Interrupted,
                _ => Outcome::Timeout,
            };
        }
        sleep_for_waker(&is_satisfied);
    }
    let satisfied = wait.satisfied().unwrap_or_default();
    let together = satisfied.index < members;
    let is_out = |at: usize| at == satisfied.index || (together && at < members);
    let left = (0..entries.len())
        .zip(entries)
        .filter(|(at, _)| !is_out(*at));
    leave(left.map(|(_, entry)| entry));
    Outcome::Satisfied(Satisfied {
        index: if together { 0 } else { satisfied.index },
        ..satisfied
    })
}

/// Takes entries out of the queues in which they still are.
pub(super) fn leave<'a, S: Signal + 'a>(entries: impl Iterator<Item = &'a WaitBlock<S>>) {
    for entry in entries {
        entry.body.object().lock().dequeue(entry);
    }
}
