//! The benchmarks: each prints its figures beside a floor measured in the same run.
//!
//! CPU time and bytes count; wall time is noise on a shared machine. A floor is the same work by
//! hand: the same rows and fsyncs, prepared statements, no automerge, no HTTP framework.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark that meets the unexpected has nothing to measure and may end"
)]

mod building;
mod connected;
mod dataset;
mod edits;
mod first_sync;
mod lists;
mod measure;
mod meeting;
mod office;
mod phone;
mod push;
mod reconnect;

use std::process::ExitCode;

use measure::Table;

type Bench = (&'static str, &'static str, fn(&mut Table));

const ALL: &[Bench] = &[
    ("building", "10,000 cards as one change each; what the guard costs", building::run),
    ("edits", "a durable edit of one field on the phone", edits::run),
    ("lists", "Today, boards, status counts and cards on the phone", lists::run),
    ("first-sync", "a new phone takes all cards", first_sync::run),
    ("reconnect", "a phone asks for news, and there is none", reconnect::run),
    ("meeting", "two phones that edited offline meet", meeting::run),
    ("connected", "a hundred connected phones, and one that edits", connected::run),
    ("push", "what a push costs the server", push::run),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let unknown = wanted.iter().find(|wanted| !ALL.iter().any(|(name, ..)| name == wanted));
    if let Some(unknown) = unknown {
        let is_help = unknown == "--help" || unknown == "-h";
        println!("usage: bench [NAME ...]\n\nRuns all benchmarks, or those named:");
        for (name, what, _) in ALL {
            println!("  {name:12} {what}");
        }
        return if is_help { ExitCode::SUCCESS } else { ExitCode::from(2) };
    }
    let mut table = Table::default();
    for (name, what, run) in ALL {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            table.part(name, what);
            run(&mut table);
        }
    }
    if table.conclude() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
