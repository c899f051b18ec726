//! Why an exchange is not carried out. What becomes of single changes are verdicts, not errors.

use crate::auth::AuthError;
use crate::store::{MayConflict, StoreError};

/// A failure of the engine. It knows no HTTP: `api` says what a client is told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The request holds more than one request may.
    #[error("the request holds too much")]
    TooLarge,
    /// A part of the request has a form that no device sends; names the part.
    #[error("{0} is not of a form that a device sends")]
    Invalid(&'static str),
    /// There is no such document or organisation.
    #[error("there is no such thing")]
    NotFound,
    /// Another state hash is being computed. A retry helps.
    #[error("the engine is busy")]
    Busy,
    /// A fault of this program, with what is known of it.
    #[error("the engine failed: {0}")]
    Failed(String),
    /// The caller may not, or not any more.
    #[error(transparent)]
    Caller(#[from] AuthError),
    /// Of the database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SyncError {
    /// Whether there is no space left. What was to be written then waits, and everything else goes on (R09).
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Store(StoreError::Full) | Self::Caller(AuthError::Store(StoreError::Full)))
    }
}

impl MayConflict for SyncError {
    fn is_conflict(&self) -> bool {
        match self {
            Self::Caller(error) => error.is_conflict(),
            Self::Store(error) => error.is_conflict(),
            _ => false,
        }
    }
}
