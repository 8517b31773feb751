// SPDX-License-Identifier: GPL-2.0

//! Putting the current task to sleep, and waking another.

use super::{
    clock::Clock,
    helpers, //
};
use core::ptr::NonNull;
use kernel::{
    bindings,
    sync::rcu,
    types::NotThreadSafe, //
};

/// Why [`sleep`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The condition holds.
    Ready,
    /// The time has come.
    Expired,
    /// A Unix signal is pending.
    Signal,
}

/// What ends a sleep early. It decides the state of the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SleepMode {
    /// Any Unix signal. The task can be frozen while it sleeps.
    Freezable,
    /// Any Unix signal. The freezer ends the sleep too, as if it were a signal.
    Interruptible,
    /// A Unix signal that kills the task.
    Killable,
    /// Nothing.
    Idle,
}

impl SleepMode {
    fn task_state(self) -> u32 {
        match self {
            Self::Freezable => bindings::TASK_INTERRUPTIBLE | bindings::TASK_FREEZABLE,
            Self::Interruptible => bindings::TASK_INTERRUPTIBLE,
            Self::Killable => bindings::TASK_KILLABLE | bindings::TASK_FREEZABLE,
            // Not TASK_UNINTERRUPTIBLE, because a thread that waits for work is neither load nor
            // hung.
            Self::Idle => bindings::TASK_IDLE | bindings::TASK_FREEZABLE,
        }
    }
}

/// Whether a Unix signal is pending that ends a sleep in this mode. Process context.
pub(crate) fn signal_pending(sleep_mode: SleepMode) -> bool {
    // SAFETY: The current task is valid.
    unsafe { helpers::ntevent_helper_signal_pending_state(sleep_mode.task_state()) }
}

/// When [`sleep`] gives up: a point on a clock, in nanoseconds, or never.
pub(crate) type WakeTime = Option<(Clock, i64)>;

/// Sleeps until `ready` holds, `time` comes, or a signal ends the sleep as `sleep_mode` says.
/// `ready` is asked first, so it wins. Process context.
///
/// A thread that makes `ready` true must do so in [`Sleeper::publish_and_wake`].
///
/// `/proc/PID/wchan` of a waiter shows this symbol.
#[inline(never)]
#[export_name = "ntevent_sleep"]
pub(crate) fn sleep(ready: &dyn Fn() -> bool, time: WakeTime, sleep_mode: SleepMode) -> Woken {
    let state = sleep_mode.task_state();
    let woken = loop {
        set_state(state);
        if ready() {
            break Woken::Ready;
        }
        if signal_pending(sleep_mode) {
            break Woken::Signal;
        }
        if !schedule_until(time) {
            break if ready() {
                Woken::Ready
            } else {
                Woken::Expired
            };
        }
    };
    set_state(bindings::TASK_RUNNING);
    woken
}

/// Sleeps until `ready` holds, and ignores signals. It covers the short time between a waker's
/// claim of this task and the wake-up. Process context.
#[export_name = "ntevent_sleep_for_waker"]
pub(crate) fn sleep_for_waker(ready: &dyn Fn() -> bool) {
    loop {
        set_state(bindings::TASK_UNINTERRUPTIBLE);
        if ready() {
            break;
        }
        schedule_until(None);
    }
    set_state(bindings::TASK_RUNNING);
}

/// Yields the CPU to another task, if one wants it. Process context.
pub(crate) fn give_way() {
    // SAFETY: Process context, no lock held.
    unsafe { bindings::yield_() }
}

/// Sleeps until a wake-up. Returns false if `time` came first.
fn schedule_until(time: WakeTime) -> bool {
    let Some((clock, mut nanoseconds)) = time else {
        // SAFETY: Process context, no lock held.
        unsafe { bindings::schedule() };
        return true;
    };
    // SAFETY: As above. The pointer is to a local. The function returns zero if the timer expired.
    let left = unsafe {
        bindings::schedule_hrtimeout_range_clock(
            &mut nanoseconds,
            0,
            bindings::hrtimer_mode_HRTIMER_MODE_ABS,
            clock.id(),
        )
    };
    left != 0
}

fn set_state(state: u32) {
    // SAFETY: A task may set its own state. The callers above restore it before they return.
    unsafe { helpers::ntevent_helper_set_current_state(state) }
}

/// Disables preemption until it is dropped. Does nothing on PREEMPT_RT, where the next lock may
/// sleep.
pub(crate) struct PreemptGuard(NotThreadSafe);

impl PreemptGuard {
    /// Disables preemption. Any context.
    pub(crate) fn new() -> Self {
        // SAFETY: Calls nest, and `drop` undoes this one.
        unsafe { helpers::ntevent_helper_preempt_disable() };
        Self(NotThreadSafe)
    }
}

impl Drop for PreemptGuard {
    fn drop(&mut self) {
        // SAFETY: Undoes what `new` did on this task.
        unsafe { helpers::ntevent_helper_preempt_enable() }
    }
}

/// A task that sleeps in [`sleep`], or is about to.
#[derive(Clone, Copy)]
pub(crate) struct Sleeper(NonNull<bindings::task_struct>);

// SAFETY: It is only an address. `publish_and_wake` says what it may be used for.
unsafe impl Send for Sleeper {}
// SAFETY: As above.
unsafe impl Sync for Sleeper {}

impl Sleeper {
    /// The current task.
    pub(crate) fn current() -> Self {
        // SAFETY: The pointer to the current task is never null.
        Self(unsafe { NonNull::new_unchecked(bindings::get_current()) })
    }

    /// Runs `publish`, which makes the task's `ready` true, and wakes the task. As soon as
    /// `publish` has stored, the task may run on, and what it shared may be gone. Any context.
    ///
    /// # Safety
    ///
    /// The task cannot leave [`sleep_for_waker`] or [`sleep`] before `publish` stores. So it is
    /// alive when `publish` starts.
    #[inline]
    pub(crate) unsafe fn publish_and_wake(self, publish: impl FnOnce()) {
        let _alive = rcu::read_lock();
        publish();
        // SAFETY: The task was alive inside this RCU read section (the caller's promise). A task
        // struct is freed a grace period after its task is gone.
        unsafe { bindings::wake_up_process(self.0.as_ptr()) };
    }
}
