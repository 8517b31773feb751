// SPDX-License-Identifier: GPL-2.0

//! Signaling an object: the state changes and waits are satisfied in one critical section.

use super::{
    object::Locked,
    satisfy::{
        satisfy_waiters,
        LockScope, //
    },
    wake_queue::WakeQueue,
    Object,
    Signal,
    SignalState, //
};

impl<S: Signal> Object<S> {
    /// Signals the object by `change`, satisfies the waits that it can, and runs `after`, all in
    /// one critical section. Then wakes the threads of these waits. Any context up to hard
    /// interrupt.
    #[inline]
    pub(crate) fn signal<R>(
        &self,
        change: impl FnOnce(&mut S) -> R,
        after: impl FnOnce(&mut S),
    ) -> R {
        let mut locked = self.lock();
        if locked.is_queue_empty() {
            let state = &mut locked.inner().state;
            let result = change(state);
            after(state);
            return result;
        }
        self.signal_queue(locked, change, after)
    }

    /// [`Self::signal`] if the queue has entries.
    #[inline(never)]
    fn signal_queue<R>(
        &self,
        mut locked: Locked<'_, S>,
        change: impl FnOnce(&mut S) -> R,
        after: impl FnOnce(&mut S),
    ) -> R {
        let mut wake_queue = WakeQueue::new();
        let result = if locked.may_satisfy_all() {
            drop(locked);
            let guard = self.wait_all_lock().lock();
            let mut locked = self.lock_nested(&guard);
            let scope = LockScope::wait_all(&guard);
            locked.change_and_satisfy(change, after, scope, &mut wake_queue)
        } else {
            let result =
                locked.change_and_satisfy(change, after, LockScope::Object, &mut wake_queue);
            drop(locked);
            result
        };
        wake_queue.wake_all();
        result
    }
}

impl<S: Signal> Locked<'_, S> {
    /// Whether signaling the object could complete a wait for all: the queue has one, and the
    /// object is not signaled for everybody already.
    #[inline]
    pub(super) fn may_satisfy_all(&mut self) -> bool {
        let inner = self.inner();
        inner.all_waiters != 0 && inner.state.signal_state() != SignalState::SIGNALED
    }

    /// What [`Object::signal`] does inside the critical section.
    #[inline]
    pub(super) fn change_and_satisfy<R>(
        &mut self,
        change: impl FnOnce(&mut S) -> R,
        after: impl FnOnce(&mut S),
        scope: LockScope<'_, '_, S>,
        wake_queue: &mut WakeQueue<Object<S>>,
    ) -> R {
        let before = self.inner().state.signal_state();
        let result = change(&mut self.inner().state);
        if self.inner().state.signal_state() == before {
            // The signal state did not change, so no more waits are satisfied.
            after(&mut self.inner().state);
            return result;
        }
        if let Some(first) = self.first() {
            // SAFETY: `first` is the first entry of the queue.
            unsafe { satisfy_waiters(self, first, scope, wake_queue) };
        }
        after(&mut self.inner().state);
        if self.is_signaled() {
            self.notify_pollers();
        }
        result
    }
}
