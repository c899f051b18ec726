//! The truth of Roadbook: what a card is, who may see it, what is due, and what goes over the wire.
//!
//! Pure: every function depends on its arguments alone; clock, zone and randomness are arguments.
//! No I/O crate may appear in this crate's tree; storage and network live in `client-core` and
//! `server`, which share these rules and never repeat them (L7).
//!
//! The crate stands in rooms. Each uses only those before it in this list.

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();

pub mod access;
pub mod crm;
pub mod document;
pub mod import;
pub mod read;
pub mod settings;
pub mod value;
pub mod wire;

#[cfg(feature = "uniffi")]
mod bindings;
