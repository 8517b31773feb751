// SPDX-License-Identifier: GPL-2.0

//! The events of StorPort miniports. NT: S0, V231 to V234.

use super::{
    c,
    event::{
        event_type,
        initialize,
        is_storage, //
    },
    event_at,
    routines,
    wait::wait_single, //
};
use crate::sys::context;

const SUCCESS: u32 = 0;
const UNSUCCESSFUL: u32 = 0xc100_0001;
const INVALID_PARAMETER: u32 = 0xc100_0006;
const INVALID_IRQL: u32 = 0xc100_0008;

routines! {
    /// Any context.
    ///
    /// # Safety
    ///
    /// The event's pointer is null, or to storage for an event.
    fn StorPortInitializeEvent(
        extension: c::PVOID,
        storage: *mut c::_STOR_EVENT,
        number: c::STOR_EVENT_TYPE,
        state: c::BOOLEAN,
    ) -> c::ULONG {
        match event_type(number) {
            Some(event_type) if !extension.is_null() && is_storage(storage.cast()) => {
                // SAFETY: The caller's promise. A STOR_EVENT is a KEVENT.
                unsafe { initialize(storage.cast(), event_type, state != 0) };
                SUCCESS
            }
            _ => INVALID_PARAMETER,
        }
    }

    /// Any context except a hard interrupt.
    ///
    /// # Safety
    ///
    /// See `event_at`.
    fn StorPortSetEvent(extension: c::PVOID, event: *mut c::_STOR_EVENT) -> c::ULONG {
        // SAFETY: The caller's promise.
        match unsafe { event_at(event.cast()) } {
            Some(_) if context::in_hardirq() => INVALID_IRQL,
            Some(event) if !extension.is_null() => {
                event.set();
                SUCCESS
            }
            _ => INVALID_PARAMETER,
        }
    }

    /// Any wait that does not succeed returns STOR_STATUS_UNSUCCESSFUL. NT: F21. Any context with a
    /// timeout of zero, otherwise process context.
    ///
    /// # Safety
    ///
    /// See `wait_single`.
    fn StorPortWaitForSingleObject(
        extension: c::PVOID,
        object: c::PVOID,
        alertable: c::BOOLEAN,
        timeout: c::PLARGE_INTEGER,
    ) -> c::ULONG {
        // SAFETY: The caller's promise.
        if extension.is_null() || unsafe { event_at(object.cast()) }.is_none() {
            return INVALID_PARAMETER;
        }
        // In UserMode a signal ends an alertable wait.
        let mode = if alertable != 0 { c::UserMode } else { c::KernelMode } as c::KPROCESSOR_MODE;
        // SAFETY: The caller's promise.
        match unsafe { wait_single(object.cast(), mode, alertable, timeout) } {
            Ok(0) => SUCCESS,
            _ => UNSUCCESSFUL,
        }
    }
}
