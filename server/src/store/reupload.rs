//! Parts of documents that devices re-upload in several requests, kept until the last part comes.

use roadbook_domain::value::id::{DeviceId, DocumentId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use uuid::Uuid;

use super::db::on;
use super::{Conn, StoreError, Tx};

/// What is kept for a device: the beginning of one document's changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The document.
    pub document: DocumentId,
    /// The receipt that every part named.
    pub receipt: Vec<u8>,
    /// How many changes.
    pub changes: usize,
    /// How many bytes they have.
    pub bytes: usize,
}

/// Changes to be kept behind those that are.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The document.
    pub document: DocumentId,
    /// The receipt.
    pub receipt: &'a [u8],
    /// How many changes stand before them.
    pub begins: usize,
    /// How many they are.
    pub changes: usize,
    /// How many bytes they have.
    pub size: usize,
    /// They, as a CBOR array of byte strings.
    pub bytes: &'a [u8],
}

/// What is kept for a device, if its parts follow one another without a gap.
///
/// # Errors
/// Of the database.
pub async fn kept(tx: &mut Tx, org: OrgId, device: DeviceId) -> Result<Option<Kept>, StoreError> {
    let rows: Vec<(Uuid, Vec<u8>, i64, i64, i64)> = on!(tx, |c| sqlx::query_as(
        "select document, receipt, begins, changes, size from reupload_part \
         where org_id = $1 and device = $2 order by begins"
    )
    .bind(org.uuid())
    .bind(device.uuid())
    .fetch_all(c)
    .await)?;
    let mut kept: Option<Kept> = None;
    for (document, receipt, begins, changes, size) in rows {
        let kept =
            kept.get_or_insert_with(|| Kept { document: document.into(), receipt, changes: 0, bytes: 0 });
        if usize::try_from(begins) != Ok(kept.changes) {
            return Ok(None);
        }
        kept.changes += usize::try_from(changes).unwrap_or_default();
        kept.bytes += usize::try_from(size).unwrap_or_default();
    }
    Ok(kept)
}

/// For how many other devices of the device's user something is kept.
///
/// # Errors
/// Of the database.
pub async fn other_devices(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    device: DeviceId,
) -> Result<u64, StoreError> {
    let count: i64 = on!(tx, |c| sqlx::query_scalar(
        "select count(distinct p.device) from device d join reupload_part p on p.org_id = d.org_id \
         and p.device = d.id where d.org_id = $1 and d.user_id = $2 and d.id <> $3"
    )
    .bind(org.uuid())
    .bind(user.uuid())
    .bind(device.uuid())
    .fetch_one(c)
    .await)?;
    Ok(count.unsigned_abs())
}

/// The changes that are kept for a device: each part as it was given to [`keep`], in order.
///
/// # Errors
/// Of the database.
pub async fn changes(conn: &mut Conn, org: OrgId, device: DeviceId) -> Result<Vec<Vec<u8>>, StoreError> {
    Ok(on!(conn, |c| sqlx::query_scalar(
        "select bytes from reupload_part where org_id = $1 and device = $2 order by begins"
    )
    .bind(org.uuid())
    .bind(device.uuid())
    .fetch_all(c)
    .await)?)
}

/// Keeps a part; one that begins where another one does is left out.
///
/// # Errors
/// Of the database.
pub async fn keep(
    tx: &mut Tx,
    org: OrgId,
    device: DeviceId,
    part: Part<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    on!(tx, |c| sqlx::query(
        "insert into reupload_part (org_id, device, begins, changes, document, receipt, at, size, bytes) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing"
    )
    .bind(org.uuid())
    .bind(device.uuid())
    .bind(number(part.begins))
    .bind(number(part.changes))
    .bind(part.document.uuid())
    .bind(part.receipt)
    .bind(now.millis())
    .bind(number(part.size))
    .bind(part.bytes)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Drops what is kept for a device, and whatever has not grown since `before`.
///
/// # Errors
/// Of the database.
pub async fn drop_kept(
    tx: &mut Tx,
    org: OrgId,
    device: DeviceId,
    before: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query("delete from reupload_part where org_id = $1 and (device = $2 or at < $3)")
        .bind(org.uuid())
        .bind(device.uuid())
        .bind(before.millis())
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}
