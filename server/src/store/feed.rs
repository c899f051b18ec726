//! Settings as devices receive them: by when they were written, or one after another.

use roadbook_domain::settings::{SettingsClass, SettingsId, SettingsKind, SettingsRow};
use roadbook_domain::value::id::OrgId;
use uuid::Uuid;

use super::db::on;
use super::row::row;
use super::{Conn, StoreError};

/// The rows last written after one entry of the log and up to another, in that order, as they are now.
///
/// # Errors
/// Of the database.
pub async fn settings_since(
    conn: &mut Conn,
    org: OrgId,
    after: i64,
    upto: i64,
) -> Result<Vec<(i64, SettingsRow)>, StoreError> {
    let rows: Vec<Row> = on!(conn, |c| sqlx::query_as(
        "select seq, kind, id, product_id, version, class, body from settings \
         where org_id = $1 and seq > $2 and seq <= $3 order by seq"
    )
    .bind(org.uuid())
    .bind(after)
    .bind(upto)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(|row| Ok((row.seq, row.try_into()?))).collect()
}

/// The first rows after one kind and id, `limit` of them at most.
///
/// # Errors
/// Of the database.
pub async fn settings_after(
    conn: &mut Conn,
    org: OrgId,
    (kind, id): (u16, [u8; 16]),
    limit: i64,
) -> Result<Vec<SettingsRow>, StoreError> {
    let rows: Vec<Row> = on!(conn, |c| sqlx::query_as(
        "select seq, kind, id, product_id, version, class, body from settings \
         where org_id = $1 and (kind > $2 or (kind = $2 and id > $3)) order by kind, id limit $4"
    )
    .bind(org.uuid())
    .bind(i64::from(kind))
    .bind(Uuid::from_bytes(id))
    .bind(limit)
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(SettingsRow::try_from).collect()
}

row! {
    struct Row {
        seq: i64,
        kind: i64,
        id: Uuid,
        product_id: Uuid,
        version: i64,
        class: i64,
        body: Vec<u8>,
    }
}

impl TryFrom<Row> for SettingsRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unreadable = |_| StoreError::Unreadable("a settings row");
        Ok(Self {
            kind: SettingsKind::from_code(u16::try_from(row.kind).map_err(unreadable)?),
            id: SettingsId::from_bytes(row.id.into_bytes()),
            product: (!row.product_id.is_nil()).then(|| row.product_id.into()),
            version: u64::try_from(row.version).map_err(unreadable)?,
            class: SettingsClass::from_code(u16::try_from(row.class).map_err(unreadable)?),
            body: row.body,
        })
    }
}
