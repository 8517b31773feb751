// SPDX-License-Identifier: GPL-2.0

//! Runs random sequences of operations on events, on names and on /dev/ntsync. Each operation runs
//! on the device and on a sequential reference model, and the results are compared. The models for
//! events and names follow docs/semantics.md, and the one for /dev/ntsync the mainline driver. A
//! sequence that diverges is shrunk to a minimal replay, which is printed. `--replay` runs it
//! again.

mod asleep;
mod device;
mod fdinfo;
mod generate;
mod model;
mod model_wait;
mod names;
mod names_device;
mod names_generate;
mod names_model;
mod names_numbers;
mod names_run;
mod names_walk;
mod ntsync;
mod ntsync_command;
mod ntsync_device;
mod ntsync_generate;
mod ntsync_model;
mod ntsync_run;
mod ntsync_simpler;
mod ntsync_text;
mod ntsync_wait;
mod operations;
mod run;
mod shrink;
mod sys;
mod waiters;

use generate::{Generator, Profile, Random};
use operations::Operation;
use run::{Bench, Trial};
use shrink::Simpler;
use std::{
    fmt::Display,
    process::ExitCode,
    time::{Instant, SystemTime},
};
use waiters::patience;

const USAGE: &str = "\
usage: random [OPTION]...
  --backend ntevent|ntsync   the device (default ntevent)
  --operations N             how many operations in all (default 20000)
  --seed N                   where to start (default: by the clock)
  --waiters N                threads that block; 0: none does (default 5)
  --replay FILE              run the operations of FILE instead";

/// Operations in a sequence.
const LENGTH: usize = 100;

/// The percentage of sequences about names.
const NAMES: usize = 33;

/// Slots for handles in every sequence about events. A profile uses some of them.
const SLOTS: usize = 80;

struct Options {
    backend: String,
    operations: usize,
    seed: u64,
    waiters: usize,
    replay: Option<String>,
}

fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn options() -> Option<Options> {
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let clock = clock.map_or(1, |now| now.as_nanos() as u64);
    let mut options = Options {
        backend: "ntevent".to_owned(),
        operations: 20_000,
        seed: Random::new(clock).next() >> 32,
        waiters: 5,
        replay: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(option) = words.next() {
        let value = words.next()?;
        match option.as_str() {
            "--backend" => options.backend = value,
            "--operations" => options.operations = number(&value)?.try_into().ok()?,
            "--seed" => options.seed = number(&value)?,
            "--waiters" => options.waiters = number(&value).filter(|n| *n <= 64)? as usize,
            "--replay" => options.replay = Some(value),
            _ => return None,
        }
    }
    Some(options)
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("random: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<ExitCode, String> {
    let text = match &options.replay {
        None => None,
        Some(file) => {
            Some(std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?)
        }
    };
    let failed = |error| format!("/dev/{}: {error}", options.backend);
    sys::make_interruptible();
    match (options.backend.as_str(), text) {
        ("ntevent", text) => {
            let mut bench = Bench::new(options.waiters).map_err(failed)?;
            match text {
                Some(text) => replay_ntevent(&mut bench, &text),
                None => Ok(rounds(options, |seed, length| {
                    ntevent_round(&mut bench, seed, length)
                })),
            }
        }
        ("ntsync", text) => {
            let mut bench = ntsync_run::Bench::new(options.waiters).map_err(failed)?;
            match text {
                Some(text) => replay_ntsync(&mut bench, &text),
                None => Ok(rounds(options, |seed, length| {
                    ntsync_round(&mut bench, seed, length)
                })),
            }
        }
        (other, _) => Err(format!("no backend is called {other}")),
    }
}

/// Runs sequences until there are enough operations or one diverges. `round` runs the sequence of a
/// seed, and returns its number of operations and whether it was good.
fn rounds(options: &Options, mut round: impl FnMut(u64, usize) -> (usize, bool)) -> ExitCode {
    let start = Instant::now();
    let (mut done, mut passed, mut failed) = (0, 0, 0);
    while done < options.operations && failed == 0 {
        let seed = options.seed.wrapping_add(passed);
        let length = LENGTH.min(options.operations - done);
        let (count, good) = round(seed, length);
        done += count;
        passed += u64::from(good);
        failed += u64::from(!good);
    }
    println!(
        "# {done} operations on {}, seed {:#x}, {:.1} s",
        options.backend,
        options.seed,
        start.elapsed().as_secs_f64()
    );
    println!("{passed} passed, {failed} failed");
    ExitCode::from(u8::from(failed != 0))
}

fn ntevent_round(bench: &mut Bench, seed: u64, length: usize) -> (usize, bool) {
    if Random::new(!seed).chance(NAMES) {
        let (sequence, divergence) = random_names(seed, length);
        return report(sequence, seed, divergence, names_run::replay);
    }
    let (sequence, divergence) = random_sequence(bench, seed, length);
    if divergence.is_some() {
        bench.patience = patience(1);
    }
    report(sequence, seed, divergence, |operations| {
        bench.replay(operations, SLOTS)
    })
}

fn ntsync_round(bench: &mut ntsync_run::Bench, seed: u64, length: usize) -> (usize, bool) {
    let (sequence, divergence) = bench.random(seed, length);
    if divergence.is_some() {
        bench.patience = patience(1);
    }
    report(sequence, seed, divergence, |operations| {
        bench.replay(operations)
    })
}

/// Draws a sequence while it runs. Returns the operations, and how they diverged.
fn random_sequence(
    bench: &mut Bench,
    seed: u64,
    length: usize,
) -> (Vec<Operation>, Option<String>) {
    let random = &mut Random::new(seed);
    let profile = Profile::draw(random, bench.waiters.count());
    let mut trial = Trial::new(bench, SLOTS);
    let mut sequence = Vec::new();
    // A wide sequence begins by making the objects, which is not its purpose.
    let length = if profile.wide { length * 2 } else { length };
    for _ in 0..length {
        let mut generator = Generator {
            random,
            profile: &profile,
            model: &trial.model,
        };
        let operation = generator.operation();
        let result = trial.step(&operation);
        sequence.push(operation);
        if let Err(how) = result {
            return (sequence, Some(how));
        }
    }
    (sequence, trial.finish().err())
}

/// As [`random_sequence`], with operations on names.
fn random_names(seed: u64, length: usize) -> (Vec<names::Operation>, Option<String>) {
    let random = &mut Random::new(seed);
    let mut sequence = Vec::new();
    let mut trial = match names_run::Trial::new() {
        Ok(trial) => trial,
        Err(how) => return (sequence, Some(how)),
    };
    for _ in 0..length {
        let mut generator = names_generate::Generator {
            random,
            model: &trial.model,
        };
        let operation = generator.operation();
        let result = trial.step(&operation);
        sequence.push(operation);
        if let Err(how) = result {
            return (sequence, Some(how));
        }
    }
    (sequence, None)
}

/// The result of a replay. The error is the number of the operation that diverged, and how.
type Replayed = Result<(), (usize, String)>;

/// Shrinks a sequence that diverged and prints the replay. Returns its length, and whether it was
/// good.
fn report<T: Simpler + Clone + Display>(
    sequence: Vec<T>,
    seed: u64,
    divergence: Option<String>,
    mut replay: impl FnMut(&[T]) -> Replayed,
) -> (usize, bool) {
    let count = sequence.len();
    let Some(how) = divergence else {
        return (count, true);
    };
    println!(
        "# the sequence of seed {seed:#x} diverges at operation {}: {how}",
        sequence.len()
    );
    let mut shortest = sequence.clone();
    if replay(&sequence).is_err() {
        shortest = shrink::shrink(sequence, |candidate| replay(candidate).is_err());
    } else {
        println!("# a replay of it does not diverge; here is all of it");
    }
    if let Err((index, how)) = replay(&shortest) {
        println!(
            "# shrunk to {} operations; the last diverging is number {}: {how}",
            shortest.len(),
            index + 1
        );
    }
    println!("# --- replay");
    for operation in &shortest {
        println!("{operation}");
    }
    println!("# --- end");
    (count, false)
}

/// The lines of a replay without comments.
fn lines(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

fn replay_ntsync(bench: &mut ntsync_run::Bench, text: &str) -> Result<ExitCode, String> {
    let lines = lines(text);
    let operations = lines.iter().copied().map(ntsync_text::parse);
    let operations = operations.collect::<Result<Vec<_>, _>>()?;
    let waiters = bench.waiters.count();
    require_fit(&operations, |operation| {
        operation.fits(ntsync_run::SLOTS, waiters)
    })?;
    Ok(replayed(&lines, bench.replay(&operations)))
}

fn replay_ntevent(bench: &mut Bench, text: &str) -> Result<ExitCode, String> {
    let lines = lines(text);
    // A replay that is not about names is about events.
    let names: Result<Vec<_>, _> = lines.iter().copied().map(names::parse).collect();
    let result = match names {
        Ok(operations) => {
            require_fit(&operations, |operation| operation.fits(names_run::SLOTS))?;
            names_run::replay(&operations)
        }
        Err(_) => {
            let operations = lines.iter().copied().map(operations::parse);
            let operations = operations.collect::<Result<Vec<_>, _>>()?;
            let waiters = bench.waiters.count();
            require_fit(&operations, |operation| operation.fits(SLOTS, waiters))?;
            bench.replay(&operations, SLOTS)
        }
    };
    Ok(replayed(&lines, result))
}

/// Prints the result of a replay.
fn replayed(lines: &[&str], result: Replayed) -> ExitCode {
    if let Err((index, how)) = &result {
        let operation = lines.get(*index).unwrap_or(&"the end");
        println!("# diverges at operation {}, {operation}: {how}", index + 1);
    }
    println!("# replay of {} operations", lines.len());
    let failed = u8::from(result.is_err());
    println!("{} passed, {failed} failed", 1 - failed);
    ExitCode::from(failed)
}

fn require_fit<T: Display>(operations: &[T], fits: impl Fn(&T) -> bool) -> Result<(), String> {
    match operations.iter().find(|operation| !fits(operation)) {
        Some(operation) => Err(format!("too few slots or waiters for: {operation}")),
        None => Ok(()),
    }
}
