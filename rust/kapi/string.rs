// SPDX-License-Identifier: GPL-2.0

//! Counted strings.

use super::{
    c,
    routines, //
};

/// The largest number of units of a counted string that leaves room for a NUL.
const MAX: usize = 0x7ffe;

routines! {
    /// Counts the units of `source` before its NUL, up to the maximum. Any context.
    ///
    /// # Safety
    ///
    /// `destination` is null or writable. `source` is null or ends with a NUL.
    fn RtlInitUnicodeString(destination: *mut c::_UNICODE_STRING, source: c::PCWSTR) {
        if destination.is_null() {
            return;
        }
        let mut string = c::_UNICODE_STRING::default();
        if !source.is_null() {
            // SAFETY: No earlier unit was the NUL.
            let is_unit = |at: &usize| unsafe { source.wrapping_add(*at).read() } != 0;
            // PANIC: `MAX` units and the zero are 0xfffe bytes.
            let bytes = (0..MAX).take_while(is_unit).count().wrapping_mul(2) as u16;
            string.Length = bytes;
            string.MaximumLength = bytes.wrapping_add(2);
            string.Buffer = source.cast_mut();
        }
        // SAFETY: The caller's promise.
        unsafe { destination.write(string) };
    }
}
