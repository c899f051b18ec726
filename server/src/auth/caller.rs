//! The caller: who calls, and whether the database says that they still may.

use roadbook_domain::access::rights::Viewer;
use roadbook_domain::settings::role::{Act, Role};
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use uuid::Uuid;

use super::{AuthError, Gate};
use crate::node::Node;
use crate::store::users::{self, Claimed, Permissions};

/// Who calls: a user with access, on a device that is not revoked, in a session that lives.
///
/// The access token says who calls. At every request the database says whether that still holds, and what
/// they may do. So a revocation works at once and on every node, not when tokens expire.
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
    /// The caller as a viewer of documents.
    pub const fn viewer(&self) -> Viewer {
        Viewer { user: self.user, role: self.role }
    }

    /// Refuses if the caller's role does not allow it.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`].
    pub fn require(&self, act: Act) -> Result<(), AuthError> {
        if act.allowed_to(self.role) { Ok(()) } else { Err(AuthError::Forbidden) }
    }

    /// The caller that this access token stands for.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`] if the token is not good now or was recalled: a refresh helps.
    /// [`AuthError::SessionOver`] if account, device or session are no more: only a sign-in helps.
    pub async fn of(gate: &Gate, token: &str) -> Result<Self, AuthError> {
        Self::judge(gate.node(), gate.verify(token).map_err(|_| AuthError::Unauthenticated)?).await
    }

    /// The same caller, judged again after the body of the request has come. A body that trickles in
    /// must not pass with a session or role that ended meanwhile.
    ///
    /// # Errors
    /// As for [`Caller::of`].
    pub async fn again(&self, node: &Node) -> Result<Self, AuthError> {
        Self::judge(node, self.claimed()).await
    }

    /// The same caller after a request that may itself have changed the role, and so have recalled the
    /// tokens: the version of the tokens is not asked again.
    ///
    /// # Errors
    /// [`AuthError::SessionOver`] if account, device or session are no more.
    pub async fn anew(&self, node: &Node) -> Result<Self, AuthError> {
        let permissions = permissions(node, &self.claimed()).await?;
        Ok(Self { role: permissions.role, ..*self })
    }

    async fn judge(node: &Node, claimed: Claimed) -> Result<Self, AuthError> {
        let permissions = permissions(node, &claimed).await?;
        if permissions.token_version != claimed.token_version {
            return Err(AuthError::Unauthenticated);
        }
        let Claimed { org, user, device, session, token_version } = claimed;
        Ok(Self { org, user, device, role: permissions.role, session, token_version })
    }

    const fn claimed(&self) -> Claimed {
        let Self { org, user, device, session, token_version, .. } = *self;
        Claimed { org, user, device, session, token_version }
    }
}

async fn permissions(node: &Node, claimed: &Claimed) -> Result<Permissions, AuthError> {
    let mut conn = node.db().read().await?;
    users::permissions_of(&mut conn, claimed).await?.ok_or(AuthError::SessionOver)
}
