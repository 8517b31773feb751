// SPDX-License-Identifier: GPL-2.0

//! Making the first handle of a caller: by creating the object, or by opening it by name. NT: C2 to
//! C4.

use crate::{
    namespace::{
        access::{
            Access,
            DIRECTORY, //
        },
        directory::{
            Entered,
            Lookup,
            ReservedEntry,
            Walk, //
        },
        object::{
            AnyObject,
            DirectoryEntry,
            Header,
            Object,
            ObjectType, //
        },
        quota::within_quota,
        AccessMode,
        Attributes,
        Handle,
        NamespaceRef,
        Request,
        SymbolicLink, //
    },
    status::Status,
    sys::reading::Reading, //
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

/// The largest number of directories above a name, without the root.
const MAX_DEPTH: u16 = 256;

/// The result of looking at the last component.
enum Found<'a, T: ObjectType> {
    /// The object, and the rights of a handle to it. The handle is counted.
    Object(Arc<Object<T>>, Access),
    /// A link, which must be followed.
    Link(&'a Object<SymbolicLink>),
}

/// The result of resolving a path.
enum Resolved<T: ObjectType> {
    /// An object that exists, and the rights of a handle to it. The handle is counted.
    Object(Arc<Object<T>>, Access),
    /// A name that no object has.
    Vacant(Lookup),
}

impl<T: ObjectType> Handle<T> {
    /// Creates an object. If the request allows it, opens an object that has the name instead. The
    /// second value says whether the object existed. The name is never permanent yet: see
    /// [`Self::keep_name`]. Process context, may sleep.
    ///
    /// Errors: section C3.
    pub(crate) fn create<B: PinInit<T>>(
        namespace: &NamespaceRef,
        request: &Request<'_>,
        body: impl Fn(&NamespaceRef) -> Result<B, Status>,
    ) -> Result<(Self, bool), Status> {
        within_quota(|| Self::try_create(namespace, request, &body))
    }

    fn try_create<B: PinInit<T>>(
        namespace: &NamespaceRef,
        request: &Request<'_>,
        body: &impl Fn(&NamespaceRef) -> Result<B, Status>,
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
            let object = Object::new(header, body(namespace)?)?;
            return Ok((Self::new(object, granted, namespace), false));
        }
        let (root, namespace) = request.root(namespace)?;
        let reading = Reading::begin();
        let mut walk = Walk::new(namespace, &reading, root, request, request.folds::<T>())?;
        loop {
            let lookup = match Self::resolve(&mut walk, namespace, request, true)? {
                Resolved::Object(object, granted) => {
                    return Ok((Self::new(object, granted, namespace), true))
                }
                Resolved::Vacant(lookup) => lookup,
            };
            let (name, hashes) = (lookup.name.clone(), lookup.hashes());
            let entry = DirectoryEntry::new(walk.directory().clone(), name.clone(), hashes);
            let (object, granted) = Self::create_object(entry, namespace, request, body)?;
            let reserved = ReservedEntry::new(T::into_any(object.clone()), name, hashes)?;
            let entered = walk.enter(reserved, &lookup, |any| {
                Self::open_existing(any, namespace, request, true)
            });
            match entered? {
                Entered::New => return Ok((Self::new(object, granted, namespace), false)),
                Entered::Taken(Found::Object(object, granted)) => {
                    return Ok((Self::new(object, granted, namespace), true))
                }
                Entered::Taken(Found::Link(link)) => walk.follow(link, None)?,
            }
        }
    }

    /// A new object with a directory entry, and the rights of its first handle. The handle is
    /// counted.
    fn create_object<B: PinInit<T>>(
        entry: DirectoryEntry,
        namespace: &NamespaceRef,
        request: &Request<'_>,
        body: impl Fn(&NamespaceRef) -> Result<B, Status>,
    ) -> Result<(Arc<Object<T>>, Access), Status> {
        let descriptor = &entry.directory.header.descriptor;
        let subject = namespace.subject(request.mode);
        subject.require(descriptor, &DIRECTORY, T::CREATE)?;
        let granted = Self::granted_to_creator(namespace, request)?;
        if entry.depth() > MAX_DEPTH {
            return Err(Status::QUOTA_EXCEEDED);
        }
        let bytes = Object::<T>::bytes(&entry.name);
        let entry = entry.charged(namespace.quota().charge(request.mode, bytes)?);
        let header = Header::new(request.descriptor, request.owner(), 1).with_entry(entry)?;
        Ok((Object::new(header, body(namespace)?)?, granted))
    }

    /// Opens the object that has the name. Process context, may sleep.
    ///
    /// Errors: section C3.
    pub(crate) fn open(namespace: &NamespaceRef, request: &Request<'_>) -> Result<Self, Status> {
        let (root, namespace) = request.root(namespace)?;
        let reading = Reading::begin();
        let mut walk = Walk::new(namespace, &reading, root, request, request.folds::<T>())?;
        match Self::resolve(&mut walk, namespace, request, false)? {
            Resolved::Object(object, granted) => Ok(Self::new(object, granted, namespace)),
            Resolved::Vacant(_) => Err(Status::OBJECT_NAME_NOT_FOUND),
        }
    }

    /// Resolves the path. Follows links at its end too.
    fn resolve(
        walk: &mut Walk<'_>,
        namespace: &NamespaceRef,
        request: &Request<'_>,
        create: bool,
    ) -> Result<Resolved<T>, Status> {
        loop {
            let start;
            let lookup = walk.last()?;
            let found = match &lookup {
                None => {
                    start = walk.start();
                    Self::open_existing(&start, namespace, request, create)?
                }
                Some(lookup) => walk.with(lookup, |any| {
                    Self::open_existing(any, namespace, request, create)
                })?,
            };
            match (found, lookup) {
                (Some(Found::Object(object, granted)), _) => {
                    return Ok(Resolved::Object(object, granted))
                }
                (Some(Found::Link(link)), _) => walk.follow(link, None)?,
                (None, Some(lookup)) => return Ok(Resolved::Vacant(lookup)),
                (None, None) => return Err(Status::OBJECT_NAME_NOT_FOUND),
            }
        }
    }

    /// Looks at the object that has the name. Counts a handle to it if the caller may have one.
    /// `None` says that the object loses its name. A root does not, because the caller has a handle
    /// to it or because it belongs to the namespace.
    fn open_existing<'a>(
        any: &'a AnyObject,
        namespace: &NamespaceRef,
        request: &Request<'_>,
        create: bool,
    ) -> Result<Option<Found<'a, T>>, Status> {
        let object = match (T::downcast(any), any) {
            (Some(object), _) => object,
            (None, AnyObject::SymbolicLink(link)) => return Ok(Some(Found::Link(link))),
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
        let is_counted = header.handles.inc_if_named();
        Ok(is_counted.then(|| Found::Object(object.clone(), granted)))
    }

    /// The rights of the creator of an object, which gets what it asks for.
    fn granted_to_creator(
        namespace: &NamespaceRef,
        request: &Request<'_>,
    ) -> Result<Access, Status> {
        let desired = T::RIGHTS.known(request.desired);
        let granted = T::RIGHTS.requested(desired, || T::RIGHTS.all)?;
        if granted.contains(Access::SYSTEM_SECURITY) {
            namespace.subject(request.mode).require_privilege()?;
        }
        Ok(granted)
    }
}
