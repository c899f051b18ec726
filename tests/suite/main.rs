//! All tests over all crates.

mod crash;
mod rules;
mod simulation;
