//! The truth of Roadbook: what a card is, who may see it, what is due, and what goes over the wire.
//!
//! Pure: every function depends on its arguments alone; clock, zone and randomness are arguments.
//! No I/O crate may appear in this crate's tree; storage and network live in `client-core` and
//! `server`, which share these rules and never repeat them (L7).

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();

pub mod audience;
#[cfg(feature = "uniffi")]
mod bindings;
pub mod canonical;
pub mod card;
pub mod catalogue;
pub mod change;
pub mod codec;
pub mod command;
pub mod contact;
pub mod decimal;
pub mod digest;
pub mod document;
pub mod draft;
pub mod due;
pub mod env;
pub mod field;
pub mod guard;
pub mod history;
pub mod id;
pub mod import;
pub mod key;
pub mod kind;
pub mod list;
pub mod money;
pub mod open_code;
pub mod product;
pub mod projection;
pub mod rights;
pub mod row;
mod saved;
pub mod settings;
pub mod state_hash;
pub mod status;
mod text_form;
pub mod time;
pub mod today;
pub mod todo;
pub mod user;
pub mod user_document;
pub mod view;
pub mod wire;
