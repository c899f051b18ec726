//! Sessions: one for each sign-in, alive until signed out, revoked, replaced, replayed or idle too long.

use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use super::db::on;
use super::{Conn, StoreError, Tx};

/// SHA-256 of a refresh token's secret.
pub type TokenHash = [u8; 32];

/// A session as it begins.
#[derive(Debug, Clone, Copy)]
pub struct NewSession {
    /// Its id.
    pub id: Uuid,
    /// Who signed in.
    pub user: UserId,
    /// On which device.
    pub device: DeviceId,
    /// Of its first refresh token.
    pub token_hash: TokenHash,
    /// Now.
    pub now: Timestamp,
    /// When it ends if nobody refreshes it.
    pub expires_at: Timestamp,
}

/// A change of refresh token.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// The session.
    pub session: Uuid,
    /// Of the token presented.
    pub presented: TokenHash,
    /// Of the token that replaces it.
    pub replacement: TokenHash,
    /// Now.
    pub now: Timestamp,
    /// When the session ends if nobody refreshes it again.
    pub expires_at: Timestamp,
}

/// What became of a [`Rotation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotated {
    /// The replacement is now the newest token.
    Fresh {
        /// Whose session it is.
        user: UserId,
        /// On which device.
        device: DeviceId,
    },
    /// A token that was replaced long ago, or never issued: the session is ended now (RFC 9700, 4.14).
    Replayed,
    /// There is no such session, or it is over.
    Over,
}

/// A session as it is stored, alive or over.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// Whose it is.
    #[sqlx(try_from = "Uuid")]
    pub user_id: UserId,
    /// On which device.
    #[sqlx(try_from = "Uuid")]
    pub device_id: DeviceId,
    token_hash: Vec<u8>,
    previous_hash: Vec<u8>,
    /// When it ended in milliseconds; 0 while it lives.
    pub ended_at: i64,
}

impl Session {
    /// Whether this is its newest refresh token or the one before: what a device may hold that heard
    /// nothing since.
    pub fn holds(&self, token: &TokenHash) -> bool {
        [&self.token_hash, &self.previous_hash].iter().any(|hash| hash.as_slice() == token)
    }
}

/// Begins a session, and ends the others of that device.
///
/// # Errors
/// Of the database.
pub async fn begin(tx: &mut Tx, org: OrgId, session: &NewSession) -> Result<(), StoreError> {
    // Before the insert: it would end the new session as well.
    end_of_device(tx, org, session.device, session.now).await?;
    on!(tx, |c| {
        sqlx::query(
        "insert into session (org_id, id, user_id, device_id, token_hash, previous_hash, created_at, issued_at, \
         expires_at) values ($1, $2, $3, $4, $5, $6, $7, $7, $8)"
    )
    .bind(org.uuid())
    .bind(session.id)
    .bind(session.user.uuid())
    .bind(session.device.uuid())
    .bind(session.token_hash.as_slice())
    .bind(b"".as_slice())
    .bind(session.now.millis())
    .bind(session.expires_at.millis())
    .execute(c)
    .await
    .map(drop)
    })?;
    Ok(())
}

/// Replaces the refresh token.
///
/// The newest token is replaced and becomes the previous one. The previous one is accepted again: its
/// holder never got the answer (R05), so the newest, which nobody used, is dropped for another. Every
/// other token is a replay.
///
/// # Errors
/// Of the database.
pub async fn rotate(tx: &mut Tx, org: OrgId, rotation: &Rotation) -> Result<Rotated, StoreError> {
    // Judged and replaced by one statement: two requests cannot both find the same token to be the newest.
    let rotated: Option<(Uuid, Uuid)> = on!(tx, |c| sqlx::query_as(
        "update session set token_hash = $4, previous_hash = $3, issued_at = $5, expires_at = $6 \
         where org_id = $1 and id = $2 and (token_hash = $3 or previous_hash = $3) \
         and ended_at = 0 and expires_at > $5 returning user_id, device_id"
    )
    .bind(org.uuid())
    .bind(rotation.session)
    .bind(rotation.presented.as_slice())
    .bind(rotation.replacement.as_slice())
    .bind(rotation.now.millis())
    .bind(rotation.expires_at.millis())
    .fetch_optional(c)
    .await)?;
    if let Some((user, device)) = rotated {
        return Ok(Rotated::Fresh { user: user.into(), device: device.into() });
    }
    match find(tx, org, rotation.session).await? {
        // The right token of a session that ran out is no theft, so only another one ends it.
        Some(session) if session.ended_at == 0 && !session.holds(&rotation.presented) => {
            end(tx, org, rotation.session, rotation.now).await?;
            Ok(Rotated::Replayed)
        }
        _ => Ok(Rotated::Over),
    }
}

/// A session, alive or over.
///
/// # Errors
/// Of the database.
pub async fn find(conn: &mut Conn, org: OrgId, session: Uuid) -> Result<Option<Session>, StoreError> {
    Ok(on!(conn, |c| sqlx::query_as(
        "select user_id, device_id, token_hash, previous_hash, ended_at from session \
         where org_id = $1 and id = $2"
    )
    .bind(org.uuid())
    .bind(session)
    .fetch_optional(c)
    .await)?)
}

/// Ends one session; harmless if it is over.
///
/// # Errors
/// Of the database.
pub async fn end(tx: &mut Tx, org: OrgId, session: Uuid, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query(
        "update session set ended_at = $3 where org_id = $1 and id = $2 and ended_at = 0"
    )
    .bind(org.uuid())
    .bind(session)
    .bind(now.millis())
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Ends the session of a device.
///
/// # Errors
/// Of the database.
pub async fn end_of_device(
    tx: &mut Tx,
    org: OrgId,
    device: DeviceId,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query(
        "update session set ended_at = $3 where org_id = $1 and device_id = $2 and ended_at = 0"
    )
    .bind(org.uuid())
    .bind(device.uuid())
    .bind(now.millis())
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Ends every session of a user.
///
/// # Errors
/// Of the database.
pub async fn end_of_user(tx: &mut Tx, org: OrgId, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query(
        "update session set ended_at = $3 where org_id = $1 and ended_at = 0 and device_id in \
         (select id from device where org_id = $1 and user_id = $2)"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .bind(now.millis())
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}
