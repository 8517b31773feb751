// SPDX-License-Identifier: GPL-2.0

//! Only for tests. Loading it triggers the bug that its parameter names, which a detector of the
//! debug kernel must report. `tools/detectors` loads it, one boot for each bug.

use core::ptr;
use kernel::{
    bindings,
    prelude::*,
    sync::{new_spinlock, SpinLock}, //
};

module! {
    type: Detectors,
    name: "detectors",
    authors: ["The ntevent developers"],
    description: "What the debug kernel must report",
    license: "GPL",
    params: {
        bug: u8 {
            default: 0,
            description: "which bug to run into",
        },
    },
}

struct Detectors;

impl kernel::Module for Detectors {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        match *module_parameters::bug.value() {
            1 => use_after_free()?,
            2 => recursive_locking()?,
            3 => atomic_sleep()?,
            4 => leak()?,
            5 => failing_allocation()?,
            _ => {}
        }
        Ok(Self)
    }
}

fn use_after_free() -> Result {
    let bytes = KBox::into_raw(KBox::new([1u8; 64], GFP_KERNEL)?);

    // SAFETY: `bytes` is from `into_raw`, and is turned back only once.
    drop(unsafe { KBox::from_raw(bytes) });
    // SAFETY: None, this is the bug. The debug kernel keeps freed memory mapped and unused.
    let byte = unsafe { ptr::read_volatile(bytes.cast::<u8>().add(3)) };
    pr_info!("read {byte} from freed memory\n");
    Ok(())
}

/// All locks from here are of one lockdep class.
fn lock() -> Result<Pin<KBox<SpinLock<u32>>>> {
    KBox::pin_init(new_spinlock!(0), GFP_KERNEL)
}

/// Takes two locks of one class, so that nothing hangs.
fn recursive_locking() -> Result {
    let (first, second) = (lock()?, lock()?);
    let held = first.lock();

    *second.lock() += *held;
    Ok(())
}

fn atomic_sleep() -> Result {
    let lock = lock()?;
    let mut held = lock.lock();

    *held = *KBox::new(7, GFP_KERNEL)?;
    Ok(())
}

/// Leaks several objects, because a stale pointer on a stack may hide one of them.
fn leak() -> Result {
    for _ in 0..16 {
        core::mem::forget(KBox::new([2u8; 128], GFP_KERNEL)?);
    }
    Ok(())
}

/// Makes the next allocation of this thread fail, as `/proc/thread-self/fail-nth` does.
fn failing_allocation() -> Result {
    // SAFETY: The current task exists, and only it writes the field.
    unsafe { (*bindings::get_current()).fail_nth = 1 };
    KBox::new(7, GFP_KERNEL)?;
    Ok(())
}
