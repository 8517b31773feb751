// SPDX-License-Identifier: GPL-2.0

//! Mutants: one owner at a time, which may recurse, and what the next owner learns about the last.

use super::*;
use crate::{
    dispatcher::{
        try_any,
        SignalState, //
    },
    explore::explore,
    object::mutant::Mutant, //
};

type Boxed = Pin<Arc<Object<Mutant>>>;

/// A mutant that `owner` owns once, or that is free if `owner` is 0.
fn mutant(owner: u32) -> Boxed {
    let state = Mutant::new(owner, owner.min(1)).expect("both or neither are 0");
    Arc::pin_init(Object::new(state, WaitAllLockRef::of_drivers())).expect("memory")
}

fn of(owner: u32) -> Waiter {
    Waiter {
        owner,
        ..Waiter::NOBODY
    }
}

fn acquire(mutant: &Boxed, owner: u32, deadline: Deadline) -> Outcome {
    wait(&[&**mutant], WaitType::Any, of(owner), deadline)
}

fn release(mutant: &Boxed, owner: u32) -> u32 {
    let released = mutant.signal(|state| state.release(owner), |_| ());
    released.expect("its owner releases it")
}

fn abandon(mutant: &Boxed, owner: u32) {
    let abandoned = mutant.signal(|state| state.abandon(owner), |_| ());
    abandoned.expect("its owner abandons it");
}

#[track_caller]
fn assert_free(mutant: &Boxed) {
    assert_eq!(
        mutant.update(|state| state.query()),
        (0, 0),
        "the owner in the end"
    );
    assert_eq!(mutant.signal_state(), SignalState::SIGNALED);
    assert_eq!(mutant.waiters(), 0, "waiters in the end");
}

#[test]
fn one_owns_it_at_a_time() {
    explore(|| {
        let mutant = mutant(0);
        let owner = |owner: u32| {
            let mutant = mutant.clone();
            spawn(move || {
                assert_eq!(
                    acquire(&mutant, owner, Deadline::Never),
                    Outcome::Satisfied(by(0))
                );
                assert_eq!(mutant.update(|state| state.query()), (owner, 1));
                assert_eq!(release(&mutant, owner), 1);
            })
        };
        let [one, two] = [owner(1), owner(2)];
        join(one);
        join(two);
        assert_free(&mutant);
    });
}

#[test]
fn a_release_and_a_deadline_have_one_winner() {
    explore(|| {
        let mutant = mutant(1);
        let waiter = {
            let mutant = mutant.clone();
            spawn(move || acquire(&mutant, 2, soon()))
        };
        assert_eq!(release(&mutant, 1), 1);
        match join(waiter) {
            Outcome::Satisfied(_) => assert_eq!(release(&mutant, 2), 1),
            outcome => assert_eq!(outcome, Outcome::Timeout),
        }
        assert_free(&mutant);
    });
}

#[test]
fn one_release_is_enough_for_waits_by_one_owner() {
    explore(|| {
        let mutant = mutant(1);
        let wait = || {
            let mutant = mutant.clone();
            spawn(move || acquire(&mutant, 2, Deadline::Never))
        };
        let waits = [wait(), wait()];
        release(&mutant, 1);
        assert_eq!(waits.map(join), [Outcome::Satisfied(by(0)); 2]);
        assert_eq!((release(&mutant, 2), release(&mutant, 2)), (2, 1));
        assert_free(&mutant);
    });
}

#[test]
fn the_next_owner_alone_learns_that_it_was_abandoned() {
    explore(|| {
        let mutant = mutant(3);
        let owner = |owner: u32| {
            let mutant = mutant.clone();
            spawn(move || {
                let Outcome::Satisfied(satisfied) = acquire(&mutant, owner, Deadline::Never) else {
                    panic!("nothing else ends the wait");
                };
                release(&mutant, owner);
                satisfied.abandoned
            })
        };
        let owners = [owner(1), owner(2)];
        abandon(&mutant, 3);
        let told = owners.map(join);
        assert_eq!(told.iter().filter(|told| **told).count(), 1);
        assert_free(&mutant);
    });
}

#[test]
fn a_poll_takes_the_mutant_that_was_free_first() {
    explore(|| {
        let [first, second] = [mutant(2), mutant(2)];
        let releaser = {
            let [first, second] = [first.clone(), second.clone()];
            spawn(move || {
                release(&first, 2);
                release(&second, 2);
            })
        };
        let polled = try_any(&[&*first, &*second], of(1));
        assert_ne!(polled, Some(by(1)));
        join(releaser);
        if polled.is_some() {
            release(&first, 1);
        }
        assert_free(&first);
        assert_free(&second);
    });
}
