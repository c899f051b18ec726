//! Runs: one seed from beginning to end, again to see that it repeats, and the shortest run that still
//! fails.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::ledger::Tally;
use super::transition::any_run;
use super::{Firm, Simulation, Transition};
use crate::dice::Dice;
use crate::failure::Failure;

/// How many shorter runs are tried to find the shortest that fails.
const MOST_TRIES: usize = 400;

/// A run that failed.
#[derive(Debug)]
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// Its transitions, as few of them as still fail.
    pub transitions: Vec<Transition>,
    /// What was broken.
    pub failure: Failure,
}

impl Report {
    /// A seed that did not do the same twice.
    pub fn of_chance(seed: u64) -> Self {
        let failure = Failure::new("a seed does the same every time", "two transcripts differ");
        Self { seed, transitions: Vec::new(), failure }
    }
}

/// The transitions of a seed.
pub fn transitions(seed: u64, steps: usize) -> Vec<Transition> {
    any_run(&mut Dice::new(seed), steps)
}

/// A run that held every law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The hash of every message and of what all showed in the end.
    pub transcript: [u8; 32],
    /// What the server did.
    pub tally: Tally,
}

/// Runs a seed; how it ended, or what was broken.
///
/// # Errors
/// A law was broken, with the shortest run that breaks one.
pub fn run_seed(firm: &Firm, seed: u64, steps: usize) -> Result<Ending, Report> {
    let transitions = transitions(seed, steps);
    run(firm, seed, &transitions).map_err(|(_, failure)| shrink(firm, seed, transitions, failure))
}

/// Runs transitions on a seed; what was broken, and after how many of them.
///
/// # Errors
/// A law was broken.
pub fn run(firm: &Firm, seed: u64, transitions: &[Transition]) -> Result<Ending, (usize, Failure)> {
    let mut done = 0;
    let running = catch_unwind(AssertUnwindSafe(|| {
        let mut simulation = Simulation::new(firm, seed)?;
        for transition in transitions {
            done += 1;
            simulation.apply(*transition)?;
        }
        let transcript = simulation.rest()?;
        Ok(Ending { transcript, tally: std::mem::take(&mut simulation.ledger.tally) })
    }));
    let ended = running.unwrap_or_else(|panic| Err(Failure::new("nothing panics", said(&*panic))));
    ended.map_err(|failure| (done, failure))
}

/// The shortest run that still fails, as far as leaving out steps finds it.
pub fn shrink(firm: &Firm, seed: u64, transitions: Vec<Transition>, failure: Failure) -> Report {
    let mut report = Report { seed, transitions, failure };
    let mut tries = 0;
    let mut piece = report.transitions.len().div_ceil(2);
    while piece > 0 {
        let mut from = 0;
        while from < report.transitions.len() && tries < MOST_TRIES {
            tries += 1;
            let mut fewer = report.transitions.clone();
            fewer.drain(from..(from + piece).min(fewer.len()));
            match run(firm, seed, &fewer) {
                Err((done, failure)) => {
                    fewer.truncate(done);
                    report = Report { seed, transitions: fewer, failure };
                }
                Ok(_) => from += piece,
            }
        }
        piece = if piece == 1 { 0 } else { piece.div_ceil(2) };
    }
    report
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("something").to_owned()
}
