// SPDX-License-Identifier: GPL-2.0

//! Satisfying the waits in the queue of a signaled object, in the order of the queue.

use super::{
    all_locked::{
        with_all_locked,
        AllLocked, //
    },
    block::{
        max_waits_of,
        members,
        Wait,
        WaitType, //
    },
    object::{
        Locked,
        QueueEntry, //
    },
    wake_queue::WakeQueue,
    Object,
    Signal, //
};
use crate::sys::queue::WaitAllGuard;
use core::ptr::{
    eq,
    NonNull, //
};

/// The locks that a signaler holds. They decide which waits it can satisfy.
pub(super) enum LockScope<'a, 'o, S: Signal> {
    /// The lock of one object. The signal can complete no wait for all: none is in the queue, or
    /// the object was signaled for everybody before.
    Object,
    /// wait_all_lock, the lock of the object, and perhaps that of a `second` one.
    WaitAll {
        guard: &'a WaitAllGuard<'a>,
        second: Option<&'a mut Locked<'o, S>>,
    },
}

impl<'a, S: Signal> LockScope<'a, '_, S> {
    /// wait_all_lock and the lock of one object.
    pub(super) fn wait_all(guard: &'a WaitAllGuard<'a>) -> Self {
        LockScope::WaitAll {
            guard,
            second: None,
        }
    }
}

/// Satisfies waits in the queue of `object`, in the order of the queue from the `first`. Stops when
/// the object is no longer signaled. NT: A3 rules 1 to 6, F5.
///
/// # Safety
///
/// `first` is in the queue of `object`.
pub(super) unsafe fn satisfy_waiters<S: Signal>(
    object: &mut Locked<'_, S>,
    first: NonNull<QueueEntry<S>>,
    mut scope: LockScope<'_, '_, S>,
    wake_queue: &mut WakeQueue<Object<S>>,
) {
    let mut next = Some(first);
    while let Some(entry) = next {
        if is_done(object, wake_queue) {
            break;
        }
        // SAFETY: `entry` is in the queue. It is the first, or it came behind an entry that was
        // left there or taken out alone.
        next = unsafe { object.after(entry) };
        // SAFETY: The entry is in the queue, whose lock is held, so it is valid.
        match unsafe { entry.as_ref() }.body.wait_type {
            WaitType::Any => satisfy_any(object, entry, wake_queue),
            WaitType::All => satisfy_all(object, &mut scope, entry, wake_queue),
        }
    }
}

/// Whether no more waits in the queue of `object` can be satisfied. A mutant that got an owner
/// satisfies only other waits by that owner. If owners are threads, there are usually no such
/// waits, and the rest of the queue is not walked.
#[inline]
fn is_done<S: Signal>(object: &mut Locked<'_, S>, wake_queue: &WakeQueue<Object<S>>) -> bool {
    match object.inner().state.signal_state().sole_owner() {
        // All waits that were satisfied so far are by this owner. They are counted until they end.
        Some(owner) => max_waits_of(owner) <= wake_queue.count(),
        None => !object.is_signaled(),
    }
}

/// Satisfies the wait of `entry` in the queue of `object`, if the object is signaled for it and
/// nobody else has ended it.
fn satisfy_any<S: Signal>(
    object: &mut Locked<'_, S>,
    entry: NonNull<QueueEntry<S>>,
    wake_queue: &mut WakeQueue<Object<S>>,
) {
    // SAFETY: The entry is in the queue, whose lock is held, so it is valid.
    let waiting = unsafe { entry.as_ref() };
    let wait = waiting.body.wait();
    if !object.is_signaled_for(wait.waiter) || !wait.claim() {
        return;
    }
    take(object, waiting, wait);
    // SAFETY: The wait is claimed, and the entry is out of its queue.
    unsafe { wake_queue.push(entry) };
}

/// Satisfies the wait for all of `entry` in the queue of `object`, if all its objects are signaled
/// for it and nobody else has ended it. Otherwise changes nothing. NT: A3 rules 4, 5.
fn satisfy_all<S: Signal>(
    object: &mut Locked<'_, S>,
    scope: &mut LockScope<'_, '_, S>,
    entry: NonNull<QueueEntry<S>>,
    wake_queue: &mut WakeQueue<Object<S>>,
) {
    let LockScope::WaitAll { guard, second } = scope else {
        return;
    };
    // SAFETY: The entry is in the queue, whose lock is held, so it is valid.
    let waiting = unsafe { entry.as_ref() };
    let wait = waiting.body.wait();
    if !object.is_signaled_for(wait.waiter) {
        return;
    }
    // SAFETY: The entry is in the queue, whose lock is held.
    let members = unsafe { members(entry) };
    let this = object.object;
    let is_other = |member: &&QueueEntry<S>| !eq(member.body.object(), this);
    // While this wait is in its queue, a member becomes signaled only under wait_all_lock, which is
    // held. So a member that is not signaled stays so.
    let is_unsignaled = |member: &&QueueEntry<S>| {
        !member
            .body
            .object()
            .signal_state()
            .is_signaled_for(wait.waiter)
    };
    let hint = members.get(wait.unsignaled()).filter(is_other);
    if hint.is_some_and(|member| is_unsignaled(&member)) {
        return;
    }
    let others = members.iter().filter(is_other);
    if let Some(member) = others.clone().find(is_unsignaled) {
        wait.note_unsignaled(member.body.index);
        return;
    }
    // If there is a second object, it is locked already, whether it is a member or not.
    let mut second = second.as_deref_mut().and_then(|second| {
        let is_its = |other: &&QueueEntry<S>| eq(other.body.object(), second.object);
        others.clone().find(is_its).map(|member| (member, second))
    });
    let held = second.as_ref().map(|(member, _)| *member);
    let unlocked = others.filter(|other| !held.is_some_and(|held| eq(held, *other)));
    let take_all = |all: &mut AllLocked<_, _>| {
        let is_signaled =
            |(_, object): &mut (_, &mut Locked<'_, S>)| object.is_signaled_for(wait.waiter);
        if !second.as_mut().is_none_or(is_signaled) || !all.are_signaled_for(wait.waiter) {
            return false;
        }
        if !wait.claim() {
            return false;
        }
        take(object, waiting, wait);
        if let Some((member, object)) = second {
            take(object, member, wait);
        }
        all.for_each(|member: &&_, object| take(object, member, wait));
        true
    };
    // SAFETY: The members do not change. Their objects are distinct. None of the `unlocked` is
    // locked.
    if unsafe { with_all_locked(guard, unlocked, take_all) } {
        // SAFETY: The wait is claimed, and its entries are out of their queues.
        unsafe { wake_queue.push(entry) };
    }
}

/// Takes the signal of `object` for the wait of `entry`, which the caller has claimed, and takes
/// the entry out of its queue.
fn take<S: Signal>(object: &mut Locked<'_, S>, entry: &QueueEntry<S>, wait: &Wait) {
    if object.inner().state.satisfy(wait.waiter) {
        wait.take_abandoned();
    }
    object.dequeue(entry);
}
