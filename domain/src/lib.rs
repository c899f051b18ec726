//! The truth of Roadbook: what a card is, who may see it, what is due, and what goes over the wire.
//!
//! Pure: every function depends on its arguments alone; clock, zone and randomness are arguments.
//! No I/O crate may appear in this crate's tree; storage and network live in `client-core` and
//! `server`, which share these rules and never repeat them (L7).

pub mod catalogue;
pub mod decimal;
pub mod env;
pub mod field;
pub mod id;
pub mod key;
pub mod money;
pub mod open_code;
pub mod product;
pub mod rights;
pub mod status;
mod text_form;
pub mod time;
pub mod user;
