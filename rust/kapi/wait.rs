// SPDX-License-Identifier: GPL-2.0

//! Waits by pointer, and the code that waits by handle share with them. NT: section B; V33 to V114.

use super::{
    c,
    ntstatus,
    require_aligned,
    routines,
    waitable_at, //
};
use crate::{
    dispatcher::{
        self,
        Deadline,
        Outcome,
        WaitBlock,
        WaitRequest,
        WaitType,
        Waiter, //
    },
    namespace::{
        AccessMode,
        Event, //
    },
    object::event,
    status::Status,
    sys::{
        context,
        memory::Memory,
        storage::Storage,
        task::{
            signal_pending,
            SleepMode, //
        }, //
    },
};
use core::{
    mem::MaybeUninit,
    slice, //
};

// A KWAIT_BLOCK has room for the wait block of an event.
const _: () = assert!(size_of::<WaitBlock<'_, event::Event>>() <= size_of::<c::_KWAIT_BLOCK>());
const _: () = assert!(align_of::<WaitBlock<'_, event::Event>>() <= align_of::<c::_KWAIT_BLOCK>());

/// The largest number of objects of one wait.
pub(super) const MAX: usize = c::MAXIMUM_WAIT_OBJECTS as usize;

const TIMEOUT: u32 = 0x102;

/// The status of a wait that a signal ended.
pub(super) const USER_APC: u32 = 0xc0;

/// The parameters of a wait.
pub(super) struct WaitParams {
    waiter: Waiter,
    timeout: Option<i64>,
}

impl WaitParams {
    pub(super) fn new(mode: AccessMode, alertable: bool, timeout: Option<i64>) -> Self {
        Self {
            waiter: Waiter::with_sleep_mode(sleep_mode(mode, alertable)),
            timeout,
        }
    }

    /// Refuses a wait that may sleep where the caller must not. Logs who the caller is. NT: V236.
    ///
    /// Errors: `CANT_WAIT`.
    fn require_context(&self) -> Result<(), Status> {
        if self.timeout == Some(0) {
            return Ok(());
        }
        require_sleepable()
    }

    /// The timeout at `source`. `None` if the pointer is null. Any context if `source` is the
    /// kernel's.
    ///
    /// Errors: `ACCESS_VIOLATION`, `DATATYPE_MISALIGNMENT`.
    pub(super) fn timeout(source: Memory) -> Result<Option<i64>, Status> {
        if source.is_null() {
            return Ok(None);
        }
        require_aligned::<i64>(source)?;
        source
            .read()
            .map(Some)
            .map_err(|_| Status::ACCESS_VIOLATION)
    }
}

/// What ends a wait early. A wait by the kernel for itself is not ended by a signal. A wait for a
/// user is ended by a signal that kills, and by other signals if it is alertable. NT: B4, F11.
pub(super) fn sleep_mode(mode: AccessMode, alertable: bool) -> SleepMode {
    match (mode, alertable) {
        (AccessMode::Kernel, _) => SleepMode::Idle,
        (AccessMode::User, false) => SleepMode::Killable,
        (AccessMode::User, true) => SleepMode::Interruptible,
    }
}

/// Fails where the caller must not sleep, and logs which code asked.
///
/// Errors: `CANT_WAIT`.
pub(super) fn require_sleepable() -> Result<(), Status> {
    if context::may_sleep() {
        return Ok(());
    }
    context::log_refused_wait();
    Err(Status::CANT_WAIT)
}

/// The mode for a number from C.
///
/// Errors: `INVALID_PARAMETER_3`.
pub(super) fn wait_mode(mode: c::KPROCESSOR_MODE) -> Result<AccessMode, Status> {
    match u32::from(mode) {
        c::KernelMode => Ok(AccessMode::Kernel),
        c::UserMode => Ok(AccessMode::User),
        _ => Err(Status::INVALID_PARAMETER_3),
    }
}

/// The type of wait for a number from C.
///
/// Errors: `INVALID_PARAMETER_3`. NT: F12.
pub(super) fn wait_type(wait_type: c::WAIT_TYPE) -> Result<WaitType, Status> {
    match wait_type {
        c::WaitAll => Ok(WaitType::All),
        c::WaitAny => Ok(WaitType::Any),
        _ => Err(Status::INVALID_PARAMETER_3),
    }
}

/// The number of objects of a wait.
///
/// Errors: `INVALID_PARAMETER_1`. NT: V61, V62, V86.
pub(super) fn count_of(count: c::ULONG) -> Result<usize, Status> {
    match count as usize {
        count @ 1..=MAX => Ok(count),
        _ => Err(Status::INVALID_PARAMETER_1),
    }
}

/// Waits for any or all of `objects`. Any context if the timeout is zero, otherwise process
/// context. `storage` is for the wait blocks of more than nine objects.
///
/// Errors: `CANT_WAIT`, `INVALID_PARAMETER_MIX`, and `INSUFFICIENT_RESOURCES` if `storage` is too
/// small.
pub(super) fn wait(
    objects: &[&Event],
    wait_type: WaitType,
    params: &WaitParams,
    storage: Storage<'_>,
) -> Result<u32, Status> {
    params.require_context()?;
    let request = WaitRequest {
        wait_type,
        has_alert: false,
        waiter: params.waiter,
    };
    let deadline = || Deadline::from_nt(params.timeout);
    match dispatcher::wait(objects, request, deadline, storage)? {
        Outcome::Satisfied(satisfied) => Ok(satisfied.index as u32),
        Outcome::Interrupted => Ok(USER_APC),
        // NT: B1 steps 3 and 4. Where the caller must not sleep, the signals of the current task do
        // not concern it.
        Outcome::Timeout if context::may_sleep() && signal_pending(params.waiter.sleep_mode) => {
            Ok(USER_APC)
        }
        Outcome::Timeout => Ok(TIMEOUT),
    }
}

/// Waits for one object of a driver.
///
/// Errors: `INVALID_PARAMETER_1` for a null pointer, `OBJECT_TYPE_MISMATCH` if it is not an event,
/// and those of [`wait`].
///
/// # Safety
///
/// See `event_at` for `object`. `timeout` is null or readable.
pub(super) unsafe fn wait_single(
    object: *const c::_KEVENT,
    mode: c::KPROCESSOR_MODE,
    alertable: c::BOOLEAN,
    timeout: *const c::_LARGE_INTEGER,
) -> Result<u32, Status> {
    let mode = wait_mode(mode)?;
    if object.is_null() {
        return Err(Status::INVALID_PARAMETER_1);
    }
    // SAFETY: The caller's promise.
    let object = unsafe { waitable_at(object) }.ok_or(Status::OBJECT_TYPE_MISMATCH)?;
    // SAFETY: The caller's promise. A LARGE_INTEGER is one number.
    let timeout = unsafe { timeout.cast::<i64>().as_ref() };
    let params = WaitParams::new(mode, alertable != 0, timeout.copied());
    wait(&[object], WaitType::Any, &params, Storage::Heap)
}

/// The objects of a wait. Each is checked.
///
/// Errors: `INVALID_PARAMETER_2` for a null pointer, `OBJECT_TYPE_MISMATCH` if one is not an event.
///
/// # Safety
///
/// `objects` is null or an array of `count` pointers. See `waitable_at` for each.
unsafe fn waitables_at<'a>(
    objects: *const c::PVOID,
    count: usize,
) -> Result<&'a [&'a Event], Status> {
    if objects.is_null() {
        return Err(Status::INVALID_PARAMETER_2);
    }
    // SAFETY: The caller's promise.
    for object in unsafe { slice::from_raw_parts(objects, count) } {
        if object.is_null() {
            return Err(Status::INVALID_PARAMETER_2);
        }
        // SAFETY: The caller's promise.
        unsafe { waitable_at(object.cast()) }.ok_or(Status::OBJECT_TYPE_MISMATCH)?;
    }
    // SAFETY: Each was checked to be a pointer to an event, so it is a reference.
    Ok(unsafe { slice::from_raw_parts(objects.cast(), count) })
}

routines! {
    /// NT: S1, S2, V7 to V12, V33 to V53, V87 to V114, V235, V236. Any context with a timeout of
    /// zero, otherwise process context.
    ///
    /// # Safety
    ///
    /// See `wait_single`.
    fn KeWaitForSingleObject(
        object: c::PVOID,
        _reason: c::KWAIT_REASON,
        mode: c::KPROCESSOR_MODE,
        alertable: c::BOOLEAN,
        timeout: c::PLARGE_INTEGER,
    ) -> c::NTSTATUS {
        // SAFETY: The caller's promise.
        ntstatus(unsafe { wait_single(object.cast(), mode, alertable, timeout) })
    }

    /// NT: V54 to V86. The wait blocks of more than nine objects are in the caller's array, so that
    /// no wait fails for lack of memory. Context as for one object.
    ///
    /// # Safety
    ///
    /// `objects` is null or an array of `count` pointers. See `waitable_at` for each. `blocks` is
    /// null or has room for `count` wait blocks. `timeout` is null or readable.
    fn KeWaitForMultipleObjects(
        count: c::ULONG,
        objects: *mut c::PVOID,
        wait_type: c::WAIT_TYPE,
        _reason: c::KWAIT_REASON,
        mode: c::KPROCESSOR_MODE,
        alertable: c::BOOLEAN,
        timeout: c::PLARGE_INTEGER,
        blocks: *mut c::_KWAIT_BLOCK,
    ) -> c::NTSTATUS {
        let multiple = || {
            let count = count_of(count)?;
            let wait_type = super::wait::wait_type(wait_type)?;
            if count > c::THREAD_WAIT_OBJECTS as usize && blocks.is_null() {
                return Err(Status::INVALID_PARAMETER_8);
            }
            let mode = wait_mode(mode)?;
            // SAFETY: The caller's promise.
            let objects = unsafe { waitables_at(objects, count) }?;
            // SAFETY: The caller's promise. A LARGE_INTEGER is one number.
            let timeout = unsafe { timeout.cast::<i64>().as_ref() };
            let params = WaitParams::new(mode, alertable != 0, timeout.copied());
            let storage = if blocks.is_null() {
                Storage::Heap
            } else {
                let first = blocks.cast::<[MaybeUninit<u8>; size_of::<c::_KWAIT_BLOCK>()]>();
                // SAFETY: The caller's storage has room for `count` wait blocks.
                let blocks = unsafe { slice::from_raw_parts_mut(first, count) };
                Storage::Caller(blocks.as_flattened_mut())
            };
            wait(objects, wait_type, &params, storage)
        };
        ntstatus(multiple())
    }
}
