// SPDX-License-Identifier: GPL-2.0

//! Simpler replacements of an operation on /dev/ntsync, to shrink a sequence.

use crate::ntsync::{Fd, Kind, Memory, Operation, Time, Wait};
use crate::shrink::Simpler;

impl Simpler for Operation {
    /// The last is tried first.
    fn simpler(&self) -> Vec<Self> {
        let mut candidates = match self {
            Self::Create {
                kind,
                slot,
                words,
                on,
                memory: _,
            } => {
                let with = |words, on| Self::Create {
                    kind: *kind,
                    slot: *slot,
                    words,
                    on,
                    memory: Memory::Writable,
                };
                let fresh = match kind {
                    Kind::Sem => [0, 1],
                    _ => [0, 0],
                };
                vec![
                    with(*words, *on),
                    with(*words, Fd::Device),
                    with(fresh, *on),
                ]
            }
            Self::Command {
                what,
                fd,
                words,
                memory: _,
            } => {
                let with = |word| Self::Command {
                    what: *what,
                    fd: *fd,
                    words: [word, 0],
                    memory: Memory::Writable,
                };
                vec![with(words[0]), with(words[0].min(1))]
            }
            // The restart may not matter.
            Self::Restart { waiter } => vec![Self::Interrupt { waiter: *waiter }],
            Self::Wait(wait) => simpler_waits(wait).into_iter().map(Self::Wait).collect(),
            _ => Vec::new(),
        };
        candidates.retain(|candidate| candidate != self);
        candidates
    }
}

fn simpler_waits(wait: &Wait) -> Vec<Wait> {
    let with = |change: &dyn Fn(&mut Wait)| {
        let mut other = wait.clone();
        change(&mut other);
        other
    };
    let mut candidates = vec![
        with(&|wait| wait.on = Fd::Device),
        with(&|wait| wait.memory = Memory::Writable),
        with(&|wait| wait.readable = true),
        with(&|wait| wait.flags = 0),
        with(&|wait| wait.pad = 0),
        with(&|wait| wait.count = wait.fds.len() as u32),
        with(&|wait| wait.all = false),
        with(&|wait| wait.alert = None),
    ];
    if wait.owner > 1 {
        candidates.push(with(&|wait| wait.owner = 1));
    }
    let plain = match wait.time.passes() {
        true => Time::Zero,
        false => Time::Forever,
    };
    candidates.push(with(&|wait| wait.time = plain));
    if wait.time == Time::Zero {
        candidates.push(with(&|wait| wait.waiter = None));
    }
    if wait.count as usize == wait.fds.len() {
        candidates.extend(fewer(wait));
    }
    candidates
}

/// Waits for fewer objects: one less, or one half.
fn fewer(wait: &Wait) -> Vec<Wait> {
    let of = |fds: Vec<Fd>| Wait {
        count: fds.len() as u32,
        fds,
        ..wait.clone()
    };
    let length = wait.fds.len();
    let mut candidates: Vec<Wait> = (0..length)
        .map(|index| {
            let mut fds = wait.fds.clone();
            fds.remove(index);
            of(fds)
        })
        .collect();
    if length > 1 {
        candidates.push(of(wait.fds[..length / 2].to_vec()));
        candidates.push(of(wait.fds[length / 2..].to_vec()));
    }
    candidates
}
