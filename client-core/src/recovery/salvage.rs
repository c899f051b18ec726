//! Salvage: what is unsent is taken out of a damaged file before anything else (R10).
//!
//! The damaged file is moved aside, never deleted. Everything the server has comes back with the next
//! exchange; only what it has not must be read out of the damage, row by row.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use roadbook_domain::document::change::Change;
use roadbook_domain::settings::SettingsRow;
use roadbook_domain::value::env::Env;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row, Transaction};

use crate::client::Client;
use crate::edit::replica::Replica;
use crate::error::{ApiError, Error};
use crate::remote::tokens;
use crate::store::kept::{self, Kept};
use crate::store::{self, documents, meta, repair, sealed, settings, swap, wipe, workspace};

/// What came of a salvage.
#[derive(Debug)]
pub struct Salvage {
    /// The new file, opened; the user it belonged to is signed in, if that could be read. If it could not,
    /// what was saved is sealed for them, and comes back when they sign in. If not even their key could be read,
    /// nobody can sign in to the file: the author of what it holds cannot be told any more.
    pub client: Client,
    /// Where the damaged file is now.
    pub damaged: PathBuf,
    /// How many unsent edits were saved, to be sent or in the quarantine.
    pub saved: u64,
    /// Whether all that was unsent or in the quarantine could be read. If not, say exactly that.
    pub complete: bool,
}

/// What could be read of a damaged file.
#[derive(Default)]
struct Found {
    identity: Option<meta::Identity>,
    settings: Vec<SettingsRow>,
    kept: Vec<Kept>,
    complete: bool,
}

impl Client {
    /// Makes a new file with all that was unsent in a damaged one, and puts it in its place at `path`.
    ///
    /// The new file is made first, so a salvage that finds no room or is killed changes nothing; from the moment
    /// at which it is whole, the next opening finishes what is left to do.
    ///
    /// # Errors
    /// [`ApiError::StorageFull`] if there is no room for a new file: the damaged one is where it was.
    pub fn salvage(path: impl AsRef<Path>, env: Arc<dyn Env>) -> Result<Salvage, ApiError> {
        let path = path.as_ref();
        let (damaged, saved, complete) = replace(path, &env)?;
        Ok(Salvage { client: Self::open(path, env)?, damaged, saved, complete })
    }

    /// Makes a new file at `path` with all that was unsent in a damaged one, for where files cannot be renamed, as in a
    /// browser. Nobody may have either open, and there is none at `path` yet.
    ///
    /// The damaged one stays as it is. Once [`Self::is_salvage`] says so of the new one, that is the one to open; what
    /// is there otherwise was cut off, and is to be removed. Tells how many unsent edits were saved, and whether all
    /// could be read.
    ///
    /// # Errors
    /// As [`Self::salvage`].
    pub fn salvage_beside(
        damaged: impl AsRef<Path>,
        path: impl AsRef<Path>,
        env: Arc<dyn Env>,
    ) -> Result<(u64, bool), ApiError> {
        let (damaged, path) = (damaged.as_ref(), path.as_ref());
        if let Ok(damaged) = open_damaged(damaged, true) {
            store::refuse_newer_than_known(&damaged)?;
        }
        Ok(make(damaged, path, &env, true)?)
    }

    /// Whether [`Self::salvage_beside`] made this file, and came to its end. Nobody may have it open.
    pub fn is_salvage(path: impl AsRef<Path>) -> bool {
        let id = |file: Connection| {
            Ok(file.pragma_query_value(None, "application_id", |row| row.get::<_, i32>(0))?)
        };
        open_damaged(path.as_ref(), true).and_then(id).is_ok_and(|id| id == WHOLE)
    }
}

/// The application id of a file that a salvage made: written with the last of it, and kept when its user leaves.
const WHOLE: i32 = i32::from_be_bytes(*b"Rb:s");

fn replace(path: &Path, env: &Arc<dyn Env>) -> Result<(PathBuf, u64, bool), Error> {
    let alone = swap::alone(path)?;
    // An earlier salvage may have been killed when its file was whole.
    swap::finish_alone(path, &alone)?;
    if !path.is_file() {
        return Err(std::io::Error::from(std::io::ErrorKind::NotFound).into());
    }
    // What a later version of the app wrote is not damaged. Whether anything else is, is seen below.
    if let Err(error @ Error::NewerFile(..)) = store::refuse_newer(path) {
        return Err(error);
    }
    let draft = swap::draft(path)?;
    let made = make(path, &draft, env, false);
    if made.is_err() {
        // It takes room that somebody may need, and cannot be gone on with.
        drop(swap::draft(path));
    }
    let (saved, complete) = made?;
    swap::mark(path, &alone)?;
    Ok((swap::finish_alone(path, &alone)?, saved, complete))
}

/// Makes the new file at `draft`; tells how many unsent edits were saved, and whether that was all.
fn make(path: &Path, draft: &Path, env: &Arc<dyn Env>, is_alone: bool) -> Result<(u64, bool), Error> {
    // If it cannot be opened, nothing can be saved.
    let damaged = open_damaged(path, is_alone).ok();
    if let Some(damaged) = &damaged {
        // The log stays as it is: bringing it into a damaged file could cost what it holds.
        damaged.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    }
    let found = damaged.as_ref().map(read).unwrap_or_default();
    let open = if is_alone { Client::open_alone } else { Client::open };
    let client = open(draft, Arc::clone(env)).map_err(Error::Caller)?;
    let (saved, complete) = client.store().write(|tx| {
        if let Some(damaged) = &damaged {
            sealed::take_over(tx, damaged)?;
            sealed::take_key(tx, damaged)?;
            if found.identity.is_some() {
                tokens::take_session(tx, damaged)?;
            }
        }
        let stored = store(tx, &found, &**env)?;
        tx.pragma_update(None, "application_id", WHOLE)?;
        Ok(stored)
    })?;
    client.store().settle()?;
    Ok((saved, found.complete && complete))
}

/// Writable, because SQLite has to read the log beside it.
fn open_damaged(path: &Path, is_alone: bool) -> Result<Connection, Error> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if is_alone {
        // Before anything is read: nobody else may look at the index of its log.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    }
    Ok(connection)
}

fn read(damaged: &Connection) -> Found {
    let identity = meta::identity(damaged).ok().flatten();
    let settings = rows(damaged, "SELECT row FROM settings", |row| {
        minicbor::decode(row.get_ref(0)?.as_blob()?).map_err(|_| rusqlite::Error::InvalidQuery)
    });
    let (mut kept, all_unsent) = rows(damaged, kept::UNSENT, |row| kept::unsent(row).map(Kept::Unsent));
    let (held, all_held) =
        rows(damaged, kept::QUARANTINED, |row| kept::quarantined(row).map(Kept::Quarantined));
    kept.extend(held);
    Found { identity, settings: settings.0, kept, complete: all_unsent && all_held }
}

/// The rows that can be read, and whether those are all.
fn rows<T>(
    connection: &Connection,
    sql: &str,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> (Vec<T>, bool) {
    let mut found = Vec::new();
    let Ok(mut statement) = connection.prepare(sql) else { return (found, false) };
    let Ok(mut rows) = statement.query([]) else { return (found, false) };
    let mut complete = true;
    loop {
        match rows.next() {
            Ok(Some(row)) => match read(row) {
                Ok(value) => found.push(value),
                Err(_) => complete = false,
            },
            Ok(None) => return (found, complete),
            Err(_) => return (found, false),
        }
    }
}

/// Puts what was found into a new file; tells how many unsent edits there are, and whether all made sense.
/// Changes of documents made here are shown at once, others with their document, which the server sends.
fn store(tx: &Transaction<'_>, found: &Found, env: &dyn Env) -> Result<(u64, bool), Error> {
    settings::set_identity(tx, found.identity)?;
    let has_server = found.identity.is_some_and(|identity| identity.org.is_some());
    let put = if has_server { settings::put_unproven } else { settings::put };
    put(tx, &found.settings)?;
    // A damaged index shows rows twice: of unsent ones the second is passed over.
    found.kept.iter().try_for_each(|kept| kept::put(tx, kept))?;
    let is_change =
        |kept: &&Kept| matches!(kept, Kept::Unsent(unsent) if Change::from_stored(&unsent.change).is_ok());
    let saved = found.kept.iter().filter(is_change).count() as u64;
    let complete = !repair::edits(tx)?;
    if found.identity.is_none() && sealed::seal_all(tx, env)? {
        // Whose it is nobody can tell any more, but their key can.
        wipe(tx)?;
        return Ok((saved, complete));
    }
    let workspace = workspace::read(tx)?;
    for (id, _) in documents::all(tx)? {
        match Replica::open(tx, id) {
            Ok(Some(replica)) => {
                replica.project(tx, &workspace)?;
                documents::clear_stale(tx, id)?;
            }
            Err(Error::OtherType(_)) | Ok(None) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((saved, complete))
}

#[cfg(test)]
mod tests;
