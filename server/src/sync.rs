//! The engine of the exchange (`docs/sync-protocol.md`). No HTTP here, and no SQL.
//!
//! Its own rooms, each using only those before it:
//!
//! - `error` and `engine`: what fails, and what all exchanges of a process share.
//! - `seals`: cursors and receipts, which the server signs and devices hand back.
//! - `up`: changes are judged outside every lock, planned as data and committed in one transaction.
//! - `down`: net effects of the log and whole documents, read from one database snapshot.
//! - `recovery`: reconciliation, re-uploads and the state hash.
//! - `exchange`: one request, led through these.

mod down;
mod engine;
mod error;
mod exchange;
mod recovery;
mod seals;
mod up;

pub use engine::Engine;
pub use error::SyncError;
pub use exchange::{MAX_REQUEST, exchange};
pub use recovery::state_hash::state_hash;
pub use up::own_documents::OwnDocuments;
pub use up::purge::purge;

#[cfg(test)]
mod tests;
