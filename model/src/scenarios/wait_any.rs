// SPDX-License-Identifier: GPL-2.0

//! Waits for any of two events. They consume one, keep the other, and leave both queues.

use super::*;
use crate::{
    explore::explore,
    sys::world, //
};

/// Checks which of two signals a wait for any of two consumed.
fn assert_consumed(outcome: Outcome, events: [&Shared; 2]) {
    for (index, event) in events.into_iter().enumerate() {
        assert_left(event, outcome != Outcome::Satisfied(by(index)));
    }
}

#[test]
fn any_consumes_one_of_two() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let waiter = wait_any_in_thread(&[&a, &b], Deadline::Never);
        let setter = set_in_thread(&a);
        assert!(!b.set());
        assert!(!join(setter));
        let outcome = join(waiter);
        assert!([Outcome::Satisfied(by(0)), Outcome::Satisfied(by(1))].contains(&outcome));
        assert_consumed(outcome, [&a, &b]);
    });
}

#[test]
fn any_consumes_one_of_two_or_times_out() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let waiter = wait_any_in_thread(&[&a, &b], soon());
        let setter = set_in_thread(&a);
        assert!(!b.set());
        assert!(!join(setter));
        assert_consumed(join(waiter), [&a, &b]);
    });
}

#[test]
fn any_consumes_one_of_two_or_is_interrupted() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let waiter = {
            let events = own(&[&a, &b]);
            spawn(move || {
                world::let_interrupt();
                wait_any(&events, Deadline::Never)
            })
        };
        let setter = set_in_thread(&a);
        assert!(!b.set());
        assert!(!join(setter));
        assert_consumed(join(waiter), [&a, &b]);
    });
}

#[test]
fn two_waiters_share_two_signals() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let first = wait_any_in_thread(&[&a, &b], Deadline::Never);
        let second = wait_any_in_thread(&[&b, &a], Deadline::Never);
        let setter = set_in_thread(&a);
        assert!(!b.set());
        assert!(!join(setter));
        // The second lists the events in reverse.
        let pair = (join(first), join(second));
        let zero = Outcome::Satisfied(by(0));
        let one = Outcome::Satisfied(by(1));
        assert!(pair == (zero, zero) || pair == (one, one), "{pair:?}");
        assert_left(&a, false);
        assert_left(&b, false);
    });
}

#[test]
fn the_same_event_twice_is_consumed_once() {
    explore(|| {
        let event = sync(false);
        let waiter = wait_any_in_thread(&[&event, &event], soon());
        assert!(!event.set());
        let outcome = join(waiter);
        assert!([Outcome::Satisfied(by(0)), Outcome::Timeout].contains(&outcome));
        assert_left(&event, outcome == Outcome::Timeout);
    });
}
