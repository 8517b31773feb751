// SPDX-License-Identifier: GPL-2.0

//! Small programs with a few threads each, and what must hold in every run of them.

mod alert;
mod hand_off;
mod mutant;
mod namespaces;
mod order;
mod poll;
mod pulse;
mod signal_and_wait;
mod wait_all;
mod wait_any;

use crate::{
    dispatcher::{
        self,
        Deadline,
        Object,
        Outcome,
        Satisfied,
        Signal,
        WaitRequest,
        WaitType,
        Waiter, //
    },
    object::event::{
        Event,
        EventType, //
    },
    sys::{
        queue::WaitAllLockRef,
        storage::Storage, //
    },
};
use pin_init::InPlaceInit;
use shuttle::thread::{
    spawn,
    JoinHandle, //
};
use std::{
    ops::Deref,
    pin::Pin,
    sync::Arc, //
};

/// The result of a wait that an object at this index satisfied, which was not abandoned.
const fn by(index: usize) -> Satisfied {
    Satisfied {
        index,
        abandoned: false,
    }
}

/// A wait for all was satisfied.
const ALL: Outcome = Outcome::Satisfied(by(0));

/// An event that threads share.
#[derive(Clone)]
struct Shared(Pin<Arc<Object<Event>>>);

impl Deref for Shared {
    type Target = Object<Event>;

    fn deref(&self) -> &Object<Event> {
        &self.0
    }
}

impl AsRef<Object<Event>> for Shared {
    fn as_ref(&self) -> &Object<Event> {
        self
    }
}

fn event(event_type: EventType, signaled: bool) -> Shared {
    event_in(&WaitAllLockRef::of_drivers(), event_type, signaled)
}

/// An event of the namespace that `namespace` is the lock of.
fn event_in(namespace: &WaitAllLockRef, event_type: EventType, signaled: bool) -> Shared {
    let state = Event::new(event_type, signaled);
    let object = Object::new(state, namespace.clone());
    Shared(Arc::pin_init(object).expect("memory"))
}

/// A synchronization event.
fn sync(signaled: bool) -> Shared {
    event(EventType::Synchronization, signaled)
}

/// A notification event.
fn notification(signaled: bool) -> Shared {
    event(EventType::Notification, signaled)
}

/// A deadline that expires when the scheduler wants.
fn soon() -> Deadline {
    Deadline::from_nt(Some(-1))
}

/// A thread that sets the event. Its result is the previous state.
fn set_in_thread(event: &Shared) -> JoinHandle<bool> {
    let event = event.clone();
    spawn(move || event.set())
}

/// A thread that waits for any of the events.
fn wait_any_in_thread(events: &[&Shared], deadline: Deadline) -> JoinHandle<Outcome> {
    let events = own(events);
    spawn(move || wait_any(&events, deadline))
}

/// A thread that waits for all of the events, or the alert.
fn wait_all_in_thread(
    events: &[&Shared],
    alert: Option<&Shared>,
    deadline: Deadline,
) -> JoinHandle<Outcome> {
    let events = own(events);
    let alert = alert.cloned();
    spawn(move || wait_all(&events, alert.as_ref(), deadline))
}

fn wait_any(events: &[Shared], deadline: Deadline) -> Outcome {
    wait(events, WaitType::Any, Waiter::NOBODY, deadline)
}

fn wait_all(events: &[Shared], alert: Option<&Shared>, deadline: Deadline) -> Outcome {
    let mut objects = own(&events.iter().collect::<Vec<_>>());
    objects.extend(alert.cloned());
    let request = WaitRequest {
        wait_type: WaitType::All,
        has_alert: alert.is_some(),
        waiter: Waiter::NOBODY,
    };
    dispatcher::wait(&*objects, request, || deadline, Storage::Heap).expect("a wait")
}

/// Waits without an alert.
fn wait<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    wait_type: WaitType,
    waiter: Waiter,
    deadline: Deadline,
) -> Outcome {
    let request = WaitRequest {
        wait_type,
        has_alert: false,
        waiter,
    };
    dispatcher::wait(objects, request, || deadline, Storage::Heap).expect("a wait")
}

fn own(events: &[&Shared]) -> Vec<Shared> {
    events.iter().copied().cloned().collect()
}

fn join<R>(thread: JoinHandle<R>) -> R {
    thread.join().expect("a thread that did not panic")
}

/// How many signals the sets have made, by the previous states that they returned. Setting a
/// signaled event makes none.
fn made(previous: &[bool]) -> usize {
    previous
        .iter()
        .filter(|was_signaled| !**was_signaled)
        .count()
}

/// How many of the outcomes are `outcome`.
fn count(outcomes: &[Outcome], outcome: Outcome) -> usize {
    outcomes.iter().filter(|found| **found == outcome).count()
}

/// Checks that the later of two signals satisfies a wait for both events, which are not signaled.
#[track_caller]
fn assert_last_signal_completes_all(a: &Shared, b: &Shared) {
    let waiter = wait_all_in_thread(&[a, b], None, Deadline::Never);
    let setter = set_in_thread(a);
    assert!(!b.set());
    assert!(!join(setter));
    assert_eq!(join(waiter), ALL);
    assert_left(a, false);
    assert_left(b, false);
}

/// Checks that of two waits for all that have `b` in common at most one is satisfied. Each event is
/// set once.
#[track_caller]
fn assert_overlapping_waits_share(a: &Shared, b: &Shared, c: &Shared) {
    let waits = [
        wait_all_in_thread(&[a, b], None, soon()),
        wait_all_in_thread(&[c, b], None, soon()),
    ];
    assert!(!a.set());
    assert!(!b.set());
    assert!(!c.set());
    let [ab, cb] = waits.map(join).map(|outcome| outcome == ALL);
    assert!(!(ab && cb));
    assert_left(a, !ab);
    assert_left(c, !cb);
    assert_left(b, !ab && !cb);
}

/// Checks at the end of a scenario that no thread waits for an event, and its state.
#[track_caller]
fn assert_left(event: &Shared, signaled: bool) {
    assert_eq!(
        event.is_signaled(),
        signaled,
        "state of the event in the end"
    );
    assert_eq!(
        event.query().1,
        signaled,
        "the state and its copy outside the lock"
    );
    assert_eq!(event.waiters(), 0, "waiters in the end");
}
