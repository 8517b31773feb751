// SPDX-License-Identifier: GPL-2.0

//! Creating or opening an object, and making an fd for it.

use super::{
    arguments::{
        require_zero,
        status_of,
        store_u32,
        with_arguments,
        ObjectArguments, //
    },
    attributes::{
        name_at,
        with_request, //
    },
    device::Device,
    failure::Failure, //
};
use crate::{
    namespace::{
        name::Name,
        Directory,
        Handle,
        NamespaceRef,
        ObjectType,
        Request,
        SymbolicLink, //
    },
    object::event::EventType,
    status::Status,
    sys::{
        file::{
            self,
            install, //
        },
        files::Files, //
    },
    uapi, //
};
use kernel::{
    prelude::*,
    uaccess::UserPtr, //
};

/// Creates an event.
pub(super) fn create_event(device: &Device, files: Files, argument: UserPtr) -> Result<u32> {
    with_arguments::<uapi::ntevent_create_event_args>(argument, |arguments| {
        // The type is checked first. NT: V140.
        let event_type = match arguments.event_type {
            uapi::NTEVENT_NOTIFICATION_EVENT => EventType::Notification,
            uapi::NTEVENT_SYNCHRONIZATION_EVENT => EventType::Synchronization,
            _ => return Err(Status::INVALID_PARAMETER.into()),
        };
        let signaled = arguments.initial_state != 0;
        make(device, files, argument, arguments, |namespace, request| {
            let created = Handle::create_event(namespace, request, event_type, signaled)?;
            Ok(NewHandle::new(created, request))
        })
    })
}

/// Creates a directory.
pub(super) fn create_directory(device: &Device, files: Files, argument: UserPtr) -> Result<u32> {
    with_arguments::<uapi::ntevent_open_args>(argument, |arguments| {
        make(device, files, argument, arguments, |namespace, request| {
            let created = Handle::create(namespace, request, |_| Ok(Directory::new()))?;
            Ok(NewHandle::new(created, request))
        })
    })
}

/// Creates a symbolic link. Its target is looked up when the link is followed. Opening an existing
/// link returns the same status as creating one, as in NT since Windows 10 1511.
pub(super) fn create_link(device: &Device, files: Files, argument: UserPtr) -> Result<u32> {
    with_arguments::<uapi::ntevent_create_link_args>(argument, |arguments| {
        require_zero(arguments.pad)?;
        make(device, files, argument, arguments, |namespace, request| {
            let target = target_at(arguments.target, arguments.target_length)?;
            let link = |namespace: &NamespaceRef| namespace.link_to(&target, request.mode);
            let created: (Handle<SymbolicLink>, bool) = Handle::create(namespace, request, link)?;
            Ok(NewHandle {
                status: uapi::NTEVENT_STATUS_SUCCESS,
                ..NewHandle::new(created, request)
            })
        })
    })
}

/// Copies in the target of a link. A null address means that there is no target. Another address
/// with length 0 is an empty target. NT tells the two apart by the size of the buffer.
///
/// Errors: `INVALID_PARAMETER` if there is no target or its length is odd, and those of
/// [`name_at`].
fn target_at(pointer: u64, length: u32) -> Result<Name, Status> {
    match length {
        0 if pointer != 0 => Ok(Name::from_ascii("")?),
        // A misaligned address is reported before an odd length.
        ..65535 if length % 2 != 0 && pointer % 2 == 0 => Err(Status::INVALID_PARAMETER),
        _ => name_at(pointer, length)?.ok_or(Status::INVALID_PARAMETER),
    }
}

/// Opens an object of a type by name.
pub(super) fn open<T: ObjectType>(device: &Device, files: Files, argument: UserPtr) -> Result<u32>
where
    Handle<T>: file::Handle,
{
    with_arguments::<uapi::ntevent_open_args>(argument, |arguments| {
        make(device, files, argument, arguments, |namespace, request| {
            Ok(NewHandle::<T> {
                handle: Handle::open(namespace, request)?,
                status: uapi::NTEVENT_STATUS_SUCCESS,
                keep_name: false,
            })
        })
    })
}

/// A new handle without an fd.
struct NewHandle<T: ObjectType> {
    handle: Handle<T>,
    status: u32,
    /// Whether the name will be permanent.
    keep_name: bool,
}

impl<T: ObjectType> NewHandle<T> {
    /// From the result of a creation: a handle, and whether the object existed before.
    fn new((handle, existed): (Handle<T>, bool), request: &Request<'_>) -> Self {
        Self {
            handle,
            status: if existed {
                uapi::NTEVENT_STATUS_OBJECT_NAME_EXISTS
            } else {
                uapi::NTEVENT_STATUS_SUCCESS
            },
            keep_name: request.is_permanent() && !existed,
        }
    }
}

impl<T: ObjectType> NewHandle<T>
where
    Handle<T>: file::Handle,
{
    /// Makes an fd for the handle and stores the status. Makes the name permanent last, when
    /// nothing else can fail, so that no failure leaves a permanent name.
    fn install(self, files: Files, attributes: u32, status_out: UserPtr) -> Result<u32, Failure> {
        let close_on_exec = attributes & uapi::NTEVENT_OBJ_INHERIT == 0;
        let fd = files.free_fd(0, close_on_exec);
        let fd = fd.map_err(Failure::of_new_file)?;
        install(self.handle, fd, |handle, _| {
            store_u32(status_out, self.status)?;
            if self.keep_name {
                handle
                    .keep_name()
                    .map_err(|status| Failure::from(status).errno)?;
            }
            Ok(())
        })
        .map_err(Failure::of_new_file)
    }
}

/// Makes a handle in the device's namespace, and an fd for it. Stores the status in the argument.
fn make<A: ObjectArguments, T: ObjectType>(
    device: &Device,
    files: Files,
    argument: UserPtr,
    arguments: &A,
    handle: impl FnOnce(&NamespaceRef, &Request<'_>) -> Result<NewHandle<T>, Status>,
) -> Result<u32, Failure>
where
    Handle<T>: file::Handle,
{
    let creation = device.begin_creation();
    let object = arguments.object();
    let new_handle = with_request(files, object, arguments.desired_access(), |request| {
        handle(creation.namespace(), request)
    })?;
    let fd = new_handle.install(files, object.attributes, status_of::<A>(argument))?;
    creation.succeed();
    Ok(fd)
}
