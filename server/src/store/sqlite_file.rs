//! A SQLite database as a file: copied while it is in use, and looked at before it is trusted.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::{StoreError, migrations};

/// How long a request waits for a connection, or a lock on the file, before it is told to come again.
pub(super) const ACQUIRE: Duration = Duration::from_secs(5);

/// What `user_version` says while a server has the file open. A copy that says so was not made by closing
/// the file, nor by [`copy`], and may be of two moments.
pub(super) const IN_USE: i64 = 1;

/// Copies a database that may be in use to an empty file, as it is at one moment, and looks whether the copy is
/// sound.
///
/// # Errors
/// [`StoreError::Full`], of the copy; [`StoreError::Missing`], [`StoreError::File`] and [`StoreError::Damaged`].
pub async fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    if !find(from)? {
        return Err(StoreError::Missing);
    }
    let mut conn = read_only(from).await?;
    migrations::look_at_sqlite(&mut conn).await?.check(false)?;
    let to = plain(to);
    let name = to.to_str().ok_or_else(|| StoreError::File("its name is not UTF-8; choose another".into()))?;
    sqlx::query("vacuum into $1").bind(name).execute(&mut conn).await?;
    conn.close().await?;
    let mut conn = SqliteConnectOptions::new().filename(&to).disable_statement_logging().connect().await?;
    sqlx::query("pragma user_version = 0").execute(&mut conn).await?;
    look_through(&mut conn).await?;
    Ok(conn.close().await?)
}

/// Makes a copy that nobody has open one plain file, which can be read where nothing can be written.
///
/// # Errors
/// Of the file.
pub async fn put_away(path: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(plain(path)).disable_statement_logging();
    let mut conn = options.journal_mode(SqliteJournalMode::Delete).connect().await?;
    sqlx::query("pragma user_version = 0").execute(&mut conn).await?;
    conn.close().await?;
    sync(path).map_err(|error| StoreError::Unavailable(error.into()))
}

/// Looks at a whole database that may be in use, without writing to it.
///
/// # Errors
/// [`StoreError::Damaged`]; [`StoreError::Missing`], [`StoreError::Foreign`] and [`StoreError::Newer`].
pub async fn check(path: &Path) -> Result<(), StoreError> {
    if !find(path)? {
        return Err(StoreError::Missing);
    }
    let mut conn = read_only(path).await?;
    migrations::look_at_sqlite(&mut conn).await?.check(false)?;
    look_through(&mut conn).await?;
    Ok(conn.close().await?)
}

/// Looks whether all pages, rows and indexes fit together, no table or index is missing, the log has no gap, and its end is the one that its
/// organisation knows.
pub(super) async fn look_through(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let verdict: String = sqlx::query_scalar("pragma integrity_check(1)").fetch_one(&mut *conn).await?;
    if verdict != "ok" {
        return Err(StoreError::Damaged(verdict));
    }
    if let Some(name) = migrations::missing(conn).await? {
        return Err(StoreError::Damaged(format!("{name} is not there, or is not as it was made")));
    }
    let strays = sqlx::query("pragma foreign_key_check").fetch_all(&mut *conn).await?;
    // Whole pages of another moment can fit together. A trimmed log has its last entry still.
    let torn: i64 = sqlx::query_scalar(
        "select count(*) from organisation o where o.seq > 0 and (not exists (select 1 from log l \
         where l.org_id = o.id and l.seq = o.seq and l.chain = o.chain) \
         or exists (select 1 from log l where l.org_id = o.id and l.seq > o.seq) \
         or (select count(*) <> max(l.seq) - min(l.seq) + 1 from log l where l.org_id = o.id))",
    )
    .fetch_one(&mut *conn)
    .await?;
    if torn > 0 || !strays.is_empty() {
        return Err(StoreError::Damaged("it holds parts of two moments".into()));
    }
    Ok(())
}

pub(super) async fn read_only(path: &Path) -> Result<SqliteConnection, StoreError> {
    Ok(for_reading(path).connect().await?)
}

/// How a file is opened that is not to be written.
pub(super) fn for_reading(path: &Path) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new().filename(plain(path)).read_only(true);
    options.busy_timeout(ACQUIRE).disable_statement_logging()
}

/// A path that SQLite takes for one: a name that begins with "file:" is an address to it.
pub(super) fn plain(path: &Path) -> PathBuf {
    if path.is_relative() { Path::new(".").join(path) } else { path.to_owned() }
}

/// Whether there is a file. It is not opened: to close it would take this process's own locks on it away.
///
/// # Errors
/// [`StoreError::File`]: there is something else, or no way to it.
pub(super) fn find(path: &Path) -> Result<bool, StoreError> {
    let shown = path.display();
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(found) => {
            let what = if found.is_dir() { "a folder" } else { "no file" };
            Err(StoreError::File(format!("{shown} is {what}; give the path of a file")))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::File(format!("{shown} is out of reach ({error}); correct the path"))),
    }
}

/// Makes an empty file that only its owner may read; SQLite gives its log the same permissions.
///
/// # Errors
/// [`StoreError::File`].
pub fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let why = |error: io::Error| match path.parent().filter(|_| error.kind() == io::ErrorKind::NotFound) {
        Some(folder) => format!("the folder {} is not there; make it, or correct the path", folder.display()),
        None => format!("{} cannot be made ({error}); choose a place that can be written", path.display()),
    };
    options.open(path).map(drop).map_err(|error| StoreError::File(why(error)))
}

/// Makes a file durable.
fn sync(path: &Path) -> io::Result<()> {
    std::fs::File::open(path)?.sync_all()
}
