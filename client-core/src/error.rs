//! Errors: many inside, few outside.
//!
//! What leaves this crate is a code with data: an app branches on the variant, looks its text up by
//! [`ApiError::code`] and fills the data in. The English that `Display` gives is for logs.

use roadbook_domain::crm::command::{CommandError, MAX_VALUE_LEN};
use roadbook_domain::crm::undo::UndoError;
use roadbook_domain::document::codec::Malformed;
use roadbook_domain::document::guard::Forged;
use roadbook_domain::document::{DocumentError, DocumentTypeId};
use roadbook_domain::value::id::DocumentId;

/// Why something could not be done, as far as it makes a difference to the caller.
///
/// Each variant stands for something that the app can do about it. No error holds anything that a user
/// wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
#[non_exhaustive]
pub enum ApiError {
    /// What was asked for is not here: leave the screen.
    #[error("not found: {what:?}")]
    NotFound {
        /// What was looked for.
        what: Missing,
    },
    /// What was asked for cannot be done as it was asked: show why beside the input.
    #[error("invalid: {reason:?}")]
    Invalid {
        /// Why not.
        reason: Reason,
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
    /// The file was written before the first release: it was left untouched; begin with a new file.
    #[error("the file is of before the first release")]
    FileTooOld,
    /// The file is damaged: salvage what is unsent, then begin anew (R10).
    #[error("the file is damaged")]
    Damaged,
    /// The app paused this handle: resume it first.
    #[error("paused")]
    Paused,
    /// The app ended this reading.
    #[error("interrupted")]
    Interrupted,
    /// Something that should not happen: try again, and report it.
    #[error("internal error: {detail}")]
    Internal {
        /// For the log, in English.
        detail: String,
    },
}

/// What was looked for and is not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[non_exhaustive]
pub enum Missing {
    /// A card, a contact, or another document; also one whose stored form is damaged, until the server sends it again.
    Document,
    /// A todo of a card.
    Todo,
    /// An edit in the quarantine.
    QuarantinedEdit,
    /// A field of the card's product, of persons or of companies.
    Field,
    /// A product.
    Product,
    /// A status of the card's product.
    Status,
    /// A user of the organisation.
    User,
}

/// Why something cannot be done as it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[non_exhaustive]
pub enum Reason {
    /// A text is too long.
    TextTooLong {
        /// The most bytes it may have, in UTF-8.
        most_bytes: u64,
    },
    /// The edit, or the document with it, would exceed a limit: make several smaller edits.
    TooLarge,
    /// A todo without words, or an entry without a kind: no list could show it.
    Empty,
    /// The id of something new is in use.
    IdTaken,
    /// A link's role is not 1 to 32 lower-case letters, digits or hyphens.
    LinkRole,
    /// A user's inbox card cannot go to the trash.
    InboxStays,
    /// The edit names a field or a part as none can be named.
    UnknownField,
    /// A value is not of the form that its field asks for.
    WrongForm,
    /// A value cannot take the place of a long text.
    TextReplaced,
    /// The edit writes what nobody may write, or what is written once.
    NotAllowed,
    /// What is to be taken back was written by somebody else since, or at the same time.
    ChangedSince,
    /// The document has another type than the call is for, or one that this version does not know.
    OtherDocumentType {
        /// The type that it has.
        document_type: u16,
    },
    /// Somebody has begun to work in this file already.
    UserThere,
    /// Another edit of this handle is under way on this thread: edits of a batch go through the batch.
    InsideBatch,
    /// There is no time zone of this name.
    UnknownZone,
    /// A text is not of the one form in which an id, a day, a due, a number, a currency or a key crosses.
    Malformed,
    /// An install secret has another length.
    InstallSecret {
        /// The bytes it must have.
        bytes: u64,
    },
}

impl ApiError {
    /// The stable code of this error: an app keeps its texts by it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { what: Missing::Document } => "not_found.document",
            Self::NotFound { what: Missing::Todo } => "not_found.todo",
            Self::NotFound { what: Missing::QuarantinedEdit } => "not_found.quarantined_edit",
            Self::NotFound { what: Missing::Field } => "not_found.field",
            Self::NotFound { what: Missing::Product } => "not_found.product",
            Self::NotFound { what: Missing::Status } => "not_found.status",
            Self::NotFound { what: Missing::User } => "not_found.user",
            Self::Invalid { reason } => reason.code(),
            Self::NoUser => "no_user",
            Self::StorageFull => "storage_full",
            Self::AppTooOld => "app_too_old",
            Self::FileTooOld => "file_too_old",
            Self::Damaged => "damaged",
            Self::Paused => "paused",
            Self::Interrupted => "interrupted",
            Self::Internal { .. } => "internal",
        }
    }
}

impl Reason {
    /// The stable code of an [`ApiError::Invalid`] with this reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::TextTooLong { .. } => "invalid.text_too_long",
            Self::TooLarge => "invalid.too_large",
            Self::Empty => "invalid.empty",
            Self::IdTaken => "invalid.id_taken",
            Self::LinkRole => "invalid.link_role",
            Self::InboxStays => "invalid.inbox_stays",
            Self::UnknownField => "invalid.unknown_field",
            Self::WrongForm => "invalid.wrong_form",
            Self::TextReplaced => "invalid.text_replaced",
            Self::NotAllowed => "invalid.not_allowed",
            Self::ChangedSince => "invalid.changed_since",
            Self::OtherDocumentType { .. } => "invalid.other_document_type",
            Self::UserThere => "invalid.user_there",
            Self::InsideBatch => "invalid.inside_batch",
            Self::UnknownZone => "invalid.unknown_zone",
            Self::Malformed => "invalid.malformed",
            Self::InstallSecret { .. } => "invalid.install_secret",
        }
    }
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
    /// The file's schema is of before the first release.
    #[error("the file has schema {0}, of before the first release")]
    OlderFile(i64),
    /// A stored value cannot be read.
    #[error("a stored {0} cannot be read")]
    Stored(&'static str),
    /// A value with a name of its own cannot be read.
    #[error("the stored value {0} cannot be read")]
    Value(&'static str),
    /// The document is not on this device.
    #[error("no document {0:?}")]
    NoDocument(DocumentId),
    /// The document has another type than the edit is for, or one that this version does not know.
    #[error("a document of type {0:?}")]
    OtherType(DocumentTypeId),
    /// The id of a document to be made is in use.
    #[error("the id of a document to be made is in use")]
    IdTaken,
    /// There is no such item in the quarantine.
    #[error("no such item in the quarantine")]
    NoQuarantined,
    /// A command that cannot be carried out.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// A change that cannot be taken back.
    #[error(transparent)]
    Undo(#[from] UndoError),
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
    /// The app paused the handle.
    #[error("paused")]
    Paused,
    /// A file could not be moved or read.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
    /// An edit that was asked for within another one's transaction, on the same thread.
    #[error("an edit inside a batch goes through the batch")]
    InsideBatch,
    /// SQLite ended the transaction after an error: nothing more can be written in it.
    #[error("the transaction has ended")]
    Ended,
    /// What the caller's own closure answered, inside a batch.
    #[error(transparent)]
    Caller(ApiError),
}

impl Error {
    /// Whether the storage is full.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Sqlite(sqlite) => {
                // The index of the log, too, needs room.
                let index = sqlite
                    .sqlite_error()
                    .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
                index || sqlite.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
            }
            Self::File(io) => io.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        }
    }

    /// Whether something stored holds nonsense, which may be set aside.
    pub fn is_unreadable(&self) -> bool {
        use rusqlite::Error as Sqlite;
        match self {
            Self::Stored(_) | Self::Value(_) | Self::Change(_) | Self::Document(_) => true,
            Self::Sqlite(error) => {
                matches!(
                    error,
                    Sqlite::FromSqlConversionFailure(..)
                        | Sqlite::IntegralValueOutOfRange(..)
                        | Sqlite::InvalidColumnType(..)
                        | Sqlite::Utf8Error(..)
                ) || self.is_of_index()
            }
            _ => false,
        }
    }

    /// Whether the index of words is not what SQLite made of it, which can be made anew.
    pub fn is_of_index(&self) -> bool {
        let Self::Sqlite(sqlite) = self else { return false };
        sqlite.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_CORRUPT_VTAB)
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let internal = |error: &Error| Self::Internal { detail: error.to_string() };
        let invalid = |reason| Self::Invalid { reason };
        match &error {
            Error::Sqlite(sqlite) => match sqlite.sqlite_error_code() {
                _ if error.is_full() => Self::StorageFull,
                // It was made anew since, or the next call does it.
                _ if error.is_of_index() => internal(&error),
                Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                    Self::Damaged
                }
                Some(rusqlite::ErrorCode::OperationInterrupted) => Self::Interrupted,
                _ => internal(&error),
            },
            Error::NewerFile(..) => Self::AppTooOld,
            Error::OlderFile(_) => Self::FileTooOld,
            Error::Damaged => Self::Damaged,
            Error::Paused => Self::Paused,
            Error::File(_) if error.is_full() => Self::StorageFull,
            Error::NoDocument(_) | Error::Unreadable(..) => Self::NotFound { what: Missing::Document },
            Error::NoQuarantined => Self::NotFound { what: Missing::QuarantinedEdit },
            Error::Command(CommandError::NoTodo) => Self::NotFound { what: Missing::Todo },
            Error::Command(CommandError::TooLong) => {
                invalid(Reason::TextTooLong { most_bytes: MAX_VALUE_LEN as u64 })
            }
            Error::Command(CommandError::IdTaken) | Error::IdTaken => invalid(Reason::IdTaken),
            Error::Command(CommandError::LongTextTooLong) => invalid(Reason::TooLarge),
            Error::Command(CommandError::Empty) => invalid(Reason::Empty),
            Error::Command(CommandError::Role) => invalid(Reason::LinkRole),
            Error::Command(CommandError::Inbox) => invalid(Reason::InboxStays),
            Error::Undo(UndoError::ChangedSince) => invalid(Reason::ChangedSince),
            Error::Undo(UndoError::Lasting) => invalid(Reason::NotAllowed),
            Error::NotAllowed(forged) => invalid(match forged {
                Forged::Register => Reason::UnknownField,
                Forged::Value => Reason::WrongForm,
                Forged::TextReplaced => Reason::TextReplaced,
                Forged::TooLarge => Reason::TooLarge,
                _ => Reason::NotAllowed,
            }),
            Error::TooLarge => invalid(Reason::TooLarge),
            Error::InsideBatch => invalid(Reason::InsideBatch),
            Error::UserThere => invalid(Reason::UserThere),
            Error::OtherType(DocumentTypeId(document_type)) => {
                invalid(Reason::OtherDocumentType { document_type: *document_type })
            }
            Error::NoUser => Self::NoUser,
            Error::Caller(own) => own.clone(),
            Error::Stored(_)
            | Error::Ended
            | Error::Value(_)
            | Error::Document(_)
            | Error::Change(_)
            | Error::File(_) => internal(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_error_has_a_code_of_its_own() {
        let reasons = [
            Reason::TextTooLong { most_bytes: 1 },
            Reason::TooLarge,
            Reason::Empty,
            Reason::IdTaken,
            Reason::LinkRole,
            Reason::InboxStays,
            Reason::UnknownField,
            Reason::WrongForm,
            Reason::TextReplaced,
            Reason::NotAllowed,
            Reason::OtherDocumentType { document_type: 1 },
            Reason::UserThere,
            Reason::InsideBatch,
            Reason::UnknownZone,
            Reason::InstallSecret { bytes: 32 },
        ];
        let missing = [Missing::Document, Missing::Todo, Missing::QuarantinedEdit, Missing::Field];
        let errors = reasons
            .map(|reason| ApiError::Invalid { reason })
            .into_iter()
            .chain(missing.map(|what| ApiError::NotFound { what }))
            .chain([ApiError::NoUser, ApiError::StorageFull, ApiError::AppTooOld, ApiError::FileTooOld])
            .chain([ApiError::Damaged, ApiError::Paused, ApiError::Interrupted])
            .chain([ApiError::Internal { detail: String::new() }]);
        let codes: Vec<_> = errors.map(|error| error.code()).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "{codes:?}");
    }
}
