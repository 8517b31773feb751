// SPDX-License-Identifier: GPL-2.0

//! What stands in a queue for a waiter, and knows where it is and whether it is alive.

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
pub(super) enum Place {
    Nowhere,
    /// In the queue whose lock has this address.
    Queue(usize),
    Chain,
}

/// What stands in a queue for a waiter.
pub(crate) struct Entry<B> {
    place: Cell<Place>,
    /// Whether it was put ahead of others.
    pub(super) ahead: Cell<bool>,
    /// What the waker needs to know.
    pub(crate) body: Body<B>,
}

// SAFETY: The place is written under the queue's lock alone, or by the one owner of a `Chain`.
unsafe impl<B: Sync> Sync for Entry<B> {}
// SAFETY: As above.
unsafe impl<B: Send> Send for Entry<B> {}

impl<B> Entry<B> {
    /// An entry that is in no queue.
    pub(crate) fn new(body: B) -> Self {
        Self {
            place: Cell::new(Place::Nowhere),
            ahead: Cell::new(false),
            body: Body {
                id: Cell::new(world::born()),
                content: body,
            },
        }
    }

    /// Whether it is in no queue and no chain.
    pub(super) fn is_nowhere(&self) -> bool {
        self.body.touch();
        self.place.get() == Place::Nowhere
    }

    /// Moves it, in name, from one place to another.
    pub(super) fn go(&self, from: Place, to: Place) {
        self.body.touch();
        let found = self.place.replace(to);
        demand(
            found == from,
            "an entry is in one queue or chain at a time, and known to be there",
        );
    }
}

impl<B> Drop for Entry<B> {
    fn drop(&mut self) {
        let is_free = self.place.get() == Place::Nowhere;
        demand(is_free, "an entry goes after it left its queue or chain");
        world::died(self.body.id.replace(0));
    }
}

/// An entry's body, which is checked to be alive at every use.
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

/// Entries that left their queues together, in the order in which they did.
pub(crate) struct Chain<B>(VecDeque<NonNull<Entry<B>>>);

impl<B> Chain<B> {
    /// An empty chain.
    pub(crate) fn new() -> Self {
        Self(VecDeque::new())
    }

    /// Adds an entry.
    ///
    /// # Safety
    ///
    /// The entry stays valid and in place until [`Chain::pop`] gave it back. That it is in no queue
    /// and no chain is checked.
    pub(crate) unsafe fn push(&mut self, entry: NonNull<Entry<B>>) {
        // SAFETY: Valid, by the caller's promise.
        unsafe { entry.as_ref() }.go(Place::Nowhere, Place::Chain);
        self.0.push_back(entry);
    }

    /// Takes the oldest entry out.
    pub(crate) fn pop(&mut self) -> Option<NonNull<Entry<B>>> {
        let entry = self.0.pop_front()?;
        // SAFETY: What is in the chain is valid.
        unsafe { entry.as_ref() }.go(Place::Chain, Place::Nowhere);
        Some(entry)
    }
}

impl<B> Drop for Chain<B> {
    fn drop(&mut self) {
        demand(self.0.is_empty(), "who was granted a wait is told");
    }
}
