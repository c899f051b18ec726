//! Digests: what everybody behind one key sees, in 16 bytes.

use std::collections::BTreeMap;

use roadbook_domain::document::digest::Digest;
use roadbook_domain::value::id::OrgId;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::bulk::{self, Value, bound};
use super::db::on;
use super::organisation::Head;
use super::{Conn, StoreError, Tx};

/// How many documents are filed under a key, and the sum of their digest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// How many.
    pub documents: i64,
    /// The sum of their terms.
    pub digest: Digest,
}

/// Digests by key ([`super::key`]).
pub type Sums = BTreeMap<Vec<u8>, Sum>;

/// The digests of these keys, of those that are not empty.
///
/// # Errors
/// Of the database.
pub async fn get(
    conn: &mut Conn,
    org: OrgId,
    keys: impl IntoIterator<Item = Vec<u8>>,
) -> Result<Sums, StoreError> {
    let keys = keys.into_iter().map(Value::Bytes).collect();
    let text = "select principal, documents, sum from digest where org_id = $1 and principal in LIST";
    let rows: Vec<(Vec<u8>, i64, Vec<u8>)> =
        bulk::fetch(conn, text, &[Value::Uuid(org.uuid())], keys).await?;
    rows.into_iter()
        .map(|(key, documents, sum)| {
            let sum = sum.try_into().map_err(|_| StoreError::Unreadable("a digest"))?;
            Ok((key, Sum { documents, digest: Digest::from_bytes(sum) }))
        })
        .collect()
}

/// Where the log ends, and the digests of these keys: one look-up, all that a device with nothing to
/// send and nothing to get costs (L8).
///
/// # Errors
/// [`StoreError::Missing`] if there is no such organisation.
pub async fn head_and_sums(
    conn: &mut Conn,
    org: OrgId,
    keys: Vec<Vec<u8>>,
) -> Result<(Head, Sums), StoreError> {
    let keys = keys.into_iter().map(Value::Bytes).collect();
    let (list, values) = bulk::list(2, keys).ok_or(StoreError::Missing)?;
    // A left join: the head must come even if no digest is there yet.
    let text = format!(
        "select o.epoch, o.seq, o.chain, d.principal, d.documents, d.sum from organisation o \
         left join digest d on d.org_id = o.id and d.principal in {list} where o.id = $1"
    );
    let rows: Vec<HeadRow> =
        on!(conn, |c| bound!(sqlx::query_as(AssertSqlSafe(text)).bind(org.uuid()), &values)
            .fetch_all(c)
            .await)?;
    let first = rows.first().ok_or(StoreError::Missing)?;
    let head = Head { epoch: first.epoch, seq: first.seq, chain: first.chain.clone() };
    let mut sums = Sums::new();
    for row in rows {
        if let (Some(key), Some(documents), Some(sum)) = (row.principal, row.documents, row.sum) {
            let sum = sum.try_into().map_err(|_| StoreError::Unreadable("a digest"))?;
            sums.insert(key, Sum { documents, digest: Digest::from_bytes(sum) });
        }
    }
    Ok((head, sums))
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    epoch: Uuid,
    seq: i64,
    chain: Vec<u8>,
    principal: Option<Vec<u8>>,
    documents: Option<i64>,
    sum: Option<Vec<u8>>,
}

/// Sets digests.
///
/// # Errors
/// Of the database.
pub async fn put(tx: &mut Tx, org: OrgId, sums: &Sums) -> Result<(), StoreError> {
    let values: Vec<Value> = sums
        .iter()
        .flat_map(|(key, sum)| {
            [
                Value::Uuid(org.uuid()),
                Value::Bytes(key.clone()),
                Value::Int(sum.documents),
                Value::Bytes(sum.digest.to_bytes().to_vec()),
            ]
        })
        .collect();
    bulk::insert(
        tx,
        "insert into digest (org_id, principal, documents, sum)",
        4,
        &values,
        "on conflict (org_id, principal) do update set documents = excluded.documents, sum = excluded.sum",
    )
    .await?;
    Ok(())
}
