//! From the errors of the rooms below to what a client is told: many inside, few outside.

use super::{ApiError, Problem};
use crate::accounts::AccountError;
use crate::auth::AuthError;
use crate::auth::password::{self, PasswordError};
use crate::metrics;
use crate::settings::EditError;
use crate::store::StoreError;
use crate::sync::SyncError;

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        metrics::database_failed();
        match error {
            StoreError::Unavailable(cause) => {
                tracing::warn!(error.cause = %cause, "the database does not answer");
                Self::Unavailable
            }
            StoreError::Conflict(cause) => {
                tracing::warn!(error.cause = %cause, "a transaction was rolled back for another's sake");
                Self::Unavailable
            }
            StoreError::Full => {
                tracing::warn!("the database has no space left");
                Self::StorageFull
            }
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Length => Self::Invalid {
                field: "password",
                problem: Problem::Length { min: password::MIN_CHARS, max: password::MAX_BYTES },
            },
            PasswordError::Form => Self::invalid("password", error.to_string()),
            PasswordError::Busy => Self::Unavailable,
            PasswordError::Failed(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Unauthenticated => Self::Unauthenticated,
            AuthError::BadCredentials => Self::BadCredentials,
            AuthError::SessionOver => Self::SessionOver,
            AuthError::EnrolmentOver => Self::EnrolmentOver,
            AuthError::Forbidden => Self::Forbidden,
            AuthError::SlowDown { seconds } => Self::SlowDown { seconds },
            AuthError::Password(error) => error.into(),
            AuthError::Token(_) => Self::Internal(error.to_string()),
            AuthError::Store(error) => error.into(),
        }
    }
}

impl From<SyncError> for ApiError {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::TooLarge => Self::TooLarge,
            SyncError::Invalid(field) => Self::invalid(field, "no device sends this form"),
            SyncError::NotFound => Self::NotFound,
            SyncError::Busy => Self::Unavailable,
            SyncError::Failed(cause) => Self::Internal(cause),
            SyncError::Caller(error) => error.into(),
            SyncError::Store(error) => error.into(),
        }
    }
}

impl From<EditError> for ApiError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Caller(error) => error.into(),
            EditError::NotFound => Self::NotFound,
            EditError::Stale { current } => Self::StaleVersion { current },
            EditError::Rule(error) => Self::AgainstTheRules(error),
            EditError::Store(error) => error.into(),
        }
    }
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::NotFound => Self::NotFound,
            AccountError::NoEmail => Self::Invalid { field: "email", problem: Problem::Missing },
            AccountError::EmailTaken => Self::AlreadyExists { field: "email" },
            AccountError::LastAdmin => Self::LastAdmin,
            AccountError::Edit(error) => error.into(),
            AccountError::Password(error) => error.into(),
            AccountError::Documents(_) => Self::Internal(error.to_string()),
            AccountError::Store(error) => error.into(),
        }
    }
}
