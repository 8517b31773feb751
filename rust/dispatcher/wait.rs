// SPDX-License-Identifier: GPL-2.0

//! Waiting: a test, a sleep until the wait is satisfied, and the result.

use super::{
    block::WaitType,
    try_wait::{
        has_duplicates,
        locks_of,
        try_all,
        try_any, //
    },
    wait_block::{
        with_wait_blocks,
        Joined,
        WaitBlocks, //
    },
    Deadline,
    Object,
    Satisfied,
    Signal,
    Waiter, //
};
use crate::sys::{
    queue::WaitAllLocks,
    storage::{
        AllocError,
        Storage, //
    },
    task::{
        sleep,
        WakeTime,
        Woken, //
    },
};

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The wait was satisfied.
    Satisfied(Satisfied),
    /// The deadline passed. No object was consumed.
    Timeout,
    /// A Unix signal ended the wait. No object was consumed.
    Interrupted,
}

/// Why a wait did not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitError {
    /// An object is in a wait for all twice. NT: V67, V68.
    Duplicate,
    /// There is no memory for the wait blocks.
    NoMemory,
}

impl From<AllocError> for WaitError {
    fn from(_: AllocError) -> Self {
        Self::NoMemory
    }
}

/// The objects of a wait in order. If there is an alert, it is the last.
pub(crate) trait WaitObjects<S: Signal> {
    /// A reference to an object while it is tested.
    type Tried<'a>: AsRef<Object<S>>
    where
        Self: 'a;

    /// A reference to an object while the thread sleeps.
    type Kept: AsRef<Object<S>>;

    /// Runs `test` with the objects.
    fn test<'a, R>(&'a self, test: impl FnOnce(&[Self::Tried<'a>]) -> R) -> R
    where
        Self: 'a;

    /// Runs `sleep` with the objects. Process context, may sleep. Fails only for lack of memory,
    /// before `sleep` runs.
    fn keep<R>(self, sleep: impl FnOnce(&[Self::Kept]) -> R) -> Result<R, AllocError>;
}

impl<S: Signal, O: AsRef<Object<S>>> WaitObjects<S> for &[O] {
    type Tried<'a>
        = O
    where
        Self: 'a;
    type Kept = O;

    #[inline]
    fn test<'a, R>(&'a self, test: impl FnOnce(&[O]) -> R) -> R
    where
        Self: 'a,
    {
        test(self)
    }

    #[inline]
    fn keep<R>(self, sleep: impl FnOnce(&[O]) -> R) -> Result<R, AllocError> {
        Ok(sleep(self))
    }
}

/// What a wait is for, and on whose behalf it is.
#[derive(Clone, Copy)]
pub(crate) struct WaitRequest {
    /// Whether it is for any or all of the objects.
    pub(crate) wait_type: WaitType,
    /// Whether the last of the objects is the alert. The wait itself is for the others. A signaled
    /// alert ends it while the others do not satisfy it. NT: B4, V73.
    pub(crate) has_alert: bool,
    /// Who waits.
    pub(crate) waiter: Waiter,
}

impl WaitRequest {
    /// The objects that the wait is for, and the alert.
    #[inline]
    fn split<'a, O>(&self, objects: &'a [O]) -> (&'a [O], Option<&'a O>) {
        match objects {
            [members @ .., alert] if self.has_alert => (members, Some(alert)),
            members => (members, None),
        }
    }
}

/// Waits for `objects` as `request` says, until `deadline`. `deadline` is called only if the
/// objects do not satisfy the wait at once. `storage` is for the wait blocks of more than nine
/// objects. Any context if the deadline is past, otherwise process context. NT: section B; A3.
#[inline]
pub(crate) fn wait<S: Signal, O: WaitObjects<S>>(
    objects: O,
    request: WaitRequest,
    deadline: impl FnOnce() -> Deadline,
    storage: Storage<'_>,
) -> Result<Outcome, WaitError> {
    if let Some(satisfied) = objects.test(|objects| try_now(objects, &request))? {
        return Ok(Outcome::Satisfied(satisfied));
    }
    match deadline().wake_time() {
        None => Ok(Outcome::Timeout),
        Some(time) => Ok(sleep_on(objects, request, time, storage)?),
    }
}

/// Satisfies the wait at once, if the objects do. Always inlined, so that its result stays in
/// registers.
#[inline(always)]
fn try_now<S: Signal, O: AsRef<Object<S>>>(
    objects: &[O],
    request: &WaitRequest,
) -> Result<Option<Satisfied>, WaitError> {
    let (members, alert) = request.split(objects);
    if !is_for_all::<S, _>(request, members) {
        return Ok(try_any(objects, request.waiter));
    }
    if has_duplicates(members) {
        return Err(WaitError::Duplicate);
    }
    Ok(try_all(members, alert.map(AsRef::as_ref), request.waiter))
}

/// Whether a wait for `members` is for all of them. A wait for all of one object is a wait for any,
/// unless waits for all come first. NT: A3 rule 4.
#[inline]
fn is_for_all<S: Signal, O>(request: &WaitRequest, members: &[O]) -> bool {
    request.wait_type == WaitType::All && (S::ALL_FIRST || members.len() != 1)
}

/// Sleeps until the wait is satisfied, unless an object satisfies it while it is being queued.
#[inline(never)]
fn sleep_on<S: Signal, O: WaitObjects<S>>(
    objects: O,
    request: WaitRequest,
    time: WakeTime,
    storage: Storage<'_>,
) -> Result<Outcome, AllocError> {
    objects.keep(|objects| {
        let (members, alert) = request.split(objects);
        let wait_type = if is_for_all::<S, _>(&request, members) {
            WaitType::All
        } else {
            WaitType::Any
        };
        let alert = alert.map(AsRef::as_ref);
        let waiter = request.waiter;
        // The locks stay joined until the blocks have left the queues.
        let locks = (wait_type == WaitType::All).then(|| WaitAllLocks::join(locks_of(members)));
        with_wait_blocks(members, alert, wait_type, waiter, storage, |blocks| {
            if let Some(locks) = &locks {
                let joined = blocks.join_all(&locks.lock());
                if let Joined::Satisfied(all) = joined {
                    return Outcome::Satisfied(all);
                }
            }
            match blocks.join_each(0) {
                Joined::Satisfied(satisfied) => Outcome::Satisfied(satisfied),
                Joined::Queued | Joined::Ended => finish(blocks, time),
            }
        })
    })?
}

/// Sleeps until a signaler has satisfied the wait, or until the deadline or a Unix signal ends it.
pub(super) fn finish<S: Signal>(blocks: &WaitBlocks<'_, '_, S>, time: WakeTime) -> Outcome {
    let wait = blocks.wait();
    let woken = sleep(&|| wait.satisfied().is_some(), time, wait.waiter.sleep_mode);
    if woken != Woken::Ready && wait.end() {
        return match woken {
            Woken::Signal => Outcome::Interrupted,
            _ => Outcome::Timeout,
        };
    }
    let satisfied = blocks.wait_for_waker();
    let index = match satisfied.index {
        // The members satisfied the wait together, so the index is 0.
        member if member < wait.members => 0,
        index => index,
    };
    Outcome::Satisfied(Satisfied { index, ..satisfied })
}
