// SPDX-License-Identifier: GPL-2.0

//! The commands on objects, in the reference for /dev/ntsync.

use crate::ntsync::{Command, Fd, Kind, Memory};
use crate::ntsync_model::{Model, Outcome, State};
use crate::ntsync_wait::Released;

impl Command {
    /// The kind of objects that it is for.
    pub fn kind(self) -> Kind {
        match self {
            Self::Release | Self::ReadSem => Kind::Sem,
            Self::Unlock | Self::Kill | Self::ReadMutex => Kind::Mutex,
            Self::Set | Self::Reset | Self::Pulse | Self::ReadEvent => Kind::Event,
        }
    }

    fn reads_memory(self) -> bool {
        matches!(self, Self::Release | Self::Unlock | Self::Kill)
    }
}

impl Model {
    /// A command on an object, with its checks in the driver's order. It changes the object even if
    /// the previous state cannot be written.
    pub(crate) fn command(
        &mut self,
        what: Command,
        fd: Fd,
        words: [u32; 2],
        memory: Memory,
        released: &mut Released,
    ) -> Outcome {
        let (value, written) = match self.check(what, fd, words, memory) {
            Ok(object) => self.perform(what, object, words, released),
            Err(errno) => (errno, None),
        };
        match (written, memory) {
            (None, _) => Outcome { value, words },
            (Some(_), Memory::ReadOnly | Memory::Unmapped) => Outcome {
                value: -libc::EFAULT,
                words,
            },
            (Some(words), _) => Outcome { value, words },
        }
    }

    /// The object of the command.
    fn check(&self, what: Command, fd: Fd, words: [u32; 2], memory: Memory) -> Result<usize, i32> {
        let object = match (fd, self.handle(fd)) {
            (_, Some(handle)) => handle.object,
            (Fd::Slot(_) | Fd::Closed, _) => return Err(-libc::EBADF),
            _ => return Err(-libc::ENOTTY),
        };
        if what.reads_memory() && memory == Memory::Unmapped {
            return Err(-libc::EFAULT);
        }
        let names_owner = matches!(what, Command::Unlock | Command::Kill);
        if names_owner && words[0] == 0 || self.objects[object].state.kind() != what.kind() {
            return Err(-libc::EINVAL);
        }
        Ok(object)
    }

    /// The value of the command, and what it writes to its argument if it writes at all.
    fn perform(
        &mut self,
        what: Command,
        object: usize,
        [a, b]: [u32; 2],
        released: &mut Released,
    ) -> (i32, Option<[u32; 2]>) {
        let state = &mut self.objects[object].state;
        let written = match (what, &mut *state) {
            (Command::Release, State::Sem { count, max }) => {
                let before = *count;
                match before.checked_add(a).filter(|sum| *sum <= *max) {
                    Some(sum) => *count = sum,
                    None => return (-libc::EOVERFLOW, None),
                }
                Some([before, b])
            }
            (Command::Unlock | Command::Kill, State::Mutex { owner, .. }) if *owner != a => {
                return (-libc::EPERM, None);
            }
            (Command::Unlock, State::Mutex { owner, count, .. }) => {
                let before = *count;
                *count -= 1;
                if *count == 0 {
                    *owner = 0;
                }
                Some([a, before])
            }
            (Command::Kill, State::Mutex { .. }) => {
                *state = State::Mutex {
                    owner: 0,
                    count: 0,
                    abandoned: true,
                };
                None
            }
            (Command::Set | Command::Pulse, State::Event { signaled, .. }) => {
                Some([std::mem::replace(signaled, true).into(), b])
            }
            (Command::Reset, State::Event { signaled, .. }) => {
                Some([std::mem::take(signaled).into(), b])
            }
            _ => {
                let (value, words) = state.read();
                return (value, Some(words));
            }
        };
        self.deliver(object, released);
        if let (Command::Pulse, State::Event { signaled, .. }) =
            (what, &mut self.objects[object].state)
        {
            *signaled = false;
        }
        (0, written)
    }
}
