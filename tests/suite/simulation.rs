//! The simulation on a few seeds, on seeds that once failed, and what it must be able to find.

use roadbook_tests::merge;

#[test]
fn phones_that_merged_the_same_changes_show_the_same() {
    for seed in std::env::var("FROM").map_or(0, |f| f.parse().unwrap())
        ..std::env::var("TO").map_or(500, |f| f.parse().unwrap())
    {
        merge::run(seed).unwrap_or_else(|failure| panic!("seed {seed}: {failure}"));
    }
}
