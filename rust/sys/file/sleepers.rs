// SPDX-License-Identifier: GPL-2.0

//! Counting the calls on a file that sleep, and finding out whether only they still refer to it.

use crate::sys::{
    full_barrier,
    helpers,
    Atomic,
    Full,
    Relaxed, //
};
use kernel::bindings;

/// The calls on a file that sleep, and the mark of the file.
///
/// The low 31 bits count the calls that sleep and have a reference to the file. Bit 31 is the mark.
/// The high half counts each call that begins to sleep, so that the word never has an old value
/// again.
pub(super) struct Sleepers(Atomic<u64>);

const MARK: u64 = 1 << 31;
const COUNT: u64 = MARK - 1;
/// Added to the word when one more call sleeps.
const BEGINS: u64 = (1 << 32) + 1;

impl Sleepers {
    /// No call sleeps.
    pub(super) fn new() -> Self {
        Self(Atomic::new(0))
    }

    /// Counts a call that begins to sleep. It has a reference to the file.
    pub(super) fn begin(&self) {
        self.0.fetch_add(BEGINS, Full);
    }

    /// Counts off a call that does not sleep any more.
    pub(super) fn end(&self) {
        self.0.fetch_sub(1, Full);
    }

    /// Whether the file is marked. An fd was closed then while something else referred to the file.
    #[inline]
    pub(super) fn are_marked(&self) -> bool {
        self.0.load(Relaxed) & MARK != 0
    }

    /// Marks the file.
    pub(super) fn mark(&self) {
        let mut before = self.0.load(Relaxed);
        while let Err(now) = self.0.cmpxchg(before, before | MARK, Full) {
            before = now;
        }
    }

    /// Whether any call sleeps.
    pub(super) fn are_any(&self) -> bool {
        self.0.load(Relaxed) & COUNT != 0
    }

    /// Whether only calls that sleep and `own` references of the caller refer to `file`. Then no
    /// new call can use the file: it is in no table of fds, in no message and in no other call.
    ///
    /// This is so at the instant at which the references are counted. The word is the same before
    /// and after, so the same calls slept all the time. Each of them had its reference before it
    /// began to count as sleeping, and has it until after it stops.
    ///
    /// It stays so. A new reference comes from another reference, or from a table of fds. A thread
    /// that finds the fd in a table counts its reference, has a full barrier, and then looks at the
    /// table again. If its reference is not counted here, it looks at the table after the count
    /// here. By then the fd has been taken out of the table: this was done before the fd's
    /// reference was dropped, or before the caller's barrier. So the thread finds the fd gone. Only
    /// epoll can still call `poll`, which is allowed.
    ///
    /// # Safety
    ///
    /// `file` is the file that `self` belongs to. It is not released meanwhile.
    pub(super) unsafe fn alone_have(&self, file: *mut bindings::file, own: u32) -> bool {
        full_barrier();
        let before = self.0.load(Relaxed);
        full_barrier();
        // SAFETY: By the caller's promise the file is not released.
        let references = unsafe { helpers::ntevent_helper_file_count(file) } as u64;
        full_barrier();
        references == (before & COUNT) + u64::from(own) && self.0.load(Relaxed) == before
    }
}
