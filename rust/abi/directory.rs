// SPDX-License-Identifier: GPL-2.0

//! The file of a directory handle, and its commands.

use super::{
    fdinfo,
    handle::common,
    query::query_directory,
    DENTRY, //
};
use crate::{
    namespace::{
        Directory,
        Handle, //
    },
    sys::file::{
        self,
        Call,
        HandleKind,
        Operations, //
    },
    uapi, //
};
use kernel::{
    prelude::*,
    seq_file::SeqFile,
    uaccess::UserPtr, //
};

static OPERATIONS: Operations<Handle<Directory>, HandleKind> = Operations::handle();

impl file::Anonymous for Handle<Directory> {
    type Kind = HandleKind;
    const OPERATIONS: &'static Operations<Self, HandleKind> = &OPERATIONS;

    fn dentry() -> &'static file::SharedDentry {
        &DENTRY
    }

    fn show_fdinfo(&self, out: &SeqFile) {
        fdinfo::show(out, "directory", self);
    }
}

impl file::Handle for Handle<Directory> {
    fn ioctl(&self, call: Call<'_>, command: u32, argument: UserPtr) -> Result<u32> {
        match command {
            uapi::NTEVENT_IOC_QUERY_DIRECTORY => query_directory(self, argument),
            _ => common(self, call.files, command, argument),
        }
    }

    fn close(&self) {
        Handle::close(self);
    }
}
