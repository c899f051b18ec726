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
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use roadbook_domain::crm::command::CardCommand;

    use super::*;
    use crate::testing::{Phone, todo};

    #[test]
    fn what_was_unsent_in_a_damaged_file_is_in_the_new_one_and_the_damaged_one_is_kept() {
        let phone = Phone::local(1);
        let card = phone.card("Bakery", &[todo(1, "Call", "2026-11-24")]);
        phone.client.edit_card(card, &[CardCommand::Rename("Bakery Kovács".into())]).unwrap();
        let (path, env) = (phone.path.clone(), phone.env.clone());
        let view = phone.client.card(card).unwrap();
        let folder = phone.close();
        // The projections are damaged; the outbox is not.
        let broken = Connection::open(&path).unwrap();
        broken.execute_batch("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 1 WHERE name = 'card_board'").unwrap();
        drop(broken);
        let damaged = Client::open(&path, env.clone()).and_then(|client| client.check());
        assert_eq!(damaged.unwrap_err(), ApiError::Damaged);

        let salvage = Client::salvage(&path, env).unwrap();
        assert_eq!((salvage.saved, salvage.complete), (2, true));
        assert_eq!(salvage.client.card(card).unwrap(), view);
        assert_eq!(salvage.client.wrong_projections().unwrap(), []);
        assert!(salvage.damaged.exists());
        drop(folder);
    }

    #[test]
    fn a_document_of_which_a_change_is_lost_does_not_cost_the_others_theirs_and_its_edits_can_be_read() {
        let phone = Phone::local(1);
        let card = phone.card("Bakery", &[]);
        let other = phone.card("Garage", &[]);
        for name in ["Lost", "Kept"] {
            phone.client.edit_card(card, &[CardCommand::Rename(name.into())]).unwrap();
        }
        let (path, env) = (phone.path.clone(), phone.env.clone());
        let folder = phone.close();
        let broken = Connection::open(&path).unwrap();
        broken.execute("UPDATE outbox SET change = x'ff' WHERE n = 3", []).unwrap();
        drop(broken);

        let salvage = Client::salvage(&path, env).unwrap();
        assert_eq!((salvage.saved, salvage.complete), (3, false));
        assert_eq!(salvage.client.card(other).unwrap().row.name, "Garage");
        assert_eq!(salvage.client.unsent_count().unwrap(), 1);
        let kept = salvage.client.quarantine().unwrap();
        let names = kept.iter().flat_map(|item| &item.edits).filter_map(|edit| match edit {
            ValueEdit::Put { name, value, .. } if name == "name" => Some(value.as_str()),
            _ => None,
        });
        assert_eq!(names.collect::<Vec<_>>(), ["Kept", "Bakery"]);
        assert!(kept.iter().all(|item| item.reason == QuarantineReason::Damaged));
        let (made, _) = salvage.client.reapply(kept[1].n).unwrap();
        assert_eq!(salvage.client.card(made).unwrap().row.name, "Bakery");
        drop(folder);
    }

    #[test]
    fn what_was_in_the_quarantine_of_a_damaged_file_is_in_that_of_the_new_one() {
        let phone = Phone::local(1);
        let card = phone.card("Bakery", &[]);
        let unsent = phone.client.store().read(|c| outbox::of_document(c, card)).unwrap();
        let put = |tx: &Transaction<'_>, id| {
            let change = &unsent[0].change;
            let (kind, edits) = (DocumentTypeId::CARD, ValueEdit::alone(change));
            let (title, reason, at) = ("Bakery", QuarantineReason::Forgotten, crate::testing::NOW);
            quarantine::push(tx, &NewQuarantined { document: id, kind, title, edits, change, reason, at })
        };
        phone
            .client
            .store()
            .write(|tx| (1..=2).try_for_each(|n| put(tx, DocumentId::from_bytes([n; 16]))))
            .unwrap();
        let before = phone.client.quarantine().unwrap();
        let (path, env) = (phone.path.clone(), phone.env.clone());
        let folder = phone.close();
        let salvage = Client::salvage(&path, env.clone()).unwrap();
        assert_eq!((salvage.client.quarantine().unwrap(), salvage.complete), (before.clone(), true));
        drop(salvage.client);
        let broken = Connection::open(&path).unwrap();
        broken.execute("UPDATE quarantine SET reason = x'ff' WHERE n = 1", []).unwrap();
        drop(broken);
        let salvage = Client::salvage(&path, env).unwrap();
        let left: Vec<_> = salvage.client.quarantine().unwrap().iter().map(|item| item.document).collect();
        assert_eq!((left, salvage.complete), (vec![before[0].document], false));
        drop(folder);
    }

    #[test]
    fn a_file_of_which_nothing_can_be_read_is_replaced_and_the_report_says_so() {
        let phone = Phone::local(1);
        phone.card("Bakery", &[]);
        let (path, env) = (phone.path.clone(), phone.env.clone());
        let folder = phone.close();
        let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.write_all(&[0x5a; 8192]).unwrap();
        drop(file);
        assert_eq!(Client::open(&path, env.clone()).unwrap_err(), ApiError::Damaged);
        let salvage = Client::salvage(&path, env.clone()).unwrap();
        assert_eq!((salvage.saved, salvage.complete), (0, false));
        salvage.client.begin_local_workspace(crate::testing::zone("UTC"), "en").unwrap();
        // A second damage does not overwrite what is left of the first.
        drop(salvage.client);
        let again = Client::salvage(&path, env).unwrap();
        assert_ne!(again.damaged, salvage.damaged);
        assert!(salvage.damaged.exists() && again.complete);
        drop(folder);
    }
}
