// SPDX-License-Identifier: GPL-2.0

//! Finding a file of this module by its fd.
//!
//! It would be in `kernel::fs::file`, as a `LocalFile` that knows what its file holds.
//! `LocalFile::fget` takes a reference each time, but `fdget` takes one only if the table of fds is
//! shared. `LocalFile` also does not tell whose file it found.
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

/// A file of kind `T` that is an open fd of the current task, for the time of one system call. It
/// has no reference of its own if no other thread can close the fd.
///
/// # Invariants
///
/// `raw` came from `fdget` in the current system call. It is a file of kind `T`.
pub(crate) struct Fd<T: Anonymous> {
    raw: bindings::fd,
    _kind: PhantomData<T>,
    _not_send: NotThreadSafe,
}

impl<T: Anonymous> Fd<T> {
    /// Looks `fd` up. Fails with the file's table if the file is of another kind, and with `None`
    /// if the fd is not open. Process context.
    #[inline]
    pub(crate) fn get(_files: Files, fd: i32) -> Result<Self, Option<Table>> {
        // `fdget` takes a negative number as a large one, which is in no table.
        // SAFETY: By the type invariant of `Files` the task has a table. `put` gives the file back.
        let raw = unsafe { bindings::fdget(fd as c_uint) };
        let file = Self::file(&raw);
        if file.is_null() {
            return Err(None);
        }
        // SAFETY: The file is open. `f_op` of an open file does not change.
        let operations = unsafe { (*file).f_op };
        if !core::ptr::eq(operations, T::OPERATIONS.as_raw()) {
            Self::put(&raw);
            return Err(Some(Table(operations)));
        }
        // INVARIANT: `raw` came from `fdget`, and the file has the table of `T`.
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
            // SAFETY: The flag says that `fdget` took a reference. The callers do not use the file
            // again.
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
        // SAFETY: By the type invariant it is a file of kind `T`. It is open until `self` is
        // dropped.
        unsafe { value_of::<T>(Self::file(&self.raw)) }
    }
}

impl<T: Anonymous> Drop for Fd<T> {
    #[inline]
    fn drop(&mut self) {
        Self::put(&self.raw);
    }
}
