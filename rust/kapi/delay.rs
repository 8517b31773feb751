// SPDX-License-Identifier: GPL-2.0

//! Sleeping for a time.

use super::{
    c,
    ntstatus,
    routines,
    wait::{
        require_sleepable,
        sleep_mode,
        wait_mode,
        USER_APC, //
    }, //
};
use crate::{
    dispatcher::Deadline,
    status::Status,
    sys::task::{
        give_way,
        signal_pending,
        sleep,
        Woken, //
    }, //
};

const SUCCESS: u32 = 0;

/// Sleeps until a deadline, or until a signal ends the sleep. Process context, may sleep.
///
/// Errors: `INVALID_PARAMETER_1`, `INVALID_PARAMETER_3`, `CANT_WAIT`.
fn delay(mode: c::KPROCESSOR_MODE, alertable: bool, interval: Option<i64>) -> Result<u32, Status> {
    let mode = wait_mode(mode).map_err(|_| Status::INVALID_PARAMETER_1)?;
    let interval = interval.ok_or(Status::INVALID_PARAMETER_3)?;
    require_sleepable()?;
    let sleep_mode = sleep_mode(mode, alertable);
    let never_ready = || false;
    let woken = match Deadline::from_nt(Some(interval)) {
        Deadline::Past if signal_pending(sleep_mode) => Woken::Signal,
        Deadline::Past => {
            give_way();
            Woken::Expired
        }
        Deadline::At(clock, time) => sleep(&never_ready, Some((clock, time)), sleep_mode),
        Deadline::Never => sleep(&never_ready, None, sleep_mode),
    };
    Ok(match woken {
        Woken::Signal => USER_APC,
        Woken::Expired | Woken::Ready => SUCCESS,
    })
}

routines! {
    /// NT: B3, B4. Process context, may sleep.
    ///
    /// # Safety
    ///
    /// `interval` is null or valid for reading.
    fn KeDelayExecutionThread(
        mode: c::KPROCESSOR_MODE,
        alertable: c::BOOLEAN,
        interval: c::PLARGE_INTEGER,
    ) -> c::NTSTATUS {
        // SAFETY: The caller's promise. A LARGE_INTEGER is one number.
        let interval = unsafe { interval.cast::<i64>().as_ref() };
        ntstatus(delay(mode, alertable != 0, interval.copied()))
    }
}
