//! Notices between the processes that share a PostgreSQL database: hints, whose loss costs a second.

use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::Timestamp;
use sqlx::postgres::PgListener;
use uuid::Uuid;

use super::bulk::{self, Value};
use super::db::on;
use super::{Conn, Db, StoreError};

const CHANNEL: &str = "roadbook_log";

/// Tells other processes that an organisation's log has grown; on SQLite there are none.
///
/// Outside the transaction that made it grow: a committing transaction with a notification holds a lock
/// of the whole PostgreSQL instance (R33).
///
/// # Errors
/// Of the database; nobody needs to be told of them.
pub async fn tell(db: &Db, org: OrgId) -> Result<(), StoreError> {
    if let Db::Postgres(pool) = db {
        let payload = org.to_string();
        sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(payload).execute(pool).await?;
    }
    Ok(())
}

/// Hears what others tell.
#[derive(Debug)]
pub struct Listener(Option<PgListener>);

impl Listener {
    /// A listener; a deaf one on SQLite, or where listening fails.
    pub async fn open(db: &Db) -> Self {
        let Db::Postgres(pool) = db else { return Self(None) };
        let opened = async {
            let mut listener = PgListener::connect_with(pool).await?;
            listener.listen(CHANNEL).await?;
            Ok::<_, sqlx::Error>(listener)
        };
        match opened.await {
            Ok(listener) => Self(Some(listener)),
            Err(error) => {
                tracing::warn!(error.cause = %error, "cannot listen for notifications; looking every second");
                Self(None)
            }
        }
    }

    /// Waits until there may be news; a deaf listener waits for ever.
    pub async fn heard(&mut self) {
        let Some(listener) = &mut self.0 else { return std::future::pending().await };
        // A lost connection is made anew by the listener; what was missed meanwhile may be news.
        if let Err(error) = listener.try_recv().await {
            tracing::warn!(error.cause = %error, "stopped listening for notifications");
            // It stays deaf: the regular look finds the same, only a little later.
            self.0 = None;
        }
    }
}

/// The keys of scopes that entries after one and up to another are read by, each with the last of these.
///
/// # Errors
/// Of the database.
pub async fn feeds_since(
    conn: &mut Conn,
    org: OrgId,
    after: i64,
    upto: i64,
) -> Result<Vec<(Vec<u8>, i64)>, StoreError> {
    Ok(on!(conn, |c| sqlx::query_as(
        "select feed, max(seq) from log where org_id = $1 and seq > $2 and seq <= $3 group by feed"
    )
    .bind(org.uuid())
    .bind(after)
    .bind(upto)
    .fetch_all(c)
    .await)?)
}

/// The same of these principals' keys.
///
/// # Errors
/// Of the database.
pub async fn principals_since(
    conn: &mut Conn,
    org: OrgId,
    principals: &[Vec<u8>],
    after: i64,
    upto: i64,
) -> Result<Vec<(Vec<u8>, i64)>, StoreError> {
    let text = "select principal, max(seq) from fanout where org_id = $1 and seq > $2 and seq <= $3 \
                and principal in LIST group by principal";
    let fixed = [Value::Uuid(org.uuid()), Value::Int(after), Value::Int(upto)];
    let listed = principals.iter().cloned().map(Value::Bytes).collect();
    bulk::fetch(conn, text, &fixed, listed).await
}

/// The sessions that ended since then.
///
/// # Errors
/// Of the database.
pub async fn ended_sessions(conn: &mut Conn, org: OrgId, since: Timestamp) -> Result<Vec<Uuid>, StoreError> {
    // At least 1, because 0 stands for a session that lives.
    Ok(on!(conn, |c| sqlx::query_scalar("select id from session where org_id = $1 and ended_at >= $2")
        .bind(org.uuid())
        .bind(since.millis().max(1))
        .fetch_all(c)
        .await)?)
}
