// SPDX-License-Identifier: GPL-2.0

//! The upper case of a UTF-16 code unit, for comparing names without regard to case. It maps one
//! unit to one unit by Unicode's simple mappings of the Basic Multilingual Plane. It does not
//! depend on the locale. NT: C4.

/// The upper case of a unit. A unit without an upper case, such as a surrogate, maps to itself. Any
/// context.
pub(super) fn upcase(unit: u16) -> u16 {
    match unit {
        0x61..=0x7a => unit & !0x20,
        0..=0x7f => unit,
        // Greek with iota subscript. The full mapping gives two characters. The simple mapping
        // gives the title case.
        0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => unit | 8,
        0x1fb3 => 0x1fbc,
        0x1fc3 => 0x1fcc,
        0x1ff3 => 0x1ffc,
        _ => char::from_u32(unit.into()).and_then(single).unwrap_or(unit),
    }
}

/// The upper case of a character, if it is a single unit.
fn single(character: char) -> Option<u16> {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => u32::from(upper).try_into().ok(),
        _ => None,
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_upcase)]
mod tests {
    use super::*;

    #[test]
    fn one_to_one() {
        for (unit, upper) in [
            (0x61, 0x41),
            (0x7a, 0x5a),
            (0x60, 0x60),
            (0x7b, 0x7b),
            (0x5c, 0x5c),
            (0xe9, 0xc9),
            (0xff, 0x178),
            (0xb5, 0x39c),
            (0x3b1, 0x391),
            (0x3c2, 0x3a3),
            (0x434, 0x414),
            (0x1c6, 0x1c4),
            (0x1c5, 0x1c4),
            (0x1f80, 0x1f88),
            (0x1fb3, 0x1fbc),
            (0xff41, 0xff21),
        ] {
            assert_eq!(upcase(unit), upper);
        }
    }

    #[test]
    fn units_without_an_upcase_of_one_unit() {
        for unit in [
            0x41, 0xdf, 0x149, 0x390, 0x1fb6, 0xfb00, 0xd800, 0xdfff, 0xffff, 0,
        ] {
            assert_eq!(upcase(unit), unit);
        }
    }

    #[test]
    fn an_upcase_stays() {
        assert!((0..=u16::MAX).all(|unit| upcase(upcase(unit)) == upcase(unit)));
    }
}
