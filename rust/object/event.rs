// SPDX-License-Identifier: GPL-2.0

//! The event: signaled or not, of one of two types.

use crate::{
    dispatcher::{
        signal_and_wait,
        Deadline,
        Object,
        Outcome,
        Signal,
        Waiter, //
    },
    sys::room::NoRoom, //
};

/// How an event answers a satisfied wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventType {
    /// Stays signaled until it is reset, and so releases every waiter ("manual reset"). NT: A2.
    Notification,
    /// Is reset by the wait that it satisfies, and so releases one ("auto reset"). NT: A2.
    Synchronization,
}

/// The state of an event.
#[derive(Debug)]
pub(crate) struct Event {
    event_type: EventType,
    signaled: bool,
}

impl Event {
    /// A new event's state.
    pub(crate) fn new(event_type: EventType, signaled: bool) -> Self {
        Self {
            event_type,
            signaled,
        }
    }

    fn replace(&mut self, signaled: bool) -> bool {
        core::mem::replace(&mut self.signaled, signaled)
    }
}

impl Signal for Event {
    #[inline]
    fn is_open(&self) -> bool {
        self.signaled
    }

    #[inline]
    fn is_signaled_for(&self, _waiter: Waiter) -> bool {
        self.signaled
    }

    #[inline]
    fn satisfy(&mut self, _waiter: Waiter) {
        if self.event_type == EventType::Synchronization {
            self.signaled = false;
        }
    }
}

/// What can be done to an event. Each returns the previous state where NT does. Any context up to
/// hard interrupt.
impl Object<Event> {
    /// Signals the event: releases the oldest waiter of a synchronization event, or all of a
    /// notification event; else the signal stays. NT: A2, V13, V14, V33, V34.
    #[inline]
    pub(crate) fn set(&self) -> bool {
        self.signal(|event| event.replace(true), |_| ())
    }

    /// Releases who could be released now, and leaves the event unsignaled, in one step. NT: A5,
    /// V17, V18.
    pub(crate) fn pulse(&self) -> bool {
        self.signal(
            |event| event.replace(true),
            |event| {
                event.replace(false);
            },
        )
    }

    /// Makes the event unsignaled. NT: V15, V16; as Clear, which differs by its lack of a result,
    /// V21.
    #[inline]
    pub(crate) fn reset(&self) -> bool {
        self.update(|event| event.replace(false))
    }

    /// Sets this event and waits for `target`, and for `alert` as index 1, in one step. Process
    /// context, may sleep; fails only for lack of memory, with nothing set. NT: B5, V115 to V117.
    pub(crate) fn set_and_wait(
        &self,
        target: &Self,
        alert: Option<&Self>,
        deadline: Deadline,
    ) -> Result<Outcome, NoRoom> {
        let set = |event: &mut Event| {
            event.replace(true);
        };
        signal_and_wait(self, set, target, alert, Waiter::NOBODY, deadline)
    }

    /// Type and state. NT: V5, V6, V26.
    pub(crate) fn query(&self) -> (EventType, bool) {
        self.update(|event| (event.event_type, event.signaled))
    }

    /// Whether the event is signaled, at some moment of the call; takes no lock.
    #[inline]
    pub(crate) fn is_signaled(&self) -> bool {
        self.is_open()
    }
}
