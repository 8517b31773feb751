// SPDX-License-Identifier: GPL-2.0

//! An ordered index of values. A lock guards changes. Looking up takes no lock and writes nothing.
//!
//! It would use `kernel::rbtree`, whose trees cannot be read while they change.
//!
//! C header: [`include/linux/rbtree.h`](srctree/include/linux/rbtree.h)

use super::{
    deferred::Deferrable,
    full_barrier,
    reading::Reading,
    Acquire,
    Atomic,
    Full,
    Relaxed,
    Release, //
};
use core::{
    cell::UnsafeCell,
    marker::PhantomData,
    mem::MaybeUninit,
    ptr::{
        null_mut,
        NonNull, //
    },
};
use kernel::{
    alloc::AllocError,
    bindings,
    prelude::*,
    sync::{
        Mutex,
        MutexGuard, //
    },
    types::Opaque, //
};

/// Values with distinct keys, in the order of the keys. `W` is what else the lock guards.
///
/// # Invariants
///
/// Every node of the tree is a leaked `KBox<Deferrable<Node<K, V>>>`. The tree changes only under
/// the lock. A node that was taken out is dropped when all tasks that were reading have ended that.
#[pin_data(PinnedDrop)]
pub(crate) struct Index<K: 'static, V: 'static, W> {
    tree: UnsafeCell<bindings::rb_root>,
    /// The number of changes that began and of those that ended. It is odd from the first change
    /// under the lock until the lock is dropped.
    changes: Atomic<u32>,
    #[pin]
    lock: Mutex<W>,
    _nodes: PhantomData<KBox<Node<K, V>>>,
}

/// A value in the tree.
#[repr(C)]
struct Node<K, V> {
    /// The link comes first, so that it has the address of the node.
    link: Opaque<bindings::rb_node>,
    key: K,
    value: V,
}

// SAFETY: The values may be moved to another thread with the index.
unsafe impl<K: Send, V: Send, W: Send> Send for Index<K, V, W> {}
// SAFETY: Readers share keys and values. Who holds the lock also moves them.
unsafe impl<K: Send + Sync, V: Send + Sync, W: Send> Sync for Index<K, V, W> {}

// SAFETY: A node may be moved to another thread with its key and value. Its link is used only in a
// tree, or by nobody.
unsafe impl<K: Send, V: Send> Send for Node<K, V> {}

/// The memory for a value that will be in an index.
pub(crate) struct Reserved<K: 'static, V: 'static>(KBox<MaybeUninit<Deferrable<Node<K, V>>>>);

impl<K: Send, V: Send> Reserved<K, V> {
    /// The bytes of memory.
    pub(crate) const BYTES: usize = super::allocated(size_of::<Deferrable<Node<K, V>>>());

    /// Reserves the memory, charged to the caller's memory cgroup. Process context, may sleep.
    pub(crate) fn new() -> Result<Self, AllocError> {
        Deferrable::new_uninit().map(Self)
    }
}

impl<K: Ord + Send + Sync, V: Send + Sync, W> Index<K, V, W> {
    /// An index without values.
    pub(crate) fn new(lock: impl PinInit<Mutex<W>>) -> impl PinInit<Self> {
        pin_init!(Self {
            tree: UnsafeCell::new(bindings::rb_root {
                rb_node: null_mut(),
            }),
            changes: Atomic::new(0),
            lock <- lock,
            _nodes: PhantomData,
        })
    }

    /// The values as they are. While the lock is not held they may change during a look-up, which
    /// may then miss a value. Process context.
    #[inline]
    pub(crate) fn view<'a>(&'a self, _reading: &'a Reading) -> View<'a, K, V> {
        View {
            tree: self.tree.get(),
            _values: PhantomData,
        }
    }

    /// Runs `look` with the values as they are at one instant of the call. `None` says that they
    /// changed meanwhile. Process context.
    #[inline]
    pub(crate) fn read<'a, R>(
        &'a self,
        reading: &'a Reading,
        look: impl FnOnce(View<'a, K, V>) -> R,
    ) -> Option<R> {
        let before = self.changes.load(Acquire);
        if before % 2 != 0 {
            return None;
        }
        let result = look(self.view(reading));
        full_barrier();
        (self.changes.load(Relaxed) == before).then_some(result)
    }

    /// Takes the lock. Process context, may sleep.
    pub(crate) fn lock(&self) -> Locked<'_, K, V, W> {
        Locked {
            index: self,
            has_changed: false,
            guard: self.lock.lock(),
        }
    }
}

/// The values of an index for a task that reads.
pub(crate) struct View<'a, K, V> {
    tree: *const bindings::rb_root,
    _values: PhantomData<&'a Node<K, V>>,
}

impl<'a, K: Ord, V> View<'a, K, V> {
    /// The value with the lowest key that is at least `key`, and its key.
    pub(crate) fn lower_bound(&self, key: &K) -> Option<(&'a K, &'a V)> {
        // SAFETY: The index is valid for `'a`. The task reads for `'a`.
        let node = unsafe { lower_bound(self.tree, key) }?;
        // SAFETY: The node was in the tree while the task read, so it stays for `'a`.
        let node: &'a Node<K, V> = unsafe { node.as_ref() };
        Some((&node.key, &node.value))
    }
}

/// The node with the lowest key that is at least `key`.
///
/// # Safety
///
/// `tree` is the tree of an index. The caller reads, or holds the lock of the index.
unsafe fn lower_bound<K: Ord, V>(
    tree: *const bindings::rb_root,
    key: &K,
) -> Option<NonNull<Node<K, V>>> {
    let mut best = None;
    // SAFETY: The index is valid. Taking the address of a field reads nothing.
    let mut link = unsafe { &raw const (*tree).rb_node };
    // SAFETY: `link` is the root or a link of a node. It is changed by atomic stores only.
    while let Some(found) = NonNull::new(unsafe { load(link) }) {
        let rb = found.as_ptr();
        let node = found.cast::<Node<K, V>>();
        // SAFETY: The node was in the tree after the caller began to read or took the lock. So it
        // is valid.
        link = if unsafe { &node.as_ref().key } >= key {
            best = Some(node);
            // SAFETY: As above. Taking the address of a field reads nothing.
            unsafe { &raw const (*rb).rb_left }
        } else {
            // SAFETY: As above.
            unsafe { &raw const (*rb).rb_right }
        };
    }
    best
}

/// Loads a link of the tree.
///
/// # Safety
///
/// The link is valid. While it is shared it is changed by atomic stores only.
#[inline]
unsafe fn load(link: *const *mut bindings::rb_node) -> *mut bindings::rb_node {
    // SAFETY: The caller's promise.
    unsafe { Atomic::from_ptr(link.cast_mut()) }.load(Acquire)
}

/// An index whose lock is held. Readers without the lock see all changes of one hold together.
pub(crate) struct Locked<'a, K: 'static, V: 'static, W> {
    index: &'a Index<K, V, W>,
    /// Whether the tree has changed since the lock was taken.
    has_changed: bool,
    guard: MutexGuard<'a, W>,
}

impl<K: Ord + Send + Sync, V: Send + Sync, W: Unpin> Locked<'_, K, V, W> {
    /// What else the lock guards.
    pub(crate) fn data(&mut self) -> &mut W {
        &mut self.guard
    }

    /// Puts a value in. No value has the key.
    pub(crate) fn insert(&mut self, memory: Reserved<K, V>, key: K, value: V) {
        let node = Node {
            link: Opaque::uninit(),
            key,
            value,
        };
        let node = Deferrable::into_raw(Deferrable::write(memory.0, node));
        let tree = self.index.tree.get();
        let mut parent = null_mut();
        // SAFETY: The index is valid. Taking the address of a field reads nothing.
        let mut link = unsafe { &raw mut (*tree).rb_node };
        // SAFETY: `link` is the root or a link of a node in the tree. The lock is held.
        while let Some(other) = NonNull::new(unsafe { load(link) }) {
            parent = other.as_ptr();
            // SAFETY: The nodes are valid. The other one is in the tree, and the lock is held.
            let goes_left = unsafe { node.as_ref().key < other.cast::<Node<K, V>>().as_ref().key };
            link = if goes_left {
                // SAFETY: As above. Taking the address of a field reads nothing.
                unsafe { &raw mut (*parent).rb_left }
            } else {
                // SAFETY: As above.
                unsafe { &raw mut (*parent).rb_right }
            };
        }
        let rb = node.as_ptr().cast::<bindings::rb_node>();
        let unlinked = bindings::rb_node {
            __rb_parent_color: parent as c_ulong,
            rb_left: null_mut(),
            rb_right: null_mut(),
        };
        // SAFETY: The node is valid, and nobody else has it yet. The link is its first field.
        unsafe { rb.write(unlinked) };
        self.begin_change();
        // SAFETY: `link` is valid and the lock is held.
        unsafe { Atomic::from_ptr(link) }.store(rb, Release);
        // SAFETY: The node was linked as a leaf of this tree, and the lock is held.
        unsafe { bindings::rb_insert_color(rb, tree) };
    }

    /// Takes the value with a key out.
    pub(crate) fn remove(&mut self, key: &K) -> Option<Removed<K, V>> {
        // SAFETY: The index is valid, and its lock is held.
        let node = unsafe { lower_bound::<K, V>(self.index.tree.get(), key) }?;
        // SAFETY: The node is in the tree, and the lock is held.
        if unsafe { &node.as_ref().key } != key {
            return None;
        }
        self.begin_change();
        // SAFETY: The node is in this tree, and the lock is held. The link is its first field.
        unsafe { bindings::rb_erase(node.as_ptr().cast(), self.index.tree.get()) };
        Some(Removed(node))
    }

    fn begin_change(&mut self) {
        if !self.has_changed {
            self.index.changes.fetch_add(1, Full);
            self.has_changed = true;
        }
    }
}

impl<K, V, W> Drop for Locked<'_, K, V, W> {
    /// Ends the change. The lock is dropped after that.
    fn drop(&mut self) {
        if self.has_changed {
            self.index.changes.fetch_add(1, Full);
        }
    }
}

/// A value that was taken out of an index. Dropping this drops the value when nobody can read it
/// any more. It must be dropped without the lock of the index.
///
/// # Invariants
///
/// The node is a leaked `KBox<Deferrable<Node<K, V>>>` that is in no tree.
pub(crate) struct Removed<K: Send + 'static, V: Send + 'static>(NonNull<Node<K, V>>);

impl<K: Send, V: Send> Drop for Removed<K, V> {
    fn drop(&mut self) {
        // SAFETY: By the type invariant. Nobody else takes it.
        Deferrable::drop_soon(unsafe { Deferrable::from_raw(self.0) });
    }
}

#[pinned_drop]
impl<K, V, W> PinnedDrop for Index<K, V, W> {
    fn drop(self: Pin<&mut Self>) {
        let tree = self.tree.get();
        // SAFETY: Nobody else uses the index any more.
        while let Some(first) = NonNull::new(unsafe { bindings::rb_first(tree) }) {
            // SAFETY: The node is in the tree.
            unsafe { bindings::rb_erase(first.as_ptr(), tree) };
            // SAFETY: By the type invariant. Nobody can read it, because nobody uses the index.
            drop(unsafe { Deferrable::from_raw(first.cast::<Node<K, V>>()) });
        }
    }
}

#[cfg(CONFIG_KUNIT)]
#[kernel::prelude::kunit_tests(ntevent_index)]
mod tests {
    use super::*;
    use kernel::new_mutex;

    type Numbers = Index<u32, u32, ()>;

    fn numbers() -> Result<Pin<KBox<Numbers>>> {
        KBox::pin_init(Index::new(new_mutex!(())), GFP_KERNEL)
    }

    fn insert(locked: &mut Locked<'_, u32, u32, ()>, key: u32) -> Result {
        locked.insert(Reserved::new()?, key, key + 1);
        Ok(())
    }

    #[test]
    fn lower_bound_in_a_tree_of_many() -> Result {
        let (index, reading) = (numbers()?, Reading::begin());
        for key in (0..100).map(|number| number * 37 % 100 * 2) {
            insert(&mut index.lock(), key)?;
        }
        for key in (0..100).step_by(3).map(|number| number * 2) {
            let removed = index.lock().remove(&key);
            assert!(removed.is_some());
        }
        for from in 0..200 {
            let expected = (from..200).find(|key| key % 2 == 0 && key % 6 != 0);
            let found = index.view(&reading).lower_bound(&from);
            assert_eq!(
                found.map(|(key, value)| (*key, *value)),
                expected.map(|key| (key, key + 1))
            );
        }
        Ok(())
    }

    #[test]
    fn f22_changes_of_one_hold_are_seen_together() -> Result {
        let (index, reading) = (numbers()?, Reading::begin());
        let find = || index.read(&reading, |view| view.lower_bound(&0).map(|(key, _)| *key));
        let mut locked = index.lock();
        assert_eq!(find(), Some(None));
        insert(&mut locked, 5)?;
        assert_eq!(find(), None);
        insert(&mut locked, 3)?;
        assert_eq!(find(), None);
        drop(locked);
        assert_eq!(find(), Some(Some(3)));
        Ok(())
    }

    #[test]
    fn f22_change_during_a_look_up_is_noticed() -> Result {
        let (index, reading) = (numbers()?, Reading::begin());
        let while_reading = |change: &dyn Fn() -> Result| {
            let result = index.read(&reading, |_| change());
            Ok::<_, Error>(result.transpose()?.is_some())
        };
        assert!(while_reading(&|| Ok(()))?);
        assert!(!while_reading(&|| insert(&mut index.lock(), 5))?);
        assert!(while_reading(&|| {
            index.lock();
            Ok(())
        })?);
        Ok(())
    }
}
