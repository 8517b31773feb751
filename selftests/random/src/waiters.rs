// SPDX-License-Identifier: GPL-2.0

//! The threads that block. Each enters a wait when it is told to, and leaves its result for the
//! driver. Also the watchdog, which interrupts the driver if it blocks itself.

use crate::sys;
use std::{
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc::{channel, Sender},
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
    },
    thread,
    time::{Duration, Instant},
};

struct Results<R> {
    /// The result of each waiter that has returned.
    outcomes: Mutex<Vec<Option<R>>>,
    arrived: Condvar,
}

impl<R> Results<R> {
    fn lock(&self) -> MutexGuard<'_, Vec<Option<R>>> {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Waiter<W> {
    commands: Sender<W>,
    tid: i32,
    /// It was told to wait, and its result has not been fetched.
    busy: bool,
}

/// Threads that enter waits `W` and return results `R`.
pub struct Waiters<W, R> {
    waiters: Vec<Waiter<W>>,
    results: Arc<Results<R>>,
}

/// What a thread does with a wait.
type Enter<W, R> = Arc<dyn Fn(&W) -> R + Send + Sync>;

impl<W: Send + 'static, R: Copy + Send + 'static> Waiters<W, R> {
    pub fn start(count: usize, enter: impl Fn(&W) -> R + Send + Sync + 'static) -> Self {
        let enter: Enter<W, R> = Arc::new(enter);
        let results = Arc::new(Results {
            outcomes: Mutex::new(vec![None; count]),
            arrived: Condvar::new(),
        });
        let waiters = (0..count)
            .map(|index| start_thread(enter.clone(), results.clone(), index))
            .collect();
        Self { waiters, results }
    }

    pub fn count(&self) -> usize {
        self.waiters.len()
    }

    pub fn tid(&self, waiter: u8) -> i32 {
        self.waiters[usize::from(waiter)].tid
    }

    /// Sends an idle waiter into a wait.
    pub fn enter(&mut self, waiter: u8, wait: W) {
        let waiter = &mut self.waiters[usize::from(waiter)];
        waiter.busy = true;
        waiter.commands.send(wait).expect("waiters do not end");
    }

    pub fn has_returned(&self, waiter: u8) -> bool {
        self.results.lock()[usize::from(waiter)].is_some()
    }

    /// A waiter that has returned but was not asked for its result.
    pub fn any_returned(&self) -> Option<(u8, R)> {
        let results = self.results.lock();
        let found = (0u8..).zip(results.iter());
        found
            .filter_map(|(waiter, outcome)| Some((waiter, (*outcome)?)))
            .next()
    }

    /// The result of the waiter, or none if it has not returned after `patience`.
    pub fn result(&mut self, waiter: u8, patience: Duration) -> Option<R> {
        self.result_beside(waiter, patience, |_| true)
    }

    /// As [`Self::result`]. Also none if another waiter returns that must not.
    pub fn result_beside(
        &mut self,
        waiter: u8,
        patience: Duration,
        may: impl Fn(u8) -> bool,
    ) -> Option<R> {
        let index = usize::from(waiter);
        let results = self.results.lock();
        let (mut results, _) = self
            .results
            .arrived
            .wait_timeout_while(results, patience, |results| {
                let mut others = (0u8..).zip(results.iter());
                let is_wrong = others.any(|(other, outcome)| outcome.is_some() && !may(other));
                results[index].is_none() && !is_wrong
            })
            .unwrap_or_else(PoisonError::into_inner);
        let outcome = results[index].take();
        self.waiters[index].busy &= outcome.is_none();
        outcome
    }

    pub fn interrupt(&self, waiter: u8) {
        sys::interrupt(self.tid(waiter));
    }

    /// Makes every waiter return. Signals them repeatedly, as a signal may come before the wait.
    pub fn recall(&mut self) {
        for waiter in 0..self.waiters.len() as u8 {
            while self.waiters[usize::from(waiter)].busy {
                self.interrupt(waiter);
                self.result(waiter, Duration::from_millis(2));
            }
        }
    }
}

fn start_thread<W: Send + 'static, R: Send + 'static>(
    enter: Enter<W, R>,
    results: Arc<Results<R>>,
    index: usize,
) -> Waiter<W> {
    let (commands, received) = channel::<W>();
    let (tell_tid, tid) = channel();
    thread::spawn(move || {
        tell_tid.send(sys::gettid()).expect("the starter listens");
        while let Ok(wait) = received.recv() {
            let outcome = enter(&wait);
            results.lock()[index] = Some(outcome);
            results.arrived.notify_all();
        }
    });
    Waiter {
        commands,
        tid: tid.recv().expect("the thread tells its id"),
        busy: false,
    }
}

/// A limit of this many seconds, scaled for this machine. `tools/guest-init` measures how many
/// times slower it is than the one that the limits were made for.
pub fn patience(seconds: u64) -> Duration {
    let slowness = std::env::var("NTEVENT_SLOWNESS").ok();
    let slowness = slowness.and_then(|text| text.parse::<u32>().ok());
    Duration::from_secs(seconds) * slowness.unwrap_or(1).clamp(1, 1000)
}

/// Interrupts the calling thread when the counter stops changing. A call that blocks although it
/// must not then returns EINTR, which diverges.
pub fn watch() -> Arc<AtomicU64> {
    let standstill = patience(8);
    let progress = Arc::new(AtomicU64::new(0));
    let watched = progress.clone();
    let driver = sys::gettid();
    thread::spawn(move || {
        let mut seen = (0, Instant::now());
        loop {
            thread::sleep(Duration::from_millis(500));
            let now = watched.load(Ordering::Relaxed);
            if now != seen.0 {
                seen = (now, Instant::now());
            } else if seen.1.elapsed() > standstill {
                sys::interrupt(driver);
            }
        }
    });
    progress
}
