// SPDX-License-Identifier: GPL-2.0

//! The waits for any or all of several objects.

use super::{
    device::Device,
    object::Object,
    uapi, //
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
    sys::{
        array_vec::ArrayVec,
        clock::Clock,
        fd::Fd,
        owner_died,
        storage::{
            AllocError,
            Storage, //
        },
        user::{
            load,
            load_slice,
            store_u32, //
        }, //
    },
};
use core::mem::{
    offset_of,
    MaybeUninit, //
};
use kernel::{
    prelude::*,
    uaccess::UserPtr, //
};

const MAX: usize = uapi::NTSYNC_MAX_WAIT_COUNT as usize;

/// The objects of a wait, and behind them the alert. They are held as files: an object whose last
/// fd is closed meanwhile stays until the wait ends.
type Objects = ArrayVec<Fd<Object>, { MAX + 1 }>;

/// Waits for any or `all` of several objects. The index is told when they are taken; if it cannot
/// be, they stay taken.
pub(super) fn wait(device: &Device, argument: UserPtr, all: bool) -> Result<u32> {
    let arguments: uapi::ntsync_wait_args = load(argument)?;
    let mut objects = Objects::new();
    look_up(device, &arguments, &mut objects)?;
    if all && has_duplicates(&objects) {
        return Err(EINVAL);
    }
    let waiter = Waiter {
        owner: arguments.owner,
        ..Waiter::NOBODY
    };
    let satisfied = if all {
        let (members, alert) = objects
            .split_at_checked(arguments.count as usize)
            .unwrap_or_default();
        let alert = alert.first().map(AsRef::as_ref);
        match try_all(members, alert, waiter) {
            Some(satisfied) => satisfied,
            None => sleep(&arguments, |deadline| {
                dispatcher::wait_all(members, alert, waiter, deadline, Storage::Heap)
            })?,
        }
    } else {
        match try_any(&objects, waiter) {
            Some(satisfied) => satisfied,
            None => sleep(&arguments, |deadline| {
                dispatcher::wait_any(&objects, waiter, deadline, Storage::Heap)
            })?,
        }
    };
    let index = offset_of!(uapi::ntsync_wait_args, index);
    store_u32(argument.wrapping_byte_add(index), satisfied.index as u32)?;
    if satisfied.abandoned {
        return Err(owner_died());
    }
    Ok(0)
}

/// Checks the arguments, and finds the objects.
///
/// Errors: `EINVAL`, `EFAULT`.
fn look_up(device: &Device, arguments: &uapi::ntsync_wait_args, objects: &mut Objects) -> Result {
    let unknown = arguments.flags & !uapi::NTSYNC_WAIT_REALTIME;
    if arguments.pad != 0 || unknown != 0 || arguments.owner == 0 {
        return Err(EINVAL);
    }
    let mut buffer = [const { MaybeUninit::uninit() }; MAX];
    let buffer = buffer.get_mut(..arguments.count as usize).ok_or(EINVAL)?;
    let fds = load_slice(UserPtr::from_addr(arguments.objs as usize), buffer)?;
    for &fd in fds {
        objects.push(device.find(fd)?);
    }
    // So fd 0 is never an alert.
    if arguments.alert != 0 {
        objects.push(device.find(arguments.alert as i32)?);
    }
    Ok(())
}

/// When the wait ends. All ones are never; what else has the highest bit is before all time.
fn deadline(arguments: &uapi::ntsync_wait_args) -> Deadline {
    if arguments.timeout == u64::MAX {
        return Deadline::Never;
    }
    let clock = if arguments.flags & uapi::NTSYNC_WAIT_REALTIME != 0 {
        Clock::Realtime
    } else {
        Clock::Monotonic
    };
    Deadline::at(clock, clock.timens_to_host(arguments.timeout as i64))
}

/// Waits by `wait`, unless it is too late.
///
/// Errors: `ETIMEDOUT`, `ENOMEM`; `ERESTARTSYS` for a Unix signal, since a deadline that is a point
/// in time can be waited for again.
#[inline(never)]
fn sleep(
    arguments: &uapi::ntsync_wait_args,
    wait: impl FnOnce(Deadline) -> Result<Outcome, AllocError>,
) -> Result<Satisfied> {
    let deadline = deadline(arguments);
    if deadline == Deadline::Past {
        return Err(ETIMEDOUT);
    }
    match wait(deadline)? {
        Outcome::Satisfied(satisfied) => Ok(satisfied),
        Outcome::Timeout => Err(ETIMEDOUT),
        Outcome::Interrupted => Err(ERESTARTSYS),
    }
}
