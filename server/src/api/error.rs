//! What the API answers when it does not do what was asked.
//!
//! `docs/http-api.md` lists every code with its status and data; a test compares.

mod from;
mod rule;
#[cfg(test)]
mod tests;

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use roadbook_domain::settings::SettingsError;
use serde_json::{Map, Value, json};

use super::schema::{Schema, Schemas};

/// A refusal or failure, as JSON: `{"code": "...", "message": "...", ...data}`.
///
/// The code and its data are stable: clients act on them and translate by them. The message is English,
/// for people who read logs, and may change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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

    /// 401 `enrolment_over`: the code was never made, was used, or has expired. Ask for a new one.
    #[error("the code is not good any more: ask for a new one")]
    EnrolmentOver,

    /// 403 `forbidden`: the caller's role does not allow it.
    #[error("your role does not allow this")]
    Forbidden,

    /// 403 `foreign_site`: a page of another site asked for the live channel.
    #[error("a page of another site may not ask for this")]
    ForeignSite,

    /// 404 `not_found`: there is no such thing, or the caller may not know of it.
    #[error("there is no such thing")]
    NotFound,

    /// 405 `method_not_allowed`.
    #[error("this address does not take that method")]
    MethodNotAllowed,

    /// 408 `too_slow`: the request did not arrive in time, or took too long.
    #[error("the request took too long")]
    TooSlow,

    /// 409 `stale_version`: the setting was edited since; `version` is its current one.
    #[error("it was edited by somebody else: read it again")]
    StaleVersion {
        /// The version to base the edit on.
        current: u64,
    },

    /// 409 `already_exists`: the value of `field` is taken.
    #[error("{field} is already in use")]
    AlreadyExists {
        /// The member of the body.
        field: &'static str,
    },

    /// 409 `last_admin`: an organisation keeps an administrator with access.
    #[error("this is the last administrator with access")]
    LastAdmin,

    /// 413 `too_large`: the request holds more than this route takes.
    #[error("the request is too large")]
    TooLarge,

    /// 422 `invalid`: `field` of the request has this `problem`; empty: the request as a whole.
    #[error("{}{problem}", if field.is_empty() { String::new() } else { format!("{field}: ") })]
    Invalid {
        /// The member of the body or query.
        field: &'static str,
        /// What is wrong with it.
        problem: Problem,
    },

    /// 422 `against_the_rules`: the setting would break the `rule`; some rules name a `field`.
    #[error("{0}")]
    AgainstTheRules(SettingsError),

    /// 429 `slow_down`: too many wrong passwords for this account; try again after `retry_after` seconds.
    #[error("too many wrong passwords: wait, then try again")]
    SlowDown {
        /// How long to wait.
        seconds: u32,
    },

    /// 500 `internal`: the cause is in the server's log, under the request's id.
    #[error("something went wrong in the server")]
    Internal(String),

    /// 503 `unavailable`: the database does not answer, or the server is busy; try again after
    /// `retry_after` seconds.
    #[error("the server is busy: try again")]
    Unavailable,

    /// 507 `storage_full`: nothing was written; reading goes on (R09). Try again after `retry_after`
    /// seconds.
    #[error("the server has no space left")]
    StorageFull,
}

/// What is wrong with a member of a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// `form`: it is not of the form that this route takes.
    #[error("{0}")]
    Form(String),
    /// `missing`: it is needed.
    #[error("it is needed")]
    Missing,
    /// `length`: it has fewer than `min` or more than `max` characters.
    #[error("give {min} to {max} characters")]
    Length {
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// `mismatch`: it does not fit the address of the request.
    #[error("not that of the address")]
    Mismatch,
}

/// How long a client waits that is told so, in seconds.
const BUSY: u32 = 1;
/// The same while the storage is full: somebody has to make room first.
const FULL: u32 = 60;

impl ApiError {
    /// The status and the stable code.
    pub fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated"),
            Self::BadCredentials => (StatusCode::UNAUTHORIZED, "bad_credentials"),
            Self::SessionOver => (StatusCode::UNAUTHORIZED, "session_over"),
            Self::EnrolmentOver => (StatusCode::UNAUTHORIZED, "enrolment_over"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::ForeignSite => (StatusCode::FORBIDDEN, "foreign_site"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too_slow"),
            Self::StaleVersion { .. } => (StatusCode::CONFLICT, "stale_version"),
            Self::AlreadyExists { .. } => (StatusCode::CONFLICT, "already_exists"),
            Self::LastAdmin => (StatusCode::CONFLICT, "last_admin"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::Invalid { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::AgainstTheRules(_) => (StatusCode::UNPROCESSABLE_ENTITY, "against_the_rules"),
            Self::SlowDown { .. } => (StatusCode::TOO_MANY_REQUESTS, "slow_down"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::StorageFull => (StatusCode::INSUFFICIENT_STORAGE, "storage_full"),
        }
    }

    /// A member of the request that is not of the form which this route takes.
    pub fn invalid(field: &'static str, form: impl Into<String>) -> Self {
        Self::Invalid { field, problem: Problem::Form(form.into()) }
    }

    /// The data that go with the code.
    fn data(&self) -> Value {
        match self {
            Self::StaleVersion { current } => json!({ "version": current }),
            Self::AlreadyExists { field } => json!({ "field": field }),
            Self::Invalid { field, problem: Problem::Length { min, max } } => {
                json!({ "field": field, "problem": "length", "min": min, "max": max })
            }
            Self::Invalid { field, problem } => json!({ "field": field, "problem": problem.code() }),
            Self::AgainstTheRules(error) => rule::data(*error),
            Self::SlowDown { .. } | Self::Unavailable | Self::StorageFull => {
                json!({ "retry_after": self.retry_after() })
            }
            _ => Value::Null,
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::SlowDown { seconds } => Some(*seconds),
            Self::Unavailable => Some(BUSY),
            Self::StorageFull => Some(FULL),
            _ => None,
        }
    }

    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Unauthenticated | Self::SessionOver => {
                Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
            }
            _ => self.retry_after().map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))),
        }
    }

    fn to_json(&self) -> Value {
        let (_, code) = self.status_and_code();
        let mut members = Map::new();
        members.insert("code".into(), code.into());
        members.insert("message".into(), self.to_string().into());
        if let Value::Object(data) = self.data() {
            members.extend(data);
        }
        Value::Object(members)
    }
}

impl Problem {
    fn code(&self) -> &'static str {
        match self {
            Self::Form(_) => "form",
            Self::Missing => "missing",
            Self::Length { .. } => "length",
            Self::Mismatch => "mismatch",
        }
    }
}

impl Schema for ApiError {
    fn schema(schemas: &mut Schemas) -> Value {
        schemas.named::<Self>("Error", |_| {
            json!({
                "type": "object",
                "description": "Why nothing was done. Clients act on the code and its data, and translate by them. \
                                More codes may come: one that is not known counts by the class of the status.",
                "properties": {
                    "code": { "type": "string", "description": "Stable." },
                    "message": { "type": "string", "description": "In English, for logs. It may change." },
                    "version": { "type": "integer", "description": "Of `stale_version`: what to base the edit on." },
                    "field": {
                        "type": "string",
                        "description": "The member of the request, or of the setting, that is meant; empty: all of it.",
                    },
                    "problem": {
                        "type": "string", "enum": ["form", "missing", "length", "mismatch"],
                        "description": "Of `invalid`: what is wrong with the field.",
                    },
                    "min": { "type": "integer", "description": "Of a wrong length: the fewest characters." },
                    "max": { "type": "integer", "description": "Of a wrong length: the most." },
                    "rule": {
                        "type": "string",
                        "description": "Of `against_the_rules`: the rule of settings that would be broken.",
                    },
                    "retry_after": { "type": "integer", "description": "After how many seconds to try again." },
                },
                "required": ["code", "message"],
            })
        })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Self::Internal(cause) = &self {
            tracing::error!(error.cause = %cause, "a request failed");
        }
        let (status, _) = self.status_and_code();
        let mut response = (status, Json(self.to_json())).into_response();
        response.headers_mut().extend(self.header());
        response
    }
}
