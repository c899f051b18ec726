//! Hostile input by command: as many inputs as wanted, for as long as wanted.

use std::process::ExitCode;

use clap::Parser;
use roadbook_tests::fuzz::{self, Target};

/// Runs what reads bytes of strangers on bytes that were made from good ones.
#[derive(Parser)]
#[command(name = "fuzz")]
struct Arguments {
    /// The targets: frame, exchange, guard, token, import; without any, all of them.
    targets: Vec<Target>,

    /// How many inputs each target is given.
    #[arg(long, default_value_t = 2_000)]
    runs: u64,

    /// The seed of the first round.
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// How many rounds, each on the next seed.
    #[arg(long, default_value_t = 1)]
    rounds: u64,

    /// A file whose bytes are the only input.
    #[arg(long)]
    input: Option<std::path::PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let targets = if arguments.targets.is_empty() { Target::ALL.to_vec() } else { arguments.targets.clone() };
    // A panic is caught and told with its input; its own message would stand in between.
    std::panic::set_hook(Box::new(|_| {}));
    let mut good = true;
    for target in targets {
        good &= match &arguments.input {
            Some(file) => one(target, file),
            None => (0..arguments.rounds).all(|round| run(target, arguments.seed + round, arguments.runs)),
        };
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn one(target: Target, file: &std::path::Path) -> bool {
    let tried = std::fs::read(file).map_err(Into::into).and_then(|input| fuzz::try_one(target, &input));
    if let Err(failure) = &tried {
        eprintln!("{target}: {failure}");
    }
    tried.is_ok()
}

fn run(target: Target, seed: u64, runs: u64) -> bool {
    match fuzz::run(target, seed, runs) {
        Ok(Ok(tally)) => {
            println!("{target}, seed {seed}: {} taken, {} refused", tally.taken, tally.refused);
            true
        }
        Ok(Err(found)) => {
            let name = format!("{target}-{seed}.bin");
            eprintln!(
                "{target}, seed {seed}: {}\n  its {} bytes are in {name}",
                found.what,
                found.input.len()
            );
            drop(std::fs::write(name, found.input));
            false
        }
        Err(failure) => {
            eprintln!("{target}: {failure}");
            false
        }
    }
}
