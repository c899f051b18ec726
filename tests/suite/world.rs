//! Real phones and a server in memory, through a network that loses, delays and repeats.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test's helpers meet unexpectedly is a failure of the test"
)]

use roadbook_client::Counts;
use roadbook_tests::model::{Ending, World};

/// A folder on a disk in memory where there is one: the model syncs a file thousands of times.
fn folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

fn run(seed: u64, steps: u32) -> Ending {
    World::run(seed, steps, folder().path()).unwrap_or_else(|why| panic!("{why}"))
}

#[test]
fn phones_on_a_network_that_loses_and_repeats_messages_end_equal_and_lose_nothing() {
    let seeds = std::env::var("MODEL_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(40);
    let first = std::env::var("MODEL_FIRST").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(0);
    let (endings, failed): (Vec<_>, Vec<_>) =
        (first..first + seeds).map(|seed| World::run(seed, 60, folder().path())).partition(Result::is_ok);
    let failed: Vec<_> = failed.into_iter().filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{} of {seeds} seeds: {failed:#?}", failed.len());
    let endings: Vec<_> = endings.into_iter().flatten().collect();
    let sum = |count: fn(&Ending) -> u64| endings.iter().map(count).sum::<u64>();
    eprintln!(
        "written {} excused {} exchanges {} {:?}",
        sum(|e| e.written as u64),
        sum(|e| e.excused as u64),
        sum(|e| e.exchanges),
        endings.iter().fold(Counts::default(), |mut all, e| {
            all.add(e.counts);
            all
        })
    );
    assert!(sum(|ending| ending.counts.quarantined) > 0 && sum(|ending| ending.counts.reauthored) > 0);
}

#[test]
fn the_same_seed_does_the_same_twice() {
    assert_eq!(run(7, 60), run(7, 60));
}
