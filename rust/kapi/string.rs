// SPDX-License-Identifier: GPL-2.0

//! Counted strings.

use super::{
    c,
    routines, //
};

/// The most units of a string that can be counted with its zero.
const MAX: usize = 0x7ffe;

routines! {
    /// Counts the units of `source` up to the zero that ends it, as many as can be told. Any
    /// context.
    ///
    /// # Safety
    ///
    /// `destination` is null or good for writing; `source` is null, or ends with a zero.
    fn RtlInitUnicodeString(destination: *mut c::_UNICODE_STRING, source: c::PCWSTR) {
        if destination.is_null() {
            return;
        }
        let mut string = c::_UNICODE_STRING::default();
        if !source.is_null() {
            // SAFETY: No unit before this one was the zero.
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
