// SPDX-License-Identifier: GPL-2.0

//! The numbers that the reference of names uses.

/// NTSTATUS values.
pub mod status {
    pub const SUCCESS: u32 = 0;
    pub const OBJECT_NAME_EXISTS: u32 = 0x4000_0000;
    pub const INVALID_HANDLE: u32 = 0xc000_0008;
    pub const INVALID_PARAMETER: u32 = 0xc000_000d;
    pub const ACCESS_DENIED: u32 = 0xc000_0022;
    pub const OBJECT_TYPE_MISMATCH: u32 = 0xc000_0024;
    pub const OBJECT_NAME_INVALID: u32 = 0xc000_0033;
    pub const OBJECT_NAME_NOT_FOUND: u32 = 0xc000_0034;
    pub const OBJECT_NAME_COLLISION: u32 = 0xc000_0035;
    pub const OBJECT_PATH_NOT_FOUND: u32 = 0xc000_003a;
    pub const OBJECT_PATH_SYNTAX_BAD: u32 = 0xc000_003b;
    pub const PRIVILEGE_NOT_HELD: u32 = 0xc000_0061;
    pub const REPARSE_POINT_ENCOUNTERED: u32 = 0xc000_050b;
}

/// Attributes of an object.
pub mod attributes {
    pub const PERMANENT: u32 = 0x10;
    pub const EXCLUSIVE: u32 = 0x20;
    pub const CASE_INSENSITIVE: u32 = 0x40;
    pub const OPENIF: u32 = 0x80;
    pub const DONT_REPARSE: u32 = 0x1000;
}
