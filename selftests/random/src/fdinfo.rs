// SPDX-License-Identifier: GPL-2.0

//! What the kernel reports about an fd in /proc/self/fdinfo.

use std::{fs::File, os::unix::fs::FileExt};

/// An open fdinfo file. It can be read repeatedly and is always current.
pub struct Fdinfo(File);

impl Fdinfo {
    /// That of `fd`, as long as the fd is open.
    pub fn open(fd: i32) -> Option<Self> {
        File::open(format!("/proc/self/fdinfo/{fd}")).ok().map(Self)
    }

    /// The number after `key`, decimal or hexadecimal.
    pub fn number(&self, key: &str) -> Option<u32> {
        let mut buffer = [0; 1024];
        let length = self.0.read_at(&mut buffer, 0).ok()?;
        let text = std::str::from_utf8(&buffer[..length]).ok()?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?
            .trim();
        match line.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => line.parse().ok(),
        }
    }
}
