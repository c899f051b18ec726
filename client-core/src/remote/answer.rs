//! What an answer that is no success means. The server gives every error a code; what has none is a proxy's.

use std::time::Duration;

use serde::Deserialize;

use super::request::Reply;
use super::transport::TransportError;

/// Reads the status, the `Retry-After` and the body, of which a part may be missing.
pub(super) fn refusal(status: u16, retry_after: Option<&str>, body: &[u8]) -> TransportError {
    let retry_after = retry_after.and_then(|value| value.trim().parse().ok()).map(Duration::from_secs);
    let code = serde_json::from_slice(body).map(|body: ErrorBody| body.code).unwrap_or_default();
    match (status, code.as_str()) {
        (401, "unauthenticated") => TransportError::Unauthorized,
        (401, "session_over") => TransportError::SessionOver,
        (429, "slow_down") => TransportError::TooManyTries { retry_after },
        (507, "storage_full") => TransportError::ServerFull { retry_after },
        (408 | 504, _) => TransportError::TimedOut,
        (429 | 500.., _) => TransportError::Busy { status, retry_after },
        (413, _) => TransportError::Refused { status, code },
        (_, "") => TransportError::WrongServer { status },
        _ => TransportError::Refused { status, code },
    }
}

/// The same for who asked the JSON API: what the server itself refuses is an answer.
pub(super) fn reply(status: u16, retry_after: Option<&str>, body: Vec<u8>) -> Result<Reply, TransportError> {
    match refusal(status, retry_after, &body) {
        TransportError::Refused { code, .. } if !code.is_empty() => {
            let body = String::from_utf8(body).map_err(|_| TransportError::Malformed)?;
            Ok(Reply { status, body })
        }
        error => Err(error),
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    code: String,
}
