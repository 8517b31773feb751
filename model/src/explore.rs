// SPDX-License-Identifier: GPL-2.0

//! Runs a scenario under many schedules: systematically, at random, and by priorities.

use crate::sys::world;
use shuttle::{
    scheduler::{
        DfsScheduler,
        PctScheduler,
        RandomScheduler,
        Schedule,
        Scheduler,
        Task,
        TaskId, //
    },
    Config,
    MaxSteps,
    Runner, //
};
use std::{
    cell::Cell,
    rc::Rc, //
};

/// Enough for any scenario. A thread that takes more steps loops.
const MOST_STEPS: usize = 20_000;
/// The most schedules of one round of the systematic search. A brief run takes a part of them.
const MOST_SYSTEMATIC: usize = 50_000;
/// No new round begins after this many schedules. A brief run takes a part of them.
const ENOUGH_SYSTEMATIC: usize = 5_000;
/// Schedules of each kind of sampling. A brief run takes a part of them.
const SAMPLES: usize = 1_000;
/// How many times less a brief run does.
const BRIEF: usize = 5;
/// The first seed, which is fixed so that a run can be repeated.
const SEED: u64 = 0x6e74_6576_656e_7400;
/// How many changes of priority the sampling by priorities makes.
const DEPTH: usize = 3;

/// `whole`, or a part of it with NTEVENT_BRIEF=y in the environment.
fn full_or_brief(whole: usize) -> usize {
    match std::env::var("NTEVENT_BRIEF").as_deref() {
        Ok("y") => whole / BRIEF,
        _ => whole,
    }
}

/// Runs `scenario`, whose threads are those of [`shuttle::thread`], under
///
/// - all schedules without preemption, all with at most one, and so on, as far as the limits allow;
/// - a thousand random schedules, where any thread may take each step;
/// - a thousand schedules in which the threads have priorities that change at a few moments.
///
/// A preemption is a switch away from a thread that could run on and did not yield.
#[track_caller]
pub(crate) fn explore(scenario: fn()) {
    for preemptions in 0.. {
        let is_limited = Rc::new(Cell::new(false));
        let search = FewPreemptions::new(preemptions, Rc::clone(&is_limited));
        let schedules = run(search, false, scenario);
        let is_complete = schedules < full_or_brief(MOST_SYSTEMATIC);
        let all = if is_complete { "all" } else { "the first" };
        if !is_limited.get() {
            println!("{all} {schedules} schedules");
            break;
        }
        println!("{all} {schedules} schedules of at most {preemptions} preemptions");
        if schedules >= full_or_brief(ENOUGH_SYSTEMATIC) {
            break;
        }
    }
    sample(scenario);
}

/// The random part of [`explore`], for a scenario that needs many preemptions.
#[track_caller]
pub(crate) fn sample(scenario: fn()) {
    run(
        RandomScheduler::new_from_seed(SEED, full_or_brief(SAMPLES)),
        true,
        scenario,
    );
    run(
        PctScheduler::new_from_seed(SEED, DEPTH, full_or_brief(SAMPLES)),
        true,
        scenario,
    );
}

#[track_caller]
fn run(scheduler: impl Scheduler + 'static, is_sampling: bool, scenario: fn()) -> usize {
    let mut config = Config::new();
    // Room for a backtrace.
    config.stack_size = 0x2_0000;
    config.max_steps = MaxSteps::FailAfter(MOST_STEPS);
    Runner::new(scheduler, config).run(move || {
        world::reset(is_sampling);
        scenario();
        world::end();
    })
}

/// A depth-first search of the schedules with a limited number of preemptions, as most bugs need
/// few.
struct FewPreemptions {
    inner: DfsScheduler,
    most: usize,
    /// Preemptions in the current schedule.
    count: usize,
    /// Whether the limit has excluded any schedule.
    is_limited: Rc<Cell<bool>>,
}

impl FewPreemptions {
    fn new(most: usize, is_limited: Rc<Cell<bool>>) -> Self {
        Self {
            inner: DfsScheduler::new(Some(full_or_brief(MOST_SYSTEMATIC)), false),
            most,
            count: 0,
            is_limited,
        }
    }
}

impl Scheduler for FewPreemptions {
    fn new_execution(&mut self) -> Option<Schedule> {
        self.count = 0;
        self.inner.new_execution()
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        is_yielding: bool,
    ) -> Option<TaskId> {
        let goes_on = |task: &&&Task| !is_yielding && Some(task.id()) == current;
        let staying = runnable.iter().find(goes_on).map(|task| task.id());
        if staying.is_some() && self.count >= self.most {
            self.is_limited
                .set(self.is_limited.get() || runnable.len() > 1);
            return staying;
        }
        let next = self.inner.next_task(runnable, current, is_yielding);
        if staying.is_some() && next != staying {
            self.count += 1;
        }
        next
    }

    fn next_u64(&mut self) -> u64 {
        self.inner.next_u64()
    }
}
