// SPDX-License-Identifier: GPL-2.0

//! Names: counted UTF-16 code units. NT: C4.
//!
//! A name is a part of units that it shares with its clones and with other names. So no units are
//! copied when a path is split or when a component is kept.

use super::upcase::upcase;
use crate::{
    status::Status,
    sys::allocated,
    uapi, //
};
use core::ops::Range;
use kernel::{
    alloc::AllocError,
    prelude::*,
    sync::Arc, //
};

/// Names are charged to the memory cgroup of the task that makes them.
const FLAGS: kernel::alloc::Flags = GFP_KERNEL_ACCOUNT;

/// What separates the components of a path.
pub(crate) const SEPARATOR: u16 = b'\\' as u16;

/// The bytes of memory of a name besides its units. They are for the reference count and the
/// vector.
const SHARED_BYTES: usize = allocated(size_of::<KVVec<u16>>() + size_of::<usize>());

/// A name or a path, in code units.
#[derive(Clone)]
pub(crate) struct Name {
    shared: Arc<KVVec<u16>>,
    part: Range<usize>,
}

impl Name {
    /// The largest number of units in a name.
    pub(crate) const MAX_UNITS: usize = uapi::NTEVENT_MAX_NAME_LENGTH as usize / 2;

    /// A name of these units. Process context, may sleep.
    pub(crate) fn new(units: KVVec<u16>) -> Result<Self, AllocError> {
        let part = 0..units.len();
        let shared = Arc::new(units, FLAGS)?;
        Ok(Self { shared, part })
    }

    /// A name of ASCII characters. Process context, may sleep.
    pub(crate) fn from_ascii(text: &str) -> Result<Self, AllocError> {
        Self::collect(text.len(), text.bytes().map(u16::from))
    }

    fn collect(count: usize, from: impl Iterator<Item = u16>) -> Result<Self, AllocError> {
        let mut units = Self::zeroed(count)?;
        units.iter_mut().zip(from).for_each(|(to, from)| *to = from);
        Self::new(units)
    }

    /// A buffer of `count` units, all zero, for [`Self::new`]. Process context, may sleep.
    pub(crate) fn zeroed(count: usize) -> Result<KVVec<u16>, AllocError> {
        KVVec::from_elem(0, count, FLAGS)
    }

    /// The units.
    #[inline]
    pub(crate) fn units(&self) -> &[u16] {
        self.shared.get(self.part.clone()).unwrap_or_default()
    }

    /// The number of units.
    pub(crate) fn len(&self) -> usize {
        self.units().len()
    }

    /// Whether the name is the same as `other`. Case is ignored if `fold` is set.
    pub(crate) fn is_same(&self, other: &Self, fold: bool) -> bool {
        let (units, others) = (self.units(), other.units());
        if !fold {
            return units == others;
        }
        let same = |(&unit, &other): (&u16, &u16)| unit == other || upcase(unit) == upcase(other);
        units.len() == others.len() && units.iter().zip(others).all(same)
    }

    /// The bytes of memory that the name keeps. A component of a path keeps the whole path.
    pub(crate) fn bytes(&self) -> usize {
        let units = allocated(self.shared.len().saturating_mul(size_of::<u16>()));
        units.saturating_add(SHARED_BYTES)
    }

    /// Whether the name has no units.
    pub(crate) fn is_empty(&self) -> bool {
        self.part.is_empty()
    }

    /// Whether the path begins at the root of the namespace.
    pub(crate) fn is_absolute(&self) -> bool {
        self.units().first() == Some(&SEPARATOR)
    }

    /// The part behind the first unit. `None` if there is nothing.
    pub(crate) fn behind_first(&self) -> Option<Self> {
        let rest = self.behind(1);
        (!rest.is_empty()).then_some(rest)
    }

    fn behind(&self, units: usize) -> Self {
        let start = self.part.start.saturating_add(units).min(self.part.end);
        Self {
            shared: self.shared.clone(),
            part: start..self.part.end,
        }
    }

    /// The first component, and the part behind the separator that follows it. There may be no
    /// separator.
    pub(crate) fn split(&self) -> (Self, Option<Self>) {
        let Some(length) = self.units().iter().position(|&unit| unit == SEPARATOR) else {
            return (self.clone(), None);
        };
        let first = Self {
            shared: self.shared.clone(),
            part: self.part.start..self.part.start.saturating_add(length),
        };
        (first, Some(self.behind(length.saturating_add(1))))
    }

    /// The path `self\rest`. If `self` ends with a separator, no second one is added. Process
    /// context, may sleep.
    ///
    /// Errors: `OBJECT_NAME_INVALID` if it is too long, `INSUFFICIENT_RESOURCES`.
    pub(crate) fn join(&self, rest: &Self) -> Result<Self, Status> {
        let start = self.units();
        let start = start.strip_suffix(&[SEPARATOR]).unwrap_or(start);
        let count = start
            .len()
            .saturating_add(rest.units().len())
            .saturating_add(1);
        if count > Self::MAX_UNITS {
            return Err(Status::OBJECT_NAME_INVALID);
        }
        let parts = [start, &[SEPARATOR], rest.units()].into_iter().flatten();
        Ok(Self::collect(count, parts.copied())?)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.units() == other.units()
    }
}

impl Eq for Name {}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_name)]
mod tests {
    use super::*;

    fn name(text: &str) -> Result<Name> {
        Ok(Name::from_ascii(text)?)
    }

    #[test]
    fn components() -> Result {
        let (first, rest) = name("a\\b\\")?.split();
        assert!(first == name("a")?);
        let (second, rest) = rest.ok_or(EINVAL)?.split();
        assert!(second == name("b")?);
        let (third, rest) = rest.ok_or(EINVAL)?.split();
        assert!(third.is_empty() && rest.is_none());
        let (first, rest) = name("\\a")?.split();
        assert!(first.is_empty() && rest.is_some_and(|rest| rest.units() == [0x61]));
        assert!(name("\\a")?.is_absolute() && !name("a\\")?.is_absolute());
        assert!(name("\\a")?.behind_first() == Some(name("a")?));
        assert!(name("\\")?.behind_first().is_none());
        Ok(())
    }

    #[test]
    fn joined_paths() -> Result {
        let join = |start: &str, rest: &str| -> Result<Name> {
            name(start)?.join(&name(rest)?).map_err(|_| EINVAL)
        };
        assert!(join("\\a", "b")? == name("\\a\\b")?);
        assert!(join("\\", "b")? == name("\\b")?);
        assert!(join("\\a", "")? == name("\\a\\")?);
        let long = Name::new(Name::zeroed(Name::MAX_UNITS - 2)?)?;
        assert!(long.join(&name("b")?).is_ok() && long.join(&name("bc")?).is_err());
        Ok(())
    }

    #[test]
    fn v184_case() -> Result {
        let (test, capital, other) = (name("test")?, name("Test")?, name("tesu")?);
        assert!(!test.is_same(&capital, false) && test.is_same(&capital, true));
        assert!(test.is_same(&name("test")?, false) && !test.is_same(&other, true));
        assert!(!test.is_same(&name("tests")?, true) && !name("tests")?.is_same(&test, true));
        let (_, rest) = name("a\\bc")?.split();
        assert!(rest.is_some_and(|rest| name("BC").is_ok_and(|bc| rest.is_same(&bc, true))));
        Ok(())
    }
}
