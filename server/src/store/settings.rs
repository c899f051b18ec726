//! Settings rows, and the one way to write them.

use std::collections::BTreeMap;

use roadbook_domain::document::Signature;
use roadbook_domain::settings::{SettingsClass, SettingsId, SettingsKind, SettingsRow};
use roadbook_domain::value::id::{OrgId, ProductId};
use roadbook_domain::value::time::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use super::db::on;
use super::log::{self, NewEntry};
use super::row::row;
use super::{Conn, StoreError, Tx, organisation};

/// What became of a row that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is written, with this number of the organisation's log.
    Written {
        /// The number.
        seq: i64,
    },
    /// It is not the next version of what is there; nothing was written and no number taken.
    Stale {
        /// The version that is there; 0: none.
        current: u64,
    },
}

/// Writes the next version of a setting: the only function that makes one.
///
/// The row's version says what it is based on: 1 makes a new row, `n` replaces version `n - 1`. The
/// organisation is locked first, and the row takes the next number of its log, so that phones receive
/// it in its turn (architecture 3 and 4).
///
/// # Errors
/// Of the database, which is then to be rolled back.
pub async fn put(
    tx: &mut Tx,
    org: OrgId,
    row: &SettingsRow,
    by: &Signature,
    now: Timestamp,
) -> Result<Put, StoreError> {
    // The number that `append` is going to give: under the lock nobody else can take it.
    let next = organisation::lock(tx, org).await?.seq + 1;
    let version = i64::try_from(row.version).map_err(|_| StoreError::Unreadable("a version"))?;
    let written = if version == 1 {
        insert(tx, org, row, next).await?
    } else {
        update(tx, org, row, version, next).await?
    };
    if !written {
        let current = get(tx, org, row.kind, row.id).await?.map_or(0, |row| row.version);
        return Ok(Put::Stale { current });
    }
    let seq = log::append(tx, org, &[NewEntry::settings(row, by.clone(), now)]).await?;
    Ok(Put::Written { seq })
}

/// Writes a row that was lost, in just the version it had, unless it is there in this version or a later
/// one. Otherwise as [`put`].
///
/// # Errors
/// Of the database, which is then to be rolled back.
pub async fn put_back(
    tx: &mut Tx,
    org: OrgId,
    row: &SettingsRow,
    by: &Signature,
    now: Timestamp,
) -> Result<Put, StoreError> {
    let next = organisation::lock(tx, org).await?.seq + 1;
    let version = i64::try_from(row.version).map_err(|_| StoreError::Unreadable("a version"))?;
    let rows = on!(tx, |c| sqlx::query(
        "insert into settings (org_id, kind, id, product_id, version, class, body, seq) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (org_id, kind, id) do update set \
         product_id = excluded.product_id, version = excluded.version, class = excluded.class, \
         body = excluded.body, seq = excluded.seq where settings.version < excluded.version"
    )
    .bind(org.uuid())
    .bind(i64::from(row.kind.code()))
    .bind(Uuid::from_bytes(*row.id.as_bytes()))
    .bind(row.product.map_or(Uuid::nil(), ProductId::uuid))
    .bind(version)
    .bind(i64::from(row.class.code()))
    .bind(row.body.as_slice())
    .bind(next)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if rows == 0 {
        let current = get(tx, org, row.kind, row.id).await?.map_or(0, |row| row.version);
        return Ok(Put::Stale { current });
    }
    let seq = log::append(tx, org, &[NewEntry::settings(row, by.clone(), now)]).await?;
    Ok(Put::Written { seq })
}

/// One row; `None` if there is none.
///
/// # Errors
/// Of the database.
pub async fn get(
    conn: &mut Conn,
    org: OrgId,
    kind: SettingsKind,
    id: SettingsId,
) -> Result<Option<SettingsRow>, StoreError> {
    let row: Option<Row> = on!(conn, |c| sqlx::query_as(
        "select kind, id, product_id, version, class, body from settings \
         where org_id = $1 and kind = $2 and id = $3"
    )
    .bind(org.uuid())
    .bind(i64::from(kind.code()))
    .bind(Uuid::from_bytes(*id.as_bytes()))
    .fetch_optional(c)
    .await)?;
    row.map(SettingsRow::try_from).transpose()
}

/// Every row of the organisation, by kind and id.
///
/// # Errors
/// Of the database.
pub async fn all(conn: &mut Conn, org: OrgId) -> Result<Vec<SettingsRow>, StoreError> {
    let rows: Vec<Row> = on!(conn, |c| {
        sqlx::query_as(
        "select kind, id, product_id, version, class, body from settings where org_id = $1 order by kind, id"
    )
    .bind(org.uuid())
    .fetch_all(c)
    .await
    })?;
    rows.into_iter().map(SettingsRow::try_from).collect()
}

/// Every row's place in the log, and its hash as the log has it.
///
/// # Errors
/// Of the database.
pub async fn hashes(
    conn: &mut Conn,
    org: OrgId,
) -> Result<BTreeMap<(i64, Uuid), (i64, [u8; 32])>, StoreError> {
    let rows: Vec<Placed> = on!(conn, |c| sqlx::query_as(
        "select kind, id, product_id, version, class, body, seq from settings where org_id = $1"
    )
    .bind(org.uuid())
    .fetch_all(c)
    .await)?;
    rows.into_iter()
        .map(|Placed { row, seq }| Ok(((row.kind, row.id), (seq, log::hash_of(&row.try_into()?)))))
        .collect()
}

/// The rows of one kind, by id.
///
/// # Errors
/// Of the database.
pub async fn of_kind(
    conn: &mut Conn,
    org: OrgId,
    kind: SettingsKind,
) -> Result<Vec<SettingsRow>, StoreError> {
    let rows: Vec<Row> = on!(conn, |c| sqlx::query_as(
        "select kind, id, product_id, version, class, body from settings \
         where org_id = $1 and kind = $2 order by id"
    )
    .bind(org.uuid())
    .bind(i64::from(kind.code()))
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(SettingsRow::try_from).collect()
}

async fn insert(tx: &mut Tx, org: OrgId, row: &SettingsRow, seq: i64) -> Result<bool, StoreError> {
    let rows = on!(tx, |c| sqlx::query(
        "insert into settings (org_id, kind, id, product_id, version, class, body, seq) \
         values ($1, $2, $3, $4, 1, $5, $6, $7) on conflict (org_id, kind, id) do nothing"
    )
    .bind(org.uuid())
    .bind(i64::from(row.kind.code()))
    .bind(Uuid::from_bytes(*row.id.as_bytes()))
    .bind(row.product.map_or(Uuid::nil(), ProductId::uuid))
    .bind(i64::from(row.class.code()))
    .bind(row.body.as_slice())
    .bind(seq)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows > 0)
}

async fn update(
    tx: &mut Tx,
    org: OrgId,
    row: &SettingsRow,
    version: i64,
    seq: i64,
) -> Result<bool, StoreError> {
    let rows = on!(tx, |c| sqlx::query(
        "update settings set product_id = $4, version = $5, class = $6, body = $7, seq = $8 \
         where org_id = $1 and kind = $2 and id = $3 and version = $5 - 1"
    )
    .bind(org.uuid())
    .bind(i64::from(row.kind.code()))
    .bind(Uuid::from_bytes(*row.id.as_bytes()))
    .bind(row.product.map_or(Uuid::nil(), ProductId::uuid))
    .bind(version)
    .bind(i64::from(row.class.code()))
    .bind(row.body.as_slice())
    .bind(seq)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows > 0)
}

row! {
    struct Row {
        kind: i64,
        id: Uuid,
        product_id: Uuid,
        version: i64,
        class: i64,
        body: Vec<u8>,
    }
}

struct Placed {
    row: Row,
    seq: i64,
}

impl<'r, R: sqlx::Row> FromRow<'r, R> for Placed
where
    Row: FromRow<'r, R>,
    &'static str: sqlx::ColumnIndex<R>,
    i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self { row: Row::from_row(row)?, seq: row.try_get("seq")? })
    }
}

impl TryFrom<Row> for SettingsRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let code = |number: i64| u16::try_from(number).map_err(|_| StoreError::Unreadable("a settings row"));
        Ok(Self {
            kind: SettingsKind::from_code(code(row.kind)?),
            id: SettingsId::from_bytes(row.id.into_bytes()),
            product: (!row.product_id.is_nil()).then(|| row.product_id.into()),
            version: u64::try_from(row.version).map_err(|_| StoreError::Unreadable("a version"))?,
            class: SettingsClass::from_code(code(row.class)?),
            body: row.body,
        })
    }
}
