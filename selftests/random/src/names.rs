// SPDX-License-Identifier: GPL-2.0

//! The operations on names, and their text form, one line each, which can be replayed:
//!
//!     create event n0 root=none attributes=0x80 path=\BaseNamedObjects\a
//!     create link n1 root=n2 attributes=0x0 path=b target=\BaseNamedObjects\a
//!     open directory n2 root=none attributes=0x40 path=\
//!     create event n3 root=none attributes=0x0
//!     duplicate n0 n4
//!     permanent n0
//!     temporary n0
//!     flip n0
//!     list n2
//!     close n0
//!
//! Without `path=` the object has no name. Names are ASCII without spaces.

use crate::shrink::Simpler;
use std::fmt;

/// Object types, with the numbers of QUERY_OBJECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Event = 1,
    Directory = 2,
    Link = 3,
}

/// What a path is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    None,
    /// A handle, or a closed fd if the slot is empty.
    Slot(u8),
    /// The device itself.
    Device,
}

/// What a create or open command says about the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub kind: Kind,
    pub slot: u8,
    pub root: Root,
    pub attributes: u32,
    pub path: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The target is that of a link.
    Create(Named, Option<String>),
    Open(Named),
    Duplicate {
        from: u8,
        slot: u8,
    },
    Close {
        slot: u8,
    },
    MakePermanent {
        slot: u8,
    },
    MakeTemporary {
        slot: u8,
    },
    /// Sets an unsignaled event, resets a signaled one.
    Flip {
        slot: u8,
    },
    /// Lists a directory.
    List {
        slot: u8,
    },
}

const KINDS: [(&str, Kind); 3] = [
    ("event", Kind::Event),
    ("directory", Kind::Directory),
    ("link", Kind::Link),
];

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = KINDS.iter().find(|(_, kind)| kind == self);
        out.write_str(found.map_or("?", |(name, _)| name))
    }
}

impl fmt::Display for Named {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} n{} root=", self.kind, self.slot)?;
        match self.root {
            Root::None => write!(out, "none")?,
            Root::Slot(slot) => write!(out, "n{slot}")?,
            Root::Device => write!(out, "device")?,
        }
        write!(out, " attributes={:#x}", self.attributes)?;
        match &self.path {
            Some(path) => write!(out, " path={path}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(named, None) => write!(out, "create {named}"),
            Self::Create(named, Some(target)) => write!(out, "create {named} target={target}"),
            Self::Open(named) => write!(out, "open {named}"),
            Self::Duplicate { from, slot } => write!(out, "duplicate n{from} n{slot}"),
            Self::Close { slot } => write!(out, "close n{slot}"),
            Self::MakePermanent { slot } => write!(out, "permanent n{slot}"),
            Self::MakeTemporary { slot } => write!(out, "temporary n{slot}"),
            Self::Flip { slot } => write!(out, "flip n{slot}"),
            Self::List { slot } => write!(out, "list n{slot}"),
        }
    }
}

/// Parses a line. The error is the line.
pub fn parse(line: &str) -> Result<Operation, String> {
    parse_line(line).ok_or_else(|| format!("cannot read: {line}"))
}

fn parse_slot(word: &str) -> Option<u8> {
    word.strip_prefix('n')?.parse().ok()
}

fn parse_line(line: &str) -> Option<Operation> {
    let mut words = line.split_whitespace().peekable();
    let verb = words.next()?;
    if verb == "create" || verb == "open" {
        let word = words.next()?;
        let (_, kind) = KINDS.iter().find(|(name, _)| *name == word)?;
        let slot = parse_slot(words.next()?)?;
        let root = match words.next()?.strip_prefix("root=")? {
            "none" => Root::None,
            "device" => Root::Device,
            slot => Root::Slot(parse_slot(slot)?),
        };
        let bits = words.next()?.strip_prefix("attributes=0x")?;
        let attributes = u32::from_str_radix(bits, 16).ok()?;
        let mut named = Named {
            kind: *kind,
            slot,
            root,
            attributes,
            path: None,
        };
        let mut target = None;
        for word in words {
            let (key, value) = word.split_once('=')?;
            match key {
                "path" => named.path = Some(value.to_owned()),
                "target" => target = Some(value.to_owned()),
                _ => return None,
            }
        }
        if verb == "open" {
            return target.is_none().then_some(Operation::Open(named));
        }
        let fits = target.is_some() == (*kind == Kind::Link);
        return fits.then_some(Operation::Create(named, target));
    }
    let slot = parse_slot(words.next()?)?;
    let operation = match verb {
        "duplicate" => Operation::Duplicate {
            from: slot,
            slot: parse_slot(words.next()?)?,
        },
        "close" => Operation::Close { slot },
        "permanent" => Operation::MakePermanent { slot },
        "temporary" => Operation::MakeTemporary { slot },
        "flip" => Operation::Flip { slot },
        "list" => Operation::List { slot },
        _ => return None,
    };
    words.next().is_none().then_some(operation)
}

impl Operation {
    /// Whether all slots in it exist.
    pub fn fits(&self, slots: usize) -> bool {
        let is_slot = |slot: u8| usize::from(slot) < slots;
        match self {
            Self::Create(named, _) | Self::Open(named) => {
                is_slot(named.slot) && !matches!(named.root, Root::Slot(slot) if !is_slot(slot))
            }
            Self::Duplicate { from, slot } => is_slot(*from) && is_slot(*slot),
            Self::Close { slot }
            | Self::MakePermanent { slot }
            | Self::MakeTemporary { slot }
            | Self::Flip { slot }
            | Self::List { slot } => is_slot(*slot),
        }
    }
}

impl Simpler for Operation {
    /// Fewer attributes, a shorter path, an event instead of a directory.
    fn simpler(&self) -> Vec<Self> {
        let (named, rebuild): (_, Box<dyn Fn(Named) -> Self>) = match self {
            Self::Create(named, target) => {
                let target = target.clone();
                (
                    named,
                    Box::new(move |named| Self::Create(named, target.clone())),
                )
            }
            Self::Open(named) => (named, Box::new(Self::Open)),
            _ => return Vec::new(),
        };
        let mut candidates = Vec::new();
        for bit in (0..32).map(|bit| 1 << bit) {
            if named.attributes & bit != 0 {
                let attributes = named.attributes & !bit;
                candidates.push(Named {
                    attributes,
                    ..named.clone()
                });
            }
        }
        if let Some((front, back)) = named.path.as_ref().and_then(|path| path.rsplit_once('\\')) {
            for part in [front, back] {
                let path = Some(part.to_owned());
                candidates.push(Named {
                    path,
                    ..named.clone()
                });
            }
        }
        candidates.into_iter().map(rebuild).collect()
    }
}
