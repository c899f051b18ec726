//! All tests over all crates.

mod account;
mod crash;
mod docs;
mod fleet;
mod hostile;
mod reconciliation;
mod rooms;
mod rules;
mod session;
mod simulation;
mod world;
