// SPDX-License-Identifier: GPL-2.0

//! The user ABI in Rust: what bindgen makes of `uapi/linux/ntevent.h`, with checks of its layout.

#![allow(
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unreachable_pub
)]
#![allow(
    dead_code,
    reason = "the header is the whole ABI, also what only programs use"
)]

use kernel::{
    ffi,
    transmute::{
        AsBytes,
        FromBytes, //
    },
};

include!(env!("NTEVENT_UAPI_RS"));

/// States the size of a struct and the sizes of its fields. Such a struct is copied to and from
/// user space as bytes.
macro_rules! plain {
    ($($name:ident: $size:literal = $($field:ident: $width:ty),+;)+) => {$(
        const _: () = {
            assert!(size_of::<$name>() == $size);
            // No padding: the fields, with the widths of the ABI, fill the struct.
            assert!($(size_of::<$width>() +)+ 0 == $size);
            // The names and types agree with the header.
            #[allow(clippy::no_effect)]
            fn _fields(s: $name) { $(let _: $width = s.$field;)+ }
        };
        // SAFETY: Every field is an integer (or such a struct), so every bit pattern is a value.
        unsafe impl FromBytes for $name {}
        // SAFETY: The fields fill the struct (asserted above), so no byte of it is uninitialised.
        unsafe impl AsBytes for $name {}
    )+};
}
pub(crate) use plain;

plain! {
    ntevent_object_attributes: 24 =
        name: u64, name_length: u32, attributes: u32, root: i32, mode: u32;
    ntevent_create_event_args: 40 =
        object: ntevent_object_attributes, desired_access: u32, event_type: u32, initial_state: u32,
        status: u32;
    ntevent_open_args: 32 =
        object: ntevent_object_attributes, desired_access: u32, status: u32;
    ntevent_create_link_args: 48 =
        object: ntevent_object_attributes, target: u64, target_length: u32, desired_access: u32,
        status: u32, pad: u32;
    ntevent_object_info: 48 =
        name: u64, name_size: u32, type_: u32, granted_access: u32, attributes: u32,
        handle_count: u32, uid: u32, gid: u32, mode: u32, status: u32, pad: u32;
    ntevent_directory_entry: 24 =
        name: u64, name_size: u32, type_: u32, cursor: u32, status: u32;
    ntevent_symbolic_link_info: 16 = target: u64, target_size: u32, status: u32;
    ntevent_wait_args: 32 =
        handles: u64, timeout: i64, count: u32, flags: u32, alert: i32, status: u32;
    ntevent_wait_one_args: 24 = timeout: i64, flags: u32, alert: i32, status: u32, pad: u32;
    ntevent_signal_and_wait_args: 32 =
        timeout: i64, signal: i32, wait: i32, flags: u32, alert: i32, status: u32, pad: u32;
    ntevent_event_info: 8 = event_type: u32, event_state: u32;
    ntevent_duplicate_args: 16 = desired_access: u32, options: u32, attributes: u32, status: u32;
    ntevent_info: 16 = abi_version: u32, max_wait_objects: u32, features: u64;
}
