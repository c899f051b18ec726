//! Errors: many inside, few outside.

use roadbook_domain::crm::command::CommandError;
use roadbook_domain::document::DocumentError;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::codec::Malformed;
use roadbook_domain::document::guard::Forged;
use roadbook_domain::value::id::DocumentId;

/// Why something could not be done, as far as it makes a difference to who asked.
///
/// Each variant stands for something the app can do about it; the rest is told as a text for logs.
/// No text holds anything a user wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
pub enum ApiError {
    /// There is no such document, or what was asked for is not in it: leave the screen.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for: `document`, `todo`, ...
        what: String,
    },
    /// What was asked cannot be done as it was asked: show why beside the input.
    #[error("{reason}")]
    Invalid {
        /// Why not.
        reason: String,
    },
    /// Nobody has signed in, nor begun a local workspace.
    #[error("nobody has signed in")]
    NoUser,
    /// The device's storage is full: nothing was changed; reading and sending still work (R08).
    #[error("the device's storage is full")]
    StorageFull,
    /// The file was written by a newer version of the app: it was left untouched; update the app.
    #[error("the file needs a newer version of the app")]
    AppTooOld,
    /// The file is damaged: save what is unsent, then begin anew (R10).
    #[error("the file is damaged")]
    Damaged,
    /// Something that should not happen: try again, and report it.
    #[error("internal error: {detail}")]
    Internal {
        /// For the log.
        detail: String,
    },
}

/// Why something could not be done, in full.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// SQLite.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file's schema is of a later version.
    #[error("the file has schema {0}, this version knows {1}")]
    NewerFile(i64, i64),
    /// A stored value cannot be read.
    #[error("a stored {0} cannot be read")]
    Stored(&'static str),
    /// The document is not on this device.
    #[error("no document {0:?}")]
    NoDocument(DocumentId),
    /// The document is of another kind than the edit, or of one that this version does not know.
    #[error("a document of kind {0:?}")]
    OtherKind(DocumentTypeId),
    /// The id of a document to be made is in use.
    #[error("the id of a document to be made is in use")]
    IdTaken,
    /// There is no such item in the quarantine.
    #[error("no such item in the quarantine")]
    NoQuarantined,
    /// A command that cannot be carried out.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// A change that no server would accept.
    #[error(transparent)]
    NotAllowed(#[from] Forged),
    /// A change would exceed a limit.
    #[error("the change exceeds a limit")]
    TooLarge,
    /// Replicas and changes that do not fit together.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// What is stored of a document cannot be read; the server is asked for it anew.
    #[error("a stored document cannot be read: {1}")]
    Unreadable(DocumentId, String),
    /// A change that is none.
    #[error(transparent)]
    Change(#[from] Malformed),
    /// Nobody has signed in.
    #[error("nobody has signed in")]
    NoUser,
    /// Somebody has begun to work here already.
    #[error("somebody has begun to work here already")]
    UserThere,
    /// The file is not sound.
    #[error("the file is damaged")]
    Damaged,
    /// A file could not be moved or read.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
    /// What the caller's own closure answered, inside a batch.
    #[error(transparent)]
    Caller(ApiError),
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let internal = |error: &Error| Self::Internal { detail: error.to_string() };
        match &error {
            Error::Sqlite(sqlite) => match sqlite.sqlite_error_code() {
                Some(rusqlite::ErrorCode::DiskFull) => Self::StorageFull,
                Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                    Self::Damaged
                }
                _ => internal(&error),
            },
            Error::NewerFile(..) => Self::AppTooOld,
            Error::Damaged => Self::Damaged,
            Error::File(io) if io.kind() == std::io::ErrorKind::StorageFull => Self::StorageFull,
            Error::NoDocument(_) => Self::NotFound { what: "document".to_owned() },
            Error::NoQuarantined => Self::NotFound { what: "quarantined edit".to_owned() },
            Error::Command(CommandError::NoTodo) => Self::NotFound { what: "todo".to_owned() },
            Error::Command(_)
            | Error::NotAllowed(_)
            | Error::IdTaken
            | Error::TooLarge
            | Error::UserThere
            | Error::OtherKind(_) => Self::Invalid { reason: error.to_string() },
            Error::NoUser => Self::NoUser,
            Error::Caller(own) => own.clone(),
            Error::Stored(_)
            | Error::Document(_)
            | Error::Unreadable(..)
            | Error::Change(_)
            | Error::File(_) => internal(&error),
        }
    }
}
