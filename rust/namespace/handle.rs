// SPDX-License-Identifier: GPL-2.0

//! The handle: a counted reference to an object, with the rights that were granted when it was
//! made. NT: C6.

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
pub(crate) use request::Request;

/// A handle. Dropping it closes it.
pub(crate) struct Handle<T: ObjectType> {
    /// The object.
    pub(crate) object: Arc<Object<T>>,
    /// What the handle may be used for.
    pub(crate) granted: Access,
    /// The namespace that the object belongs to, with a name or without.
    pub(crate) namespace: NamespaceRef,
    closed: Atomic<bool>,
}

impl<T: ObjectType> Handle<T> {
    /// Another handle to the same object. Rights that this one has need no check; others are
    /// granted if the object's descriptor allows them to the caller. Process context, may sleep.
    /// NT: C6, V195 to V200.
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

    /// Another handle with the same rights, for as long as something is done with it. Any context.
    pub(crate) fn another(&self) -> Self {
        self.object.header.handles.inc();
        Self::new(self.object.clone(), self.granted, &self.namespace)
    }

    /// Has the name go with the last handle. The caller has the right. Process context, may sleep.
    /// NT: V206, V207.
    pub(crate) fn make_temporary(&self) {
        if self.set_permanent(false) {
            self.namespace.remove_permanent(1);
        }
    }

    /// Has the name stay without a handle. Process context, may sleep. NT: V208.
    ///
    /// Errors: `PRIVILEGE_NOT_HELD`, `QUOTA_EXCEEDED`.
    pub(crate) fn make_permanent(&self) -> Result<(), Status> {
        let subject = self.namespace.subject(AccessMode::User);
        subject.require_privilege()?;
        self.keep_name()
    }

    /// The same for a caller whose privilege was checked.
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

    /// Whether that changed it; an object without a name stays as it is.
    fn set_permanent(&self, permanent: bool) -> bool {
        let header = &self.object.header;
        match header.directory_entry() {
            Some(entry) => entry.directory.body.set_permanent(header, permanent),
            None => false,
        }
    }

    /// A handle that is counted already.
    pub(super) fn new(object: Arc<Object<T>>, granted: Access, namespace: &NamespaceRef) -> Self {
        Self {
            object,
            granted,
            namespace: namespace.clone(),
            closed: Atomic::new(false),
        }
    }

    /// Takes the handle off the object's count; what was begun with it goes on. With the last
    /// handle of a temporary object its name goes. Process context, may sleep. NT: C6, V209 to
    /// V211.
    pub(crate) fn close(&self) {
        let header = &self.object.header;
        if self.closed.xchg(true, Relaxed) || header.handles.dec_not_one() {
            return;
        }
        let out_of_reach = match header.directory_entry() {
            Some(entry) => entry.directory.body.leave(header, &entry.name),
            // The last, of an object without a name; the root alone is permanent without one.
            None => {
                header.handles.dec_and_test();
                !header.is_permanent()
            }
        };
        if out_of_reach {
            let names = T::on_unreachable(&self.object);
            if names != 0 {
                self.namespace.remove_permanent(names);
            }
        }
    }

    /// What who asks for `desired` is granted, having `held`. Process context.
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

// SAFETY: A handle is of one object, which it keeps, and that does not move.
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
