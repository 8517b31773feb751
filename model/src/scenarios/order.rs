// SPDX-License-Identifier: GPL-2.0

//! The order of signals that a reader of several events can see.

use super::*;
use crate::{
    dispatcher::{
        try_all,
        try_any,
        Signal,
        SignalState, //
    },
    explore::{
        explore,
        sample, //
    },
};

#[test]
fn a_wait_takes_the_event_that_was_first() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let waiter = wait_any_in_thread(&[&a, &b], Deadline::Never);
        a.set();
        b.set();
        assert_eq!(join(waiter), Outcome::Satisfied(by(0)));
        assert_left(&a, false);
        assert_left(&b, true);
    });
}

#[test]
fn a_poll_takes_the_event_that_was_first() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let setter = {
            let [a, b] = [a.clone(), b.clone()];
            spawn(move || {
                a.set();
                b.set();
            })
        };
        let polled = try_any(&[a.clone(), b.clone()], Waiter::NOBODY);
        assert_ne!(polled, Some(by(1)));
        join(setter);
        assert_left(&a, polled.is_none());
        assert_left(&b, true);
    });
}

#[test]
fn a_poll_finds_a_signal_that_moves() {
    explore(|| {
        let [a, b] = [notification(false), notification(true)];
        let mover = {
            let [a, b] = [a.clone(), b.clone()];
            // One of them is signaled at all times.
            spawn(move || {
                a.set();
                b.reset();
                b.set();
                a.reset();
            })
        };
        let events = own(&[&a, &b]);
        assert!(try_any(&events, Waiter::NOBODY).is_some());
        assert!(try_any(&events, Waiter::NOBODY).is_some());
        join(mover);
        assert_left(&a, false);
        assert_left(&b, true);
    });
}

/// Always signaled, or at times signaled to another owner only.
struct Blinking {
    is_lit: bool,
    is_signaled: bool,
}

impl Signal for Blinking {
    const ALL_FIRST: bool = false;

    const IN_INTERRUPTS: bool = true;

    fn signal_state(&self) -> SignalState {
        match *self {
            Self {
                is_signaled: true, ..
            } => SignalState::SIGNALED,
            Self { is_lit: true, .. } => SignalState::for_owner(1),
            _ => SignalState::NOT_SIGNALED,
        }
    }

    fn satisfy(&mut self, _waiter: Waiter) -> bool {
        false
    }
}

#[test]
fn a_poll_finds_a_signal_while_objects_change_all_the_time() {
    sample(|| {
        let blinking = |is_signaled| {
            let state = Blinking {
                is_lit: false,
                is_signaled,
            };
            Arc::pin_init(Object::new(state, WaitAllLockRef::of_drivers())).expect("memory")
        };
        let [never, always] = [blinking(false), blinking(true)];
        let interfere = || {
            let never = never.clone();
            // More often than the poll tries to read both at one instant.
            spawn(move || {
                for _ in 0..8 {
                    never.signal(|state| state.is_lit = true, |_| ());
                    never.update(|state| state.is_lit = false);
                }
            })
        };
        let interferers = [interfere(), interfere(), interfere()];
        let found = try_any(&[&*never, &*always], Waiter::NOBODY);
        assert_eq!(found.map(|found| found.index), Some(1));
        interferers.map(join);
    });
}

#[test]
fn a_poll_for_all_or_the_alert_finds_a_signal_that_moves() {
    explore(|| {
        let [a, alert] = [notification(false), notification(true)];
        let mover = {
            let [a, alert] = [a.clone(), alert.clone()];
            // One of them is signaled at all times.
            spawn(move || {
                a.set();
                alert.reset();
                alert.set();
                a.reset();
            })
        };
        let events = own(&[&a]);
        assert!(try_all(&events, Some(&*alert), Waiter::NOBODY).is_some());
        join(mover);
        assert_left(&a, false);
        assert_left(&alert, true);
    });
}

#[test]
fn a_poll_for_all_is_not_fooled_by_a_signal_that_moves() {
    explore(|| {
        let [a, b] = [notification(false), notification(true)];
        let mover = {
            let [a, b] = [a.clone(), b.clone()];
            // The two are never signaled at the same time.
            spawn(move || {
                b.reset();
                a.set();
                a.reset();
                b.set();
            })
        };
        let events = own(&[&b, &a]);
        assert_eq!(try_all(&events, None, Waiter::NOBODY), None);
        assert_eq!(try_all(&events, None, Waiter::NOBODY), None);
        join(mover);
        assert_left(&a, false);
        assert_left(&b, true);
    });
}

#[test]
fn the_oldest_waiter_is_released_first() {
    explore(|| {
        let event = sync(false);
        let older = wait_any_in_thread(&[&event], Deadline::Never);
        if event.waiters() == 0 {
            // This run does not test the order.
            event.set();
            assert_eq!(join(older), Outcome::Satisfied(by(0)));
            return;
        }
        let younger = wait_any_in_thread(&[&event], soon());
        event.set();
        assert_eq!(join(older), Outcome::Satisfied(by(0)));
        assert_eq!(join(younger), Outcome::Timeout);
        assert_left(&event, false);
    });
}
