// SPDX-License-Identifier: GPL-2.0

//! Signaling one object and waiting on another, atomically.

use super::{
    block::{
        Block,
        Wait,
        WakeQueue, //
    },
    object::Locked,
    satisfy::LockScope,
    try_wait::try_any,
    wait::{
        finish,
        join,
        join_locked,
        leave,
        Joined,
        Outcome, //
    },
    Deadline,
    Object,
    Satisfied,
    Signal,
    Waiter, //
};
use crate::sys::{
    queue::{
        Entry,
        WaitAllLock, //
    },
    storage::with_small_array,
};

/// Signals `signal` by `change` as [`Object::signal`] does, and waits on `target`, which may be the
/// same object, and on `alert`, which counts as index 1. Nobody sees the signal without the waiter
/// in the queue. The signal stays whatever becomes of the wait. Process context, may sleep.
/// NT: B5, F10, V115 to V124.
pub(crate) fn signal_and_wait<S: Signal>(
    signal: &Object<S>,
    change: impl FnOnce(&mut S),
    target: &Object<S>,
    alert: Option<&Object<S>>,
    waiter: Waiter,
    deadline: Deadline,
) -> Outcome {
    if deadline == Deadline::Past {
        let taken = signal_then(signal, change, target, |target| target.take(waiter));
        let satisfied = match alert {
            Some(alert) if taken.is_none() => try_any(&[target, alert], waiter),
            _ => taken.map(|abandoned| Satisfied {
                index: 0,
                abandoned,
            }),
        };
        return satisfied.map_or(Outcome::Timeout, Outcome::Satisfied);
    }
    let wait = Wait::new(waiter, 0);
    let blocks = [Some(target), alert].into_iter().flatten().enumerate();
    let entries = blocks.map(|(index, object)| Entry::new(Block::new(&wait, object, index)));
    with_small_array(entries, |entries| {
        let joined = entries.first().map(|entry| {
            signal_then(signal, change, target, |target| {
                // SAFETY: `leave` or `finish` takes every entry out before this returns.
                unsafe { join_locked(target, entry) }
            })
        });
        if let Some(Joined::Satisfied(satisfied)) = joined {
            return Outcome::Satisfied(satisfied);
        }
        for entry in entries.iter().skip(1) {
            // SAFETY: As above.
            if let Joined::Satisfied(satisfied) = unsafe { join(entry) } {
                leave(entries.iter().take(1));
                return Outcome::Satisfied(satisfied);
            }
        }
        finish(&wait, entries, 0, deadline)
    })
}

/// How often the second lock is tried before wait_all_lock is taken: about as long as it may be
/// held.
const TRIES: usize = 16;

/// Signals `signal` and runs `then` on `target` with both locked, then wakes whom the signal
/// released.
///
/// Where no wait for all could be satisfied, the second lock is only tried: two such calls in
/// opposite directions cannot block each other. Where that fails, both are taken under
/// wait_all_lock.
fn signal_then<S: Signal, R>(
    signal: &Object<S>,
    change: impl FnOnce(&mut S),
    target: &Object<S>,
    then: impl FnOnce(&mut Locked<'_, S>) -> R,
) -> R {
    let same = core::ptr::eq(signal, target);
    let mut wake_queue = WakeQueue::new();
    let mut first = signal.lock();
    if !first.may_satisfy_all() {
        if same {
            first.change_and_satisfy(change, |_| (), LockScope::Object, &mut wake_queue);
            let result = then(&mut first);
            drop(first);
            wake_queue.wake_all();
            return result;
        }
        for _ in 0..TRIES {
            let Some(mut second) = target.try_lock_second(&first) else {
                continue;
            };
            first.change_and_satisfy(change, |_| (), LockScope::Object, &mut wake_queue);
            let result = then(&mut second);
            drop(second);
            drop(first);
            wake_queue.wake_all();
            return result;
        }
    }
    drop(first);
    let wait_all_lock = WaitAllLock::lock();
    let mut first = signal.lock_nested(&wait_all_lock);
    let result = if same {
        first.change_and_satisfy(
            change,
            |_| (),
            LockScope::wait_all(&wait_all_lock),
            &mut wake_queue,
        );
        then(&mut first)
    } else {
        let mut second = target.lock_nested(&wait_all_lock);
        let also_locked = Some(target);
        let scope = LockScope::WaitAll {
            wait_all_lock: &wait_all_lock,
            also_locked,
        };
        first.change_and_satisfy(change, |_| (), scope, &mut wake_queue);
        then(&mut second)
    };
    drop(first);
    drop(wait_all_lock);
    wake_queue.wake_all();
    result
}
