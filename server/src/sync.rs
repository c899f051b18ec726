//! The engine of the exchange (`docs/sync-protocol.md`). No HTTP here, and no SQL.
//!
//! Its own rooms, each using only those before it:
//!
//! 1. `error`: what fails.
//! 2. `terms`: the digest terms of documents, as they were at one head.
//! 3. `turns`: users take turns at what costs much.
//! 4. `engine`: what all exchanges of a process share.
//! 5. `seals`: cursors and receipts, which the server signs and devices hand back.
//! 6. `up`: changes are judged outside every lock, planned as data and committed in one transaction.
//! 7. `down`: net effects of the log and whole documents, read from one database snapshot.
//! 8. `recovery`: reconciliation, re-uploads, the state hash, and the daily trim.
//! 9. `exchange`: one request, led through these.
//! 10. `hand_in`: unsent changes of users without access, for a manager to apply.

mod down;
mod engine;
mod error;
mod exchange;
pub mod hand_in;
mod recovery;
mod seals;
mod terms;
mod turns;
mod up;

pub use engine::Engine;
pub use error::SyncError;
pub use exchange::{MAX_REQUEST, exchange};
pub use recovery::soundness;
pub use recovery::state_hash::state_hash;
pub use recovery::trim::trim_daily;
#[cfg(any(test, feature = "testing"))]
pub use seals::receipt;
pub use up::own_documents::OwnDocuments;
pub use up::purge::purge;

#[cfg(test)]
pub(crate) mod tests;
