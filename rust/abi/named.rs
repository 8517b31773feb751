// SPDX-License-Identifier: GPL-2.0

//! The handles of directories and symbolic links, and the commands on them.

use super::{
    fdinfo,
    handle::common,
    query::query_directory,
    DENTRY, //
};
use crate::{
    namespace::{
        access::Access,
        Directory,
        Handle,
        SymbolicLink, //
    },
    sys::file::{
        self,
        Call,
        Operations,
        PollTable,
        Readiness, //
    },
    uapi, //
};
use kernel::{
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    uaccess::UserPtr, //
};

static DIRECTORY: Operations<Handle<Directory>> = Operations::handle();
static SYMBOLIC_LINK: Operations<Handle<SymbolicLink>> = Operations::handle();

impl file::Anonymous for Handle<Directory> {
    const OPERATIONS: &'static Operations<Self> = &DIRECTORY;

    fn dentry() -> &'static file::SharedDentry {
        &DENTRY
    }

    fn show_fdinfo(&self, out: &SeqFile) {
        fdinfo::show(out, "directory", self);
    }
}

impl file::Handle for Handle<Directory> {
    fn ioctl(&self, _call: Call<'_>, command: u32, argument: UserPtr) -> Result<u32> {
        match command {
            uapi::NTEVENT_IOC_QUERY_DIRECTORY => query_directory(self, argument),
            _ => common(self, command, argument),
        }
    }

    fn close(&self) {
        Handle::close(self);
    }

    fn poll(&self, _table: &PollTable) -> Readiness {
        Readiness::Error
    }
}

impl file::Anonymous for Handle<SymbolicLink> {
    const OPERATIONS: &'static Operations<Self> = &SYMBOLIC_LINK;

    fn dentry() -> &'static file::SharedDentry {
        &DENTRY
    }

    fn show_fdinfo(&self, out: &SeqFile) {
        fdinfo::show(out, "symbolic link", self);
        if self.granted.contains(Access::SYMBOLIC_LINK_QUERY) {
            seq_print!(out, "target:\t");
            fdinfo::show_units(out, self.object.body.target.units());
            seq_print!(out, "\n");
        }
    }
}

impl file::Handle for Handle<SymbolicLink> {
    fn ioctl(&self, _call: Call<'_>, command: u32, argument: UserPtr) -> Result<u32> {
        common(self, command, argument)
    }

    fn close(&self) {
        Handle::close(self);
    }

    fn poll(&self, _table: &PollTable) -> Readiness {
        Readiness::Error
    }
}
