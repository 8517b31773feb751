// SPDX-License-Identifier: GPL-2.0

//! Random sequences of operations on events, and of operations on names, on the device and on
//! sequential reference models of docs/semantics.md, compared after every operation. A sequence that diverges is shrunk to a
//! minimal replay, which is printed; `--replay` runs it again.

mod backend;
mod backend_ntevent;
mod backend_ntsync;
mod fdinfo;
mod generate;
mod model;
mod model_wait;
mod names;
mod names_device;
mod names_generate;
mod names_model;
mod names_run;
mod names_walk;
mod operations;
mod run;
mod shrink;
mod sys;
mod waiters;

use backend::Backend;
use generate::{Generator, Profile, Random};
use operations::Operation;
use run::{Bench, Trial};
use shrink::Simpler;
use std::{
    fmt::Display,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

const USAGE: &str = "\
usage: random [OPTION]...
  --backend ntevent|ntsync   the device (default ntevent)
  --operations N             how many operations in all (default 20000)
  --seed N                   where to start (default: by the clock)
  --waiters N                threads that block; 0: none does (default 5)
  --replay FILE              run the operations of FILE instead";

/// Operations in a sequence.
const LENGTH: usize = 100;

/// Sequences in a hundred that are about names.
const NAMES: usize = 33;

/// Slots for handles, in every sequence about events; a profile uses some of them.
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
    let opened: std::io::Result<Arc<dyn Backend>> = match options.backend.as_str() {
        "ntevent" => backend_ntevent::Ntevent::open().map(|device| Arc::new(device) as _),
        "ntsync" => backend_ntsync::Ntsync::open().map(|device| Arc::new(device) as _),
        other => return Err(format!("no backend is called {other}")),
    };
    let backend = opened.map_err(|error| format!("/dev/{}: {error}", options.backend))?;
    sys::make_interruptible();
    let mut bench = Bench::new(backend, options.waiters).map_err(|error| error.to_string())?;
    if let Some(file) = &options.replay {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        return replay(&mut bench, &text);
    }
    let has_names = bench.backend.rules().is_nt;
    let start = Instant::now();
    let (mut done, mut passed, mut failed) = (0, 0, 0);
    while done < options.operations && failed == 0 {
        let seed = options.seed.wrapping_add(passed);
        let length = LENGTH.min(options.operations - done);
        let (count, good) = if has_names && Random::new(!seed).chance(NAMES) {
            let (sequence, divergence) = random_names(seed, length);
            let count = sequence.len();
            let good = divergence.is_none();
            report(sequence, seed, divergence, names_run::replay);
            (count, good)
        } else {
            let (sequence, divergence) = random_sequence(&mut bench, seed, length);
            let count = sequence.len();
            let good = divergence.is_none();
            if !good {
                bench.patience = Duration::from_secs(1);
            }
            report(sequence, seed, divergence, |operations| {
                bench.replay(operations, SLOTS)
            });
            (count, good)
        };
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
    Ok(ExitCode::from(u8::from(failed != 0)))
}

/// Draws a sequence while it runs. What was run, and how it diverged.
fn random_sequence(
    bench: &mut Bench,
    seed: u64,
    length: usize,
) -> (Vec<Operation>, Option<String>) {
    let random = &mut Random::new(seed);
    let is_nt = bench.backend.rules().is_nt;
    let profile = Profile::draw(random, bench.waiters.count(), is_nt);
    let mut trial = Trial::new(bench, SLOTS);
    let mut sequence = Vec::new();
    // In a wide sequence the objects come first, and are not what it is about.
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

/// As [`random_sequence`], of operations on names.
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

/// How a replay went: the number of the operation that diverged, and how.
type Replayed = Result<(), (usize, String)>;

/// Shrinks a sequence that diverged, and prints the replay.
fn report<T: Simpler + Clone + Display>(
    sequence: Vec<T>,
    seed: u64,
    divergence: Option<String>,
    mut replay: impl FnMut(&[T]) -> Replayed,
) {
    let Some(how) = divergence else { return };
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
}

fn replay(bench: &mut Bench, text: &str) -> Result<ExitCode, String> {
    let lines = text.lines().map(str::trim);
    let lines: Vec<_> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    // What is not about names is about events.
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
    if let Err((index, how)) = &result {
        let operation = lines.get(*index).unwrap_or(&"the end");
        println!("# diverges at operation {}, {operation}: {how}", index + 1);
    }
    println!("# replay of {} operations", lines.len());
    let failed = u8::from(result.is_err());
    println!("{} passed, {failed} failed", 1 - failed);
    Ok(ExitCode::from(failed))
}

fn require_fit<T: Display>(operations: &[T], fits: impl Fn(&T) -> bool) -> Result<(), String> {
    match operations.iter().find(|operation| !fits(operation)) {
        Some(operation) => Err(format!("too few slots or waiters for: {operation}")),
        None => Ok(()),
    }
}
