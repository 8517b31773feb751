// SPDX-License-Identifier: GPL-2.0

//! Memory at an address that a caller gives: a user's, which may be invalid, or the kernel's.
//!
//! It would be in `kernel::uaccess`, whose pointers are always a user's. A routine of NT takes both
//! kinds, and the previous mode says which.

use super::{
    helpers,
    user::{
        all,
        load_over,
        store, //
    }, //
};
use kernel::{
    prelude::*,
    transmute::{
        AsBytes,
        FromBytes, //
    },
    uaccess::UserPtr, //
};

/// Memory of a caller.
///
/// # Invariants
///
/// If the memory is the kernel's and is mapped, its owner allows what is read and written there.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    address: usize,
    space: Space,
}

#[derive(Clone, Copy)]
enum Space {
    User,
    Kernel,
}

impl Memory {
    /// A user's memory.
    pub(crate) fn user(address: usize) -> Self {
        // INVARIANT: It is not the kernel's.
        Self {
            address,
            space: Space::User,
        }
    }

    /// The kernel's memory, which need not be aligned.
    ///
    /// # Safety
    ///
    /// If the memory is mapped, its owner allows what is read and written through the value while
    /// the value is in use. Memory that is not mapped gives an error.
    pub(crate) unsafe fn kernel(address: usize) -> Self {
        // INVARIANT: The caller's promise.
        Self {
            address,
            space: Space::Kernel,
        }
    }

    /// Whether it is user memory.
    pub(crate) fn is_user(self) -> bool {
        matches!(self.space, Space::User)
    }

    /// Whether its address is null.
    pub(crate) fn is_null(self) -> bool {
        self.address == 0
    }

    /// Whether its address is a multiple of `alignment`.
    pub(crate) fn is_aligned(self, alignment: usize) -> bool {
        self.address % alignment == 0
    }

    /// Memory of the same caller at another address.
    ///
    /// # Safety
    ///
    /// `address` was read from this memory. A caller that vouches for a structure also vouches for
    /// what it points to.
    pub(crate) unsafe fn to(self, address: usize) -> Self {
        // INVARIANT: The caller's promise.
        Self { address, ..self }
    }

    /// Fills `buffer` from this memory. A user's memory needs process context.
    ///
    /// Errors: `EFAULT`.
    pub(crate) fn read_slice(self, buffer: &mut [u8]) -> Result {
        match self.space {
            Space::User if !is_there() => Err(EFAULT),
            Space::User => load_over(UserPtr::from_addr(self.address), buffer),
            Space::Kernel => {
                let (to, size) = (buffer.as_mut_ptr().cast(), buffer.len());
                // SAFETY: By the type invariant its owner allows the read. `buffer` is the module's
                // own. The helper fails if the memory is not mapped.
                all(unsafe {
                    helpers::ntevent_helper_load_kernel(to, self.address as *const c_void, size)
                })
            }
        }
    }

    /// Reads a value. Context and errors as [`Self::read_slice`].
    pub(crate) fn read<T: FromBytes + AsBytes + Default>(self) -> Result<T> {
        let mut value = T::default();
        self.read_slice(AsBytes::as_bytes_mut(&mut value))?;
        Ok(value)
    }

    /// Writes a value. Context and errors as [`Self::read_slice`].
    pub(crate) fn write<T: AsBytes>(self, value: &T) -> Result {
        match self.space {
            Space::User if !is_there() => Err(EFAULT),
            Space::User => store(UserPtr::from_addr(self.address), value),
            Space::Kernel => {
                let (from, to) = (AsBytes::as_bytes(value), self.address as *mut c_void);
                // SAFETY: By the type invariant its owner allows the write. `from` is the module's
                // own. The helper fails if the memory is not mapped.
                all(unsafe {
                    helpers::ntevent_helper_store_kernel(to, from.as_ptr().cast(), from.len())
                })
            }
        }
    }
}

/// Whether the current task has user memory. A task that exits has none any more.
fn is_there() -> bool {
    // SAFETY: Reads the current task's state.
    unsafe { helpers::ntevent_helper_has_user_memory() }
}
