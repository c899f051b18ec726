//! The one SQLite file: connections, transactions, migrations.
//!
//! Functions of the submodules that must be atomic take a [`Transaction`], those that only read take
//! a [`Connection`]; the compiler keeps them apart.

pub(crate) mod documents;
pub(crate) mod entries;
pub(crate) mod kept;
pub(crate) mod lease;
pub(crate) mod meta;
pub(crate) mod outbox;
pub(crate) mod projections;
pub(crate) mod quarantine;
pub(crate) mod repair;
pub(crate) mod retained;
pub(crate) mod reupload;
pub(crate) mod rows;
mod schema;
pub(crate) mod sealed;
pub(crate) mod settings;
pub(crate) mod swap;
pub(crate) mod unknown;
pub(crate) mod words;
pub(crate) mod workspace;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use roadbook_domain::value::id::DocumentId;
use rusqlite::{Connection, ErrorCode, InterruptHandle, OpenFlags, Transaction, TransactionBehavior};

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
    /// Who is at work, and whether somebody may begin.
    uses: Mutex<Uses>,
    /// Told when the last one at work has ended.
    idle: Condvar,
    /// This handle has the file to itself, and the index of its log in memory: in a browser, where files are not
    /// shared, and where there was no room for the index. All reading is done by the connection that writes.
    is_alone: bool,
    workspace: Mutex<Option<(u64, Arc<Workspace>)>>,
    #[cfg(feature = "testing")]
    is_full: std::sync::atomic::AtomicBool,
}

#[derive(Default)]
struct Uses {
    is_paused: bool,
    next: u64,
    /// Of those that read, how to interrupt them.
    under_way: BTreeMap<u64, Option<InterruptHandle>>,
}

#[derive(Debug)]
struct Writer {
    /// `None` while the store is paused.
    connection: Option<Connection>,
    /// `PRAGMA data_version`: another one than before says that another handle wrote.
    seen: i64,
    /// All was looked at, and nothing was found that could be set aside.
    is_sound: bool,
}

/// Refuses a file of a later version of the app, and leaves no trace.
///
/// # Errors
/// [`Error::NewerFile`], and whatever stops it from being read.
pub(crate) fn refuse_newer(path: &Path) -> Result<(), Error> {
    schema::refuse_newer(path)
}

/// The same of an opened file.
pub(crate) fn refuse_newer_than_known(connection: &Connection) -> Result<(), Error> {
    match schema::refuse_other_than_known(connection) {
        Err(error @ Error::NewerFile(..)) => Err(error),
        // What else is wrong with it a salvage sees.
        _ => Ok(()),
    }
}

impl Store {
    /// Opens the file, makes it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::NewerFile`] and [`Error::OlderFile`] for a file of a later version or of before the first
    /// release, which is left untouched.
    pub fn open(path: &Path) -> Result<Self, Error> {
        swap::finish(path)?;
        make_private(path)?;
        match Self::open_shared(path) {
            // Reading works, and writing does as soon as there is room.
            Err(error) if error.is_full() => {
                tracing::warn!("the storage is full: the file is opened for this process alone");
                Self::alone(path)
            }
            opened => opened,
        }
    }

    /// Opens the file for this handle alone: no other one can be opened beside it.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_alone(path: &Path) -> Result<Self, Error> {
        swap::finish(path)?;
        make_private(path)?;
        Self::alone(path)
    }

    /// A database that is nowhere but in memory, and gone with this handle.
    pub fn in_memory() -> Result<Self, Error> {
        Self::alone(Path::new(":memory:"))
    }

    fn alone(path: &Path) -> Result<Self, Error> {
        let connection = connect(path, true)?;
        // Here the version is asked of the one connection that can read; it changes nothing.
        schema::refuse_other_than_known(&connection)?;
        Self::open_over(path, connection, true)
    }

    fn open_shared(path: &Path) -> Result<Self, Error> {
        // Before the journal mode is set: that writes to the file, and a refused one must stay as it is.
        schema::refuse_others(path)?;
        Self::open_over(path, connect(path, false)?, false)
    }

    fn open_over(path: &Path, mut connection: Connection, is_alone: bool) -> Result<Self, Error> {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        schema::migrate(&mut connection)?;
        let seen = data_version(&connection)?;
        let writer = Mutex::new(Writer { connection: Some(connection), seen, is_sound: false });
        let (writing, readers, workspace) = (Mutex::default(), Mutex::default(), Mutex::default());
        let (uses, idle) = (Mutex::default(), Condvar::new());
        let store = Self {
            path: path.to_owned(),
            writer,
            writing,
            readers,
            uses,
            idle,
            is_alone,
            workspace,
            #[cfg(feature = "testing")]
            is_full: Default::default(),
        };
        // Rows hold instants. They must be right for this zone database before any list is read.
        // Asked first: a widget that opens the file must not wait for an app that writes.
        if store
            .read(|connection| Ok(settings::is_behind(connection)? || documents::is_behind(connection)?))?
        {
            store.write_if_room(|tx| {
                settings::follow_zone_database(tx)?;
                settings::follow_name_keys(tx)?;
                settings::follow_detail_keys(tx)?;
                documents::follow_projection_version(tx)
            })?;
        }
        match store.clear_log() {
            Err(error) if !error.is_full() => Err(error),
            _ => Ok(store),
        }
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Empties the log into the file, and tells nobody that it is there: the file can be moved by its name.
    ///
    /// # Errors
    /// [`Error::File`] while somebody else reads it.
    pub fn settle(&self) -> Result<(), Error> {
        let _use = self.enter()?;
        let mut writer = lock(&self.writer);
        let connection = writer.open(self)?;
        let blocked: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if blocked { Err(std::io::Error::from(std::io::ErrorKind::ResourceBusy).into()) } else { Ok(()) }
    }

    /// Empties the write-ahead log, if a document or a user was erased since it was last empty: the pages
    /// they were on are still in it. Where a reader stands in the way, the next call does it, or the next
    /// opening of the file.
    pub fn clear_log(&self) -> Result<(), Error> {
        let _use = self.enter()?;
        let mut writer = lock(&self.writer);
        let connection = writer.open(self)?;
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

    /// Waits for what is under way, closes the file and holds no lock on it: the system may stop the process
    /// now, and another one may do what it likes (R21). Until [`Self::resume`] everything fails.
    pub fn pause(&self) {
        let mut uses = lock(&self.uses);
        uses.is_paused = true;
        while !uses.under_way.is_empty() {
            uses = self.idle.wait(uses).unwrap_or_else(PoisonError::into_inner);
        }
        drop(uses);
        lock(&self.readers).clear();
        lock(&self.writer).connection = None;
    }

    /// Lets the file be used again; it is opened at the next use.
    pub fn resume(&self) {
        lock(&self.uses).is_paused = false;
    }

    /// Ends every [`Self::query`] that is under way.
    pub fn interrupt(&self) {
        for handle in lock(&self.uses).under_way.values().flatten() {
            handle.interrupt();
        }
    }

    /// # Errors
    /// [`Error::Paused`].
    fn enter(&self) -> Result<Use<'_>, Error> {
        let mut uses = lock(&self.uses);
        if uses.is_paused {
            return Err(Error::Paused);
        }
        let number = uses.next;
        uses.next += 1;
        uses.under_way.insert(number, None);
        Ok(Use { store: self, number })
    }

    /// Runs `read` on one database snapshot, beside a process that writes.
    ///
    /// What cannot be read is set aside, and `read` runs again.
    pub fn read<T>(&self, read: impl FnMut(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        self.read_as(false, read)
    }

    /// As [`Self::read`], for a screen that may lose interest in it before it is done.
    ///
    /// # Errors
    /// Also that of SQLite for what [`Self::interrupt`] ended.
    pub fn query<T>(&self, read: impl FnMut(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        self.read_as(true, read)
    }

    fn read_as<T>(
        &self,
        is_query: bool,
        mut read: impl FnMut(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let answer = self.read_once(is_query, &mut read);
        // A reader never waits for a writer: a damage that is not noted now is met again.
        if let Err(error) = &answer
            && let Ok(_use) = self.enter()
            && let Some(mut writer) = try_lock(&self.writer)
            && self.note_damage(&mut writer, error)
        {
            drop(writer);
            return self.read_once(is_query, &mut read);
        }
        answer
    }

    fn read_once<T>(
        &self,
        is_query: bool,
        read: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let of = self.enter()?;
        if self.is_alone {
            // This thread has the connection, and would wait for itself.
            if *lock(&self.writing) == Some(thread::current().id()) {
                return Err(Error::InsideBatch);
            }
            let mut writer = lock(&self.writer);
            let connection = writer.open(self)?;
            if is_query {
                of.reads(Some(connection));
            }
            let answer = connection.unchecked_transaction().map_err(Error::from).and_then(|it| read(&it));
            // Before anybody writes by it.
            of.reads(None);
            // One that was interrupted while it ended its transaction is in it still: the next use opens another.
            if !connection.is_autocommit() {
                writer.connection = None;
            }
            return answer;
        }
        // The lock is released at once, so that several screens can read at the same time.
        let idle = lock(&self.readers).pop();
        let reader = idle.map_or_else(|| self.reader(), Ok)?;
        if is_query {
            of.reads(Some(&reader));
        }
        let answer = {
            // A screen reads several tables. Without a transaction an edit could come between two of them.
            let snapshot = reader.unchecked_transaction()?;
            read(&snapshot)
        };
        // Whoever reads by this connection next is not meant.
        of.reads(None);
        {
            let mut readers = lock(&self.readers);
            // One that was interrupted while it ended its transaction is in it still.
            if readers.len() < MOST_READERS && reader.is_autocommit() {
                readers.push(reader);
            }
        }
        answer
    }

    /// Another connection for reading. While the file was closed a newer app may have had it.
    fn reader(&self) -> Result<Connection, Error> {
        let reader = connect(&self.path, false)?;
        schema::refuse_other_than_known(&reader)?;
        Ok(reader)
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
        let _use = self.enter()?;
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
        let written = writer.open(self).and_then(|connection| in_transaction(connection, write));
        drop(mark);
        if let Err(error) = &written {
            // What was read of the workspace in a transaction that fails never was.
            *lock(&self.workspace) = None;
            self.note_damage(&mut writer, error);
        }
        written
    }

    /// Lets no transaction of this handle be committed, as on a full storage, or lets them again.
    #[cfg(feature = "testing")]
    pub fn fill(&self, full: bool) {
        self.is_full.store(full, std::sync::atomic::Ordering::Relaxed);
    }

    /// As [`Self::write`], and once more after something was set aside that could not be read. Without room it is
    /// left undone: it may wait until there is some.
    pub fn write_if_room(
        &self,
        mut write: impl FnMut(&Transaction<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let written = match self.write(&mut write) {
            Err(error) if error.is_unreadable() => self.write(&mut write),
            written => written,
        };
        match written {
            Err(error) if !error.is_full() => Err(error),
            _ => Ok(()),
        }
    }

    /// Whether another handle on the file wrote since the last time this was asked.
    pub fn changed_elsewhere(&self) -> Result<bool, Error> {
        let _use = self.enter()?;
        let mut writer = lock(&self.writer);
        // Another one was opened since: who wrote meanwhile is not known.
        let is_new = writer.connection.is_none();
        // The writer's connection can tell: its own commits leave its `data_version`, others move it.
        let now = data_version(writer.open(self)?)?;
        Ok(std::mem::replace(&mut writer.seen, now) != now || is_new)
    }

    /// Sets aside what turned out to be unreadable, and tells whether there was anything. A document whose bytes
    /// are damaged is only marked: the next exchange brings it anew.
    fn note_damage(&self, writer: &mut Writer, error: &Error) -> bool {
        let is_sound = writer.is_sound;
        let noted = match error {
            Error::Unreadable(id, why) => {
                tracing::warn!(document.id = %id, why, "a stored document cannot be read");
                let mark = |tx: &Transaction<'_>| documents::mark_damaged(tx, *id, why);
                writer.open(self).and_then(|connection| in_transaction(connection, mark)).map(|()| false)
            }
            error if error.is_of_index() => {
                tracing::warn!(%error, "the index of words is made anew");
                writer
                    .open(self)
                    .and_then(|connection| in_transaction(connection, words::begin_anew))
                    .map(|()| true)
            }
            error if error.is_unreadable() && !is_sound => {
                tracing::warn!(%error, "what cannot be read is set aside");
                let repair = |tx: &Transaction<'_>| repair::repair(tx, error);
                let repaired = writer.open(self).and_then(|connection| in_transaction(connection, repair));
                // Looking at everything takes long: not again and again for nothing.
                writer.is_sound = matches!(repaired, Ok(false));
                repaired
            }
            _ => Ok(false),
        };
        noted.unwrap_or_else(|error| {
            tracing::warn!(%error, "what cannot be read is not set aside");
            false
        })
    }
}

impl Writer {
    /// The connection that writes, opened again after a pause.
    fn open(&mut self, store: &Store) -> Result<&mut Connection, Error> {
        if self.connection.is_none() {
            let connection = connect(&store.path, store.is_alone)?;
            // A newer version of the app may have been at it meanwhile.
            schema::refuse_other_than_known(&connection)?;
            self.connection = Some(connection);
        }
        self.connection.as_mut().ok_or(Error::Paused)
    }
}

/// Somebody at work, as long as it lives: also while a panic passes.
struct Use<'a> {
    store: &'a Store,
    number: u64,
}

impl Use<'_> {
    /// From now on it can be interrupted where it reads by this connection.
    fn reads(&self, connection: Option<&Connection>) {
        if let Some(entry) = lock(&self.store.uses).under_way.get_mut(&self.number) {
            *entry = connection.map(Connection::get_interrupt_handle);
        }
    }
}

impl Drop for Use<'_> {
    fn drop(&mut self) {
        let mut uses = lock(&self.store.uses);
        uses.under_way.remove(&self.number);
        if uses.under_way.is_empty() {
            self.store.idle.notify_all();
        }
    }
}

impl std::fmt::Debug for Uses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uses").field("is_paused", &self.is_paused).finish_non_exhaustive()
    }
}

/// Deletes what lists and screens show of a document, and its base. The caller deletes its outbox, and calls
/// [`Store::clear_log`] once this is committed.
pub(crate) fn forget(tx: &Transaction<'_>, id: DocumentId) -> Result<(), Error> {
    documents::remove(tx, id)?;
    projections::remove(tx, id)?;
    meta::set(tx, &ERASED, &true)
}

/// Deletes everything of the user from the file, but for what is sealed: a sign-out. The caller calls
/// [`Store::clear_log`] once this is committed.
pub(crate) fn wipe(tx: &Transaction<'_>) -> Result<(), Error> {
    // Neither the index of words nor the tables that it consists of.
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
               AND name NOT IN ('meta', 'sealed', 'word') AND name NOT LIKE 'word!_%' ESCAPE '!'";
    let tables: Vec<String> = tx.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for table in tables {
        tx.execute(&format!("DELETE FROM {table}"), [])?;
    }
    words::begin_anew(tx)?;
    meta::wipe(tx)?;
    meta::set(tx, &ERASED, &true)?;
    settings::set_identity(tx, None)
}

/// Reads the whole file and tells whether it is sound.
pub(crate) fn check(connection: &Connection) -> Result<(), Error> {
    let mut statement = connection.prepare("PRAGMA quick_check(100)")?;
    let mut verdicts = statement.query([])?;
    while let Some(row) = verdicts.next()? {
        let verdict: String = row.get(0)?;
        // The index of words is made anew where it is damaged.
        let is_of_index = verdict.contains("table \"word\"") || verdict.contains("FTS5 table main.word");
        if verdict != "ok" && !is_of_index {
            return Err(Error::Damaged);
        }
    }
    Ok(())
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

/// Makes the file, and its folder if there is none, for this user alone: SQLite would let the others read.
fn make_private(path: &Path) -> Result<(), Error> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        match std::fs::metadata(path) {
            // An older version made it. The log and its index take after it.
            Ok(file) if file.is_file() && file.permissions().mode() & 0o077 != 0 => {
                std::fs::set_permissions(path, PermissionsExt::from_mode(0o600))?;
            }
            Ok(_) => {}
            Err(_) => {
                let mut options = std::fs::OpenOptions::new();
                drop(options.write(true).create(true).truncate(false).mode(0o600).open(path)?);
            }
        }
    }
    Ok(())
}

fn connect(path: &Path, is_alone: bool) -> Result<Connection, Error> {
    // No mutex in SQLite: our own locks already give a connection to one thread at a time.
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(128);
    if is_alone {
        // Before anything is read: the first look at the file decides where the index of its log is.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    }
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

/// As [`lock`], unless another thread has it.
fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// A panic elsewhere leaves no half-done transaction: SQLite has rolled it back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
