//! The simulation on a few seeds, on seeds that once failed, and what it must be able to find.

use roadbook_tests::merge;

#[test]
fn phones_that_merged_the_same_changes_show_the_same() {
    for seed in 0..500 {
        merge::run(seed).unwrap_or_else(|failure| panic!("seed {seed}: {failure}"));
    }
}
