// SPDX-License-Identifier: GPL-2.0

//! Handing a signal to who waits: satisfaction, in the order of the queue.

use super::{
    block::{
        members,
        most_waits_of,
        Block,
        Grants,
        Role, //
    },
    object::Locked,
    Object,
    Signal, //
};
use crate::sys::queue::{
    Entry,
    WaitAllLock, //
};
use core::{
    mem::ManuallyDrop,
    ptr::NonNull, //
};

/// What a signaler has locked, and so whom it can satisfy.
pub(super) enum Reach<'a, S> {
    /// One object. No wait for all stands in its queue, or the object is signaled already and so
    /// satisfies nobody.
    Queue,
    /// wait_all_lock, the object, and perhaps a second object.
    WaitAll {
        wait_all_lock: &'a WaitAllLock,
        beside: Option<&'a Object<S>>,
    },
}

impl<'a, S> Reach<'a, S> {
    /// Under wait_all_lock, with one object locked.
    pub(super) fn wait_all(wait_all_lock: &'a WaitAllLock) -> Self {
        Reach::WaitAll {
            wait_all_lock,
            beside: None,
        }
    }
}

/// Satisfies the waits in the queue of `object`, in its order from the `first`, for as long as it
/// is signaled. NT: A3 rules 1 to 6, F5.
pub(super) fn deliver<S: Signal>(
    object: &mut Locked<'_, S>,
    first: NonNull<Entry<Block<S>>>,
    reach: Reach<'_, S>,
    grants: &mut Grants<S>,
) {
    let mut next = Some(first);
    while let Some(entry) = next {
        if is_done(object, grants) {
            break;
        }
        next = object.after(entry);
        // SAFETY: In the queue whose lock is held, so valid.
        match unsafe { entry.as_ref() }.body.role {
            Role::Any => satisfy_any(object, entry, grants),
            Role::All => satisfy_all(object, &reach, entry, grants),
        }
    }
}

/// Whether no more waits in the queue of `object` can be satisfied. A mutant that got an owner
/// satisfies other waits by that owner alone, and as a rule, where owners are threads, there are
/// none: then who stands behind is not looked at.
#[inline]
fn is_done<S: Signal>(object: &mut Locked<'_, S>, grants: &Grants<S>) -> bool {
    match object.inner().state.signal_state().sole_owner() {
        // All grants so far are to waits by this owner, which are counted until they end.
        Some(owner) => most_waits_of(owner) <= grants.count(),
        None => !object.is_signaled(),
    }
}

/// Satisfies the wait of `entry`, in the queue of `object`, if the object is signaled for it and
/// nobody else has ended it.
fn satisfy_any<S: Signal>(
    object: &mut Locked<'_, S>,
    entry: NonNull<Entry<Block<S>>>,
    grants: &mut Grants<S>,
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
    unsafe { grants.push(entry) };
}

/// Satisfies the wait for all of `entry`, in the queue of `object`, if all its objects are signaled
/// for it and nobody else has ended it. Nothing changes otherwise. NT: A3 rules 4, 5.
fn satisfy_all<S: Signal>(
    object: &mut Locked<'_, S>,
    reach: &Reach<'_, S>,
    entry: NonNull<Entry<Block<S>>>,
    grants: &mut Grants<S>,
) {
    let Reach::WaitAll {
        wait_all_lock,
        beside,
    } = *reach
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
        others()
            .filter(|other| !beside.is_some_and(|held| core::ptr::eq(other.body.object(), held)))
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
        unsafe { grants.push(entry) };
    }
}
