// SPDX-License-Identifier: GPL-2.0

//! A hash with a secret key. A user who chooses what is hashed cannot choose the hash.
//!
//! The kernel crate has no hash functions.
//!
//! C header: [`include/linux/siphash.h`](srctree/include/linux/siphash.h)

use super::helpers;

/// Makes the key of the module. Process context, before anything is hashed.
pub(crate) fn make_key() {
    // SAFETY: The key is a static, which nobody reads yet.
    unsafe { helpers::ntevent_helper_make_hash_key() }
}

/// The hash of `bytes`. Any context.
pub(crate) fn siphash(bytes: &[u8]) -> u64 {
    // SAFETY: The bytes are readable for their length.
    unsafe { helpers::ntevent_helper_siphash(bytes.as_ptr().cast(), bytes.len()) }
}
