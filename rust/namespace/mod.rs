// SPDX-License-Identifier: GPL-2.0

//! The object manager: what every object has whatever its kind, and who may do what with it.

pub(crate) mod access;
mod object;
mod security;

pub(crate) use object::Object;
pub(crate) use security::Descriptor;
