// SPDX-License-Identifier: GPL-2.0

//! Satisfying a wait at once: nothing is allocated, queued or timed. NT: B1 step 1.

use super::{
    object::Locked,
    Object,
    Signal,
    Waiter, //
};
use crate::sys::{
    full_barrier,
    queue::Gate, //
};
use core::mem::ManuallyDrop;

/// Satisfies a wait for any of `objects` if one of them is signaled for `waiter`: the first such, whose
/// index it returns. `None` says that at one instant of the call none was. Any context up to hard interrupt.
///
/// No lock is taken but that of the object that satisfies the wait. The objects are read one after another,
/// and then as a whole: what was found holds at one instant if none of those read turned meanwhile. NT: V54
/// to V60, V82.
#[inline]
pub(crate) fn try_any<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    waiter: Waiter,
) -> Option<usize> {
    // A caller that finds nothing must have made its earlier stores visible to who signals next.
    full_barrier();
    'again: loop {
        let mut seen = 0u64;
        for (index, object) in objects.iter().enumerate() {
            let object = object.as_ref();
            let turns = object.turns();
            if turns.is_open() {
                let mut locked = object.lock();
                if locked.inner().state.is_signaled_for(waiter) {
                    if objects
                        .iter()
                        .take(index)
                        .map(turns_of)
                        .fold(0, u64::wrapping_add)
                        != seen
                    {
                        continue 'again;
                    }
                    locked.inner().state.satisfy(waiter);
                    return Some(index);
                }
            }
            seen = seen.wrapping_add(turns.0);
        }
        if objects.len() <= 1 || objects.iter().map(turns_of).fold(0, u64::wrapping_add) == seen {
            return None;
        }
    }
}

#[inline]
fn turns_of<S: Signal, O: AsRef<Object<S>>>(object: &O) -> u64 {
    object.as_ref().turns().0
}

/// Satisfies a wait for all of `objects`, which are distinct, if all are signaled for `waiter` at one
/// instant; else satisfies nobody. With an `alert`, and not all signaled, takes the alert instead if that is
/// signaled. Returns the index of the object, counting the alert as the last, or 0 for all. Any context up
/// to hard interrupt. NT: V57, V58, V73.
pub(crate) fn try_all<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    alert: Option<&Object<S>>,
    waiter: Waiter,
) -> Option<usize> {
    full_barrier();
    loop {
        if is_any_closed(objects) {
            // At this instant the wait for all is not satisfied.
        } else if take_all(objects, waiter) {
            return Some(0);
        }
        let alert = alert?;
        if !alert.is_open() {
            return None;
        }
        let mut locked = alert.lock();
        if !locked.inner().state.is_signaled_for(waiter) {
            return None;
        }
        if is_any_closed(objects) {
            locked.inner().state.satisfy(waiter);
            return Some(objects.len());
        }
    }
}

fn is_any_closed<S: Signal, O: AsRef<Object<S>>>(objects: &[O]) -> bool {
    objects.iter().any(|object| !object.as_ref().is_open())
}

fn take_all<S: Signal, O: AsRef<Object<S>>>(objects: &[O], waiter: Waiter) -> bool {
    let gate = Gate::lock();
    with_all_locked(&gate, objects, |all| all.satisfy(waiter))
}

/// Several objects, all locked.
pub(super) struct AllLocked<'a, O>(&'a [O]);

impl<O> AllLocked<'_, O> {
    /// The objects in order.
    pub(super) fn for_each<S: Signal>(&self, mut f: impl FnMut(usize, &mut Locked<'_, S>))
    where
        O: AsRef<Object<S>>,
    {
        for (index, object) in self.0.iter().enumerate() {
            // SAFETY: `with_all_locked` holds every lock, and no other view is in use.
            let mut view = unsafe { object.as_ref().assume_locked() };
            f(index, &mut view);
        }
    }

    /// Satisfies a wait for all by `waiter`, or changes nothing.
    pub(super) fn satisfy<S: Signal>(&self, waiter: Waiter) -> bool
    where
        O: AsRef<Object<S>>,
    {
        let mut signaled = true;
        self.for_each(|_, object| signaled &= object.inner().state.is_signaled_for(waiter));
        if signaled {
            self.for_each(|_, object| object.inner().state.satisfy(waiter));
        }
        signaled
    }
}

/// Runs `f` with every object of `objects`, which are distinct, locked under the gate.
pub(super) fn with_all_locked<S: Signal, O: AsRef<Object<S>>, R>(
    gate: &Gate,
    objects: &[O],
    f: impl FnOnce(AllLocked<'_, O>) -> R,
) -> R {
    for object in objects {
        core::mem::forget(object.as_ref().lock_under(gate));
    }
    let result = f(AllLocked(objects));
    for object in objects {
        // SAFETY: Locked above, and its guard was forgotten.
        drop(ManuallyDrop::into_inner(unsafe {
            object.as_ref().assume_locked()
        }));
    }
    result
}
