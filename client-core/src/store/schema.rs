//! The schema and how a file comes to it.
//!
//! Migrations are only ever added. Each runs in its own transaction, so a file that was interrupted
//! stands between two versions, never within one.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::Error;

/// The `user_version` of a file that has had the first migration. Files from before the first release have
/// lower ones: nobody has one that is worth a migration, and none may be taken for a new file.
const FIRST: i64 = 5;

/// Every migration, oldest first; a file's `user_version` says which it has had, from [`FIRST`] on.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/client/0001_initial.sql"),
    include_str!("../../../migrations/client/0002_words.sql"),
];

/// Refuses a file of a later version, or of before the first release, before anything could write to it.
pub(super) fn refuse_others(path: &Path) -> Result<(), Error> {
    if !path.exists() {
        return Ok(());
    }
    // Read-only: even opening for writing could replay the log into a file that is to stay untouched.
    refuse_other_than_known(&Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

/// Refuses a file of a later version by what stands at its beginning, without opening it: that leaves files beside it.
pub(super) fn refuse_newer(path: &Path) -> Result<(), Error> {
    let mut head = [0; 64];
    File::open(path)?.read_exact(&mut head)?;
    let version = head.last_chunk().map_or(0, |version| i64::from(i32::from_be_bytes(*version)));
    let is_newer = head.starts_with(b"SQLite format 3\0") && version > latest();
    if is_newer { Err(Error::NewerFile(version, latest())) } else { Ok(()) }
}

/// As `refuse_others`, of a file that is open already.
pub(super) fn refuse_other_than_known(connection: &Connection) -> Result<(), Error> {
    match version(connection)? {
        newer if newer > latest() => Err(Error::NewerFile(newer, latest())),
        older if (1..FIRST).contains(&older) => Err(Error::OlderFile(older)),
        // A new file has nothing in it: this one is another program's.
        none if none < 1 && has_tables(connection)? => Err(Error::Damaged),
        _ => Ok(()),
    }
}

/// Brings a file to the latest version.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Error> {
    // A file that is up to date is only read: nobody who writes is waited for.
    if version(connection)? == latest() {
        return Ok(());
    }
    for (number, migration) in (FIRST..).zip(MIGRATIONS) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have migrated it in the meantime.
        if version(&transaction)? < number {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", number)?;
            transaction.commit()?;
        }
    }
    Ok(())
}

fn has_tables(connection: &Connection) -> Result<bool, Error> {
    Ok(connection.prepare("SELECT 1 FROM sqlite_schema")?.exists([])?)
}

fn version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn latest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX).saturating_add(FIRST - 1)
}

#[cfg(test)]
mod tests;
