// SPDX-License-Identifier: GPL-2.0

//! IRQLs. Linux knows only whether the caller may sleep and whether interrupts are off. NT: D1.

use super::{
    c,
    routines, //
};
use crate::sys::context::{
    self,
    Level, //
};

/// The IRQL of a level.
fn irql_of(level: Level) -> c::KIRQL {
    let irql = match level {
        Level::Passive => c::PASSIVE_LEVEL,
        Level::Dispatch => c::DISPATCH_LEVEL,
        Level::High => c::HIGH_LEVEL,
    };
    irql as c::KIRQL
}

/// The level that stands for an IRQL. APC_LEVEL only blocks APCs, which Linux does not have.
fn level_of(irql: c::KIRQL) -> Level {
    match u32::from(irql) {
        ..c::DISPATCH_LEVEL => Level::Passive,
        c::DISPATCH_LEVEL => Level::Dispatch,
        _ => Level::High,
    }
}

/// Raises the IRQL and returns the previous one. Any context.
fn raise(to: c::KIRQL) -> c::KIRQL {
    let before = context::level();
    context::raise(level_of(to));
    irql_of(before)
}

routines! {
    /// Any context.
    ///
    /// # Safety
    ///
    /// None.
    fn KeGetCurrentIrql() -> c::KIRQL {
        irql_of(context::level())
    }

    /// Leaves the IRQL alone if it is already as high as `to`. Any context.
    ///
    /// # Safety
    ///
    /// `before` is null or valid for writing.
    fn KeRaiseIrql(to: c::KIRQL, before: c::PKIRQL) {
        let was = raise(to);
        if !before.is_null() {
            // SAFETY: The caller's promise.
            unsafe { before.write(was) };
        }
    }

    /// Does the same as `KeRaiseIrql` to DISPATCH_LEVEL. Any context.
    ///
    /// # Safety
    ///
    /// None.
    fn KeRaiseIrqlToDpcLevel() -> c::KIRQL {
        raise(c::DISPATCH_LEVEL as c::KIRQL)
    }

    /// Leaves the IRQL alone if it is already as low as `to`, and in an interrupt. Any context.
    ///
    /// # Safety
    ///
    /// None.
    fn KeLowerIrql(to: c::KIRQL) {
        context::lower(level_of(to));
    }
}
