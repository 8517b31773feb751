// SPDX-License-Identifier: GPL-2.0

//! Locking several objects at a time.

use super::{
    object::Locked,
    Object,
    Satisfied,
    Signal,
    Waiter, //
};
use crate::sys::queue::WaitAllGuard;
use core::{
    marker::PhantomData,
    mem::ManuallyDrop, //
};

/// Objects that are all locked.
pub(super) struct AllLocked<S, I> {
    objects: I,
    _state: PhantomData<S>,
}

impl<S: Signal, I: Iterator<Item: AsRef<Object<S>>> + Clone> AllLocked<S, I> {
    /// Calls `f` with each object in order and with the item that refers to it, until `f` returns a
    /// value.
    pub(super) fn find_map<R>(
        &mut self,
        mut f: impl FnMut(&I::Item, &mut Locked<'_, S>) -> Option<R>,
    ) -> Option<R> {
        self.objects.clone().find_map(|item| {
            // SAFETY: Whoever made `self` has locked it. The views are used one after another.
            let mut view = unsafe { item.as_ref().assume_locked() };
            f(&item, &mut view)
        })
    }

    /// Calls `f` with each object in order and with the item that refers to it.
    pub(super) fn for_each(&mut self, mut f: impl FnMut(&I::Item, &mut Locked<'_, S>)) {
        self.find_map(|item, object| {
            f(item, object);
            None::<()>
        });
    }

    /// Whether all objects are signaled for `waiter`.
    pub(super) fn are_signaled_for(&mut self, waiter: Waiter) -> bool {
        let unsignaled =
            |_: &_, object: &mut Locked<'_, S>| (!object.is_signaled_for(waiter)).then_some(());
        self.find_map(unsignaled).is_none()
    }

    /// Satisfies a wait for all by `waiter` if all objects are signaled for it. Otherwise changes
    /// nothing.
    pub(super) fn satisfy(&mut self, waiter: Waiter) -> Option<Satisfied> {
        if !self.are_signaled_for(waiter) {
            return None;
        }
        let mut abandoned = false;
        self.for_each(|_, object| abandoned |= object.inner().state.satisfy(waiter));
        Some(Satisfied {
            index: 0,
            abandoned,
        })
    }
}

/// Runs `f` while all `objects` are locked under wait_all_lock.
///
/// # Safety
///
/// Each clone of `objects` gives the same objects. They are distinct, and the caller has locked
/// none of them. `guard` holds their wait_all_lock or the common lock.
pub(super) unsafe fn with_all_locked<S, I, R>(
    guard: &WaitAllGuard<'_>,
    objects: I,
    f: impl FnOnce(&mut AllLocked<S, I>) -> R,
) -> R
where
    S: Signal,
    I: Iterator<Item: AsRef<Object<S>>> + Clone,
{
    for object in objects.clone() {
        core::mem::forget(object.as_ref().lock_nested(guard));
    }
    let mut all = AllLocked {
        objects,
        _state: PhantomData,
    };
    let result = f(&mut all);
    for object in all.objects {
        // SAFETY: It was locked above, and its guard was forgotten.
        drop(ManuallyDrop::into_inner(unsafe {
            object.as_ref().assume_locked()
        }));
    }
    result
}

/// Runs `f` while all `objects` are locked, without wait_all_lock. Waits only for the lock of the
/// first object. Returns `None` if another thread has the lock of another one. lockdep counts each
/// lock, so there must be few.
///
/// # Safety
///
/// As for [`with_all_locked`].
pub(super) unsafe fn try_with_all_locked<S, I, R>(
    objects: I,
    f: impl FnOnce(&mut AllLocked<S, I>) -> R,
) -> Option<R>
where
    S: Signal,
    I: Iterator<Item: AsRef<Object<S>>> + Clone,
{
    let first = objects.clone().next()?;
    let first = first.as_ref().lock();
    let others = objects.clone().skip(1);
    let mut locked = 0usize;
    let mut all_locked = true;
    for object in others.clone() {
        // SAFETY: It is unlocked below, before the first.
        let Some(second) = (unsafe { object.as_ref().try_lock_second(&first) }) else {
            all_locked = false;
            break;
        };
        core::mem::forget(second);
        // Cannot overflow, because there are no more than `objects`.
        locked = locked.wrapping_add(1);
    }
    let result = all_locked.then(|| {
        f(&mut AllLocked {
            objects,
            _state: PhantomData,
        })
    });
    for object in others.take(locked) {
        // SAFETY: It was locked above, and its guard was forgotten.
        drop(ManuallyDrop::into_inner(unsafe {
            object.as_ref().assume_locked()
        }));
    }
    result
}
