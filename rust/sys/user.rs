// SPDX-License-Identifier: GPL-2.0

//! Values in the memory of the current program. Process context, may sleep.

use kernel::{
    prelude::*,
    transmute::{
        AsBytes,
        FromBytes, //
    },
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

/// Reads a value, once.
///
/// Errors: `EFAULT`.
#[inline]
pub(crate) fn load<T: FromBytes>(pointer: UserPtr) -> Result<T> {
    UserSlice::new(pointer, size_of::<T>()).reader().read()
}

/// Reads as many values as there is room for.
///
/// Errors: `EFAULT`.
#[inline]
pub(crate) fn load_slice<T: AsBytes + FromBytes>(pointer: UserPtr, room: &mut [T]) -> Result {
    UserSlice::new(pointer, size_of_val(room))
        .reader()
        .read_slice(AsBytes::as_bytes_mut(room))
}

/// Stores a value.
///
/// Errors: `EFAULT`.
#[inline]
pub(crate) fn store<T: AsBytes>(pointer: UserPtr, value: &T) -> Result {
    UserSlice::new(pointer, size_of::<T>())
        .writer()
        .write(value)
}
