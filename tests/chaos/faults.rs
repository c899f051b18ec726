//! What goes wrong in a run: one fault after another, each of which ends.

use std::thread;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use roadbook_tests::dice::Dice;
use roadbook_tests::failure::Failure;

use super::office::Office;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Fault {
    /// The line of a phone is cut, or those of all.
    Cut,
    /// A phone or the server is stopped for a while, as by a system that saves power.
    Pause,
    /// A phone or the server is killed, and starts again.
    Kill,
    /// The server is set back to a backup of some moment before.
    Restore,
}

/// Lets faults of these kinds happen until `end`; tells how many.
///
/// # Errors
/// Something fails that no fault explains.
pub fn happen(office: &mut Office, kinds: &[Fault], dice: &mut Dice, end: Instant) -> Result<u32, Failure> {
    let mut count = 0;
    let mut is_backed_up = false;
    while Instant::now() < end {
        thread::sleep(while_of(dice, 100, 700));
        match dice.pick(kinds) {
            Some(Fault::Cut) => cut(office, dice),
            Some(Fault::Pause) => pause(office, dice)?,
            Some(Fault::Kill) => kill(office, dice)?,
            // The first one is the backup that the next ones go back to; later ones are newer now and then.
            Some(Fault::Restore) if !is_backed_up || dice.percent(30) => {
                office.back_up()?;
                is_backed_up = true;
                continue;
            }
            Some(Fault::Restore) => {
                office.set_back()?;
                thread::sleep(while_of(dice, 0, 500));
                office.serve()?;
            }
            None => continue,
        }
        count += 1;
    }
    Ok(count)
}

fn cut(office: &Office, dice: &mut Dice) {
    let lines: Vec<_> = match dice.percent(25) {
        true => office.phones.iter().map(|phone| phone.line.clone()).collect(),
        false => dice.pick(&office.phones).map(|phone| phone.line.clone()).into_iter().collect(),
    };
    lines.iter().for_each(super::line::Line::cut);
    thread::sleep(while_of(dice, 100, 1_500));
    lines.iter().for_each(super::line::Line::mend);
}

fn pause(office: &Office, dice: &mut Dice) -> Result<(), Failure> {
    let phones = office.phones.iter().filter_map(|phone| phone.process.as_ref());
    let mut processes: Vec<_> = phones.collect();
    // The server half of the times: everybody feels it.
    let process = match &office.server {
        Some(server) if dice.percent(50) => server,
        _ => processes.swap_remove(dice.below(processes.len())),
    };
    process.signal("STOP")?;
    thread::sleep(while_of(dice, 100, 1_500));
    process.signal("CONT")
}

fn kill(office: &mut Office, dice: &mut Dice) -> Result<(), Failure> {
    if dice.percent(40) {
        office.server = None;
        thread::sleep(while_of(dice, 0, 800));
        return office.serve();
    }
    let number = dice.below(office.phones.len());
    let phone = &mut office.phones[number];
    phone.process = None;
    thread::sleep(while_of(dice, 0, 300));
    phone.start()
}

fn while_of(dice: &mut Dice, from: u64, to: u64) -> Duration {
    Duration::from_millis(from + dice.any() % (to - from))
}
