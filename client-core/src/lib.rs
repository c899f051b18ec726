//! The phone's half of Roadbook: one SQLite file with everything its user may see, edits that are
//! durable when the call returns, and the session that exchanges them with the server.
//!
//! It draws no screens and decides no rules: rules are functions of [`roadbook_domain`], shared with
//! the server (L7). Nothing here waits for a network except what says so (L1).

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();

pub mod account;
mod backoff;
#[cfg(feature = "uniffi")]
mod bindings;
mod board;
mod card;
mod change_set;
mod client;
mod contact;
mod edit;
mod error;
mod http;
mod import;
mod live;
#[cfg(any(test, feature = "model"))]
pub mod model;
mod quarantine;
mod reauthor;
mod receive;
mod replica;
mod rescue;
mod session;
mod state;
mod store;
mod sync;
#[cfg(test)]
mod testing;
mod today;
mod transport;
mod value_edit;
mod walk;

pub use board::{Board, BoardCard, BoardQuery, StatusCount};
pub use card::{CardView, EntryView, SyncState};
pub use change_set::{ChangeSet, List};
pub use client::{Client, Subscription};
pub use contact::ContactView;
pub use edit::{Batch, NewCard, NewContact, Owner};
pub use error::ApiError;
pub use http::{AddressError, HttpTransport};
pub use import::Imported;
pub use live::Live;
pub use receive::Counts;
pub use rescue::Rescue;
pub use session::{RENEWAL, SessionError, Step, SyncSession};
pub use store::meta::Identity;
pub use store::quarantine::{QuarantineReason, Quarantined};
pub use sync::{SyncError, SyncReport, Syncer, sync};
pub use today::{TodayTodo, TodayView};
pub use transport::{MAX_ANSWER, Transport, TransportError};
pub use value_edit::ValueEdit;
