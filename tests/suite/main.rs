//! All tests over all crates.

mod simulation;
