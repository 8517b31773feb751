// SPDX-License-Identifier: GPL-2.0

//! Makes a sequence that diverges as short as possible. Applies delta debugging to its operations,
//! and then to the arguments of each.

use crate::model::{access, flags};
use crate::operations::{Fd, Form, Operation, Time, WaitOperation};
use std::time::{Duration, Instant};

/// When to stop trying.
const ENOUGH: Duration = Duration::from_secs(40);

/// An operation that has simpler replacements.
pub trait Simpler: Sized {
    /// The replacements to try.
    fn simpler(&self) -> Vec<Self>;
}

/// A shorter sequence for which `diverges` holds, as it does for `operations`.
pub fn shrink<T: Simpler + Clone>(
    operations: Vec<T>,
    mut diverges: impl FnMut(&[T]) -> bool,
) -> Vec<T> {
    let end = Instant::now() + ENOUGH;
    let mut best = operations;
    loop {
        let length = best.len();
        best = without_parts(best, &mut diverges, end);
        let simpler = simplify(&mut best, &mut diverges, end);
        if best.len() == length && !simpler || Instant::now() > end {
            return best;
        }
    }
}

/// Leaves out parts, large ones first.
fn without_parts<T: Clone>(
    mut best: Vec<T>,
    diverges: &mut impl FnMut(&[T]) -> bool,
    end: Instant,
) -> Vec<T> {
    let mut size = best.len().div_ceil(2);
    while size > 0 && Instant::now() < end {
        let mut start = 0;
        let mut shorter = false;
        while start < best.len() && Instant::now() < end {
            let stop = best.len().min(start + size);
            let mut candidate = best.clone();
            candidate.drain(start..stop);
            if diverges(&candidate) {
                best = candidate;
                shorter = true;
            } else {
                start = stop;
            }
        }
        size = match size {
            1 if shorter => 1,
            1 => 0,
            _ => size.div_ceil(2),
        };
    }
    best
}

/// Replaces operations by simpler ones.
fn simplify<T: Simpler>(
    best: &mut [T],
    diverges: &mut impl FnMut(&[T]) -> bool,
    end: Instant,
) -> bool {
    let mut changed = false;
    for index in 0..best.len() {
        let mut candidates = best[index].simpler();
        while let Some(candidate) = candidates.pop() {
            if Instant::now() > end {
                return changed;
            }
            let before = std::mem::replace(&mut best[index], candidate);
            if diverges(best) {
                changed = true;
                candidates = best[index].simpler();
            } else {
                best[index] = before;
            }
        }
    }
    changed
}

impl Simpler for Operation {
    fn simpler(&self) -> Vec<Self> {
        match self {
            Operation::Create {
                slot,
                kind,
                state,
                access,
                attributes,
            } => {
                let plain = |access, attributes, state| Operation::Create {
                    slot: *slot,
                    kind: *kind,
                    state,
                    access,
                    attributes,
                };
                let candidates = [
                    plain(*access, 0, *state),
                    plain(access::ALL, *attributes, *state),
                    plain(*access, *attributes, 0),
                    plain(access::ALL, 0, (*state).min(1)),
                ];
                let mut candidates = candidates.to_vec();
                candidates.retain(|candidate| candidate != self);
                candidates
            }
            Operation::Wait(wait) => simpler_waits(wait),
            _ => Vec::new(),
        }
    }
}

fn simpler_waits(wait: &WaitOperation) -> Vec<Operation> {
    let mut candidates = Vec::new();
    if wait.form == Form::Many && wait.handles.len() > 1 {
        let half = wait.handles.len() / 2;
        for index in 0..wait.handles.len() {
            let mut fewer = wait.clone();
            fewer.handles.remove(index);
            candidates.push(fewer);
        }
        // The last is tried first.
        for part in [&wait.handles[..half], &wait.handles[half..]] {
            let mut fewer = wait.clone();
            fewer.handles = part.to_vec();
            candidates.push(fewer);
        }
    }
    if wait.time != Time::Zero && (wait.waiter.is_none() || wait.time != Time::Forever) {
        let mut sooner = wait.clone();
        sooner.time = Time::Zero;
        candidates.push(sooner);
    }
    if wait.flags & flags::ALERT != 0 {
        let mut plain = wait.clone();
        plain.flags &= !flags::ALERT;
        plain.alert = Fd::None;
        candidates.push(plain);
    }
    candidates.into_iter().map(Operation::Wait).collect()
}
