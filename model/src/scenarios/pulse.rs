// SPDX-License-Identifier: GPL-2.0

//! Pulses release the waiters that can be released, and leave the event unsignaled.

use super::*;
use crate::{
    dispatcher::try_any,
    explore::explore, //
};

const WAS_SATISFIED: Outcome = Outcome::Satisfied(by(0));

#[test]
fn a_pulse_releases_one_at_most() {
    explore(|| {
        let event = sync(false);
        let waits = [
            wait_any_in_thread(&[&event], soon()),
            wait_any_in_thread(&[&event], soon()),
        ];
        assert!(!event.pulse());
        assert!(!event.is_signaled());
        assert!(count(&waits.map(join), WAS_SATISFIED) <= 1);
        assert_left(&event, false);
    });
}

#[test]
fn nobody_finds_the_event_of_a_pulse_signaled() {
    explore(|| {
        let event = sync(false);
        let pulser = {
            let event = event.clone();
            spawn(move || event.pulse())
        };
        assert!(!event.is_signaled());
        assert_eq!(try_any(&[event.clone()], Waiter::NOBODY), None);
        assert!(!event.query().1);
        assert!(!join(pulser));
        assert_left(&event, false);
    });
}

#[test]
fn a_pulse_releases_who_is_queued() {
    explore(|| {
        let event = sync(false);
        let waiter = wait_any_in_thread(&[&event], Deadline::Never);
        let is_queued = event.waiters() == 1;
        assert!(!event.pulse());
        if !is_queued {
            // The waiter may have missed the pulse.
            event.set();
        }
        assert_eq!(join(waiter), WAS_SATISFIED);
        event.reset();
        assert_left(&event, false);
    });
}

#[test]
fn a_pulse_of_a_notification_event_releases_all_who_are_queued() {
    explore(|| {
        let event = notification(false);
        let waits = [
            wait_any_in_thread(&[&event], Deadline::Never),
            wait_any_in_thread(&[&event], Deadline::Never),
        ];
        let are_queued = event.waiters() == 2;
        assert!(!event.pulse());
        assert!(!event.is_signaled());
        if !are_queued {
            event.set();
        }
        assert_eq!(count(&waits.map(join), WAS_SATISFIED), 2);
        assert_left(&event, !are_queued);
    });
}

#[test]
fn a_pulse_completes_a_wait_for_all_or_passes_it() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let all = wait_all_in_thread(&[&a, &b], None, soon());
        let setter = set_in_thread(&b);
        assert!(!a.pulse());
        assert!(!a.is_signaled());
        assert!(!join(setter));
        let is_done = join(all) == WAS_SATISFIED;
        assert_left(&a, false);
        assert_left(&b, !is_done);
    });
}

#[test]
fn a_pulse_releases_one_of_any_and_all() {
    explore(|| {
        let [a, b] = [sync(false), sync(true)];
        let all = wait_all_in_thread(&[&b, &a], None, soon());
        let any = wait_any_in_thread(&[&a], soon());
        assert!(!a.pulse());
        let [all, any] = [all, any].map(|thread| join(thread) == WAS_SATISFIED);
        assert!(!(all && any));
        assert_left(&a, false);
        assert_left(&b, !all);
    });
}
