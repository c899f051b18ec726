//! Devices: installations of the app, each enrolled by one user.

use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use super::db::on;
use super::row::row;
use super::{Conn, StoreError, Tx};

/// A device as its user and the administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// The user who enrolled it.
    pub user: UserId,
    /// `android`, `ios`, ...
    pub platform: String,
    /// What its user calls it.
    pub name: String,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When it last signed in or refreshed its session.
    pub last_seen_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// A device at sign-in.
#[derive(Debug, Clone, Copy)]
pub struct Enrolment<'a> {
    /// The id it gets if it is new.
    pub id: DeviceId,
    /// Who signs in.
    pub user: UserId,
    /// `android`, `ios`, ...
    pub platform: &'a str,
    /// What its user calls it.
    pub name: &'a str,
    /// SHA-256 of the installation's secret.
    pub install_hash: &'a [u8],
    /// Now.
    pub now: Timestamp,
}

/// Enrols a device, or recognises it: the same user with the same installation keeps the device id
/// (R12), unless that device was revoked.
///
/// # Errors
/// Of the database.
pub async fn enrol(tx: &mut Tx, org: OrgId, device: &Enrolment<'_>) -> Result<DeviceId, StoreError> {
    let id: Uuid = on!(tx, |c| {
        sqlx::query_scalar(
        "insert into device (org_id, id, user_id, platform, name, install_hash, created_at, last_seen_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $7) \
         on conflict (org_id, user_id, install_hash) where revoked_at = 0 \
         do update set platform = excluded.platform, name = excluded.name, last_seen_at = excluded.last_seen_at \
         returning id"
    )
    .bind(org.uuid())
    .bind(device.id.uuid())
    .bind(device.user.uuid())
    .bind(device.platform)
    .bind(device.name)
    .bind(device.install_hash)
    .bind(device.now.millis())
    .fetch_one(c)
    .await
    })?;
    Ok(id.into())
}

/// Whether the user with this email has enrolled this installation, and it is not revoked.
///
/// # Errors
/// Of the database.
pub async fn is_enrolled(conn: &mut Conn, email: &str, install_hash: &[u8]) -> Result<bool, StoreError> {
    let enrolled: i64 = on!(conn, |c| sqlx::query_scalar(
        "select count(*) from app_user u join device d on d.org_id = u.org_id and d.user_id = u.id \
         where u.email = $1 and d.install_hash = $2 and d.revoked_at = 0"
    )
    .bind(email)
    .bind(install_hash)
    .fetch_one(c)
    .await)?;
    Ok(enrolled > 0)
}

/// Notes that a device was in touch.
///
/// # Errors
/// Of the database.
pub async fn seen(tx: &mut Tx, org: OrgId, device: DeviceId, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query("update device set last_seen_at = $3 where org_id = $1 and id = $2")
        .bind(org.uuid())
        .bind(device.uuid())
        .bind(now.millis())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// One device; `None` if the organisation has no such device.
///
/// # Errors
/// Of the database.
pub async fn get(conn: &mut Conn, org: OrgId, device: DeviceId) -> Result<Option<Device>, StoreError> {
    let row: Option<Row> = on!(conn, |c| sqlx::query_as(
        "select id, user_id, platform, name, created_at, last_seen_at, revoked_at \
         from device where org_id = $1 and id = $2"
    )
    .bind(org.uuid())
    .bind(device.uuid())
    .fetch_optional(c)
    .await)?;
    Ok(row.map(Device::from))
}

/// The devices of one user, revoked ones included, in the order they were enrolled.
///
/// # Errors
/// Of the database.
pub async fn of_user(conn: &mut Conn, org: OrgId, user: UserId) -> Result<Vec<Device>, StoreError> {
    let rows: Vec<Row> = on!(conn, |c| sqlx::query_as(
        "select id, user_id, platform, name, created_at, last_seen_at, revoked_at \
         from device where org_id = $1 and user_id = $2 order by created_at, id"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(Device::from).collect())
}

/// Revokes a device for good, and says whether it was in use until now.
///
/// # Errors
/// Of the database.
pub async fn revoke(tx: &mut Tx, org: OrgId, device: DeviceId, now: Timestamp) -> Result<bool, StoreError> {
    let revoked = on!(tx, |c| sqlx::query(
        "update device set revoked_at = $3 where org_id = $1 and id = $2 and revoked_at = 0"
    )
    .bind(org.uuid())
    .bind(device.uuid())
    .bind(now.millis())
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(revoked > 0)
}

row! {
    struct Row {
        id: Uuid,
        user_id: Uuid,
        platform: String,
        name: String,
        created_at: i64,
        last_seen_at: i64,
        revoked_at: i64,
    }
}

impl From<Row> for Device {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            user: row.user_id.into(),
            platform: row.platform,
            name: row.name,
            created_at: Timestamp::from_millis(row.created_at),
            last_seen_at: Timestamp::from_millis(row.last_seen_at),
            revoked_at: (row.revoked_at != 0).then(|| Timestamp::from_millis(row.revoked_at)),
        }
    }
}
