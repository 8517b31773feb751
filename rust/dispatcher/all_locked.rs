// SPDX-License-Identifier: GPL-2.0

//! Locking several objects at a time.

use super::{
    object::Locked,
    Object,
    Satisfied,
    Signal,
    Waiter, //
};
use crate::sys::queue::WaitAllLock;
use core::{
    marker::PhantomData,
    mem::ManuallyDrop, //
};

/// Objects that are all locked, under wait_all_lock.
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
            // SAFETY: `with_all_locked` locked it. The views are used one after another.
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
/// none of them.
pub(super) unsafe fn with_all_locked<S, I, R>(
    wait_all_lock: &WaitAllLock,
    objects: I,
    f: impl FnOnce(&mut AllLocked<S, I>) -> R,
) -> R
where
    S: Signal,
    I: Iterator<Item: AsRef<Object<S>>> + Clone,
{
    for object in objects.clone() {
        core::mem::forget(object.as_ref().lock_nested(wait_all_lock));
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
