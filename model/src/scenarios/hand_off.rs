// SPDX-License-Identifier: GPL-2.0

//! One synchronization event. Every signal reaches one waiter, or stays.

use super::*;
use crate::{
    dispatcher::try_any,
    explore::explore,
    sys::world, //
};

const WAS_SATISFIED: Outcome = Outcome::Satisfied(by(0));

#[test]
fn signals_are_conserved_among_waiters_that_time_out() {
    explore(|| {
        let event = sync(false);
        let waits = [
            wait_any_in_thread(&[&event], soon()),
            wait_any_in_thread(&[&event], soon()),
        ];
        let other = set_in_thread(&event);
        let set = event.set();
        let polled = try_any(&[event.clone()], Waiter::NOBODY).is_some();
        let sets = [set, join(other)];
        let taken = count(&waits.map(join), WAS_SATISFIED) + usize::from(polled);
        let left = event.is_signaled();
        assert_eq!(made(&sets), taken + usize::from(left));
        assert_left(&event, left);
    });
}

#[test]
fn one_signal_goes_from_waiter_to_waiter() {
    explore(|| {
        let event = sync(false);
        // A thread that gets the signal gives it back for the other.
        let relay = || {
            let event = event.clone();
            spawn(move || {
                assert_eq!(wait_any(&[event.clone()], Deadline::Never), WAS_SATISFIED);
                assert!(!event.set());
            })
        };
        let relays = [relay(), relay()];
        assert!(!event.set());
        if try_any(&[event.clone()], Waiter::NOBODY).is_some() {
            assert!(!event.set());
        }
        relays.map(join);
        assert_left(&event, true);
    });
}

#[test]
fn a_set_hands_its_signal_to_who_is_queued() {
    explore(|| {
        let event = sync(false);
        let waiter = wait_any_in_thread(&[&event], Deadline::Never);
        let is_queued = event.waiters() == 1;
        assert!(!event.set());
        assert!(!is_queued || !event.is_signaled());
        assert_eq!(join(waiter), WAS_SATISFIED);
        assert_left(&event, false);
    });
}

#[test]
fn a_deadline_and_a_signal_have_one_winner() {
    explore(|| {
        let event = sync(false);
        let waiter = wait_any_in_thread(&[&event], soon());
        assert!(!event.set());
        match join(waiter) {
            Outcome::Satisfied(satisfied) => {
                assert_eq!(satisfied, by(0));
                assert_left(&event, false);
            }
            Outcome::Timeout => assert_left(&event, true),
            Outcome::Interrupted => panic!("nothing interrupts"),
        }
    });
}

#[test]
fn an_interrupt_and_a_signal_have_one_winner() {
    explore(|| {
        let event = sync(false);
        let waiter = {
            let event = event.clone();
            spawn(move || {
                world::let_interrupt();
                wait_any(&[event], Deadline::Never)
            })
        };
        assert!(!event.set());
        match join(waiter) {
            Outcome::Satisfied(satisfied) => {
                assert_eq!(satisfied, by(0));
                assert_left(&event, false);
            }
            Outcome::Interrupted => assert_left(&event, true),
            Outcome::Timeout => panic!("there is no deadline"),
        }
    });
}

#[test]
fn a_notification_event_releases_all() {
    explore(|| {
        let event = notification(false);
        let waits = [
            wait_any_in_thread(&[&event], Deadline::Never),
            wait_any_in_thread(&[&event], Deadline::Never),
        ];
        event.set();
        assert_eq!(count(&waits.map(join), WAS_SATISFIED), 2);
        assert_left(&event, true);
    });
}
