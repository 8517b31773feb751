// SPDX-License-Identifier: GPL-2.0

//! The system calls that the standard library does not have, and the only unsafe code of this
//! program.

use std::os::fd::{FromRawFd, OwnedFd};

/// Which way an ioctl's argument goes, as in `_IOC`.
#[derive(Clone, Copy)]
pub enum Direction {
    /// The kernel writes it.
    Read = 2,
    /// The kernel reads it.
    Write = 1,
    /// Both.
    Both = 3,
}

/// An ioctl argument: plain numbers laid out as C does.
///
/// # Safety
///
/// Any bytes are a value of the type, and the kernel may do no more through what its numbers point to
/// than they are there for: read handles, read names, write names into buffers.
pub unsafe trait Argument {}

macro_rules! arguments {
    ($($name:ty),+ $(,)?) => {$(
        // SAFETY: A repr(C) struct of integers, or an integer. Its pointers are made from slices that
        // the kernel reads, or, in the two queries, from buffers of the size given that it writes.
        unsafe impl Argument for $name {}
    )+};
}

arguments!(
    u32,
    crate::backend_ntevent::CreateEvent,
    crate::backend_ntevent::WaitMany,
    crate::backend_ntevent::WaitOne,
    crate::backend_ntevent::SignalAndWait,
    crate::backend_ntevent::EventInfo,
    crate::backend_ntevent::Duplicate,
    crate::names_device::Create,
    crate::names_device::Open,
    crate::names_device::CreateLink,
    crate::names_device::ObjectInfo,
    crate::names_device::Entry,
    crate::backend_ntsync::EventArgs,
    crate::backend_ntsync::WaitArgs,
);

/// The type that both devices' commands carry.
const MAGIC: u64 = b'N' as u64;

/// A command without an argument.
fn plain(number: u8) -> u64 {
    (MAGIC << 8) | u64::from(number)
}

fn result(value: libc::c_int) -> i32 {
    if value >= 0 {
        return value;
    }
    -std::io::Error::last_os_error()
        .raw_os_error()
        .unwrap_or(libc::EIO)
}

/// The ioctl `number` with an argument: what it returns, or minus the errno.
pub fn ioctl<T: Argument>(fd: i32, direction: Direction, number: u8, argument: &mut T) -> i32 {
    let command = ((direction as u64) << 30) | ((size_of::<T>() as u64) << 16) | plain(number);
    // SAFETY: The command tells the size of the argument, and files that do not know the command
    // refuse it, so the kernel stays within `argument`, whose bytes it may set to anything.
    result(unsafe { libc::ioctl(fd, command as libc::Ioctl, std::ptr::from_mut(argument)) })
}

/// The ioctl `number` without an argument.
pub fn ioctl_plain(fd: i32, number: u8) -> i32 {
    let command = plain(number);
    // SAFETY: Neither device takes an argument for such a command.
    result(unsafe { libc::ioctl(fd, command as libc::Ioctl, 0usize) })
}

/// Owns an fd that a call has just made.
pub fn own(fd: i32) -> OwnedFd {
    assert!(fd >= 0, "no fd");
    // SAFETY: The callers hand on an fd that a create, duplicate or dup returned to them alone.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// dup(2), of any number.
pub fn dup(fd: i32) -> i32 {
    // SAFETY: Takes and gives numbers.
    result(unsafe { libc::dup(fd) })
}

/// Whether this process has root's privileges.
pub fn is_root() -> bool {
    // SAFETY: Takes nothing, cannot fail.
    unsafe { libc::geteuid() == 0 }
}

/// The id of the calling thread.
pub fn gettid() -> i32 {
    // SAFETY: Takes nothing, cannot fail.
    unsafe { libc::gettid() }
}

/// Nanoseconds of the monotonic clock.
pub fn monotonic() -> u64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `now` may be written.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

extern "C" fn nothing(_signal: libc::c_int) {}

/// Makes SIGUSR1 interrupt system calls, and do nothing else.
pub fn make_interruptible() {
    // SAFETY: All-zero is a valid sigaction: no flags, so no SA_RESTART, and an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = nothing as *const () as usize;
    // SAFETY: The handler does nothing, so it may run anywhere.
    result(unsafe { libc::sigaction(libc::SIGUSR1, &action, std::ptr::null_mut()) });
}

/// Sends SIGUSR1 to a thread of this process.
pub fn interrupt(tid: i32) {
    // SAFETY: Takes numbers; the signal's handler does nothing.
    unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), tid, libc::SIGUSR1) };
}
