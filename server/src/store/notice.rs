//! Notices between the processes that share a PostgreSQL database: hints, whose loss costs a second.

use std::time::Duration;

use roadbook_domain::value::id::OrgId;
use roadbook_domain::value::time::Timestamp;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::task::JoinHandle;
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

/// How long to wait before a connection that was lost is made anew; twice as long after each failure.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The longest such wait.
const LAST_WAIT: Duration = Duration::from_secs(30);

/// Hears what others tell. A connection that is lost is made anew for as long as it takes.
#[derive(Debug)]
pub struct Listener(Ear);

#[derive(Debug)]
enum Ear {
    /// On SQLite there is nobody to hear.
    Deaf,
    Listening(PgPool, PgListener),
    /// In a task of its own, because whoever hears gives up and begins again every second.
    Reconnecting(PgPool, JoinHandle<PgListener>),
}

impl Listener {
    /// A listener; a deaf one on SQLite.
    pub async fn open(db: &Db) -> Self {
        let Db::Postgres(pool) = db else { return Self(Ear::Deaf) };
        Self(match listen(pool).await {
            Ok(listener) => Ear::Listening(pool.clone(), listener),
            Err(error) => {
                tracing::warn!(error.cause = %error, "cannot listen for notifications; looking every second");
                reconnect(pool.clone())
            }
        })
    }

    /// Whether it would hear a notification.
    #[cfg(test)]
    pub fn is_listening(&self) -> bool {
        matches!(self.0, Ear::Listening(..))
    }

    /// Waits until there may be news: a notification, a lost connection, or one that is there again, for
    /// nobody knows what was told before it. A deaf listener waits for ever.
    pub async fn heard(&mut self) {
        match &mut self.0 {
            Ear::Deaf => std::future::pending().await,
            Ear::Listening(pool, listener) => {
                // The listener would try once to connect anew and then be of no use.
                if let Err(error) =
                    listener.try_recv().await.and_then(|heard| heard.ok_or(sqlx::Error::PoolClosed))
                {
                    tracing::warn!(error.cause = %error, "lost the connection that listens for notifications");
                    self.0 = reconnect(pool.clone());
                }
            }
            Ear::Reconnecting(pool, connected) => {
                self.0 = match connected.await {
                    Ok(listener) => {
                        tracing::info!("listening for notifications again");
                        Ear::Listening(pool.clone(), listener)
                    }
                    // Only a panic or the end of the process ends the task.
                    Err(_) => Ear::Deaf,
                }
            }
        }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        if let Self::Reconnecting(_, connected) = self {
            connected.abort();
        }
    }
}

async fn listen(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    // A lost connection is told of at once, and made anew here.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

fn reconnect(pool: PgPool) -> Ear {
    let of_task = pool.clone();
    let connected = tokio::spawn(async move {
        let mut wait = FIRST_WAIT;
        loop {
            tokio::time::sleep(wait).await;
            match listen(&of_task).await {
                Ok(listener) => return listener,
                // The process ends, and whoever hears with it.
                Err(sqlx::Error::PoolClosed) => std::future::pending().await,
                Err(error) => tracing::debug!(error.cause = %error, "cannot listen for notifications yet"),
            }
            wait = (wait * 2).min(LAST_WAIT);
        }
    });
    Ear::Reconnecting(pool, connected)
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
    // Grouped outside: else SQLite walks the whole index by feed, however few entries are asked for.
    Ok(on!(conn, |c| sqlx::query_as(
        "select feed, max(seq) from (select feed, seq from log \
         where org_id = $1 and seq > $2 and seq <= $3 order by seq limit 1000000) as entries group by feed"
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
    Ok(on!(conn, |c| sqlx::query_scalar(
        "select id from session where org_id = $1 and ended_at > 0 and ended_at >= $2"
    )
    .bind(org.uuid())
    .bind(since.millis().max(1))
    .fetch_all(c)
    .await)?)
}
