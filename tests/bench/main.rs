//! The benchmarks: each prints its figures beside a floor measured in the same run.
//!
//! CPU time and bytes count; wall time is noise on a shared machine. A floor is the same work by
//! hand, frozen ([`floor`]). What measured nothing is never met.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark that meets the unexpected has nothing to measure and may end"
)]

mod bare;
mod beside;
mod building;
mod callgrind;
mod connected;
mod dataset;
mod edits;
mod first_sync;
mod floor;
mod generate;
mod hostile;
mod instructions;
mod lists;
mod measure;
mod meeting;
mod memory;
mod office;
mod packages;
mod phone;
mod push;
mod reconnect;
mod reminders;
mod search;

use std::process::ExitCode;

use measure::Table;

type Bench = (&'static str, &'static str, fn(&mut Table));

const ALL: &[Bench] = &[
    ("building", "10,000 cards as one change each; what the guard costs", building::run),
    ("edits", "a durable edit of one field on the phone", edits::run),
    ("lists", "Today, boards, status counts and cards on the phone", lists::run),
    ("search", "a search at each letter, and whose number it is that calls", search::run),
    ("reminders", "which todos ring next, and a calendar's feed", reminders::run),
    ("beside", "a process beside the app opens the file and reads Today", beside::run),
    ("first-sync", "a new phone takes all cards", first_sync::run),
    ("reconnect", "a phone asks for news, and there is none", reconnect::run),
    ("meeting", "two phones that edited offline meet", meeting::run),
    ("connected", "one edit: the server with a hundred sockets, and one phone alone", connected::run),
    ("push", "what a push costs the server", push::run),
    ("hostile", "the costliest requests that the limits allow, beside the largest honest push", hostile::run),
];

/// What [`main`] takes instead of names.
const CARDS: &str = "--cards";
const INSTRUCTIONS: &str = "--instructions";
const PACKAGES: &str = "--packages";

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let mut table = Table::default();
    match wanted.as_slice() {
        [instructions::COUNTED_PROCESS] => {
            instructions::count();
            return ExitCode::SUCCESS;
        }
        [beside::BESIDE_PROCESS, file] => {
            beside::read(file.as_ref());
            return ExitCode::SUCCESS;
        }
        [packages::CALLS_PROCESS, file] => {
            packages::call(file.as_ref());
            return ExitCode::SUCCESS;
        }
        [PACKAGES] => {
            generate::check();
            table.part("packages", "calls from Kotlin and Swift beside the same calls in Rust");
            packages::run(&mut table);
        }
        [CARDS, count, seed] => {
            print!("{}", generate::lines(count.parse().unwrap(), seed.parse().unwrap()));
            return ExitCode::SUCCESS;
        }
        [INSTRUCTIONS] => {
            generate::check();
            table.part("instructions", "an edit, Today, a push and a pull, as callgrind counts them");
            instructions::run(&mut table);
        }
        names if names.iter().all(|name| ALL.iter().any(|(known, ..)| known == name)) => {
            generate::check();
            for (name, what, run) in ALL {
                if names.is_empty() || names.contains(name) {
                    table.part(name, what);
                    run(&mut table);
                }
            }
        }
        unknown => return usage(matches!(unknown, ["--help" | "-h"])),
    }
    if table.conclude() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn usage(is_asked_for: bool) -> ExitCode {
    println!("usage: bench [NAME ...]\n\nRuns all benchmarks, or those named:");
    for (name, what, _) in ALL {
        println!("  {name:12} {what}");
    }
    println!("\nor: bench {INSTRUCTIONS}    counts instructions, under valgrind");
    println!("    bench {PACKAGES}        calls of the packages; tests/packages-bench builds what it needs");
    println!("    bench {CARDS} N SEED    prints the first N benchmark cards of a seed, as lines of JSON");
    if is_asked_for { ExitCode::SUCCESS } else { ExitCode::from(2) }
}
