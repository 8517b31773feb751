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
            let created = Handle::create(namespace, request, Directory::new)?;
            Ok(NewHandle::new(created, request))
        })
    })
}

/// Creates a symbolic link. Its target is looked up when the link is followed.
pub(super) fn create_link(device: &Device, files: Files, argument: UserPtr) -> Result<u32> {
    with_arguments::<uapi::ntevent_create_link_args>(argument, |arguments| {
        require_zero(arguments.pad)?;
        make(device, files, argument, arguments, |namespace, request| {
            let target = name_at(arguments.target, arguments.target_length)?
                .ok_or(Status::INVALID_PARAMETER)?;
            let created = Handle::create(namespace, request, || SymbolicLink {
                target: target.clone(),
            })?;
            Ok(NewHandle::new(created, request))
        })
    })
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
