//! Trimming: rows that nobody can need any more. Every statement here removes few rows, so that others who
//! write never wait for long.

use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::Timestamp;

use super::db::on;
use super::{Conn, Db, StoreError, Tx, organisation};

/// How many rows one transaction removes, or of how many entries of the log.
const CHUNK: i64 = 500;

/// The last entry of the log that may go, if all from `since` on are to stay; `None`: none may.
///
/// The entry before the first of them stays, too: a device that was told of it may still pull from there.
///
/// # Errors
/// Of the database.
pub async fn last_to_go(conn: &mut Conn, org: OrgId, since: Timestamp) -> Result<Option<i64>, StoreError> {
    let young: Option<i64> = on!(conn, |c| sqlx::query_scalar(
        "select seq from log where org_id = $1 and received_at >= $2 order by seq limit 1"
    )
    .bind(org.uuid())
    .bind(since.millis())
    .fetch_optional(c)
    .await)?;
    let last = match young {
        Some(young) => young - 2,
        // Of a log in which nothing happened since, devices stand at the head.
        None => organisation::head(conn, org).await?.map_or(0, |head| head.seq) - 1,
    };
    Ok(first(conn, org).await?.filter(|begin| *begin <= last).map(|_| last))
}

/// Removes the log up to an entry, and the filing of what is removed. Answers how many entries went.
///
/// # Errors
/// Of the database; what was removed before stays removed.
pub async fn log(db: &Db, org: OrgId, upto: i64) -> Result<u64, StoreError> {
    let mut conn = db.read().await?;
    // Whoever ever saw a document has a digest; the filing has no other list of them.
    let principals: Vec<Vec<u8>> =
        on!(conn, |c| sqlx::query_scalar("select principal from digest where org_id = $1")
            .bind(org.uuid())
            .fetch_all(c)
            .await)?;
    let mut begin = first(&mut conn, org).await?;
    // Not held while others write: who holds one connection and waits for another can block all.
    drop(conn);
    let mut removed = 0;
    while let Some(next) = begin.filter(|begin| *begin <= upto) {
        // From its beginning on, so that a log that still has an entry has all that follow it.
        let end = upto.min(next.saturating_add(CHUNK - 1));
        let mut tx = db.write().await?;
        organisation::lock(&mut tx, org).await?;
        removed += on!(tx, |c| sqlx::query("delete from log where org_id = $1 and seq <= $2")
            .bind(org.uuid())
            .bind(end)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        for principal in &principals {
            unfile(&mut tx, org, principal, end).await?;
        }
        tx.commit().await?;
        begin = end.checked_add(1);
    }
    Ok(removed)
}

/// The first entry that the log still has.
async fn first(conn: &mut Conn, org: OrgId) -> Result<Option<i64>, StoreError> {
    Ok(on!(conn, |c| sqlx::query_scalar("select seq from log where org_id = $1 order by seq limit 1")
        .bind(org.uuid())
        .fetch_optional(c)
        .await)?)
}

async fn unfile(tx: &mut Tx, org: OrgId, principal: &[u8], upto: i64) -> Result<(), StoreError> {
    on!(tx, |c| sqlx::query("delete from fanout where org_id = $1 and principal = $2 and seq <= $3")
        .bind(org.uuid())
        .bind(principal)
        .bind(upto)
        .execute(c)
        .await
        .map(drop))?;
    Ok(())
}

/// Rows of a table that are of no use after a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Old {
    /// Sessions that ended, or ran out.
    Sessions,
    /// Closings that count for nobody's Today any more.
    Closings,
    /// Parts of re-uploads that nobody goes on with.
    Parts,
}

impl Old {
    const fn delete(self) -> &'static str {
        match self {
            Self::Sessions => {
                "delete from session where org_id = $1 and id in (select id from session where org_id = $1 \
                 and (ended_at > 0 and ended_at < $2 or expires_at < $2) limit $3)"
            }
            Self::Closings => {
                "delete from retained_closing where org_id = $1 and (user_id, document, part) in \
                 (select user_id, document, part from retained_closing where org_id = $1 and closed_at < $2 \
                 limit $3)"
            }
            Self::Parts => {
                "delete from reupload_part where org_id = $1 and (device, begins) in \
                 (select device, begins from reupload_part where org_id = $1 and at < $2 limit $3)"
            }
        }
    }
}

/// Removes what is older than this. Answers how many rows went.
///
/// # Errors
/// Of the database; what was removed before stays removed.
pub async fn old(db: &Db, org: OrgId, what: Old, before: Timestamp) -> Result<u64, StoreError> {
    let mut removed = 0;
    loop {
        let mut tx = db.write().await?;
        let gone = on!(tx, |c| sqlx::query(what.delete())
            .bind(org.uuid())
            .bind(before.millis())
            .bind(CHUNK)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        tx.commit().await?;
        removed += gone;
        if gone < CHUNK.unsigned_abs() {
            return Ok(removed);
        }
    }
}
