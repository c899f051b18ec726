//! The one SQLite file: connections, transactions, migrations.
//!
//! Functions of the submodules that must be atomic take a [`Transaction`], those that only read take
//! a [`Connection`]; the compiler keeps them apart.

pub(crate) mod documents;
pub(crate) mod lease;
pub(crate) mod meta;
pub(crate) mod outbox;
pub(crate) mod projections;
pub(crate) mod quarantine;
pub(crate) mod retained;
pub(crate) mod reupload;
pub(crate) mod rows;
mod schema;
pub(crate) mod settings;
pub(crate) mod unknown;
pub(crate) mod workspace;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use roadbook_domain::value::id::DocumentId;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use self::meta::Key;
use self::workspace::Workspace;
use crate::error::Error;

/// How many idle connections for reading are kept.
// A burst of readers may open more. Each idle one keeps a page cache, so the rest is closed again.
const MOST_READERS: usize = 4;
/// How long a writer waits for another process that writes.
const BUSY: Duration = Duration::from_secs(10);
/// Whether the write-ahead log may still hold what was to be erased (L5).
const ERASED: Key<bool> = Key::new("erased");

/// A handle on the file: one connection that writes, others that read and never wait for it.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    writer: Mutex<Writer>,
    /// The thread that has the writer.
    writing: Mutex<Option<ThreadId>>,
    readers: Mutex<Vec<Connection>>,
    workspace: Mutex<Option<(u64, Arc<Workspace>)>>,
    #[cfg(feature = "testing")]
    is_full: std::sync::atomic::AtomicBool,
}

#[derive(Debug)]
struct Writer {
    connection: Connection,
    /// `PRAGMA data_version`: another one than before says that another handle wrote.
    seen: i64,
}

impl Store {
    /// Opens the file, makes it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::NewerFile`] and [`Error::OlderFile`] for a file of a later version or of before the first
    /// release, which is left untouched.
    pub fn open(path: &Path) -> Result<Self, Error> {
        // Before the journal mode is set: that writes to the file, and a refused one must stay as it is.
        schema::refuse_others(path)?;
        let mut connection = connect(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        schema::migrate(&mut connection)?;
        let seen = data_version(&connection)?;
        let writer = Mutex::new(Writer { connection, seen });
        let (writing, readers, workspace) = (Mutex::default(), Mutex::default(), Mutex::default());
        let store = Self {
            path: path.to_owned(),
            writer,
            writing,
            readers,
            workspace,
            #[cfg(feature = "testing")]
            is_full: Default::default(),
        };
        // Rows hold instants. They must be right for this zone database before any list is read.
        store.write(|tx| {
            settings::follow_zone_database(tx)?;
            settings::follow_name_keys(tx)
        })?;
        store.clear_log()?;
        Ok(store)
    }

    /// Empties the write-ahead log, if a document or a user was erased since it was last empty: the pages
    /// they were on are still in it. Where a reader stands in the way, the next call does it, or the next
    /// opening of the file.
    pub fn clear_log(&self) -> Result<(), Error> {
        let connection = &mut lock(&self.writer).connection;
        if !meta::get(connection, &ERASED)?.unwrap_or_default() {
            return Ok(());
        }
        // A screen that reads is not waited for.
        connection.busy_timeout(Duration::ZERO)?;
        let blocked = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        connection.busy_timeout(BUSY)?;
        match blocked {
            // Only after the log is empty: if the app is killed in between, the next opening does it again.
            Ok(false) => in_transaction(connection, |tx| meta::remove(tx, &ERASED)),
            Ok(true) => Ok(()),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Runs `read` on one database snapshot, beside a process that writes.
    pub fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        // The lock is released at once, so that several screens can read at the same time.
        let idle = lock(&self.readers).pop();
        let reader = idle.map_or_else(|| connect(&self.path), Ok)?;
        let answer = {
            // A screen reads several tables. Without a transaction an edit could come between two of them.
            let snapshot = reader.unchecked_transaction()?;
            read(&snapshot)
        };
        {
            let mut readers = lock(&self.readers);
            if readers.len() < MOST_READERS {
                readers.push(reader);
            }
        }
        // A reader never waits for a writer: a damage that is not noted now is met again.
        if let (Err(error), Ok(mut writer)) = (&answer, self.writer.try_lock()) {
            note_damage(&mut writer.connection, error);
        }
        answer
    }

    /// Runs `write` in a transaction: wholly there and synced to disk when this returns `Ok`, wholly
    /// absent otherwise (L1, R01).
    ///
    /// # Errors
    /// [`Error::InsideBatch`] if this thread is in a transaction of this handle already; else what `write`
    /// answers, and those of the storage.
    pub fn write<T>(&self, write: impl FnOnce(&Transaction<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let me = thread::current().id();
        // A lock that is waited for by the thread that has it is never released.
        if *lock(&self.writing) == Some(me) {
            return Err(Error::InsideBatch);
        }
        let mut writer = lock(&self.writer);
        #[cfg(feature = "testing")]
        let write = |tx: &Transaction<'_>| {
            let written = write(tx)?;
            if self.is_full.load(std::sync::atomic::Ordering::Relaxed) {
                let full = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
                return Err(rusqlite::Error::SqliteFailure(full, None).into());
            }
            Ok(written)
        };
        let mark = Mark::set(&self.writing, me);
        let written = in_transaction(&mut writer.connection, write);
        drop(mark);
        if let Err(error) = &written {
            // What was read of the workspace in a transaction that fails never was.
            *lock(&self.workspace) = None;
            note_damage(&mut writer.connection, error);
        }
        written
    }

    /// Lets no transaction of this handle be committed, as on a full storage, or lets them again.
    #[cfg(feature = "testing")]
    pub fn fill(&self, full: bool) {
        self.is_full.store(full, std::sync::atomic::Ordering::Relaxed);
    }

    /// Whether another handle on the file wrote since the last time this was asked.
    pub fn changed_elsewhere(&self) -> Result<bool, Error> {
        let mut writer = lock(&self.writer);
        // The writer's connection can tell: its own commits leave its `data_version`, others move it.
        let now = data_version(&writer.connection)?;
        Ok(std::mem::replace(&mut writer.seen, now) != now)
    }
}

/// Deletes what lists and screens show of a document, and its base. The caller deletes its outbox, and calls
/// [`Store::clear_log`] once this is committed.
pub(crate) fn forget(tx: &Transaction<'_>, id: DocumentId) -> Result<(), Error> {
    documents::remove(tx, id)?;
    projections::remove(tx, id)?;
    meta::set(tx, &ERASED, &true)
}

/// Deletes everything of the user from the file: a sign-out. The caller calls [`Store::clear_log`] once this is
/// committed.
pub(crate) fn wipe(tx: &Transaction<'_>) -> Result<(), Error> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
               AND name <> 'meta'";
    let tables: Vec<String> = tx.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for table in tables {
        tx.execute(&format!("DELETE FROM {table}"), [])?;
    }
    meta::wipe(tx)?;
    meta::set(tx, &ERASED, &true)?;
    settings::set_identity(tx, None)
}

/// Reads the whole file and tells whether it is sound.
pub(crate) fn check(connection: &Connection) -> Result<(), Error> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(Error::Damaged) }
}

fn in_transaction<T>(
    connection: &mut Connection,
    write: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    // Immediate: a transaction that reads first and writes later fails if another process wrote in between,
    // and then waiting does not help.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let answer = write(&transaction)?;
    transaction.commit()?;
    Ok(answer)
}

/// Marks a document that turned out to be damaged: the next exchange brings it anew.
fn note_damage(connection: &mut Connection, error: &Error) {
    let Error::Unreadable(id, why) = error else { return };
    tracing::warn!(document.id = %id, why, "a stored document cannot be read");
    if let Err(error) = in_transaction(connection, |tx| documents::mark_damaged(tx, *id, why)) {
        tracing::warn!(%error, "that a document is damaged is not noted");
    }
}

fn connect(path: &Path) -> Result<Connection, Error> {
    // No mutex in SQLite: our own locks already give a connection to one thread at a time.
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(128);
    // FULL: an edit is on disk when the call returns (R01). What leaves is overwritten (L5).
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000; PRAGMA journal_size_limit = 8388608;",
    )?;
    Ok(connection)
}

fn data_version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
}

/// Says which thread has the writer, as long as it lives: also while a panic passes.
struct Mark<'a>(&'a Mutex<Option<ThreadId>>);

impl<'a> Mark<'a> {
    fn set(writing: &'a Mutex<Option<ThreadId>>, by: ThreadId) -> Self {
        *lock(writing) = Some(by);
        Self(writing)
    }
}

impl Drop for Mark<'_> {
    fn drop(&mut self) {
        *lock(self.0) = None;
    }
}

/// A panic elsewhere leaves no half-done transaction: SQLite has rolled it back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
