// SPDX-License-Identifier: GPL-2.0

//! A waiter's entry in a queue, which tracks where it is and whether it is alive.

use super::world::{
    self,
    demand, //
};
use std::{
    cell::Cell,
    collections::VecDeque,
    ops::Deref,
    ptr::NonNull, //
};

/// Where an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location {
    Nowhere,
    /// In the queue whose lock has this address.
    Queue(usize),
    WakeList,
}

/// A waiter's entry in a queue.
pub(crate) struct Entry<B> {
    location: Cell<Location>,
    /// Whether it was queued with priority.
    pub(super) priority: Cell<bool>,
    /// The data for the waker.
    pub(crate) body: Body<B>,
}

// SAFETY: The location is written only under the queue's lock, or by the owner of a `WakeList`.
unsafe impl<B: Sync> Sync for Entry<B> {}
// SAFETY: As above.
unsafe impl<B: Send> Send for Entry<B> {}

impl<B> Entry<B> {
    /// An entry that is in no queue.
    pub(crate) fn new(body: B) -> Self {
        Self {
            location: Cell::new(Location::Nowhere),
            priority: Cell::new(false),
            body: Body {
                id: Cell::new(world::born()),
                content: body,
            },
        }
    }

    /// Whether it is in a queue.
    pub(crate) fn is_queued(&self) -> bool {
        self.body.touch();
        matches!(self.location.get(), Location::Queue(_))
    }

    /// Records that it moves from one location to another.
    pub(super) fn go(&self, from: Location, to: Location) {
        self.body.touch();
        let found = self.location.replace(to);
        demand(
            found == from,
            "an entry is in one queue or wake list at a time, and known to be there",
        );
    }
}

impl<B> Drop for Entry<B> {
    fn drop(&mut self) {
        let is_free = self.location.get() == Location::Nowhere;
        demand(
            is_free,
            "an entry goes after it left its queue or wake list",
        );
        world::died(self.body.id.replace(0));
    }
}

/// The body of an entry. Every use checks that it is alive.
pub(crate) struct Body<B> {
    id: Cell<u64>,
    content: B,
}

impl<B> Body<B> {
    fn touch(&self) {
        world::touch(self.id.get());
    }
}

impl<B> Deref for Body<B> {
    type Target = B;

    fn deref(&self) -> &B {
        self.touch();
        &self.content
    }
}

/// Entries that left their queues together, in that order.
pub(crate) struct WakeList<B>(VecDeque<NonNull<Entry<B>>>);

impl<B> WakeList<B> {
    /// An empty wake list.
    pub(crate) fn new() -> Self {
        Self(VecDeque::new())
    }

    /// Adds an entry.
    ///
    /// # Safety
    ///
    /// The entry stays valid and in place until [`WakeList::pop`] has returned it. A check ensures
    /// that it is in no queue and no wake list.
    pub(crate) unsafe fn push(&mut self, entry: NonNull<Entry<B>>) {
        // SAFETY: Valid, by the caller's promise.
        unsafe { entry.as_ref() }.go(Location::Nowhere, Location::WakeList);
        self.0.push_back(entry);
    }

    /// Removes the oldest entry.
    pub(crate) fn pop(&mut self) -> Option<NonNull<Entry<B>>> {
        let entry = self.0.pop_front()?;
        // SAFETY: Entries in the wake list are valid.
        unsafe { entry.as_ref() }.go(Location::WakeList, Location::Nowhere);
        Some(entry)
    }
}

impl<B> Drop for WakeList<B> {
    fn drop(&mut self) {
        demand(self.0.is_empty(), "the waiter of a satisfied wait is woken");
    }
}
