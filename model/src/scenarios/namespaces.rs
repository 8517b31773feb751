// SPDX-License-Identifier: GPL-2.0

//! Waits for all events of different namespaces. The locks of the namespaces are joined meanwhile.

use super::*;
use crate::explore::explore;

/// An unsignaled synchronization event in a namespace of its own.
fn foreign() -> Shared {
    let namespace = WaitAllLockRef::new().expect("memory");
    event_in(&namespace, EventType::Synchronization, false)
}

#[test]
fn the_last_signal_completes_all_across_namespaces() {
    explore(|| {
        let [a, b] = [foreign(), foreign()];
        assert_last_signal_completes_all(&a, &b);
    });
}

#[test]
fn waits_within_and_across_namespaces_share_what_there_is() {
    explore(|| {
        let [a, b] = [sync(false), sync(false)];
        let c = foreign();
        assert_overlapping_waits_share(&a, &b, &c);
    });
}

#[test]
fn opposite_orders_across_namespaces_do_not_block_each_other() {
    explore(|| {
        let [a, b] = [foreign(), foreign()];
        let waits = [
            wait_all_in_thread(&[&a, &b], None, soon()),
            wait_all_in_thread(&[&b, &a], None, soon()),
        ];
        let setter = set_in_thread(&a);
        assert!(!b.set());
        assert!(!join(setter));
        let done = count(&waits.map(join), ALL);
        assert!(done <= 1);
        assert_left(&a, done == 0);
        assert_left(&b, done == 0);
    });
}

#[test]
fn signal_and_wait_across_namespaces() {
    explore(|| {
        let [a, b] = [foreign(), foreign()];
        let all = wait_all_in_thread(&[&a, &b], None, soon());
        let step = {
            let (signal, target) = (a.clone(), b.clone());
            spawn(move || signal.set_and_wait(&target, None, soon()).expect("memory"))
        };
        assert!(!b.set());
        let is_all = join(all) == ALL;
        let has_b = join(step) == ALL;
        assert!(!(is_all && has_b));
        assert_left(&a, !is_all);
        assert_left(&b, !is_all && !has_b);
    });
}
