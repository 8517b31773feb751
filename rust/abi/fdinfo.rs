// SPDX-License-Identifier: GPL-2.0

//! `/proc/PID/fdinfo/N`: information about a handle that people can read.

use crate::namespace::{
    name::Name,
    Handle,
    ObjectType,
    Path, //
};
use core::convert::Infallible;
use kernel::{
    seq_file::SeqFile,
    seq_print, //
};

/// The largest number of units of a path that are shown.
const SHOWN: usize = 4096;

/// Prints the lines for handles of any type. The name is in UTF-8. Characters that do not fit in a
/// line are question marks.
pub(super) fn show<T: ObjectType>(out: &SeqFile, type_name: &str, handle: &Handle<T>) {
    let header = &handle.object.header;
    seq_print!(out, "type:\t{}\n", type_name);
    seq_print!(out, "access:\t0x{:08x}\n", handle.granted.bits());
    seq_print!(out, "handles:\t{}\n", header.handles());
    seq_print!(out, "name:\t");
    let path = Path::of(header, &handle.namespace);
    if let Ok(mut units) = Name::zeroed(path.units().min(SHOWN)) {
        let Ok(()) = path.for_each(|offset, part| -> Result<(), Infallible> {
            // Units behind that limit are not copied.
            if let Some(shown) = units.as_mut_slice().get_mut(offset..) {
                shown
                    .iter_mut()
                    .zip(part)
                    .for_each(|(to, from)| *to = *from);
            }
            Ok(())
        });
        show_units(out, &units);
    }
    seq_print!(out, "\n");
}

/// Prints units, up to a limit.
pub(super) fn show_units(out: &SeqFile, units: &[u16]) {
    for unit in char::decode_utf16(units.iter().copied().take(SHOWN)) {
        let shown = unit.ok().filter(|unit| !unit.is_control());
        seq_print!(out, "{}", shown.unwrap_or('?'));
    }
}
