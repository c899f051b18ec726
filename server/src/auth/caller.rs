//! The caller: an extractor, so that no handler can forget to ask who is calling.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use roadbook_domain::access::rights::Viewer;
use roadbook_domain::settings::role::Act;
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use uuid::Uuid;

use crate::api::ApiError;
use crate::state::State;
use crate::store::Conn;
use crate::store::users::{self, Claimed};

/// Who calls: a user with access, on a device that is not revoked, in a session that lives.
///
/// The signature of the access token says who; the database says, at every request, whether that still
/// holds and what he may do. So a revocation works at once and on every node, not when tokens expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The organisation.
    pub org: OrgId,
    /// The user.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
    /// The role now.
    pub role: Role,
    /// The session.
    pub session: Uuid,
    /// The version of the user's tokens.
    pub token_version: i64,
}

impl Caller {
    /// The caller as one who looks at documents.
    pub const fn viewer(&self) -> Viewer {
        Viewer { user: self.user, role: self.role }
    }

    /// Refuses if the caller's role does not allow it.
    ///
    /// # Errors
    /// [`ApiError::Forbidden`].
    pub fn require(&self, act: Act) -> Result<(), ApiError> {
        if act.allowed_to(self.role) { Ok(()) } else { Err(ApiError::Forbidden) }
    }

    /// The same caller as he stands now: the request itself may have changed that.
    ///
    /// # Errors
    /// [`ApiError::SessionOver`] if account, device or session are no more.
    pub async fn anew(&self, state: &State) -> Result<Self, ApiError> {
        let Self { org, user, device, session, .. } = *self;
        let claimed = Claimed { org, user, device, session, token_version: 0 };
        let mut conn = state.db().read().await?;
        let standing = users::standing_of(&mut conn, &claimed).await?.ok_or(ApiError::SessionOver)?;
        Ok(Self { role: standing.role, ..*self })
    }

    /// The caller that this access token stands for.
    ///
    /// # Errors
    /// [`ApiError::Unauthenticated`] if the token is not good now or was recalled: a refresh helps.
    /// [`ApiError::SessionOver`] if account, device or session are no more: nothing helps.
    pub async fn of(state: &State, token: &str) -> Result<Self, ApiError> {
        let claimed: Claimed =
            state.tokens().verify(token, state.now()).map_err(|_| ApiError::Unauthenticated)?;
        let mut conn = state.db().read().await?;
        Self::standing(&mut conn, claimed).await
    }

    /// As [`Caller::of`], and the request's line in the log names them.
    ///
    /// # Errors
    /// As for [`Caller::of`].
    pub async fn arriving(state: &State, token: &str) -> Result<Self, ApiError> {
        let caller = Self::of(state, token).await?;
        tracing::Span::current()
            .record("user.id", tracing::field::display(caller.user))
            .record("device.id", tracing::field::display(caller.device));
        Ok(caller)
    }

    /// The same caller as he stands now: for whoever has waited for the caller to send something. A body
    /// that trickles does not outlive a revocation, nor the role with which it began.
    ///
    /// # Errors
    /// As for [`Caller::of`].
    pub async fn again(self, state: &State) -> Result<Self, ApiError> {
        let Self { org, user, device, session, token_version, .. } = self;
        let mut conn = state.db().read().await?;
        let claimed = Claimed { org, user, device, session, token_version };
        Self::standing(&mut conn, claimed).await
    }

    async fn standing(conn: &mut Conn, claimed: Claimed) -> Result<Self, ApiError> {
        let standing = users::standing_of(conn, &claimed).await?.ok_or(ApiError::SessionOver)?;
        if standing.token_version != claimed.token_version {
            return Err(ApiError::Unauthenticated);
        }
        let Claimed { org, user, device, session, token_version } = claimed;
        Ok(Self { org, user, device, role: standing.role, session, token_version })
    }
}

impl FromRequestParts<State> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        let token = bearer(parts).ok_or(ApiError::Unauthenticated)?;
        Self::arriving(state, token).await
    }
}

/// The token of the one `Authorization: Bearer` header (RFC 6750).
pub fn bearer(parts: &Parts) -> Option<&str> {
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let (header, None) = (headers.next()?, headers.next()) else { return None };
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}
