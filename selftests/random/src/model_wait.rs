// SPDX-License-Identifier: GPL-2.0

//! The waits of the reference: their checks, and which waits a signal satisfies in which order.

use crate::model::{access, flags, status, Handle, Model, Outcome, Wait};
use crate::operations::{Fd, Form, Time, WaitOperation, MAX_WAIT};

type Released = Vec<(u8, Outcome)>;

impl Wait {
    /// Whether the event of this index must be signaled together with others.
    fn is_member(&self, index: usize) -> bool {
        self.all && index < self.count
    }

    /// The value of a wait that the event of this index satisfied.
    fn value(&self, index: usize) -> u32 {
        match index {
            _ if self.is_member(index) => 0,
            _ if index < self.count => index as u32,
            _ => status::USER_APC,
        }
    }
}

impl Model {
    /// Satisfies the waits for an event that has just been signaled, in order of arrival.
    pub(crate) fn deliver(&mut self, event: usize, released: &mut Released) {
        for (waiter, index) in self.events[event].queue.clone() {
            if !self.events[event].signaled {
                return;
            }
            // A waiter that is in the queue twice may have been released.
            let Some(wait) = self.waiters[usize::from(waiter)].clone() else {
                continue;
            };
            if let Some(value) = self.satisfy(&wait, index) {
                self.leave(waiter);
                released.push((waiter, Outcome::of(value as i32)));
            }
        }
    }

    /// Takes the signals that satisfy a wait through the event of `index`: that of the event, or
    /// all if all are there. Returns the value of the wait.
    fn satisfy(&mut self, wait: &Wait, index: usize) -> Option<u32> {
        let taken = match wait.is_member(index) {
            true => &wait.events[..wait.count],
            false => &wait.events[index..=index],
        };
        if !taken.iter().all(|event| self.events[*event].signaled) {
            return None;
        }
        for event in taken {
            let event = &mut self.events[*event];
            event.signaled &= !event.synchronization;
        }
        Some(wait.value(index))
    }

    /// Satisfies a wait when it begins, in array order. Objects win over the alert.
    fn satisfy_now(&mut self, wait: &Wait) -> Option<u32> {
        (0..wait.events.len()).find_map(|index| self.satisfy(wait, index))
    }

    /// Removes a waiter from all queues.
    pub(crate) fn leave(&mut self, waiter: u8) {
        self.waiters[usize::from(waiter)] = None;
        for event in &mut self.events {
            event.queue.retain(|(other, _)| *other != waiter);
        }
    }

    /// A wait, from its checks until it has a value or blocks.
    pub(crate) fn wait(
        &mut self,
        operation: &WaitOperation,
        released: &mut Released,
    ) -> Result<Option<u32>, Outcome> {
        let (signal, wait) = self.check_wait(operation)?;
        if let Some(signal) = signal {
            if !self.events[signal].signaled {
                self.events[signal].signaled = true;
                self.deliver(signal, released);
            }
        }
        if let Some(value) = self.satisfy_now(&wait) {
            return Ok(Some(value));
        }
        // A short timeout ends before the next operation, so queueing would have no effect.
        let Some(waiter) = operation.waiter.filter(|_| operation.time == Time::Forever) else {
            return Ok(Some(status::TIMEOUT));
        };
        for (index, event) in wait.events.iter().enumerate() {
            // An event that occurs twice has one block. The alert has a block of its own.
            if index == wait.count || !wait.events[..index].contains(event) {
                self.events[*event].queue.push((waiter, index));
            }
        }
        self.waiters[usize::from(waiter)] = Some(wait);
        Ok(None)
    }

    /// The checks in NT's order: the count, the flags, the handles in index order, the alert,
    /// duplicates. Returns the event to signal first, if any, and the wait.
    fn check_wait(&self, operation: &WaitOperation) -> Result<(Option<usize>, Wait), Outcome> {
        let has = |flag| operation.flags & flag != 0;
        let handles = &operation.handles;
        let known = flags::ALL | flags::TIMEOUT | flags::ALERT | flags::MONOTONIC;
        if operation.form == Form::One {
            // The kernel refuses an fd that is not a handle before it sees the command.
            self.own_handle(handles[0])?;
        }
        if operation.form == Form::Many && (handles.is_empty() || handles.len() > MAX_WAIT) {
            return Err(self.failure(status::INVALID_PARAMETER_1));
        }
        if has(!known) || has(flags::ALL) && operation.form != Form::Many {
            return Err(self.failure(status::INVALID_PARAMETER));
        }
        // Without a timeout, and with one that counts from now.
        if has(flags::MONOTONIC) && matches!(operation.time, Time::Forever | Time::Short) {
            return Err(self.failure(status::INVALID_PARAMETER));
        }
        let (signal, handles) = match operation.form {
            Form::SignalAndWait => (
                Some(self.named(handles[0], access::MODIFY_STATE)?),
                &handles[1..2],
            ),
            Form::One => (None, &handles[..1]),
            Form::Many => (None, &handles[..]),
        };
        let events = handles
            .iter()
            .map(|fd| self.named(*fd, access::SYNCHRONIZE))
            .collect::<Result<Vec<_>, _>>()?;
        let count = events.len();
        let mut wait = Wait {
            events,
            count,
            all: false,
        };
        if has(flags::ALERT) {
            let alert = self.named(operation.alert, access::SYNCHRONIZE)?;
            wait.events.push(alert);
        }
        if has(flags::ALL) {
            wait.all = count > 1;
        }
        if wait.all && has_duplicates(&wait.events[..count]) {
            return Err(self.failure(status::INVALID_PARAMETER_MIX));
        }
        Ok((signal, wait))
    }

    /// The handle of the fd.
    pub fn handle(&self, fd: Fd) -> Option<Handle> {
        self.slot(fd)
    }
}

fn has_duplicates(events: &[usize]) -> bool {
    let mut sorted = events.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}
