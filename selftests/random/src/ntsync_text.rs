// SPDX-License-Identifier: GPL-2.0

//! The text form of the operations on /dev/ntsync, one line each, which can be replayed:
//!
//!     create sem h0 args=1,2 on=device
//!     create mutex h1 args=0,0 on=other
//!     create event h2 args=1,0 on=device
//!     duplicate h0 h3
//!     wait w0 any h0,h1 owner=1 time=forever alert=h2 on=device
//!     wait driver all - owner=1 flags=0x1 pad=0 time=short alert=0 on=device
//!     release h0 args=2,0 memory=readonly
//!     read-event h2 args=0,0
//!     interrupt w0
//!     restart w1
//!     unknown h0 0x40044e80
//!     close h0
//!
//! `args` are the words of the argument, in the order of linux/ntsync.h. A wait may have `flags`,
//! `pad`, a `count` that differs from the number of objects, and `objs=unmapped`.

use crate::ntsync::{Command, Fd, Kind, Memory, Operation, Time, Wait};
use std::fmt;

const MEMORY: [(&str, Memory); 4] = [
    ("writable", Memory::Writable),
    ("odd", Memory::Odd),
    ("readonly", Memory::ReadOnly),
    ("unmapped", Memory::Unmapped),
];
const KINDS: [(&str, Kind); 3] = [
    ("sem", Kind::Sem),
    ("mutex", Kind::Mutex),
    ("event", Kind::Event),
];
const COMMANDS: [(&str, Command); 9] = [
    ("release", Command::Release),
    ("unlock", Command::Unlock),
    ("kill", Command::Kill),
    ("set", Command::Set),
    ("reset", Command::Reset),
    ("pulse", Command::Pulse),
    ("read-sem", Command::ReadSem),
    ("read-mutex", Command::ReadMutex),
    ("read-event", Command::ReadEvent),
];
const TIMES: [(&str, Time); 9] = [
    ("zero", Time::Zero),
    ("past", Time::Past),
    ("now", Time::Now),
    ("short", Time::Short),
    ("negative", Time::Negative),
    ("last", Time::Last),
    ("hour", Time::Hour),
    ("latest", Time::Latest),
    ("forever", Time::Forever),
];

fn name<T: PartialEq>(table: &'static [(&'static str, T)], value: &T) -> &'static str {
    let found = table.iter().find(|(_, other)| other == value);
    found.map_or("?", |(name, _)| name)
}

fn value<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    let found = table.iter().find(|(name, _)| *name == word);
    found.map(|(_, value)| *value)
}

impl fmt::Display for Fd {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slot(slot) => write!(out, "h{slot}"),
            Self::Closed => write!(out, "closed"),
            Self::Device => write!(out, "device"),
            Self::Other => write!(out, "other"),
            Self::Null => write!(out, "null"),
        }
    }
}

/// At the end of a line.
impl fmt::Display for Memory {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Writable => Ok(()),
            _ => write!(out, " memory={}", name(&MEMORY, self)),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create {
                kind,
                slot,
                words: [a, b],
                on,
                memory,
            } => {
                let kind = name(&KINDS, kind);
                write!(out, "create {kind} h{slot} args={a},{b} on={on}{memory}")
            }
            Self::Command {
                what,
                fd,
                words: [a, b],
                memory,
            } => write!(out, "{} {fd} args={a},{b}{memory}", name(&COMMANDS, what)),
            Self::Unknown { fd, command } => write!(out, "unknown {fd} {command:#x}"),
            Self::Duplicate { from, slot } => write!(out, "duplicate h{from} h{slot}"),
            Self::Close { slot } => write!(out, "close h{slot}"),
            Self::Wait(wait) => write!(out, "{wait}"),
            Self::Interrupt { waiter } => write!(out, "interrupt w{waiter}"),
            Self::Restart { waiter } => write!(out, "restart w{waiter}"),
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.waiter {
            Some(waiter) => write!(out, "wait w{waiter}")?,
            None => write!(out, "wait driver")?,
        }
        let fds: Vec<_> = self.fds.iter().map(Fd::to_string).collect();
        let fds = if fds.is_empty() {
            "-".to_owned()
        } else {
            fds.join(",")
        };
        let verb = if self.all { "all" } else { "any" };
        write!(out, " {verb} {fds}")?;
        if self.count as usize != self.fds.len() {
            write!(out, " count={}", self.count)?;
        }
        write!(out, " owner={}", self.owner)?;
        if self.flags != 0 {
            write!(out, " flags={:#x}", self.flags)?;
        }
        if self.pad != 0 {
            write!(out, " pad={}", self.pad)?;
        }
        write!(out, " time={} alert=", name(&TIMES, &self.time))?;
        match self.alert {
            Some(alert) => write!(out, "{alert}")?,
            None => write!(out, "0")?,
        }
        if !self.readable {
            write!(out, " objs=unmapped")?;
        }
        write!(out, " on={}{}", self.on, self.memory)
    }
}

/// The words of a line. Each is taken once.
struct Words<'a>(Vec<&'a str>);

impl<'a> Words<'a> {
    /// The first remaining word.
    fn word(&mut self) -> Option<&'a str> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    /// The value of `KEY=VALUE`, at any place.
    fn of(&mut self, key: &str) -> Option<&'a str> {
        let is_it = |word: &&str| word.strip_prefix(key).is_some_and(|v| v.starts_with('='));
        let index = self.0.iter().position(is_it)?;
        self.0.remove(index).split_once('=').map(|(_, value)| value)
    }

    /// The number of `KEY=NUMBER`, or `otherwise`.
    fn number(&mut self, key: &str, otherwise: u32) -> Option<u32> {
        self.of(key).map_or(Some(otherwise), parse_number)
    }

    fn args(&mut self) -> Option<[u32; 2]> {
        let (a, b) = self.of("args")?.split_once(',')?;
        Some([parse_number(a)?, parse_number(b)?])
    }

    fn memory(&mut self) -> Option<Memory> {
        self.of("memory")
            .map_or(Some(Memory::Writable), |word| value(&MEMORY, word))
    }

    fn slot(&mut self) -> Option<u8> {
        self.word()?.strip_prefix('h')?.parse().ok()
    }

    fn waiter(&mut self) -> Option<u8> {
        self.word()?.strip_prefix('w')?.parse().ok()
    }
}

fn parse_number(word: &str) -> Option<u32> {
    match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    }
}

fn parse_fd(word: &str) -> Option<Fd> {
    match word {
        "closed" => Some(Fd::Closed),
        "device" => Some(Fd::Device),
        "other" => Some(Fd::Other),
        "null" => Some(Fd::Null),
        slot => slot.strip_prefix('h')?.parse().ok().map(Fd::Slot),
    }
}

fn parse_wait(words: &mut Words<'_>) -> Option<Wait> {
    let waiter = match words.word()? {
        "driver" => None,
        waiter => Some(waiter.strip_prefix('w')?.parse().ok()?),
    };
    let all = value(&[("any", false), ("all", true)], words.word()?)?;
    let fds: Vec<Fd> = match words.word()? {
        "-" => Vec::new(),
        list => list.split(',').map(parse_fd).collect::<Option<_>>()?,
    };
    Some(Wait {
        waiter,
        all,
        count: words.number("count", fds.len() as u32)?,
        fds,
        owner: words.number("owner", 1)?,
        flags: words.number("flags", 0)?,
        pad: words.number("pad", 0)?,
        time: value(&TIMES, words.of("time")?)?,
        alert: match words.of("alert")? {
            "0" => None,
            fd => Some(parse_fd(fd)?),
        },
        on: parse_fd(words.of("on")?)?,
        memory: words.memory()?,
        readable: words.of("objs").is_none(),
    })
}

/// Parses a line. The error is the line.
pub fn parse(line: &str) -> Result<Operation, String> {
    let words = &mut Words(line.split_whitespace().collect());
    let operation = parse_words(words).filter(|_| words.0.is_empty());
    operation.ok_or_else(|| format!("cannot read: {line}"))
}

fn parse_words(words: &mut Words<'_>) -> Option<Operation> {
    Some(match words.word()? {
        "create" => Operation::Create {
            kind: value(&KINDS, words.word()?)?,
            slot: words.slot()?,
            words: words.args()?,
            on: parse_fd(words.of("on")?)?,
            memory: words.memory()?,
        },
        "unknown" => Operation::Unknown {
            fd: parse_fd(words.word()?)?,
            command: parse_number(words.word()?)?,
        },
        "duplicate" => Operation::Duplicate {
            from: words.slot()?,
            slot: words.slot()?,
        },
        "close" => Operation::Close {
            slot: words.slot()?,
        },
        "wait" => Operation::Wait(parse_wait(words)?),
        "interrupt" => Operation::Interrupt {
            waiter: words.waiter()?,
        },
        "restart" => Operation::Restart {
            waiter: words.waiter()?,
        },
        verb => Operation::Command {
            what: value(&COMMANDS, verb)?,
            fd: parse_fd(words.word()?)?,
            words: words.args()?,
            memory: words.memory()?,
        },
    })
}
