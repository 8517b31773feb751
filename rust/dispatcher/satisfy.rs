// SPDX-License-Identifier: GPL-2.0

//! Satisfying the waits in the queue of an object that was signaled, in the order of the queue.

use super::{
    block::{
        max_waits_of,
        members,
        WaitType,
        WakeQueue, //
    },
    object::{
        Locked,
        WaitBlock, //
    },
    Object,
    Signal, //
};
use crate::sys::queue::WaitAllLock;
use core::{
    mem::ManuallyDrop,
    ptr::NonNull, //
};

/// Which locks a signaler holds, which decides the waits that it can satisfy.
pub(super) enum LockScope<'a, S> {
    /// The lock of one object. No wait for all is in its queue, or the object is signaled already,
    /// so it satisfies nobody.
    Object,
    /// wait_all_lock, the lock of the object, and perhaps that of a second one.
    WaitAll {
        wait_all_lock: &'a WaitAllLock,
        also_locked: Option<&'a Object<S>>,
    },
}

impl<'a, S> LockScope<'a, S> {
    /// wait_all_lock and the lock of one object.
    pub(super) fn wait_all(wait_all_lock: &'a WaitAllLock) -> Self {
        LockScope::WaitAll {
            wait_all_lock,
            also_locked: None,
        }
    }
}

/// Satisfies the waits in the queue of `object`, in its order from the `first`, for as long as it
/// is signaled. NT: A3 rules 1 to 6, F5.
pub(super) fn satisfy_waiters<S: Signal>(
    object: &mut Locked<'_, S>,
    first: NonNull<WaitBlock<S>>,
    scope: LockScope<'_, S>,
    wake_queue: &mut WakeQueue<Object<S>>,
) {
    let mut next = Some(first);
    while let Some(entry) = next {
        if is_done(object, wake_queue) {
            break;
        }
        next = object.after(entry);
        // SAFETY: In the queue whose lock is held, so valid.
        match unsafe { entry.as_ref() }.body.wait_type {
            WaitType::Any => satisfy_any(object, entry, wake_queue),
            WaitType::All => satisfy_all(object, &scope, entry, wake_queue),
        }
    }
}

/// Whether no more waits in the queue of `object` can be satisfied. A mutant that got an owner
/// satisfies other waits by that owner only. Where owners are threads there are usually none, and
/// the rest of the queue is not walked.
#[inline]
fn is_done<S: Signal>(object: &mut Locked<'_, S>, wake_queue: &WakeQueue<Object<S>>) -> bool {
    match object.inner().state.signal_state().sole_owner() {
        // All waits satisfied so far are by this owner, and are counted until they end.
        Some(owner) => max_waits_of(owner) <= wake_queue.count(),
        None => !object.is_signaled(),
    }
}

/// Satisfies the wait of `entry`, in the queue of `object`, if the object is signaled for it and
/// nobody else has ended it.
fn satisfy_any<S: Signal>(
    object: &mut Locked<'_, S>,
    entry: NonNull<WaitBlock<S>>,
    wake_queue: &mut WakeQueue<Object<S>>,
) {
    // SAFETY: In the queue whose lock is held, so valid.
    let waiting = unsafe { entry.as_ref() };
    let wait = waiting.body.wait();
    if !object.is_signaled_for(wait.waiter) || !wait.claim() {
        return;
    }
    if object.inner().state.satisfy(wait.waiter) {
        wait.take_abandoned();
    }
    object.dequeue(waiting);
    // SAFETY: Claimed, and taken out of its queue.
    unsafe { wake_queue.push(entry) };
}

/// Satisfies the wait for all of `entry`, in the queue of `object`, if all its objects are signaled
/// for it and nobody else has ended it. Nothing changes otherwise. NT: A3 rules 4, 5.
fn satisfy_all<S: Signal>(
    object: &mut Locked<'_, S>,
    scope: &LockScope<'_, S>,
    entry: NonNull<WaitBlock<S>>,
    wake_queue: &mut WakeQueue<Object<S>>,
) {
    let LockScope::WaitAll {
        wait_all_lock,
        also_locked,
    } = *scope
    else {
        return;
    };
    let this = object.object;
    // SAFETY: In the queue whose lock is held.
    let members = unsafe { members(entry) };
    let others = || {
        members.iter().filter(|member| {
            let other = member.body.object();
            !core::ptr::eq(other, this)
        })
    };
    // SAFETY: In the queue whose lock is held, so valid.
    let wait = unsafe { entry.as_ref() }.body.wait();
    if !object.is_signaled_for(wait.waiter) {
        return;
    }
    // While this wait is in its queue, a member becomes signaled only under wait_all_lock, which is
    // held. So one that is not signaled stays so.
    let is_unsignaled = |object: &Object<S>| !object.signal_state().is_signaled_for(wait.waiter);
    if others().any(|other| is_unsignaled(other.body.object())) {
        return;
    }
    let to_lock = || {
        others().filter(|other| {
            !also_locked.is_some_and(|held| core::ptr::eq(other.body.object(), held))
        })
    };
    for other in to_lock() {
        core::mem::forget(other.body.object().lock_nested(wait_all_lock));
    }
    let satisfied = members.iter().all(|member| {
        // SAFETY: Every member is locked: here, by the caller, or as the object itself.
        let mut view = unsafe { member.body.object().assume_locked() };
        view.is_signaled_for(wait.waiter)
    }) && wait.claim();
    if satisfied {
        for member in members {
            // SAFETY: As above.
            let mut view = unsafe { member.body.object().assume_locked() };
            if view.inner().state.satisfy(wait.waiter) {
                wait.take_abandoned();
            }
            view.dequeue(member);
        }
    }
    for other in to_lock() {
        // SAFETY: Locked above, and its guard was forgotten.
        drop(ManuallyDrop::into_inner(unsafe {
            other.body.object().assume_locked()
        }));
    }
    if satisfied {
        // SAFETY: Claimed, and taken out of all its queues.
        unsafe { wake_queue.push(entry) };
    }
}
