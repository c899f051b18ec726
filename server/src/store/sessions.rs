//! Sessions: one for each sign-in, alive until signed out, revoked, replaced, replayed or idle too long.
//!
//! Of its refresh tokens a session keeps a number only: the generation of the newest. A token says its own
//! generation, and only the server can make one (`auth::token`), so a token that was lost in an answer, or
//! written to a disk that was full, is still told from one that was made up.

use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use super::db::on;
use super::row::row;
use super::users::{self, Permissions};
use super::{Conn, StoreError, Tx};

/// The generation of a session's first refresh token.
pub const FIRST_GENERATION: i64 = 1;

/// A session as it begins.
#[derive(Debug, Clone, Copy)]
pub struct NewSession {
    /// Its id.
    pub id: Uuid,
    /// Who signed in.
    pub user: UserId,
    /// On which device.
    pub device: DeviceId,
    /// Now.
    pub now: Timestamp,
    /// When it ends if nobody refreshes it.
    pub expires_at: Timestamp,
}

/// A session that lives, and what its user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alive {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// On which device.
    pub device: DeviceId,
    /// What the user may do now.
    pub permissions: Permissions,
    /// The generation of its newest refresh token.
    pub generation: i64,
    /// The newest generation whose access token a device has used.
    pub seen: i64,
    /// When the newest refresh token was issued.
    pub issued_at: Timestamp,
}

/// Begins a session, and ends the others of that device.
///
/// # Errors
/// Of the database.
pub async fn begin(tx: &mut Tx, org: OrgId, session: &NewSession) -> Result<(), StoreError> {
    // Before the insert: it would end the new session as well.
    end_of_device(tx, org, session.device, session.now).await?;
    on!(tx, |c| sqlx::query(
        "insert into session (org_id, id, user_id, device_id, generation, seen, created_at, issued_at, \
         expires_at) values ($1, $2, $3, $4, $5, 0, $6, $6, $7)"
    )
    .bind(org.uuid())
    .bind(session.id)
    .bind(session.user.uuid())
    .bind(session.device.uuid())
    .bind(FIRST_GENERATION)
    .bind(session.now.millis())
    .bind(session.expires_at.millis())
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// The session, if it lives: neither ended nor idle too long, its user has access, its device is not
/// revoked.
///
/// # Errors
/// Of the database.
pub async fn alive(
    conn: &mut Conn,
    org: OrgId,
    session: Uuid,
    now: Timestamp,
) -> Result<Option<Alive>, StoreError> {
    let row: Option<Row> = on!(conn, |c| sqlx::query_as(
        "select s.id, s.user_id, s.device_id, u.role, u.token_version, s.generation, s.seen, s.issued_at \
         from session s join device d on d.org_id = s.org_id and d.id = s.device_id \
         join app_user u on u.org_id = s.org_id and u.id = s.user_id \
         where s.org_id = $1 and s.id = $2 and s.ended_at = 0 and s.expires_at > $3 \
         and d.revoked_at = 0 and not u.disabled"
    )
    .bind(org.uuid())
    .bind(session)
    .bind(now.millis())
    .fetch_optional(c)
    .await)?;
    row.map(Row::read).transpose()
}

/// A session that ended because its user lost access or its device was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Barred {
    /// Whose it was.
    pub user: UserId,
    /// On which device.
    pub device: DeviceId,
    /// The generation of its newest refresh token.
    pub generation: i64,
}

/// The session, if its user has no access any more or its device is revoked.
///
/// # Errors
/// Of the database.
pub async fn barred(conn: &mut Conn, org: OrgId, session: Uuid) -> Result<Option<Barred>, StoreError> {
    let row: Option<(Uuid, Uuid, i64)> = on!(conn, |c| sqlx::query_as(
        "select s.user_id, s.device_id, s.generation \
         from session s join device d on d.org_id = s.org_id and d.id = s.device_id \
         join app_user u on u.org_id = s.org_id and u.id = s.user_id \
         where s.org_id = $1 and s.id = $2 and (u.disabled or d.revoked_at > 0)"
    )
    .bind(org.uuid())
    .bind(session)
    .fetch_optional(c)
    .await)?;
    Ok(row.map(|(user, device, generation)| Barred { user: user.into(), device: device.into(), generation }))
}

/// The session of this user on the installation with this hash, if it lives.
///
/// # Errors
/// Of the database.
pub async fn alive_on(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    install_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Alive>, StoreError> {
    let row: Option<Row> = on!(conn, |c| sqlx::query_as(
        "select s.id, s.user_id, s.device_id, u.role, u.token_version, s.generation, s.seen, s.issued_at \
         from device d join session s on s.org_id = d.org_id and s.device_id = d.id \
         join app_user u on u.org_id = s.org_id and u.id = s.user_id \
         where d.org_id = $1 and d.user_id = $2 and d.install_hash = $3 and d.revoked_at = 0 \
         and s.ended_at = 0 and s.expires_at > $4 and not u.disabled"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .bind(install_hash)
    .bind(now.millis())
    .fetch_optional(c)
    .await)?;
    row.map(Row::read).transpose()
}

/// Notes that the refresh token of this generation was replaced by the next one. False: the session has
/// a newer one already, or is over.
///
/// # Errors
/// Of the database.
pub async fn rotate(
    tx: &mut Tx,
    org: OrgId,
    session: Uuid,
    presented: i64,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    // Judged and replaced by one statement: two requests cannot both find the same token to be the newest.
    let rotated = on!(tx, |c| sqlx::query(
        "update session set generation = $3 + 1, issued_at = $4, expires_at = $5 \
         where org_id = $1 and id = $2 and generation <= $3 and ended_at = 0 and expires_at > $4"
    )
    .bind(org.uuid())
    .bind(session)
    .bind(presented)
    .bind(now.millis())
    .bind(expires_at.millis())
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rotated > 0)
}

/// Notes that the access token of this generation was used.
///
/// # Errors
/// Of the database.
pub async fn saw(tx: &mut Tx, org: OrgId, session: Uuid, generation: i64) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query("update session set seen = $3 where org_id = $1 and id = $2 and seen < $3")
        .bind(org.uuid())
        .bind(session)
        .bind(generation)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
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
    // No session has the nil id.
    end_others_of_user(tx, org, user, Uuid::nil(), now).await
}

/// Ends every session of a user but this one.
///
/// # Errors
/// Of the database.
pub async fn end_others_of_user(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    session: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query(
        "update session set ended_at = $3 where org_id = $1 and ended_at = 0 and id <> $4 and device_id in \
         (select id from device where org_id = $1 and user_id = $2)"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .bind(now.millis())
    .bind(session)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

row! {
    struct Row {
        id: Uuid,
        user_id: Uuid,
        device_id: Uuid,
        role: i16,
        token_version: i64,
        generation: i64,
        seen: i64,
        issued_at: i64,
    }
}

impl Row {
    fn read(self) -> Result<Alive, StoreError> {
        Ok(Alive {
            id: self.id,
            user: self.user_id.into(),
            device: self.device_id.into(),
            permissions: users::permissions((self.role, self.token_version))?,
            generation: self.generation,
            seen: self.seen,
            issued_at: Timestamp::from_millis(self.issued_at),
        })
    }
}
