// SPDX-License-Identifier: GPL-2.0

//! The handle: a counted reference to an object, with rights. NT: C6.

use super::{
    access::Access,
    object::{
        Header,
        Object,
        ObjectType, //
    },
    security::Subject,
    AccessMode,
    NamespaceRef, //
};
use crate::{
    status::Status,
    sys::{
        file::{
            EmbeddedHandle,
            EmbedsHandle, //
        },
        Atomic,
        Relaxed, //
    },
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

mod attributes;
pub(crate) mod fd;
mod open;
mod request;

pub(crate) use attributes::Attributes;
pub(crate) use request::{
    Request,
    Root, //
};

/// A handle. Dropping it closes it.
pub(crate) struct Handle<T: ObjectType> {
    /// The object.
    pub(crate) object: Arc<Object<T>>,
    /// The rights of the handle. They do not change.
    pub(crate) granted: Access,
    /// The namespace that the object belongs to, even if it has no name.
    pub(crate) namespace: NamespaceRef,
    closed: Atomic<bool>,
}

impl<T: ObjectType> Handle<T> {
    /// Another handle to the same object. It may have all rights of this handle. It gets further
    /// rights if the object's descriptor allows them to the caller. Process context, may sleep. NT:
    /// C6, V195 to V200.
    ///
    /// Errors: `ACCESS_DENIED`, `PRIVILEGE_NOT_HELD`.
    pub(crate) fn duplicate(&self, desired: Option<u32>) -> Result<Self, Status> {
        let header = &self.object.header;
        if header
            .owner
            .as_ref()
            .is_some_and(|owner| !owner.is_current())
        {
            return Err(Status::ACCESS_DENIED);
        }
        let granted = match desired {
            None => self.granted,
            Some(desired) => {
                let subject = self.namespace.subject(AccessMode::User);
                Self::granted_beyond(self.granted, header, subject, desired)?
            }
        };
        header.handles.inc();
        Ok(Self::new(self.object.clone(), granted, &self.namespace))
    }

    /// Another handle with the same rights, for the time of one operation. Any context.
    pub(crate) fn another(&self) -> Self {
        self.object.header.handles.inc();
        Self::new(self.object.clone(), self.granted, &self.namespace)
    }

    /// Makes the name temporary, so that the last handle removes it. The caller has checked the
    /// right. Process context, may sleep. NT: V206, V207.
    pub(crate) fn make_temporary(&self) {
        if self.set_permanent(false) {
            self.namespace.remove_permanent(1);
        }
    }

    /// Makes the name permanent, so that it stays without a handle. Process context, may sleep. NT:
    /// V208.
    ///
    /// Errors: `PRIVILEGE_NOT_HELD`, `QUOTA_EXCEEDED`.
    pub(crate) fn make_permanent(&self) -> Result<(), Status> {
        let subject = self.namespace.subject(AccessMode::User);
        subject.require_privilege()?;
        self.keep_name()
    }

    /// Makes the name permanent for a caller whose privilege was checked. Process context, may
    /// sleep.
    ///
    /// Errors: `QUOTA_EXCEEDED`.
    pub(crate) fn keep_name(&self) -> Result<(), Status> {
        let header = &self.object.header;
        if header.directory_entry().is_none() || header.is_permanent() {
            return Ok(());
        }
        let charge = self.namespace.add_permanent()?;
        if self.set_permanent(true) {
            charge.commit();
        }
        Ok(())
    }

    /// Makes the name permanent or temporary. Returns whether that changed it. If the object has no
    /// name, nothing changes.
    fn set_permanent(&self, permanent: bool) -> bool {
        let header = &self.object.header;
        match header.directory_entry() {
            Some(entry) => entry.directory.body.set_permanent(header, permanent),
            None => false,
        }
    }

    /// A handle. The caller has counted it already.
    pub(super) fn new(object: Arc<Object<T>>, granted: Access, namespace: &NamespaceRef) -> Self {
        Self {
            object,
            granted,
            namespace: namespace.clone(),
            closed: Atomic::new(false),
        }
    }

    /// Counts the handle off. Calls that use it go on. The last handle of a temporary object also
    /// removes its name. Only the first call has an effect. Process context, may sleep. NT: C6,
    /// V209 to V211.
    pub(crate) fn close(&self) {
        let header = &self.object.header;
        if self.closed.xchg(true, Relaxed) || header.handles.dec_not_last() {
            return;
        }
        let out_of_reach = match header.directory_entry() {
            Some(entry) => entry.directory.body.leave(header, entry.hash),
            None => header.handles.dec_and_test(),
        };
        if out_of_reach {
            let names = T::on_unreachable(&self.object);
            if names != 0 {
                self.namespace.remove_permanent(names);
            }
        }
    }

    /// The rights that a caller with the rights `held` gets if it asks for `desired`. Process
    /// context.
    ///
    /// Errors: `ACCESS_DENIED`, `PRIVILEGE_NOT_HELD`.
    pub(super) fn granted_beyond(
        held: Access,
        header: &Header,
        subject: Subject<'_>,
        desired: u32,
    ) -> Result<Access, Status> {
        let allowed = || subject.allowed(&header.descriptor, T::RIGHTS);
        let access = T::RIGHTS.requested(desired, || held.union(allowed()))?;
        let more = access.without(held);
        if more.contains(Access::SYSTEM_SECURITY) {
            subject.require_privilege()?;
        }
        let more = more.without(Access::SYSTEM_SECURITY);
        subject.require(&header.descriptor, T::RIGHTS, more)?;
        Ok(access)
    }
}

// SAFETY: A handle refers to one object. It keeps the object, which does not move.
unsafe impl<T: ObjectType<Handle = Self>> EmbedsHandle for Handle<T> {
    fn embedded_handle(&self) -> &EmbeddedHandle<Self> {
        &self.object.embedded_handle
    }
}

impl<T: ObjectType> Drop for Handle<T> {
    fn drop(&mut self) {
        self.close();
    }
}
