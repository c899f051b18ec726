//! What reading and writing documents depends on beside them: the user of the device, and the settings.
//!
//! Kept in memory under a number that every writer of it raises in its own transaction. So a handle
//! sees at once what another process wrote, and a database snapshot never sees settings of another one, which
//! `PRAGMA data_version` could not promise across several connections.

use std::collections::BTreeMap;
use std::sync::Arc;

use roadbook_domain::read::list::Zones;
use roadbook_domain::settings::Settings;
use roadbook_domain::value::collation::Alphabet;
use roadbook_domain::value::id::UserId;
use roadbook_domain::value::time::Zone;
use rusqlite::{Connection, Transaction};

use super::meta::{self, Identity, Key};
use super::{Store, lock};
use crate::error::Error;

/// Raised with every change of identity or settings.
const GENERATION: Key<u64> = Key::new("workspace_generation");
/// Raised whenever the server turned out to speak of another log than before.
const LOG: Key<u64> = Key::new("log_generation");

/// Who uses the device, and the settings that hold.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The author of what this device writes; `None` before anybody signed in.
    pub me: Option<Identity>,
    /// Which log of the server's this device follows, counted from 0: a restored server has lost changes
    /// that a device no longer knows to be its own.
    pub log: u64,
    /// The settings.
    pub settings: Arc<Settings>,
    viewer: Zone,
    users: BTreeMap<UserId, Zone>,
    alphabet: Alphabet,
}

impl Workspace {
    pub(super) fn new(me: Option<Identity>, log: u64, settings: Settings) -> Self {
        let viewer = settings.zone(me.map(|me| me.user));
        let users = settings.users().map(|user| (user.id, settings.zone(Some(user.id)))).collect();
        let own = me.and_then(|me| settings.user(me.user)).map(|user| user.locale.as_str());
        let alphabet = Alphabet::of(own.unwrap_or(&settings.organisation().locale));
        Self { me, log, settings: Arc::new(settings), viewer, users, alphabet }
    }

    /// The user who is the author of what this device writes.
    pub fn user(&self) -> Option<UserId> {
        self.me.map(|me| me.user)
    }

    /// Whether there may be a due that is judged in another zone in the other workspace.
    pub(super) fn zones_differ(&self, other: &Self) -> bool {
        let mut users = self.users.keys().chain(other.users.keys());
        self.viewer != other.viewer
            || users.any(|user| self.zones().of(Some(*user)) != other.zones().of(Some(*user)))
    }

    /// The alphabet in which the user reads names (T21).
    pub fn alphabet(&self) -> Alphabet {
        self.alphabet
    }

    /// The zones in which dues are judged.
    pub fn zones(&self) -> Zones<'_> {
        Zones { viewer: self.viewer, users: &self.users }
    }
}

impl Store {
    /// The workspace as it is in the database snapshot that `connection` reads.
    pub fn workspace(&self, connection: &Connection) -> Result<Arc<Workspace>, Error> {
        // From the caller's snapshot: a reader that began before a change must not get the settings after it.
        let generation = meta::get(connection, &GENERATION)?.unwrap_or_default();
        let cached = lock(&self.workspace).clone();
        if let Some((of, workspace)) = cached
            && of == generation
        {
            return Ok(workspace);
        }
        // The lock is not held meanwhile: reading all settings must not block other readers.
        let workspace = Arc::new(read(connection)?);
        // An older snapshot may replace a newer one here: its generation tells, and costs one more read.
        *lock(&self.workspace) = Some((generation, Arc::clone(&workspace)));
        Ok(workspace)
    }
}

/// The server speaks of another log than before: it was restored, or forgot this device's place.
pub(crate) fn follow_another_log(tx: &Transaction<'_>) -> Result<(), Error> {
    let log = meta::get(tx, &LOG)?.unwrap_or_default();
    meta::set(tx, &LOG, &(log + 1))?;
    raise_generation(tx)
}

/// What is in memory is read anew by every handle.
pub(super) fn raise_generation(tx: &Transaction<'_>) -> Result<(), Error> {
    let generation = meta::get(tx, &GENERATION)?.unwrap_or_default();
    meta::set(tx, &GENERATION, &(generation + 1))
}

/// The workspace, without a look into the memory.
pub(crate) fn read(connection: &Connection) -> Result<Workspace, Error> {
    let me = meta::identity(connection)?;
    let log = meta::get(connection, &LOG)?.unwrap_or_default();
    let mut statement = connection.prepare_cached("SELECT row FROM settings")?;
    let mut rows = statement.query([])?;
    let mut settings = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        settings.push(minicbor::decode(bytes).map_err(|_| Error::Stored("settings row"))?);
    }
    Ok(Workspace::new(me, log, Settings::from_rows(settings)))
}
