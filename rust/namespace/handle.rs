// SPDX-License-Identifier: GPL-2.0

//! The handle: a counted reference to an object, with the rights that were granted when it was
//! made. How handles are made: by creating an object, by opening one, by duplication. NT: C2 to C6.

use super::{
    access::{
        Access,
        DIRECTORY, //
    },
    directory::Entered,
    entries::ReservedEntry,
    name::Name,
    object::{
        AnyObject,
        DirectoryEntry,
        Header,
        Object,
        ObjectType, //
    },
    request::Request,
    security::Subject,
    walk::Walk,
    AccessMode,
    Attributes,
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

/// The most directories that lead to a name, the root not counted.
const MAX_DEPTH: u16 = 256;

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

/// What a lookup of the last component found.
enum Found<T: ObjectType> {
    /// The object, with a handle counted, and the rights that the handle is granted.
    Object(Arc<Object<T>>, Access),
    /// A link to somewhere else.
    Link(Name),
}

/// What a path was resolved to.
enum Resolved<T: ObjectType> {
    /// An object that is there.
    Object(Arc<Object<T>>, Access),
    /// A name that nothing has.
    Vacant(Name),
}

impl<T: ObjectType> Handle<T> {
    /// Creates an object, or opens the one that has the name if the request says that this will do.
    /// The second value tells which: whether the object was there. A name that is to be permanent
    /// is not yet: see [`Self::keep_name`]. Process context, may sleep.
    ///
    /// Errors: section C3.
    pub(crate) fn create<B: PinInit<T>>(
        namespace: &NamespaceRef,
        request: &Request<'_>,
        body: impl Fn() -> B,
    ) -> Result<(Self, bool), Status> {
        if request.is_permanent() || request.audited {
            request
                .home(namespace)
                .subject(request.mode)
                .require_privilege()?;
        }
        if request.path.is_none() {
            let granted = Self::granted_to_creator(namespace, request)?;
            let header = Header::new(request.descriptor, request.owner(), 1);
            let object = Object::new(header, body())?;
            return Ok((Self::new(object, granted, namespace), false));
        }
        let (root, namespace) = request.root(namespace)?;
        let mut walk = Walk::new(namespace, root, request)?;
        loop {
            let name = match Self::resolve(&mut walk, namespace, request, true)? {
                Resolved::Object(object, granted) => {
                    return Ok((Self::new(object, granted, namespace), true))
                }
                Resolved::Vacant(name) => name,
            };
            let entry = DirectoryEntry::new(walk.directory().clone(), name.clone());
            let (object, granted) = Self::create_object(entry, namespace, request, body())?;
            let reserved = ReservedEntry::new(T::into_any(object.clone()), name)?;
            let open_existing =
                |any: &AnyObject| Self::open_existing(any, namespace, request, true);
            match walk
                .directory()
                .body
                .enter(reserved, walk.fold(), open_existing)?
            {
                Entered::New => return Ok((Self::new(object, granted, namespace), false)),
                Entered::Taken(Found::Object(object, granted)) => {
                    return Ok((Self::new(object, granted, namespace), true))
                }
                Entered::Taken(Found::Link(target)) => walk.follow(&target)?,
            }
        }
    }

    /// A new object for an entry, with its first handle counted, and the rights of that handle.
    fn create_object(
        entry: DirectoryEntry,
        namespace: &NamespaceRef,
        request: &Request<'_>,
        body: impl PinInit<T>,
    ) -> Result<(Arc<Object<T>>, Access), Status> {
        let descriptor = &entry.directory.header.descriptor;
        let subject = namespace.subject(request.mode);
        subject.require(descriptor, &DIRECTORY, T::CREATE)?;
        let granted = Self::granted_to_creator(namespace, request)?;
        if entry.depth() > MAX_DEPTH {
            return Err(Status::QUOTA_EXCEEDED);
        }
        let header = Header::new(request.descriptor, request.owner(), 1).with_entry(entry)?;
        Ok((Object::new(header, body)?, granted))
    }

    /// Opens the object that has the name. Process context, may sleep.
    ///
    /// Errors: section C3.
    pub(crate) fn open(namespace: &NamespaceRef, request: &Request<'_>) -> Result<Self, Status> {
        let (root, namespace) = request.root(namespace)?;
        let mut walk = Walk::new(namespace, root, request)?;
        match Self::resolve(&mut walk, namespace, request, false)? {
            Resolved::Object(object, granted) => Ok(Self::new(object, granted, namespace)),
            Resolved::Vacant(_) => Err(Status::OBJECT_NAME_NOT_FOUND),
        }
    }

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
    fn new(object: Arc<Object<T>>, granted: Access, namespace: &NamespaceRef) -> Self {
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

    /// Resolves the path, through links at its end.
    fn resolve(
        walk: &mut Walk<'_>,
        namespace: &NamespaceRef,
        request: &Request<'_>,
        create: bool,
    ) -> Result<Resolved<T>, Status> {
        let open_existing = |any: &AnyObject| Self::open_existing(any, namespace, request, create);
        loop {
            let found = match walk.last()? {
                None => open_existing(&AnyObject::Directory(walk.directory().clone())),
                Some(name) => match walk
                    .directory()
                    .body
                    .with(&name, walk.fold(), open_existing)?
                {
                    Some(found) => Ok(found),
                    None => return Ok(Resolved::Vacant(name)),
                },
            };
            match found? {
                Found::Object(object, granted) => return Ok(Resolved::Object(object, granted)),
                Found::Link(target) => walk.follow(&target)?,
            }
        }
    }

    /// Looks at the object that has the name, and counts a handle to it if the caller may have one.
    /// The object's directory is locked; or it is a root, to which the caller has a handle, or
    /// which stays.
    fn open_existing(
        any: &AnyObject,
        namespace: &NamespaceRef,
        request: &Request<'_>,
        create: bool,
    ) -> Result<Found<T>, Status> {
        let object = match (T::downcast(any), any) {
            (Some(object), _) => object,
            (None, AnyObject::SymbolicLink(link)) => {
                return Ok(Found::Link(link.body.target.clone()))
            }
            (None, _) => return Err(Status::OBJECT_TYPE_MISMATCH),
        };
        if create && !request.attributes.has(Attributes::OPENIF) {
            return Err(Status::OBJECT_NAME_COLLISION);
        }
        let header = &object.header;
        match (&header.owner, request.is_exclusive()) {
            (None, false) => (),
            (None, true) => return Err(Status::INVALID_PARAMETER),
            (Some(owner), true) if owner.is_current() => (),
            (Some(_), _) => return Err(Status::ACCESS_DENIED),
        }
        let subject = namespace.subject(request.mode);
        let granted = Self::granted_beyond(Access::NONE, header, subject, request.desired)?;
        if granted == Access::NONE && request.mode == AccessMode::User {
            return Err(Status::ACCESS_DENIED);
        }
        header.handles.inc();
        Ok(Found::Object(object.clone(), granted))
    }

    /// The creator of an object gets what it asks for.
    fn granted_to_creator(
        namespace: &NamespaceRef,
        request: &Request<'_>,
    ) -> Result<Access, Status> {
        let granted = T::RIGHTS.requested(request.desired, || T::RIGHTS.all)?;
        if granted.contains(Access::SYSTEM_SECURITY) {
            namespace.subject(request.mode).require_privilege()?;
        }
        Ok(granted)
    }

    /// What who asks for `desired` is granted, having `held`.
    fn granted_beyond(
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
