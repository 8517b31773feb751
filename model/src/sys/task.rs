// SPDX-License-Identifier: GPL-2.0

//! Sleep and wake-up, with deadlines and Unix signals that come when the scheduler wants.

use super::{
    clock::Clock,
    world, //
};
use std::marker::PhantomData;

/// Why [`sleep`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The condition holds.
    Ready,
    /// The deadline has expired.
    Expired,
    /// A Unix signal is pending.
    Signal,
}

/// What ends a sleep early. Here a thread is either interruptible or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SleepMode {
    /// Any Unix signal.
    Freezable,
}

/// When [`sleep`] gives up.
pub(crate) type WakeTime = Option<(Clock, i64)>;

/// The longest sampled sleep of a thread that can give up, in turns of the scheduler.
const MOST_TURNS: u64 = 24;
/// More than the number of spurious wake-ups in a sampled run of a thread that cannot give up.
const MOST_SPURIOUS: u64 = 3;

/// Sleeps until `ready` holds, `time` expires or a Unix signal arrives.
///
/// A thread that can give up is never blocked. If the scheduler runs it before `ready` holds, that
/// is the deadline or the signal. In a sampled run it stays for some turns, each a spurious
/// wake-up, so that it does not usually give up at once.
pub(crate) fn sleep(ready: &dyn Fn() -> bool, time: WakeTime, _: SleepMode) -> Woken {
    let give_up = if world::is_interruptible() {
        Woken::Signal
    } else if time.is_some() {
        Woken::Expired
    } else {
        sleep_for_waker(ready);
        return Woken::Ready;
    };
    world::demand_may_sleep();
    let is_past = time.is_some_and(|(clock, time)| time <= clock.now());
    let turns = if is_past {
        0
    } else {
        1 + world::draw(MOST_TURNS)
    };
    for _ in 0..turns {
        if ready() {
            return Woken::Ready;
        }
        shuttle::thread::yield_now();
    }
    if ready() {
        Woken::Ready
    } else {
        give_up
    }
}

/// Sleeps until `ready` holds. If nothing wakes the thread, the scheduler reports a deadlock.
pub(crate) fn sleep_for_waker(ready: &dyn Fn() -> bool) {
    let spurious = world::draw(MOST_SPURIOUS);
    for turn in 0.. {
        let wake = world::begin_sleep();
        if ready() {
            return;
        }
        if turn < spurious {
            shuttle::thread::yield_now();
            continue;
        }
        // It fails only while a failed run is torn down.
        if wake.acquire_blocking(1).is_err() {
            return;
        }
    }
}

/// The number of the calling thread in the model.
pub(super) fn current() -> usize {
    usize::from(shuttle::current::me())
}

/// Disables preemption. The scheduler ignores it here, but the thread may not sleep.
pub(crate) struct PreemptGuard(PhantomData<*mut ()>);

impl PreemptGuard {
    /// Disables preemption.
    pub(crate) fn new() -> Self {
        world::change_preempt_count(|depth| depth + 1);
        Self(PhantomData)
    }
}

impl Drop for PreemptGuard {
    fn drop(&mut self) {
        world::change_preempt_count(|depth| depth - 1);
    }
}

/// A thread that sleeps or is about to.
#[derive(Clone, Copy)]
pub(crate) struct Sleeper(usize);

impl Sleeper {
    /// The calling thread.
    pub(crate) fn current() -> Self {
        Self(current())
    }

    /// Runs `publish`, which makes the thread's `ready` true, and wakes the thread.
    ///
    /// # Safety
    ///
    /// The thread cannot leave its sleep before `publish` stores. A check ensures that what it
    /// shares is alive until then.
    pub(crate) unsafe fn publish_and_wake(self, publish: impl FnOnce()) {
        world::publishing(publish);
        world::wake(self.0);
    }
}
