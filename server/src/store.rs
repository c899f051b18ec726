//! The database: every SQL statement of the server stands in one of these modules, once.
//!
//! What only reads takes `&mut Conn`; what must be atomic takes `&mut Tx`, so the compiler refuses a
//! write outside a transaction. A lookup answers `Option`; a write says what it did.

pub mod actors;
pub mod audience;
mod bulk;
mod checkpoints;
pub mod db;
pub mod devices;
pub mod digests;
pub mod documents;
pub mod enrolments;
mod error;
pub mod feed;
pub mod hand_ins;
pub mod key;
pub mod log;
pub mod meter;
mod migrations;
pub mod notice;
pub mod organisation;
pub mod probe;
pub mod retained_closings;
mod retry;
pub mod reupload;
mod row;
pub mod sessions;
pub mod settings;
pub mod sqlite_file;
pub mod standing;
pub mod statements;
pub mod todos;
pub mod trim;
#[cfg(any(test, feature = "testing"))]
pub mod turn;
pub mod users;
pub mod whole_log;

pub use db::{Conn, Db, Tx};
pub use error::StoreError;
pub use retry::{MayConflict, retry};
