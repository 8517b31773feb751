// SPDX-License-Identifier: GPL-2.0

//! The file of a symbolic link handle, and its commands.

use super::{
    fdinfo,
    handle::common,
    query::query_link,
    DENTRY, //
};
use crate::{
    namespace::{
        access::Access,
        Handle,
        SymbolicLink, //
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
    seq_print,
    uaccess::UserPtr, //
};

static OPERATIONS: Operations<Handle<SymbolicLink>, HandleKind> = Operations::handle();

impl file::Anonymous for Handle<SymbolicLink> {
    type Kind = HandleKind;
    const OPERATIONS: &'static Operations<Self, HandleKind> = &OPERATIONS;

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
    fn ioctl(&self, call: Call<'_>, command: u32, argument: UserPtr) -> Result<u32> {
        match command {
            uapi::NTEVENT_IOC_QUERY_SYMBOLIC_LINK => query_link(self, argument),
            _ => common(self, call.files, command, argument),
        }
    }

    fn close(&self) {
        Handle::close(self);
    }
}
