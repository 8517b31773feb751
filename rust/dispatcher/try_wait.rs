// SPDX-License-Identifier: GPL-2.0

//! Satisfying a wait at once, without allocating, queueing or sleeping. NT: B1 step 1.

use super::{
    all_locked::{
        try_with_all_locked,
        with_all_locked,
        AllLocked, //
    },
    Object,
    Satisfied,
    Signal,
    Waiter, //
};
use crate::sys::{
    full_barrier,
    queue::{
        WaitAllLockRef,
        WaitAllLocks, //
    },
};
use core::ptr::eq;

/// How often the objects are read before they are locked instead, if they change each time.
const PASSES: usize = 8;

/// Up to this number, the objects of a wait for all are locked without wait_all_lock.
const FEW: usize = 8;

/// Satisfies a wait for any of `objects` by the first object that is signaled for `waiter`. `None`
/// says that at one instant of the call no object was signaled. Any context up to hard interrupt.
///
/// Only the object that satisfies the wait is locked. The objects are read one after another, and
/// then all again. The result holds at one instant if no object changed between its two readings.
/// NT: V54 to V60, V82.
#[inline]
pub(crate) fn try_any<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    waiter: Waiter,
) -> Option<Satisfied> {
    // If the caller finds nothing, the next signaler must see the caller's earlier stores.
    full_barrier();
    if let [object] = objects {
        return try_one(object.as_ref(), waiter);
    }
    for _ in 0..PASSES {
        if let Some(found) = pass(objects, waiter) {
            return found;
        }
    }
    try_any_locked(objects, waiter)
}

/// [`try_any`] for one object, which is not read again.
#[inline]
fn try_one<S: Signal>(object: &Object<S>, waiter: Waiter) -> Option<Satisfied> {
    if !object.signal_state().is_signaled_for(waiter) {
        return None;
    }
    let abandoned = object.lock().take(waiter)?;
    Some(Satisfied {
        index: 0,
        abandoned,
    })
}

/// One pass of [`try_any`]. Returns its result, or `None` if an object changed meanwhile.
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
    (sum(objects.len()) == seen).then_some(None)
}

#[inline]
fn snapshot_of<S: Signal, O: AsRef<Object<S>>>(object: &O) -> u64 {
    object.as_ref().snapshot().0
}

/// [`try_any`] with each object locked once.
#[cold]
fn try_any_locked<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    waiter: Waiter,
) -> Option<Satisfied> {
    let locks = WaitAllLocks::join(locks_of(objects));
    let guard = locks.lock();
    let is_first = |(index, object): &(usize, &O)| {
        let mut before = (0..*index).zip(objects);
        !before.any(|(_, other)| eq(other.as_ref(), object.as_ref()))
    };
    let distinct = (0..objects.len())
        .zip(objects)
        .filter(is_first)
        .map(Indexed);
    let take = |all: &mut AllLocked<_, _>| {
        all.find_map(|Indexed((index, _)), object| {
            let abandoned = object.take(waiter)?;
            Some(Satisfied {
                index: *index,
                abandoned,
            })
        })
    };
    // SAFETY: A slice gives the same objects each time. Each object is taken once. None is locked.
    unsafe { with_all_locked(&guard, distinct, take) }
}

/// An object of a wait and its index.
struct Indexed<O>((usize, O));

impl<S, O: AsRef<Object<S>>> AsRef<Object<S>> for Indexed<O> {
    fn as_ref(&self) -> &Object<S> {
        self.0 .1.as_ref()
    }
}

/// Satisfies a wait for all of `objects` if all are signaled for `waiter` at one instant. Otherwise
/// takes the `alert`, if there is one and it is signaled. The alert has the index behind the last
/// object. The objects are distinct. Any context up to hard interrupt. NT: V57, V58, V73.
pub(crate) fn try_all<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    alert: Option<&Object<S>>,
    waiter: Waiter,
) -> Option<Satisfied> {
    full_barrier();
    for _ in 0..PASSES {
        let before = alert.map(Object::snapshot);
        if !is_any_unsignaled(objects, waiter) {
            if let Some(satisfied) = take_all(objects, waiter) {
                return Some(satisfied);
            }
        }
        // At an instant after the load of `before`, not all objects were signaled.
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
    try_all_locked(objects, alert, waiter)
}

/// [`try_all`] with all objects and the alert locked. The alert may be one of the objects.
#[cold]
fn try_all_locked<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    alert: Option<&Object<S>>,
    waiter: Waiter,
) -> Option<Satisfied> {
    let is_member = |object: &&Object<S>| objects.iter().any(|member| eq(member.as_ref(), *object));
    let is_alert = |object: &Object<S>| alert.is_some_and(|alert| eq(alert, object));
    let all = objects.iter().map(AsRef::as_ref);
    let all = all.chain(alert.filter(|alert| !is_member(alert)));
    let locks = WaitAllLocks::join(all.clone().map(Object::wait_all_lock));
    let guard = locks.lock();
    let take = |locked: &mut AllLocked<S, _>| {
        let unsignaled = locked.find_map(|object: &&Object<S>, view| {
            (is_member(object) && !view.is_signaled_for(waiter)).then_some(())
        });
        if unsignaled.is_some() {
            let index = objects.len();
            return locked.find_map(|object: &&Object<S>, view| {
                let abandoned = is_alert(object).then(|| view.take(waiter))??;
                Some(Satisfied { index, abandoned })
            });
        }
        let mut abandoned = false;
        locked.for_each(|object: &&Object<S>, view| {
            if is_member(object) {
                abandoned |= view.inner().state.satisfy(waiter);
            }
        });
        Some(Satisfied {
            index: 0,
            abandoned,
        })
    };
    // SAFETY: A slice gives the same objects each time. The objects are distinct, and the alert is
    // left out if it is one of them. None is locked.
    unsafe { with_all_locked(&guard, all, take) }
}

/// Whether an object is in `objects` twice. There are at most as many as a wait takes. Any context.
/// NT: V67, V68.
pub(super) fn has_duplicates<S, O: AsRef<Object<S>>>(objects: &[O]) -> bool {
    // An open-addressed hash table. It maps the addresses of the objects to their indices. At least
    // half of the entries stay free.
    const SIZE: usize = 128;
    /// Up to this number, each object is compared with all others.
    const COMPARED: usize = 4;
    const FREE: u8 = u8::MAX;
    if objects.len() <= COMPARED {
        let mut rest = objects;
        while let [first, others @ ..] = rest {
            if others
                .iter()
                .any(|other| eq(other.as_ref(), first.as_ref()))
            {
                return true;
            }
            rest = others;
        }
        return false;
    }
    let mut table = [FREE; SIZE];
    for (number, object) in (0u8..FREE).zip(objects) {
        let object: *const Object<S> = object.as_ref();
        // Objects are neighbours in slabs, at distances of a few units of 32 bytes. Multiplication
        // by 2^64 divided by the golden ratio spreads such numbers evenly in the top 7 bits.
        let hash = (object.addr() as u64 >> 5).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 57;
        let mut index = hash as usize % SIZE;
        while let Some(entry) = table.get_mut(index) {
            if *entry == FREE {
                *entry = number;
                break;
            }
            let other = objects.get(usize::from(*entry));
            if other.is_some_and(|other| eq(other.as_ref(), object)) {
                return true;
            }
            index = (index + 1) % SIZE;
        }
    }
    false
}

fn is_any_unsignaled<S: Signal, O: AsRef<Object<S>>>(objects: &[O], waiter: Waiter) -> bool {
    let mut objects = objects.iter().map(AsRef::as_ref);
    objects.any(|object| !object.signal_state().is_signaled_for(waiter))
}

/// The wait_all_lock of each of the `objects`.
pub(super) fn locks_of<'a, S: Signal + 'a, O: AsRef<Object<S>>>(
    objects: &'a [O],
) -> impl Iterator<Item = &'a WaitAllLockRef> + Clone {
    objects.iter().map(|object| object.as_ref().wait_all_lock())
}

fn take_all<S: Signal, O: AsRef<Object<S>>>(objects: &[O], waiter: Waiter) -> Option<Satisfied> {
    let take = |all: &mut AllLocked<_, _>| all.satisfy(waiter);
    if objects.len() <= FEW {
        // SAFETY: A slice gives the same objects each time. They are distinct, and none is locked.
        if let Some(taken) = unsafe { try_with_all_locked(objects.iter(), take) } {
            return taken;
        }
    }
    let locks = WaitAllLocks::join(locks_of(objects));
    let guard = locks.lock();
    // SAFETY: A slice gives the same objects each time. They are distinct, and none is locked.
    unsafe { with_all_locked(&guard, objects.iter(), take) }
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
        let object = Object::new(Signaled(signaled), WaitAllLockRef::of_drivers());
        KBox::pin_init(object, GFP_KERNEL)
    }

    /// The public functions seldom get here, because objects seldom change in each of [`PASSES`]
    /// passes.
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

    #[test]
    fn f10_try_all_locked() -> Result {
        let (first, second, alert) = (object(true)?, object(false)?, object(true)?);
        let objects = [&*first, &*second];
        let is_signaled = |object: &Object<Signaled>| object.look(|state| state.0);
        let index = |alert| try_all_locked(&objects, alert, Waiter::NOBODY).map(|all| all.index);
        assert_eq!(index(None), None);
        assert_eq!(index(Some(&*alert)), Some(2));
        assert!(is_signaled(&first) && !is_signaled(&alert));
        // The alert may be one of the objects.
        assert_eq!(index(Some(&*first)), Some(2));
        assert!(!is_signaled(&first));
        assert_eq!(index(Some(&*second)), None);
        for object in objects {
            object.update(|state| state.0 = true);
        }
        assert_eq!(index(Some(&*first)), Some(0));
        assert!(!is_signaled(&first) && !is_signaled(&second));
        Ok(())
    }
}
