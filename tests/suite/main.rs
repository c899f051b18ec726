//! All tests over all crates.

mod crash;
mod simulation;
