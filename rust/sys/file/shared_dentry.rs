// SPDX-License-Identifier: GPL-2.0

//! Dentries that files share. They are in the kernel's file system of anonymous files.
//! `anon_inode_getfile` makes a dentry for each file there. Each processor has a dentry of its own,
//! because each file that is made counts a reference to its dentry.
//!
//! It would be a `kernel::anon_inode`, which the kernel crate does not have.
//!
//! A dentry refers to nothing of the module. So an `O_PATH` fd may keep it after the module is
//! gone. Nobody can open a file by a path through it.
//!
//! C header: [`include/linux/anon_inodes.h`](srctree/include/linux/anon_inodes.h)

use crate::sys::{
    global::Global,
    helpers,
    warn_on_once, //
};
use core::ptr::NonNull;
use kernel::{
    bindings,
    cpu::{
        nr_cpu_ids,
        CpuId, //
    },
    error::from_err_ptr,
    fs::file::File,
    prelude::*,
    sync::aref::ARef, //
};

/// The dentries of all files of one name. They exist while a [`SharedDentryGuard`] lives.
pub(crate) struct SharedDentry {
    name: &'static CStr,
    first: Global<FirstFiles>,
}

/// For each processor the first file with its dentry. Nobody can use these files.
type FirstFiles = KVec<ARef<File>>;

/// Keeps the dentries of a [`SharedDentry`].
pub(crate) struct SharedDentryGuard {
    dentry: &'static SharedDentry,
    _first: KBox<FirstFiles>,
}

impl SharedDentry {
    /// Dentries that are not created yet. `/proc/PID/fd/N` shows the name after `anon_inode:`.
    pub(crate) const fn new(name: &'static CStr) -> Self {
        Self {
            name,
            first: Global::new(),
        }
    }

    /// Creates the dentries. Called once. Process context, may sleep.
    ///
    /// Errors: `ENFILE`, `ENOMEM`.
    pub(crate) fn create(&'static self) -> Result<SharedDentryGuard> {
        let mut files = FirstFiles::with_capacity(nr_cpu_ids() as usize, GFP_KERNEL)?;
        for _ in 0..nr_cpu_ids() {
            // The capacity is enough.
            let _ = files.push_within_capacity(self.first_file()?);
        }
        let first = KBox::new(files, GFP_KERNEL)?;
        // SAFETY: `SharedDentryGuard` keeps the box. It is dropped when no more files are made.
        unsafe { self.first.publish(&*first) };
        Ok(SharedDentryGuard {
            dentry: self,
            _first: first,
        })
    }

    /// A new file with a new dentry.
    fn first_file(&self) -> Result<ARef<File>> {
        let none = core::ptr::null_mut();
        // The first file is released when the task that drops it returns to user space. The module
        // may be gone by then, so the file has a table of the kernel's own.
        // SAFETY: Name and table are static.
        owned(unsafe {
            helpers::anon_inode_getfile(
                self.name.as_char_ptr(),
                &raw const bindings::generic_ro_fops,
                none,
                bindings::O_RDONLY as c_int,
            )
        })
    }

    /// A new file with the table `operations`. Nobody can use it yet. Process context.
    ///
    /// Errors: `ENFILE`, `ENOMEM`. With a warning, `ENODEV` if the dentries are not created, and
    /// `EIO` if the kernel makes a file that is not as expected.
    ///
    /// # Safety
    ///
    /// The table is static and belongs to this module. `value` is what the table's operations
    /// expect. If a file is made, `value` belongs to it.
    pub(super) unsafe fn open(
        &self,
        operations: *const bindings::file_operations,
        value: *mut c_void,
    ) -> Result<ARef<File>> {
        // A thread that moves to another processor meanwhile uses the dentry of the first one.
        let cpu = CpuId::current().as_u32() as usize;
        let Some(first) = self.first.get().and_then(|first| first.get(cpu)) else {
            // No user can cause this. The module creates the dentries before the device node and
            // the kernel API, and keeps them until these are gone.
            warn_on_once(true);
            return Err(ENODEV);
        };
        // SAFETY: The first file stays. The owner of the table is this module, which the caller
        // uses. The caller says that table and value belong together.
        owned(unsafe { helpers::ntevent_helper_clone_file(first.as_ptr(), operations, value) })
    }
}

impl Drop for SharedDentryGuard {
    fn drop(&mut self) {
        self.dentry.first.withdraw();
    }
}

/// The reference to a file that C returned, or the error.
fn owned(file: *mut bindings::file) -> Result<ARef<File>> {
    let file = from_err_ptr(file)?;
    // SAFETY: It is no error, so it is a new file with one reference, which is passed on. The file
    // has no `fdget_pos` users.
    Ok(unsafe { ARef::from_raw(NonNull::new_unchecked(file.cast())) })
}
