//! Why an address is none, and why a sync, a sign-in or a sign-out did not come to its end.

use roadbook_domain::value::time::Timestamp;

use super::transport::TransportError;
use crate::error::ApiError;

/// Why an address is not one of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
#[non_exhaustive]
pub enum AddressError {
    /// It is not a URL with a host.
    #[error("not the address of a server")]
    Malformed,
    /// It is neither `https` nor a server on this very machine.
    #[error("a server on another machine is reached by https only")]
    NotSecure,
    /// TLS cannot be set up on this machine.
    #[error("TLS cannot be set up")]
    NoTls,
    /// The roots that are to be trusted are no certificates in PEM.
    #[error("the roots to be trusted are no certificates in PEM")]
    NoRoots,
}

impl AddressError {
    /// The stable code of this error: an app keeps its texts by it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "address.malformed",
            Self::NotSecure => "address.not_secure",
            Self::NoTls => "address.no_tls",
            Self::NoRoots => "address.no_roots",
        }
    }
}

/// Why a sync, a sign-in or a sign-out did not come to its end, as far as it makes a difference to
/// the caller. Whatever was exchanged before stays.
///
/// Each `retry_at` says when to try again; `None`: when the user likes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
#[non_exhaustive]
pub enum SyncError {
    /// Nobody answers, or not in time: everything waits for a network.
    #[error("nobody answers at {address}: everything waits for a network")]
    Unreachable {
        /// The server's.
        address: String,
        /// See above.
        retry_at: Option<Timestamp>,
    },
    /// The network wants its user to sign in to it: open any page in a browser.
    #[error("the network wants a sign-in of its own before {address} can be reached: open any page")]
    CaptivePortal {
        /// The server's.
        address: String,
        /// See above.
        retry_at: Option<Timestamp>,
    },
    /// The certificate at the address is not trusted: set the device's clock, or ask the administrator.
    #[error("the certificate of {address} is not trusted: is the device's clock right?")]
    NotTrusted {
        /// The server's.
        address: String,
        /// See above.
        retry_at: Option<Timestamp>,
    },
    /// What answers at the address is not Roadbook, or a proxy before it: check the address if it lasts.
    #[error("what answers at {address} is not Roadbook (status {status}): is the address right?")]
    WrongServer {
        /// The server's.
        address: String,
        /// The HTTP status of the answer; 0 if it had none.
        status: u16,
        /// See above.
        retry_at: Option<Timestamp>,
    },
    /// The server has too much to do, or trouble of its own: everything waits.
    #[error("{address} is busy (status {status}): everything waits")]
    ServerBusy {
        /// The server's.
        address: String,
        /// The HTTP status of the answer.
        status: u16,
        /// See above.
        retry_at: Option<Timestamp>,
    },
    /// The server's storage is full: its administrator must make room. Nothing is lost.
    #[error("the storage of {address} is full: its administrator must make room")]
    ServerFull {
        /// The server's.
        address: String,
        /// See above.
        retry_at: Option<Timestamp>,
    },
    /// Too many wrong passwords were tried: wait, then try again.
    #[error("too many wrong passwords: wait")]
    TooManyTries {
        /// See above.
        retry_at: Option<Timestamp>,
    },
    /// The session is over: ask the user to sign in; their work and their unsent edits stay.
    #[error("sign in again")]
    SignInNeeded,
    /// The user has no access any more, or the device was revoked: what was unsent is with the server, for a
    /// manager to apply or discard, and the file is empty. Tell the user; there is nothing to try again.
    #[error("access has ended: {handed_in} unsent edits were handed in for a manager to review")]
    AccessEnded {
        /// How many edits were handed in.
        handed_in: u64,
    },
    /// Email or password are wrong.
    #[error("email or password is wrong")]
    BadCredentials,
    /// The file holds another user's data: open another file.
    #[error("the file is another user's")]
    OtherUser,
    /// There are edits that the server has not: sync first, or sign out by force.
    #[error("{count} edits are unsent, {quarantined} are in the quarantine")]
    Unsent {
        /// How many wait to be sent.
        count: u64,
        /// How many are in the quarantine: the server never took them.
        quarantined: u64,
    },
    /// Another process of this device is exchanging with the server: its news will be here, too. Or the
    /// user signed out meanwhile.
    #[error("another process of this device is exchanging with the server")]
    Elsewhere,
    /// The app ended the call by its own word. If the server had answered already, nothing of it was stored here.
    #[error("the app ended the call")]
    Cancelled,
    /// The server refused the request itself: the app may be too old for it.
    #[error("{address} refused the request: {code}")]
    Refused {
        /// The server's.
        address: String,
        /// The code that the server gave.
        code: String,
    },
    /// The device's own trouble.
    #[error(transparent)]
    Local {
        /// What it is.
        #[from]
        error: ApiError,
    },
}

impl SyncError {
    /// The stable code of this error: an app keeps its texts by it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::CaptivePortal { .. } => "captive_portal",
            Self::NotTrusted { .. } => "not_trusted",
            Self::WrongServer { .. } => "wrong_server",
            Self::ServerBusy { .. } => "server_busy",
            Self::ServerFull { .. } => "server_full",
            Self::TooManyTries { .. } => "too_many_tries",
            Self::SignInNeeded => "sign_in_needed",
            Self::AccessEnded { .. } => "access_ended",
            Self::BadCredentials => "bad_credentials",
            Self::OtherUser => "other_user",
            Self::Unsent { .. } => "unsent",
            Self::Elsewhere => "elsewhere",
            Self::Cancelled => "cancelled",
            Self::Refused { .. } => "refused",
            Self::Local { error } => error.code(),
        }
    }

    /// Whether the way to the server, or the server, was the trouble: waiting may help.
    pub(crate) fn is_of_network(&self) -> bool {
        self.clone().retry_at_mut().is_some()
    }

    /// The same, to be tried again at `at`.
    pub(crate) fn later(mut self, at: Timestamp) -> Self {
        if let Some(retry_at) = self.retry_at_mut() {
            *retry_at = Some(at);
        }
        self
    }

    fn retry_at_mut(&mut self) -> Option<&mut Option<Timestamp>> {
        match self {
            Self::Unreachable { retry_at, .. }
            | Self::CaptivePortal { retry_at, .. }
            | Self::NotTrusted { retry_at, .. }
            | Self::WrongServer { retry_at, .. }
            | Self::ServerBusy { retry_at, .. }
            | Self::ServerFull { retry_at, .. }
            | Self::TooManyTries { retry_at } => Some(retry_at),
            _ => None,
        }
    }

    /// When to try again; `None` if waiting does not help, or nobody knows.
    pub fn retry_at(&self) -> Option<Timestamp> {
        self.clone().retry_at_mut().and_then(|retry_at| *retry_at)
    }

    /// What a failed call of the server at `address` means.
    pub(crate) fn of_transport(error: TransportError, address: &str, retry_at: Option<Timestamp>) -> Self {
        let address = address.to_owned();
        match error {
            TransportError::Unreachable | TransportError::TimedOut => Self::Unreachable { address, retry_at },
            TransportError::CaptivePortal => Self::CaptivePortal { address, retry_at },
            TransportError::NotTrusted => Self::NotTrusted { address, retry_at },
            TransportError::WrongServer { status } => Self::WrongServer { address, status, retry_at },
            TransportError::Malformed => Self::WrongServer { address, status: 0, retry_at },
            TransportError::Busy { status, .. } => Self::ServerBusy { address, status, retry_at },
            TransportError::ServerFull { .. } => Self::ServerFull { address, retry_at },
            TransportError::TooManyTries { .. } => Self::TooManyTries { retry_at },
            // Only for a token that the server has just given: the trouble is the server's.
            TransportError::Unauthorized => Self::ServerBusy { address, status: 401, retry_at },
            TransportError::SessionOver => Self::SignInNeeded,
            TransportError::Refused { code, .. } => Self::Refused { address, code },
        }
    }
}
