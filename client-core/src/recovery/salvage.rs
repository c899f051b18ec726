//! Salvage: what is unsent is taken out of a damaged file before anything else (R10).
//!
//! The damaged file is moved aside, never deleted. Everything the server has comes back with the next
//! exchange; only what it has not must be read out of the damage, row by row.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use roadbook_domain::document::change::{Change, ChangeHash};
use roadbook_domain::document::{DocumentType, DocumentTypeId, is_reserved};
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::value::time::Timestamp;
use rusqlite::{Connection, OpenFlags, Row, Transaction};

use crate::client::Client;
use crate::edit::replica::Replica;
use crate::error::{ApiError, Error};
use crate::remote::account;
use crate::store::documents::{self, Base};
use crate::store::meta;
use crate::store::quarantine::{self, NewQuarantined, QuarantineReason};
use crate::store::{outbox, settings, workspace};
use crate::value_edit::ValueEdit;

/// What came of a salvage.
#[derive(Debug)]
pub struct Salvage {
    /// The new file, opened; the user it belonged to is signed in, if that could be read. If it could not,
    /// nobody can sign in to a file with unsent edits: their author cannot be told any more.
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
    settings: Vec<roadbook_domain::settings::SettingsRow>,
    unsent: Vec<Saved>,
    quarantine: Vec<Quarantined>,
    complete: bool,
}

/// An unsent change as it lay in the outbox.
struct Saved {
    document: DocumentId,
    kind: DocumentTypeId,
    hash: ChangeHash,
    change: Change,
    origin: Option<Vec<u8>>,
    made_at: i64,
}

/// A row of the quarantine as it lay there: document, type, title, edits, change, reason and times.
type Quarantined = ([u8; 16], u16, String, Vec<u8>, Vec<u8>, Vec<u8>, i64, i64);

impl Client {
    /// Moves a damaged file aside, begins a new one at `path`, and puts into it all that was unsent.
    ///
    /// # Errors
    /// [`ApiError::StorageFull`] if there is no room for a new file: the damaged one is where it was.
    pub fn salvage(path: impl AsRef<Path>, env: Arc<dyn Env>) -> Result<Salvage, ApiError> {
        let path = path.as_ref();
        let damaged = move_aside(path).map_err(Error::from)?;
        // Writable, because SQLite has to replay the log beside it. If that fails, nothing can be saved.
        let connection = Connection::open_with_flags(&damaged, OpenFlags::SQLITE_OPEN_READ_WRITE).ok();
        let found = connection.as_ref().map(read).unwrap_or_default();
        let client = Self::open(path, env)?;
        let now = client.env().now();
        let complete = client.store().write(|tx| {
            if let Some(connection) = &connection {
                account::take_session(tx, connection)?;
            }
            store(tx, &found, now)
        })?;
        // Those in the quarantine were saved there before, or now.
        let saved = found.unsent.len() as u64;
        Ok(Salvage { client, damaged, saved, complete: found.complete && complete })
    }
}

/// Moves a file and its log to the first free name beside it.
fn move_aside(path: &Path) -> std::io::Result<PathBuf> {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let (number, damaged) = (1_u32..)
        .map(|number| (number, beside(&format!(".damaged-{number}"))))
        .find(|(_, candidate)| !candidate.exists())
        .unwrap_or_else(|| (0, beside(".damaged")));
    std::fs::rename(path, &damaged)?;
    // The latest edits may be in the log only.
    let log = beside("-wal");
    if log.exists() {
        std::fs::rename(log, beside(&format!(".damaged-{number}-wal")))?;
    }
    // It is an index of the log, made anew by the next process that opens the file.
    match std::fs::remove_file(beside("-shm")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(damaged),
    }
}

fn read(damaged: &Connection) -> Found {
    let identity = meta::get(damaged, &meta::IDENTITY).ok().flatten();
    let settings = rows(damaged, "SELECT row FROM settings", |row| {
        minicbor::decode(row.get_ref(0)?.as_blob()?).map_err(|_| rusqlite::Error::InvalidQuery)
    });
    let sql = "SELECT document, kind, hash, change, origin, made_at FROM outbox ORDER BY n";
    let (mut unsent, all_unsent) = rows(damaged, sql, |row| {
        Ok(Saved {
            document: DocumentId::from_bytes(row.get(0)?),
            kind: DocumentTypeId(row.get(1)?),
            hash: ChangeHash(row.get(2)?),
            change: Change::from_bytes(row.get_ref(3)?.as_blob()?)
                .map_err(|_| rusqlite::Error::InvalidQuery)?,
            origin: row.get(4)?,
            made_at: row.get(5)?,
        })
    });
    // A damaged index shows rows twice.
    let mut seen = BTreeSet::new();
    unsent.retain(|saved| seen.insert((saved.document, saved.hash)));
    let sql = "SELECT document, kind, title, edits, change, reason, made_at, at FROM quarantine ORDER BY n";
    let (quarantine, all_quarantine) = rows(damaged, sql, |row| {
        let (edits, reason): (Vec<u8>, Vec<u8>) = (row.get(3)?, row.get(5)?);
        let is_sound = minicbor::decode::<Vec<ValueEdit>>(&edits).is_ok()
            && minicbor::decode::<QuarantineReason>(&reason).is_ok();
        let row =
            (row.get(0)?, row.get(1)?, row.get(2)?, edits, row.get(4)?, reason, row.get(6)?, row.get(7)?);
        is_sound.then_some(row).ok_or(rusqlite::Error::InvalidQuery)
    });
    let complete = all_unsent && all_quarantine;
    Found { identity, settings: settings.0, unsent, quarantine, complete }
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

/// Puts what was found into a new file; tells whether all of it could be. Changes of documents made here
/// are shown at once, others with their document, which the server sends.
fn store(tx: &Transaction<'_>, found: &Found, now: Timestamp) -> Result<bool, Error> {
    settings::set_identity(tx, found.identity)?;
    settings::put(tx, &found.settings)?;
    for row in &found.quarantine {
        tx.prepare_cached(
            "INSERT INTO quarantine (document, kind, title, edits, change, reason, made_at, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(row.clone())?;
    }
    for saved in &found.unsent {
        let origin = saved.origin.as_ref().and_then(|bytes| minicbor::decode(bytes).ok());
        let made_at = Timestamp::from_millis(saved.made_at);
        let change = saved.change.to_bytes();
        outbox::push(tx, (saved.document, saved.kind), (saved.hash, &change), origin, made_at)?;
        let genesis = DocumentType::get(saved.kind).map(DocumentType::genesis_hash);
        let is_constant = is_reserved(saved.change.actor);
        if !is_constant && genesis.is_some_and(|genesis| saved.change.deps == [genesis]) {
            documents::put(tx, saved.document, &Base::unsent(saved.kind))?;
        }
    }
    let workspace = workspace::read(tx)?;
    let mut complete = true;
    for (id, _) in documents::all(tx)? {
        match Replica::open(tx, id) {
            Ok(Some(replica)) => drop(replica.project(tx, &workspace)?),
            Err(Error::Document(_)) => {
                set_aside(tx, id, found, now)?;
                complete = false;
            }
            Err(Error::OtherType(_)) | Ok(None) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(complete)
}

/// Puts the unsent changes of a document of which some are lost into the quarantine: without those the
/// others do not fit, but what each wrote can be told.
fn set_aside(tx: &Transaction<'_>, id: DocumentId, found: &Found, now: Timestamp) -> Result<(), Error> {
    for saved in found.unsent.iter().filter(|saved| saved.document == id) {
        let new = NewQuarantined {
            document: id,
            kind: saved.kind,
            title: "",
            edits: ValueEdit::alone(&saved.change),
            change: &saved.change,
            reason: QuarantineReason::Damaged,
            at: now,
        };
        quarantine::push(tx, &new)?;
    }
    outbox::remove_of_document(tx, id)?;
    documents::remove(tx, id)
}

#[cfg(test)]
mod tests;
