//! The simulation by command: as many seeds as wanted, and one seed again.

use std::ops::Range;
use std::process::ExitCode;

use clap::Parser;
use cpu_time::ProcessTime;
use roadbook_tests::merge;
use roadbook_tests::sim::{Firm, Report, run_seed};

/// Runs the simulation: the real server and real phones on each seed, and, for each seed, twenty of the
/// smaller simulations of merging.
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
    #[arg(long, default_value_t = 20)]
    merges: u64,
}

/// As many as fit into the time that tests may take.
const STEPS: usize = 50;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if std::env::var("RUST_LOG").is_ok() {
        tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).init();
    }
    let merging = ProcessTime::now();
    for seed in arguments.seeds.start * arguments.merges..arguments.seeds.end * arguments.merges {
        if let Err(failure) = merge::run(seed) {
            eprintln!("merging, seed {seed}\n  {failure}");
            return ExitCode::FAILURE;
        }
    }
    let merging = merging.elapsed();
    let running = ProcessTime::now();
    let firm = match Firm::prepare() {
        Ok(firm) => firm,
        Err(failure) => {
            eprintln!("the firm cannot be prepared\n  {failure}");
            return ExitCode::FAILURE;
        }
    };
    let mut failed = 0;
    for seed in arguments.seeds.clone() {
        if let Err(report) = held(&firm, seed, arguments.steps) {
            failed += 1;
            tell(&report, arguments.steps);
        }
    }
    let running = running.elapsed();
    let count = arguments.seeds.end - arguments.seeds.start;
    println!(
        "{} runs of merging in {:.1} s of processor time",
        count * arguments.merges,
        merging.as_secs_f64()
    );
    println!(
        "{count} runs of {} transitions in {:.1} s of processor time, {failed} failed",
        arguments.steps,
        running.as_secs_f64()
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a seed, and one in a hundred again: the same must happen.
fn held(firm: &Firm, seed: u64, steps: usize) -> Result<(), Report> {
    let once = run_seed(firm, seed, steps)?;
    if seed.is_multiple_of(100) {
        let again = run_seed(firm, seed, steps)?;
        if once != again {
            return Err(Report::of_chance(seed));
        }
    }
    Ok(())
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

fn range(text: &str) -> Result<Range<u64>, String> {
    let number = |text: &str| text.parse::<u64>().map_err(|error| error.to_string());
    match text.split_once("..") {
        Some((from, to)) => Ok(number(from)?..number(to)?),
        None => number(text).map(|one| one..one + 1),
    }
}
