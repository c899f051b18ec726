//! Hand-ins: what users without access had not sent, sealed, until a manager applies or discards it.

use roadbook_domain::settings::role::Role;
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use super::db::on;
use super::row::row;
use super::{Conn, StoreError, Tx};

/// A hand-in, without what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedIn {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// The device that it came from.
    pub device: DeviceId,
    /// What its user calls the device.
    pub device_name: String,
    /// When it came.
    pub at: Timestamp,
    /// How many changes it holds.
    pub changes: i64,
    /// The role that its user had last.
    pub role: Role,
}

/// A hand-in as it comes.
#[derive(Debug, Clone, Copy)]
pub struct NewHandIn<'a> {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// The device that it comes from.
    pub device: DeviceId,
    /// Now.
    pub at: Timestamp,
    /// How many changes it holds.
    pub changes: i64,
    /// Its sealed bytes.
    pub sealed: &'a [u8],
}

/// Adds a hand-in, unless it is there. False: `most` others of its user wait already. Under the organisation's
/// lock, so that they are counted one after the other.
///
/// # Errors
/// Of the database.
pub async fn add(tx: &mut Tx, org: OrgId, new: &NewHandIn<'_>, most: i64) -> Result<bool, StoreError> {
    let others: i64 = on!(tx, |c| sqlx::query_scalar(
        "select count(*) from hand_in where org_id = $1 and user_id = $2 and id <> $3"
    )
    .bind(org.uuid())
    .bind(new.user.uuid())
    .bind(new.id)
    .fetch_one(c)
    .await)?;
    if others >= most {
        return Ok(false);
    }
    on!(tx, |c| sqlx::query(
        "insert into hand_in (org_id, id, user_id, device_id, handed_in_at, changes, sealed) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (org_id, id) do nothing"
    )
    .bind(org.uuid())
    .bind(new.id)
    .bind(new.user.uuid())
    .bind(new.device.uuid())
    .bind(new.at.millis())
    .bind(new.changes)
    .bind(new.sealed)
    .execute(c)
    .await
    .map(drop))?;
    Ok(true)
}

/// The hand-ins of the organisation, the oldest first, at most `most`.
///
/// # Errors
/// Of the database.
pub async fn list(conn: &mut Conn, org: OrgId, most: i64) -> Result<Vec<HandedIn>, StoreError> {
    let rows: Vec<Row> = on!(conn, |c| sqlx::query_as(
        "select h.id, h.user_id, h.device_id, d.name, h.handed_in_at, h.changes, u.role \
         from hand_in h join device d on d.org_id = h.org_id and d.id = h.device_id \
         join app_user u on u.org_id = h.org_id and u.id = h.user_id \
         where h.org_id = $1 order by h.handed_in_at, h.id limit $2"
    )
    .bind(org.uuid())
    .bind(most)
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(Row::read).collect())
}

/// One hand-in with its sealed bytes; `None` if there is no such one.
///
/// # Errors
/// Of the database.
pub async fn get(conn: &mut Conn, org: OrgId, id: Uuid) -> Result<Option<(HandedIn, Vec<u8>)>, StoreError> {
    let row: Option<Row> = on!(conn, |c| sqlx::query_as(
        "select h.id, h.user_id, h.device_id, d.name, h.handed_in_at, h.changes, u.role \
         from hand_in h join device d on d.org_id = h.org_id and d.id = h.device_id \
         join app_user u on u.org_id = h.org_id and u.id = h.user_id \
         where h.org_id = $1 and h.id = $2"
    )
    .bind(org.uuid())
    .bind(id)
    .fetch_optional(c)
    .await)?;
    let Some(row) = row else { return Ok(None) };
    let sealed: Vec<u8> =
        on!(conn, |c| sqlx::query_scalar("select sealed from hand_in where org_id = $1 and id = $2")
            .bind(org.uuid())
            .bind(id)
            .fetch_one(c)
            .await)?;
    Ok(Some((row.read(), sealed)))
}

/// Removes a hand-in, and says whether it was there.
///
/// # Errors
/// Of the database.
pub async fn remove(tx: &mut Tx, org: OrgId, id: Uuid) -> Result<bool, StoreError> {
    let removed = on!(tx, |c| sqlx::query("delete from hand_in where org_id = $1 and id = $2")
        .bind(org.uuid())
        .bind(id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(removed > 0)
}

row! {
    struct Row {
        id: Uuid,
        user_id: Uuid,
        device_id: Uuid,
        name: String,
        handed_in_at: i64,
        changes: i64,
        role: i16,
    }
}

impl Row {
    fn read(self) -> HandedIn {
        HandedIn {
            id: self.id,
            user: self.user_id.into(),
            device: self.device_id.into(),
            device_name: self.name,
            at: Timestamp::from_millis(self.handed_in_at),
            changes: self.changes,
            // A code that is none may do nothing.
            role: Role::from_code(u16::try_from(self.role).unwrap_or(u16::MAX)),
        }
    }
}
