//! Settings rows and the user: storing them, and bringing along the projections that depend on them.

use std::collections::BTreeSet;

use roadbook_domain::settings::{Settings, SettingsRow};
use roadbook_domain::value::collation;
use roadbook_domain::value::phone;
use roadbook_domain::value::time::Zone;
use rusqlite::{Connection, Transaction};

use super::meta::{self, Identity, Key};
use super::workspace::{Workspace, raise_generation, read};
use super::{projections, words};
use crate::error::Error;

/// The release of the zone database that instants in projections were computed with (T9).
const ZONE_DATABASE: Key<String> = Key::new("zone_database");

/// The version of the keys by which names are found and sorted.
const NAME_KEYS: Key<u32> = Key::new("name_keys");

/// The version of the keys by which phones and emails are looked up.
const DETAIL_KEYS: Key<u32> = Key::new("detail_keys");

/// Stores settings rows: of each the later version stays. Tells whether anything changed; then the
/// projections that depend on it have changed with it.
pub(crate) fn put(tx: &Transaction<'_>, rows: &[SettingsRow]) -> Result<bool, Error> {
    let before = read(tx)?;
    put_after(tx, &before, Settings::clone(&before.settings), rows)
}

/// Stores rows of an account that are here without the server's receipts. Whatever it says takes their place, be it
/// older: it may have lost the later ones, and without receipts these can never be given back.
pub(crate) fn put_unproven(tx: &Transaction<'_>, rows: &[SettingsRow]) -> Result<bool, Error> {
    let rows: Vec<_> = rows.iter().map(|row| SettingsRow { version: 0, ..row.clone() }).collect();
    put(tx, &rows)
}

/// Stores these settings rows in the place of all others, be they older or not; for the rest as
/// [`put`].
pub(crate) fn replace(tx: &Transaction<'_>, rows: &[SettingsRow]) -> Result<bool, Error> {
    let before = read(tx)?;
    forget(tx)?;
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
    let role = before.user().and_then(|user| settings.user(user)).map(|user| user.role);
    for (kind, id) in role.map(|role| settings.withdraw(role)).unwrap_or_default() {
        // Not all rows anew: those that stay have receipts of the server.
        tx.prepare_cached("DELETE FROM settings WHERE kind = ?1 AND id = ?2")?
            .execute((kind.code(), id.as_bytes()))?;
    }
    let touched: BTreeSet<_> = rows.iter().map(|row| (row.kind, row.id)).collect();
    // From the merged settings, not from `rows`, which may hold an older version than the one that stays.
    store(tx, touched.iter().filter_map(|(kind, id)| settings.row(*kind, *id)))?;
    reproject(tx, before, &Workspace::new(before.me, before.log, settings))?;
    Ok(true)
}

fn store<'a>(tx: &Transaction<'_>, rows: impl Iterator<Item = &'a SettingsRow>) -> Result<(), Error> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO settings (kind, id, version, row) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET version = ?3, row = ?4",
    )?;
    for row in rows {
        let version = i64::try_from(row.version).unwrap_or(i64::MAX);
        let bytes = minicbor::to_vec(row).map_err(|_| Error::Stored("settings row"))?;
        statement.execute((row.kind.code(), row.id.as_bytes(), version, bytes))?;
    }
    Ok(())
}

/// Deletes all settings rows, in a transaction that stores others in their place.
pub(crate) fn forget(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.prepare_cached("DELETE FROM settings")?.execute([])?;
    Ok(())
}

/// Sets the author of what this device writes.
pub(crate) fn set_identity(tx: &Transaction<'_>, identity: Option<Identity>) -> Result<(), Error> {
    let before = read(tx)?;
    meta::set_identity(tx, identity)?;
    reproject(tx, &before, &Workspace::new(identity, before.log, Settings::clone(&before.settings)))
}

/// Whether rows were made with another zone database, or other keys of names or details, than this version's.
pub(super) fn is_behind(connection: &Connection) -> Result<bool, Error> {
    Ok(has_other_zones(connection)? || has_other_name_keys(connection)? || has_other_detail_keys(connection)?)
}

fn has_other_zones(connection: &Connection) -> Result<bool, Error> {
    Ok(meta::get(connection, &ZONE_DATABASE)?.as_deref() != Some(Zone::DATABASE))
}

fn has_other_name_keys(connection: &Connection) -> Result<bool, Error> {
    Ok(meta::get(connection, &NAME_KEYS)? != Some(collation::VERSION))
}

fn has_other_detail_keys(connection: &Connection) -> Result<bool, Error> {
    Ok(meta::get(connection, &DETAIL_KEYS)? != Some(phone::VERSION))
}

/// Computes the instants in projections anew if this version's zone database is another one (T9).
pub(super) fn follow_zone_database(tx: &Transaction<'_>) -> Result<(), Error> {
    if has_other_zones(tx)? {
        projections::reindex_dues(tx, &read(tx)?, |_| true)?;
        meta::set(tx, &ZONE_DATABASE, &Zone::DATABASE.to_owned())?;
    }
    Ok(())
}

/// Makes the keys of names anew if this version makes others (T20, T21).
pub(super) fn follow_name_keys(tx: &Transaction<'_>) -> Result<(), Error> {
    if has_other_name_keys(tx)? {
        projections::reindex_names(tx, &read(tx)?)?;
        words::begin_anew(tx)?;
        meta::set(tx, &NAME_KEYS, &collation::VERSION)?;
    }
    Ok(())
}

/// Makes the keys of phones and emails anew if this version makes others (F59).
pub(super) fn follow_detail_keys(tx: &Transaction<'_>) -> Result<(), Error> {
    if has_other_detail_keys(tx)? {
        projections::reindex_details(tx)?;
        meta::set(tx, &DETAIL_KEYS, &phone::VERSION)?;
    }
    Ok(())
}

/// Brings projections from one workspace to another.
fn reproject(tx: &Transaction<'_>, before: &Workspace, after: &Workspace) -> Result<(), Error> {
    raise_generation(tx)?;
    // Looking for todos whose zone is another reads all of them: most settings have nothing to do with it.
    if before.zones_differ(after) {
        projections::reindex_dues(tx, after, |user| before.zones().of(user) != after.zones().of(user))?;
    }
    if before.alphabet() != after.alphabet() {
        projections::reindex_names(tx, after)?;
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

#[cfg(test)]
mod tests {
    use roadbook_domain::settings::role::Role;
    use roadbook_domain::settings::user::User;
    use roadbook_domain::settings::{ImportKey, LOCAL_USER, builtin_rows, local_user};

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
                    replace(tx, &rows)?;
                    let due: roadbook_domain::value::due::Due = "2026-11-23".parse().unwrap();
                    assert_eq!(overdue_from(tx), due.overdue_from(zone(name)).millis(), "{name}");
                    Ok(())
                })
                .unwrap();
        }
    }

    #[test]
    fn who_may_not_have_a_row_any_more_loses_it_with_the_row_that_says_so() {
        let phone = Phone::local(1);
        let key = SettingsRow::new(&ImportKey::from_bytes([7; 32]), 1);
        let me = |role, version| SettingsRow::new(&User { role, ..local_user(Zone::UTC, "en") }, version);
        let put = |row| phone.client.store().write(|tx| put(tx, &[row])).unwrap();
        assert!(put(key.clone()));
        assert!(put(me(Role::Manager, 2)));
        assert!(phone.client.settings().unwrap().import_key().is_some());
        assert!(put(me(Role::User, 3)));
        let settings = phone.client.settings().unwrap();
        assert!(settings.import_key().is_none() && settings.user(LOCAL_USER).is_some());
        let stored = phone.client.store().read(read).unwrap();
        assert_eq!(stored.settings.row(key.kind, key.id), None);
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
            put(tx, &[SettingsRow::new(&product, 2)])
        });
        assert!(unread.unwrap());
    }
}
