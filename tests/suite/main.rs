//! All tests over all crates.

mod account;
mod cases;
mod chaos;
mod crash;
mod docs;
mod fleet;
mod hostile;
mod limits;
mod reconciliation;
mod rooms;
mod rules;
mod session;
mod simulation;
mod world;
