// SPDX-License-Identifier: GPL-2.0

//! The operations, and their text form, one line each, which can be replayed:
//!
//!     create h0 type=1 state=0 access=0x1f0003 attributes=0x0
//!     duplicate h0 h1 access=0x100000 options=0x0 attributes=0x0
//!     wait w0 many h0,h1 flags=0x4 time=forever alert=h2
//!     wait driver one h0 flags=0x0 time=zero alert=none
//!     wait w1 signal h0,h1 flags=0x0 time=short alert=none
//!     set h0
//!     interrupt w0
//!     query null
//!     close h0

use std::fmt;

/// The most objects of a wait.
pub const MAX_WAIT: usize = 64;

/// What is passed as a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fd {
    /// A handle, or a closed fd if the slot is empty.
    Slot(u8),
    /// -1.
    None,
    /// The device itself.
    Device,
    /// A file of another kind.
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Set,
    Reset,
    Clear,
    Pulse,
}

/// When a wait times out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// At once.
    Zero,
    /// At an absolute time in the past.
    Past,
    /// After a short relative time. The driver does nothing else until it has passed.
    Short,
    Forever,
}

/// The command of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    One,
    Many,
    /// Signals the first handle and waits for the second.
    SignalAndWait,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitOperation {
    /// The thread that waits. None is the driver, which does not block.
    pub waiter: Option<u8>,
    pub form: Form,
    pub handles: Vec<Fd>,
    pub flags: u32,
    pub time: Time,
    pub alert: Fd,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    Create {
        slot: u8,
        kind: u32,
        state: u32,
        access: u32,
        attributes: u32,
    },
    Duplicate {
        from: Fd,
        slot: u8,
        access: u32,
        options: u32,
        attributes: u32,
    },
    Close {
        slot: u8,
    },
    Signal {
        what: Signal,
        fd: Fd,
    },
    Query {
        fd: Fd,
    },
    Wait(WaitOperation),
    /// Sends a Unix signal to a blocked waiter.
    Interrupt {
        waiter: u8,
    },
}

const SIGNALS: [(&str, Signal); 4] = [
    ("set", Signal::Set),
    ("reset", Signal::Reset),
    ("clear", Signal::Clear),
    ("pulse", Signal::Pulse),
];
const TIMES: [(&str, Time); 4] = [
    ("zero", Time::Zero),
    ("past", Time::Past),
    ("short", Time::Short),
    ("forever", Time::Forever),
];
const FORMS: [(&str, Form); 3] = [
    ("one", Form::One),
    ("many", Form::Many),
    ("signal", Form::SignalAndWait),
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
            Self::None => write!(out, "none"),
            Self::Device => write!(out, "device"),
            Self::Null => write!(out, "null"),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create {
                slot,
                kind,
                state,
                access,
                attributes,
            } => write!(
                out,
                "create h{slot} type={kind} state={state} access={access:#x} \
                 attributes={attributes:#x}"
            ),
            Self::Duplicate {
                from,
                slot,
                access,
                options,
                attributes,
            } => write!(
                out,
                "duplicate {from} h{slot} access={access:#x} options={options:#x} \
                 attributes={attributes:#x}"
            ),
            Self::Close { slot } => write!(out, "close h{slot}"),
            Self::Signal { what, fd } => write!(out, "{} {fd}", name(&SIGNALS, what)),
            Self::Query { fd } => write!(out, "query {fd}"),
            Self::Interrupt { waiter } => write!(out, "interrupt w{waiter}"),
            Self::Wait(wait) => write!(out, "{wait}"),
        }
    }
}

impl fmt::Display for WaitOperation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.waiter {
            Some(waiter) => write!(out, "wait w{waiter}")?,
            None => write!(out, "wait driver")?,
        }
        let handles: Vec<_> = self.handles.iter().map(Fd::to_string).collect();
        let handles = if handles.is_empty() {
            "-".to_owned()
        } else {
            handles.join(",")
        };
        write!(
            out,
            " {} {handles} flags={:#x} time={} alert={}",
            name(&FORMS, &self.form),
            self.flags,
            name(&TIMES, &self.time),
            self.alert
        )
    }
}

/// The words of a line, taken one by one.
struct Words<'a>(std::str::SplitWhitespace<'a>);

impl<'a> Words<'a> {
    fn word(&mut self) -> Option<&'a str> {
        self.0.next()
    }

    /// The value of `KEY=VALUE`.
    fn of(&mut self, key: &str) -> Option<&'a str> {
        self.word()?.strip_prefix(key)?.strip_prefix('=')
    }

    fn number(&mut self, key: &str) -> Option<u32> {
        let word = self.of(key)?;
        match word.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => word.parse().ok(),
        }
    }

    fn slot(&mut self) -> Option<u8> {
        self.word()?.strip_prefix('h')?.parse().ok()
    }

    fn fd(&mut self) -> Option<Fd> {
        parse_fd(self.word()?)
    }
}

fn parse_fd(word: &str) -> Option<Fd> {
    match word {
        "none" => Some(Fd::None),
        "device" => Some(Fd::Device),
        "null" => Some(Fd::Null),
        slot => slot.strip_prefix('h')?.parse().ok().map(Fd::Slot),
    }
}

fn parse_waiter(word: &str) -> Option<u8> {
    word.strip_prefix('w')?.parse().ok()
}

fn parse_wait(words: &mut Words<'_>) -> Option<WaitOperation> {
    let waiter = match words.word()? {
        "driver" => None,
        waiter => Some(parse_waiter(waiter)?),
    };
    let form = value(&FORMS, words.word()?)?;
    let handles: Vec<Fd> = match words.word()? {
        "-" => Vec::new(),
        list => list.split(',').map(parse_fd).collect::<Option<_>>()?,
    };
    let enough = match form {
        Form::One => handles.len() == 1,
        Form::SignalAndWait => handles.len() == 2,
        Form::Many => true,
    };
    if !enough {
        return None;
    }
    Some(WaitOperation {
        waiter,
        form,
        handles,
        flags: words.number("flags")?,
        time: value(&TIMES, words.of("time")?)?,
        alert: parse_fd(words.of("alert")?)?,
    })
}

/// Parses a line. The error is the line.
pub fn parse(line: &str) -> Result<Operation, String> {
    parse_line(line).ok_or_else(|| format!("cannot read: {line}"))
}

fn parse_line(line: &str) -> Option<Operation> {
    let words = &mut Words(line.split_whitespace());
    let operation = match words.word()? {
        "create" => Operation::Create {
            slot: words.slot()?,
            kind: words.number("type")?,
            state: words.number("state")?,
            access: words.number("access")?,
            attributes: words.number("attributes")?,
        },
        "duplicate" => Operation::Duplicate {
            from: words.fd()?,
            slot: words.slot()?,
            access: words.number("access")?,
            options: words.number("options")?,
            attributes: words.number("attributes")?,
        },
        "close" => Operation::Close {
            slot: words.slot()?,
        },
        "query" => Operation::Query { fd: words.fd()? },
        "interrupt" => Operation::Interrupt {
            waiter: parse_waiter(words.word()?)?,
        },
        "wait" => Operation::Wait(parse_wait(words)?),
        verb => Operation::Signal {
            what: value(&SIGNALS, verb)?,
            fd: words.fd()?,
        },
    };
    words.word().is_none().then_some(operation)
}

impl Operation {
    /// Whether all slots and waiters in it exist.
    pub fn fits(&self, slots: usize, waiters: usize) -> bool {
        let is_slot = |slot: u8| usize::from(slot) < slots;
        let is_waiter = |waiter: u8| usize::from(waiter) < waiters;
        let is_fd = |fd: &Fd| match fd {
            Fd::Slot(slot) => is_slot(*slot),
            _ => true,
        };
        match self {
            Self::Create { slot, .. } | Self::Close { slot } => is_slot(*slot),
            Self::Duplicate { from, slot, .. } => is_fd(from) && is_slot(*slot),
            Self::Signal { fd, .. } | Self::Query { fd } => is_fd(fd),
            Self::Interrupt { waiter } => is_waiter(*waiter),
            Self::Wait(wait) => {
                wait.waiter.is_none_or(is_waiter)
                    && wait.handles.iter().chain([&wait.alert]).all(is_fd)
            }
        }
    }
}
