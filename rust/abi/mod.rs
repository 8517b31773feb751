// SPDX-License-Identifier: GPL-2.0

//! The user ABI: `/dev/ntevent` and the fds that it returns. Each command is a function that copies
//! its argument in, calls the layers below, and returns an NTSTATUS and an errno.

use crate::sys::file::SharedDentry;

mod arguments;
mod attributes;
pub(crate) mod commands;
mod create;
pub(crate) mod device;
mod directory;
mod duplicate;
mod event;
mod failure;
mod fdinfo;
mod handle;
mod link;
mod query;
mod wait;

/// The dentry that the files of all handles share.
pub(crate) static DENTRY: SharedDentry = SharedDentry::new(c"[ntevent]");
