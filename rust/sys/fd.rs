// SPDX-License-Identifier: GPL-2.0

//! Finding a file of this module by its fd.
//!
//! It would be in `kernel::fs::file`, as a `LocalFile` that knows what its file holds.
//! `LocalFile::fget` takes a reference each time, which `fdget` does only if the table of fds is
//! shared, and it does not tell whose file it found.
//!
//! C header: [`include/linux/file.h`](srctree/include/linux/file.h)

use super::{
    file::{
        value_of,
        Anonymous,
        Table, //
    },
    files::Files, //
};
use core::{
    marker::PhantomData,
    ops::Deref, //
};
use kernel::{
    bindings,
    prelude::*,
    types::NotThreadSafe, //
};

/// An open fd of the current task that is a file of kind `T`, for the time of a system call:
/// without a reference of its own if no other thread can close it.
///
/// # Invariants
///
/// `raw` came from `fdget` in the current system call, and is a file of kind `T`.
pub(crate) struct Fd<T: Anonymous> {
    raw: bindings::fd,
    _kind: PhantomData<T>,
    _not_send: NotThreadSafe,
}

impl<T: Anonymous> Fd<T> {
    /// Looks `fd` up. If it is another kind of file, returns its table; `None` if it is not open.
    /// Process context.
    #[inline]
    pub(crate) fn get(_files: Files, fd: i32) -> Result<Self, Option<Table>> {
        // A negative number is larger than any table, so it finds nothing.
        // SAFETY: By the type invariant of `Files` the task has a table; `Drop` puts it back.
        let raw = unsafe { bindings::fdget(fd as c_uint) };
        let file = Self::file(&raw);
        if file.is_null() {
            return Err(None);
        }
        // SAFETY: The file is open, and `f_op` does not change while it is.
        let operations = unsafe { (*file).f_op };
        if !core::ptr::eq(operations, T::OPERATIONS.as_raw()) {
            Self::put(&raw);
            return Err(Some(Table(operations)));
        }
        // INVARIANT: From `fdget`, and with the table of `T`.
        Ok(Self {
            raw,
            _kind: PhantomData,
            _not_send: NotThreadSafe,
        })
    }

    /// Gives the reference back, if there is one.
    #[inline]
    fn put(raw: &bindings::fd) {
        if raw.word & bindings::FDPUT_FPUT as c_ulong != 0 {
            // SAFETY: `fdget` took a reference, as its flag says, and both callers end it here.
            unsafe { bindings::fput(Self::file(raw)) };
        }
    }

    #[inline]
    fn file(raw: &bindings::fd) -> *mut bindings::file {
        let bits = bindings::FDPUT_FPUT | bindings::FDPUT_POS_UNLOCK;
        (raw.word & !(bits as c_ulong)) as *mut bindings::file
    }
}

impl<T: Anonymous> Deref for Fd<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: By the type invariant it is a file of kind `T`, open until `self` is dropped.
        unsafe { value_of::<T>(Self::file(&self.raw)) }
    }
}

impl<T: Anonymous> Drop for Fd<T> {
    #[inline]
    fn drop(&mut self) {
        Self::put(&self.raw);
    }
}
