//! Enrolments: what lets a user in once, without a password.

use roadbook_domain::value::id::{OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use super::db::on;
use super::{Conn, StoreError, Tx};

/// An enrolment as it is made.
#[derive(Debug, Clone, Copy)]
pub struct NewEnrolment {
    /// SHA-256 of its code.
    pub code_hash: [u8; 32],
    /// Whom it lets in.
    pub user: UserId,
    /// Now.
    pub now: Timestamp,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

/// Writes an enrolment in the place of any earlier one of the same user, and removes what has expired.
///
/// # Errors
/// Of the database.
pub async fn replace(tx: &mut Tx, org: OrgId, enrolment: &NewEnrolment) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query(
        "delete from enrolment where org_id = $1 and (user_id = $2 or expires_at <= $3)"
    )
    .bind(org.uuid())
    .bind(enrolment.user.uuid())
    .bind(enrolment.now.millis())
    .execute(c)
    .await
    .map(drop))?;
    on!(tx, |c| sqlx::query(
        "insert into enrolment (org_id, code_hash, user_id, expires_at) values ($1, $2, $3, $4)"
    )
    .bind(org.uuid())
    .bind(enrolment.code_hash.as_slice())
    .bind(enrolment.user.uuid())
    .bind(enrolment.expires_at.millis())
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Removes the enrolment of a user, if there is one.
///
/// # Errors
/// Of the database.
pub(super) async fn remove(tx: &mut Tx, org: OrgId, user: UserId) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query("delete from enrolment where org_id = $1 and user_id = $2")
        .bind(org.uuid())
        .bind(user.uuid())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Removes the enrolments of everybody in the organisation.
///
/// # Errors
/// Of the database.
pub async fn remove_all(tx: &mut Tx, org: OrgId) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query("delete from enrolment where org_id = $1")
        .bind(org.uuid())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Whom the code with this hash lets in now.
///
/// # Errors
/// Of the database.
pub async fn find(
    conn: &mut Conn,
    org: OrgId,
    code_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<UserId>, StoreError> {
    let user: Option<Uuid> = on!(conn, |c| sqlx::query_scalar(
        "select user_id from enrolment where org_id = $1 and code_hash = $2 and expires_at > $3"
    )
    .bind(org.uuid())
    .bind(code_hash.as_slice())
    .bind(now.millis())
    .fetch_optional(c)
    .await)?;
    Ok(user.map(UserId::from))
}

/// Uses an enrolment up, and says whether it was still there.
///
/// # Errors
/// Of the database.
pub async fn take(tx: &mut Tx, org: OrgId, code_hash: &[u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    let taken = on!(tx, |c| sqlx::query(
        "delete from enrolment where org_id = $1 and code_hash = $2 and expires_at > $3"
    )
    .bind(org.uuid())
    .bind(code_hash.as_slice())
    .bind(now.millis())
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(taken > 0)
}
