//! The caller as an extractor, so that no handler can forget to ask who is calling.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::ApiError;
use crate::auth::Caller;
use crate::state::State;

impl FromRequestParts<State> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        arriving(state, bearer(parts).ok_or(ApiError::Unauthenticated)?).await
    }
}

/// The caller that an access token stands for; the request's line in the log names them.
///
/// # Errors
/// As for [`Caller::of`].
pub async fn arriving(state: &State, token: &str) -> Result<Caller, ApiError> {
    let caller = Caller::of(state.gate(), token).await?;
    tracing::Span::current()
        .record("user.id", tracing::field::display(caller.user))
        .record("device.id", tracing::field::display(caller.device));
    Ok(caller)
}

/// The token of the one `Authorization: Bearer` header (RFC 6750).
pub fn bearer(parts: &Parts) -> Option<&str> {
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    // Two such headers are refused: a proxy and this server could each believe another one.
    let (header, None) = (headers.next()?, headers.next()) else { return None };
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}
