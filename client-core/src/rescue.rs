//! Rescue: what is unsent is taken out of a damaged file before anything else (R10).
//!
//! The damaged file is moved aside, never deleted. Everything the server has comes back with the next
//! exchange; only what it has not must be read out of the damage, row by row.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use roadbook_domain::change::{Change, ChangeHash};
use roadbook_domain::env::Env;
use roadbook_domain::id::DocumentId;
use roadbook_domain::kind::{Kind, KindId};
use rusqlite::{Connection, OpenFlags, Row, Transaction};

use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::replica::Replica;
use crate::store::documents::{self, Base};
use crate::store::meta;
use crate::store::outbox::{self, UnsentState};
use crate::store::workspace;

/// What came of a rescue.
#[derive(Debug)]
pub struct Rescue {
    /// The new file, opened; the user it belonged to is signed in, if that could be read.
    pub client: Client,
    /// Where the damaged file is now.
    pub damaged: PathBuf,
    /// How many unsent edits were saved.
    pub saved: u64,
    /// Whether all that was unsent could be read. If not, say exactly that.
    pub complete: bool,
}

/// What could be read of a damaged file.
#[derive(Default)]
struct Found {
    identity: Option<meta::Identity>,
    settings: Vec<roadbook_domain::settings::SettingsRow>,
    unsent: Vec<Saved>,
    complete: bool,
}

/// An unsent change as it lay in the outbox.
struct Saved {
    document: DocumentId,
    kind: KindId,
    hash: ChangeHash,
    change: Change,
    origin: Option<Vec<u8>>,
    made_at: i64,
}

impl Client {
    /// Moves a damaged file aside, begins a new one at `path`, and puts into it all that was unsent.
    ///
    /// # Errors
    /// [`ApiError::StorageFull`] if there is no room for a new file: the damaged one is where it was.
    pub fn rescue(path: impl AsRef<Path>, env: Arc<dyn Env>) -> Result<Rescue, ApiError> {
        let path = path.as_ref();
        let damaged = move_aside(path).map_err(Error::from)?;
        let found = read(&damaged);
        let client = Self::open(path, env)?;
        client.store().write(|tx| store(tx, &found))?;
        let saved = client.unsent_count()?;
        Ok(Rescue { client, damaged, saved, complete: found.complete })
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
    let log = beside("-wal");
    if log.exists() {
        std::fs::rename(log, beside(&format!(".damaged-{number}-wal")))?;
    }
    // It is an index of the log, made anew by whoever opens it.
    match std::fs::remove_file(beside("-shm")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(damaged),
    }
}

fn read(damaged: &Path) -> Found {
    let Ok(connection) = Connection::open_with_flags(damaged, OpenFlags::SQLITE_OPEN_READ_WRITE) else {
        return Found::default();
    };
    let identity = meta::get(&connection, &meta::IDENTITY).ok().flatten();
    let settings = rows(&connection, "SELECT row FROM settings", |row| {
        minicbor::decode(row.get_ref(0)?.as_blob()?).map_err(|_| rusqlite::Error::InvalidQuery)
    });
    let sql = "SELECT document, kind, hash, change, origin, made_at FROM outbox ORDER BY n";
    let unsent = rows(&connection, sql, |row| {
        Ok(Saved {
            document: DocumentId::from_bytes(row.get(0)?),
            kind: KindId(row.get(1)?),
            hash: ChangeHash(row.get(2)?),
            change: Change::from_bytes(row.get_ref(3)?.as_blob()?)
                .map_err(|_| rusqlite::Error::InvalidQuery)?,
            origin: row.get(4)?,
            made_at: row.get(5)?,
        })
    });
    Found { identity, settings: settings.0, unsent: unsent.0, complete: unsent.1 }
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

/// Puts what was found into a new file. Changes of documents made here are shown at once, others with
/// their document, which the server sends.
fn store(tx: &Transaction<'_>, found: &Found) -> Result<(), Error> {
    workspace::set_identity(tx, found.identity)?;
    workspace::put_settings(tx, &found.settings)?;
    for saved in &found.unsent {
        let origin = saved.origin.as_ref().and_then(|bytes| minicbor::decode(bytes).ok());
        let made_at = roadbook_domain::time::Timestamp::from_millis(saved.made_at);
        let change = saved.change.to_bytes();
        outbox::push(tx, (saved.document, saved.kind), (saved.hash, &change), origin, made_at)?;
        let genesis = Kind::get(saved.kind).map(|kind| ChangeHash(kind.genesis().hash().0));
        if genesis.is_some_and(|genesis| saved.change.deps == [genesis]) {
            documents::put(tx, saved.document, &Base::unsent(saved.kind))?;
        }
    }
    outbox::reset_states(tx, UnsentState::Sent, UnsentState::Here)?;
    let workspace = workspace::read(tx)?;
    for (id, _) in documents::all(tx)? {
        if let Some(replica) = Replica::open(tx, id)? {
            replica.project(tx, &workspace)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use roadbook_domain::command::CardCommand;

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

        let rescue = Client::rescue(&path, env).unwrap();
        assert_eq!((rescue.saved, rescue.complete), (2, true));
        assert_eq!(rescue.client.card(card).unwrap(), view);
        assert_eq!(rescue.client.wrong_projections().unwrap(), []);
        assert!(rescue.damaged.exists());
        drop(folder);
    }

    #[test]
    fn a_file_of_which_nothing_can_be_read_is_replaced_and_that_is_said() {
        let phone = Phone::local(1);
        phone.card("Bakery", &[]);
        let (path, env) = (phone.path.clone(), phone.env.clone());
        let folder = phone.close();
        let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.write_all(&[0x5a; 8192]).unwrap();
        drop(file);
        assert_eq!(Client::open(&path, env.clone()).unwrap_err(), ApiError::Damaged);
        let rescue = Client::rescue(&path, env.clone()).unwrap();
        assert_eq!((rescue.saved, rescue.complete), (0, false));
        rescue.client.begin_local_workspace(crate::testing::zone("UTC"), "en").unwrap();
        // A second damage does not overwrite what is left of the first.
        drop(rescue.client);
        let again = Client::rescue(&path, env).unwrap();
        assert_ne!(again.damaged, rescue.damaged);
        assert!(rescue.damaged.exists() && again.complete);
        drop(folder);
    }
}
