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
        Deadline,
        Outcome,
        WaitError,
        WaitRequest,
        WaitType,
        Waiter, //
    },
    sys::{
        array_vec::ArrayVec,
        clock::Clock,
        fd::Fd,
        files::Files,
        owner_died,
        storage::Storage,
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

/// The objects of a wait. If there is an alert, it is the last. The wait holds their files, so an
/// object whose last fd is closed meanwhile stays until the wait ends.
type Objects = ArrayVec<Fd<Object>, { MAX + 1 }>;

/// Waits for any or all of several objects. The index is written after the objects are taken. If it
/// cannot be written, they stay taken.
///
/// Errors: those of [`look_up`]; `EINVAL` if a wait for all has an object twice; `ETIMEDOUT`;
/// `ENOMEM`; `EOWNERDEAD` if a mutex was abandoned; `ERESTARTSYS` for a Unix signal. The kernel can
/// restart the wait, because its deadline is a point in time.
pub(super) fn wait(
    device: &Device,
    files: Files,
    argument: UserPtr,
    wait_type: WaitType,
) -> Result<u32> {
    let arguments: uapi::ntsync_wait_args = load(argument)?;
    let mut objects = Objects::new();
    look_up(device, files, &arguments, &mut objects)?;
    let request = WaitRequest {
        wait_type,
        has_alert: arguments.alert != 0,
        waiter: Waiter {
            owner: arguments.owner,
            ..Waiter::NOBODY
        },
    };
    if wait_type == WaitType::All && request.has_alert && is_last_a_duplicate(&objects) {
        return Err(EINVAL);
    }
    let deadline = || deadline(&arguments);
    let outcome = dispatcher::wait(&*objects, request, deadline, Storage::Heap);
    let satisfied = match outcome.map_err(errno)? {
        Outcome::Satisfied(satisfied) => satisfied,
        Outcome::Timeout => return Err(ETIMEDOUT),
        Outcome::Interrupted => return Err(ERESTARTSYS),
    };
    let index = offset_of!(uapi::ntsync_wait_args, index);
    store_u32(argument.wrapping_byte_add(index), satisfied.index as u32)?;
    if satisfied.abandoned {
        return Err(owner_died());
    }
    Ok(0)
}

fn is_last_a_duplicate(objects: &[Fd<Object>]) -> bool {
    let Some((last, others)) = objects.split_last() else {
        return false;
    };
    let mut others = others.iter().map(AsRef::as_ref);
    others.any(|other| core::ptr::eq(other, last.as_ref()))
}

fn errno(error: WaitError) -> Error {
    match error {
        WaitError::Duplicate => EINVAL,
        WaitError::NoMemory => ENOMEM,
    }
}

/// Checks the arguments and finds the objects.
///
/// Errors: `EINVAL`, `EFAULT`.
fn look_up(
    device: &Device,
    files: Files,
    arguments: &uapi::ntsync_wait_args,
    objects: &mut Objects,
) -> Result {
    let unknown = arguments.flags & !uapi::NTSYNC_WAIT_REALTIME;
    if arguments.pad != 0 || unknown != 0 || arguments.owner == 0 {
        return Err(EINVAL);
    }
    let mut buffer = [const { MaybeUninit::uninit() }; MAX];
    let buffer = buffer.get_mut(..arguments.count as usize).ok_or(EINVAL)?;
    let fds = load_slice(UserPtr::from_addr(arguments.objs as usize), buffer)?;
    for &fd in fds {
        objects.push(device.find(files, fd)?)?;
    }
    // 0 means no alert, so fd 0 is never an alert.
    if arguments.alert != 0 {
        objects.push(device.find(files, arguments.alert as i32)?)?;
    }
    Ok(())
}

/// The deadline of the wait. All ones never comes. Other values with the highest bit are past.
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
