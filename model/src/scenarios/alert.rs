// SPDX-License-Identifier: GPL-2.0

//! Waits for all with an alert. The objects win if both could satisfy the wait.

use super::*;
use crate::{dispatcher::try_all, explore::explore};

#[test]
fn objects_that_are_signaled_win_over_the_alert() {
    explore(|| {
        let [a, b, alert] = [sync(true), sync(true), sync(false)];
        let waiter = wait_all_in_thread(&[&a, &b], Some(&alert), Deadline::Never);
        assert!(!alert.set());
        assert_eq!(join(waiter), Outcome::Satisfied(by(0)));
        assert_left(&a, false);
        assert_left(&b, false);
        assert_left(&alert, true);
    });
}

#[test]
fn objects_or_the_alert_are_consumed_whole() {
    explore(|| {
        let [a, b, alert] = [sync(false), sync(false), sync(false)];
        let waiter = wait_all_in_thread(&[&a, &b], Some(&alert), Deadline::Never);
        let setters = [set_in_thread(&a), set_in_thread(&b)];
        assert!(!alert.set());
        assert_eq!(made(&setters.map(join)), 2);
        let outcome = join(waiter);
        let is_all = outcome == Outcome::Satisfied(by(0));
        assert!(is_all || outcome == Outcome::Satisfied(by(2)));
        assert_left(&a, !is_all);
        assert_left(&b, !is_all);
        assert_left(&alert, is_all);
    });
}

#[test]
fn objects_the_alert_or_nothing_at_a_deadline() {
    explore(|| {
        let [a, alert] = [sync(false), sync(false)];
        let waiter = wait_all_in_thread(&[&a], Some(&alert), soon());
        let setter = set_in_thread(&a);
        assert!(!alert.set());
        assert!(!join(setter));
        let outcome = join(waiter);
        assert_left(&a, outcome != Outcome::Satisfied(by(0)));
        assert_left(&alert, outcome != Outcome::Satisfied(by(1)));
    });
}

#[test]
fn a_poll_takes_the_alert_only_while_the_objects_are_not_there() {
    explore(|| {
        let [a, alert] = [sync(false), sync(false)];
        let setter = {
            let [a, alert] = [a.clone(), alert.clone()];
            spawn(move || {
                a.set();
                alert.set();
            })
        };
        // The object is set first, stays signaled and is checked first, so the alert never wins.
        let polled = try_all(&[a.clone()], Some(&*alert), Waiter::NOBODY);
        assert_ne!(polled, Some(by(1)));
        join(setter);
        assert_left(&a, polled.is_none());
        assert_left(&alert, true);
    });
}

#[test]
fn a_poll_does_not_take_an_alert_that_came_back_after_the_objects() {
    explore(|| {
        let [a, alert] = [sync(false), sync(true)];
        let setter = {
            let [a, alert] = [a.clone(), alert.clone()];
            spawn(move || {
                let was_signaled = alert.reset();
                a.set();
                alert.set();
                was_signaled
            })
        };
        let polled = try_all(&[a.clone()], Some(&*alert), Waiter::NOBODY);
        // The alert is taken before it is reset, or never.
        let was_taken = !join(setter);
        assert_eq!(polled == Some(by(1)), was_taken);
        assert_left(&a, polled != Some(by(0)));
        assert_left(&alert, true);
    });
}

#[test]
fn the_alert_may_be_one_of_the_objects() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let waiter = wait_all_in_thread(&[&a, &b], Some(&b), Deadline::Never);
        let setter = set_in_thread(&a);
        assert!(!b.set());
        assert!(!join(setter));
        let outcome = join(waiter);
        assert!([Outcome::Satisfied(by(0)), Outcome::Satisfied(by(2))].contains(&outcome));
        assert_left(&a, outcome != Outcome::Satisfied(by(0)));
        assert_left(&b, false);
    });
}
