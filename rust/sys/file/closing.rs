// SPDX-License-Identifier: GPL-2.0

//! Closing a handle when only calls that sleep still refer to its file.
//!
//! The kernel calls `flush` for each fd that is closed, before it drops the fd's reference. It
//! calls `release` after the last reference is dropped. In between, a call that sleeps may keep the
//! file for hours. So a task that is about to drop a reference counts the references. If all that
//! remain belong to calls that sleep, it closes the handle. Two tasks that do so at the same time
//! see the reference of each other. Therefore a closing that finds other references marks the file.
//! Calls look for the mark when they return, and count the references if they find it. In addition,
//! a work item counts again for a while. By then the two tasks have dropped their references.
//!
//! This file has the work item. [`super::handle`] and [`super::sleepers`] have the rest. It would
//! be in the kernel's file itself, which would tell `flush` whether the fd is the last.

use crate::sys::{
    clock::Clock,
    helpers,
    warn_on_once,
    Atomic,
    Full,
    Relaxed, //
};
use kernel::{
    bindings,
    prelude::*,
    rbtree::{
        RBTree,
        RBTreeNodeReservation, //
    },
    time::{
        delay::fsleep,
        Delta, //
    }, //
};

/// What the work item does with a file of one kind.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// Whether only calls that sleep refer to a file of the kind. The file must not be released
    /// meanwhile.
    pub(super) is_unused: unsafe fn(*mut bindings::file) -> bool,
    /// Closes the handle of a file of the kind. The caller must hold the file.
    pub(super) close: unsafe fn(*mut bindings::file),
}

/// A file that the work item looks at.
struct Marked {
    kind: Kind,
    /// When the work item stops looking at the file, on the monotonic clock.
    until: i64,
}

/// The marked files by their addresses.
type MarkedFiles = RBTree<usize, Marked>;

kernel::sync::global_lock! {
    // SAFETY: `Work::new` initialises the lock before there is a file.
    unsafe(uninit) static MARKED: Mutex<Option<MarkedFiles>> = None;
}

/// How long the work item looks at a file after the closing of an fd, in nanoseconds. A call that
/// takes longer finds the mark when it returns. It closes the handle itself, because all other
/// references are gone by then.
const FOR: i64 = 2_000_000_000;

/// The delay before the next run of the work item, in jiffies.
static DELAY: Atomic<u64> = Atomic::new(1);
const LONGEST_DELAY: u64 = 128;

/// Makes the work item look at a file for a while.
///
/// # Safety
///
/// `file` is of the `kind`, the caller holds it, and [`file_goes`] is called before it is released.
pub(super) unsafe fn look_for_a_while(file: *mut bindings::file, kind: Kind) -> Result {
    let node = RBTreeNodeReservation::new(GFP_KERNEL_ACCOUNT)?;
    let until = Clock::Monotonic.now().saturating_add(FOR);
    let mut marked = MARKED.lock();
    let files = marked.get_or_insert_with(RBTree::new);
    let address = file as usize;
    if let Some(known) = files.get_mut(&address) {
        known.until = until;
    } else {
        files.insert(node.into_node(address, Marked { kind, until }));
    }
    drop(marked);
    DELAY.store(1, Relaxed);
    // SAFETY: Schedules a static work item.
    unsafe { helpers::ntevent_helper_look_at_marked(0) };
    Ok(())
}

/// Removes a marked file from the table, before the file is released.
pub(super) fn file_goes(file: *mut bindings::file) {
    let mut marked = MARKED.lock();
    let node = marked
        .as_mut()
        .and_then(|files| files.remove_node(&(file as usize)));
    drop(marked);
    drop(node);
}

/// Looks at the first marked file whose address is not below `from`. Returns the address behind the
/// file, and whether the file stays in the table. Returns `None` if there is no such file.
fn look_at_next(from: usize) -> Option<(usize, bool)> {
    let mut marked = MARKED.lock();
    let cursor = marked.as_mut()?.cursor_lower_bound_mut(&from)?;
    let (&address, entry) = cursor.current();
    let file = address as *mut bindings::file;
    // SAFETY: A file leaves the table under the lock, before it is released. The file is of the
    // kind that the function is for.
    let is_unused = unsafe { (entry.kind.is_unused)(file) };
    // Cannot overflow, because no file is at the last address.
    let next = address.wrapping_add(1);
    if !is_unused && Clock::Monotonic.now() < entry.until {
        return Some((next, true));
    }
    let close = entry.kind.close;
    let (_, node) = cursor.remove_current();
    // SAFETY: As above.
    let is_held = is_unused && unsafe { helpers::ntevent_helper_get_file(file) };
    drop(marked);
    drop(node);
    if is_held {
        // SAFETY: The file is held. It is of the kind that the function is for.
        unsafe { close(file) };
        // SAFETY: Gives up the reference from above.
        unsafe { bindings::fput(file) };
    }
    Some((next, false))
}

/// Looks at each file in the table. Returns whether any stays there.
fn look_at_all() -> bool {
    let (mut from, mut any) = (0, false);
    while let Some((next, stays)) = look_at_next(from) {
        from = next;
        any |= stays;
    }
    any
}

/// The work item. It looks at the marked files often for some milliseconds. While there are any, it
/// schedules itself again, with longer and longer delays.
#[no_mangle]
extern "C" fn ntevent_look_at_marked(_work: *mut bindings::work_struct) {
    let mut microseconds: i64 = 50;
    for _ in 0..40 {
        // A task that is about to drop its reference has dropped it after this time, if it runs.
        fsleep(Delta::from_micros(microseconds));
        if !look_at_all() {
            return;
        }
        microseconds = microseconds.saturating_mul(2).min(400);
    }
    let delay = DELAY.load(Relaxed);
    DELAY.store(delay.saturating_mul(2).min(LONGEST_DELAY), Relaxed);
    // SAFETY: Schedules a static work item.
    unsafe { helpers::ntevent_helper_look_at_marked(delay as c_ulong) };
}

/// The work item and its table. The module keeps this value as long as there are files that are
/// handles.
pub(crate) struct Work(());

impl Work {
    /// Called once when the module is loaded, before there is a file.
    pub(crate) fn new() -> Self {
        static IS_READY: Atomic<bool> = Atomic::new(false);
        if !warn_on_once(IS_READY.xchg(true, Full)) {
            // SAFETY: This is done once. The lock is only taken for files, and there are none yet.
            unsafe { MARKED.init() };
        }
        Self(())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // There are no files any more, so nobody schedules the work item again.
        // SAFETY: This is the exit of the module, which may sleep.
        unsafe { helpers::ntevent_helper_look_no_more() };
    }
}
