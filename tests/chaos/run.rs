//! Runs, one after another.

use std::time::{Duration, Instant};

use clap::Args;
use roadbook_tests::dice::{Dice, seed_of};
use roadbook_tests::failure::Failure;
use roadbook_tests::sim::{Firm, folder};

use super::faults::{self, Fault};
use super::office::Office;
use super::verdict::{self, Tally};

/// Which runs, and how many.
#[derive(Args)]
pub struct RunConfig {
    /// How many runs
    #[arg(long, default_value_t = 1)]
    runs: u64,
    /// The seed of the first run; the next ones follow. It draws faults and edits, but the system's
    /// scheduler has its own mind: a seed that failed may pass
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The kinds of faults
    #[arg(long, value_enum, value_delimiter = ',', default_value = "cut,pause,kill,restore")]
    faults: Vec<Fault>,
    /// How long faults happen in a run, in seconds
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How many phones; else 5 and 10 by turns
    #[arg(long)]
    phones: Option<u8>,
    /// How many edits a second all phones make together; else 10, 20 and 40 by turns
    #[arg(long)]
    rate: Option<f64>,
}

/// How large a run is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// How many phones.
    pub phones: u8,
    /// How many edits a second all of them make together.
    pub rate: f64,
}

/// Plays the runs, and tells of each; a run that breaks a law does not end the others.
///
/// # Errors
/// At least one run broke a law.
pub fn all(config: &RunConfig) -> Result<(), Failure> {
    let firm = Firm::prepare()?;
    let (mut failed, mut edits, mut faults) = (0, 0, 0);
    for (turn, seed) in (config.seed..).take(usize::try_from(config.runs)?).enumerate() {
        let size = Size {
            phones: config.phones.unwrap_or([5, 10][turn % 2]),
            rate: config.rate.unwrap_or([10.0, 20.0, 40.0][turn % 3]),
        };
        match one(&firm, config, size, seed) {
            Ok((count, Tally { made, stored, rest })) => {
                edits += made;
                faults += count;
                println!(
                    "run {seed}: {} phones, {} edits/s, {count} faults, {made} edits, {stored} changes, equal \
                     after {:.1} s",
                    size.phones,
                    size.rate,
                    rest.as_secs_f32()
                );
            }
            Err(failure) => {
                failed += 1;
                println!("run {seed}: {size:?} FAILED: {failure}");
            }
        }
    }
    println!("{} runs of {:?}, {faults} faults, {edits} edits: {failed} failed", config.runs, config.faults);
    if failed > 0 {
        return Err(Failure::new("every run holds the laws", format!("{failed} did not")));
    }
    Ok(())
}

fn one(firm: &Firm, config: &RunConfig, size: Size, seed: u64) -> Result<(u32, Tally), Failure> {
    let folder = folder()?;
    let mut dice = Dice::new(seed_of(seed, 0));
    let mut office = Office::open(firm, folder.path(), size, seed)?;
    let end = Instant::now() + Duration::from_secs(config.seconds);
    let count = faults::happen(&mut office, &config.faults, &mut dice, end)?;
    Ok((count, verdict::judge(&mut office)?))
}
