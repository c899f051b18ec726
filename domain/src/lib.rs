//! The truth of Roadbook: what a card is, who may see it, what is due, and what goes over the wire.
//!
//! Pure: every function depends on its arguments alone; clock, zone and randomness are arguments.
//! No I/O crate may appear in this crate's tree; storage and network live in `client-core` and
//! `server`, which share these rules and never repeat them (L7).
//!
//! # The rooms
//!
//! Each uses only those before it in this list.
//!
//! 1. [`value`]: ids, times, amounts and other texts of one form, the clock and randomness.
//! 2. [`document`]: changes, their canonical bytes, the guard, and the documents that they make.
//! 3. [`crm`]: cards, contacts and user documents, their commands, and the rows that lists live on.
//! 4. [`settings`]: products, statuses, fields and users, which administrators set.
//! 5. [`access`]: who sees which document, and what their role lets them do.
//! 6. [`read`]: what registers show, and the lists made from them: Today, boards, history.
//! 7. [`wire`]: what goes over the wire, and rests in stores in the same form.
//! 8. [`import`]: from the bytes of a CSV file to the commands that make cards and contacts.
//! 9. `bindings`: how ids, times and texts cross into Kotlin and Swift.

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
