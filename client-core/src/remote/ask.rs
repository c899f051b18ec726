//! Calls of the server's JSON API in the name of the user: settings, users, devices. Its routes are in
//! `docs/http-api.md`.

use super::bounds::MAX_ASKED;
use super::call::failed;
use super::tokens::{access_token, replace};
use crate::client::Client;
use crate::error::{ApiError, Reason};
use crate::remote::error::SyncError;
use crate::remote::http::HttpTransport;
use crate::remote::transport::TransportError;

pub use super::request::{HttpMethod, Reply};

/// Asks in the name of the user, with another token where the present one is not good any more. `path` is that of a
/// route, below `/v1/`; `body` is JSON, of a request that has any. Where the server says no, its word is the answer.
///
/// # Errors
/// [`Reason::Malformed`] for any other path; [`Reason::TooLarge`] for a body that no route takes; those of the network,
/// and of a session that is over.
pub async fn ask(
    client: &Client,
    transport: &HttpTransport,
    method: HttpMethod,
    path: &str,
    body: Option<&str>,
) -> Result<Reply, SyncError> {
    let invalid = |reason| SyncError::from(ApiError::Invalid { reason });
    if !is_route(path) {
        return Err(invalid(Reason::Malformed));
    }
    if body.is_some_and(|body| body.len() > MAX_ASKED) {
        return Err(invalid(Reason::TooLarge));
    }
    let mut token = access_token(client, transport).await?;
    let mut is_new = false;
    loop {
        match transport.ask(method, path, &token, body).await {
            Err(TransportError::Unauthorized | TransportError::SessionOver) if !is_new => {
                token = replace(client, transport, &token).await?;
                is_new = true;
            }
            answer => return answer.map_err(|error| failed(client, transport, error)),
        }
    }
}

/// Whether this is a path below `/v1/`. The token must not go elsewhere on the same host, so nothing leads up again
/// there: no dots, however they are spelled.
fn is_route(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./?&=".contains(&byte);
    path.starts_with("/v1/") && path.bytes().all(is_plain) && !path.contains("/.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_below_v1_are_routes() {
        for path in [
            "/v1/me",
            "/v1/state-hash?now=1796112000000",
            "/v1/openapi.json",
            "/v1/users/0199c7a2-5d1e/devices",
        ] {
            assert!(is_route(path), "{path}");
        }
        for path in [
            "",
            "/",
            "/v1",
            "/v2/me",
            "v1/me",
            "/metrics",
            "@elsewhere.example/v1/me",
            "https://elsewhere.example/v1/me",
            "/v1/../metrics",
            "/v1/./me",
            "/v1/%2e%2e/metrics",
            "/v1/..\\metrics",
            "/v1/me#part",
            "/v1/me\r\nhost: elsewhere.example",
            "/v1/közös",
        ] {
            assert!(!is_route(path), "{path}");
        }
    }
}
