//! What reading and writing documents depends on beside them: who uses the device, and the settings.
//!
//! Kept in memory under a number that every writer of it raises in its own transaction. So a handle
//! sees at once what another process wrote, and a snapshot never sees settings of another one, which
//! `PRAGMA data_version` could not promise across several connections.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use roadbook_domain::read::list::Zones;
use roadbook_domain::settings::{Settings, SettingsRow};
use roadbook_domain::value::id::UserId;
use roadbook_domain::value::time::Zone;
use rusqlite::{Connection, Transaction};

use super::meta::{self, Identity, Key};
use super::{Store, lock, projections};
use crate::error::Error;

/// Raised with every change of identity or settings.
const GENERATION: Key<u64> = Key::new("workspace_generation");
/// Raised whenever the server turned out to speak of another log than before.
const LOG: Key<u64> = Key::new("log_generation");
/// The release of the zone database that instants in projections were computed with (T9).
const ZONE_DATABASE: Key<String> = Key::new("zone_database");

/// Who uses the device, and the settings that hold.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// On whose behalf this device writes; `None` before anybody signed in.
    pub me: Option<Identity>,
    /// Which log of the server's this device follows, counted from 0: a restored server has lost changes
    /// that a device no longer knows to be its own.
    pub log: u64,
    /// The settings.
    pub settings: Arc<Settings>,
    viewer: Zone,
    users: BTreeMap<UserId, Zone>,
}

impl Workspace {
    fn new(me: Option<Identity>, log: u64, settings: Settings) -> Self {
        let viewer = settings.zone(me.map(|me| me.user));
        let users = settings.users().map(|user| (user.id, settings.zone(Some(user.id)))).collect();
        Self { me, log, settings: Arc::new(settings), viewer, users }
    }

    /// The user on whose behalf this device writes.
    pub fn user(&self) -> Option<UserId> {
        self.me.map(|me| me.user)
    }

    /// Whether there may be a due that is judged in another zone in the other workspace.
    fn zones_differ(&self, other: &Self) -> bool {
        let mut users = self.users.keys().chain(other.users.keys());
        self.viewer != other.viewer
            || users.any(|user| self.zones().of(Some(*user)) != other.zones().of(Some(*user)))
    }

    /// The zones in which dues are judged.
    pub fn zones(&self) -> Zones<'_> {
        Zones { viewer: self.viewer, users: &self.users }
    }
}

impl Store {
    /// The workspace as it is in the snapshot that `connection` reads.
    pub fn workspace(&self, connection: &Connection) -> Result<Arc<Workspace>, Error> {
        let generation = meta::get(connection, &GENERATION)?.unwrap_or_default();
        let cached = lock(&self.workspace).clone();
        if let Some((of, workspace)) = cached
            && of == generation
        {
            return Ok(workspace);
        }
        let workspace = Arc::new(read(connection)?);
        *lock(&self.workspace) = Some((generation, Arc::clone(&workspace)));
        Ok(workspace)
    }
}

/// Stores settings rows: of each the later version stays. Tells whether anything changed; then the
/// projections that depend on it have changed with it.
pub(crate) fn put_settings(tx: &Transaction<'_>, rows: &[SettingsRow]) -> Result<bool, Error> {
    let before = read(tx)?;
    put_after(tx, &before, Settings::clone(&before.settings), rows)
}

/// Stores these settings rows in the place of all others, be they older or not; for the rest as
/// [`put_settings`].
pub(crate) fn replace_settings(tx: &Transaction<'_>, rows: &[SettingsRow]) -> Result<bool, Error> {
    let before = read(tx)?;
    forget_settings(tx)?;
    put_after(tx, &before, Settings::from_rows(Vec::new()), rows)
}

/// Adds rows to `settings`, which are those stored now; the projections are still those of `before`.
fn put_after(
    tx: &Transaction<'_>,
    before: &Workspace,
    mut settings: Settings,
    rows: &[SettingsRow],
) -> Result<bool, Error> {
    if !settings.apply(rows.iter().cloned()) {
        return Ok(false);
    }
    let touched: BTreeSet<_> = rows.iter().map(|row| (row.kind, row.id)).collect();
    let mut statement = tx.prepare_cached(
        "INSERT INTO settings (kind, id, version, row) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET version = ?3, row = ?4",
    )?;
    for row in touched.iter().filter_map(|(kind, id)| settings.row(*kind, *id)) {
        let version = i64::try_from(row.version).unwrap_or(i64::MAX);
        let bytes = minicbor::to_vec(row).map_err(|_| Error::Stored("settings row"))?;
        statement.execute((row.kind.code(), row.id.as_bytes(), version, bytes))?;
    }
    settle(tx, before, &Workspace::new(before.me, before.log, settings))?;
    Ok(true)
}

/// Deletes all settings rows, in a transaction that stores others in their place.
pub(crate) fn forget_settings(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.prepare_cached("DELETE FROM settings")?.execute([])?;
    Ok(())
}

/// The server speaks of another log than before: it was restored, or forgot this device's place.
pub(crate) fn follow_another_log(tx: &Transaction<'_>) -> Result<(), Error> {
    let log = meta::get(tx, &LOG)?.unwrap_or_default();
    meta::set(tx, &LOG, &(log + 1))?;
    raise_generation(tx)
}

/// Sets on whose behalf this device writes.
pub(crate) fn set_identity(tx: &Transaction<'_>, identity: Option<Identity>) -> Result<(), Error> {
    let before = read(tx)?;
    match identity {
        Some(identity) => meta::set(tx, &meta::IDENTITY, &identity)?,
        None => meta::remove(tx, &meta::IDENTITY)?,
    }
    settle(tx, &before, &Workspace::new(identity, before.log, Settings::clone(&before.settings)))
}

/// Computes the instants in projections anew if this version's zone database is another one (T9).
pub(super) fn follow_zone_database(tx: &Transaction<'_>) -> Result<(), Error> {
    let known = meta::get(tx, &ZONE_DATABASE)?;
    if known.as_deref() != Some(Zone::DATABASE) {
        projections::reindex_dues(tx, &read(tx)?, |_| true)?;
        meta::set(tx, &ZONE_DATABASE, &Zone::DATABASE.to_owned())?;
    }
    Ok(())
}

/// Brings projections from one workspace to another.
fn settle(tx: &Transaction<'_>, before: &Workspace, after: &Workspace) -> Result<(), Error> {
    raise_generation(tx)?;
    // Looking for todos whose zone is another reads all of them: most settings have nothing to do with it.
    if before.zones_differ(after) {
        projections::reindex_dues(tx, after, |user| before.zones().of(user) != after.zones().of(user))?;
    }
    for product in after.settings.products() {
        let (old, new) = (&before.settings, &after.settings);
        if old.product(product.id) != Some(product) || !old.statuses(product.id).eq(new.statuses(product.id))
        {
            projections::reindex_statuses(tx, after, product.id)?;
        }
    }
    Ok(())
}

fn raise_generation(tx: &Transaction<'_>) -> Result<(), Error> {
    let generation = meta::get(tx, &GENERATION)?.unwrap_or_default();
    meta::set(tx, &GENERATION, &(generation + 1))
}

/// The workspace, without a look into the memory.
pub(crate) fn read(connection: &Connection) -> Result<Workspace, Error> {
    let me = meta::get(connection, &meta::IDENTITY)?;
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

#[cfg(test)]
mod tests {
    use roadbook_domain::settings::{builtin_rows, local_user};

    use super::*;
    use crate::testing::{Phone, todo, zone};

    fn user_in(name: &str) -> SettingsRow {
        SettingsRow::new(&local_user(zone(name), "en"), 1)
    }

    fn overdue_from(tx: &Transaction<'_>) -> i64 {
        tx.query_row("SELECT overdue_from FROM todo", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn when_all_settings_are_replaced_dues_are_judged_in_the_zones_that_hold_from_then_on() {
        let phone = Phone::local(1);
        phone.card("Bakery", &[todo(1, "Call", "2026-11-23")]);
        for name in ["UTC", "Europe/Lisbon", "Asia/Tokyo", "UTC"] {
            let store = phone.client.store();
            store
                .write(|tx| {
                    let rows: Vec<_> = builtin_rows().into_iter().chain([user_in(name)]).collect();
                    replace_settings(tx, &rows)?;
                    let due: roadbook_domain::value::due::Due = "2026-11-23".parse().unwrap();
                    assert_eq!(overdue_from(tx), due.overdue_from(zone(name)).millis(), "{name}");
                    Ok(())
                })
                .unwrap();
        }
    }

    #[test]
    fn settings_that_move_no_zone_leave_the_todos_unread() {
        let phone = Phone::local(1);
        phone.card("Bakery", &[todo(1, "Call", "2026-11-23")]);
        let settings = phone.client.settings().unwrap();
        let mut product = settings.products().next().unwrap().clone();
        product.name = "Renamed".to_owned();
        let unread = phone.client.store().write(|tx| {
            tx.execute_batch("DROP TABLE todo")?;
            put_settings(tx, &[SettingsRow::new(&product, 2)])
        });
        assert!(unread.unwrap());
    }
}
