//! The phone's half of Roadbook: one SQLite file with everything its user may see, edits that are
//! durable when the call returns, and the session that exchanges them with the server.
//!
//! It draws no screens and decides no rules: rules are functions of [`roadbook_domain`], shared with
//! the server (L7). Nothing here waits for a network except what says so (L1).
#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();

mod change_set;
mod client;
mod edit;
mod error;
mod query;
mod recovery;
mod remote;
mod store;
mod sync;
#[cfg(test)]
mod testing;
mod value_edit;

pub use change_set::{ChangeSet, List};
pub use client::{Client, Subscription};
pub use edit::batch::{Batch, NewCard, NewContact, Owner};
pub use edit::import::Imported;
pub use error::{ApiError, Missing, Reason};
pub use query::board::{Board, BoardCard, BoardQuery, StatusCount};
pub use query::card::{CardView, EntryView, SyncState};
pub use query::contact::ContactView;
pub use query::today::{TodayTodo, TodayView};
pub use recovery::salvage::Salvage;
pub use remote::account;
pub use remote::error::SyncError;
pub use remote::http::{AddressError, HttpTransport};
pub use remote::live::Live;
pub use remote::transport::{MAX_ANSWER, Transport, TransportError};
pub use store::lease::RENEWAL;
pub use store::meta::Identity;
pub use store::quarantine::{QuarantineReason, Quarantined};
pub use sync::receive::Counts;
#[cfg(feature = "testing")]
pub use sync::reconciliation;
pub use sync::session::{SessionError, Step, SyncSession};
pub use sync::syncer::{SyncReport, Syncer, sync};
pub use value_edit::ValueEdit;
