//! The benchmarks: each prints its figures beside a floor measured in the same run.
//!
//! CPU time and bytes count; wall time is noise on a shared machine. A floor is the same work by
//! hand: the same rows and fsyncs, prepared statements, no automerge, no HTTP framework.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that meets the unexpected has nothing to measure and may end"
)]

mod building;
mod dataset;
mod measure;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let all: &[(&str, &str, fn())] =
        &[("building", "10,000 cards as one change each; what the guard costs", building::run)];
    if wanted.iter().any(|name| name == "--help" || name == "-h") {
        println!("usage: bench [NAME ...]\n\nRuns all benchmarks, or those named:");
        for (name, what, _) in all {
            println!("  {name:12} {what}");
        }
        return;
    }
    for (name, what, run) in all {
        if wanted.is_empty() || wanted.iter().any(|w| w == name) {
            println!("## {name}: {what}");
            run();
            println!();
        }
    }
}
