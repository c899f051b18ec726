//! Why somebody is not let in.

use super::password::PasswordError;
use super::token::TokenError;
use crate::store::{MayConflict, StoreError};

/// Why a caller is refused, or a session not given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// No access token, or one that is not good now or was recalled. A refresh helps.
    #[error("there is no access token that is good now")]
    Unauthenticated,
    /// There is no such user with such a password who has access.
    #[error("email or password is wrong")]
    BadCredentials,
    /// Account, device or session are no more. Only a new sign-in helps.
    #[error("the session is over")]
    SessionOver,
    /// The code of an enrolment was never made, was used, or has expired.
    #[error("the code is not good any more")]
    EnrolmentOver,
    /// The caller's role does not allow it.
    #[error("the role does not allow this")]
    Forbidden,
    /// Too many wrong passwords for this account.
    #[error("too many wrong passwords: wait {seconds} seconds")]
    SlowDown {
        /// How long to wait.
        seconds: u32,
    },
    /// The password could not be hashed or verified.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The token key cannot sign. A token that cannot be read is [`AuthError::Unauthenticated`].
    #[error("the token key cannot sign")]
    Token(#[from] TokenError),
    /// Of the database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl MayConflict for AuthError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}
