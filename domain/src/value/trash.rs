//! The trash: whether a document is in use (F72), and the mark in its register.

use minicbor::{Decode, Encode};

/// The value of a trash register whose document is in the trash.
pub const TRASHED: &str = "trashed";

/// Whether a document is in use (F72).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Trash {
    /// In use.
    #[n(0)]
    No,
    /// In the trash.
    #[n(1)]
    Trashed,
    /// In the trash, but somebody who did not know that edited it since: to be reviewed.
    #[n(2)]
    Review,
}
