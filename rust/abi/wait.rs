// SPDX-License-Identifier: GPL-2.0

//! The waits: for one event, for any or all of several events, and after a signal.

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
        Deadline,
        Outcome,
        WaitError,
        WaitObjects,
        WaitRequest,
        WaitType,
        Waiter, //
    },
    namespace::{
        access::Access,
        fd::event_with,
        Event,
        EventRef,
        Handle, //
    },
    object::event,
    status::Status,
    sys::{
        array_vec::ArrayVec,
        clock::Clock,
        fd::Fd,
        file::Call,
        files::Files,
        restart::{
            restart_with,
            started,
            Started, //
        },
        storage::{
            with_array,
            AllocError,
            Storage, //
        },
        user::load_slice, //
    },
    uapi, //
};
use core::{
    cell::Cell,
    mem::MaybeUninit, //
};
use kernel::{
    prelude::*,
    uaccess::UserPtr, //
};

const FLAGS: u32 = uapi::NTEVENT_WAIT_ALL
    | uapi::NTEVENT_WAIT_TIMEOUT
    | uapi::NTEVENT_WAIT_ALERT
    | uapi::NTEVENT_WAIT_MONOTONIC;
const MAX: usize = uapi::NTEVENT_MAX_WAIT_OBJECTS as usize;

/// The handles of a wait. If there is an alert, its handle is the last.
type Handles = ArrayVec<Fd<Handle<Event>>, { MAX + 1 }>;

/// The parameters of a wait: its flags, and the fields that are used if a flag asks for them.
struct WaitParams {
    flags: u32,
    timeout: i64,
    alert: i32,
    /// The end of a wait with a relative timeout. [`Self::deadline`] stores it.
    end: Cell<i64>,
}

impl WaitParams {
    fn new(flags: u32, timeout: i64, alert: i32) -> Self {
        let end = Cell::new(i64::MAX);
        Self {
            flags,
            timeout,
            alert,
            end,
        }
    }

    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// NT: unknown flags are `INVALID_PARAMETER`. So is a time on the monotonic clock that is
    /// missing or negative.
    fn check(&self) -> Result<(), Status> {
        require(!self.has(!FLAGS))?;
        if self.has(uapi::NTEVENT_WAIT_MONOTONIC) {
            require(self.timeout().is_some_and(|time| time >= 0))?;
        }
        Ok(())
    }

    /// [`Self::check`] for a wait for one event, which must not have `NTEVENT_WAIT_ALL`.
    ///
    /// Errors: `INVALID_PARAMETER`.
    fn check_one(&self) -> Result<(), Status> {
        require(!self.has(uapi::NTEVENT_WAIT_ALL))?;
        self.check()
    }

    /// The timeout in NT's units. `None` if there is none.
    fn timeout(&self) -> Option<i64> {
        self.has(uapi::NTEVENT_WAIT_TIMEOUT).then_some(self.timeout)
    }

    /// Whether the timeout counts from the start of the wait.
    fn is_relative(&self) -> bool {
        self.timeout().is_some_and(|timeout| timeout < 0)
    }

    /// The end of the wait.
    #[inline]
    fn deadline(&self) -> Deadline {
        match self.timeout() {
            None => Deadline::Never,
            // It is past on each clock.
            Some(0) => Deadline::Past,
            Some(time) => self.deadline_at(time),
        }
    }

    /// The end of a wait with a `timeout` other than 0. A wait with a relative timeout keeps its
    /// end when it is restarted.
    #[inline(never)]
    fn deadline_at(&self, timeout: i64) -> Deadline {
        if self.has(uapi::NTEVENT_WAIT_MONOTONIC) {
            return Deadline::at(Clock::Monotonic, Clock::Monotonic.timens_to_host(timeout));
        }
        let deadline = match started() {
            Started::Again(end) if timeout < 0 => Deadline::at(Clock::Monotonic, end),
            _ => Deadline::from_nt(Some(timeout)),
        };
        if let Deadline::At(Clock::Monotonic, end) = deadline {
            self.end.set(end);
        }
        deadline
    }

    /// The handle of the alert, if there is one. The handle must have SYNCHRONIZE.
    fn alert(&self, files: Files) -> Result<Option<Fd<Handle<Event>>>, Status> {
        if !self.has(uapi::NTEVENT_WAIT_ALERT) {
            return Ok(None);
        }
        event_with(files, self.alert, Access::SYNCHRONIZE).map(Some)
    }

    /// The errno of a wait that a Unix signal ended. The kernel restarts the wait. If the timeout
    /// is relative and a signal handler runs, the wait fails with `EINTR` instead.
    fn interrupted(&self) -> Failure {
        Failure::without_status(if self.is_relative() {
            restart_with(self.end.get())
        } else {
            ERESTARTSYS
        })
    }

    /// The request to the wait engine.
    fn request(&self, wait_type: WaitType) -> WaitRequest {
        WaitRequest {
            wait_type,
            has_alert: self.has(uapi::NTEVENT_WAIT_ALERT),
            waiter: Waiter::NOBODY,
        }
    }
}

/// The result of a wait for `count` objects. The alert is behind them.
#[inline]
fn wait_status(
    outcome: Result<Outcome, WaitError>,
    count: usize,
    interrupted: impl FnOnce() -> Failure,
) -> Result<u32, Failure> {
    match outcome.map_err(Status::from)? {
        Outcome::Satisfied(satisfied) if satisfied.index < count => Ok(satisfied.index as u32),
        Outcome::Satisfied(_) => Ok(uapi::NTEVENT_STATUS_USER_APC),
        Outcome::Timeout => Ok(uapi::NTEVENT_STATUS_TIMEOUT),
        Outcome::Interrupted => Err(interrupted()),
    }
}

/// Waits for any or all of several events.
pub(super) fn wait(files: Files, argument: UserPtr) -> Result<u32> {
    with_arguments::<uapi::ntevent_wait_args>(argument, |arguments| {
        let params = WaitParams::new(arguments.flags, arguments.timeout, arguments.alert);
        let count = arguments.count as usize;
        let mut fds = [const { MaybeUninit::uninit() }; MAX];
        let fds = match fds.get_mut(..count) {
            Some(fds) if count != 0 => fds,
            _ => return Err(Status::INVALID_PARAMETER_1.into()),
        };
        params.check()?;
        let mut handles = Handles::new();
        look_up(files, arguments.handles, fds, &mut handles)?;
        if let Some(alert) = params.alert(files)? {
            handles.push(alert).map_err(Status::from)?;
        }
        let wait_type = if params.has(uapi::NTEVENT_WAIT_ALL) {
            WaitType::All
        } else {
            WaitType::Any
        };
        let outcome = dispatcher::wait(
            &mut handles,
            params.request(wait_type),
            || params.deadline(),
            Storage::Heap,
        );
        wait_status(outcome, count, || params.interrupted())
    })
}

/// By reference, because the vector is large.
impl WaitObjects<event::Event> for &mut Handles {
    type Tried<'a>
        = Fd<Handle<Event>>
    where
        Self: 'a;
    type Kept = EventRef;

    #[inline]
    fn test<'a, R>(&'a self, test: impl FnOnce(&[Fd<Handle<Event>>]) -> R) -> R
    where
        Self: 'a,
    {
        test(self)
    }

    /// Keeps the objects and not the handles, so that a handle can be closed during the wait. NT:
    /// V53, V211.
    fn keep<R>(self, sleep: impl FnOnce(&[EventRef]) -> R) -> Result<R, AllocError> {
        let count = self.len();
        let objects = self.by_ref().map(|handle| handle.event_ref());
        with_array(count, Storage::Heap, objects, |objects| sleep(&objects))
    }
}

/// Reads the fds at `pointer` and finds their handles in order. The first failure decides. NT: V64,
/// V83, V84.
fn look_up(
    files: Files,
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
        handles.push(event_with(files, fd, Access::SYNCHRONIZE)?)?;
    }
    Ok(())
}

/// The handle that [`wait_one`] was called on, the handle of the alert, and the call of the ioctl.
struct OneWait<'a> {
    handle: &'a Handle<Event>,
    alert: Option<Fd<Handle<Event>>>,
    call: Call<'a>,
}

impl WaitObjects<event::Event> for OneWait<'_> {
    type Tried<'a>
        = &'a Event
    where
        Self: 'a;
    type Kept = EventRef;

    #[inline]
    fn test<'a, R>(&'a self, test: impl FnOnce(&[&'a Event]) -> R) -> R
    where
        Self: 'a,
    {
        let object = &self.handle.object.body;
        match &self.alert {
            None => test(&[object]),
            Some(alert) => test(&[object, alert.as_ref()]),
        }
    }

    /// Keeps the objects and not the handles, as a wait for several events does.
    fn keep<R>(self, sleep: impl FnOnce(&[EventRef]) -> R) -> Result<R, AllocError> {
        let object = self.handle.event_ref();
        let alert = self.alert.map(|alert| alert.event_ref());
        let _asleep = self.call.asleep();
        Ok(match alert {
            None => sleep(&[object]),
            Some(alert) => sleep(&[object, alert]),
        })
    }
}

/// Waits for the event of one handle. Without an argument the wait has no timeout.
pub(super) fn wait_one(handle: &Handle<Event>, call: Call<'_>, argument: UserPtr) -> Result<u32> {
    let one = |params: &WaitParams| {
        params.check_one()?;
        handle.granted.require(Access::SYNCHRONIZE)?;
        let alert = params.alert(call.files)?;
        let outcome = dispatcher::wait(
            OneWait {
                handle,
                alert,
                call,
            },
            params.request(WaitType::Any),
            || params.deadline(),
            Storage::Heap,
        );
        wait_status(outcome, 1, || params.interrupted())
    };
    if argument.as_const_ptr().is_null() {
        return one(&WaitParams::new(0, 0, -1)).map_err(|failure: Failure| failure.errno);
    }
    with_arguments::<uapi::ntevent_wait_one_args>(argument, |arguments| {
        require_zero(arguments.pad)?;
        one(&WaitParams::new(
            arguments.flags,
            arguments.timeout,
            arguments.alert,
        ))
    })
}

/// Refuses a wait for an object that is not an event. Its type has no right to wait.
pub(super) fn deny_wait_one(argument: UserPtr) -> Result<u32> {
    let denied = Failure::from(Status::ACCESS_DENIED);
    if argument.as_const_ptr().is_null() {
        return Err(denied.errno);
    }
    with_arguments::<uapi::ntevent_wait_one_args>(argument, |arguments| {
        require_zero(arguments.pad)?;
        WaitParams::new(arguments.flags, arguments.timeout, arguments.alert).check_one()?;
        Err(denied)
    })
}

/// Sets one event and waits on another, atomically. NT: B5, V115 to V124. A call that is
/// restarted has set the first event already, so it only waits.
pub(super) fn signal_and_wait(files: Files, argument: UserPtr) -> Result<u32> {
    with_arguments::<uapi::ntevent_signal_and_wait_args>(argument, |arguments| {
        require_zero(arguments.pad)?;
        let params = WaitParams::new(arguments.flags, arguments.timeout, arguments.alert);
        params.check_one()?;
        let object = |handle: Fd<Handle<Event>>| handle.event_ref();
        let signal = match started() {
            Started::Anew => Some(event_with(files, arguments.signal, Access::MODIFY_STATE)?),
            Started::Again(_) => None,
            // The restarted call may be of another kind, so it is unknown whether the event was
            // set.
            Started::AgainWithoutTime => return Err(Failure::without_status(EINTR)),
        };
        let signal = signal.map(object);
        let target = event_with(files, arguments.wait, Access::SYNCHRONIZE).map(object)?;
        let alert = params.alert(files)?.map(object);
        let outcome = match &signal {
            Some(signal) => signal
                .as_ref()
                .set_and_wait(
                    target.as_ref(),
                    alert.as_ref().map(AsRef::as_ref),
                    params.deadline(),
                )
                .map_err(WaitError::from),
            None => wait_on_target(target, alert, &params),
        };
        // A plain restart would set the event twice.
        let interrupted = || Failure::without_status(restart_with(params.end.get()));
        wait_status(outcome, 1, interrupted)
    })
}

/// The wait of a [`signal_and_wait`] that was restarted.
#[cold]
fn wait_on_target(
    target: EventRef,
    alert: Option<EventRef>,
    params: &WaitParams,
) -> Result<Outcome, WaitError> {
    let request = params.request(WaitType::Any);
    let deadline = || params.deadline();
    match alert {
        None => dispatcher::wait(&[target][..], request, deadline, Storage::Heap),
        Some(alert) => dispatcher::wait(&[target, alert][..], request, deadline, Storage::Heap),
    }
}
