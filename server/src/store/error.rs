//! What can go wrong in the database, sorted by what the caller can do about it.

use sqlx::error::ErrorKind;

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is neither `sqlite:PATH` nor `postgres://...`, or lacks a part.
    #[error("not the address of a database")]
    Address,

    /// There is no database, or it holds no tables yet.
    #[error("there is no Roadbook database at this address")]
    Missing,

    /// The file of a SQLite database cannot be opened or made; in words, why, and what helps.
    #[error("{0}")]
    File(String),

    /// The database holds tables, but not ours.
    #[error("the database belongs to another program")]
    Foreign,

    /// The database was migrated by a newer version of this program; nothing was changed in it.
    #[error(
        "the database is newer than this program: it has migration {found}, this program knows {known}; \
         use the newer program, or restore a backup"
    )]
    Newer {
        /// The newest migration applied.
        found: i64,
        /// The newest one of this program.
        known: i64,
    },

    /// The database lacks migrations of this program, which only a server brings up to date: the one beside it
    /// may be of an older version, and its tables would change under it.
    #[error(
        "the database is older than this program: it has migration {found}, this program knows {known}; use the \
         program that serves it, or first start roadbook serve of this version, which brings it up to date"
    )]
    Older {
        /// The newest migration applied.
        found: i64,
        /// The newest one of this program.
        known: i64,
    },

    /// A migration that was applied is not, or not in this text, among this program's.
    #[error(
        "the database was made by another version of this program, which differs in migration {0} and cannot be \
         brought up to date: use that version, or begin with a new database"
    )]
    MigrationDiffers(i64),

    /// SQLite found the file damaged.
    #[error("the database file is damaged: restore a backup ({0})")]
    Damaged(String),

    /// No connection in time, or the connection was lost; trying again helps.
    #[error("the database does not answer: {0}")]
    Unavailable(#[source] sqlx::Error),

    /// The transaction was rolled back for the sake of another one (deadlock, serialisation); the same again
    /// succeeds.
    #[error("the database rolled back for another's sake: {0}")]
    Conflict(#[source] sqlx::Error),

    /// No space left; nothing was written.
    #[error("the database has no space left")]
    Full,

    /// A unique key exists already.
    #[error("such a row exists already")]
    Exists,

    /// A stored value that this program never writes.
    #[error("the database holds a value that cannot be: {0}")]
    Unreadable(&'static str),

    /// Anything else.
    #[error("the database refused: {0}")]
    Other(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error::{
            BeginFailed, ColumnDecode, Database, Io, PoolClosed, PoolTimedOut, Protocol, WorkerCrashed,
        };
        match &error {
            Database(cause) if cause.kind() == ErrorKind::UniqueViolation => Self::Exists,
            Database(cause) => match Trouble::of(cause.code().as_deref().unwrap_or_default()) {
                Some(Trouble::Full) => Self::Full,
                Some(Trouble::Conflict) => Self::Conflict(error),
                Some(Trouble::Unavailable) => Self::Unavailable(error),
                Some(Trouble::Damaged) => Self::Damaged(error.to_string()),
                Some(Trouble::Closed) => Self::File(CLOSED.to_owned()),
                None => Self::Other(error),
            },
            // A column keeps what it is given: another type was written by another hand.
            ColumnDecode { index, .. } => {
                Self::Damaged(format!("a value of column {index} is of another type"))
            }
            PoolTimedOut | PoolClosed | Io(_) | WorkerCrashed | BeginFailed | Protocol(_) => {
                Self::Unavailable(error)
            }
            _ => Self::Other(error),
        }
    }
}

const CLOSED: &str = "the file cannot be opened; let whoever runs this read and write it and its folder, and open \
                      enough files at once";

/// The failures that an error code of either database stands for.
#[derive(Debug, PartialEq, Eq)]
enum Trouble {
    Conflict,
    Full,
    Unavailable,
    Damaged,
    /// The file cannot be opened.
    Closed,
}

impl Trouble {
    /// SQLite's codes are numbers whose low byte is the primary code; PostgreSQL's have five characters.
    fn of(code: &str) -> Option<Self> {
        if code.len() == 5 {
            return match code {
                "53100" => Some(Self::Full),
                // Connections, resources, the operator's shutdown.
                _ if ["08", "53", "57"].iter().any(|class| code.starts_with(class)) => {
                    Some(Self::Unavailable)
                }
                "40001" | "40P01" => Some(Self::Conflict),
                _ => None,
            };
        }
        match code.parse::<u32>().ok()? & 0xff {
            5 | 6 => Some(Self::Unavailable),
            11 | 26 => Some(Self::Damaged),
            13 => Some(Self::Full),
            14 => Some(Self::Closed),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_both_databases_are_sorted_by_what_can_be_done() {
        for (code, trouble) in [
            ("5", Some(Trouble::Unavailable)),
            ("517", Some(Trouble::Unavailable)),
            ("13", Some(Trouble::Full)),
            ("11", Some(Trouble::Damaged)),
            ("267", Some(Trouble::Damaged)),
            ("14", Some(Trouble::Closed)),
            ("1", None),
            ("53100", Some(Trouble::Full)),
            ("53300", Some(Trouble::Unavailable)),
            ("57P01", Some(Trouble::Unavailable)),
            ("40P01", Some(Trouble::Conflict)),
            ("40001", Some(Trouble::Conflict)),
            ("42601", None),
            ("", None),
        ] {
            assert_eq!(Trouble::of(code), trouble, "{code}");
        }
    }
}
