//! The trash: whether a document is in use (F72), and the mark in its register.

use crate::value::open_code::open_code;

/// The value of a trash register whose document is in the trash.
pub const TRASHED: &str = "trashed";

open_code! {
    /// Whether a document is in use (F72).
    view Trash {
        /// In use.
        No = 0, "no";
        /// In the trash.
        Trashed = 1, "trashed";
        /// In the trash, but somebody who did not know that edited it since: to be reviewed.
        Review = 2, "review";
    }
}
