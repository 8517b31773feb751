// SPDX-License-Identifier: GPL-2.0

//! The quota limits the kernel memory that each user takes for objects with names, the names, the
//! targets of links, and namespaces. The limits on fds do not limit these. All namespaces count
//! together.

use super::AccessMode;
use crate::{
    status::Status,
    sys::{
        cred,
        deferred::drop_now, //
    }, //
};
use kernel::{
    alloc::AllocError,
    new_spinlock,
    prelude::*,
    rbtree::{
        RBTree,
        RBTreeNode, //
    },
    sync::{
        Arc,
        SpinLock, //
    }, //
};

/// The memory that each user takes, and its limit.
#[pin_data]
pub(super) struct Quota {
    /// The largest number of bytes for one user.
    limit: u64,
    /// The bytes that each user takes. A user who takes none has no entry. The lock is a spinlock,
    /// so that a thread is not preempted while it holds the lock and other users need it.
    #[pin]
    users: SpinLock<RBTree<u32, u64>>,
}

impl Quota {
    /// A quota of `limit` bytes for each user. Nobody takes any yet. Process context, may sleep.
    pub(super) fn new(limit: u64) -> Result<Arc<Self>, AllocError> {
        let quota = pin_init!(Self {
            limit,
            users <- new_spinlock!(RBTree::new(), "ntevent_quota"),
        });
        Arc::pin_init(quota, GFP_KERNEL).map_err(|_| AllocError)
    }

    /// Charges `bytes` to the current task's user. Charges nobody if the kernel acts for itself.
    /// Process context, may sleep.
    ///
    /// Errors: `QUOTA_EXCEEDED`, `INSUFFICIENT_RESOURCES`.
    pub(super) fn charge(
        self: &Arc<Self>,
        mode: AccessMode,
        bytes: usize,
    ) -> Result<Charge, Status> {
        let payer = match mode {
            AccessMode::Kernel => None,
            AccessMode::User => cred::payer(),
        };
        match payer {
            Some(user) => self.charge_user(user, bytes as u64),
            None => Ok(Charge::none()),
        }
    }

    fn charge_user(self: &Arc<Self>, user: u32, bytes: u64) -> Result<Charge, Status> {
        let had_some = self.add(user, bytes, None)?;
        if !had_some {
            let node = RBTreeNode::new(user, 0, GFP_KERNEL_ACCOUNT).map_err(|_| AllocError)?;
            self.add(user, bytes, Some(node))?;
        }
        Ok(Charge(Some(Payment {
            quota: self.clone(),
            user,
            bytes,
        })))
    }

    /// Adds to the bytes of a user. `node` is the entry for a user who has none. Returns false and
    /// adds nothing if the user has no entry and there is no `node`.
    ///
    /// Errors: `QUOTA_EXCEEDED`.
    fn add(
        &self,
        user: u32,
        bytes: u64,
        mut node: Option<RBTreeNode<u32, u64>>,
    ) -> Result<bool, Status> {
        let mut users = self.users.lock();
        let has = users.get(&user).copied();
        let sum = has.unwrap_or(0).saturating_add(bytes);
        if sum > self.limit {
            return Err(Status::QUOTA_EXCEEDED);
        }
        if has.is_none() {
            let Some(node) = node.take() else {
                return Ok(false);
            };
            users.insert(node);
        }
        if let Some(has) = users.get_mut(&user) {
            *has = sum;
        }
        Ok(true)
    }

    fn subtract(&self, user: u32, bytes: u64) {
        let mut users = self.users.lock();
        let removed = users.find_mut(&user).and_then(|mut has| {
            let rest = has.get().saturating_sub(bytes);
            *has.get_mut() = rest;
            (rest == 0).then(|| has.remove_node())
        });
        drop(users);
        drop(removed);
    }
}

/// Runs `attempt`. If it exceeds the quota, waits until what was closed before is freed, as that is
/// charged until then, and runs `attempt` again. Process context, may sleep. The caller does not
/// read.
pub(super) fn within_quota<R>(attempt: impl Fn() -> Result<R, Status>) -> Result<R, Status> {
    match attempt() {
        Err(Status::QUOTA_EXCEEDED) => {
            drop_now();
            attempt()
        }
        result => result,
    }
}

/// Bytes that are charged to a user. Dropping the value takes them off. It is dropped in process
/// context.
pub(crate) struct Charge(Option<Payment>);

struct Payment {
    quota: Arc<Quota>,
    user: u32,
    bytes: u64,
}

impl Charge {
    /// A charge of nothing, to nobody.
    pub(crate) fn none() -> Self {
        Self(None)
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        if let Some(Payment { quota, user, bytes }) = &self.0 {
            quota.subtract(*user, *bytes);
        }
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_quota)]
mod tests {
    use super::*;

    #[test]
    fn f03_each_user_has_a_limit() -> Result {
        let quota = Quota::new(100)?;
        let charge = |user, bytes| quota.charge_user(user, bytes).map_err(|_| ENOMEM);
        let has = |user| quota.users.lock().get(&user).copied();
        let (first, other) = (charge(5, 60)?, charge(6, 100)?);
        assert!(charge(5, 41).is_err() && charge(6, 1).is_err() && charge(7, 101).is_err());
        assert_eq!(has(7), None);
        assert_eq!((has(5), has(6)), (Some(60), Some(100)));
        let second = charge(5, 40)?;
        assert!(charge(5, 1).is_err() && charge(5, u64::MAX).is_err());
        drop(first);
        assert_eq!(has(5), Some(40));
        drop(charge(5, 60)?);
        drop(second);
        assert_eq!((has(5), has(6)), (None, Some(100)));
        drop(other);
        assert!(quota.users.lock().is_empty());
        Ok(())
    }

    #[test]
    fn the_kernel_pays_nothing() -> Result {
        let quota = Quota::new(0)?;
        assert!(quota.charge(AccessMode::Kernel, 1).is_ok());
        assert!(quota.charge_user(0, 1).is_err());
        Ok(())
    }
}
