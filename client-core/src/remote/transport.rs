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

    /// The server's address, for what a user is told.
    fn address(&self) -> &str {
        ""
    }

    /// Ends once [`RENEWAL`](crate::RENEWAL) has passed: while an answer is waited for, the session is
    /// renewed as often. It never ends on a transport that has no clock and answers at once.
    fn pause(&self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

/// Why there is no answer, as far as it makes a difference to the caller.
///
/// None of them says that a request was not carried out: an answer may have been lost on its way. Only
/// [`Self::Unauthorized`], [`Self::SessionOver`] and [`Self::Refused`] are words of the server itself; what a
/// proxy answers in its place is never one of these, but for the bare statuses 408 and 413.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// Nobody answered: try again later.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The other end's certificate is not trusted, so it was told nothing: the device's clock may be wrong, or
    /// this is not the server.
    #[error("the server's certificate is not trusted")]
    NotTrusted,
    /// The network wants its user to sign in to it first, and answers in the server's place.
    #[error("the network wants a sign-in of its own")]
    CaptivePortal,
    /// Something answered that is not a Roadbook server: a proxy whose server is away, or another site.
    #[error("what answers is not the server: status {status}")]
    WrongServer {
        /// The HTTP status.
        status: u16,
    },
    /// The request or the answer did not come through, or not in time: try again later, with less.
    #[error("the line is too slow")]
    TimedOut,
    /// The server has too much to do, or trouble of its own: try again no earlier than it asks.
    #[error("the server is busy: status {status}")]
    Busy {
        /// The HTTP status.
        status: u16,
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// The server's storage is full: nothing that was sent is stored.
    #[error("the server's storage is full")]
    ServerFull {
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// Too many wrong passwords were tried.
    #[error("too many wrong passwords")]
    TooManyTries {
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// The access token is expired or revoked.
    #[error("the server does not accept the token")]
    Unauthorized,
    /// The server has ended the session (its `session_over`).
    #[error("the session is over")]
    SessionOver,
    /// The server refused the request itself, for good; the code is one of its API.
    #[error("the server refused the request: {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The code of its error body; empty only where a proxy found the request too large.
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
            Self::NotTrusted => "not_trusted",
            Self::CaptivePortal => "captive_portal",
            Self::WrongServer { .. } => "wrong_server",
            Self::TimedOut => "timed_out",
            Self::Busy { .. } => "busy",
            Self::ServerFull { .. } => "server_full",
            Self::TooManyTries { .. } => "too_many_tries",
            Self::Unauthorized => "unauthorized",
            Self::SessionOver => "session_over",
            Self::Refused { .. } => "refused",
            Self::Malformed => "malformed",
        }
    }

    /// How long the server asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. }
            | Self::ServerFull { retry_after }
            | Self::TooManyTries { retry_after } => *retry_after,
            _ => None,
        }
    }
}

/// The most bytes of an answer: a page is at most 1 MB, one document at most 2 MB with its rows.
pub const MAX_ANSWER: usize = 16 << 20;
