// SPDX-License-Identifier: GPL-2.0

//! System calls that the standard library lacks. This is the only unsafe code of the program.

use crate::ntsync::Memory;
use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

/// The direction of an ioctl's argument, as in `_IOC`.
#[derive(Clone, Copy)]
pub enum Direction {
    /// The kernel writes it.
    Read = 2,
    /// Both directions.
    Both = 3,
}

/// An ioctl argument: plain numbers in C layout.
///
/// # Safety
///
/// Any bytes are a value of the type. The kernel may only use what its numbers point to as
/// intended: read handles, read names, and write names into buffers.
/// than they are there for: read handles, read names, write names into buffers.
pub unsafe trait Argument {}

macro_rules! arguments {
    ($($name:ty),+ $(,)?) => {$(
        // SAFETY: A repr(C) struct of integers, or an integer. Its pointers are to slices that the
        // kernel reads or, in the two queries, to buffers of the given size that it writes.
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

/// The type of both devices' commands.
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

/// The ioctl `number` with an argument. Returns its value, or minus the errno.
pub fn ioctl<T: Argument>(fd: i32, direction: Direction, number: u8, argument: &mut T) -> i32 {
    let command = ((direction as u64) << 30) | ((size_of::<T>() as u64) << 16) | plain(number);
    // SAFETY: The command encodes the size of the argument, and files that do not know the command
    // refuse it, so the kernel stays within `argument`, whose bytes it may set to anything.
    result(unsafe { libc::ioctl(fd, command as libc::Ioctl, std::ptr::from_mut(argument)) })
}

/// The ioctl `number` without an argument.
pub fn ioctl_plain(fd: i32, number: u8) -> i32 {
    let command = plain(number);
    // SAFETY: Neither device takes an argument for such a command.
    result(unsafe { libc::ioctl(fd, command as libc::Ioctl, 0usize) })
}

/// An address without memory.
pub const UNMAPPED: usize = 8;

/// The most bytes of an argument that is passed as words.
const MOST: usize = 64;

/// A command of ntsync, or an unknown one, with the argument `words` in memory of the given kind.
/// An address in the words is that of numbers that outlive the call, or [`UNMAPPED`].
pub fn ioctl_words(fd: i32, command: u32, words: &mut [u32], memory: Memory) -> i32 {
    let size = size_of_val(words);
    assert!(size <= MOST, "a long argument");
    let from = words.as_mut_ptr().cast::<u8>();
    let call = |argument: *mut u8| {
        // SAFETY: No command of ntsync has an argument of more than 64 bytes. Each address below
        // has that many, or no memory. The kernel only reads through addresses in the argument.
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
        // SAFETY: The buffer has MOST bytes from there on, and `size` is at most MOST.
        unsafe { argument.copy_from_nonoverlapping(from, size) };
    }
    let value = call(argument);
    // SAFETY: Both have `size` bytes, which may hold anything.
    unsafe { from.copy_from_nonoverlapping(argument, size) };
    if page {
        // SAFETY: The page was mapped above, and nothing has its address any more.
        unsafe { libc::munmap(argument.cast(), MOST) };
    }
    value
}

/// A read-only page that begins with the `size` bytes at `from`.
fn read_only_page(from: *const u8, size: usize) -> *mut u8 {
    let write = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: A new mapping overlaps nothing. `from` has `size` bytes, fewer than a page.
    unsafe {
        let page = libc::mmap(std::ptr::null_mut(), MOST, write, flags, -1, 0);
        assert!(page != libc::MAP_FAILED, "no memory");
        page.cast::<u8>().copy_from_nonoverlapping(from, size);
        result(libc::mprotect(page, MOST, libc::PROT_READ));
        page.cast()
    }
}

/// Owns an fd that a call has just returned.
pub fn own(fd: i32) -> OwnedFd {
    assert!(fd >= 0, "no fd");
    // SAFETY: A create, duplicate or dup returned the fd to the caller alone.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// dup(2) of any number.
pub fn dup(fd: i32) -> i32 {
    // SAFETY: It takes and returns numbers.
    result(unsafe { libc::dup(fd) })
}

/// Whether this process has root's privileges.
pub fn is_root() -> bool {
    // SAFETY: It takes no argument and cannot fail.
    unsafe { libc::geteuid() == 0 }
}

/// The id of the calling thread.
pub fn gettid() -> i32 {
    // SAFETY: It takes no argument and cannot fail.
    unsafe { libc::gettid() }
}

/// The nanoseconds of a clock.
pub fn now(clock: libc::clockid_t) -> u64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `now` is writable.
    unsafe { libc::clock_gettime(clock, &mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

extern "C" fn nothing(_signal: libc::c_int) {}

/// The number of SIGUSR2 received.
static RESTARTS: AtomicU64 = AtomicU64::new(0);

extern "C" fn count(_signal: libc::c_int) {
    RESTARTS.fetch_add(1, Ordering::SeqCst);
}

pub fn restarts() -> u64 {
    RESTARTS.load(Ordering::SeqCst)
}

/// Makes SIGUSR1 interrupt system calls and SIGUSR2 restart them. They have no other effect.
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
        // SAFETY: The handlers do nothing or increment a number, so they may run anywhere.
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
    // SAFETY: It takes numbers, and both signals have handlers that may run anywhere.
    unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), tid, signal) };
}
