// SPDX-License-Identifier: GPL-2.0

//! A waiter's entry in a wait queue.

use core::ffi::{
    c_int,
    c_uint,
    c_void, //
};
use kernel::{
    bindings,
    types::Opaque, //
};

/// Its address marks the entries of waiters. Entries of pollers have other `private` pointers.
static OURS: Address = Address(Opaque::uninit());

struct Address(Opaque<u8>);

// SAFETY: Only the address is used.
unsafe impl Sync for Address {}

/// A waiter's entry in a queue. It must be pinned, because of the [`Opaque`] in it.
#[repr(C)]
pub(crate) struct Entry<B> {
    /// `entry.next` is null while the entry is in no queue. In a wake list, `private` points to the
    /// next entry.
    pub(super) raw: Opaque<bindings::wait_queue_entry>,
    /// What a signaler needs to know of the waiter.
    pub(crate) body: B,
}

// SAFETY: The links are used only under the queue's lock, or by the one owner of a `WakeList`.
unsafe impl<B: Sync> Sync for Entry<B> {}
// SAFETY: As above.
unsafe impl<B: Send> Send for Entry<B> {}

impl<B> Entry<B> {
    /// An entry that is in no queue.
    pub(crate) fn new(body: B) -> Self {
        Self {
            raw: Opaque::new(bindings::wait_queue_entry {
                private: OURS.0.get().cast(),
                func: Some(ignore_wake),
                ..pin_init::zeroed()
            }),
            body,
        }
    }

    /// The C entry of `entry`, which need not be valid. The result may be cast back to `entry`.
    #[inline]
    pub(super) fn as_raw(entry: *const Self) -> *mut bindings::wait_queue_entry {
        // `raw` is the first field.
        entry.cast_mut().cast()
    }

    /// The entry of this module whose C entry is at `raw`; `None` if that is a poller's.
    ///
    /// # Safety
    ///
    /// The C entry is in a queue of entries with body `B`, whose lock is held.
    #[inline]
    pub(super) unsafe fn from_raw(raw: *mut bindings::wait_queue_entry) -> Option<*mut Self> {
        // SAFETY: An entry in the queue is valid while the lock is held.
        let is_ours = unsafe { (*raw).private } == OURS.0.get().cast();
        // If it is ours, it is an `Entry<B>`, of which `raw` is the first field.
        is_ours.then_some(raw.cast())
    }

    /// Whether the entry is in a queue. Without the queue's lock the result is exact only if nobody
    /// queues or removes the entry meanwhile. Any context.
    #[inline]
    pub(crate) fn is_queued(&self) -> bool {
        let raw = self.raw.get();
        // SAFETY: The field is valid. Taking its address reads nothing.
        let next = unsafe { &raw const (*raw).entry.next };
        // SAFETY: As above. The read is volatile, as READ_ONCE() is in C, because the link is
        // written when a neighbour is queued or removed.
        !unsafe { next.read_volatile() }.is_null()
    }
}

/// The wake function of waiters' entries. It does nothing, because it is called to wake pollers.
///
/// # Safety
///
/// None. The function uses none of its arguments.
unsafe extern "C" fn ignore_wake(
    _entry: *mut bindings::wait_queue_entry,
    _mode: c_uint,
    _flags: c_int,
    _key: *mut c_void,
) -> c_int {
    0
}
