// SPDX-License-Identifier: GPL-2.0

//! Satisfying a wait at once: nothing is allocated, queued or timed. NT: B1 step 1.

use super::{
    object::Locked,
    Object,
    Satisfied,
    Signal,
    Waiter, //
};
use crate::sys::{
    full_barrier,
    queue::WaitAllLock, //
};
use core::mem::ManuallyDrop;

/// How often the objects are read, if they change all the time, before they are locked instead.
const PASSES: usize = 8;

/// Satisfies a wait for any of `objects` if one of them is signaled for `waiter`: by the first
/// such. `None` says that at one instant of the call none was. Any context up to hard interrupt.
///
/// No lock is taken but that of the object that satisfies the wait. The objects are read one after
/// another, and then all again. What was found holds at one instant if no object changed between
/// its two readings. NT: V54 to V60, V82.
#[inline]
pub(crate) fn try_any<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    waiter: Waiter,
) -> Option<Satisfied> {
    // A caller that finds nothing must have made its earlier stores visible to who signals next.
    full_barrier();
    for _ in 0..PASSES {
        if let Some(found) = pass(objects, waiter) {
            return found;
        }
    }
    try_any_locked(objects, waiter)
}

/// One pass of [`try_any`]: what it finds, or `None` if an object changed meanwhile.
#[inline]
fn pass<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    waiter: Waiter,
) -> Option<Option<Satisfied>> {
    let sum = |first: usize| {
        let snapshots = objects.iter().take(first).map(snapshot_of);
        snapshots.fold(0, u64::wrapping_add)
    };
    let mut seen = 0u64;
    for (index, object) in objects.iter().enumerate() {
        let object = object.as_ref();
        let snapshot = object.snapshot();
        if snapshot.signal_state().is_signaled_for(waiter) {
            let taken = object.update(|state| {
                if !state.signal_state().is_signaled_for(waiter) {
                    return Some(None);
                }
                let is_first = sum(index) == seen;
                is_first.then(|| Some(state.satisfy(waiter)))
            })?;
            if let Some(abandoned) = taken {
                return Some(Some(Satisfied { index, abandoned }));
            }
        }
        seen = seen.wrapping_add(snapshot.0);
    }
    (objects.len() <= 1 || sum(objects.len()) == seen).then_some(None)
}

#[inline]
fn snapshot_of<S: Signal, O: AsRef<Object<S>>>(object: &O) -> u64 {
    object.as_ref().snapshot().0
}

/// [`try_any`] with all objects locked, each once.
#[cold]
fn try_any_locked<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    waiter: Waiter,
) -> Option<Satisfied> {
    let wait_all_lock = WaitAllLock::lock();
    let is_first = |index: usize, object: &Object<S>| {
        !contains(objects.get(..index).unwrap_or_default(), object)
    };
    let distinct = || {
        let all = (0..objects.len()).zip(objects.iter().map(AsRef::as_ref));
        all.filter(|(index, object)| is_first(*index, object))
    };
    for (_, object) in distinct() {
        core::mem::forget(object.lock_nested(&wait_all_lock));
    }
    let found = distinct().find_map(|(index, object)| {
        // SAFETY: Locked above, and no other view is in use.
        let mut view = unsafe { object.assume_locked() };
        let abandoned = view.take(waiter)?;
        Some(Satisfied { index, abandoned })
    });
    for (_, object) in distinct() {
        // SAFETY: Locked above, and its guard was forgotten.
        drop(ManuallyDrop::into_inner(unsafe { object.assume_locked() }));
    }
    found
}

/// Satisfies a wait for all of `objects`, which are distinct, if all are signaled for `waiter` at
/// one instant; else satisfies nobody. With an `alert`, and not all signaled, takes the alert
/// instead if that is signaled; the alert counts as the object behind the last.
/// Any context up to hard interrupt. NT: V57, V58, V73.
pub(crate) fn try_all<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    alert: Option<&Object<S>>,
    waiter: Waiter,
) -> Option<Satisfied> {
    full_barrier();
    loop {
        let before = alert.map(Object::snapshot);
        if !is_any_unsignaled(objects, waiter) {
            if let Some(satisfied) = take_all(objects, waiter) {
                return Some(satisfied);
            }
        }
        // At an instant behind `before`, not all were signaled.
        let (alert, before) = alert.zip(before)?;
        if !before.signal_state().is_signaled_for(waiter) {
            if alert.snapshot() == before {
                return None;
            }
            continue;
        }
        let mut locked = alert.lock();
        if locked.is_signaled_for(waiter) && is_any_unsignaled(objects, waiter) {
            let abandoned = locked.inner().state.satisfy(waiter);
            let index = objects.len();
            return Some(Satisfied { index, abandoned });
        }
    }
}

/// Whether one object is there twice; there are no more than a wait takes. Any context. NT: V67,
/// V68.
pub(crate) fn has_duplicates<S, O: AsRef<Object<S>>>(objects: &[O]) -> bool {
    // An open-addressed hash table of the objects' numbers, from one on, by their addresses; 0 is a
    // free entry. At least half of the entries stay free.
    const SIZE: usize = 128;
    let mut table = [0u8; SIZE];
    let mut number = 0u8;
    for object in objects {
        let object: *const Object<S> = object.as_ref();
        // Objects are next to each other in slabs, some units of 32 bytes apart. Multiples of the
        // golden ratio of 2^64 spread a few units evenly; of the product the 7 bits at the top.
        let hash = (object.addr() as u64 >> 5).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 57;
        let mut index = hash as usize;
        number = number.wrapping_add(1);
        while let Some(entry) = table.get_mut(index % SIZE) {
            if *entry == 0 {
                *entry = number;
                break;
            }
            let other = objects.get((*entry as usize).wrapping_sub(1));
            if other.is_some_and(|other| core::ptr::eq(other.as_ref(), object)) {
                return true;
            }
            index = index.wrapping_add(1);
        }
    }
    false
}

fn contains<S, O: AsRef<Object<S>>>(objects: &[O], object: &Object<S>) -> bool {
    let mut objects = objects.iter();
    objects.any(|other| core::ptr::eq(other.as_ref(), object))
}

fn is_any_unsignaled<S: Signal, O: AsRef<Object<S>>>(objects: &[O], waiter: Waiter) -> bool {
    let mut objects = objects.iter().map(AsRef::as_ref);
    objects.any(|object| !object.signal_state().is_signaled_for(waiter))
}

fn take_all<S: Signal, O: AsRef<Object<S>>>(objects: &[O], waiter: Waiter) -> Option<Satisfied> {
    let wait_all_lock = WaitAllLock::lock();
    with_all_locked(&wait_all_lock, objects, |all| all.satisfy(waiter))
}

/// Several objects, all locked.
pub(super) struct AllLocked<'a, O>(&'a [O]);

impl<O> AllLocked<'_, O> {
    /// The objects in order.
    pub(super) fn iter<'a, S: Signal + 'a>(
        &'a self,
    ) -> impl Iterator<Item = ManuallyDrop<Locked<'a, S>>>
    where
        O: AsRef<Object<S>>,
    {
        let objects = self.0.iter().map(AsRef::as_ref);
        // SAFETY: `with_all_locked` holds every lock, and no other view is in use.
        objects.map(|object| unsafe { object.assume_locked() })
    }

    /// Satisfies a wait for all by `waiter`, or changes nothing.
    pub(super) fn satisfy<S: Signal>(&self, waiter: Waiter) -> Option<Satisfied>
    where
        O: AsRef<Object<S>>,
    {
        if !self.iter().all(|mut object| object.is_signaled_for(waiter)) {
            return None;
        }
        let mut abandoned = false;
        for mut object in self.iter() {
            abandoned |= object.inner().state.satisfy(waiter);
        }
        Some(Satisfied {
            index: 0,
            abandoned,
        })
    }
}

/// Runs `f` with every object of `objects`, which are distinct, locked under wait_all_lock.
pub(super) fn with_all_locked<S: Signal, O: AsRef<Object<S>>, R>(
    wait_all_lock: &WaitAllLock,
    objects: &[O],
    f: impl FnOnce(AllLocked<'_, O>) -> R,
) -> R {
    for object in objects {
        core::mem::forget(object.as_ref().lock_nested(wait_all_lock));
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

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_try_wait)]
mod tests {
    use super::*;
    use crate::dispatcher::SignalState;
    use kernel::prelude::*;

    /// An object that is signaled until it satisfies a wait.
    struct Signaled(bool);

    impl Signal for Signaled {
        const ALL_FIRST: bool = false;
        const IN_INTERRUPTS: bool = true;

        fn signal_state(&self) -> SignalState {
            SignalState::signaled_if(self.0)
        }

        fn satisfy(&mut self, _waiter: Waiter) -> bool {
            self.0 = false;
            false
        }
    }

    fn object(signaled: bool) -> Result<Pin<KBox<Object<Signaled>>>> {
        KBox::pin_init(Object::new(Signaled(signaled)), GFP_KERNEL)
    }

    /// Objects seldom change in each of [`PASSES`] passes.
    #[test]
    fn v54_to_v60_try_any_locked() -> Result {
        let (unsignaled, first, last) = (object(false)?, object(true)?, object(true)?);
        let objects = [&*unsignaled, &*first, &*first, &*unsignaled, &*last];
        let is_signaled = |object: &Object<Signaled>| object.look(|state| state.0);
        let index = || try_any_locked(&objects, Waiter::NOBODY).map(|found| found.index);
        assert_eq!(index(), Some(1));
        assert!(!is_signaled(&first) && is_signaled(&last));
        assert_eq!(index(), Some(4));
        assert_eq!(index(), None);
        assert!(!is_signaled(&unsignaled) && !is_signaled(&last));
        // every lock was dropped
        assert_eq!(unsignaled.waiters(), 0);
        Ok(())
    }
}
