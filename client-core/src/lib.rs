//! The phone's half of Roadbook: one SQLite file with everything that its user may see, edits that are
//! durable when the call returns, and the session that exchanges them with the server.
//!
//! It draws no screens and decides no rules: rules are functions of [`roadbook_domain`], shared with
//! the server (L7). Nothing here waits for a network except what says so (L1).
//!
//! # A first day
//!
//! ```
//! use std::sync::Arc;
//!
//! use roadbook_client::{Client, NewCard, Owner};
//! use roadbook_domain::crm::command::{CardCommand, NewTodo};
//! use roadbook_domain::read::today::Period;
//! use roadbook_domain::value::env::SystemEnv;
//! use roadbook_domain::value::id::PartId;
//! use roadbook_domain::value::todo::Outcome;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("roadbook.sqlite");
//! let client = Client::open(&path, Arc::new(SystemEnv))?;
//! client.begin_local_workspace("Europe/Budapest".parse()?, "en-GB")?;
//!
//! let call = NewTodo {
//!     id: PartId::new(&SystemEnv),
//!     text: "Call back".to_owned(),
//!     due: Some("2026-11-23".parse()?),
//!     assignee: client.me()?.map(|me| me.user),
//!     contact: None,
//! };
//! let todo = call.id;
//! let product = client.settings()?.products().next().ok_or("no product")?.id;
//! let (card, _) = client.create_card(&NewCard {
//!     product,
//!     name: "Bakery".to_owned(),
//!     status: None,
//!     owner: Owner::Me,
//!     commands: vec![CardCommand::AddTodo(call)],
//! })?;
//!
//! client.edit_card(card, &[CardCommand::Close(todo, Outcome::Success)])?;
//! assert_eq!(client.today(Period::Today, 20)?.totals.closed, 1);
//! assert_eq!(client.unsent_count()?, 2);
//!
//! let unknown = client.edit_card(card, &[CardCommand::Reopen(PartId::new(&SystemEnv))]);
//! assert_eq!(unknown.map_err(|error| error.code()), Err("not_found.todo"));
//! # Ok(())
//! # }
//! ```
//!
//! `examples/field_day.rs` is the skeleton of a whole app: signing in, syncing, the live channel, conflicts
//! and the quarantine among the rest.
//!
//! # The rooms
//!
//! Each uses only those before it in this list.
//!
//! 1. `error`: what can go wrong; few errors leave the crate, by code.
//! 2. `change_set`: what changed, for screens.
//! 3. `value_edit`: what a change wrote, as values.
//! 4. `store`: all that is kept in the file: bases, outbox, quarantine, settings, rows for lists.
//! 5. `client`: the handle on the file, which the rooms above add their calls to.
//! 6. `remote`: the transport, HTTP, the live channel, and the account.
//! 7. `edit`: batches, replicas, re-authoring, the quarantine's edits, imports.
//! 8. `query`: what screens read: Today, boards, cards, contacts, searches.
//! 9. `recovery`: salvage from a damaged file, rows made anew, and the proof of what is shown.
//! 10. `sync`: the session, what an answer does, reconciliation, and the syncer that drives them.
//! 11. `app`: what apps show and do, in the words of the product; the exchange as they drive it, and attaching.
//!
//! # The way of an edit
//!
//! [`Client::edit_card`] opens one transaction. The `edit` room opens the document as a *replica*: the base
//! that the server has acknowledged, with the unsent changes on top. Its commands are drafted as one change,
//! and the change is judged by the rules that the server will hold it to. The change goes into the outbox,
//! and the rows that it touches are projected anew. When the transaction is committed the edit is durable,
//! and subscribers are told a [`ChangeSet`].
//!
//! # The way of an answer
//!
//! [`Syncer`] carries the frames of a [`SyncSession`]. An answer is received in one transaction. Its entries
//! are sorted by document; each document is brought up to date alone: acknowledged changes go from the outbox
//! into the base, others' changes are added, and what is still unsent is rebased. What cannot be kept goes to
//! the quarantine, where the user finds it. If device and server do not hold the same in the end, the next
//! requests reconcile them: what the server lacks is re-uploaded, what the device lacks is fetched.

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();

pub mod app;
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
pub use query::names::DocumentName;
pub use query::search::{Found, FoundEntry};
pub use query::today::{TodayTodo, TodayView};
pub use query::todo_details::{Repeat, TodoDetails};
pub use recovery::salvage::Salvage;
pub use remote::account;
pub use remote::error::{AddressError, SyncError};
pub use remote::http::HttpTransport;
pub use remote::live::Live;
pub use remote::transport::{MAX_ANSWER, Transport, TransportError};
#[cfg(not(target_family = "wasm"))]
pub use remote::trust::Trust;
pub use store::lease::RENEWAL;
pub use store::meta::Identity;
pub use store::quarantine::{QuarantineReason, Quarantined};
pub use sync::receive::Counts;
#[cfg(feature = "testing")]
pub use sync::reconciliation;
pub use sync::session::{SessionError, Step, SyncSession};
pub use sync::syncer::{SyncReport, Syncer, sync};
pub use value_edit::ValueEdit;

/// The snippet of the repository's README, run by the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
