// SPDX-License-Identifier: GPL-2.0

//! What the kernel shows of an fd in /proc/self/fdinfo.

use std::{fs::File, os::unix::fs::FileExt};

/// An open fdinfo file; it can be read again and again, and is always up to date.
pub struct Fdinfo(File);

impl Fdinfo {
    /// That of `fd`, while it stays open.
    pub fn open(fd: i32) -> Option<Self> {
        File::open(format!("/proc/self/fdinfo/{fd}")).ok().map(Self)
    }

    /// The number behind `key`, decimal or hexadecimal.
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
