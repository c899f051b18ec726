//! The simulation by command: as many seeds as wanted, and one seed again.

use std::ops::Range;
use std::process::ExitCode;

use clap::Parser;
use cpu_time::ProcessTime;
use roadbook_tests::merge;
use roadbook_tests::model::World;
use roadbook_tests::sim::{Ending, Firm, Report, Tally, folder, run, run_seed, transitions};

/// Runs the simulation: the real server and real phones on each seed, and, for each seed, some of the
/// smaller simulations: of merging, and of sessions with a server in memory.
#[derive(Parser)]
#[command(name = "simulate")]
struct Arguments {
    /// The seeds: A..B, or one seed.
    #[arg(long, value_parser = range, default_value = "0..1000")]
    seeds: Range<u64>,

    /// How many transitions a run has.
    #[arg(long, default_value_t = STEPS)]
    steps: usize,

    /// How many runs of merging go with each seed.
    #[arg(long, default_value_t = 15)]
    merges: u64,

    /// How many runs of sessions with a server in memory go with each seed.
    #[arg(long, default_value_t = 5)]
    sessions: u64,

    /// Ends at the first seed that fails, and does not look for the shortest run that does.
    #[arg(long)]
    first: bool,
}

/// As many steps as fit into the time that tests may take.
const STEPS: usize = 50;
/// The same for sessions: what goes wrong in a session goes wrong within a few steps of many seeds.
const SESSION_STEPS: u32 = 8;
/// Among so many seeds everything that the laws speak of happens.
const MEANT_TO_TRY_ALL: u64 = 300;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if std::env::var("RUST_LOG").is_ok() {
        tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).init();
    }
    let each = |count: u64| arguments.seeds.start * count..arguments.seeds.end * count;
    let small = small("merging", each(arguments.merges), |seed| merge::run(seed).map_err(|f| f.to_string()))
        && small("sessions", each(arguments.sessions), session);
    if !small {
        return ExitCode::FAILURE;
    }
    let running = ProcessTime::now();
    let firm = match Firm::prepare() {
        Ok(firm) => firm,
        Err(failure) => {
            eprintln!("the firm cannot be prepared\n  {failure}");
            return ExitCode::FAILURE;
        }
    };
    let (mut failed, mut tally) = (0, Tally::default());
    for seed in arguments.seeds.clone() {
        if arguments.first {
            match run(&firm, seed, &transitions(seed, arguments.steps)) {
                Ok(ending) => tally.add(&ending.tally),
                Err((done, failure)) => {
                    eprintln!("seed {seed}, after {done} transitions\n  {failure}");
                    return ExitCode::FAILURE;
                }
            }
            continue;
        }
        match held(&firm, seed, arguments.steps) {
            Ok(ending) => tally.add(&ending.tally),
            Err(report) => {
                failed += 1;
                tell(&report, arguments.steps);
            }
        }
    }
    let running = running.elapsed();
    let count = arguments.seeds.end - arguments.seeds.start;
    println!(
        "{count} runs of {} transitions in {:.1} s of processor time, {failed} failed",
        arguments.steps,
        running.as_secs_f64()
    );
    let told: Vec<_> = tally.counts().map(|(what, times)| format!("{times} {what}")).collect();
    println!("what happened: {}", told.join(", "));
    let untried: Vec<_> = tally.counts().filter(|(_, times)| *times == 0).map(|(what, _)| what).collect();
    let lacks = !arguments.first && !untried.is_empty() && count >= MEANT_TO_TRY_ALL;
    if lacks {
        eprintln!("never tried, so that the laws about it prove nothing: {}", untried.join(", "));
    }
    if failed == 0 && !lacks { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs many small seeds until one fails, and tells how it went.
fn small(what: &str, seeds: Range<u64>, run: impl Fn(u64) -> Result<(), String>) -> bool {
    let start = ProcessTime::now();
    let count = seeds.end - seeds.start;
    for seed in seeds {
        if let Err(failure) = run(seed) {
            eprintln!("{what}, seed {seed}\n  {failure}");
            return false;
        }
    }
    println!("{count} runs of {what} in {:.1} s of processor time", start.elapsed().as_secs_f64());
    true
}

fn session(seed: u64) -> Result<(), String> {
    let folder = folder().map_err(|failure| failure.to_string())?;
    World::run(seed, SESSION_STEPS, folder.path()).map(drop)
}

/// Runs a seed, and one in a hundred again: the same must happen.
fn held(firm: &Firm, seed: u64, steps: usize) -> Result<Ending, Report> {
    let once = run_seed(firm, seed, steps)?;
    if seed.is_multiple_of(100) {
        let again = run_seed(firm, seed, steps)?;
        if once != again {
            return Err(Report::of_chance(seed));
        }
    }
    Ok(once)
}

fn tell(report: &Report, steps: usize) {
    eprintln!("seed {}\n  {}", report.seed, report.failure);
    eprintln!("  after these {} transitions:", report.transitions.len());
    for transition in &report.transitions {
        eprintln!("    {transition:?}");
    }
    let seed = report.seed;
    eprintln!("  again: cargo run -p roadbook-tests --bin simulate -- --seeds {seed} --steps {steps}\n");
}

/// Seeds have 32 bits, so that each may have many smaller ones with it.
fn range(text: &str) -> Result<Range<u64>, String> {
    let number = |text: &str| text.parse::<u32>().map(u64::from).map_err(|error| error.to_string());
    let range = match text.split_once("..") {
        Some((from, to)) => number(from)?..number(to)?,
        None => number(text).map(|one| one..one + 1)?,
    };
    if range.is_empty() { Err("no seed is in it; the first comes first".into()) } else { Ok(range) }
}
