// SPDX-License-Identifier: GPL-2.0

//! Signaling one event and waiting for another in one step.

use super::*;
use crate::explore::explore;

const WAS_SATISFIED: Outcome = Outcome::Satisfied(by(0));

fn set_and_wait(signal: &Shared, target: &Shared, deadline: Deadline) -> Outcome {
    signal.set_and_wait(target, None, deadline).expect("memory")
}

fn set_and_wait_in_thread(
    signal: &Shared,
    target: &Shared,
    deadline: Deadline,
) -> JoinHandle<Outcome> {
    let (signal, target) = (signal.clone(), target.clone());
    spawn(move || set_and_wait(&signal, &target, deadline))
}

#[test]
fn two_threads_play_ping_pong() {
    explore(|| {
        let [ping, pong] = [sync(false), sync(false)];
        let player = {
            let [ping, pong] = [ping.clone(), pong.clone()];
            spawn(move || {
                for _ in 0..2 {
                    assert_eq!(set_and_wait(&ping, &pong, Deadline::Never), WAS_SATISFIED);
                }
            })
        };
        assert_eq!(wait_any(&[ping.clone()], Deadline::Never), WAS_SATISFIED);
        assert_eq!(set_and_wait(&pong, &ping, Deadline::Never), WAS_SATISFIED);
        assert!(!pong.set());
        join(player);
        assert_left(&ping, false);
        assert_left(&pong, false);
    });
}

#[test]
fn opposite_directions_do_not_block_each_other() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let other = set_and_wait_in_thread(&a, &b, Deadline::Never);
        assert_eq!(set_and_wait(&b, &a, Deadline::Never), WAS_SATISFIED);
        assert_eq!(join(other), WAS_SATISFIED);
        assert_left(&a, false);
        assert_left(&b, false);
    });
}

#[test]
fn opposite_directions_with_deadlines_conserve_signals() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let other = set_and_wait_in_thread(&a, &b, soon());
        let took_a = set_and_wait(&b, &a, soon()) == WAS_SATISFIED;
        let took_b = join(other) == WAS_SATISFIED;
        assert_left(&a, !took_a);
        assert_left(&b, !took_b);
    });
}

#[test]
fn opposite_directions_past_their_deadline_conserve_signals() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let other = set_and_wait_in_thread(&a, &b, Deadline::Past);
        let took_a = set_and_wait(&b, &a, Deadline::Past) == WAS_SATISFIED;
        let took_b = join(other) == WAS_SATISFIED;
        assert_left(&a, !took_a);
        assert_left(&b, !took_b);
    });
}

#[test]
fn opposite_directions_and_a_wait_for_all_conserve_signals() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let all = wait_all_in_thread(&[&b, &a], None, soon());
        let other = set_and_wait_in_thread(&a, &b, soon());
        let took_a = usize::from(set_and_wait(&b, &a, soon()) == WAS_SATISFIED);
        let took_b = usize::from(join(other) == WAS_SATISFIED);
        let took_both = usize::from(join(all) == WAS_SATISFIED);
        assert!(took_a + took_both <= 1);
        assert!(took_b + took_both <= 1);
        assert_left(&a, took_a + took_both == 0);
        assert_left(&b, took_b + took_both == 0);
    });
}

#[test]
fn the_signal_completes_a_wait_for_all_that_takes_the_target() {
    explore(|| {
        let [a, b] = [sync(false), sync(true)];
        let all = wait_all_in_thread(&[&a, &b], None, Deadline::Never);
        let both_before = a.waiters() == 1;
        // The wait for all is older, so it takes the target if that is signaled.
        let took_b = set_and_wait(&a, &b, soon()) == WAS_SATISFIED;
        assert!(!(both_before && took_b));
        if took_b {
            assert!(!b.set());
        }
        assert_eq!(join(all), WAS_SATISFIED);
        assert_left(&a, false);
        assert_left(&b, false);
    });
}

#[test]
fn who_sees_the_signal_finds_the_waiter() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let waiter = set_and_wait_in_thread(&a, &b, Deadline::Never);
        assert_eq!(wait_any(&[a.clone()], Deadline::Never), WAS_SATISFIED);
        // The pulse would be lost if the waiter were queued later.
        assert!(!b.pulse());
        assert_eq!(join(waiter), WAS_SATISFIED);
        assert_left(&a, false);
        assert_left(&b, false);
    });
}

#[test]
fn an_event_can_be_signal_and_target() {
    explore(|| {
        let event = sync(false);
        let older = wait_any_in_thread(&[&event], Deadline::Never);
        let is_older = event.waiters() == 1;
        let took = set_and_wait(&event, &event, soon()) == WAS_SATISFIED;
        assert!(!(is_older && took));
        if took {
            event.set();
        }
        assert_eq!(join(older), WAS_SATISFIED);
        assert_left(&event, false);
    });
}

#[test]
fn the_alert_ends_the_wait_but_not_the_signal() {
    explore(|| {
        let [signal, target, alert] = [sync(false), sync(false), sync(false)];
        let waiter = {
            let [signal, target, alert] = [signal.clone(), target.clone(), alert.clone()];
            spawn(move || {
                let outcome = signal.set_and_wait(&target, Some(&alert), Deadline::Never);
                outcome.expect("memory")
            })
        };
        let setter = set_in_thread(&target);
        assert!(!alert.set());
        assert!(!join(setter));
        let outcome = join(waiter);
        assert!([Outcome::Satisfied(by(0)), Outcome::Satisfied(by(1))].contains(&outcome));
        assert_left(&signal, true);
        assert_left(&target, outcome != Outcome::Satisfied(by(0)));
        assert_left(&alert, outcome != Outcome::Satisfied(by(1)));
    });
}
