//! One database out of two: SQLite in one file, or PostgreSQL.
//!
//! The only place where the two differ, but for what a migration says of SQLite alone. Statements are written once, in the part of SQL both speak:
//! `$n`, `uuid` (bound as `Uuid`), `bytea`, `bigint` milliseconds, `on conflict`, `returning`; no
//! `now()`, no JSON, no date functions.

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{
    Connection, PgConnection, PgPool, Postgres, SqlStr, Sqlite, SqliteConnection, SqlitePool, Transaction,
};

use super::checkpoints::{Checkpoints, MOST_PAGES};
use super::meter::{self, Lease};
use super::migrations::Found;
use super::sqlite_file::{self, ACQUIRE};
use super::{StoreError, migrations, statements};

/// Runs one expression over the connection of either database: `on!(conn, |c| query(..).execute(c))`.
///
/// `conn` is a [`Conn`] or [`Tx`] (or a `&mut` to one); the expression is compiled once for each.
macro_rules! on {
    ($conn:expr, |$c:ident| $body:expr) => {{
        #[cfg(any(test, feature = "testing"))]
        $crate::store::turn::wait($crate::store::turn::Point::Statement).await;
        match $conn.raw() {
            $crate::store::db::Raw::Sqlite($c) => $body,
            $crate::store::db::Raw::Postgres($c) => $body,
        }
    }};
}
pub(crate) use on;

/// Where a database is.
#[derive(Clone)]
pub enum Address {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, and in it the schema that the search path names.
    Postgres(Box<PgConnectOptions>),
}

/// A database that is open and, but for [`Db::look`], has every migration of this program. Clones share the
/// connections.
#[derive(Debug, Clone)]
pub enum Db {
    /// One connection that writes, and some that read beside it (WAL).
    Sqlite {
        /// The one writer; its transactions begin immediately, so none fails at its first write.
        writer: SqlitePool,
        /// Readers; they see the last commit, and cannot write.
        reader: SqlitePool,
        /// Moves the log into the file.
        checkpoints: Checkpoints,
        /// Whether the file says that it is in use, until this closes it.
        is_marked: bool,
    },
    /// Connections that may do both.
    Postgres(PgPool),
}

/// A connection for reading: outside a transaction, in a database snapshot, or inside a [`Tx`].
#[derive(Debug)]
pub struct Conn(Inner, Lease);

/// A write transaction; dropped without [`Tx::commit`], it is rolled back.
#[derive(Debug)]
pub struct Tx {
    conn: Conn,
    checkpoints: Option<Checkpoints>,
    // Dropped after the connection: others may write once the transaction is over.
    #[cfg(any(test, feature = "testing"))]
    _writing: super::turn::Writing,
}

/// The connection of the one or the other database; see `on!`.
#[derive(Debug)]
pub enum Raw<'a> {
    /// SQLite's.
    Sqlite(&'a mut SqliteConnection),
    /// PostgreSQL's.
    Postgres(&'a mut PgConnection),
}

#[derive(Debug)]
enum Inner {
    Sqlite(PoolConnection<Sqlite>),
    SqliteTx(Transaction<'static, Sqlite>),
    Postgres(PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
}

/// Begins a snapshot on PostgreSQL, whose usual level would give every statement one of its own.
const SNAPSHOT: SqlStr = SqlStr::from_static("begin isolation level repeatable read read only");

/// How many connections read a SQLite file; one of them moves the log at times.
const SQLITE_READERS: u32 = 5;

impl Db {
    /// Opens a database that exists, and brings it up to this program's migrations.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Foreign`] and [`StoreError::Newer`] leave it untouched.
    pub async fn open(address: &Address, connections: u32) -> Result<Self, StoreError> {
        Self::connect(address, connections, Opening::Serve).await
    }

    /// The same; makes the SQLite file, or the tables, if there are none.
    ///
    /// # Errors
    /// As for [`Db::open`], without [`StoreError::Missing`].
    pub async fn create(address: &Address, connections: u32) -> Result<Self, StoreError> {
        Self::connect(address, connections, Opening::Create).await
    }

    /// Opens a database beside a server that may be using it: for a command that does one thing. Nothing is
    /// brought up to date.
    ///
    /// # Errors
    /// As for [`Db::open`]; [`StoreError::Older`].
    pub async fn attach(address: &Address) -> Result<Self, StoreError> {
        Self::connect(address, 1, Opening::Beside).await
    }

    /// The same for reading only. The database may be of an older version: who calls reads what every version
    /// has.
    ///
    /// # Errors
    /// As for [`Db::open`].
    pub async fn look(address: &Address) -> Result<Self, StoreError> {
        Self::connect(address, 1, Opening::Look).await
    }

    async fn connect(address: &Address, connections: u32, opening: Opening) -> Result<Self, StoreError> {
        match address {
            Address::Sqlite(path) => connect_sqlite(path, opening).await,
            Address::Postgres(options) => connect_postgres(options, connections, opening).await,
        }
    }

    /// A connection for single reads.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if none is free in time.
    pub async fn read(&self) -> Result<Conn, StoreError> {
        meter::connect().await;
        let conn = match self {
            Self::Sqlite { reader, .. } => Inner::Sqlite(reader.acquire().await?),
            Self::Postgres(pool) => Inner::Postgres(pool.acquire().await?),
        };
        Ok(Conn(conn, Lease { in_transaction: false }))
    }

    /// A connection whose reads all see the database as it is at the first of them.
    ///
    /// # Errors
    /// As for [`Db::read`].
    pub async fn snapshot(&self) -> Result<Conn, StoreError> {
        #[cfg(any(test, feature = "testing"))]
        super::turn::wait(super::turn::Point::Snapshot).await;
        meter::connect().await;
        meter::wake();
        let conn = match self {
            Self::Sqlite { reader, .. } => Inner::SqliteTx(reader.begin().await?),
            Self::Postgres(pool) => Inner::PostgresTx(pool.begin_with(SNAPSHOT).await?),
        };
        Ok(Conn(conn, Lease { in_transaction: true }))
    }

    /// Begins a write transaction.
    ///
    /// On SQLite it is the only one; on PostgreSQL those of one organisation take turns from
    /// [`organisation::lock`](super::organisation::lock) on.
    ///
    /// # Errors
    /// As for [`Db::read`].
    pub async fn write(&self) -> Result<Tx, StoreError> {
        #[cfg(any(test, feature = "testing"))]
        super::turn::wait(super::turn::Point::Write).await;
        meter::connect().await;
        meter::wake();
        let (conn, checkpoints) = match self {
            Self::Sqlite { writer, checkpoints, .. } => {
                (Inner::SqliteTx(writer.begin_with("begin immediate").await?), Some(checkpoints.clone()))
            }
            Self::Postgres(pool) => (Inner::PostgresTx(pool.begin().await?), None),
        };
        Ok(Tx {
            conn: Conn(conn, Lease { in_transaction: true }),
            checkpoints,
            #[cfg(any(test, feature = "testing"))]
            _writing: super::turn::Writing::begin(),
        })
    }

    /// Lets a SQLite file grow no further, as on a full disk, or lets it grow again.
    #[cfg(any(test, feature = "testing"))]
    pub async fn fill_disk(&self, full: bool) -> Result<(), StoreError> {
        // SQLite takes the present size for 1: a file does not shrink.
        let sql = if full { "pragma max_page_count = 1" } else { "pragma max_page_count = 1073741823" };
        if let Self::Sqlite { writer, .. } = self {
            sqlx::query(sql).execute(writer).await?;
        }
        Ok(())
    }

    /// Closes every connection; SQLite folds its log into the file.
    pub async fn close(&self) {
        match self {
            // The writer last: the connection that closes last folds the log, and readers may not write.
            Self::Sqlite { writer, reader, is_marked, .. } => {
                reader.close().await;
                // If it fails, the next start looks through the file, and that is all.
                if *is_marked {
                    drop(sqlx::query("pragma user_version = 0").execute(writer).await);
                }
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Conn {
    /// The connection underneath, for `on!`.
    pub fn raw(&mut self) -> Raw<'_> {
        meter::wake();
        match &mut self.0 {
            Inner::Sqlite(conn) => Raw::Sqlite(conn),
            Inner::SqliteTx(tx) => Raw::Sqlite(tx),
            Inner::Postgres(conn) => Raw::Postgres(conn),
            Inner::PostgresTx(tx) => Raw::Postgres(tx),
        }
    }

    /// The same connection, whose reads all see the database as it is at the first of them from now on.
    ///
    /// # Errors
    /// Of the database.
    pub async fn into_snapshot(self) -> Result<Self, StoreError> {
        #[cfg(any(test, feature = "testing"))]
        super::turn::wait(super::turn::Point::Snapshot).await;
        let Self(inner, mut lease) = self;
        lease.in_transaction = true;
        meter::wake();
        let inner = match inner {
            Inner::Sqlite(conn) => Inner::SqliteTx(Transaction::begin(conn, None).await?),
            Inner::Postgres(conn) => Inner::PostgresTx(Transaction::begin(conn, Some(SNAPSHOT)).await?),
            // Its reads do already.
            Inner::SqliteTx(_) | Inner::PostgresTx(_) => inner,
        };
        Ok(Self(inner, lease))
    }

    /// What ends a `select` so that nobody changes the rows it finds until the transaction ends. On SQLite
    /// nobody can: a write transaction is alone.
    pub fn for_share(&self) -> &'static str {
        match self.0 {
            Inner::Postgres(_) | Inner::PostgresTx(_) => " for share",
            Inner::Sqlite(_) | Inner::SqliteTx(_) => "",
        }
    }

    /// Whether placeholders that come once each, in order, are to be numbered all the same. SQLite keeps
    /// numbered ones in a list and searches it for each, so the cost of a long statement grew by the square.
    pub fn numbers_placeholders(&self) -> bool {
        matches!(self.0, Inner::Postgres(_) | Inner::PostgresTx(_))
    }
}

impl Tx {
    /// Makes everything written in it durable. Only after this may anything be acknowledged (L2).
    ///
    /// # Errors
    /// If the commit fails, nothing of it was written, or (PostgreSQL, connection lost) the outcome is
    /// unknown and the caller must be able to try again.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Conn(inner, mut lease) = self.conn;
        lease.in_transaction = false;
        meter::wake();
        match inner {
            Inner::SqliteTx(tx) => {
                tx.commit().await?;
                self.checkpoints.into_iter().for_each(Checkpoints::committed);
            }
            Inner::PostgresTx(tx) => tx.commit().await?,
            // `Db::write` makes no other.
            Inner::Sqlite(_) | Inner::Postgres(_) => {}
        }
        Ok(())
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl FromStr for Address {
    type Err = StoreError;

    /// `sqlite:PATH` or `postgres://user:password@host:port/database`.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let in_memory = path.is_empty() || path.contains(":memory:");
            return if in_memory { Err(StoreError::Address) } else { Ok(Self::Sqlite(path.into())) };
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let options = text.parse::<PgConnectOptions>().map_err(|_| StoreError::Address)?;
            return Ok(Self::Postgres(Box::new(options)));
        }
        Err(StoreError::Address)
    }
}

impl std::fmt::Debug for Address {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.debug_tuple("Postgres").finish_non_exhaustive(),
        }
    }
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// To serve it; it must be there.
    Serve,
    /// To serve it, or to make it.
    Create,
    /// For one command, while a server may be serving it.
    Beside,
    /// The same, and only to read.
    Look,
}

impl Opening {
    /// Whether the database is this process's to serve: then it is brought up to date.
    fn is_own(self) -> bool {
        matches!(self, Self::Serve | Self::Create)
    }

    /// Whether this program may go on with what it found.
    fn check(self, found: Found) -> Result<(), StoreError> {
        found.check(self == Self::Create)?;
        if self == Self::Beside { found.check_newest() } else { Ok(()) }
    }
}

/// The cache of the connection that writes, in SQLite's words: 16 MiB. A transaction of thousands of rows in as many
/// places writes pages out early and reads them again where fewer fit, while everybody else waits.
const WRITER_CACHE: &str = "-16384";

async fn connect_sqlite(path: &Path, opening: Opening) -> Result<Db, StoreError> {
    if sqlite_file::find(path)? {
        look_before_opening(path, opening).await?;
    } else if opening == Opening::Create {
        sqlite_file::make_private(path)?;
    } else {
        return Err(StoreError::Missing);
    }
    if opening == Opening::Look {
        let reader = sqlite_pool(1).connect_with(sqlite_file::for_reading(path)).await?;
        let checkpoints = Checkpoints::by(reader.clone());
        return Ok(Db::Sqlite { writer: reader.clone(), reader, checkpoints, is_marked: false });
    }
    // Full: acknowledged changes survive a power cut (L2). Secure delete: purged ones leave the file (C5).
    let options = SqliteConnectOptions::new()
        .filename(sqlite_file::plain(path))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(ACQUIRE)
        .pragma("secure_delete", "on")
        .pragma("temp_store", "memory");
    let options = statements::told(options);
    let options_of_writer = options
        .clone()
        .pragma("cache_size", WRITER_CACHE)
        .pragma("wal_autocheckpoint", MOST_PAGES.to_string())
        // What was purged does not stay behind in a log that begins anew (C5).
        .pragma("journal_size_limit", "0");
    let writer = sqlite_pool(1).connect_with(options_of_writer).await?;
    let is_marked = opening.is_own();
    if is_marked {
        migrations::migrate_sqlite(&writer).await?;
        mark_in_use(&writer).await;
    }
    let reader = sqlite_pool(SQLITE_READERS).connect_with(options.pragma("query_only", "on")).await?;
    let checkpoints = Checkpoints::by(reader.clone());
    Ok(Db::Sqlite { writer, reader, checkpoints, is_marked })
}

/// A pool that replaces a connection whose transaction did not end.
///
/// When the disk is full (or reading and writing fails), SQLite rolls a transaction back by itself; sqlx
/// then takes it for open for ever, and would refuse every later `begin` on that connection (R09).
fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|conn, _| {
            Box::pin(async move {
                // What was dropped was rolled back before it was given back, or it never will be.
                Ok(!conn.is_in_transaction())
            })
        })
}

/// Says in the file itself that it is in use: what is copied from it now says so, too.
async fn mark_in_use(writer: &SqlitePool) {
    let mark = async {
        sqlx::query("pragma user_version = 1").execute(writer).await?;
        // Into the file: a copy of it may be made without its log.
        sqlx::query("pragma wal_checkpoint(truncate)").execute(writer).await
    };
    // A full disk is no reason not to begin: reading goes on (R09).
    if let Err(error) = mark.await {
        tracing::warn!(error.cause = %error, "the database file is not marked as being in use");
    }
}

/// Looks at an existing file over a connection that cannot write. A file that no server closed is looked
/// through: after a crash, or if it was copied while it was in use (R10).
async fn look_before_opening(path: &Path, opening: Opening) -> Result<(), StoreError> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    // A server that ended in an orderly way leaves no log behind.
    let has_log = std::fs::metadata(wal).is_ok_and(|file| file.len() > 0);
    let mut conn = sqlite_file::read_only(path).await?;
    let found = migrations::look_at_sqlite(&mut conn).await?;
    opening.check(found)?;
    // Not at every start, because it reads the whole file.
    if opening.is_own() && matches!(found, Found::Migration(_)) {
        let mark: i64 = sqlx::query_scalar("pragma user_version").fetch_one(&mut conn).await?;
        if has_log || mark == sqlite_file::IN_USE {
            tracing::info!("no server closed the database file: it is looked through");
            sqlite_file::look_through(&mut conn).await?;
        }
    }
    Ok(conn.close().await?)
}

async fn connect_postgres(
    options: &PgConnectOptions,
    connections: u32,
    opening: Opening,
) -> Result<Db, StoreError> {
    let name = options.get_application_name().unwrap_or("roadbook").to_owned();
    let mut options = options.clone().application_name(&name);
    if opening == Opening::Look {
        options = options.options([("default_transaction_read_only", "on")]);
    }
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .connect_with(statements::told(options))
        .await?;
    opening.check(migrations::look_at_postgres(&pool).await?)?;
    if opening.is_own() {
        migrations::migrate_postgres(&pool).await?;
    }
    Ok(Db::Postgres(pool))
}
