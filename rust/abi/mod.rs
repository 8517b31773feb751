// SPDX-License-Identifier: GPL-2.0

//! The user ABI: `/dev/ntevent` and the fds it gives out. Each command is one function: it copies
//! its argument in, asks the layers below, and gives back an NTSTATUS and an errno.

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

/// The dentry of the files of all handles.
pub(crate) static DENTRY: SharedDentry = SharedDentry::new(c"[ntevent]");
