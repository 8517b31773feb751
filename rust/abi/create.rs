// SPDX-License-Identifier: GPL-2.0

//! Making an event, and an fd for it.

use super::{
    arguments::{
        require,
        store_status,
        with_arguments, //
    },
    failure::Failure,
    handle::Handle, //
};
use crate::{
    namespace::{
        access::{
            Access,
            EVENT, //
        },
        Descriptor,
        Object, //
    },
    object::event::EventType,
    status::Status,
    sys::file::install,
    uapi, //
};
use kernel::{
    prelude::*,
    uaccess::UserPtr, //
};

type CreateEvent = uapi::ntevent_create_event_args;

/// The attributes that NT defines and an event cannot have.
const NOT_FOR_EVENTS: u32 = uapi::NTEVENT_OBJ_PROTECT_CLOSE | uapi::NTEVENT_OBJ_OPENLINK;

/// The attributes that an event may have.
const ATTRIBUTES: u32 = uapi::NTEVENT_OBJ_INHERIT
    | uapi::NTEVENT_OBJ_PERMANENT
    | uapi::NTEVENT_OBJ_EXCLUSIVE
    | uapi::NTEVENT_OBJ_CASE_INSENSITIVE
    | uapi::NTEVENT_OBJ_OPENIF
    | uapi::NTEVENT_OBJ_KERNEL_HANDLE
    | uapi::NTEVENT_OBJ_FORCE_ACCESS_CHECK;

/// Creates an event. The order of the checks is NT's, section C2.
pub(super) fn create_event(argument: UserPtr) -> Result<u32> {
    with_arguments::<CreateEvent>(argument, |arguments| {
        let event_type = match arguments.event_type {
            uapi::NTEVENT_NOTIFICATION_EVENT => EventType::Notification,
            uapi::NTEVENT_SYNCHRONIZATION_EVENT => EventType::Synchronization,
            _ => return Err(Status::INVALID_PARAMETER.into()),
        };
        let descriptor = check_attributes(&arguments.object)?;
        let granted = EVENT.requested(arguments.desired_access, || EVENT.all)?;
        if granted.contains(Access::SYSTEM_SECURITY) {
            descriptor.require_privilege()?;
        }
        let object = Object::new_event(descriptor, event_type, arguments.initial_state != 0)
            .map_err(|_| Status::INSUFFICIENT_RESOURCES)?;
        let inherit = arguments.object.attributes & uapi::NTEVENT_OBJ_INHERIT != 0;
        let fd = install(Handle { object, granted }, !inherit, || {
            store_status::<CreateEvent>(argument, uapi::NTEVENT_STATUS_SUCCESS)
        })
        .map_err(Failure::of_new_file)?;
        Ok(fd)
    })
}

/// Checks what is asked of a new object, and makes its descriptor.
fn check_attributes(object: &uapi::ntevent_object_attributes) -> Result<Descriptor, Status> {
    let has = |attribute| object.attributes & attribute != 0;
    require(!has(!(ATTRIBUTES | NOT_FOR_EVENTS)))?;
    if object.name == 0 && object.root != -1 {
        return Err(Status::OBJECT_NAME_INVALID);
    }
    if object.name != 0 && object.name_length != 0 {
        return Err(Status::NOT_SUPPORTED);
    }
    require(!has(NOT_FOR_EVENTS))?;
    require(!(has(uapi::NTEVENT_OBJ_EXCLUSIVE) && has(uapi::NTEVENT_OBJ_INHERIT)))?;
    let descriptor = Descriptor::for_creator(object.mode).ok_or(Status::INVALID_PARAMETER)?;
    if has(uapi::NTEVENT_OBJ_PERMANENT) {
        descriptor.require_privilege()?;
    }
    Ok(descriptor)
}
