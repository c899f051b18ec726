//! Why a sync, a sign-in or a sign-out did not come to its end.

use roadbook_domain::value::time::Timestamp;

use super::transport::TransportError;
use crate::error::ApiError;

/// Why a sync, a sign-in or a sign-out did not come to its end, as far as it makes a difference to
/// the caller. Whatever was exchanged before stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
#[non_exhaustive]
pub enum SyncError {
    /// The server cannot be reached or has too much to do: everything waits; try again.
    #[error("the server cannot be reached")]
    Unreachable {
        /// When to try again; `None`: when the user likes.
        retry_at: Option<Timestamp>,
    },
    /// The session is over: ask the user to sign in; their work and their unsent edits stay.
    #[error("sign in again")]
    SignInNeeded,
    /// Email or password are wrong.
    #[error("email or password is wrong")]
    BadCredentials,
    /// The file holds another user's data: open another file.
    #[error("the file is another user's")]
    OtherUser,
    /// There are edits that the server has not: sync first, or sign out by force.
    #[error("{count} edits are unsent")]
    Unsent {
        /// How many.
        count: u64,
    },
    /// Another process of this device is exchanging with the server: its news will be here, too. Or the
    /// user signed out meanwhile.
    #[error("another process of this device is exchanging with the server")]
    Elsewhere,
    /// The server refused the request itself: the app may be too old for it.
    #[error("the server refused the request: {code}")]
    Refused {
        /// The code that the server gave, or empty.
        code: String,
    },
    /// The device's own trouble.
    #[error(transparent)]
    Local(#[from] ApiError),
}

impl SyncError {
    /// The stable code of this error: an app keeps its texts by it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::SignInNeeded => "sign_in_needed",
            Self::BadCredentials => "bad_credentials",
            Self::OtherUser => "other_user",
            Self::Unsent { .. } => "unsent",
            Self::Elsewhere => "elsewhere",
            Self::Refused { .. } => "refused",
            Self::Local(error) => error.code(),
        }
    }

    pub(crate) fn of_transport(error: TransportError, retry_at: Option<Timestamp>) -> Self {
        match error {
            TransportError::Unreachable
            | TransportError::TimedOut
            | TransportError::Busy { .. }
            | TransportError::Malformed => Self::Unreachable { retry_at },
            TransportError::Unauthorized => Self::SignInNeeded,
            TransportError::Refused { code, .. } => Self::Refused { code },
        }
    }
}
