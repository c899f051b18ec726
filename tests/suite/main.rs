//! All tests over all crates.

mod account;
mod crash;
mod fleet;
mod reconciliation;
mod rules;
mod session;
mod simulation;
mod world;
