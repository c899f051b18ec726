//! Hostile input: targets that read bytes of strangers, and a mutator that makes such bytes from good ones.
//!
//! It is a small fuzzer without instrumentation, so that it runs on the stable compiler and as a step of
//! `tests/run`. A run is named by target, seed and number: the same bytes on every machine.

mod corpus;
mod mutation;
mod target;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::dice::{Dice, seed_of};
use crate::failure::Failure;
pub use target::Target;

/// Bytes that broke a promise.
#[derive(Debug)]
pub struct Found {
    /// The bytes.
    pub input: Vec<u8>,
    /// What happened.
    pub what: String,
}

/// Runs a target on so many inputs made from its corpus; stops at the first that breaks a promise.
///
/// # Errors
/// The corpus cannot be made.
pub fn run(target: Target, seed: u64, runs: u64) -> Result<Result<Tally, Found>, Failure> {
    let mut stage = target.stage()?;
    let corpus = corpus::of(target)?;
    let mut tally = Tally::default();
    for number in 0..runs {
        let mut dice = Dice::new(seed_of(seed, number));
        // First the corpus as it is: mutations of what is refused anyway find nothing.
        let input = match usize::try_from(number).ok().and_then(|number| corpus.get(number)) {
            Some(good) => good.clone(),
            None => mutation::mutated(&corpus, &mut dice),
        };
        match tried(&mut stage, &input) {
            Ok(true) => tally.taken += 1,
            Ok(false) => tally.refused += 1,
            Err(what) => return Ok(Err(Found { input, what })),
        }
    }
    Ok(Ok(tally))
}

/// Runs a target on one input.
///
/// # Errors
/// What the input broke, or that the target cannot be set up.
pub fn try_one(target: Target, input: &[u8]) -> Result<(), Failure> {
    let mut stage = target.stage()?;
    tried(&mut stage, input)
        .map(drop)
        .map_err(|what| Failure::new(format!("{target} refuses or takes"), what))
}

/// The inputs that broke something once, and must not again.
///
/// # Errors
/// They cannot be read.
pub fn regressions(target: Target) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/fuzz").join(target.to_string());
    let mut inputs = Vec::new();
    if !folder.is_dir() {
        return Ok(inputs);
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        inputs.push((path.clone(), std::fs::read(path)?));
    }
    inputs.sort();
    Ok(inputs)
}

/// How many inputs were taken, and how many refused: a corpus of which nothing is taken proves nothing.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Inputs that were good, or good enough.
    pub taken: u64,
    /// Inputs that were refused.
    pub refused: u64,
}

fn tried(stage: &mut target::Stage, input: &[u8]) -> Result<bool, String> {
    let tried = catch_unwind(AssertUnwindSafe(|| stage.try_input(input)));
    tried.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or(panic.downcast_ref::<&str>().copied());
        Err(format!("panics: {}", text.unwrap_or("without words")))
    })
}
