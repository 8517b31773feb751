// SPDX-License-Identifier: GPL-2.0

//! The reference of names: what docs/semantics.md says about the object manager, as sequential
//! code, as plain as possible. The caller owns every object.

use crate::names::{Kind, Named, Operation};
use crate::names_walk::Reached;

pub use crate::names_numbers::{attributes, status};

/// The outcome of a command: its value (0 for an fd) or minus the errno, and the NTSTATUS if one
/// was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub value: i32,
    pub status: Option<u32>,
}

/// The result of QUERY_OBJECT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    pub path: String,
    pub kind: u32,
    pub attributes: u32,
    pub handles: u32,
}

#[derive(Debug)]
pub struct Object {
    pub kind: Kind,
    handles: u32,
    permanent: bool,
    exclusive: bool,
    /// Only a privileged user may change the object.
    read_only: bool,
    pub signaled: bool,
    /// The target of a link.
    pub target: String,
    /// The directory that contains its name, and the name.
    place: Option<(usize, String)>,
    /// The objects in a directory, the newest last.
    pub entries: Vec<(String, usize)>,
}

/// The events of `\KernelObjects`, and whether each is signaled.
const CONDITIONS: [(&str, bool); 9] = [
    ("LowMemoryCondition", false),
    ("HighMemoryCondition", true),
    ("LowPagedPoolCondition", false),
    ("HighPagedPoolCondition", true),
    ("LowNonPagedPoolCondition", false),
    ("HighNonPagedPoolCondition", true),
    ("LowCommitCondition", true),
    ("HighCommitCondition", false),
    ("MaximumCommitCondition", false),
];

/// The object of the root directory.
pub const ROOT: usize = 0;

pub struct Model {
    privileged: bool,
    pub objects: Vec<Object>,
    /// The handles, each with its object.
    pub slots: Vec<Option<usize>>,
}

pub type Checked<T> = Result<T, u32>;

fn errno_of(status: u32) -> i32 {
    match status {
        status::INVALID_HANDLE => libc::EBADF,
        status::ACCESS_DENIED => libc::EACCES,
        status::PRIVILEGE_NOT_HELD => libc::EPERM,
        status::OBJECT_NAME_NOT_FOUND | status::OBJECT_PATH_NOT_FOUND => libc::ENOENT,
        status::OBJECT_NAME_COLLISION => libc::EEXIST,
        status::REPARSE_POINT_ENCOUNTERED => libc::ELOOP,
        _ => libc::EINVAL,
    }
}

fn outcome(result: Checked<u32>) -> Outcome {
    match result {
        Ok(status) => Outcome {
            value: 0,
            status: Some(status),
        },
        Err(status) => Outcome {
            value: -errno_of(status),
            status: Some(status),
        },
    }
}

impl Model {
    /// A new namespace with its start-up objects.
    pub fn new(privileged: bool, slots: usize) -> Self {
        let mut model = Self {
            privileged,
            objects: vec![Self::object(Kind::Directory)],
            slots: vec![None; slots],
        };
        model.objects[ROOT].permanent = true;
        let directory =
            |model: &mut Self, parent, name| model.add(parent, name, Kind::Directory, "");
        let base = directory(&mut model, ROOT, "BaseNamedObjects");
        let sessions = directory(&mut model, ROOT, "Sessions");
        let zero = directory(&mut model, sessions, "0");
        let links = directory(&mut model, sessions, "BNOLINKS");
        directory(&mut model, base, "Restricted");
        for name in ["RPC Control", "??", "GLOBAL??"] {
            directory(&mut model, ROOT, name);
        }
        let kernel = directory(&mut model, ROOT, "KernelObjects");
        for (name, signaled) in CONDITIONS {
            let event = model.add(kernel, name, Kind::Event, "");
            model.objects[event].signaled = signaled;
            model.objects[event].read_only = true;
        }
        for (parent, name, target) in [
            (base, "Global", "\\BaseNamedObjects"),
            (base, "Local", "\\BaseNamedObjects"),
            (base, "Session", "\\Sessions\\BNOLINKS"),
            (zero, "BaseNamedObjects", "\\BaseNamedObjects"),
            (links, "0", "\\Sessions\\0\\BaseNamedObjects"),
        ] {
            model.add(parent, name, Kind::Link, target);
        }
        model
    }

    fn object(kind: Kind) -> Object {
        Object {
            kind,
            handles: 0,
            permanent: false,
            exclusive: false,
            read_only: false,
            signaled: false,
            target: String::new(),
            place: None,
            entries: Vec::new(),
        }
    }

    fn add(&mut self, parent: usize, name: &str, kind: Kind, target: &str) -> usize {
        let object = Object {
            permanent: true,
            target: target.to_owned(),
            ..Self::object(kind)
        };
        self.objects.push(object);
        self.place(self.objects.len() - 1, parent, name);
        self.objects.len() - 1
    }

    fn place(&mut self, object: usize, parent: usize, name: &str) {
        self.objects[object].place = Some((parent, name.to_owned()));
        self.objects[parent].entries.push((name.to_owned(), object));
    }

    /// Whether the operation is possible in this state. A replay without some of its lines may name
    /// a slot that is taken or empty.
    pub fn is_applicable(&self, operation: &Operation) -> bool {
        let is_kind = |slot: &u8, kind| {
            let object = self.slots[usize::from(*slot)];
            object.is_some_and(|object| self.objects[object].kind == kind)
        };
        match operation {
            Operation::Create(named, _) | Operation::Open(named) => {
                self.slots[usize::from(named.slot)].is_none()
            }
            Operation::Duplicate { from, slot } => {
                self.slots[usize::from(*from)].is_some() && self.slots[usize::from(*slot)].is_none()
            }
            Operation::Flip { slot } => is_kind(slot, Kind::Event),
            Operation::List { slot } => is_kind(slot, Kind::Directory),
            Operation::Close { slot }
            | Operation::MakePermanent { slot }
            | Operation::MakeTemporary { slot } => self.slots[usize::from(*slot)].is_some(),
        }
    }

    /// Does the operation, which is applicable.
    pub fn apply(&mut self, operation: &Operation) -> Outcome {
        let plain = |value| Outcome {
            value,
            status: None,
        };
        match operation {
            Operation::Create(named, target) => outcome(self.create(named, target.as_deref())),
            Operation::Open(named) => outcome(self.open(named)),
            Operation::Duplicate { from, slot } => {
                let object = self.of(*from);
                self.take(*slot, object);
                plain(0)
            }
            Operation::Close { slot } => {
                self.close(*slot);
                plain(0)
            }
            Operation::MakePermanent { .. } if !self.privileged => plain(-libc::EPERM),
            Operation::MakePermanent { slot } => {
                let object = self.of(*slot);
                // An object without a name, or that has lost it, stays temporary.
                self.objects[object].permanent |= self.is_named(object);
                plain(0)
            }
            Operation::MakeTemporary { slot } => {
                let object = self.of(*slot);
                self.objects[object].permanent &= object == ROOT;
                plain(0)
            }
            Operation::Flip { slot } => {
                let object = self.of(*slot);
                let object = &mut self.objects[object];
                object.signaled = !object.signaled;
                plain((!object.signaled).into())
            }
            Operation::List { .. } => plain(0),
        }
    }

    /// The object of a slot that is taken.
    pub fn of(&self, slot: u8) -> usize {
        self.slots[usize::from(slot)].expect("an operation that is not applicable")
    }

    fn take(&mut self, slot: u8, object: usize) {
        self.objects[object].handles += 1;
        self.slots[usize::from(slot)] = Some(object);
    }

    /// Whether the object still has its name.
    fn is_named(&self, object: usize) -> bool {
        let place = self.objects[object].place.as_ref();
        place.is_some_and(|(parent, _)| {
            let mut entries = self.objects[*parent].entries.iter();
            entries.any(|(_, other)| *other == object)
        })
    }

    fn create(&mut self, named: &Named, target: Option<&str>) -> Checked<u32> {
        let has = |bit| named.attributes & bit != 0;
        if has(attributes::PERMANENT) && !self.privileged {
            return Err(status::PRIVILEGE_NOT_HELD);
        }
        let place = match named.path.as_deref() {
            None | Some("") => None,
            Some(path) => match self.walk(named, path)? {
                Reached::Object(object) => {
                    if !has(attributes::OPENIF) {
                        return Err(status::OBJECT_NAME_COLLISION);
                    }
                    self.admit(object, named)?;
                    return Ok(match named.kind {
                        Kind::Link => status::SUCCESS,
                        _ => status::OBJECT_NAME_EXISTS,
                    });
                }
                Reached::Vacant(parent, name) => Some((parent, name)),
            },
        };
        self.objects.push(Object {
            permanent: has(attributes::PERMANENT) && place.is_some(),
            exclusive: has(attributes::EXCLUSIVE),
            target: target.unwrap_or_default().to_owned(),
            ..Self::object(named.kind)
        });
        let object = self.objects.len() - 1;
        if let Some((parent, name)) = place {
            self.place(object, parent, &name);
        }
        self.take(named.slot, object);
        Ok(status::SUCCESS)
    }

    fn open(&mut self, named: &Named) -> Checked<u32> {
        // Without a name the root is ignored.
        let path = named.path.as_deref();
        match self.walk(named, path.ok_or(status::OBJECT_PATH_SYNTAX_BAD)?)? {
            Reached::Object(object) => self.admit(object, named).map(|()| status::SUCCESS),
            Reached::Vacant(..) => Err(status::OBJECT_NAME_NOT_FOUND),
        }
    }

    /// Makes a handle to an existing object. All is done by one process.
    fn admit(&mut self, object: usize, named: &Named) -> Checked<()> {
        let exclusive = named.attributes & attributes::EXCLUSIVE != 0;
        match (self.objects[object].exclusive, exclusive) {
            (true, false) => Err(status::ACCESS_DENIED),
            (false, true) => Err(status::INVALID_PARAMETER),
            // The request asks for every right.
            _ if self.objects[object].read_only && !self.privileged => Err(status::ACCESS_DENIED),
            _ => {
                self.take(named.slot, object);
                Ok(())
            }
        }
    }

    fn close(&mut self, slot: u8) {
        let object = self.of(slot);
        self.slots[usize::from(slot)] = None;
        self.objects[object].handles -= 1;
        if self.objects[object].handles == 0 && !self.objects[object].permanent {
            if let Some((parent, _)) = self.objects[object].place {
                self.objects[parent]
                    .entries
                    .retain(|(_, other)| *other != object);
            }
            self.dismantle(object);
        }
    }

    /// The objects in a directory that nothing leads to lose their names.
    fn dismantle(&mut self, directory: usize) {
        for (_, object) in std::mem::take(&mut self.objects[directory].entries) {
            self.objects[object].permanent = false;
            if self.objects[object].handles == 0 {
                self.dismantle(object);
            }
        }
    }

    /// The path of an object, or how an unreachable object is called.
    pub fn path(&self, object: usize) -> String {
        let Some((parent, name)) = &self.objects[object].place else {
            return if object == ROOT {
                "\\".to_owned()
            } else {
                String::new()
            };
        };
        let above = &self.objects[*parent];
        let start = match above.place {
            None if *parent == ROOT => String::new(),
            Some(_) if above.handles != 0 || above.permanent => self.path(*parent),
            _ => "...".to_owned(),
        };
        format!("{start}\\{name}")
    }

    /// Whether an object is signaled, if it is an event.
    pub fn state(&self, object: usize) -> Option<bool> {
        let object = &self.objects[object];
        (object.kind == Kind::Event).then_some(object.signaled)
    }

    /// The result of QUERY_OBJECT for an object.
    pub fn info(&self, object: usize) -> Info {
        let bit = |set, attribute| if set { attribute } else { 0 };
        let found = &self.objects[object];
        Info {
            path: self.path(object),
            kind: found.kind as u32,
            attributes: bit(found.permanent, attributes::PERMANENT)
                | bit(found.exclusive, attributes::EXCLUSIVE),
            handles: found.handles,
        }
    }

    /// The names and types of the objects in a directory, in the order of names.
    pub fn list(&self, directory: usize) -> Vec<(String, u32)> {
        let entries = self.objects[directory].entries.iter();
        let kind = |object: &usize| self.objects[*object].kind as u32;
        let mut list: Vec<_> = entries
            .map(|(name, object)| (name.clone(), kind(object)))
            .collect();
        list.sort();
        list
    }
}
