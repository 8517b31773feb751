// SPDX-License-Identifier: GPL-2.0

//! Threads that poll. They learn of a signal that stays, and consume nothing.

use super::*;
use crate::explore::explore;

/// A thread that polls until it finds the event signaled.
fn poll_in_thread(event: &Shared) -> JoinHandle<()> {
    let event = event.clone();
    spawn(move || event.queue().poll(&|| event.is_signaled()))
}

#[test]
fn a_poller_is_told_of_a_signal() {
    explore(|| {
        let event = sync(false);
        let poller = poll_in_thread(&event);
        assert!(!event.set());
        join(poller);
        assert_left(&event, true);
    });
}

#[test]
fn all_pollers_are_told() {
    explore(|| {
        let event = notification(false);
        let pollers = [poll_in_thread(&event), poll_in_thread(&event)];
        assert!(!event.set());
        pollers.map(join);
        assert_left(&event, true);
    });
}

#[test]
fn a_poller_is_told_of_the_signal_that_no_waiter_takes() {
    explore(|| {
        let event = sync(false);
        let poller = poll_in_thread(&event);
        let waiter = wait_any_in_thread(&[&event], Deadline::Never);
        event.set();
        assert_eq!(join(waiter), Outcome::Satisfied(by(0)));
        event.set();
        join(poller);
        assert_left(&event, true);
    });
}

#[test]
fn a_poller_is_told_by_a_signal_under_wait_all_lock() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let poller = poll_in_thread(&a);
        let all = wait_all_in_thread(&[&a, &b], None, soon());
        assert!(!a.set());
        join(poller);
        assert_eq!(join(all), Outcome::Timeout);
        assert_left(&a, true);
        assert_left(&b, false);
    });
}
