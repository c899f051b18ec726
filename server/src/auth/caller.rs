//! The caller: who calls by the word of their token, and what they may do by the word of the database.
//!
//! A token says who calls and never what they may do: a request may wait long, for the rest of its body or for
//! a lock, and rights end meanwhile. So a caller's rights come with the very snapshot that answers and with
//! the very transaction that writes, and in no other way.

use std::ops::{Deref, DerefMut};

use roadbook_domain::access::rights::Viewer;
use roadbook_domain::settings::role::{Act, Role};
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use uuid::Uuid;

use super::{AuthError, Gate};
use crate::store::standing::{self, Standing};
use crate::store::users::{self, Claimed, Permissions};
use crate::store::{Conn, Db, StoreError, Tx, organisation};

/// Who an access token says is calling. Its signature is good; what the user may do, and whether the token
/// still holds, is judged where the database is read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim(Claimed);

/// A user with access, on a device that is not revoked, in a session that lives, as of one snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The organisation.
    pub org: OrgId,
    /// The user.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
    /// The role.
    pub role: Role,
    /// Only this room makes callers.
    claim: Claim,
}

/// A snapshot or a write transaction, with the caller as they are in it.
#[derive(Debug)]
pub struct Permitted<C> {
    /// Who reads or writes.
    pub caller: Caller,
    connection: C,
}

impl Claim {
    /// What this access token says.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`] if the token is not good now: a refresh helps.
    pub fn of(gate: &Gate, token: &str) -> Result<Self, AuthError> {
        gate.verify(token).map(Self).map_err(|_| AuthError::Unauthenticated)
    }

    /// The organisation.
    pub const fn org(&self) -> OrgId {
        self.0.org
    }

    /// The user.
    pub const fn user(&self) -> UserId {
        self.0.user
    }

    /// The device.
    pub const fn device(&self) -> DeviceId {
        self.0.device
    }

    /// The session.
    pub const fn session(&self) -> Uuid {
        self.0.session
    }

    /// A database snapshot, with what the caller may do in it.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`] if the token was recalled: a refresh helps.
    /// [`AuthError::SessionOver`] if account, device or session are no more: only a sign-in helps.
    pub async fn snapshot(&self, db: &Db) -> Result<Permitted<Conn>, AuthError> {
        let mut connection = db.snapshot().await?;
        let permissions = users::permissions_of(&mut connection, &self.0).await?;
        Ok(Permitted { caller: self.judge(permissions)?, connection })
    }

    /// Refuses a caller who may not do this, before anything is spent on them. They are judged again where it
    /// is done.
    ///
    /// # Errors
    /// As for [`Claim::snapshot`]; [`AuthError::Forbidden`].
    pub async fn look_first(&self, db: &Db, act: Act) -> Result<(), AuthError> {
        self.snapshot(db).await?.caller.require(act)
    }

    /// A write transaction under the organisation's lock, with what the caller may do until it ends.
    ///
    /// # Errors
    /// As for [`Claim::snapshot`].
    pub async fn write(&self, db: &Db) -> Result<Permitted<Tx>, AuthError> {
        let mut connection = db.write().await?;
        // Before the caller is judged: by now whoever takes their rights away has done so, or waits.
        organisation::lock(&mut connection, self.0.org).await?;
        let permissions = users::hold_permissions(&mut connection, &self.0).await?;
        Ok(Permitted { caller: self.judge(permissions)?, connection })
    }

    /// The caller and where they stand, with the chains up to two entries of the log.
    ///
    /// # Errors
    /// As for [`Claim::snapshot`].
    pub async fn standing(
        &self,
        conn: &mut Conn,
        entries: [Option<i64>; 2],
    ) -> Result<(Caller, Standing), AuthError> {
        let standing = standing::of(conn, &self.0, entries).await?.ok_or(AuthError::SessionOver)?;
        Ok((self.judge(Some(standing.permissions))?, standing))
    }

    /// The claim after a transaction that may itself have recalled the caller's tokens, so that the same
    /// request can go on.
    ///
    /// # Errors
    /// Of the database.
    pub async fn renewed(self, tx: &mut Permitted<Tx>) -> Result<Self, StoreError> {
        let permissions = users::permissions_of(tx, &self.0).await?;
        // Without access it stays as it is, and is refused where it is judged next.
        let token_version = permissions.map_or(self.0.token_version, |permissions| permissions.token_version);
        Ok(Self(Claimed { token_version, ..self.0 }))
    }

    fn judge(self, permissions: Option<Permissions>) -> Result<Caller, AuthError> {
        let permissions = permissions.ok_or(AuthError::SessionOver)?;
        if permissions.token_version != self.0.token_version {
            return Err(AuthError::Unauthenticated);
        }
        let Claimed { org, user, device, .. } = self.0;
        Ok(Caller { org, user, device, role: permissions.role, claim: self })
    }
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

    /// Another user, on their device, as the author of what this caller lets in: what may be written is judged
    /// by this caller's role, and who wrote it is the other user.
    pub const fn in_the_name_of(self, user: UserId, device: DeviceId) -> Self {
        Self { user, device, ..self }
    }

    /// Their claim.
    pub const fn claim(&self) -> Claim {
        self.claim
    }

    /// A write transaction for what was judged by this caller's role, in which they are judged again.
    ///
    /// # Errors
    /// As for [`Claim::write`]; [`AuthError::Unauthenticated`] also if they have another role by now.
    pub async fn write(&self, db: &Db) -> Result<Permitted<Tx>, AuthError> {
        let permitted = self.claim.write(db).await?;
        if permitted.caller.role == self.role { Ok(permitted) } else { Err(AuthError::Unauthenticated) }
    }
}

impl Permitted<Tx> {
    /// Makes everything written in it durable.
    ///
    /// # Errors
    /// Of the database.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.connection.commit().await
    }
}

impl<C> Deref for Permitted<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.connection
    }
}

impl<C> DerefMut for Permitted<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.connection
    }
}
