// SPDX-License-Identifier: GPL-2.0

//! The waits of the reference for /dev/ntsync: their checks, and the order in which they are
//! satisfied.

use crate::ntsync::{Memory, Wait};
use crate::ntsync_model::{flags, Handle, Model, Outcome, MAX_WAIT, UNTOUCHED};

pub type Released = Vec<(u8, Outcome)>;

/// A wait that has passed its checks.
#[derive(Clone, Debug)]
pub struct Blocked {
    pub waiter: u8,
    operation: Wait,
    /// The objects, followed by the alert.
    handles: Vec<Handle>,
    objects: Vec<usize>,
    count: usize,
}

/// What ends a wait: all its members together, or one object.
enum Served {
    All,
    One(usize),
}

impl Blocked {
    /// Whether the wait is for the object together with others.
    fn has_member(&self, object: usize) -> bool {
        self.operation.all && self.objects[..self.count].contains(&object)
    }

    /// The places whose object alone can end the wait. In a wait for all that is the alert.
    fn single(&self) -> std::ops::Range<usize> {
        match self.operation.all {
            true => self.count..self.objects.len(),
            false => 0..self.objects.len(),
        }
    }

    /// The outcome of a wait that took the object of this index, or all. The index is written last.
    fn outcome(&self, index: usize, abandoned: bool) -> Outcome {
        if self.operation.memory == Memory::ReadOnly {
            return failure(-libc::EFAULT);
        }
        Outcome {
            value: if abandoned { -libc::EOWNERDEAD } else { 0 },
            words: [index as u32, 0],
        }
    }
}

fn failure(value: i32) -> Outcome {
    Outcome {
        value,
        words: [UNTOUCHED, 0],
    }
}

impl Model {
    pub fn is_blocked(&self, waiter: u8) -> bool {
        self.blocked.iter().any(|blocked| blocked.waiter == waiter)
    }

    /// A restarted wait looks its fds up again, which must not have changed.
    pub fn may_restart(&self, waiter: u8) -> bool {
        let mut blocked = self.blocked.iter();
        blocked
            .find(|blocked| blocked.waiter == waiter)
            .is_some_and(|blocked| {
                let again = self.check_wait(&blocked.operation);
                again.is_ok_and(|again| again.handles == blocked.handles)
            })
    }

    /// The wait loses its place in the queue.
    pub(crate) fn restart(&mut self, waiter: u8) {
        let is_it = |blocked: &Blocked| blocked.waiter == waiter;
        if let Some(place) = self.blocked.iter().position(is_it) {
            let last = self.blocked.remove(place);
            self.blocked.push(last);
        }
    }

    /// Satisfies the waits for an object that has changed: those for all first, then the others,
    /// each in order of arrival.
    pub(crate) fn deliver(&mut self, object: usize, released: &mut Released) {
        for alls in [true, false] {
            for wait in self.blocked.clone() {
                let served = match alls {
                    true if wait.has_member(object) => self.all_of(&wait),
                    true => None,
                    false => {
                        let is_it = |place: &usize| wait.objects[*place] == object;
                        self.one_of(&wait, wait.single().find(is_it))
                    }
                };
                if let Some(served) = served {
                    let outcome = self.take(&wait, served);
                    self.blocked.retain(|other| other.waiter != wait.waiter);
                    released.push((wait.waiter, outcome));
                }
            }
        }
    }

    fn all_of(&self, wait: &Blocked) -> Option<Served> {
        let owner = wait.operation.owner;
        let mut members = wait.objects[..wait.count].iter();
        let all = members.all(|object| self.objects[*object].state.is_signaled(owner));
        all.then_some(Served::All)
    }

    /// The first of these places whose object is signaled.
    fn one_of(&self, wait: &Blocked, places: impl IntoIterator<Item = usize>) -> Option<Served> {
        let owner = wait.operation.owner;
        let state = |place: &usize| self.objects[wait.objects[*place]].state;
        let mut signaled = places
            .into_iter()
            .filter(|place| state(place).is_signaled(owner));
        signaled.next().map(Served::One)
    }

    /// What satisfies a wait when it begins. Objects win over the alert.
    fn served(&self, wait: &Blocked) -> Option<Served> {
        let all = match wait.operation.all {
            true => self.all_of(wait),
            false => None,
        };
        all.or_else(|| self.one_of(wait, wait.single()))
    }

    fn take(&mut self, wait: &Blocked, served: Served) -> Outcome {
        let (places, index) = match served {
            Served::All => (0..wait.count, 0),
            Served::One(index) => (index..index + 1, index),
        };
        let mut abandoned = false;
        for object in &wait.objects[places] {
            abandoned |= self.objects[*object].state.take(wait.operation.owner);
        }
        wait.outcome(index, abandoned)
    }

    /// Whether the wait ends before it checks its deadline.
    pub fn is_over_at_once(&self, operation: &Wait) -> bool {
        let wait = self.check_wait(operation);
        wait.map_or(true, |wait| self.served(&wait).is_some())
    }

    /// A wait, from its checks until it has a result or blocks.
    pub(crate) fn wait(&mut self, operation: &Wait) -> Option<Outcome> {
        let wait = match self.check_wait(operation) {
            Ok(wait) => wait,
            Err(errno) => return Some(failure(errno)),
        };
        match self.served(&wait) {
            Some(served) => Some(self.take(&wait, served)),
            // A wait with a short timeout has ended before the next operation.
            None if operation.time.passes() => Some(failure(-libc::ETIMEDOUT)),
            None => {
                self.blocked.push(wait);
                None
            }
        }
    }

    /// The checks in the driver's order: the argument, flags and padding, the owner, the count, the
    /// array, each object, and that all are distinct in a wait for all.
    fn check_wait(&self, operation: &Wait) -> Result<Blocked, i32> {
        let is_other = self.device(operation.on)?;
        if operation.memory == Memory::Unmapped {
            return Err(-libc::EFAULT);
        }
        let count = operation.count as usize;
        if operation.pad != 0
            || operation.flags & !flags::REALTIME != 0
            || operation.owner == 0
            || count > MAX_WAIT
        {
            return Err(-libc::EINVAL);
        }
        if count != 0 && !operation.readable {
            return Err(-libc::EFAULT);
        }
        let named = operation.fds[..count].iter().chain(&operation.alert);
        let handles = named.map(|fd| {
            let handle = self.handle(*fd).ok_or(-libc::EINVAL)?;
            match self.objects[handle.object].is_other == is_other {
                true => Ok(handle),
                false => Err(-libc::EINVAL),
            }
        });
        let handles: Vec<Handle> = handles.collect::<Result<_, _>>()?;
        let objects: Vec<usize> = handles.iter().map(|handle| handle.object).collect();
        let mut sorted = objects.clone();
        sorted.sort_unstable();
        if operation.all && sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(-libc::EINVAL);
        }
        Ok(Blocked {
            waiter: operation.waiter.unwrap_or(u8::MAX),
            operation: operation.clone(),
            handles,
            objects,
            count,
        })
    }
}
