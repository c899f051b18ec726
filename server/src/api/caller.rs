//! The claim of a caller as an extractor. What they may do, a handler learns only with the snapshot or the
//! transaction that it takes by the claim.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::ApiError;
use super::operation::{Asks, Operation, Token};
use crate::auth::Claim;
use crate::state::State;

impl FromRequestParts<State> for Claim {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        arriving(state, bearer(parts).ok_or(ApiError::Unauthenticated)?)
    }
}

impl Asks for Claim {
    fn tell(operation: &mut Operation) {
        operation.token = Some(Token::Access);
        operation.errors.extend([ApiError::Unauthenticated, ApiError::SessionOver]);
    }
}

/// What an access token says; the request's line in the log names whom.
///
/// # Errors
/// As for [`Claim::of`].
pub fn arriving(state: &State, token: &str) -> Result<Claim, ApiError> {
    let claim = Claim::of(state.gate(), token)?;
    tracing::Span::current()
        .record("user.id", tracing::field::display(claim.user()))
        .record("device.id", tracing::field::display(claim.device()));
    Ok(claim)
}

/// The token of the one `Authorization: Bearer` header (RFC 6750).
pub fn bearer(parts: &Parts) -> Option<&str> {
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    // Two such headers are refused: a proxy and this server could each believe another one.
    let (header, None) = (headers.next()?, headers.next()) else { return None };
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}
