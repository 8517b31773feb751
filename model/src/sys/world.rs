// SPDX-License-Identifier: GPL-2.0

//! What the model tracks in a run besides the engine's own data: held locks, sleeping threads, and
//! live memory. It checks that the engine keeps its promises:
//!
//! - a second queue is locked only inside wait_all_lock or by trylock, and wait_all_lock comes
//!   before all queues;
//! - locks are dropped in an order that restores the interrupt state;
//! - no thread wakes another, sleeps or allocates with a lock held;
//! - a wait is published once, by a single store, and its publisher does not touch it afterwards;
//! - nothing is used after it is freed.
//!
//! The state belongs to a real thread, on which all threads of one run take turns.

use super::queue::WaitAllLockRef;
use shuttle::{
    current,
    future::batch_semaphore::{
        BatchSemaphore,
        Fairness, //
    },
};
use std::{
    alloc::Layout,
    cell::RefCell,
    collections::{
        HashMap,
        HashSet, //
    },
    ptr::NonNull,
    rc::Rc, //
};

/// How a queue's lock was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Without another lock. It disables interrupts.
    Alone,
    /// Inside wait_all_lock.
    Nested,
    /// By trylock, after one with [`How::Alone`].
    Second,
}

/// A thread of the model.
#[derive(Default)]
struct Thread {
    /// The queues whose lock it holds, by the address of the lock.
    held: Vec<(usize, How)>,
    /// The addresses of the locks that the thread holds and that are taken before queues.
    outer: Vec<usize>,
    /// It is in `publish_and_wake`, before the store.
    is_publishing: bool,
    /// The waits that it has published since it last took a lock.
    published: Vec<u64>,
    /// It has a permit if a wake-up came since the last sleep began.
    wake: Option<Rc<BatchSemaphore>>,
    is_interruptible: bool,
    /// How often preemption is disabled.
    preempt_count: u32,
}

struct World {
    /// The locks that are taken before queues. The keys are their addresses.
    outer: HashMap<usize, Rc<BatchSemaphore>>,
    threads: Vec<Thread>,
    last_id: u64,
    alive: HashSet<u64>,
    published: HashSet<u64>,
    /// Dead memory of blocks, kept until the run is over to notice a late access.
    graves: Vec<(NonNull<u8>, Layout)>,
    is_sampling: bool,
    /// The wait_all_lock of the objects that name no lock.
    default_lock: Option<WaitAllLockRef>,
}

std::thread_local! {
    static WORLD: RefCell<World> = RefCell::new(World::new());
    /// It never has a permit. Trying to get one only lets the scheduler choose.
    static POINT: BatchSemaphore = const { BatchSemaphore::const_new(0, Fairness::StrictlyFair) };
}

impl World {
    fn new() -> Self {
        Self {
            outer: HashMap::new(),
            threads: Vec::new(),
            last_id: 0,
            alive: HashSet::new(),
            published: HashSet::new(),
            graves: Vec::new(),
            is_sampling: false,
            default_lock: None,
        }
    }

    fn me(&mut self) -> &mut Thread {
        self.thread(usize::from(current::me()))
    }

    fn thread(&mut self, index: usize) -> &mut Thread {
        if self.threads.len() <= index {
            self.threads.resize_with(index + 1, Thread::default);
        }
        &mut self.threads[index]
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Only a failed run leaves the lock here. The lock belongs to that run.
        std::mem::forget(self.default_lock.take());
        for (memory, layout) in self.graves.drain(..) {
            // SAFETY: `bury` got it from the allocator with this layout.
            unsafe { std::alloc::dealloc(memory.as_ptr(), layout) };
        }
    }
}

/// The wait_all_lock of the objects that name no lock.
pub(super) fn default_lock() -> WaitAllLockRef {
    if let Some(lock) = with(|world| world.default_lock.clone()) {
        return lock;
    }
    let lock = WaitAllLockRef::new().expect("memory");
    with(|world| world.default_lock.insert(lock).clone())
}

/// Ends a run that has not failed.
pub(crate) fn end() {
    drop(with(|world| world.default_lock.take()));
}

fn with<R>(f: impl FnOnce(&mut World) -> R) -> R {
    WORLD.with_borrow_mut(f)
}

/// Whether the run has failed and is being torn down. Then the rules are off, or a second panic
/// would abort.
pub(super) fn is_over() -> bool {
    std::thread::panicking()
}

/// Stops the run if a promise is broken. Must be called outside [`with`], whose borrow a panic
/// would have to unwind.
#[track_caller]
pub(super) fn demand(kept: bool, promise: &str) {
    assert!(kept || is_over(), "broken promise: {promise}");
}

/// Begins a run. With `is_sampling` it is a random one, which may draw random numbers.
pub(crate) fn reset(is_sampling: bool) {
    let mut fresh = World::new();
    fresh.is_sampling = is_sampling;
    drop(WORLD.replace(fresh));
}

/// Lets the scheduler choose the next thread.
pub(super) fn point() {
    POINT.with(|point| {
        // There is no permit. Only the choice matters.
        let _ = point.try_acquire(1);
    });
}

/// A number below `end` in a sampled run. 0 in an exhaustive one, where only the scheduler may
/// choose.
pub(super) fn draw(end: u64) -> u64 {
    use shuttle::rand::Rng;
    if with(|world| world.is_sampling) {
        shuttle::rand::thread_rng().gen_range(0..end)
    } else {
        0
    }
}

/// Allows Unix signals to the calling thread while it sleeps.
pub(crate) fn let_interrupt() {
    with(|world| world.me().is_interruptible = true);
}

pub(super) fn is_interruptible() -> bool {
    with(|world| world.me().is_interruptible)
}

// Live memory.

/// A new id.
pub(super) fn born() -> u64 {
    with(|world| {
        world.last_id += 1;
        world.alive.insert(world.last_id);
        world.last_id
    })
}

pub(super) fn died(id: u64) {
    let was_alive = with(|world| world.alive.remove(&id));
    demand(was_alive, "nothing is dropped twice");
}

/// Records a use of the memory with this id.
pub(super) fn touch(id: u64) {
    let (is_alive, is_given_up) = with(|world| {
        let is_alive = world.alive.contains(&id);
        (is_alive, world.me().published.contains(&id))
    });
    demand(is_alive, "nothing is touched that is gone");
    demand(
        !is_given_up,
        "a wait is not touched by its publisher after it is published",
    );
}

/// Keeps memory with dead contents until the run is over.
pub(super) fn bury(memory: NonNull<u8>, layout: Layout) {
    with(|world| world.graves.push((memory, layout)));
}

// Held locks.

/// Checks before locking that the calling thread may lock the queue at this address in this way.
pub(super) fn may_lock(address: usize, how: How) {
    let (held, has_outer) = with(|world| {
        let me = world.me();
        me.published.clear();
        (me.held.clone(), !me.outer.is_empty())
    });
    let is_mine = held.iter().any(|(lock, _)| *lock == address);
    match how {
        How::Alone => demand(
            held.is_empty(),
            "a second queue is locked under wait_all_lock or by trying",
        ),
        How::Nested => {
            demand(has_outer, "wait_all_lock is held by who locks under it");
            demand(!is_mine, "nobody locks a queue that it holds");
            let all_nested = held.iter().all(|(_, how)| *how == How::Nested);
            demand(
                all_nested,
                "under wait_all_lock, all queues are locked under it",
            );
        }
        How::Second => {
            let is_second = |(_, how): &(_, How)| *how == How::Second;
            let follows = matches!(held.as_slice(), [(_, How::Alone), others @ ..] if others.iter().all(is_second));
            demand(
                follows,
                "the lock of a second queue is tried while a first one is locked alone",
            );
        }
    }
}

/// Records that the calling thread has locked a queue.
pub(super) fn locked(address: usize, how: How) {
    with(|world| world.me().held.push((address, how)));
}

/// Records that it is about to unlock it, and whether that `restores` the interrupt state.
pub(super) fn unlocking(address: usize, restores: bool) {
    let (how, is_under_other) = with(|world| {
        let held = &mut world.me().held;
        let at = held.iter().position(|(lock, _)| *lock == address);
        let how = at.map(|at| held.remove(at).1);
        (how, held.iter().any(|(_, how)| *how == How::Second))
    });
    demand(how.is_some(), "who unlocks a queue holds it");
    demand(
        restores == (how == Some(How::Alone)),
        "interrupts are restored by who disabled them",
    );
    demand(
        !restores || !is_under_other,
        "the second guard goes before the first",
    );
}

/// Whether the calling thread holds the queue at this address.
pub(super) fn holds(address: usize) -> bool {
    with(|world| world.me().held.iter().any(|(lock, _)| *lock == address))
}

/// Checks that the calling thread holds no lock.
#[track_caller]
pub(super) fn demand_no_lock(promise: &str) {
    let is_free = with(|world| world.me().held.is_empty() && world.me().outer.is_empty());
    demand(is_free, promise);
}

fn outer_at(address: usize) -> Rc<BatchSemaphore> {
    with(|world| {
        world.me().published.clear();
        let free = || Rc::new(BatchSemaphore::new(1, Fairness::StrictlyFair));
        Rc::clone(world.outer.entry(address).or_insert_with(free))
    })
}

/// Takes the lock at this address. Such a lock is taken before queues.
pub(super) fn lock_outer(address: usize) {
    let is_free = with(|world| world.me().held.is_empty());
    demand(is_free, "a wait_all_lock comes before all queues");
    // It fails only while a failed run is torn down.
    let _ = outer_at(address).acquire_blocking(1);
    with(|world| world.me().outer.push(address));
}

/// Drops the lock at this address.
pub(super) fn unlock_outer(address: usize) {
    let is_free = with(|world| world.me().held.is_empty());
    demand(
        is_free,
        "queues locked under wait_all_lock are unlocked before it",
    );
    with(|world| world.me().outer.retain(|held| *held != address));
    outer_at(address).release(1);
}

/// Whether the calling thread holds the lock at this address.
pub(super) fn holds_outer(address: usize) -> bool {
    with(|world| world.me().outer.contains(&address))
}

// Published waits and wake-ups.

/// Runs `publish`, which must store to one atomic variable.
pub(super) fn publishing(publish: impl FnOnce()) {
    demand_no_lock("nobody is woken with a lock held");
    with(|world| world.me().is_publishing = true);
    publish();
    let is_unstored = with(|world| world.me().is_publishing);
    demand(!is_unstored, "to publish is to store");
}

/// Records a store.
pub(super) fn stored(id: u64) {
    let is_first = with(|world| {
        if !std::mem::take(&mut world.me().is_publishing) {
            return true;
        }
        world.me().published.push(id);
        world.published.insert(id)
    });
    demand(is_first, "a wait is published once");
}

/// Changes how often the calling thread has disabled preemption.
pub(super) fn change_preempt_count(change: impl FnOnce(u32) -> u32) {
    with(|world| {
        let depth = &mut world.me().preempt_count;
        *depth = change(*depth);
    });
}

/// Checks that the calling thread may sleep, as an allocation may.
#[track_caller]
pub(super) fn demand_may_sleep() {
    demand_no_lock("nobody sleeps or allocates with a lock held");
    let is_free = with(|world| world.me().preempt_count == 0);
    demand(
        is_free,
        "nobody sleeps or allocates who must stay on its CPU",
    );
}

/// What the calling thread sleeps on, without earlier wake-ups.
pub(super) fn begin_sleep() -> Rc<BatchSemaphore> {
    demand_may_sleep();
    with(|world| {
        let wake = world.me().wake.take();
        let fresh = || Rc::new(BatchSemaphore::new(0, Fairness::StrictlyFair));
        let wake = wake
            .filter(|wake| wake.available_permits() == 0)
            .unwrap_or_else(fresh);
        Rc::clone(world.me().wake.insert(wake))
    })
}

/// Wakes a thread that sleeps or is about to.
pub(super) fn wake(thread: usize) {
    let wake = with(|world| world.thread(thread).wake.clone());
    match wake {
        Some(wake) if wake.available_permits() == 0 => wake.release(1),
        _ => point(),
    }
}
