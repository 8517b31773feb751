// SPDX-License-Identifier: GPL-2.0

//! The waits: for one event, for any or all of several, and after a signal.

use super::{
    arguments::{
        require,
        require_zero,
        with_arguments, //
    },
    failure::Failure, //
};
use crate::{
    dispatcher::{
        self,
        has_duplicates,
        try_all,
        try_any,
        Deadline,
        Outcome,
        Satisfied,
        Waiter, //
    },
    namespace::{
        access::Access,
        fd::event_with,
        Event,
        EventRef,
        Handle, //
    },
    status::Status,
    sys::{
        array_vec::ArrayVec,
        fd::Fd,
        file::Call,
        storage::{
            with_array,
            with_small_array,
            AllocError,
            Storage, //
        },
        user::load_slice, //
    },
    uapi, //
};
use core::mem::MaybeUninit;
use kernel::{
    prelude::*,
    uaccess::UserPtr, //
};

const FLAGS: u32 = uapi::NTEVENT_WAIT_ALL | uapi::NTEVENT_WAIT_TIMEOUT | uapi::NTEVENT_WAIT_ALERT;
const MAX: usize = uapi::NTEVENT_MAX_WAIT_OBJECTS as usize;

/// The handles of a wait, and behind them that of the alert.
type Handles = ArrayVec<Fd<Handle<Event>>, { MAX + 1 }>;

/// The parameters of a wait: its flags, and the fields that are used if a flag says so.
struct WaitParams {
    flags: u32,
    timeout: i64,
    alert: i32,
}

impl WaitParams {
    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// NT: unknown flags are `INVALID_PARAMETER`.
    fn check(&self) -> Result<(), Status> {
        require(!self.has(!FLAGS))
    }

    /// The timeout as NT has it: none is for ever.
    fn timeout(&self) -> Option<i64> {
        self.has(uapi::NTEVENT_WAIT_TIMEOUT).then_some(self.timeout)
    }

    /// The handle of the alert, if one is asked for. It needs the right to wait.
    fn alert(&self) -> Result<Option<Fd<Handle<Event>>>, Status> {
        if !self.has(uapi::NTEVENT_WAIT_ALERT) {
            return Ok(None);
        }
        event_with(self.alert, Access::SYNCHRONIZE).map(Some)
    }

    /// What a wait that a Unix signal ended returns. A wait that counts from its start cannot be
    /// started again without being stretched.
    fn interrupted(&self) -> Failure {
        let relative = self.timeout().is_some_and(|timeout| timeout < 0);
        Failure::without_status(if relative { EINTR } else { ERESTARTSYS })
    }
}

/// The value of a satisfied wait for `count` objects; behind them is the alert.
#[inline]
fn wait_status(satisfied: Satisfied, count: usize) -> u32 {
    if satisfied.index < count {
        satisfied.index as u32
    } else {
        uapi::NTEVENT_STATUS_USER_APC
    }
}

/// The value of a wait that went to sleep.
fn slept(
    outcome: Result<Outcome, AllocError>,
    count: usize,
    interrupted: Failure,
) -> Result<u32, Failure> {
    match outcome {
        Ok(Outcome::Satisfied(satisfied)) => Ok(wait_status(satisfied, count)),
        Ok(Outcome::Timeout) => Ok(uapi::NTEVENT_STATUS_TIMEOUT),
        Ok(Outcome::Interrupted) => Err(interrupted),
        Err(AllocError) => Err(Status::INSUFFICIENT_RESOURCES.into()),
    }
}

/// Waits for any or all of several events.
pub(super) fn wait(argument: UserPtr) -> Result<u32> {
    with_arguments::<uapi::ntevent_wait_args>(argument, |arguments| {
        let params = WaitParams {
            flags: arguments.flags,
            timeout: arguments.timeout,
            alert: arguments.alert,
        };
        let count = arguments.count as usize;
        let mut fds = [const { MaybeUninit::uninit() }; MAX];
        let fds = match fds.get_mut(..count) {
            Some(fds) if count != 0 => fds,
            _ => return Err(Status::INVALID_PARAMETER_1.into()),
        };
        params.check()?;
        let mut handles = Handles::new();
        look_up(arguments.handles, fds, &mut handles)?;
        if let Some(alert) = params.alert()? {
            handles.push(alert);
        }
        // All of one is any of one.
        if params.has(uapi::NTEVENT_WAIT_ALL) && count > 1 {
            wait_all(&mut handles, count, &params)
        } else {
            wait_any(&mut handles, count, &params)
        }
    })
}

/// Reads the fds at `pointer`, and finds their handles in order; the first that fails decides. NT:
/// V64, V83, V84.
fn look_up(
    pointer: u64,
    buffer: &mut [MaybeUninit<i32>],
    handles: &mut Handles,
) -> Result<(), Status> {
    if pointer & 3 != 0 {
        return Err(Status::DATATYPE_MISALIGNMENT);
    }
    let pointer = UserPtr::from_addr(pointer as usize);
    let fds = load_slice(pointer, buffer).map_err(|_| Status::ACCESS_VIOLATION)?;
    for &fd in fds {
        handles.push(event_with(fd, Access::SYNCHRONIZE)?);
    }
    Ok(())
}

fn wait_any(handles: &mut Handles, count: usize, params: &WaitParams) -> Result<u32, Failure> {
    if let Some(satisfied) = try_any(handles, Waiter::NOBODY) {
        return Ok(wait_status(satisfied, count));
    }
    let deadline = Deadline::from_nt(params.timeout());
    if deadline == Deadline::Past {
        return Ok(uapi::NTEVENT_STATUS_TIMEOUT);
    }
    let outcome = with_objects(handles, |objects| {
        dispatcher::wait_any(objects, Waiter::NOBODY, deadline, Storage::Heap)
    });
    slept(outcome, count, params.interrupted())
}

fn wait_all(handles: &mut Handles, count: usize, params: &WaitParams) -> Result<u32, Failure> {
    let (members, alert) = handles.split_at_checked(count).unwrap_or_default();
    if has_duplicates(members) {
        return Err(Status::INVALID_PARAMETER_MIX.into());
    }
    let first = alert.first().map(AsRef::as_ref);
    if let Some(satisfied) = try_all(members, first, Waiter::NOBODY) {
        return Ok(wait_status(satisfied, count));
    }
    let deadline = Deadline::from_nt(params.timeout());
    if deadline == Deadline::Past {
        return Ok(uapi::NTEVENT_STATUS_TIMEOUT);
    }
    let outcome = with_objects(handles, |objects| {
        let (members, alert) = objects.split_at_checked(count).unwrap_or_default();
        let alert = alert.first().map(AsRef::as_ref);
        dispatcher::wait_all(members, alert, Waiter::NOBODY, deadline, Storage::Heap)
    });
    slept(outcome, count, params.interrupted())
}

/// Runs `f`, which will sleep, with references to the objects instead of handles: a handle that is
/// closed meanwhile goes at once. NT: V53, V211.
#[inline(never)]
fn with_objects(
    handles: &mut Handles,
    f: impl FnOnce(&[EventRef]) -> Result<Outcome, AllocError>,
) -> Result<Outcome, AllocError> {
    with_array(
        handles.len(),
        Storage::Heap,
        handles.map(|handle| handle.event_ref()),
        f,
    )?
}

/// Waits for the event of one handle; without an argument, for ever.
pub(super) fn wait_one(handle: &Handle<Event>, call: Call<'_>, argument: UserPtr) -> Result<u32> {
    let one = |params: &WaitParams| {
        params.check()?;
        handle.granted.require(Access::SYNCHRONIZE)?;
        let alert = params.alert()?;
        let event = &handle.object.body;
        let found = match &alert {
            None => try_any(&[event], Waiter::NOBODY),
            Some(alert) => try_any(&[event, alert.as_ref()], Waiter::NOBODY),
        };
        if let Some(satisfied) = found {
            return Ok(wait_status(satisfied, 1));
        }
        let deadline = Deadline::from_nt(params.timeout());
        if deadline == Deadline::Past {
            return Ok(uapi::NTEVENT_STATUS_TIMEOUT);
        }
        let objects = [
            Some(handle.event_ref()),
            alert.map(|alert| alert.event_ref()),
        ];
        // A handle that is closed meanwhile goes at once. NT: V211.
        let _asleep = call.asleep();
        let outcome = with_small_array(objects.into_iter().flatten(), |objects| {
            dispatcher::wait_any(objects, Waiter::NOBODY, deadline, Storage::Heap)
        });
        slept(outcome, 1, params.interrupted())
    };
    if argument.as_const_ptr().is_null() {
        let forever = WaitParams {
            flags: 0,
            timeout: 0,
            alert: -1,
        };
        return one(&forever).map_err(|failure: Failure| failure.errno);
    }
    with_arguments::<uapi::ntevent_wait_one_args>(argument, |arguments| {
        require_zero(arguments.pad)?;
        one(&WaitParams {
            flags: arguments.flags,
            timeout: arguments.timeout,
            alert: arguments.alert,
        })
    })
}

/// Sets one event and waits on another, atomically. NT: B5, V115 to V124.
pub(super) fn signal_and_wait(argument: UserPtr) -> Result<u32> {
    with_arguments::<uapi::ntevent_signal_and_wait_args>(argument, |arguments| {
        require_zero(arguments.pad)?;
        let params = WaitParams {
            flags: arguments.flags,
            timeout: arguments.timeout,
            alert: arguments.alert,
        };
        params.check()?;
        let object = |handle: Fd<Handle<Event>>| handle.event_ref();
        let signal = event_with(arguments.signal, Access::MODIFY_STATE).map(object)?;
        let target = event_with(arguments.wait, Access::SYNCHRONIZE).map(object)?;
        let alert = params.alert()?.map(object);
        let deadline = Deadline::from_nt(params.timeout());
        let outcome = signal.as_ref().set_and_wait(
            target.as_ref(),
            alert.as_ref().map(AsRef::as_ref),
            deadline,
        );
        // Started again it would signal twice.
        slept(Ok(outcome), 1, Failure::without_status(EINTR))
    })
}
