// SPDX-License-Identifier: GPL-2.0

//! Values in the memory of the current program. Process context, may sleep.
//!
//! In the kernel crate this is `kernel::uaccess::UserSlice`. It calls a function that copies any
//! number of bytes. That is expensive for the few words of a command.

use super::helpers;
use core::mem::MaybeUninit;
use kernel::{
    prelude::*,
    transmute::{
        AsBytes,
        FromBytes, //
    },
    uaccess::UserPtr, //
};

/// A cold function, so that the path of success stays short.
#[cold]
fn fault() -> Error {
    EFAULT
}

/// The result of a helper, which says whether it has `copied` all.
#[inline]
pub(super) fn all(copied: bool) -> Result {
    if copied {
        Ok(())
    } else {
        Err(fault())
    }
}

/// Reads a value, once.
///
/// Errors: `EFAULT`.
#[inline]
pub(crate) fn load<T: FromBytes>(pointer: UserPtr) -> Result<T> {
    let mut buffer = MaybeUninit::uninit();
    // SAFETY: The buffer has the size of a `T`.
    unsafe { fetch(pointer, buffer.as_mut_ptr(), size_of::<T>()) }?;
    // SAFETY: Every byte was written, and any bytes are a `T`.
    Ok(unsafe { buffer.assume_init() })
}

/// Reads a number, once.
///
/// Errors: `EFAULT`.
#[inline]
pub(crate) fn load_u32(pointer: UserPtr) -> Result<u32> {
    let mut value = 0;
    // SAFETY: The value can be written. The helper checks the user's address.
    all(unsafe { helpers::ntevent_helper_load_u32(&mut value, pointer.as_const_ptr().cast()) })?;
    Ok(value)
}

/// Reads as many values as the buffer holds.
///
/// Errors: `EFAULT`.
#[inline]
pub(crate) fn load_slice<T: FromBytes>(
    pointer: UserPtr,
    buffer: &mut [MaybeUninit<T>],
) -> Result<&[T]> {
    let first = buffer.as_mut_ptr().cast::<T>();
    // SAFETY: The buffer has that size.
    unsafe { fetch(pointer, first, size_of_val(buffer)) }?;
    // SAFETY: Every byte of the buffer was written, and any bytes are a `T`.
    Ok(unsafe { core::slice::from_raw_parts(first, buffer.len()) })
}

/// Reads over initialised values.
///
/// Errors: `EFAULT`. Some values may have been read then.
#[inline]
pub(crate) fn load_over<T: FromBytes + AsBytes>(pointer: UserPtr, buffer: &mut [T]) -> Result {
    // SAFETY: The buffer has that size, and any bytes that are written to it are `T`s.
    unsafe { fetch(pointer, buffer.as_mut_ptr(), size_of_val(buffer)) }
}

/// Reads `size` bytes.
///
/// # Safety
///
/// `to` is writable for `size` bytes.
#[inline]
unsafe fn fetch<T>(pointer: UserPtr, to: *mut T, size: usize) -> Result {
    // SAFETY: The caller's promise. The helper checks the user's address.
    all(unsafe { helpers::ntevent_helper_load(to.cast(), pointer.as_const_ptr(), size) })
}

/// Stores a value.
///
/// Errors: `EFAULT`.
#[inline]
pub(crate) fn store<T: AsBytes>(pointer: UserPtr, value: &T) -> Result {
    store_slice(pointer, core::slice::from_ref(value))
}

/// Stores a number.
///
/// Errors: `EFAULT`.
#[inline]
pub(crate) fn store_u32(pointer: UserPtr, value: u32) -> Result {
    // SAFETY: The helper checks the user's address.
    all(unsafe { helpers::ntevent_helper_store_u32(pointer.as_mut_ptr().cast(), value) })
}

/// Stores values.
///
/// Errors: `EFAULT`. Some values may have been stored then.
#[inline]
pub(crate) fn store_slice<T: AsBytes>(pointer: UserPtr, values: &[T]) -> Result {
    let (from, size) = (values.as_ptr().cast(), size_of_val(values));
    // SAFETY: The values can be read for their size, and have no padding.
    all(unsafe { helpers::ntevent_helper_store(pointer.as_mut_ptr(), from, size) })
}
