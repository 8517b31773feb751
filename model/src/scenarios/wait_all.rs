// SPDX-License-Identifier: GPL-2.0

//! Waits for all of several events. They take all or none, and miss no signal that completes them.

use super::*;
use crate::{
    dispatcher::{
        try_all,
        Signal,
        SignalState, //
    },
    explore::explore, //
};

#[test]
fn the_last_signal_completes_all() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        assert_last_signal_completes_all(&a, &b);
    });
}

#[test]
fn all_or_nothing_is_consumed_at_a_deadline() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let waiter = wait_all_in_thread(&[&a, &b], None, soon());
        let setter = set_in_thread(&a);
        assert!(!b.set());
        assert!(!join(setter));
        let is_left = join(waiter) == Outcome::Timeout;
        assert_left(&a, is_left);
        assert_left(&b, is_left);
    });
}

#[test]
fn signals_are_conserved_among_all_and_any() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let all = wait_all_in_thread(&[&a, &b], None, soon());
        let any = wait_any_in_thread(&[&b, &a], soon());
        let other = set_in_thread(&a);
        let sets = [a.set(), b.set(), join(other)];
        let [all, any] = [all, any].map(join);
        let of_all = usize::from(all == ALL);
        let [left_a, left_b] = [a.is_signaled(), b.is_signaled()];
        let taken_a = of_all + usize::from(any == Outcome::Satisfied(by(1)));
        let taken_b = of_all + usize::from(any == Outcome::Satisfied(by(0)));
        assert_eq!(made(&[sets[0], sets[2]]), taken_a + usize::from(left_a));
        assert_eq!(made(&[sets[1]]), taken_b + usize::from(left_b));
        assert_left(&a, left_a);
        assert_left(&b, left_b);
    });
}

#[test]
fn all_waits_while_a_taker_takes_and_gives_back() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let all = wait_all_in_thread(&[&a, &b], None, Deadline::Never);
        let taker = {
            let a = a.clone();
            spawn(move || {
                if wait_any(&[a.clone()], soon()) == Outcome::Satisfied(by(0)) {
                    assert!(!a.set());
                }
            })
        };
        let setter = set_in_thread(&b);
        assert!(!a.set());
        assert!(!join(setter));
        assert_eq!(join(all), ALL);
        join(taker);
        assert_left(&a, false);
        assert_left(&b, false);
    });
}

#[test]
fn opposite_orders_do_not_block_each_other() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        // A thread that gets both gives both back for the other.
        let relay = |first: &Shared, second: &Shared| {
            let events = own(&[first, second]);
            spawn(move || {
                assert_eq!(wait_all(&events, None, Deadline::Never), ALL);
                assert!(!events.iter().any(|event| event.set()));
            })
        };
        let relays = [relay(&a, &b), relay(&b, &a)];
        assert!(!a.set());
        assert!(!b.set());
        relays.map(join);
        assert_left(&a, true);
        assert_left(&b, true);
    });
}

#[test]
fn overlapping_waits_for_all_share_what_there_is() {
    explore(|| {
        let [a, b, c] = [sync(false), sync(false), sync(false)];
        assert_overlapping_waits_share(&a, &b, &c);
    });
}

#[test]
fn a_poll_for_all_takes_all_or_nothing() {
    explore(|| {
        let [a, b] = [sync(true), sync(false)];
        let taker = wait_any_in_thread(&[&a], soon());
        let setter = set_in_thread(&b);
        let polled = try_all(&[a.clone(), b.clone()], None, Waiter::NOBODY) == Some(by(0));
        assert!(!join(setter));
        let is_taken = join(taker) == Outcome::Satisfied(by(0));
        assert!(!(polled && is_taken));
        assert_left(&a, !polled && !is_taken);
        assert_left(&b, !polled);
    });
}

#[test]
fn a_notification_event_completes_as_many_as_its_companion_allows() {
    explore(|| {
        let [a, b] = [notification(false), sync(true)];
        let waits = [
            wait_all_in_thread(&[&a, &b], None, soon()),
            wait_all_in_thread(&[&b, &a], None, soon()),
        ];
        assert!(!a.set());
        let done = count(&waits.map(join), ALL);
        assert!(done <= 1);
        assert_left(&a, true);
        assert_left(&b, done == 0);
    });
}

/// An event that satisfies waits for all first.
struct AllFirst(Event);

impl Signal for AllFirst {
    const ALL_FIRST: bool = true;

    const IN_INTERRUPTS: bool = false;

    fn signal_state(&self) -> SignalState {
        self.0.signal_state()
    }

    fn satisfy(&mut self, waiter: Waiter) -> bool {
        self.0.satisfy(waiter)
    }
}

#[test]
fn all_goes_first_where_the_object_says_so() {
    explore(|| {
        let state = AllFirst(Event::new(EventType::Synchronization, false));
        let object: Pin<Arc<Object<AllFirst>>> =
            Arc::pin_init(Object::new(state, WaitAllLockRef::of_drivers())).expect("memory");
        let any = {
            let object = object.clone();
            spawn(move || wait(&[&*object], WaitType::Any, Waiter::NOBODY, soon()))
        };
        let all = {
            let object = object.clone();
            let never = Deadline::Never;
            spawn(move || wait(&[&*object], WaitType::All, Waiter::NOBODY, never))
        };
        let set = || object.signal(|state| state.0.set(), |_| ());
        if object.waiters() == 2 {
            set();
            // No other wait can get it, even if it was queued earlier.
            assert_eq!(join(all), ALL);
            join(any);
        } else {
            set();
            join(any);
            set();
            assert_eq!(join(all), ALL);
        }
    });
}
