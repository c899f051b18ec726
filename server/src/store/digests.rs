//! Digests: what everybody behind one key sees, in 16 bytes.

use std::collections::BTreeMap;

use roadbook_domain::document::digest::Digest;
use roadbook_domain::value::id::OrgId;

use super::bulk::{self, Value};
use super::db::on;
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
    sums(rows)
}

/// All digests that are not empty.
///
/// # Errors
/// Of the database.
pub async fn all(conn: &mut Conn, org: OrgId) -> Result<Sums, StoreError> {
    let text = "select principal, documents, sum from digest where org_id = $1 and documents <> 0";
    let rows: Vec<(Vec<u8>, i64, Vec<u8>)> =
        on!(conn, |c| sqlx::query_as(text).bind(org.uuid()).fetch_all(c).await)?;
    sums(rows)
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

fn sums(rows: Vec<(Vec<u8>, i64, Vec<u8>)>) -> Result<Sums, StoreError> {
    rows.into_iter()
        .map(|(key, documents, sum)| {
            let sum = sum.try_into().map_err(|_| StoreError::Unreadable("a digest"))?;
            Ok((key, Sum { documents, digest: Digest::from_bytes(sum) }))
        })
        .collect()
}
