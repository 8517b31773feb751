// SPDX-License-Identifier: GPL-2.0

//! The hashes by which a directory finds names. The key of the hashes is secret, so nobody can
//! choose names that have the same hash.

use super::{
    name::Name,
    upcase::upcase, //
};
use crate::sys::siphash::siphash;
use kernel::transmute::AsBytes;

/// The number of units that are hashed at a time if case is ignored.
const CHUNK: usize = 64;

/// The length of a hash in units.
const HASH: usize = size_of::<u64>() / size_of::<u16>();

/// The hashes of a name.
#[derive(Clone, Copy)]
pub(crate) struct Hashes {
    /// The hash of its units.
    pub(crate) exact: u64,
    /// The hash of the upcase of its units. Names that differ only in case have the same.
    pub(crate) folded: u64,
}

impl Name {
    /// The hash of the units, or of their upcase if `fold` is set. Any context.
    pub(crate) fn hash(&self, fold: bool) -> u64 {
        if fold {
            folded(self.units())
        } else {
            siphash(AsBytes::as_bytes(self.units()))
        }
    }

    /// Both hashes. Any context.
    pub(crate) fn hashes(&self) -> Hashes {
        Hashes {
            exact: self.hash(false),
            folded: self.hash(true),
        }
    }
}

/// The hash of the upcase of `units`. The upcase is made in chunks, so that nothing is allocated.
/// Each chunk is hashed together with the hash of the chunks before it.
fn folded(units: &[u16]) -> u64 {
    let mut hash = 0u64;
    for chunk in units.chunks(CHUNK) {
        let mut buffer = [0u16; HASH + CHUNK];
        let (before, upper) = buffer.split_at_mut(HASH);
        let parts = [hash, hash >> 16, hash >> 32, hash >> 48];
        before
            .iter_mut()
            .zip(parts)
            .for_each(|(to, part)| *to = part as u16);
        upper
            .iter_mut()
            .zip(chunk)
            .for_each(|(to, &unit)| *to = upcase(unit));
        let filled = HASH.saturating_add(chunk.len());
        hash = siphash(AsBytes::as_bytes(buffer.get(..filled).unwrap_or_default()));
    }
    hash
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_hash)]
mod tests {
    use super::*;
    use kernel::prelude::*;

    fn long(first: u16, last: u16, count: usize) -> Result<Name> {
        let mut units = Name::zeroed(count)?;
        units.iter_mut().for_each(|unit| *unit = 0x61);
        for (at, value) in [(0, first), (count.saturating_sub(1), last)] {
            if let Some(unit) = units.as_mut_slice().get_mut(at) {
                *unit = value;
            }
        }
        Ok(Name::new(units)?)
    }

    #[test]
    fn each_unit_counts() -> Result {
        assert!(long(0x61, 0x61, 1)?.hash(false) != long(0x62, 0x62, 1)?.hash(false));
        for count in [2, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 1000] {
            let name = long(0x61, 0x61, count)?;
            for other in [
                long(0x62, 0x61, count)?,
                long(0x61, 0x62, count)?,
                long(0x61, 0x61, count + 1)?,
            ] {
                assert!(name.hash(false) != other.hash(false));
                assert!(name.hash(true) != other.hash(true));
            }
        }
        Ok(())
    }

    #[test]
    fn case_counts_in_one_of_them() -> Result {
        for count in [1, 2, CHUNK, CHUNK + 1, 1000] {
            let (small, capital) = (long(0x61, 0x61, count)?, long(0x61, 0x41, count)?);
            assert!(small.hash(false) != capital.hash(false));
            assert!(small.hash(true) == capital.hash(true));
            assert!(small.hashes().exact == small.hash(false));
            assert!(small.hashes().folded == small.hash(true));
        }
        Ok(())
    }
}
