// SPDX-License-Identifier: GPL-2.0

//! Signaling one object and waiting on another, atomically.

use super::{
    block::WaitType,
    object::{
        BothLocked,
        Locked, //
    },
    satisfy::LockScope,
    try_wait::try_any,
    wait::{
        finish,
        Outcome, //
    },
    wait_block::{
        with_wait_blocks,
        Joined, //
    },
    wake_queue::WakeQueue,
    Deadline,
    Object,
    Satisfied,
    Signal,
    Waiter, //
};
use crate::sys::{
    queue::WaitAllLocks,
    storage::{
        AllocError,
        Storage, //
    },
};

/// Signals `signal` by `change` as [`Object::signal`] does, and waits for `target` or `alert`. The
/// alert counts as index 1. `target` may be the same object as `signal`. Nobody sees the signal
/// without the waiter in the queue. The signal stays, whatever becomes of the wait.
///
/// Process context, may sleep. Fails only for lack of memory, and changes nothing then. NT: B5,
/// F10, V115 to V124.
pub(crate) fn signal_and_wait<S: Signal>(
    signal: &Object<S>,
    change: impl FnOnce(&mut S),
    target: &Object<S>,
    alert: Option<&Object<S>>,
    waiter: Waiter,
    deadline: Deadline,
) -> Result<Outcome, AllocError> {
    let Some(time) = deadline.wake_time() else {
        let taken = signal_then(signal, change, target, |target| target.take(waiter));
        let satisfied = match alert {
            Some(alert) if taken.is_none() => try_any(&[target, alert], waiter),
            _ => taken.map(|abandoned| Satisfied {
                index: 0,
                abandoned,
            }),
        };
        return Ok(satisfied.map_or(Outcome::Timeout, Outcome::Satisfied));
    };
    let (targets, storage) = ([target], Storage::Heap);
    with_wait_blocks(&targets, alert, WaitType::Any, waiter, storage, |blocks| {
        let joined = signal_then(signal, change, target, |target| blocks.join_first(target));
        let joined = match joined {
            Joined::Queued => blocks.join_each(1),
            ended => ended,
        };
        match joined {
            Joined::Satisfied(satisfied) => Outcome::Satisfied(satisfied),
            Joined::Queued | Joined::Ended => finish(blocks, time),
        }
    })
}

/// How often the second lock is tried before wait_all_lock is taken instead. That takes about as
/// long as a lock may be held.
const TRIES: usize = 16;

/// Signals `signal` and runs `then` on `target` while both are locked. Then wakes the threads that
/// the signal released.
///
/// If the signal can complete no wait for all, the second lock is only tried. So two calls in
/// opposite directions cannot block each other. If the tries fail, both locks are taken under
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
            let mut both = match BothLocked::try_lock(first, target) {
                Ok(both) => both,
                Err(unlocked) => {
                    first = unlocked;
                    continue;
                }
            };
            let (first, second) = both.both();
            first.change_and_satisfy(change, |_| (), LockScope::Object, &mut wake_queue);
            let result = then(second);
            drop(both);
            wake_queue.wake_all();
            return result;
        }
    }
    drop(first);
    let both = [signal, target];
    let locks = WaitAllLocks::join(both.iter().map(|object| object.wait_all_lock()));
    let guard = locks.lock();
    let mut first = signal.lock_nested(&guard);
    let mut second = (!same).then(|| target.lock_nested(&guard));
    let scope = LockScope::WaitAll {
        guard: &guard,
        second: second.as_mut(),
    };
    first.change_and_satisfy(change, |_| (), scope, &mut wake_queue);
    let result = then(second.as_mut().unwrap_or(&mut first));
    drop(second);
    drop(first);
    drop(guard);
    drop(locks);
    wake_queue.wake_all();
    result
}
