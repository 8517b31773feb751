// SPDX-License-Identifier: GPL-2.0

//! A dentry that files share, in the kernel's own file system of files without a path, where
//! `anon_inode_getfile` makes one for each file.
//!
//! It would be a `kernel::anon_inode`, which the kernel crate does not have.
//!
//! The dentry refers to nothing of the module. So whoever still has it after the module is gone, by
//! an `O_PATH` fd, has nothing of the module; and nobody can open a file there by a path.
//!
//! C header: [`include/linux/anon_inodes.h`](srctree/include/linux/anon_inodes.h)

use crate::sys::{
    global::Global,
    helpers, //
};
use core::ptr::NonNull;
use kernel::{
    bindings,
    error::from_err_ptr,
    fs::file::File,
    prelude::*,
    sync::aref::ARef,
    warn_on, //
};

/// The dentry of all files of one name, while a [`SharedDentryGuard`] lives.
pub(crate) struct SharedDentry {
    name: &'static CStr,
    first: Global<File>,
}

/// Keeps a [`SharedDentry`].
pub(crate) struct SharedDentryGuard {
    dentry: &'static SharedDentry,
    _first: ARef<File>,
}

impl SharedDentry {
    /// One that is not created yet. `/proc/PID/fd/N` shows the name after `anon_inode:`.
    pub(crate) const fn new(name: &'static CStr) -> Self {
        Self {
            name,
            first: Global::new(),
        }
    }

    /// Creates the dentry, once, with a first file that nobody can use. Process context.
    ///
    /// Errors: `ENFILE`, `ENOMEM`.
    pub(crate) fn create(&'static self) -> Result<SharedDentryGuard> {
        let none = core::ptr::null_mut();
        // The table is the kernel's own: the file goes when the task that drops it returns to user
        // space, and that is after the module.
        // SAFETY: Name and table are static.
        let first = owned(unsafe {
            helpers::anon_inode_getfile(
                self.name.as_char_ptr(),
                &raw const bindings::generic_ro_fops,
                none,
                bindings::O_RDONLY as c_int,
            )
        })?;
        // SAFETY: `SharedDentryGuard` keeps the file, and is dropped when no more files are made.
        unsafe { self.first.publish(&*first) };
        Ok(SharedDentryGuard {
            dentry: self,
            _first: first,
        })
    }

    /// A new file with the table `operations`, which nobody can use yet. Process context.
    ///
    /// Errors: `ENFILE`, `ENOMEM`; with a warning, `ENODEV` if the dentry is not created, and `EIO`
    /// for a file that is not as this was written for.
    ///
    /// # Safety
    ///
    /// The table is static and belongs to this module. `value` is what its operations expect; it is
    /// the file's from now on if there is one.
    pub(super) unsafe fn open(
        &self,
        operations: *const bindings::file_operations,
        value: *mut c_void,
    ) -> Result<ARef<File>> {
        let Some(first) = self.first.get() else {
            // No user can cause it: the module creates the dentry before the node and the routines
            // that make files, and keeps it until these are gone.
            warn_on!(true);
            return Err(ENODEV);
        };
        // SAFETY: The first file stays; the table's owner is this module, which is in use by the
        // caller, who also says that table and value belong together.
        owned(unsafe { helpers::ntevent_helper_clone_file(first.as_ptr(), operations, value) })
    }
}

impl Drop for SharedDentryGuard {
    fn drop(&mut self) {
        self.dentry.first.withdraw();
    }
}

/// The reference to a file that C gives, or its error.
fn owned(file: *mut bindings::file) -> Result<ARef<File>> {
    let file = from_err_ptr(file)?;
    // SAFETY: No error, so a new file with one reference, which is handed on, and no `fdget_pos`
    // users.
    Ok(unsafe { ARef::from_raw(NonNull::new_unchecked(file.cast())) })
}
