// SPDX-License-Identifier: GPL-2.0

//! An object: a body of some type, and what the object manager keeps for it.

use super::{
    access::{
        Access,
        GenericMapping, //
    },
    directory::{
        Entries,
        ReservedEntry, //
    },
    handle_count::HandleCount,
    name::Name,
    path::Hashes,
    quota::Charge,
    Descriptor, //
};
use crate::{
    dispatcher,
    object::event,
    sys::{
        allocated,
        context::may_sleep,
        deferred::Deferrable,
        file::EmbeddedHandle,
        process::Process,
        Atomic, //
    }, //
};
use core::ops::Deref;
use kernel::{
    alloc::AllocError,
    prelude::*,
    sync::Arc, //
};

/// The body of an event.
pub(crate) type Event = dispatcher::Object<event::Event>;

/// The body of a directory.
#[pin_data]
pub(crate) struct Directory {
    /// The names in the directory.
    #[pin]
    pub(super) entries: Entries<AnyObject>,
    /// Whether the directory is out of reach. Nothing may be named in it any more then. It is
    /// written under the lock of the entries.
    pub(super) gone: Atomic<bool>,
}

/// The body of a symbolic link, which is a name that stands for a path. NT: C4.
pub(crate) struct SymbolicLink {
    /// The path. It is looked up each time, so it need not exist.
    pub(crate) target: Name,
    _charge: Charge,
}

impl SymbolicLink {
    /// A link to `target`. `charge` is for the memory of the target.
    pub(crate) fn new(target: Name, charge: Charge) -> Self {
        Self {
            target,
            _charge: charge,
        }
    }
}

/// A type of object.
pub(crate) trait ObjectType: Sized + Send + Sync + 'static {
    /// The type of handles. Each object has memory for one of them.
    type Handle: Send + Sync;

    /// The mapping of the generic rights.
    const RIGHTS: &'static GenericMapping;
    /// The right to a directory that is needed to create such an object there.
    const CREATE: Access;
    /// Whether a request for an object of the type always ignores case, in all names of the path.
    /// NT: C4.
    const FOLDS: bool;

    /// Wraps the object in an [`AnyObject`].
    fn into_any(object: Arc<Object<Self>>) -> AnyObject;

    /// The object, if it is of this type.
    fn downcast(any: &AnyObject) -> Option<&Arc<Object<Self>>>;

    /// Called when neither a handle nor a name leads to the object any more. Returns the number of
    /// permanent names that were removed with it. Process context, may sleep.
    fn on_unreachable(_object: &Arc<Object<Self>>) -> u32 {
        0
    }
}

/// An object of any type.
#[derive(Clone)]
pub(crate) enum AnyObject {
    /// An event.
    Event(Arc<Object<Event>>),
    /// A directory.
    Directory(Arc<Object<Directory>>),
    /// A symbolic link.
    SymbolicLink(Arc<Object<SymbolicLink>>),
}

impl AnyObject {
    /// What the object manager keeps for the object.
    pub(crate) fn header(&self) -> &Header {
        match self {
            Self::Event(object) => &object.header,
            Self::Directory(object) => &object.header,
            Self::SymbolicLink(object) => &object.header,
        }
    }
}

/// An object. It lives while it has a handle, a name, a waiter, or an object that is named in it.
#[pin_data]
pub(crate) struct Object<T: ObjectType> {
    /// What the object manager keeps for it.
    pub(crate) header: Header,
    /// Memory for one of its handles.
    pub(crate) embedded_handle: EmbeddedHandle<T::Handle>,
    /// What the type keeps for it.
    #[pin]
    pub(crate) body: T,
}

impl<T: ObjectType> Object<T> {
    /// A new object, charged to the caller's memory cgroup. If the header has a directory entry,
    /// the entry is not inserted yet. Process context, may sleep.
    pub(super) fn new(header: Header, body: impl PinInit<T>) -> Result<Arc<Self>, AllocError> {
        let object = pin_init!(Self {
            header,
            embedded_handle: EmbeddedHandle::new(),
            body <- body,
        });
        Arc::pin_init(object, GFP_KERNEL_ACCOUNT).map_err(|_| AllocError)
    }

    /// The bytes of memory that a named object takes, together with its entry in a directory.
    pub(super) fn bytes(name: &Name) -> usize {
        let fixed = const {
            allocated(size_of::<Self>() + size_of::<usize>())
                + allocated(size_of::<Deferrable<DirectoryEntry>>())
                + ReservedEntry::<AnyObject>::BYTES
        };
        name.bytes().saturating_add(fixed)
    }
}

/// What the object manager keeps for every object.
pub(crate) struct Header {
    /// Owner, group and mode.
    pub(crate) descriptor: Descriptor,
    /// The only process that may open the object, if it is exclusive.
    pub(super) owner: Option<Process>,
    /// The directory and the name that the object has or had. `None` if it never had a name.
    directory_entry: Option<KBox<Deferrable<DirectoryEntry>>>,
    /// The handles and the permanence of the name. If the object has a directory entry, the last
    /// handle is counted off under the lock of that directory, and the permanence changes under it.
    pub(super) handles: HandleCount,
}

/// A directory, and a name in it.
pub(crate) struct DirectoryEntry {
    /// The directory.
    pub(crate) directory: Arc<Object<Directory>>,
    /// The name in it.
    pub(crate) name: Name,
    /// The hash by which the directory finds the name.
    pub(super) hash: u64,
    /// The number of directories above it, without the root.
    depth: u16,
    /// The charge for the memory of the object and the entry.
    _charge: Charge,
}

impl DirectoryEntry {
    /// The entry `name` in `directory`. Nobody is charged for it.
    pub(super) fn new(directory: Arc<Object<Directory>>, name: Name, hashes: Hashes) -> Self {
        let depth = match directory.header.directory_entry() {
            Some(entry) => entry.depth.saturating_add(1),
            None => 0,
        };
        Self {
            directory,
            name,
            hash: hashes.exact,
            depth,
            _charge: Charge::none(),
        }
    }

    /// The same entry with a charge.
    pub(super) fn charged(self, charge: Charge) -> Self {
        Self {
            _charge: charge,
            ..self
        }
    }

    /// The number of directories above it, without the root.
    pub(super) fn depth(&self) -> u16 {
        self.depth
    }
}

impl Header {
    /// The header of an object with `handles` handles. Process context, may sleep.
    pub(super) fn new(descriptor: Descriptor, owner: Option<Process>, handles: u32) -> Self {
        Self {
            descriptor,
            owner,
            directory_entry: None,
            handles: HandleCount::new(handles),
        }
    }

    /// Adds a directory entry. Process context, may sleep.
    pub(super) fn with_entry(mut self, entry: DirectoryEntry) -> Result<Self, AllocError> {
        self.directory_entry = Some(Deferrable::new(entry)?);
        Ok(self)
    }

    /// Makes the object permanent from the beginning.
    pub(super) fn permanent(self) -> Self {
        self.handles.set_permanent(true);
        self
    }

    /// The directory and the name that the object has or had.
    pub(crate) fn directory_entry(&self) -> Option<&DirectoryEntry> {
        self.directory_entry.as_deref().map(Deref::deref)
    }

    /// The number of handles.
    pub(crate) fn handles(&self) -> u32 {
        self.handles.get()
    }

    /// Whether the name stays without a handle.
    pub(crate) fn is_permanent(&self) -> bool {
        self.handles.is_permanent()
    }

    /// Whether only one process may open the object.
    pub(crate) fn is_exclusive(&self) -> bool {
        self.owner.is_some()
    }

    /// Whether the object still has its name.
    pub(crate) fn has_name(&self) -> bool {
        self.directory_entry.is_some() && self.handles.keeps_name()
    }
}

/// A directory entry holds its directory, and the directory holds its own entry. A loop drops each
/// entry before the one above it, so that a deep tree does not need a deep stack.
impl Drop for Header {
    fn drop(&mut self) {
        let Some(entry) = self.directory_entry.take() else {
            return;
        };
        if !may_sleep() {
            // A driver may drop the last reference where it must not sleep.
            return Deferrable::drop_soon(entry);
        }
        let mut entry = Some(entry);
        while let Some(below) = entry {
            let DirectoryEntry { directory, .. } = Deferrable::into_value(below);
            entry = Arc::into_unique_or_drop(directory).and_then(|mut directory| {
                directory.as_mut().project().header.directory_entry.take()
            });
        }
    }
}
