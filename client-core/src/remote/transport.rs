//! How requests reach the server: one trait, implemented over HTTP and, in tests, in the process.

use std::future::Future;
use std::time::Duration;

/// Carries requests to one server and answers back. It knows nothing of what they say.
pub trait Transport: Send + Sync {
    /// One exchange (`POST /v1/sync`): the frame of a
    /// [`SyncRequest`](roadbook_domain::wire::SyncRequest) up, that of a
    /// [`SyncResponse`](roadbook_domain::wire::SyncResponse) down.
    fn exchange(
        &self,
        access_token: &str,
        frame: Vec<u8>,
    ) -> impl Future<Output = Result<Vec<u8>, TransportError>> + Send;

    /// A call of the JSON API: `POST path` with a JSON body; an empty answer is the empty text.
    fn post(
        &self,
        path: &str,
        access_token: Option<&str>,
        json: String,
    ) -> impl Future<Output = Result<String, TransportError>> + Send;

    /// Ends once [`RENEWAL`](crate::RENEWAL) has passed: while an answer is waited for, the session is
    /// renewed as often. It never ends on a transport that has no clock and answers at once.
    fn pause(&self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

/// Why there is no answer, as far as it makes a difference to the caller.
///
/// None of them says that a request was not carried out: an answer may have been lost on its way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The server was not reached, or the connection broke: try again later.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The request or the answer did not come through in time: try again later, with less.
    #[error("the line is too slow")]
    TimedOut,
    /// The server has too much to do: try again no earlier than it asks.
    #[error("the server is busy")]
    Busy {
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// The token is expired or revoked.
    #[error("the server does not accept the token")]
    Unauthorized,
    /// The server refused the request itself, for good; the code is one of its API.
    #[error("the server refused the request: {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The code of its error body, or empty.
        code: String,
    },
    /// What came back is not an answer.
    #[error("the answer cannot be read")]
    Malformed,
}

impl TransportError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Busy { .. } => "busy",
            Self::Unauthorized => "unauthorized",
            Self::Refused { .. } => "refused",
            Self::Malformed => "malformed",
        }
    }
}

/// The most bytes of an answer: a page is at most 1 MB, one document at most 2 MB with its rows.
pub const MAX_ANSWER: usize = 16 << 20;
