// SPDX-License-Identifier: GPL-2.0

//! Atomics that the scheduler can step between, and that detect use after free.

use super::world;
use std::cell::Cell;

/// The kernel's names for memory orders. All are sequentially consistent here.
pub(crate) struct Acquire;
/// As [`Acquire`].
pub(crate) struct Full;
/// As [`Acquire`].
pub(crate) struct Relaxed;
/// As [`Acquire`].
pub(crate) struct Release;

/// An atomic variable.
pub(crate) struct Atomic<T> {
    /// The id in [`world`], or 0 after it is dropped.
    id: Cell<u64>,
    value: Cell<T>,
}

// SAFETY: The threads of a model take turns on one real thread.
unsafe impl<T: Send> Sync for Atomic<T> {}

impl<T: Copy + Eq> Atomic<T> {
    /// A variable with a value.
    pub(crate) fn new(value: T) -> Self {
        Self {
            id: Cell::new(world::born()),
            value: Cell::new(value),
        }
    }

    /// Reads it.
    pub(crate) fn load<O>(&self, _order: O) -> T {
        world::touch(self.id.get());
        let value = self.value.get();
        world::point();
        value
    }

    /// Writes it.
    pub(crate) fn store<O>(&self, value: T, _order: O) {
        world::touch(self.id.get());
        world::stored(self.id.get());
        self.value.set(value);
        world::point();
    }

    /// Writes it and returns the previous value.
    pub(crate) fn xchg<O>(&self, new: T, _order: O) -> T {
        world::touch(self.id.get());
        let old = self.value.replace(new);
        world::point();
        old
    }

    /// Writes `new` if the value is `old`, otherwise returns the value.
    pub(crate) fn cmpxchg<O>(&self, old: T, new: T, _order: O) -> Result<T, T> {
        world::touch(self.id.get());
        let found = self.value.get();
        if found == old {
            self.value.set(new);
        }
        world::point();
        if found == old {
            Ok(found)
        } else {
            Err(found)
        }
    }
}

impl Atomic<u32> {
    /// Adds `delta` to the value.
    pub(crate) fn add<O>(&self, delta: u32, _order: O) {
        world::touch(self.id.get());
        self.value.set(self.value.get().wrapping_add(delta));
        world::point();
    }
}

impl<T> Drop for Atomic<T> {
    fn drop(&mut self) {
        world::died(self.id.replace(0));
    }
}

/// A full memory barrier, which has no effect as all atomics are in one order.
pub(crate) fn full_barrier() {}
