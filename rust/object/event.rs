// SPDX-License-Identifier: GPL-2.0

//! The event. It is signaled or not, and has one of two types.

use crate::{
    dispatcher::{
        signal_and_wait,
        Deadline,
        Object,
        Outcome,
        Signal,
        SignalState,
        Waiter, //
    },
    sys::storage::AllocError, //
};

/// What a satisfied wait does to the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventType {
    /// NT: A2. Stays signaled until it is reset, so it releases every waiter ("manual reset").
    Notification,
    /// NT: A2. Is reset by the wait that it satisfies, so it releases one waiter ("auto reset").
    Synchronization,
}

/// The state of an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    event_type: EventType,
    signaled: bool,
}

impl Event {
    /// The state of a new event.
    pub(crate) fn new(event_type: EventType, signaled: bool) -> Self {
        Self {
            event_type,
            signaled,
        }
    }

    /// Signals the event. Returns the previous state.
    #[inline]
    pub(crate) fn set(&mut self) -> bool {
        core::mem::replace(&mut self.signaled, true)
    }

    /// Makes the event unsignaled. Returns the previous state.
    #[inline]
    pub(crate) fn reset(&mut self) -> bool {
        core::mem::replace(&mut self.signaled, false)
    }

    /// The type and the state.
    pub(crate) fn query(&self) -> (EventType, bool) {
        (self.event_type, self.signaled)
    }
}

impl Signal for Event {
    /// NT: F5.
    const ALL_FIRST: bool = false;

    const IN_INTERRUPTS: bool = true;

    #[inline]
    fn signal_state(&self) -> SignalState {
        SignalState::signaled_if(self.signaled)
    }

    #[inline]
    fn satisfy(&mut self, _waiter: Waiter) -> bool {
        if self.event_type == EventType::Synchronization {
            self.signaled = false;
        }
        false
    }
}

/// The operations on an event. Each returns the previous state if NT does. Any context, hard
/// interrupts included.
impl Object<Event> {
    /// Signals the event. Releases the oldest waiter of a synchronization event, or all waiters of
    /// a notification event. Otherwise the event stays signaled. NT: A2, V13, V14, V33, V34.
    #[inline]
    pub(crate) fn set(&self) -> bool {
        self.signal(Event::set, |_| ())
    }

    /// Releases the waiters that can be released now, and leaves the event unsignaled, in one step.
    /// NT: A5, V17, V18.
    pub(crate) fn pulse(&self) -> bool {
        self.signal(Event::set, |event| {
            event.reset();
        })
    }

    /// Makes the event unsignaled. NT: V15, V16. Also serves for Clear, which has no result, V21.
    #[inline]
    pub(crate) fn reset(&self) -> bool {
        self.update(Event::reset)
    }

    /// Sets this event and waits for `target`, and for `alert` as index 1, in one step. Process
    /// context, may sleep.
    /// NT: B5, V115 to V117.
    pub(crate) fn set_and_wait(
        &self,
        target: &Self,
        alert: Option<&Self>,
        deadline: Deadline,
    ) -> Result<Outcome, AllocError> {
        let set = |event: &mut Event| {
            event.set();
        };
        signal_and_wait(self, set, target, alert, Waiter::NOBODY, deadline)
    }

    /// The type and the state. NT: V5, V6, V26.
    pub(crate) fn query(&self) -> (EventType, bool) {
        self.look(Event::query)
    }

    /// Whether the event is signaled at some moment of the call. Takes no lock.
    #[inline]
    pub(crate) fn is_signaled(&self) -> bool {
        self.signal_state() == SignalState::SIGNALED
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_event)]
mod tests {
    use super::*;
    use crate::{
        dispatcher::{
            wait,
            WaitRequest,
            WaitType, //
        },
        sys::{
            queue::WaitAllLockRef,
            storage::Storage, //
        },
    };
    use kernel::prelude::*;

    type Boxed = Pin<KBox<Object<Event>>>;

    fn event(event_type: EventType, signaled: bool) -> Result<Boxed> {
        let state = Event::new(event_type, signaled);
        let object = Object::new(state, WaitAllLockRef::of_drivers());
        KBox::pin_init(object, GFP_KERNEL)
    }

    /// Tries a wait. Returns the index if the events satisfy it.
    fn try_wait(wait_type: WaitType, events: &[&Object<Event>], has_alert: bool) -> Option<usize> {
        let request = WaitRequest {
            wait_type,
            has_alert,
            waiter: Waiter::NOBODY,
        };
        match wait(events, request, || Deadline::Past, Storage::Heap) {
            Ok(Outcome::Satisfied(satisfied)) => Some(satisfied.index),
            _ => None,
        }
    }

    fn take(event: &Boxed) -> bool {
        try_wait(WaitType::Any, &[&**event], false).is_some()
    }

    #[test]
    fn v01_to_v06_initial_states() -> Result {
        for event_type in [EventType::Notification, EventType::Synchronization] {
            for signaled in [false, true] {
                assert_eq!(event(event_type, signaled)?.query(), (event_type, signaled));
            }
        }
        Ok(())
    }

    #[test]
    fn v07_v08_satisfaction() -> Result {
        let notification = event(EventType::Notification, true)?;
        assert!(take(&notification) && take(&notification));
        let synchronization = event(EventType::Synchronization, true)?;
        assert!(take(&synchronization) && !take(&synchronization));
        Ok(())
    }

    #[test]
    fn v13_to_v20_previous_states() -> Result {
        for event_type in [EventType::Notification, EventType::Synchronization] {
            let boxed = event(event_type, false)?;
            let event = &*boxed;
            assert_eq!((event.set(), event.set()), (false, true));
            assert_eq!((event.reset(), event.reset()), (true, false));
            assert_eq!((event.pulse(), event.is_signaled()), (false, false));
            event.set();
            assert_eq!((event.pulse(), event.is_signaled()), (true, false));
        }
        Ok(())
    }

    #[test]
    fn v55_v82_any_takes_the_first() -> Result {
        let first = event(EventType::Synchronization, false)?;
        let second = event(EventType::Synchronization, true)?;
        let third = event(EventType::Synchronization, true)?;
        let events = [&*first, &*second, &*third];
        let any = || try_wait(WaitType::Any, &events, false);
        assert_eq!(any(), Some(1));
        assert_eq!(any(), Some(2));
        assert_eq!(any(), None);
        Ok(())
    }

    #[test]
    fn v57_v58_all_or_nothing() -> Result {
        let first = event(EventType::Synchronization, true)?;
        let second = event(EventType::Synchronization, false)?;
        let alert = event(EventType::Synchronization, true)?;
        let all = || try_wait(WaitType::All, &[&*first, &*second], false);
        let all_or_alert = || try_wait(WaitType::All, &[&*first, &*second, &*alert], true);
        assert_eq!(all(), None);
        assert!(first.is_signaled());
        assert_eq!(all_or_alert(), Some(2));
        assert!(first.is_signaled() && !alert.is_signaled());
        assert_eq!(all_or_alert(), None);
        assert!(first.is_signaled());
        (*second).set();
        assert_eq!(all_or_alert(), Some(0));
        assert!(!first.is_signaled() && !second.is_signaled());
        Ok(())
    }

    #[test]
    fn v116_signal_and_wait_on_itself() -> Result {
        let event = event(EventType::Synchronization, false)?;
        let outcome = event.set_and_wait(&event, None, Deadline::Never)?;
        assert!(matches!(outcome, Outcome::Satisfied(all) if all.index == 0));
        assert!(!event.is_signaled());
        Ok(())
    }
}
