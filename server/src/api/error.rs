//! What the API answers when it does not do what was asked.

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use roadbook_domain::settings::SettingsError;
use serde_json::json;

use crate::auth::password::PasswordError;
use crate::auth::token::TokenError;
use crate::store::StoreError;

/// A refusal or failure. Its code is stable: clients act on it; its message is for people.
///
/// As JSON: `{"error":{"code":"...","message":"..."}}`.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// 401 `unauthenticated`: no access token, or one that is not good now. Refresh, then try again.
    #[error("sign in, or refresh the access token")]
    Unauthenticated,

    /// 401 `bad_credentials`: there is no such user with such a password who has access.
    #[error("email or password is wrong")]
    BadCredentials,

    /// 401 `session_over`: signed out, revoked, disabled, replayed or idle too long. Sign in again.
    #[error("the session is over: sign in again")]
    SessionOver,

    /// 403 `forbidden`: the caller's role does not allow it.
    #[error("your role does not allow this")]
    Forbidden,

    /// 404 `not_found`: there is no such thing, or the caller may not know of it.
    #[error("there is no such thing")]
    NotFound,

    /// 405 `method_not_allowed`.
    #[error("this address does not take that method")]
    MethodNotAllowed,

    /// 409 `stale_version`: the setting was edited since; its current version is in `error.version`.
    #[error("it was edited by somebody else: read it again")]
    StaleVersion {
        /// The version to base the edit on.
        current: u64,
    },

    /// 409 `already_exists`: the email (or another unique name) is taken.
    #[error("{0} is already in use")]
    AlreadyExists(&'static str),

    /// 409 `last_admin`: an organisation keeps an administrator with access.
    #[error("this is the last administrator with access")]
    LastAdmin,

    /// 413 `too_large`: the body has more bytes than this route takes.
    #[error("the body is too large")]
    TooLarge,

    /// 422 `invalid`: the body is not what this route takes; the message says where.
    #[error("{0}")]
    Invalid(String),

    /// 422 `against_the_rules`: the setting would break a rule of settings; the message says which.
    #[error("{0}")]
    AgainstTheRules(SettingsError),

    /// 408 `too_slow`: the request did not arrive in time, or took too long.
    #[error("the request took too long")]
    TooSlow,

    /// 429 `slow_down`, with `Retry-After`: too many wrong passwords for this account.
    #[error("too many wrong passwords: wait, then try again")]
    SlowDown {
        /// How long to wait.
        seconds: u32,
    },

    /// 503 `unavailable`, with `Retry-After`: the database does not answer, or too many sign in or ask
    /// for a state hash at once.
    #[error("the server is busy: try again")]
    Unavailable,

    /// 507 `storage_full`, with `Retry-After`: nothing was written; reading goes on (R09).
    #[error("the server has no space left")]
    StorageFull,

    /// 500 `internal`: the cause is in the server's log, under the request's id.
    #[error("something went wrong in the server")]
    Internal(String),
}

impl ApiError {
    /// The status and the stable code.
    pub fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated"),
            Self::BadCredentials => (StatusCode::UNAUTHORIZED, "bad_credentials"),
            Self::SessionOver => (StatusCode::UNAUTHORIZED, "session_over"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::StaleVersion { .. } => (StatusCode::CONFLICT, "stale_version"),
            Self::AlreadyExists(_) => (StatusCode::CONFLICT, "already_exists"),
            Self::LastAdmin => (StatusCode::CONFLICT, "last_admin"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::AgainstTheRules(_) => (StatusCode::UNPROCESSABLE_ENTITY, "against_the_rules"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too_slow"),
            Self::SlowDown { .. } => (StatusCode::TOO_MANY_REQUESTS, "slow_down"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::StorageFull => (StatusCode::INSUFFICIENT_STORAGE, "storage_full"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    /// A refusal of what was sent.
    pub fn invalid(why: impl Into<String>) -> Self {
        Self::Invalid(why.into())
    }

    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Unauthenticated | Self::SessionOver => {
                Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
            }
            Self::SlowDown { seconds } => Some((RETRY_AFTER, HeaderValue::from(*seconds))),
            Self::Unavailable => Some((RETRY_AFTER, HeaderValue::from_static("1"))),
            Self::StorageFull => Some((RETRY_AFTER, HeaderValue::from_static("60"))),
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        if let Self::Internal(cause) = &self {
            tracing::error!(error.cause = %cause, "a request failed");
        }
        let mut error = json!({ "code": code, "message": self.to_string() });
        if let (Self::StaleVersion { current }, Some(error)) = (&self, error.as_object_mut()) {
            error.insert("version".into(), (*current).into());
        }
        let mut response = (status, Json(json!({ "error": error }))).into_response();
        response.headers_mut().extend(self.header());
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => {
                tracing::warn!(error.cause = %cause, "the database does not answer");
                Self::Unavailable
            }
            StoreError::Full => Self::StorageFull,
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Length => Self::Invalid(error.to_string()),
            PasswordError::Busy => Self::Unavailable,
            PasswordError::Failed(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<TokenError> for ApiError {
    /// A token that cannot be signed; one that cannot be read is `Unauthenticated` where it is read.
    fn from(error: TokenError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<SettingsError> for ApiError {
    fn from(error: SettingsError) -> Self {
        Self::AgainstTheRules(error)
    }
}
