// SPDX-License-Identifier: GPL-2.0

//! Whether a thread sleeps in an ioctl. For a device that does not report its waiters.

use std::{fs::File, os::unix::fs::FileExt};

/// Files in /proc about one thread. They can be read repeatedly and are always current.
pub struct Watched {
    stat: File,
    syscall: File,
}

impl Watched {
    pub fn open(tid: i32) -> std::io::Result<Self> {
        let open = |name| File::open(format!("/proc/self/task/{tid}/{name}"));
        Ok(Self {
            stat: open("stat")?,
            syscall: open("syscall")?,
        })
    }

    /// Whether it sleeps in an ioctl interruptibly. ntsync does so once it is queued, and before
    /// that sleeps uninterruptibly for locks. `syscall` names the call only of a thread that is not
    /// running.
    pub fn is_asleep(&self) -> bool {
        let prefix = format!("{} ", libc::SYS_ioctl);
        read(&self.syscall, |text| text.starts_with(&prefix)) && self.is_interruptible()
    }

    fn is_interruptible(&self) -> bool {
        // The state follows the name, which is in parentheses.
        let state = |text: &str| {
            text.rsplit(") ")
                .next()
                .is_some_and(|rest| rest.starts_with('S'))
        };
        read(&self.stat, state)
    }
}

fn read(file: &File, is: impl Fn(&str) -> bool) -> bool {
    let mut buffer = [0; 1024];
    let length = file.read_at(&mut buffer, 0).unwrap_or(0);
    std::str::from_utf8(&buffer[..length]).is_ok_and(is)
}
