// SPDX-License-Identifier: GPL-2.0

//! Draws operations on names that are likely to be interesting in the current state of the model.

use crate::generate::Random;
use crate::names::{Kind, Named, Operation, Root};
use crate::names_model::{attributes, Model};
use crate::names_run::SLOTS;

/// Some names differ in case only, and one begins with another.
const NAMES: [&str; 7] = ["a", "A", "b", "B", "ab", "c", "BaseNamedObjects"];

const KINDS: [Kind; 5] = [
    Kind::Event,
    Kind::Event,
    Kind::Directory,
    Kind::Directory,
    Kind::Link,
];

pub struct Generator<'a> {
    pub random: &'a mut Random,
    pub model: &'a Model,
}

impl Generator<'_> {
    fn slots(&self, open: bool) -> Vec<u8> {
        let slots = (0u8..).zip(&self.model.slots);
        let fit = slots.filter(|(_, object)| object.is_some() == open);
        fit.map(|(slot, _)| slot).collect()
    }

    /// A handle, of a directory if there is one.
    fn directory(&mut self) -> Option<u8> {
        let mut open = self.slots(true);
        let is_directory =
            |slot: &u8| self.model.objects[self.model.of(*slot)].kind == Kind::Directory;
        if open.iter().any(is_directory) {
            open.retain(is_directory);
        }
        (!open.is_empty()).then(|| self.random.pick(&open))
    }

    /// The next operation.
    pub fn operation(&mut self) -> Operation {
        let (open, free) = (self.slots(true), self.slots(false));
        let slot = match open.as_slice() {
            [] => 0,
            open => self.random.pick(open),
        };
        let full = free.is_empty() || open.len() > 2 + self.random.below(SLOTS);
        match self.random.below(100) {
            _ if open.is_empty() => self.create(free[0]),
            0..30 if !full => self.create(free[0]),
            30..60 if !full => Operation::Open(self.named(free[0])),
            60..64 if !full => Operation::Duplicate {
                from: slot,
                slot: free[0],
            },
            64..71 => Operation::MakePermanent { slot },
            71..77 => Operation::MakeTemporary { slot },
            77..83 => Operation::Flip { slot },
            83..90 => Operation::List {
                slot: self.directory().unwrap_or(slot),
            },
            _ => Operation::Close { slot },
        }
    }

    fn create(&mut self, slot: u8) -> Operation {
        let mut named = self.named(slot);
        if self.random.chance(8) {
            named.attributes |= attributes::PERMANENT;
        }
        let target = match self.random.below(12) {
            0 => self.name(),
            1 => self.random.pick(&["\\", ""]).to_owned(),
            2 => self.path(),
            _ => self.absolute(),
        };
        let target = (named.kind == Kind::Link).then_some(target);
        Operation::Create(named, target)
    }

    fn named(&mut self, slot: u8) -> Named {
        let wanted = [
            (attributes::OPENIF, 40),
            (attributes::CASE_INSENSITIVE, 30),
            (attributes::EXCLUSIVE, 4),
            (attributes::DONT_REPARSE, 8),
        ];
        let mut bits = 0;
        for (attribute, percent) in wanted {
            if self.random.chance(percent) {
                bits |= attribute;
            }
        }
        let root = match self.directory() {
            Some(root) if self.random.chance(50) => Root::Slot(root),
            _ => Root::None,
        };
        let mut named = Named {
            kind: self.random.pick(&KINDS),
            slot,
            root,
            attributes: bits,
            path: Some(match root {
                Root::None => self.absolute(),
                _ => self.relative(),
            }),
        };
        if self.random.chance(10) {
            self.spoil(&mut named);
        }
        named
    }

    /// Makes it wrong, in most cases.
    fn spoil(&mut self, named: &mut Named) {
        let any = Root::Slot(self.random.below(SLOTS) as u8);
        match self.random.below(6) {
            0 => named.root = any,
            1 => named.root = Root::Device,
            2 => named.path = None,
            3 => named.path = Some(String::new()),
            4 => named.path = Some("\\".to_owned()),
            _ => named.path = Some(self.path()),
        }
        if named.path.as_deref().is_none_or(str::is_empty) && self.random.chance(50) {
            named.root = Root::None;
        }
    }

    fn name(&mut self) -> String {
        self.random.pick(&NAMES).to_owned()
    }

    /// A path that usually leads to something, or did so before.
    fn absolute(&mut self) -> String {
        let mut path = match self.random.below(8) {
            0 => String::new(),
            1 => "\\BaseNamedObjects".to_owned(),
            2 => {
                // Sometimes about as many links as a path can have.
                let links = self.random.pick(&[1, 1, 2, 3, 30, 31, 32]);
                format!("\\BaseNamedObjects{}", "\\Global".repeat(links))
            }
            _ => self.path_of_any(),
        };
        path = path.trim_start_matches("...").to_owned();
        if path.len() < 2 || self.random.chance(40) {
            path = format!("{}\\{}", path.trim_end_matches('\\'), self.name());
        }
        self.respell(path)
    }

    /// The path of some object. If the path has a space, a line of text cannot have it, so the path
    /// of the root replaces it.
    fn path_of_any(&mut self) -> String {
        let object = self.random.below(self.model.objects.len());
        match self.model.path(object) {
            path if path.contains(' ') => "\\".to_owned(),
            path => path,
        }
    }

    /// A path relative to some directory.
    fn relative(&mut self) -> String {
        if self.random.chance(70) {
            return self.name();
        }
        let path = self.path_of_any();
        let components: Vec<_> = path.split('\\').filter(|name| !name.is_empty()).collect();
        let skipped = self.random.below(components.len());
        let path = match components.get(skipped..) {
            None | Some([]) => self.name(),
            Some(components) => components.join("\\"),
        };
        self.respell(path)
    }

    /// Any sequence of separators and names.
    fn path(&mut self) -> String {
        let parts = 1 + self.random.below(5);
        let part = |_| match self.random.below(5) {
            0..3 => "\\".to_owned(),
            _ => self.random.pick(&NAMES).to_owned(),
        };
        (0..parts).map(part).collect()
    }

    /// The same path, sometimes with a letter in the other case.
    fn respell(&mut self, path: String) -> String {
        if !self.random.chance(20) {
            return path;
        }
        let at = self.random.below(path.len());
        let other = |(index, unit): (usize, char)| match unit {
            _ if index != at => unit,
            'a'..='z' => unit.to_ascii_uppercase(),
            _ => unit.to_ascii_lowercase(),
        };
        path.chars().enumerate().map(other).collect()
    }
}
