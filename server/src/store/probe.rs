//! Whether the database takes writes.

use super::db::on;
use super::{StoreError, Tx};

/// More than a page of either database, so that a disk without room for one is noticed.
const BYTES: usize = 16 * 1024;

/// Writes a row and removes it again.
///
/// # Errors
/// Of the database: it takes no writes.
pub async fn write(tx: &mut Tx) -> Result<(), StoreError> {
    let filler = vec![0; BYTES];
    // The row of a process that asks at the same time is removed by whoever is later.
    on!(tx, |c| {
        sqlx::query(
        "insert into probe (id, filler) values (1, $1) on conflict (id) do update set filler = excluded.filler"
    )
    .bind(&filler)
    .execute(c)
    .await
    .map(drop)
    })?;
    on!(tx, |c| sqlx::query("delete from probe where id = 1").execute(c).await.map(drop))?;
    Ok(())
}
