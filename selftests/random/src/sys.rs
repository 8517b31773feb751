// SPDX-License-Identifier: GPL-2.0

//! The system calls that the standard library does not have, and the only unsafe code of this
//! program.

use crate::ntsync::Memory;
use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

/// Which way an ioctl's argument goes, as in `_IOC`.
#[derive(Clone, Copy)]
pub enum Direction {
    /// The kernel writes it.
    Read = 2,
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
    crate::device::CreateEvent,
    crate::device::WaitMany,
    crate::device::WaitOne,
    crate::device::SignalAndWait,
    crate::device::EventInfo,
    crate::device::Duplicate,
    crate::names_device::Create,
    crate::names_device::Open,
    crate::names_device::CreateLink,
    crate::names_device::ObjectInfo,
    crate::names_device::Entry,
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

/// An address at which there is no memory.
pub const UNMAPPED: usize = 8;

/// The most bytes of an argument that is given as words.
const MOST: usize = 64;

/// An ioctl of ntsync, or one that nothing knows, whose argument is `words`, in memory of the kind given. An
/// address among them is that of numbers that live as long as the call, or [`UNMAPPED`].
pub fn ioctl_words(fd: i32, command: u32, words: &mut [u32], memory: Memory) -> i32 {
    let size = size_of_val(words);
    assert!(size <= MOST, "a long argument");
    let from = words.as_mut_ptr().cast::<u8>();
    let call = |argument: *mut u8| {
        // SAFETY: No command of ntsync has an argument of more than 64 bytes; there are so many behind
        // each of the addresses below, or none. Through an address among them the kernel only reads.
        result(unsafe { libc::ioctl(fd, command as libc::Ioctl, argument) })
    };
    let mut buffer = [0u32; MOST / 4 + 1];
    let buffer = buffer.as_mut_ptr().cast::<u8>();
    let (argument, page) = match memory {
        Memory::Unmapped => return call(UNMAPPED as *mut u8),
        Memory::ReadOnly => (read_only_page(from, size), true),
        Memory::Writable => (buffer, false),
        Memory::Odd => (buffer.wrapping_add(1), false),
    };
    if !page {
        // SAFETY: The buffer has room for MOST bytes behind the first, and `size` is no more.
        unsafe { argument.copy_from_nonoverlapping(from, size) };
    }
    let value = call(argument);
    // SAFETY: Both have `size` bytes, which may hold anything.
    unsafe { from.copy_from_nonoverlapping(argument, size) };
    if page {
        // SAFETY: The page was made above, and nobody has its address any more.
        unsafe { libc::munmap(argument.cast(), MOST) };
    }
    value
}

/// A page that begins with the `size` bytes at `from`, and cannot be written.
fn read_only_page(from: *const u8, size: usize) -> *mut u8 {
    let write = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: A new mapping, so nothing else is there. `from` has `size` bytes, fewer than a page.
    unsafe {
        let page = libc::mmap(std::ptr::null_mut(), MOST, write, flags, -1, 0);
        assert!(page != libc::MAP_FAILED, "no memory");
        page.cast::<u8>().copy_from_nonoverlapping(from, size);
        result(libc::mprotect(page, MOST, libc::PROT_READ));
        page.cast()
    }
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

/// Nanoseconds of a clock.
pub fn now(clock: libc::clockid_t) -> u64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `now` may be written.
    unsafe { libc::clock_gettime(clock, &mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

extern "C" fn nothing(_signal: libc::c_int) {}

/// How often SIGUSR2 has come.
static RESTARTS: AtomicU64 = AtomicU64::new(0);

extern "C" fn count(_signal: libc::c_int) {
    RESTARTS.fetch_add(1, Ordering::SeqCst);
}

pub fn restarts() -> u64 {
    RESTARTS.load(Ordering::SeqCst)
}

/// Makes SIGUSR1 interrupt system calls, and SIGUSR2 have them started again; they do nothing else.
pub fn make_interruptible() {
    let signals = [
        (libc::SIGUSR1, nothing as *const (), 0),
        (libc::SIGUSR2, count as *const (), libc::SA_RESTART),
    ];
    for (signal, handler, flags) in signals {
        // SAFETY: All-zero is a valid sigaction, with an empty mask.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = handler as usize;
        action.sa_flags = flags;
        // SAFETY: The handlers do nothing, or add to a number, so they may run anywhere.
        result(unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) });
    }
}

/// Sends SIGUSR1 to a thread of this process.
pub fn interrupt(tid: i32) {
    send(tid, libc::SIGUSR1);
}

/// Sends SIGUSR2 to a thread of this process.
pub fn restart(tid: i32) {
    send(tid, libc::SIGUSR2);
}

fn send(tid: i32, signal: libc::c_int) {
    // SAFETY: Takes numbers; both signals have handlers that may run anywhere.
    unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), tid, signal) };
}
