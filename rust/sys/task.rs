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

/// Why [`sleep`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The condition holds.
    Ready,
    /// The time has come.
    Expired,
    /// A Unix signal is pending.
    Signal,
}

/// What ends a sleep early, as the task's state says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SleepMode {
    /// Any Unix signal. The task can be frozen while it sleeps.
    Freezable,
    /// Any Unix signal; the freezer too, as if it were one.
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
            Self::Killable => bindings::TASK_KILLABLE,
            // Not TASK_UNINTERRUPTIBLE: a thread that waits for work is neither load nor hung.
            Self::Idle => bindings::TASK_IDLE,
        }
    }
}

/// Whether a Unix signal is pending that would end a sleep. Process context.
pub(crate) fn signal_pending(sleep_mode: SleepMode) -> bool {
    // SAFETY: The current task is valid.
    unsafe { helpers::ntevent_helper_signal_pending_state(sleep_mode.task_state()) }
}

/// When [`sleep`] gives up: a point on a clock, in nanoseconds, or never.
pub(crate) type WakeTime = Option<(Clock, i64)>;

/// Sleeps until `ready` holds, `time` comes, or a signal ends it as `sleep_mode` says. `ready` is
/// asked first, so it wins.
///
/// Whoever makes `ready` true must call [`Sleeper::publish_and_wake`] to do it. Process context.
///
/// The symbol is what `/proc/PID/wchan` shows of a waiter.
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

/// Sleeps, deaf to signals, until `ready` holds: for the short time between a waker's claim of this
/// task and its wake. Process context.
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

/// Gives the CPU away until a wake-up; false if `time` came first.
fn schedule_until(time: WakeTime) -> bool {
    let Some((clock, mut nanoseconds)) = time else {
        // SAFETY: Process context, no lock held.
        unsafe { bindings::schedule() };
        return true;
    };
    // SAFETY: As above; the pointer is to a local. A zero return says that the timer ran out.
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
    // SAFETY: A task may set its own state; the callers above restore it before they return.
    unsafe { helpers::ntevent_helper_set_current_state(state) }
}

/// Disables preemption from [`PreemptGuard::new`] to the drop. Does nothing on a PREEMPT_RT kernel,
/// where the next lock may sleep.
pub(crate) struct PreemptGuard(NotThreadSafe);

impl PreemptGuard {
    /// Any context.
    pub(crate) fn new() -> Self {
        // SAFETY: Nests, and is undone by `drop`.
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

/// A task that sleeps, or is about to, in [`sleep`].
#[derive(Clone, Copy)]
pub(crate) struct Sleeper(NonNull<bindings::task_struct>);

// SAFETY: Only an address; what may be done with it is the contract of `publish_and_wake`.
unsafe impl Send for Sleeper {}
// SAFETY: As above.
unsafe impl Sync for Sleeper {}

impl Sleeper {
    /// The current task.
    pub(crate) fn current() -> Self {
        // SAFETY: The pointer to the current task is never null.
        Self(unsafe { NonNull::new_unchecked(bindings::get_current()) })
    }

    /// Runs `publish`, which makes the task's `ready` true, and wakes the task. The task may run
    /// on, and what it shared may be gone, as soon as `publish` has stored. Any context.
    ///
    /// # Safety
    ///
    /// The task cannot leave [`sleep_for_waker`] or [`sleep`] before `publish` stores, and does not
    /// free its task struct while asleep there: it is alive when `publish` starts.
    #[inline]
    pub(crate) unsafe fn publish_and_wake(self, publish: impl FnOnce()) {
        let _alive = rcu::read_lock();
        publish();
        // SAFETY: The task was alive inside this RCU read section (the caller's promise), and a
        // task struct is freed a grace period after its task is gone.
        unsafe { bindings::wake_up_process(self.0.as_ptr()) };
    }
}
