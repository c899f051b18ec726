//! What Roadbook keeps: cards, contacts and user documents, the commands that write them, and the rows
//! that lists read.

pub mod card;
pub mod command;
pub mod contact;
mod document_types;
pub mod place;
pub mod reach;
pub mod row;
mod series;
#[cfg(feature = "generations")]
pub mod tomorrow;
pub mod undo;
pub mod user_document;

pub use document_types::document_types;
