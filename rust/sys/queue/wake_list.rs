// SPDX-License-Identifier: GPL-2.0

//! The list of waits whose threads are to be woken.

use super::Entry;
use core::ptr::NonNull;

/// Entries that were taken out of their queues, in the order in which they were taken out.
pub(crate) struct WakeList<B> {
    first: *mut Entry<B>,
    last: *mut Entry<B>,
}

impl<B> WakeList<B> {
    /// An empty wake list.
    #[inline]
    pub(crate) fn new() -> Self {
        Self {
            first: core::ptr::null_mut(),
            last: core::ptr::null_mut(),
        }
    }

    /// Adds an entry.
    ///
    /// # Safety
    ///
    /// The entry is in no queue and no wake list. It stays valid and in place until
    /// [`WakeList::pop`] has returned it.
    pub(crate) unsafe fn push(&mut self, entry: NonNull<Entry<B>>) {
        let entry = entry.as_ptr();
        // SAFETY: The entry is valid. Outside a queue nobody looks at its field `private`, so that
        // field links the wake list.
        unsafe { (*(*entry).raw.get()).private = core::ptr::null_mut() };
        if self.last.is_null() {
            self.first = entry;
        } else {
            // SAFETY: Entries in the wake list are valid.
            unsafe { (*(*self.last).raw.get()).private = entry.cast() };
        }
        self.last = entry;
    }

    /// Takes the oldest entry out.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<NonNull<Entry<B>>> {
        let entry = NonNull::new(self.first)?;
        // SAFETY: Entries in the wake list are valid.
        self.first = unsafe { (*entry.as_ref().raw.get()).private }.cast();
        if self.first.is_null() {
            self.last = core::ptr::null_mut();
        }
        Some(entry)
    }
}
